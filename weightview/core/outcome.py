"""What an operation makes of many cells: the new numbers, and how they differ from the old.

The cells are taken a piece at a time, so that a hundred million of them need little more memory
than they have themselves, and the work can be watched and broken off.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from weightview.core.errors import EditError
from weightview.core.model import Weight
from weightview.core.numbers import is_integer, parse_number
from weightview.core.operations import OPERATIONS, Places, operate
from weightview.core.preparing import cast_values
from weightview.core.regions import Region
from weightview.core.values import Array, Values, differing_bits

MOST_CELLS = 1 << 26
MOST_TOGETHER = 1 << 23
_PIECE_CELLS = 1 << 18
_FLOAT = np.dtype(np.float64)
_EXACT = 2**53


class Cells(Protocol):
    """Some cells of one weight as rows and columns, wherever they lie in it."""

    @property
    def weight(self) -> Weight:
        """Whose cells they are."""

    @property
    def rows(self) -> Places:
        """Which row each row is, for ``i`` of a formula."""

    @property
    def columns(self) -> Places:
        """Which column each column is, for ``j``."""

    def within(self, rows: slice, columns: slice) -> "Cells":
        """Return some of their rows and columns."""

    def read(self, read: Callable[[Weight, Region], Array]) -> Array:
        """Return the numbers, ``(rows, columns)``, by a function that reads a region."""

    def changes(self, table: npt.ArrayLike) -> Iterator[tuple[Weight, Region, Array]]:
        """Yield the changes that put a table into the weight."""


@dataclass
class Span:
    """The smallest and the largest finite number of several; NaN where there is none."""

    lowest: float = math.nan
    highest: float = math.nan

    def take_in(self, numbers: npt.NDArray[np.float64]) -> None:
        """Let the numbers count that are finite."""
        finite = numbers[np.isfinite(numbers)]
        if finite.size:
            self.lowest = float(np.fmin(self.lowest, finite.min()))
            self.highest = float(np.fmax(self.highest, finite.max()))


@dataclass
class Outcome:
    """What an operation makes of the cells.

    Attributes:
        changes: weight, region and new numbers; empty where only a look was wanted.
        cells: how many cells there are.
        changed: how many of them differ from before in any bit.
        lost: how many were finite and are no longer.
        before: from where to where the numbers reach.
        after: from where to where they will.
    """

    changes: list[tuple[Weight, Region, Array]]
    cells: int
    changed: int
    lost: int
    before: Span
    after: Span


def outcome(
    values: Values,
    targets: Sequence[Cells],
    name: str,
    texts: Sequence[str],
    *,
    keeps: bool,
    progress: Callable[[float], None],
) -> Outcome:
    """Return what an operation makes of some cells.

    Args:
        values: the numbers as they are.
        targets: the cells.
        name: a key of :data:`~weightview.core.operations.OPERATIONS`.
        texts: what was typed for its parameters.
        keeps: whether the new numbers are wanted, or only what is said of them.
        progress: told the share that is done, between 0 and 1; what it raises ends the work.

    Raises:
        NumberError: a text is no number, or the formula is none.
        EditError: a number does not fit the weight, or the cells are too many.
    """
    reach = OPERATIONS[name].reach(texts)
    total = sum(_count(target) for target in targets)
    _check_size(targets, total, reach)
    found = Outcome([], total, 0, 0, Span(), Span())
    done = 0
    for target in targets:
        compute = _computing(name, texts, target.weight)
        shape = len(target.rows), len(target.columns)
        new = np.empty(shape, target.weight.dtype) if keeps else None
        for where in _pieces(target, reach):
            progress(done / total)
            old, made = _piece(values, target.within(*where), compute)
            _note(found, old, made)
            if new is not None:
                new[where] = made
            done += old.size
        if new is not None:
            found.changes.extend(target.changes(new))
    return found


def _count(target: Cells) -> int:
    return len(target.rows) * len(target.columns)


def _check_size(targets: Sequence[Cells], total: int, reach: str) -> None:
    most = MOST_TOGETHER if reach == "table" else MOST_CELLS
    if total > most:
        message = f"{total:,} cells are too many for one step; at most {most:,} can be selected."
        raise EditError(targets[0].weight.path, message)


_Compute = Callable[[Array, Places, Places], Array]


def _computing(name: str, texts: Sequence[str], weight: Weight) -> _Compute:
    """Return the function of a table, its rows and its columns.

    Raises:
        NumberError: a text is no number.
    """
    if name == "set":
        number = parse_number(texts[0], weight.dtype)  # exact, as if typed into the cell
        return lambda table, _rows, _columns: np.full(table.shape, number)
    numbers: list[float | str] = [
        text if parameter.is_text else float(parse_number(text, _FLOAT))
        for text, parameter in zip(texts, OPERATIONS[name].parameters, strict=True)
    ]
    return lambda table, rows, columns: operate(name, table, rows, columns, numbers)


def _pieces(target: Cells, reach: str) -> Iterator[tuple[slice, slice]]:
    """Yield blocks that cover the target, each with whatever its results depend on."""
    rows, columns = len(target.rows), len(target.columns)
    everything = slice(None)
    if reach == "table":
        yield everything, everything
    elif reach == "column" or (reach == "cell" and rows == 1):
        step = max(1, _PIECE_CELLS // max(1, rows))
        for start in range(0, columns, step):
            yield everything, slice(start, start + step)
    else:
        step = max(1, _PIECE_CELLS // max(1, columns))
        for start in range(0, rows, step):
            yield slice(start, start + step), everything


def _piece(values: Values, cells: Cells, compute: _Compute) -> tuple[Array, Array]:
    weight = cells.weight
    old = cells.read(values.read)
    is_long = is_integer(weight.dtype) and weight.dtype.itemsize >= _FLOAT.itemsize
    if is_long and max(abs(int(old.min())), abs(int(old.max()))) > _EXACT:
        message = f"“{weight.path}” holds numbers beyond 2^53, which are not computed with."
        raise EditError(weight.path, message)
    return old, cast_values(weight, compute(old, cells.rows, cells.columns), old.shape)


def _note(found: Outcome, old: Array, new: Array) -> None:
    with np.errstate(all="ignore"):  # a signalling NaN is no reason to warn
        before, after = old.astype(np.float64), new.astype(np.float64)
    found.changed += int(differing_bits(old, new).sum())
    found.lost += int((np.isfinite(before) & ~np.isfinite(after)).sum())
    found.before.take_in(before)
    found.after.take_in(after)
