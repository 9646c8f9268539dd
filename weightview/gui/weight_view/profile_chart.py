"""The means of the shown rows and columns as two curves, computed in the background."""

import math

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QShowEvent
from PySide6.QtWidgets import QWidget

from weightview.core.document import Document
from weightview.core.errors import WeightviewError
from weightview.core.lines import Means, Profiles, profiles
from weightview.core.numbers import holds_real_numbers
from weightview.core.values import Array
from weightview.gui.background import Latest
from weightview.gui.theme import UNIT, colors, small_font, theme
from weightview.gui.weight_view.sheet import Sheet
from weightview.gui.weight_view.wording import axis_word

HEIGHT = 15 * UNIT
_GAP = 3 * UNIT
_FEW = 48


class ProfileChart(QWidget):
    """Hidden until asked for: the mean over the rows per column, and over the columns per row.

    Signals:
        status(words): the mean under the pointer.
        unreadable(sentence): the file could not be read.
    """

    status = Signal(str)
    unreadable = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start hidden, without a weight."""
        super().__init__(parent)
        self.setObjectName("profile_chart")
        self.setAccessibleName("Means of rows and columns")
        self.setToolTip("The mean of each column and of each row of what is shown")
        self.setFixedHeight(HEIGHT)
        self.setMouseTracking(True)
        self._document: Document | None = None
        self._sheet: Sheet | None = None
        self._found: Profiles | None = None
        self._latest = Latest(self)
        theme().changed.connect(self.update)
        self.hide()

    @property
    def found(self) -> Profiles | None:
        """What is shown; None until it is computed."""
        return self._found

    def show_sheet(self, document: Document | None, sheet: Sheet | None) -> None:
        """Show the means of another sheet, or of the same with other numbers."""
        before = self._sheet
        self._document, self._sheet = document, sheet
        if before is None or sheet is None or before.main.weight is not sheet.main.weight:
            self._found = None
        self._compute()
        self.update()

    def _compute(self) -> None:
        document, sheet = self._document, self._sheet
        if document is None or sheet is None or self.isHidden():
            return
        weight, look = sheet.main.weight, sheet.main.look
        if not holds_real_numbers(weight.dtype):
            return
        values = document.snapshot().values
        straight = look.swapped() if look.is_swapped else look
        columns = slice(0, straight.columns)

        def read(rows: slice) -> Array:
            return straight.flat(values.read(weight, straight.region(rows, columns)))

        def work() -> Profiles:
            found = profiles(read, straight.rows, straight.columns)
            return found.swapped() if look.is_swapped else found

        def arrived(found: Profiles) -> None:
            if self._sheet is sheet:
                self._found = found
                self.update()

        self._latest.request(work, arrived, self._failed)

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, WeightviewError):
            raise error
        self.unreadable.emit(str(error))

    # Where the curves stand

    def _curves(self) -> tuple[tuple[str, str, Means, QRectF], ...]:
        """Return each curve: its title, what one place is called, the means, its room."""
        if self._found is None or self._sheet is None:
            return ()
        weight, look = self._sheet.main.weight, self._sheet.main.look
        line = self.fontMetrics().height() + 2
        wide = (self.width() - _GAP) / 2
        curves = []
        for side, axis, means in (
            (0, look.column_axis, self._found.columns),
            (1, look.row_axis, self._found.rows),
        ):
            word = axis_word(weight, axis) if axis is not None else "the only one"
            room = QRectF(side * (wide + _GAP), line, wide, self.height() - line - 2)
            curves.append((f"mean per {word}", word, means, room))
        return tuple(curves)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint both curves over their zero lines."""
        del event
        painter = QPainter(self)
        painter.setFont(small_font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for title, _, means, room in self._curves():
            self._paint(painter, title, means, room)

    def _paint(self, painter: QPainter, title: str, means: Means, room: QRectF) -> None:
        c = colors()
        finite = means[np.isfinite(means)]
        top = float(np.abs(finite).max(initial=0.0))
        painter.setPen(QColor(c.muted))
        span = f"{float(finite.min()):.4g} to {float(finite.max()):.4g}" if finite.size else "–"
        caption = QRectF(room.left(), 0, room.width(), room.top())
        painter.drawText(caption, int(Qt.AlignmentFlag.AlignLeft), title)
        painter.drawText(caption, int(Qt.AlignmentFlag.AlignRight), span)
        middle = room.center().y()
        painter.setPen(QPen(QColor(c.hairline), 1))
        painter.drawLine(QPointF(room.left(), middle), QPointF(room.right(), middle))
        painter.setPen(QPen(QColor(c.accent), 1.5))
        half = room.height() / 2 - 2
        scale = half / top if top > 0 and math.isfinite(half / top) else 0.0
        for points in _runs(means, room, middle, scale):
            painter.drawPolyline(points)
        if means.size <= _FEW:
            painter.setBrush(QColor(c.accent))
            for points in _runs(means, room, middle, scale):
                for place in range(points.count()):
                    painter.drawEllipse(points.at(place), 1.5, 1.5)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the mean under the pointer."""
        for _, word, means, room in self._curves():
            across = (event.position().x() - room.left()) / room.width()
            if 0 <= across < 1 and means.size:
                place = int(across * means.size)
                self.status.emit(f"{word} {place}: mean {float(means[place]):.9g}")

    def showEvent(self, event: QShowEvent) -> None:
        """Compute what was not needed while it was hidden."""
        super().showEvent(event)
        self._compute()


def _runs(means: Means, room: QRectF, middle: float, scale: float) -> list[QPolygonF]:
    """Return the curve in pieces, parted where a mean is none.

    More means than pixels are drawn by the smallest and the largest of each pixel.
    """
    places: npt.NDArray[np.float64] = (np.arange(means.size) + 0.5) * room.width() / means.size
    numbers = means
    pixels = max(1, int(room.width()))
    if means.size > 2 * pixels:
        edges = np.linspace(0, means.size, pixels + 1).astype(np.intp)[:-1]
        low = np.fmin.reduceat(means, edges)
        high = np.fmax.reduceat(means, edges)
        numbers = np.stack([low, high], axis=1).reshape(-1)
        places = np.repeat(np.arange(pixels) + 0.5, 2)
    runs: list[QPolygonF] = []
    is_open = False
    for across, number in zip(places.tolist(), numbers.tolist(), strict=True):
        if not math.isfinite(number):
            is_open = False
            continue
        if not is_open:
            runs.append(QPolygonF())
            is_open = True
        runs[-1].append(QPointF(room.left() + across, middle - number * scale))
    return runs
