"""Rows of numbers as coloured cells: one painted widget for all stages of a layer.

A row shows the cells that fit and counts the rest; an array of several axes is shown as small
pictures. A click tells which number was meant.
"""

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetrics,
    QGuiApplication,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolTip, QWidget

from weightview.core.numbers import exact_text
from weightview.gui.calculator_pane.number_row import NumberRow, Scale
from weightview.gui.calculator_pane.planes import Index
from weightview.gui.calculator_pane.rows_layout import RowsLayout
from weightview.gui.calculator_pane.rows_painting import RowsPainting
from weightview.gui.plain_text import tip
from weightview.gui.theme import colors, small_font, theme

_FADED = 0.45
_FAINT = 0.25  # of the full colour
_MOVES = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class NumberRows(QWidget):
    """Rows of numbers, painted.

    Signals:
        number_clicked(row, index): a number was chosen by click or key.
        number_followed(row, index): Return was pressed on a number: how it came about is asked.
        whole_requested(row): a row is to be shown whole.
    """

    number_clicked = Signal(int, object)
    number_followed = Signal(int, object)
    whole_requested = Signal(int)

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        label_characters: int = 14,
        scale_words: str = "the largest of these numbers",
    ) -> None:
        """Start without rows.

        Args:
            parent: the widget around.
            label_characters: how much room labels have, 0 for no labels.
            scale_words: whose largest number gets the full colour, see :class:`Scale`.
        """
        super().__init__(parent)
        self._scale_words = scale_words
        self._shared: Scale | None = None
        self._label_characters = label_characters
        self._rows: tuple[NumberRow, ...] = ()
        self._layout: RowsLayout | None = None
        self._pictures: dict[tuple[int, int], QImage] = {}
        self._first = 0
        self._selected: tuple[int, Index] | None = None
        self._unit: int | None = None
        self._faded = False
        self._covered: frozenset[int] = frozenset()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip("Click a number to see how it came about; Space shows all of a row")
        theme().changed.connect(self._restyle)

    @property
    def _label_width(self) -> int:
        return self._label_characters * QFontMetrics(small_font()).averageCharWidth()

    @property
    def rows(self) -> tuple[NumberRow, ...]:
        """The rows that are shown."""
        return self._rows

    @property
    def selected(self) -> tuple[int, Index] | None:
        """Row and index of the number that is outlined."""
        return self._selected

    @property
    def unit(self) -> int | None:
        """The place that is outlined in every row."""
        return self._unit

    @property
    def is_faded(self) -> bool:
        """Whether the numbers belong to an earlier input."""
        return self._faded

    def laid_out(self) -> RowsLayout:
        """Return where everything stands at the present width."""
        if self._layout is None:
            self._layout = RowsLayout(self._rows, self.width(), self._label_width, self._first)
        return self._layout

    def set_rows(self, rows: tuple[NumberRow, ...]) -> None:
        """Show these rows; what was selected stays so where it still exists."""
        before = [(row.value.shape, row.label) for row in self._rows]
        self._rows = rows
        self._shared = None
        self._layout = None
        self._pictures.clear()
        if self._selected is not None and not self._holds(*self._selected):
            self._selected = None
        if before != [(row.value.shape, row.label) for row in rows]:
            self.updateGeometry()
        self.update()

    def _holds(self, row: int, index: Index) -> bool:
        return 0 <= row < len(self._rows) and self._rows[row].holds(index)

    def set_selected(self, row: int | None, index: Index = ()) -> None:
        """Outline one number; None for none. It is brought into sight."""
        before = self._selected
        self._selected = (row, index) if row is not None and self._holds(row, index) else None
        if self._selected is not None:
            self._unit = None
            self._bring(*self._selected)
            label = self._rows[self._selected[0]].label
            self.setAccessibleDescription(f"{label} {self._number_text(*self._selected)}")
        if self._selected != before:
            self.update()

    def set_unit(self, unit: int | None) -> None:
        """Outline one place along the last axis in every row; None for none."""
        if unit == self._unit:
            return
        self._unit = unit
        line = next((row for row in self._rows if row.is_line and row.value.size), None)
        if unit is not None and line is not None and unit < line.value.size:
            self._bring(self._rows.index(line), line.index(unit))
        self.update()

    def set_faded(self, faded: bool) -> None:
        """Grey the numbers: they belong to an earlier input."""
        if faded != self._faded:
            self._faded = faded
            self.update()

    def cover_labels(self, rows: frozenset[int]) -> None:
        """Leave the labels of ``rows`` to widgets that stand over them."""
        self._covered = rows

    def row_of(self, label: str) -> int | None:
        """Return the place of the row called ``label``, or None."""
        return next((i for i, row in enumerate(self._rows) if row.label == label), None)

    def texts(self, row: int) -> tuple[str, ...]:
        """Return the numbers of a row as they stand in its visible cells."""
        return self.laid_out().cells.texts[row]

    def _bring(self, row: int, index: Index) -> None:
        """Bring a number of a line into sight."""
        if not self._rows[row].is_line or not index:
            return
        place, cells = self._rows[row].place(index), self.laid_out().cells
        if not cells.first <= place < cells.first + cells.count:
            self._first = max(0, place - cells.count // 2)
            self._layout = None

    # Painting

    def _restyle(self) -> None:
        self._layout = None
        self._pictures.clear()
        self.updateGeometry()
        self.update()

    def scale_of(self, row: int) -> Scale:
        """Return what the colours of a row mean: all rows without a scale of their own share one.

        Equal numbers of one step so have equal colours, in cells and in pictures. Only a picture
        that would be too faint to be seen has its own: no digits stand in it.
        """
        given = self._rows[row]
        if given.scale is not None:
            return given.scale
        if self._shared is None:
            largest = max((r.largest for r in self._rows if r.scale is None), default=0.0)
            self._shared = Scale(largest, self._scale_words)
        is_faint = not given.is_line and 0 < given.largest < _FAINT * self._shared.limit
        return given.alone().scale or self._shared if is_faint else self._shared

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows that are in sight, then the outlines."""
        painter = QPainter(self)
        if self._faded:
            painter.setOpacity(_FADED)
        painting = RowsPainting(painter, self.laid_out(), self._pictures)
        for row, given in enumerate(self._rows):
            if self.laid_out().row_box(row).intersects(event.rect()):
                if self._label_width and row not in self._covered and not given.is_heading:
                    painting.paint_label(row, given)
                painting.paint_numbers(row, given, self.scale_of(row).limit)
        painter.setOpacity(1.0)
        self._paint_outlines(painter)

    def _paint_outlines(self, painter: QPainter) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._unit is not None:
            for row, given in enumerate(self._rows):
                if given.is_line and self._unit < given.value.size:
                    self._outline(painter, self._box(row, given.index(self._unit)), 1)
        if self._selected is not None:
            row, index = self._selected
            for other, given in enumerate(self._rows):
                if other != row and given.is_line and given.holds(index):
                    self._outline(painter, self._box(other, index), 1)
            self._outline(painter, self._box(row, index), 2)

    def _box(self, row: int, index: Index) -> QRect:
        return self.laid_out().number_box(row, index)

    def _outline(self, painter: QPainter, box: QRect, width: int) -> None:
        if not box.isEmpty():
            painter.setPen(QPen(QColor(colors().accent), width))
            painter.drawRect(box.adjusted(0, 0, -1, -1))

    # What a hand does

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the number under the pointer, or ask for the whole row beside the numbers."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        point = event.position().toPoint()
        found = self.laid_out().number_at(point)
        row = self.laid_out().row_at(point)
        if found is not None:
            self.set_selected(*found)
            self.number_clicked.emit(*found)
        elif row is not None and self._rows[row].value.size:
            self.whole_requested.emit(row)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show by the pointer where a click does something."""
        row = self.laid_out().row_at(event.position().toPoint())
        hand = row is not None and bool(self._rows[row].value.size)
        self.setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by the arrow keys; Return follows a number, Space shows its row whole."""
        if event.key() in _MOVES and self._move(*_MOVES[Qt.Key(event.key())]):
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._selected is not None or self._move(0, 0):
                assert self._selected is not None
                self.number_clicked.emit(*self._selected)
                self.number_followed.emit(*self._selected)
            return
        chosen = self._selected or self._neighbour(0, 0)
        if event.key() == Qt.Key.Key_Space and chosen is not None:
            self.whole_requested.emit(chosen[0])
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the row under the pointer, or with the one selected."""
        row = self.laid_out().row_at(event.pos())
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            row = self._selected[0] if self._selected is not None else 0
        if row is not None and row < len(self._rows) and self._rows[row].value.size:
            self.make_menu(row).popup(event.globalPos())

    def make_menu(self, row: int) -> QMenu:
        """Return the menu of a row; it goes when it is closed."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        whole = menu.addAction("Show All Numbers\tSpace")
        whole.triggered.connect(lambda: self.whole_requested.emit(row))
        copied = menu.addAction("Copy Row")
        copied.triggered.connect(lambda: self._copy(row))
        return menu

    def _copy(self, row: int) -> None:
        """Put all numbers of a row on the clipboard, exact, so that they can be typed in again."""
        numbers = self._rows[row].line
        QGuiApplication.clipboard().setText(", ".join(exact_text(number) for number in numbers))

    def _move(self, rows: int, cells: int) -> bool:
        """Select a neighbouring number; False where there is none."""
        target = self._neighbour(rows, cells)
        if target is None:
            return False
        self.set_selected(*target)
        self.number_clicked.emit(*target)
        return True

    def _neighbour(self, rows: int, cells: int) -> tuple[int, Index] | None:
        if self._selected is None:
            filled = next((i for i, row in enumerate(self._rows) if row.value.size), None)
            return None if filled is None else (filled, self._rows[filled].index(0))
        row, index = self._selected
        row += rows
        while rows and 0 <= row < len(self._rows) and not self._rows[row].value.size:
            row += rows  # past a heading, and what is left out
        if not 0 <= row < len(self._rows):
            return None
        given = self._rows[row]
        if not given.holds(index):
            return row, given.index(0)
        place = given.place(index) + cells
        return (row, given.index(place)) if 0 <= place < given.value.size else None

    def event(self, event: QEvent) -> bool:
        """Say in a tooltip which number is under the pointer, with all its digits."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), tip(self._tip(event.pos())), self)
            return True
        return super().event(event)

    def _tip(self, point: QPoint) -> str:
        row = self.laid_out().row_at(point)
        if row is None:
            return ""
        given, found = self._rows[row], self.laid_out().number_at(point)
        said = given.tip or given.label
        if found is not None:
            said = f"{given.label} {self._number_text(*found)}"
        scale = "" if given.is_text or not given.value.size else self.scale_of(row).sentence
        return "\n".join(part for part in (said, scale) if part)

    def _number_text(self, row: int, index: Index) -> str:
        where = ", ".join(str(i) for i in index)
        given = self._rows[row]
        own = given.called(index) if given.called is not None else ""
        return f"[{where}] {own}".rstrip() + f" = {exact_text(given.value[index])}"

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the cells into the new width; what is selected stays in sight."""
        self._layout = None
        if self._selected is not None:
            self._bring(*self._selected)
        super().resizeEvent(event)

    def sizeHint(self) -> QSize:
        """Return room for some cells, and for all rows."""
        return QSize(self._label_width + 240, self.laid_out().height)

    def minimumSizeHint(self) -> QSize:
        """Return room for one cell, and for all rows."""
        return QSize(self._label_width + 80, self.laid_out().height)
