"""Reading large arrays in pieces: a chunk at a time, or only so many numbers as fit a screen."""

import itertools
import math
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from weightview.core.errors import CancelledError
from weightview.core.model import Weight
from weightview.core.regions import Region
from weightview.core.values import Array, Values

CHUNK_BYTES = 4 << 20
_PIECES, _PIECE_BYTES = 16, 1 << 14
LARGEST_SHOWN = float(np.finfo(np.float32).max)


def never() -> bool:
    """Return False: the work is not to be cancelled."""
    return False


def chunk_regions(
    shape: tuple[int, ...], itemsize: int, nbytes: int = CHUNK_BYTES
) -> Iterator[Region]:
    """Yield regions that cover an array once, in C order, each contiguous and about ``nbytes``.

    Args:
        shape: the array's shape.
        itemsize: the bytes of one number.
        nbytes: how large a chunk may be; a single number may always be one.
    """
    if 0 in shape:
        return
    axis = 0
    while axis < len(shape) and math.prod(shape[axis + 1 :]) * itemsize > nbytes:
        axis += 1
    if axis >= len(shape):
        yield from itertools.product(*(range(length) for length in shape))
        return
    rows = max(1, nbytes // max(1, math.prod(shape[axis + 1 :]) * itemsize))
    whole = tuple(slice(0, length, 1) for length in shape[axis + 1 :])
    for outer in itertools.product(*(range(length) for length in shape[:axis])):
        for start in range(0, shape[axis], rows):
            yield (*outer, slice(start, min(start + rows, shape[axis]), 1), *whole)


def chunks(
    values: Values, weight: Weight, cancelled: Callable[[], bool] = never
) -> Iterator[Array]:
    """Yield all numbers of a weight, a chunk at a time, each one-dimensional.

    Raises:
        CancelledError: ``cancelled`` said so between two chunks.
        FileChangedError: the file on disk is no longer the one that was opened.
    """
    for region in chunk_regions(weight.shape, weight.dtype.itemsize):
        if cancelled():
            raise CancelledError("Stopped.")
        yield np.asarray(values.read(weight, region)).reshape(-1)


def typical_magnitude(values: Values, weight: Weight) -> float:
    """Return the median |w| of what is neither 0 nor infinite in a few pieces of a weight.

    They are spread evenly over it. One odd number hardly moves it; 0 where there is none.

    Raises:
        FileChangedError: the file on disk is no longer the one that was opened.
    """
    regions = list(chunk_regions(weight.shape, weight.dtype.itemsize, _PIECE_BYTES))
    step = max(1, len(regions) // _PIECES)
    pieces = [np.asarray(values.read(weight, region)) for region in regions[step // 2 :: step]]
    if not pieces:
        return 0.0
    with np.errstate(all="ignore"):  # a signalling NaN is no reason to warn
        numbers = np.abs(np.concatenate([piece.reshape(-1).astype(np.float64) for piece in pieces]))
    numbers = numbers[np.isfinite(numbers) & (numbers > 0)]
    return float(np.median(numbers)) if numbers.size else 0.0


def as_float32(array: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """Return numbers as float32 for showing: finite ones beyond its range become its largest."""
    given = np.asarray(array)
    with np.errstate(all="ignore"):
        result = given.astype(np.float32)
    if given.dtype.itemsize > result.dtype.itemsize:
        beyond = np.isinf(result) & np.isfinite(given)
        result = np.where(beyond, np.copysign(LARGEST_SHOWN, result), result).astype(np.float32)
    return result


def extremes(array: npt.NDArray[np.float32], step: int, axis: int) -> npt.NDArray[np.float32]:
    """Return of each run of ``step`` numbers along ``axis`` the one of the largest magnitude.

    A picture made smaller in this way loses no outlier; NaN counts as larger than all.
    """
    if step <= 1:
        return array
    moved = np.moveaxis(array, axis, -1)
    length = moved.shape[-1]
    groups = -(-length // step)
    padded = np.zeros((*moved.shape[:-1], groups * step), np.float32)
    padded[..., :length] = moved
    runs = padded.reshape(*moved.shape[:-1], groups, step)
    magnitude = np.abs(runs)
    magnitude[np.isnan(magnitude)] = np.inf
    chosen = magnitude.argmax(axis=-1)
    result = np.take_along_axis(runs, chosen[..., np.newaxis], axis=-1)[..., 0]
    return np.moveaxis(result, -1, axis)


def sampled_matrix(
    values: Values,
    weight: Weight,
    rows: range,
    columns: range,
    cancelled: Callable[[], bool] = never,
) -> npt.NDArray[np.float32]:
    """Return a matrix made smaller: some of its rows, and of each run of columns the extreme one.

    Args:
        values: the numbers.
        weight: a weight of two axes.
        rows: which rows are read; its step leaves rows out.
        columns: where the runs of columns start; its step is their length.
        cancelled: asked between two reads.

    Returns:
        ``(len(rows), len(columns))``.

    Raises:
        CancelledError: ``cancelled`` said so.
        FileChangedError: the file on disk is no longer the one that was opened.
    """
    result = np.empty((len(rows), len(columns)), np.float32)
    span = slice(columns.start, columns.stop, 1)
    row_bytes = max(1, (columns.stop - columns.start) * weight.dtype.itemsize)
    # Rows side by side are read together; rows apart one by one, without what lies between.
    together = max(1, CHUNK_BYTES // row_bytes) if rows.step == 1 else 1
    for start in range(0, len(rows), together):
        if cancelled():
            raise CancelledError("Stopped.")
        picked = rows[start : start + together]
        block = values.read(weight, (slice(picked.start, picked.stop, picked.step), span))
        part = extremes(as_float32(block), columns.step, axis=1)
        result[start : start + len(picked)] = part
    return result
