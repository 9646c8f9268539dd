"""A part of a picture too large to be read as a whole: only the rows that are painted are read."""

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weightview.core.errors import CancelledError
from weightview.core.model import Weight
from weightview.core.sampling import as_float32, extremes, never
from weightview.core.values import Values
from weightview.gui.weight_view.mosaic import Mosaic

_MOST_AT_ONCE = 1 << 20
_MOST_HELD = 1 << 22

Numbers = npt.NDArray[np.float32]


def sampled_mosaic(
    values: Values,
    weight: Weight,
    mosaic: Mosaic,
    rows: range,
    columns: range,
    cancelled: Callable[[], bool] = never,
) -> Numbers:
    """Return a mosaic made smaller: some of its rows, and of each run of columns the extreme one.

    Args:
        values: the numbers.
        weight: whose.
        mosaic: where they stand; its gates, if any, left together.
        rows: which rows are read; its step leaves rows out.
        columns: where the runs of columns start; its step is their length.
        cancelled: asked between two rows.

    Returns:
        ``(len(rows), len(columns))``, 0 in gaps.

    Raises:
        CancelledError: ``cancelled`` said so.
        FileChangedError: the file on disk is no longer the one that was opened.
    """
    result = np.zeros((len(rows), len(columns)), np.float32)
    reader = _Reader(values, weight, mosaic)
    for (line, fixed), members in _by_read(mosaic, weight, rows).items():
        if cancelled():
            raise CancelledError("Stopped.")
        for left, numbers in reader.tiles(line, dict(fixed), columns):
            for slot, last in members:
                one = numbers[:, last if numbers.shape[1] > 1 else 0]
                _merge(result[slot], one, left, columns)
    return result


Fixed = tuple[tuple[int, int], ...]
"""Axes and the places on them."""


def _by_read(
    mosaic: Mosaic, weight: Weight, rows: range
) -> dict[tuple[int, Fixed], list[tuple[int, int]]]:
    """Return the rows by what is read for them: which row of the picture, which last place.

    Rows that differ in the last axis alone lie in the same bytes.
    """
    found: dict[tuple[int, Fixed], list[tuple[int, int]]] = {}
    last_axis = len(weight.shape) - 1
    for slot, y in enumerate(rows):
        line, row = divmod(y, mosaic.tile_height + mosaic.gap)
        row = min(row, mosaic.tile_height - 1)  # a gap is painted over
        places = {}
        for axis in reversed(mosaic.row_axes):
            row, places[axis] = divmod(row, weight.shape[axis])
        last = places.pop(last_axis, 0)
        found.setdefault((line, tuple(sorted(places.items()))), []).append((slot, last))
    return found


@dataclass(frozen=True)
class _Reader:
    values: Values
    weight: Weight
    mosaic: Mosaic

    def tiles(
        self, line: int, fixed: dict[int, int], columns: range
    ) -> Iterator[tuple[int, Numbers]]:
        """Yield the part of a line of tiles that the columns meet, some tiles at a time.

        Each as the column at which it begins, and the numbers from there on: ``(columns, last)``
        with the places of the last axis where rows run along it, else ``(columns, 1)``.
        """
        mosaic, shape = self.mosaic, self.weight.shape
        runs_last = len(shape) - 1 in mosaic.row_axes
        each = shape[-1] if runs_last else 1
        if mosaic.outer is None:
            yield from self._columns(fixed, columns, max(1, _MOST_HELD // each))
            return
        pitch = mosaic.tile_width + mosaic.gap
        first = line * mosaic.per_line + columns.start // pitch
        stop = line * mosaic.per_line + min(mosaic.per_line, (columns.stop - 1) // pitch + 1)
        stop = min(stop, mosaic.tiles)
        step = max(1, _MOST_HELD // (each * mosaic.tile_width))
        for start in range(first, stop, step):
            tiles = range(start, min(stop, start + step))
            block = self._block(fixed, {mosaic.outer: tiles}).reshape(
                len(tiles), mosaic.tile_width, -1
            )
            padded = np.zeros((len(tiles), pitch, block.shape[2]), np.float32)
            padded[:, : mosaic.tile_width] = block
            yield (start - line * mosaic.per_line) * pitch, padded.reshape(-1, block.shape[2])

    def _columns(
        self, fixed: dict[int, int], columns: range, most: int
    ) -> Iterator[tuple[int, Numbers]]:
        (axis,) = self.mosaic.column_axes  # of a kernel that only mixes channels
        stop = min(columns.stop, self.weight.shape[axis])
        for start in range(columns.start, stop, most):
            places = range(start, min(stop, start + most))
            yield start, self._block(fixed, {axis: places}).reshape(len(places), -1)

    def _block(self, fixed: dict[int, int], some: dict[int, range]) -> Numbers:
        """Return the numbers at ``fixed`` places, axes in the order tile, columns, last.

        Only what lies side by side in the file is read together.
        """
        shape, mosaic = self.weight.shape, self.mosaic
        places = [some.get(axis, range(length)) for axis, length in enumerate(shape)]
        free = [axis for axis in range(len(shape)) if axis not in fixed]
        deepest = max(fixed, default=-1)
        looped = [a for a in free if a < deepest or math.prod(shape[a:]) > _MOST_AT_ONCE]
        looped = [axis for axis in looped if axis < len(shape) - 1]
        buffer = np.empty([len(places[axis]) for axis in free], np.float32)
        for index in itertools.product(*(range(len(places[axis])) for axis in looped)):
            at = dict(zip(looped, index, strict=True))
            region = tuple(
                fixed[axis]
                if axis in fixed
                else places[axis][at[axis]]
                if axis in at
                else slice(places[axis].start, places[axis].stop, 1)
                for axis in range(len(shape))
            )
            where = tuple(at.get(axis, slice(None)) for axis in free)
            buffer[where] = as_float32(self.values.read(self.weight, region))
        outer = () if mosaic.outer is None else (mosaic.outer,)
        order = [axis for axis in (*outer, *mosaic.column_axes) if axis in free]
        order += [axis for axis in free if axis not in order]
        return buffer.transpose([free.index(axis) for axis in order])


def _merge(target: Numbers, numbers: Numbers, left: int, columns: range) -> None:
    """Put numbers that begin at the column ``left`` into the runs of a row."""
    start, stop = max(left, columns.start), min(left + numbers.size, columns.stop)
    if stop <= start:
        return
    first, offset = divmod(start - columns.start, columns.step)
    aligned = np.concatenate([np.zeros(offset, np.float32), numbers[start - left : stop - left]])
    runs = extremes(aligned[np.newaxis], columns.step, axis=1)[0]
    before = target[first : first + runs.size]
    is_larger = ~(np.abs(runs) <= np.abs(before)) & ~np.isnan(before)
    before[is_larger] = runs[is_larger]
