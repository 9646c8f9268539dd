"""The key to the colours, with a histogram of the numbers; dragging it changes the colours."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from weightview.core.sampling import LARGEST_SHOWN
from weightview.core.statistics import SPREAD, Statistics
from weightview.gui.theme import (
    beyond_colors,
    colors,
    diverging,
    number_font,
    small_font,
    theme,
)
from weightview.gui.weight_view.viewport import FITTED_CELL

_WIDTH = 12
_GAP = 6
_STEPS = 128
_WHEEL = 1.15
_CAP = 5
_FIXED_FROM, _FIXED_TO = 0.01, 100
_FITS = 0.02
_LEAST_SHARE = 0.25


class ColorBar(QWidget):
    """A narrow bar from the limit down to its negative, zero in the middle.

    The limit stays while the numbers of a weight are edited, so that an edit changes the colour
    of its own cells alone; where it no longer fits, a button offers to fit it. Caps at the ends
    show the colour of numbers beyond. Dragging a place of the bar moves the number that stands
    there; a double-click fits.

    Signals:
        limit_changed(limit): which magnitude has the full colour.
    """

    limit_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without limits."""
        super().__init__(parent)
        self.setObjectName("color_bar")
        self.setAccessibleName("Colours")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._statistics: Statistics | None = None
        self._limit = 0.0
        self._own = 0.0
        self._grabbed: float | None = None
        self._grabbed_limit = 0.0
        self.setCursor(Qt.CursorShape.SizeVerCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._fit = QToolButton(self)
        self._fit.setObjectName("fit_colors")
        self._fit.setText("Fit colours")
        self._fit.setAccessibleName("Fit the colours to the numbers")
        self._fit.setCursor(Qt.CursorShape.PointingHandCursor)
        self._fit.clicked.connect(lambda: self.choose(0.0))
        self._fit.hide()
        theme().changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        """Take on the theme's colours and fonts."""
        c = colors()
        self._fit.setFont(small_font())
        self._fit.setStyleSheet(
            f"QToolButton {{ color: {c.accent}; border: none; padding: 2px 0; }}"
            "QToolButton:hover, QToolButton:focus { text-decoration: underline; }"
        )
        self.update()

    @property
    def limit(self) -> float:
        """The magnitude that has the full colour."""
        return self._limit

    def show_statistics(self, statistics: Statistics | None, *, is_new: bool) -> None:
        """Show these numbers; the limit holds for the same weight, counted once."""
        before, self._statistics = self._statistics, statistics
        if is_new:
            self._own = 0.0
        is_counted = before is not None and not before.is_partial
        holds = not is_new and is_counted and self._limit > 0
        self._become(self._limit if holds else self._own or self._computed)

    @property
    def _computed(self) -> float:
        return min(self._statistics.limit, LARGEST_SHOWN) if self._statistics is not None else 0.0

    @property
    def _clips(self) -> bool:
        found = self._statistics
        return found is not None and found.largest_magnitude > self._limit

    def _become(self, limit: float) -> None:
        is_other = limit != self._limit
        self._limit = limit
        top, bottom = self._texts()
        cut = ""
        if self._statistics is not None and self._clips:
            largest = self._statistics.largest_magnitude
            cut = f"Numbers beyond, to {largest:.3g}, have the colour of the caps. "
        self.setToolTip(
            f"Colours from {bottom} to {top}. {cut}Drag to change (arrows), double-click to fit (0)"
        )
        self._fit.setToolTip(f"Colours for numbers up to {self._computed:.3g} (double-click)")
        self._fit.setVisible(abs(self._computed - limit) > _FITS * limit)
        self.place_fit()
        self.updateGeometry()
        self.update()
        if is_other:
            self.limit_changed.emit(limit)

    def choose(self, limit: float) -> None:
        """Let the person's limit hold; 0 gives the computed one."""
        self._own = min(max(limit, 0.0), LARGEST_SHOWN)
        if self._statistics is not None:
            self._become(self._own or self._computed)

    def place_fit(self) -> None:
        """Set the button under the bar."""
        self._fit.adjustSize()
        self._fit.move(0, self.height() - self._fit.height())

    @property
    def bar_height(self) -> int:
        """How high the bar is: all of the widget but the button under it."""
        return self.height() - (0 if self._fit.isHidden() else self._fit.height())

    def _texts(self) -> tuple[str, str]:
        is_fixed = _FIXED_FROM <= self._limit < _FIXED_TO
        text = f"{self._limit:.3f}" if is_fixed else f"{self._limit:.2g}"
        return text, f"-{text}"

    def sizeHint(self) -> QSize:
        """Return room for the bar and its words."""
        metrics = QFontMetrics(number_font(small_font().pointSizeF()))
        words = max(metrics.horizontalAdvance(text) for text in self._texts())
        # The button's room is kept free: nothing moves when it comes.
        wide = max(_WIDTH + _GAP + words + 2, self._fit.sizeHint().width())
        return QSize(wide, int(8 * FITTED_CELL))

    def minimumSizeHint(self) -> QSize:
        """Return the width, and the least height."""
        return QSize(self.sizeHint().width(), 3 * int(FITTED_CELL))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bar, the histogram beside it, and the numbers over that."""
        del event
        self.paint_on(QPainter(self))

    def paint_on(self, painter: QPainter) -> None:
        """Paint the bar, on the screen or in a figure."""
        c = colors()
        values = np.linspace(1.0, -1.0, _STEPS)[:, np.newaxis]
        data = diverging(values, 1.0).tobytes()
        image = QImage(data, 1, _STEPS, 4, QImage.Format.Format_RGBA8888)
        height = self.bar_height
        painter.drawImage(QRectF(0, 1, _WIDTH, height - 2), image)
        if self._clips:
            below, above = beyond_colors()
            painter.fillRect(QRectF(0, 0, _WIDTH, _CAP), above)
            painter.fillRect(QRectF(0, height - _CAP, _WIDTH, _CAP), below)
        self._paint_histogram(painter)
        self._paint_texts(painter)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(c.accent if self.hasFocus() else c.hairline), 1))
        painter.drawRect(QRectF(0.5, 0.5, _WIDTH - 1, height - 1))

    def _paint_histogram(self, painter: QPainter) -> None:
        counts = self._statistics.histogram if self._statistics is not None else ()
        if not counts or self._statistics is None or not self._limit:
            return
        # The square root lets the tails be seen beside the peak.
        heights = np.sqrt(np.array(counts, np.float64))
        heights *= (self.width() - _WIDTH - _GAP) / max(1.0, heights.max())
        span = SPREAD * min(self._statistics.limit, LARGEST_SHOWN)
        centres = (np.arange(len(counts)) + 0.5) / len(counts) * 2 * span - span
        places = self.bar_height / 2 * (1 - centres / self._limit)
        left = _WIDTH + _GAP / 2
        points = [
            QPointF(left + width, place) for width, place in zip(heights, places, strict=True)
        ]
        outline = [QPointF(left, places[0]), *points, QPointF(left, places[-1])]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors().hairline))
        painter.setClipRect(QRectF(0, 0, self.width(), self.bar_height))
        painter.drawPolygon(QPolygonF(outline))
        painter.setClipping(False)

    def _paint_texts(self, painter: QPainter) -> None:
        painter.setFont(number_font(small_font().pointSizeF()))
        c = colors()
        painter.setPen(QColor(c.muted))
        top, bottom = self._texts()
        left, height = _WIDTH + _GAP, self.bar_height
        line = painter.fontMetrics().height()
        width = self.width() - left
        flag = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        places = [(0.0, top), (float(height - line), bottom)]
        if height > 3 * line:
            places.append(((height - line) / 2, "0"))
        for place, text in places:
            # A ground of its own parts the number from the histogram behind it.
            wide = painter.fontMetrics().horizontalAdvance(text) + _GAP
            painter.fillRect(QRectF(left - _GAP / 2, place, wide, line), QColor(c.window))
            painter.drawText(QRectF(left, place, width, line), flag, text)

    def _value_at(self, y: float) -> float:
        return self._limit * (1 - 2 * y / max(1, self.bar_height))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the button under the bar."""
        super().resizeEvent(event)
        self.place_fit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a number."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._grabbed = self._value_at(event.position().y())
            self._grabbed_limit = self._limit

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the number that was taken hold of to where the pointer is."""
        if self._grabbed is None:
            return
        side = np.copysign(1.0, self._grabbed)
        share = side * (1 - 2 * event.position().y() / max(1, self.bar_height))
        # Near zero the limit would have to be without bound; beyond the end nothing is shown.
        held = max(abs(self._grabbed), _LEAST_SHARE * self._grabbed_limit)
        self.choose(float(held / min(1.0, max(_LEAST_SHARE, share))))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        del event
        self._grabbed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Give the computed limit again."""
        del event
        self._grabbed = None
        self.choose(0.0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Raise or lower the limit."""
        self.choose(self._limit * _WHEEL ** (event.angleDelta().y() / 120))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Raise or lower the limit by the arrows, fit it by 0."""
        factors = {Qt.Key.Key_Up: _WHEEL, Qt.Key.Key_Down: 1 / _WHEEL}
        if event.key() == Qt.Key.Key_0:
            self.choose(0.0)
        elif event.key() in factors:
            self.choose(self._limit * factors[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)
