"""Changing one number by dragging on its cell: the output follows while the hand moves."""

import itertools
import math
from dataclasses import dataclass
from typing import Any, cast

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QTableView, QToolTip

from weightview.core.numbers import holds_real_numbers, is_integer
from weightview.gui.theme import colors
from weightview.gui.weight_view.table_model import WeightTableModel

_GRIP = (-3, 6)
_HANDLE = QSizeF(5, 12)
_STEPS_PER_POWER = 100
_FINER = 0.1
_SMALL = 0.01
_TIP = (
    "Drag right or up for more, left or down for less; Shift finer, Escape takes it back"
    " (also Alt and drag)"
)
_serial = itertools.count()


@dataclass
class _Drag:
    """One drag, from the press to the release; all of it is one step to undo.

    Attributes:
        row: the cell's row.
        column: the cell's column.
        start: the number before.
        step: what one pixel adds.
        at: where the pointer was last, in pixels to the right and up.
        moved: how many steps the pointer went, finer ones counted as the part they are.
        key: what makes the edits of this drag one.
        is_stored: whether the number was changed.
        address: which number of which weight stood in the cell.
    """

    row: int
    column: int
    start: float
    step: float
    at: float
    key: Any
    address: object
    moved: float = 0.0
    is_stored: bool = False

    def number_at(self, to: float, *, is_fine: bool) -> float:
        """Return the number that belongs to where the pointer is now, on a round decimal."""
        self.moved += (to - self.at) * (_FINER if is_fine else 1.0)
        self.at = to
        if abs(self.moved) < _FINER / 2:
            return self.start
        decimals = 1 - math.floor(math.log10(self.step) + _FINER / 2)
        return round(self.start + self.moved * self.step, decimals)


def step_for(number: float, limit: float) -> float:
    """Return what one pixel adds to a number: a hundredth of its power of ten.

    Args:
        number: where the drag begins.
        limit: the usual size of the numbers around, for one that is 0 or close to it.
    """
    usual = limit if limit > 0 and math.isfinite(limit) else 1.0
    size = abs(number) if abs(number) >= _SMALL * usual else usual
    return float(10.0 ** math.floor(math.log10(size)) / _STEPS_PER_POWER)


def paint_grip(painter: QPainter, outline: QRect) -> None:
    """Paint a small handle on the left edge of the selected cell's outline."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colors().accent))
    handle = QRectF(outline.left() - 1.5, 0, _HANDLE.width(), _HANDLE.height())
    handle.moveCenter(QPointF(handle.center().x(), outline.center().y() + 1))
    painter.drawRoundedRect(handle, 2, 2)
    painter.restore()


class ValueDragging(QObject):
    """Lets a hand take hold of the selected cell's left end, or with Alt of any cell."""

    def __init__(self, grid: QTableView, model: WeightTableModel) -> None:
        """Watch the mouse over ``grid``, which shows ``model``."""
        super().__init__(grid)
        self._grid, self._model = grid, model
        self._drag: _Drag | None = None
        grid.viewport().installEventFilter(self)
        self._has_keys = grid.focusProxy() or grid
        self._has_keys.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the events that belong to a drag; leave the others to the grid."""
        kind = event.type()
        if watched is self._has_keys:
            return kind == QEvent.Type.KeyPress and self._key(cast(QKeyEvent, event))
        if kind == QEvent.Type.MouseButtonPress:
            return self._press(cast(QMouseEvent, event))
        if kind == QEvent.Type.MouseMove:
            return self._move(cast(QMouseEvent, event))
        if kind == QEvent.Type.MouseButtonRelease and self._drag is not None:
            self._release(self._drag)
            return True
        if kind == QEvent.Type.ToolTip:
            help_event = cast(QHelpEvent, event)
            if self._is_on_grip(help_event.pos()):
                QToolTip.showText(help_event.globalPos(), _TIP, self._grid)
                return True
        return False

    def paint(self, painter: QPainter, outline: QRect) -> None:
        """Paint the handle on the outline of the selected cell, where its number can be held."""
        current = self._grid.currentIndex()
        if self._can_change(current.row(), current.column()):
            paint_grip(painter, outline)

    def _is_on_grip(self, place: QPoint) -> bool:
        current = self._grid.currentIndex()
        if not current.isValid() or not self._can_change(current.row(), current.column()):
            return False
        rect = self._grid.visualRect(current)
        is_beside = _GRIP[0] <= place.x() - rect.left() <= _GRIP[1]
        return is_beside and rect.top() <= place.y() <= rect.bottom()

    def _can_change(self, row: int, column: int) -> bool:
        found = self._model.address(row, column)
        if found is None or not found[0].editable:
            return False
        return holds_real_numbers(found[0].dtype) and not is_integer(found[0].dtype)

    def _press(self, event: QMouseEvent) -> bool:
        place = event.position().toPoint()
        has_alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        is_left = event.button() == Qt.MouseButton.LeftButton
        is_on_grip = self._is_on_grip(place)
        if not is_left or not (has_alt or is_on_grip):
            return False
        index = self._grid.currentIndex() if is_on_grip else self._grid.indexAt(place)
        if not index.isValid() or not self._can_change(index.row(), index.column()):
            return False
        value = self._model.value(index.row(), index.column())
        if value is None or not math.isfinite(float(value)):
            return False
        self._grid.setFocus()
        self._grid.setCurrentIndex(index)
        start = float(value)
        step = step_for(start, self._model.limit)
        at, key = _along(event), ("drag", next(_serial))
        address = self._model.address(index.row(), index.column())
        self._drag = _Drag(index.row(), index.column(), start, step, at, key, address)
        return True

    def _move(self, event: QMouseEvent) -> bool:
        drag = self._drag
        if drag is None:
            if not event.buttons():
                is_on = self._is_on_grip(event.position().toPoint())
                shape = Qt.CursorShape.SizeAllCursor if is_on else Qt.CursorShape.ArrowCursor
                self._grid.viewport().setCursor(shape)
            return False
        if self._model.address(drag.row, drag.column) != drag.address:
            self._drag = None  # the table was sorted or turned under the hand
            return True
        is_fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        number = drag.number_at(_along(event), is_fine=is_fine)
        if self._model.store(drag.row, drag.column, number, drag.key):
            drag.is_stored = True
        return True

    def _release(self, drag: _Drag) -> None:
        """End the drag; back where it began, it was no edit."""
        self._drag = None
        is_back = self._model.holds(drag.row, drag.column, drag.start)
        if is_back and self._model.address(drag.row, drag.column) == drag.address:
            self._take_back(drag)

    def _key(self, event: QKeyEvent) -> bool:
        """Take the number back by Escape while it is held."""
        if self._drag is None or event.key() != Qt.Key.Key_Escape:
            return False
        drag, self._drag = self._drag, None
        self._take_back(drag)
        return True

    def _take_back(self, drag: _Drag) -> None:
        document = self._model.document
        if drag.is_stored and document is not None:
            document.undo()


def _along(event: QMouseEvent) -> float:
    """Return how far to the right and up the pointer is."""
    place = event.globalPosition()
    return place.x() - place.y()
