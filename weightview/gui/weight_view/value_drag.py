"""Changing one number by dragging on its cell: the output follows while the hand moves."""

import itertools
from dataclasses import dataclass
from typing import Any

from weightview.gui.weight_view.table_model import WeightTableModel

_PIXELS = 200
_serial = itertools.count()


@dataclass(frozen=True)
class ValueDrag:
    """One drag, from the press to the release; all of it is one step to undo.

    Attributes:
        row: the cell's row.
        column: the cell's column.
        start: the number before.
        at: where the pointer was pressed, in pixels.
        step: what one pixel adds.
        key: what makes the edits of this drag one.
    """

    row: int
    column: int
    start: float
    at: float
    step: float
    key: Any

    @classmethod
    def begin(cls, model: WeightTableModel, row: int, column: int, at: float) -> "ValueDrag | None":
        """Take hold of a cell; None for one that cannot be changed by a drag."""
        found, value = model.address(row, column), model.value(row, column)
        if found is None or value is None or not found[0].editable:
            return None
        if found[0].dtype.kind not in "fV":
            return None
        step = (model.limit or 1.0) / _PIXELS
        return cls(row, column, float(value), at, step, ("drag", next(_serial)))

    def move(self, model: WeightTableModel, to: float) -> None:
        """Store the number that belongs to where the pointer is now."""
        number = self.start + (to - self.at) * self.step
        model.store(self.row, self.column, number, self.key)
