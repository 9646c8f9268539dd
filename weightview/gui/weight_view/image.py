"""The weight as an image: the picture, and what mouse, wheel and keys do with it."""

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from weightview.gui.weight_view.color_bar import ColorBar
from weightview.gui.weight_view.figure import figure_of
from weightview.gui.weight_view.image_view import ImageView
from weightview.gui.weight_view.placement import Placement
from weightview.gui.weight_view.profile_painting import profile_words
from weightview.gui.weight_view.slicing import Index

_STEP = 1.25
_DRAG = 4
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_MOVES = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class WeightImage(ImageView):
    """The picture in a person's hands: a click selects, a drag draws a rectangle or moves it.

    A drag draws where all of the picture is in sight, and with Shift; zoomed in, it moves.

    Signals:
        cell_chosen(path, index): the person went to a cell.
        block_chosen(first, last): two cells of the weight, corners of a rectangle in its table.
        cell_hovered(path, index): the pointer is over a cell; index None when it left.
        mean_hovered(words): the pointer is over a mean beside the picture.
        menu_asked(place): the menu is to open at this place of the screen.
    """

    cell_chosen = Signal(str, object)
    block_chosen = Signal(object, object)
    cell_hovered = Signal(str, object)
    mean_hovered = Signal(str)
    menu_asked = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without a weight."""
        super().__init__(parent)
        self.setObjectName("weight_image")
        self.setAccessibleName("Weight image")
        self.setToolTip(
            "Drag to select cells (Shift and drag when zoomed in, Shift and arrows). "
            "Wheel zooms (+ and -), drag moves, double-click fits (0)"
        )
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.bar: ColorBar | None = None
        self._pressed: QPointF | None = None
        self._has_moved = False
        self._draws_from: Index | None = None
        self._end: Index | None = None
        self.moved.connect(self._show_cursor)

    def _hover(self, placement: Placement, point: QPointF) -> None:
        self.cell_hovered.emit(*(placement.address(point) or ("", None)))
        if self.profiles is not None:
            words = profile_words(placement, self.profiles, point)
            if words:
                self.mean_hovered.emit(words)

    def _own_cell(self) -> Index | None:
        """Return the selected cell, if it is one of the weight and not of its bias."""
        placement = self.placement()
        if placement is None or self._selected is None:
            return None
        return self._selected[1] if self._selected[0] == placement.main_path else None

    def _begin(self, placement: Placement, event: QMouseEvent) -> None:
        """Take hold of the picture, or of the cell in which a rectangle begins."""
        self._pressed, self._has_moved = event.position(), False
        found = placement.address(event.position())
        begins = found is not None and found[0] == placement.main_path
        draws = self._is_fit or bool(event.modifiers() & _SHIFT)
        self._draws_from = found[1] if found is not None and begins and draws else None
        self._show_cursor(event.modifiers())

    def _drag_to(self, placement: Placement, point: QPointF) -> None:
        if self._draws_from is not None:
            self._draw(self._draws_from, placement.nearest(self._draws_from, point))
        elif self._pressed is not None and not self._is_fit:
            self._move_to(self._view.moved(point - self._pressed), placement)
            self._pressed = point

    def _draw(self, first: Index, last: Index) -> None:
        if (first, last) != (self._own_cell(), self._end):
            self.block_chosen.emit(first, last)
            self._end = last

    def _click(self, placement: Placement, event: QMouseEvent) -> None:
        found, start = placement.address(event.position()), self._own_cell()
        if found is None:
            return
        if event.modifiers() & _SHIFT and start is not None and found[0] == placement.main_path:
            self._draw(start, placement.nearest(start, event.position()))
            return
        self._end = None
        self.cell_chosen.emit(*found)

    def _step(self, down: int, across: int, *, extends: bool) -> None:
        placement = self.placement()
        if placement is None:
            return
        start = self._own_cell()
        here = self._end if extends and self._end is not None else start
        index = placement.neighbour(here, down, across)
        if index is None:
            return
        if extends and start is not None:
            self._draw(start, placement.within(start, index))
            return
        self._end = None
        self.cell_chosen.emit(placement.main_path, index)

    def show_cell(self, path: str, index: Index | None) -> None:
        """Outline a cell that was chosen; a rectangle begins there anew."""
        if self._selected is None or (path, index) != self._selected:
            self._end = None
        super().show_cell(path, index)

    def copy_picture(self) -> None:
        """Put the image on the clipboard, as a figure."""
        if self.bar is not None:
            QGuiApplication.clipboard().setPixmap(figure_of(self, self.bar).image())

    def _show_cursor(self, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        draws = self._is_fit or modifiers & _SHIFT or self._draws_from is not None
        if draws:
            self.setCursor(Qt.CursorShape.CrossCursor)
        elif self._pressed is not None:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        else:
            self.setCursor(Qt.CursorShape.OpenHandCursor)

    # Qt overrides

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the pointer."""
        steps = event.angleDelta().y() / 120
        if steps:
            self.zoom(_STEP**steps, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click or a drag."""
        placement = self.placement()
        if event.button() == Qt.MouseButton.LeftButton and placement is not None:
            self._begin(placement, event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw a rectangle, move the picture, or tell which cell the pointer is over."""
        placement = self.placement()
        if placement is None:
            return
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            self._show_cursor(event.modifiers())
            self._hover(placement, event.position())
            return
        by = event.position() - self._pressed
        if self._has_moved or by.manhattanLength() >= _DRAG:
            self._has_moved = True
            self._drag_to(placement, event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Select the cell that was clicked."""
        placement = self.placement()
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if placement is not None and self._pressed is not None and not self._has_moved:
            self._click(placement, event)
        self._pressed = self._draws_from = None
        self._show_cursor(event.modifiers())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show the whole picture."""
        del event
        self.fit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the menu at the cell under the pointer, which is chosen unless it already is."""
        placement, point = self.placement(), QPointF(event.pos())
        if placement is None:
            return
        found = placement.address(point)
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        if by_mouse and found is not None and not self._is_in_block(placement, point):
            self._end = None
            self.cell_chosen.emit(*found)
        self.menu_asked.emit(event.globalPos())

    def _is_in_block(self, placement: Placement, point: QPointF) -> bool:
        rects = (rect for block in self._blocks for rect in placement.block_rects(*block))
        return any(rect.contains(point) for rect in rects)

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that the pointer left."""
        super().leaveEvent(event)
        self.cell_hovered.emit("", None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom by + and -, fit by 0; go from cell to cell by the arrows, or select with Shift."""
        key = event.key()
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(_STEP)
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / _STEP)
        elif key == Qt.Key.Key_0:
            self.fit()
        elif key in _MOVES:
            self._step(*_MOVES[Qt.Key(key)], extends=bool(event.modifiers() & _SHIFT))
        else:
            self._show_cursor(event.modifiers())
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Show what a drag does now that a key is up again."""
        self._show_cursor(event.modifiers())
        super().keyReleaseEvent(event)
