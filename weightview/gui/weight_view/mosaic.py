"""Where each number of an array of any rank stands in its picture.

A matrix stands as it is. A convolution kernel stands as a grid of its filters, a recurrent kernel
as its gates side by side, an attention kernel as its heads: tiles, wrapped into lines.
"""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from weightview.core.model import Weight
from weightview.core.sampling import as_float32
from weightview.gui.weight_view.wording import place_text

Index = tuple[int, ...]

_LINE_OF_VECTOR = 64
_MATRIX = 2
_MOST_CAPTIONS = 4096
_SPACE = ("kernel ", "height", "width", "depth", "length")


@dataclass(frozen=True)
class Mosaic:
    """The plan of a picture, counted in cells.

    Attributes:
        shape: the array's shape.
        virtual: the same numbers with gates as an axis of their own.
        outer: the axis of ``virtual`` that counts the tiles; None for a single one.
        row_axes: the axes that run down a tile, the slowest first.
        column_axes: the axes that run along a tile, the slowest first.
        per_line: how many tiles stand side by side.
        gap: how many empty cells are between two tiles.
        is_square: whether cells must be square, because the axes are places in space.
        captions: a name per tile, or empty.
        block: how many rows and columns of a tile belong together, those of one channel; 0 for
            all of them.
        wraps: whether tiles may stand in any number of lines.
    """

    shape: tuple[int, ...]
    virtual: tuple[int, ...]
    outer: int | None
    row_axes: tuple[int, ...]
    column_axes: tuple[int, ...]
    per_line: int = 1
    gap: int = 0
    is_square: bool = False
    captions: tuple[str, ...] = ()
    block: tuple[int, int] = (0, 0)
    wraps: bool = False

    @property
    def tiles(self) -> int:
        """How many tiles there are."""
        return 1 if self.outer is None else self.virtual[self.outer]

    @property
    def lines(self) -> int:
        """How many lines of tiles there are."""
        return -(-self.tiles // self.per_line)

    @property
    def tile_height(self) -> int:
        """How many cells a tile is high."""
        return math.prod(self.virtual[axis] for axis in self.row_axes)

    @property
    def tile_width(self) -> int:
        """How many cells a tile is wide."""
        return math.prod(self.virtual[axis] for axis in self.column_axes)

    @property
    def height(self) -> int:
        """How many cells the picture is high."""
        return self.lines * (self.tile_height + self.gap) - self.gap

    @property
    def width(self) -> int:
        """How many cells the picture is wide."""
        return self.per_line * (self.tile_width + self.gap) - self.gap

    @property
    def is_plain(self) -> bool:
        """Whether it is a matrix, rows down and columns along."""
        return self.outer is None and len(self.shape) == _MATRIX

    @property
    def is_swapped(self) -> bool:
        """Whether a matrix stands with its second axis down."""
        return self.is_plain and self.row_axes == (1,)

    def index(self, y: int, x: int) -> Index | None:
        """Return the array's index of the cell at ``y``, ``x``; None in a gap or outside."""
        if not (0 <= y < self.height and 0 <= x < self.width):
            return None
        line, row = divmod(y, self.tile_height + self.gap)
        place, column = divmod(x, self.tile_width + self.gap)
        tile = line * self.per_line + place
        if row >= self.tile_height or column >= self.tile_width or tile >= self.tiles:
            return None
        virtual = [0] * len(self.virtual)
        if self.outer is not None:
            virtual[self.outer] = tile
        for axes, flat in ((self.row_axes, row), (self.column_axes, column)):
            rest = flat
            for axis in reversed(axes):
                rest, virtual[axis] = divmod(rest, self.virtual[axis])
        return _reindex(tuple(virtual), self.virtual, self.shape)

    def cell(self, index: Index) -> tuple[int, int] | None:
        """Return ``y``, ``x`` of an index of the array; None where it is not an index of it."""
        if len(index) != len(self.shape):
            return None
        if any(not 0 <= i < n for i, n in zip(index, self.shape, strict=True)):
            return None
        virtual = _reindex(index, self.shape, self.virtual)
        tile = 0 if self.outer is None else virtual[self.outer]
        line, place = divmod(tile, self.per_line)
        row = column = 0
        for axis in self.row_axes:
            row = row * self.virtual[axis] + virtual[axis]
        for axis in self.column_axes:
            column = column * self.virtual[axis] + virtual[axis]
        y = line * (self.tile_height + self.gap) + row
        return y, place * (self.tile_width + self.gap) + column

    def tile_of(self, y: int, x: int) -> int | None:
        """Return which tile a cell, or the gap under or right of a tile, belongs to."""
        line, place = y // (self.tile_height + self.gap), x // (self.tile_width + self.gap)
        tile = line * self.per_line + place
        is_inside = 0 <= place < self.per_line and 0 <= tile < self.tiles
        return tile if is_inside and y >= 0 else None

    def in_lines(self, lines: int) -> "Mosaic":
        """Return the plan with its tiles in so many lines, or in fewer where that fills them."""
        return replace(self, per_line=-(-self.tiles // max(1, lines)))

    def tile_at(self, tile: int) -> tuple[int, int]:
        """Return ``y``, ``x`` of a tile's first cell."""
        line, place = divmod(tile, self.per_line)
        return line * (self.tile_height + self.gap), place * (self.tile_width + self.gap)

    def arrange(self, array: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        """Return the picture's numbers, ``(height, width)``, with zeros in the gaps."""
        numbers = as_float32(array).reshape(self.virtual)
        outer = () if self.outer is None else (self.outer,)
        order = (*outer, *self.row_axes, *self.column_axes)
        tiles = numbers.transpose(order).reshape(self.tiles, self.tile_height, self.tile_width)
        pitch_y, pitch_x = self.tile_height + self.gap, self.tile_width + self.gap
        padded = np.zeros((self.lines * self.per_line, pitch_y, pitch_x), np.float32)
        padded[: self.tiles, : self.tile_height, : self.tile_width] = tiles
        grid = padded.reshape(self.lines, self.per_line, pitch_y, pitch_x).swapaxes(1, 2)
        whole = grid.reshape(self.lines * pitch_y, self.per_line * pitch_x)
        return whole[: self.height, : self.width]

    def holes(
        self, rows: range | None = None, columns: range | None = None
    ) -> npt.NDArray[np.bool_]:
        """Return where the picture, or the part of these rows and columns, is empty."""
        y, x = np.arange(self.height), np.arange(self.width)
        y = y if rows is None else np.asarray(rows)
        x = x if columns is None else np.asarray(columns)
        in_row = y % (self.tile_height + self.gap) >= self.tile_height
        in_column = x % (self.tile_width + self.gap) >= self.tile_width
        line = y // (self.tile_height + self.gap)
        place = x // (self.tile_width + self.gap)
        beyond = line[:, np.newaxis] * self.per_line + place[np.newaxis, :] >= self.tiles
        return np.asarray(in_row[:, np.newaxis] | in_column[np.newaxis, :] | beyond)


def _reindex(index: Index, shape: tuple[int, ...], other: tuple[int, ...]) -> Index:
    """Return the index of the same number, in C order, in an array of another shape."""
    if shape == other:
        return index
    flat = 0
    for place, length in zip(index, shape, strict=True):
        flat = flat * length + place
    result = []
    for length in reversed(other):
        flat, place = divmod(flat, length)
        result.append(place)
    return tuple(reversed(result))


def plans(weight: Weight, *, swapped: bool = False, plain: bool = False) -> tuple[Mosaic, ...]:
    """Return the plans for a weight, of which one or another fits a room best.

    Args:
        weight: what is shown.
        swapped: whether a matrix stands with its units down the rows.
        plain: leave the gates of a recurrent kernel together.
    """
    shape = weight.shape
    if len(shape) <= 1:
        return (_of_vector(weight, swapped=swapped),)
    if len(shape) == _MATRIX:
        return (_of_matrix(weight, swapped=swapped, plain=plain),)
    return _of_tensor(weight)


def head_axis(weight: Weight) -> int | None:
    """Return the axis that counts attention heads, or None."""
    words = weight.axes[: len(weight.shape)]
    return next((axis for axis, word in enumerate(words) if word.endswith("head")), None)


def _gates(weight: Weight) -> int:
    gates = len(weight.gates)
    return gates if gates and weight.shape and weight.shape[-1] % gates == 0 else 0


def _gap(units: int) -> int:
    """Return how many empty cells are seen between two gates of so many units."""
    return max(1, units // 24)


def _of_vector(weight: Weight, *, swapped: bool) -> Mosaic:
    shape = weight.shape
    if not shape:
        return Mosaic(shape, (1,), None, (), (0,))
    gates, count = _gates(weight), shape[0]
    if gates:
        virtual = (gates, count // gates)
        gap = _gap(count // gates)
        if swapped:
            return Mosaic(shape, virtual, 0, (1,), (), 1, gap, captions=weight.gates)
        return Mosaic(shape, virtual, 0, (), (1,), gates, gap, captions=weight.gates)
    if count <= _LINE_OF_VECTOR:
        axes = ((0,), ()) if swapped else ((), (0,))
        return Mosaic(shape, shape, None, *axes)
    return Mosaic(shape, shape, 0, (), (), per_line=math.ceil(math.sqrt(count)), wraps=True)


def _of_matrix(weight: Weight, *, swapped: bool, plain: bool) -> Mosaic:
    shape, gates = weight.shape, _gates(weight)
    if not gates or plain:
        axes = ((1,), (0,)) if swapped else ((0,), (1,))
        return Mosaic(shape, shape, None, *axes)
    units = shape[1] // gates
    virtual = (shape[0], gates, units)
    gap = _gap(units)
    if swapped:
        return Mosaic(shape, virtual, 1, (2,), (0,), 1, gap, captions=weight.gates)
    return Mosaic(shape, virtual, 1, (0,), (2,), gates, gap, captions=weight.gates)


def _of_tensor(weight: Weight) -> tuple[Mosaic, ...]:
    shape, rank = weight.shape, len(weight.shape)
    head = head_axis(weight)
    if head is not None:
        rest = tuple(axis for axis in range(rank) if axis != head)
        plan = Mosaic(shape, shape, head, rest[:1], rest[1:], gap=1, wraps=True)
        return (_about_square(_captioned(plan, weight)),)
    space, inner, outer = _roles(weight)
    if all(shape[axis] == 1 for axis in space):  # it only mixes channels: a matrix
        return (Mosaic(shape, shape, None, (*space, inner), (outer,)),)
    found = []
    for across in _subsets((inner, *space[:-2]) if len(space) > 1 else ()):
        down = tuple(axis for axis in (inner, *space[:-1]) if axis not in across)
        plan = Mosaic(
            shape,
            shape,
            outer,
            down,
            (*across, space[-1]),
            gap=1,
            is_square=True,
            block=(math.prod(shape[axis] for axis in space[-2:-1]), shape[space[-1]]),
            wraps=True,
        )
        found.append(_about_square(_captioned(plan, weight)))
    return tuple(found)


def _roles(weight: Weight) -> tuple[tuple[int, ...], int, int]:
    """Return the axes of a convolution's kernel: in space, channels in, filters out."""
    shape, rank = weight.shape, len(weight.shape)
    words = weight.axes[:rank]
    space = tuple(axis for axis, word in enumerate(words) if word.startswith(_SPACE))
    if len(space) != rank - _MATRIX:
        space = tuple(range(rank - _MATRIX))
    inner, outer = (axis for axis in range(rank) if axis not in space)
    is_transposed = len(words) == rank and words[inner].endswith("filter")
    if is_transposed and not words[outer].endswith("filter"):
        inner, outer = outer, inner
    # With a single last entry (depthwise) the channels are the tiles.
    return (space, inner, outer) if shape[outer] > 1 else (space, outer, inner)


def _subsets(axes: tuple[int, ...]) -> list[tuple[int, ...]]:
    result: list[tuple[int, ...]] = [()]
    for axis in axes:
        result += [(*subset, axis) for subset in result]
    return result


def _captioned(plan: Mosaic, weight: Weight) -> Mosaic:
    if plan.outer is None or plan.tiles > _MOST_CAPTIONS:
        return plan
    axis = plan.outer
    names = tuple(place_text(weight, axis, tile) for tile in range(plan.tiles))
    return replace(plan, captions=names)


def _about_square(plan: Mosaic) -> Mosaic:
    """Return the plan with as many tiles in a line as make the picture about square."""
    wide = plan.tiles * (plan.tile_height + plan.gap) / max(1, plan.tile_width + plan.gap)
    per_line = min(plan.tiles, max(1, round(math.sqrt(wide))))
    # Lines of equal length look better than a last one with a single tile.
    return plan.in_lines(-(-plan.tiles // per_line)) if plan.tiles else replace(plan, per_line=1)
