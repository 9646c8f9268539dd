"""A block of a table as it is seen, read and written at the places of the weight it shows.

In a sorted table neighbours need not be neighbours in the weight. All that reads or writes a block
does it here, so that every number comes from and goes to the cell in which it is seen.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from weightview.core.errors import EditError
from weightview.core.model import Weight
from weightview.core.regions import Region
from weightview.gui.weight_view.order import Places
from weightview.gui.weight_view.slicing import Array, Index

if TYPE_CHECKING:
    from weightview.gui.weight_view.sheet import Part

Line = range | Places
_AT_ONCE = 1 << 20
_SPARE = 4
_MOST_RUNS = 20_000
_MOST_COPIED = 4 << 30
_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, eq=False)
class Piece:
    """The share that one weight has in a block of the table.

    Attributes:
        part: the weight, and the look at it.
        top: the block's row in which it begins.
        left: the block's column in which it begins.
        rows: the rows of the look, in the order they are seen; a range where they are neighbours.
        columns: the columns of the look, likewise.
    """

    part: "Part"
    top: int
    left: int
    rows: Line
    columns: Line

    @property
    def weight(self) -> Weight:
        """Whose numbers these are."""
        return self.part.weight

    @property
    def where(self) -> tuple[slice, slice]:
        """Which rows and columns of the block it fills."""
        return (
            slice(self.top, self.top + len(self.rows)),
            slice(self.left, self.left + len(self.columns)),
        )

    def within(self, rows: slice, columns: slice) -> "Piece":
        """Return some of its rows and columns, counted from its own first."""
        top, left = self.top + (rows.start or 0), self.left + (columns.start or 0)
        return Piece(self.part, top, left, self.rows[rows], self.columns[columns])

    def read(self, read: Callable[[Weight, Region], Array]) -> Array:
        """Return the numbers as they are seen, ``(rows, columns)``.

        Args:
            read: returns the numbers (or whatever else there is) of a region of a weight.
        """
        look = self.part.look
        rows, columns = _span(self.rows), _span(self.columns)
        wanted = len(self.rows) * len(self.columns)
        is_run = isinstance(self.rows, range), isinstance(self.columns, range)
        if all(is_run) or len(rows) * len(columns) <= max(_AT_ONCE, _SPARE * wanted):
            region = look.region(_slice(rows), _slice(columns))
            table = look.flat(read(self.weight, region))
            return table[_within(self.rows, rows), :][:, _within(self.columns, columns)]
        pieces: list[tuple[Any, Array]] = []
        for run, places in _runs(self.columns if is_run[0] else self.rows):
            part = replace(self, columns=run) if is_run[0] else replace(self, rows=run)
            pieces.append((places, part.read(read)))
        result = np.empty((len(self.rows), len(self.columns)), pieces[0][1].dtype)
        for places, table in pieces:
            result[(slice(None), places) if is_run[0] else places] = table
        return result

    def changes(self, table: npt.ArrayLike) -> Iterator[tuple[Weight, Region, Array]]:
        """Yield the changes that put a table, as it is seen, into the weight.

        Args:
            table: ``(rows, columns)``, or a single number for all cells.

        Raises:
            EditError: the cells lie in too many places of the weight for one step.
        """
        numbers, look = np.asarray(table), self.part.look
        for row_run, i, column_run, j in self._regions():
            region = look.region(_slice(row_run), _slice(column_run))
            values = numbers if numbers.ndim == 0 else look.stored(numbers[i, :][:, j])
            yield self.weight, region, values

    def regions(self) -> tuple[Region, ...]:
        """Return the regions of the weight that the cells fill.

        Raises:
            EditError: they are too many for one step.
        """
        look = self.part.look
        return tuple(look.region(_slice(r), _slice(c)) for r, _, c, _ in self._regions())

    def corners(self, most: int) -> tuple[tuple[Index, Index], ...]:
        """Return the first and the last cell of each block of neighbours in the weight.

        None at all where there are more than ``most``.
        """
        look = self.part.look
        if _count_runs(self.rows) * _count_runs(self.columns) > most:
            return ()
        columns = [run for run, _ in _runs(self.columns)]
        return tuple(
            (look.index(down[0], across[0]), look.index(down[-1], across[-1]))
            for down, _ in _runs(self.rows)
            for across in columns
        )

    def _regions(self) -> Iterator[tuple[range, Any, range, Any]]:
        count = _count_runs(self.rows) * _count_runs(self.columns)
        # Each change of a block copies it, which a hand must not have to wait for.
        copied = count * min(self.weight.nbytes, _BLOCK_BYTES)
        if count > 1 and (count > _MOST_RUNS or copied > _MOST_COPIED):
            message = (
                f"The table is sorted, and the selected cells lie in {count:,} separate places of "
                f"“{self.weight.path}”: too many for one step. Select fewer, or go back to the "
                "original order."
            )
            raise EditError(self.weight.path, message)
        columns = list(_runs(self.columns))
        for row_run, i in _runs(self.rows):
            for column_run, j in columns:
                yield row_run, i, column_run, j


def _span(line: Line) -> range:
    """Return the shortest range that holds every place of a line."""
    if isinstance(line, range) or not len(line):
        return line if isinstance(line, range) else range(0)
    return range(int(line.min()), int(line.max()) + 1)


def _slice(run: range) -> slice:
    return slice(run.start, run.stop, 1)


def _within(line: Line, span: range) -> Any:
    return slice(None) if isinstance(line, range) else line - span.start


def _count_runs(line: Line) -> int:
    if isinstance(line, range):
        return 1
    return int(np.count_nonzero(np.diff(np.sort(line)) != 1)) + 1


def _runs(line: Line) -> Iterator[tuple[range, Any]]:
    """Yield the runs of neighbours in a line, each with where its places stand in the line."""
    if isinstance(line, range):
        yield line, slice(None)
        return
    by_place = np.argsort(line)
    ordered = line[by_place]
    cuts = [0, *(np.flatnonzero(np.diff(ordered) != 1) + 1).tolist(), ordered.size]
    for start, stop in itertools.pairwise(cuts):
        yield range(int(ordered[start]), int(ordered[stop - 1]) + 1), by_place[start:stop]
