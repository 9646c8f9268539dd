"""Which two axes of an array of any rank lie flat on a table, and at which place on the others."""

from dataclasses import dataclass, replace
from typing import Any

import numpy.typing as npt

from weightview.core.regions import Region

Index = tuple[int, ...]
Array = npt.NDArray[Any]

_MATRIX = 2


@dataclass(frozen=True)
class Slice:
    """A two-dimensional look at an array: it is never copied and never changed.

    Attributes:
        shape: the array's shape.
        row_axis: the axis that runs down the rows; None for a single row.
        column_axis: the axis that runs along the columns; None for a single column.
        fixed: the place on every axis; those of the two axes above have no meaning.
    """

    shape: tuple[int, ...]
    row_axis: int | None
    column_axis: int | None
    fixed: Index

    @classmethod
    def of(cls, shape: tuple[int, ...], apart: int | None = None) -> "Slice":
        """Return the look that a weight of ``shape`` opens with.

        A matrix as it is stored, a vector as one row, others by the first two axes that have
        more than one place; so kernels of convolutions by their spatial axes.

        Args:
            shape: the array's shape.
            apart: an axis that is not to lie flat.
        """
        fixed = (0,) * len(shape)
        if len(shape) == 0:
            return cls(shape, None, None, fixed)
        if len(shape) == 1:
            return cls(shape, None, 0, fixed)
        if len(shape) == _MATRIX:
            return cls(shape, 0, 1, fixed)
        axes = [axis for axis in range(len(shape)) if axis != apart]
        long = [axis for axis in axes if shape[axis] > 1]
        chosen = (long + [axis for axis in axes if axis not in long])[:_MATRIX]
        return cls(shape, min(chosen), max(chosen), fixed)

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return 1 if self.row_axis is None else self.shape[self.row_axis]

    @property
    def columns(self) -> int:
        """How many columns it has."""
        return 1 if self.column_axis is None else self.shape[self.column_axis]

    @property
    def other_axes(self) -> tuple[int, ...]:
        """The axes that are neither rows nor columns."""
        both = (self.row_axis, self.column_axis)
        return tuple(axis for axis in range(len(self.shape)) if axis not in both)

    @property
    def is_swapped(self) -> bool:
        """Whether the rows run along a later axis than the columns."""
        if self.row_axis is None or self.column_axis is None:
            return False
        return self.row_axis > self.column_axis

    def swapped(self) -> "Slice":
        """Return the same cells with rows and columns exchanged."""
        return replace(self, row_axis=self.column_axis, column_axis=self.row_axis)

    def with_axes(self, row_axis: int, column_axis: int) -> "Slice":
        """Return the look with other axes flat; choosing the same axis twice exchanges the two."""
        if row_axis == column_axis:
            return self.swapped()
        return replace(self, row_axis=row_axis, column_axis=column_axis)

    def at(self, index: Index) -> "Slice":
        """Return the look, moved so that the cell at ``index`` is on it."""
        return replace(self, fixed=tuple(index))

    def index(self, row: int, column: int) -> Index:
        """Return the array's index of a cell of the table."""
        result = list(self.fixed)
        if self.row_axis is not None:
            result[self.row_axis] = row
        if self.column_axis is not None:
            result[self.column_axis] = column
        return tuple(result)

    def cell(self, index: Index) -> tuple[int, int] | None:
        """Return row and column of an index, or None where it is not on this look."""
        if len(index) != len(self.shape):
            return None
        if any(index[axis] != self.fixed[axis] for axis in self.other_axes):
            return None
        row = 0 if self.row_axis is None else index[self.row_axis]
        column = 0 if self.column_axis is None else index[self.column_axis]
        return (row, column) if row < self.rows and column < self.columns else None

    def region(self, rows: slice, columns: slice) -> Region:
        """Return the array's region of a block of the table."""
        result: list[int | slice] = list(self.fixed)
        if self.row_axis is not None:
            result[self.row_axis] = rows
        if self.column_axis is not None:
            result[self.column_axis] = columns
        return tuple(result)

    def flat(self, block: Array) -> Array:
        """Return what was read from a :meth:`region` as rows and columns of the table."""
        if self.row_axis is None:
            return block.reshape(1, -1)
        if self.column_axis is None:
            return block.reshape(-1, 1)
        return block.T if self.is_swapped else block

    def stored(self, block: Array) -> Array:
        """Return rows and columns of the table in the shape of their :meth:`region`."""
        if self.row_axis is None and self.column_axis is None:
            return block.reshape(())
        if self.row_axis is None or self.column_axis is None:
            return block.reshape(-1)
        return block.T if self.is_swapped else block
