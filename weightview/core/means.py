"""The means of an array over some of its axes, read a chunk at a time."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from weightview.core.errors import CancelledError
from weightview.core.model import Weight
from weightview.core.regions import Region
from weightview.core.sampling import CHUNK_BYTES, chunk_regions, never
from weightview.core.values import Values

Means = npt.NDArray[np.float64]


def means_along(
    values: Values,
    weight: Weight,
    *kept: tuple[int, ...],
    cancelled: Callable[[], bool] = never,
) -> tuple[Means, ...]:
    """Return the means of the finite numbers of a weight over all axes but some.

    The numbers are read once, however many means are asked for.

    Args:
        values: the numbers.
        weight: whose, of a real dtype.
        kept: for each result, the axes that it keeps.
        cancelled: asked between chunks.

    Returns:
        For each of ``kept`` an array with these axes in the order they are given; NaN where no
        number is finite.

    Raises:
        CancelledError: ``cancelled`` said so.
        FileChangedError: the file on disk is no longer the one that was opened.
    """
    totals = [_Total(weight.shape, tuple(sorted(axes))) for axes in kept]
    for region in chunk_regions(weight.shape, weight.dtype.itemsize, CHUNK_BYTES):
        if cancelled():
            raise CancelledError("Stopped.")
        slices = tuple(slice(i, i + 1) if isinstance(i, int) else i for i in region)
        with np.errstate(invalid="ignore"):  # a signalling NaN is no reason to warn
            part = np.asarray(values.read(weight, region)).astype(np.float64)
        part = part.reshape(_lengths(slices, weight.shape))
        is_finite = np.isfinite(part)
        part[~is_finite] = 0.0
        for total in totals:
            total.add(part, is_finite, slices)
    return tuple(
        total.means().transpose(np.argsort(np.argsort(axes)))
        for total, axes in zip(totals, kept, strict=True)
    )


def _lengths(region: Region, shape: tuple[int, ...]) -> tuple[int, ...]:
    slices = (range(n)[part] for part, n in zip(region, shape, strict=True))
    return tuple(len(places) for places in slices if isinstance(places, range))


class _Total:
    """Sums and counts over all axes but ``axes``."""

    def __init__(self, shape: tuple[int, ...], axes: tuple[int, ...]) -> None:
        self._axes = axes
        self._others = tuple(axis for axis in range(len(shape)) if axis not in axes)
        self._sums = np.zeros([shape[axis] for axis in axes])
        self._counts = np.zeros(self._sums.shape)

    def add(self, part: Means, is_finite: npt.NDArray[np.bool_], region: Any) -> None:
        where = tuple(region[axis] for axis in self._axes)
        with np.errstate(over="ignore", invalid="ignore"):
            self._sums[where] += part.sum(axis=self._others)
        self._counts[where] += is_finite.sum(axis=self._others)

    def means(self) -> Means:
        found: Means = np.full(self._sums.shape, np.nan)
        np.divide(self._sums, self._counts, out=found, where=self._counts > 0)
        return found
