"""The rows and columns of a table as wholes: their means, and the order of their numbers."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weightview.core.errors import CancelledError
from weightview.core.sampling import never
from weightview.core.values import Array

_CHUNK = 1 << 20
Means = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Profiles:
    """The mean of each row and of each column of a table.

    Attributes:
        rows: ``(rows,)``, float64: the mean of the finite numbers of each; NaN where none is.
        columns: ``(columns,)``, likewise.
    """

    rows: Means
    columns: Means

    def swapped(self) -> "Profiles":
        """Return the profiles of the transposed table."""
        return Profiles(self.columns, self.rows)


def profiles(
    read: Callable[[slice], Array],
    rows: int,
    columns: int,
    cancelled: Callable[[], bool] = never,
) -> Profiles:
    """Return the profiles of a table, of which a chunk of rows is held at a time.

    Args:
        read: returns the rows of a slice, ``(rows, columns)`` of any real dtype.
        rows: how many there are.
        columns: how many there are.
        cancelled: asked between chunks.

    Raises:
        CancelledError: ``cancelled`` said so.
    """
    row_means = np.full(rows, np.nan)
    sums, counts = np.zeros(columns), np.zeros(columns)
    step = max(1, _CHUNK // max(1, columns))
    for top in range(0, rows, step):
        if cancelled():
            raise CancelledError
        table = read(slice(top, min(rows, top + step))).astype(np.float64)
        is_finite = np.isfinite(table)
        table[~is_finite] = 0.0
        row_means[top : top + step] = _divided(table.sum(axis=1), is_finite.sum(axis=1))
        sums += table.sum(axis=0)
        counts += is_finite.sum(axis=0)
    return Profiles(row_means, _divided(sums, counts))


def _divided(sums: Means, counts: npt.NDArray[np.generic]) -> Means:
    whole = counts.astype(np.float64)
    means: Means = np.full(sums.shape, np.nan)
    np.divide(sums, whole, out=means, where=whole > 0)
    return means


def order_of(line: Array, *, is_descending: bool) -> npt.NDArray[np.intp]:
    """Return the places of the numbers of ``line`` in sorted order.

    Equal numbers keep their order; NaN comes last either way.

    Args:
        line: ``(count,)`` of any real dtype.
        is_descending: the largest first.
    """
    # Whole numbers as they are: float64 does not tell large ones apart.
    numbers = line if line.dtype.kind in "iub" else line.astype(np.float64)
    is_nan = np.isnan(numbers) if numbers.dtype.kind == "f" else np.zeros(numbers.shape, np.bool_)
    places = np.flatnonzero(~is_nan)
    if is_descending:
        places = places[::-1]
    order = places[np.argsort(numbers[places], kind="stable")]
    return np.concatenate([order[::-1] if is_descending else order, np.flatnonzero(is_nan)])
