"""Which pixel of the image shows which number: the picture, its captions' room, its bias strip."""

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from weightview.gui.weight_view.mosaic import Mosaic
from weightview.gui.weight_view.sheet import Sheet, unit_axis
from weightview.gui.weight_view.slicing import Index, Slice
from weightview.gui.weight_view.viewport import Viewport

STRIP_GAP = 7
STRIP_LEAST, STRIP_MOST = 8.0, 27.0
OUTLINED_CELL = 7.0
_MOST_OUTLINED = 2000
_NOWHERE = (0, 0)

Cell = tuple[int, int]


@dataclass(frozen=True)
class Placement:
    """Where everything stands at one zoom.

    Attributes:
        sheet: what is shown.
        mosaic: where its numbers stand, in cells.
        view: cells to pixels.
        whole: the widget's pixels.
        captions: how high the captions above the picture are.
        strips: how many rows (or columns) of bias are shown beside the picture.
        profiles: how much room the means of rows and columns have, to the right and below.
    """

    sheet: Sheet
    mosaic: Mosaic
    view: Viewport
    whole: QRectF
    captions: int = 0
    strips: int = 0
    profiles: int = 0

    @property
    def main_path(self) -> str:
        """The path of the weight itself."""
        return self.sheet.main.weight.path

    @property
    def is_strip_right(self) -> bool:
        """Whether the bias stands to the right of the picture instead of under it."""
        return self.sheet.has_bias_columns

    @property
    def area(self) -> QRectF:
        """Where the picture may stand."""
        room = self.strips * STRIP_MOST + STRIP_GAP if self.strips else 0.0
        right, below = (room, 0.0) if self.is_strip_right else (0.0, room)
        beside = self.profiles + STRIP_GAP if self.profiles else 0
        right, below = right + beside, below + beside
        area = self.whole.adjusted(1, 1 + self.captions, -1 - right, -1 - below)
        if area.width() > 1 and area.height() > 1:
            return area
        return QRectF(area.left(), area.top(), 1, 1)

    @property
    def picture(self) -> QRectF:
        """The pixels that the picture takes."""
        return self.area.intersected(self.view.rect(0, 0, self.mosaic.height, self.mosaic.width))

    @property
    def strip_area(self) -> QRectF:
        """Where the bias may stand: as long as the picture's place, beyond it."""
        area = self.area
        if self.is_strip_right:
            return QRectF(area.left(), area.top(), self.whole.width(), area.height())
        return QRectF(area.left(), area.top(), area.width(), self.whole.height())

    @property
    def cell_gap(self) -> int:
        """How many pixels of ground stand between two cells."""
        side = min(self.view.across, self.view.down)
        if side < OUTLINED_CELL:
            return 0
        return 2 if side >= 2 * OUTLINED_CELL else 1

    def rect(self, path: str, index: Index) -> QRectF | None:
        """Return the pixels of a number, or None where it is not in the image."""
        if path == self.main_path:
            place = self.mosaic.cell(index)
            return None if place is None else self.view.rect(*place)
        bias = self.sheet.bias
        if bias is not None and path == bias.weight.path and self.strips:
            return self.strip_rect(index[0] if len(index) > 1 else 0, index[-1])
        return None

    def unit_cell(self, unit: int) -> tuple[int, int]:
        """Return row and column of the first number of a unit."""
        weight = self.sheet.main.weight
        index = [0] * len(weight.shape)
        index[unit_axis(weight)] = unit
        return self.mosaic.cell(tuple(index)) or (0, 0)

    def strip_rect(self, row: int, unit: int) -> QRectF:
        """Return the pixels of a bias: at its unit's column or row, beyond the picture."""
        place = self.unit_cell(unit)
        cell, whole, side = self.view.rect(*place), self.strips_rect, self._strip_side
        if self.is_strip_right:
            return QRectF(whole.left() + row * side, cell.top(), side, cell.height())
        return QRectF(cell.left(), whole.top() + row * side, cell.width(), side)

    @property
    def _strip_side(self) -> float:
        side = self.view.across if self.is_strip_right else self.view.down
        return min(max(side, STRIP_LEAST), STRIP_MOST)

    @property
    def strips_rect(self) -> QRectF:
        """The pixels of all biases, those out of sight included."""
        picture, whole = self.picture, self.view.rect(0, 0, self.mosaic.height, self.mosaic.width)
        side = self._strip_side * self.strips
        if self.is_strip_right:
            return QRectF(picture.right() + STRIP_GAP, whole.top(), side, whole.height())
        return QRectF(whole.left(), picture.bottom() + STRIP_GAP, whole.width(), side)

    @property
    def bottom(self) -> float:
        """Where all that stands under the picture ends."""
        if self.profiles:
            return self.column_profile.bottom()
        has_strip = self.strips and not self.is_strip_right
        return (self.strips_rect if has_strip else self.picture).bottom()

    @property
    def column_profile(self) -> QRectF:
        """Where the means of the columns stand: under the picture and a bias under it."""
        picture = self.picture
        has_strip = self.strips and not self.is_strip_right
        top = (self.strips_rect if has_strip else picture).bottom() + STRIP_GAP
        return QRectF(picture.left(), top, picture.width(), self.profiles)

    @property
    def row_profile(self) -> QRectF:
        """Where the means of the rows stand: right of the picture and a bias right of it."""
        picture = self.picture
        has_strip = self.strips and self.is_strip_right
        left = (self.strips_rect if has_strip else picture).right() + STRIP_GAP
        return QRectF(left, picture.top(), self.profiles, picture.height())

    @property
    def right(self) -> float:
        """Where everything ends on the right."""
        if self.profiles:
            return self.row_profile.right()
        has_strip = self.strips and self.is_strip_right
        return (self.strips_rect if has_strip else self.picture).right()

    def tiles_in_sight(self) -> Iterator[int]:
        """Yield the tiles of which something, or of the gap after it, is seen."""
        mosaic = self.mosaic
        rows, columns = self.view.visible(self.area, mosaic.height, mosaic.width)
        if not rows or not columns:
            return
        high, wide = mosaic.tile_height + mosaic.gap, mosaic.tile_width + mosaic.gap
        for line in range(rows.start // high, (rows.stop - 1) // high + 1):
            for place in range(columns.start // wide, (columns.stop - 1) // wide + 1):
                tile = line * mosaic.per_line + place
                if tile < mosaic.tiles:
                    yield tile

    def look_rect(self) -> QRectF | None:
        """Return the block of the picture that the table shows, where it is one, not the whole."""
        look = self.sheet.main.look
        if all(look.shape[axis] == 1 for axis in look.other_axes):
            return None
        block = self._block_of(look)
        return None if block is None else self.view.rect(*block)

    def _block_of(self, look: Slice) -> tuple[int, int, int, int] | None:
        """Return row, column, height and width of a slice, where its cells stand together."""
        first = self.mosaic.cell(look.index(0, 0))
        last = self.mosaic.cell(look.index(look.rows - 1, look.columns - 1))
        if first is None or last is None:
            return None
        top, left = min(first[0], last[0]), min(first[1], last[1])
        high, wide = abs(last[0] - first[0]) + 1, abs(last[1] - first[1]) + 1
        return (top, left, high, wide) if high * wide == look.rows * look.columns else None

    def nearest(self, start: Index, point: QPointF) -> Index:
        """Return the cell nearest to a pixel, of those on the same slice as ``start``."""
        row, column = self.view.cell(point)
        block = self._block_of(self.sheet.main.look.at(start))
        top, left, high, wide = block or (0, 0, self.mosaic.height, self.mosaic.width)
        row, column = min(max(row, top), top + high - 1), min(max(column, left), left + wide - 1)
        found = self._cell_before(row, column)
        return start if found is None else self.within(start, found)

    def _cell_before(self, row: int, column: int) -> Index | None:
        """Return the number at a cell, or before it where that is in a gap."""
        for back in range(self.mosaic.gap + 1):
            for up in range(self.mosaic.gap + 1):
                index = self.mosaic.index(row - up, column - back)
                if index is not None:
                    return index
        return None

    def within(self, start: Index, index: Index) -> Index:
        """Return the cell of the slice of ``start`` at the row and the column of ``index``."""
        look = self.sheet.main.look
        flat = (look.row_axis, look.column_axis)
        pairs = enumerate(zip(start, index, strict=True))
        return tuple(there if axis in flat else here for axis, (here, there) in pairs)

    def neighbour(self, index: Index | None, down: int, across: int) -> Index | None:
        """Return the next number in a direction, over a gap too; the first one without ``index``.

        None at the edge.
        """
        place = None if index is None else self.mosaic.cell(index)
        row, column = place or (-down, -across)
        for distance in range(1, self.mosaic.gap + 2):
            found = self.mosaic.index(row + down * distance, column + across * distance)
            if found is not None:
                return found
        return None

    def block_rects(self, first: Index, last: Index) -> list[QRectF]:
        """Return the pixels of the cells from ``first`` to ``last`` in the table's two axes.

        One rectangle where they stand together, one for each line of a wrapped vector, else one
        for each cell, or none where these would be too many.
        """
        look = self.sheet.main.look.at(first)
        one, other = look.cell(first), look.cell(last)
        if one is None or other is None:
            return []
        (top, bottom), (left, right) = (sorted(pair) for pair in zip(one, other, strict=True))
        if self._stands_together(look, (top, left), (bottom, right)):
            corners = [self._cell_rect(look.index(*c)) for c in ((top, left), (bottom, right))]
            return [corners[0].united(corners[1])]
        if self.mosaic.wraps and len(self.mosaic.shape) == 1:
            return self._line_rects(look.index(top, left)[0], look.index(bottom, right)[0])
        if (bottom - top + 1) * (right - left + 1) > _MOST_OUTLINED:
            return []
        return [
            self._cell_rect(look.index(row, column))
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
        ]

    def _line_rects(self, first: int, last: int) -> list[QRectF]:
        """Return one rectangle for each line of a wrapped vector that has some of the cells."""
        per_line, found = self.mosaic.per_line, []
        lines = range(first // per_line, last // per_line + 1)
        for line in lines if len(lines) <= _MOST_OUTLINED else ():
            begin, end = max(first, line * per_line), min(last, (line + 1) * per_line - 1)
            found.append(self._cell_rect((begin,)).united(self._cell_rect((end,))))
        return found

    def _stands_together(self, look: Slice, first: Cell, last: Cell) -> bool:
        """Return whether a block of the slice is a rectangle of the picture, gaps included."""
        start = look.index(*first)
        down = self._way(start, look.row_axis, last[0] - first[0])
        across = self._way(start, look.column_axis, last[1] - first[1])
        return down is not None and across is not None and (down != across or down == _NOWHERE)

    def _way(self, start: Index, axis: int | None, steps: int) -> Cell | None:
        """Return which way the picture runs along an axis, None where its places stand apart.

        Steps along one axis are equal, but at the end of a line of tiles and between two gates.
        """
        if axis is None or not steps:
            return _NOWHERE
        there = ((*start[:axis], start[axis] + n, *start[axis + 1 :]) for n in (0, 1, steps))
        cells = [self.mosaic.cell(index) or (0, 0) for index in there]
        (y, x), second, last = cells
        way = (int(last[0] > y), int(last[1] > x))
        if self.mosaic.virtual != self.mosaic.shape and axis == len(start) - 1:
            return way  # gates stand in one line, with gaps between them
        is_even = second == (y + way[0], x + way[1])
        is_whole = last == (y + steps * way[0], x + steps * way[1])
        return way if sum(way) == 1 and is_even and is_whole else None

    def _cell_rect(self, index: Index) -> QRectF:
        row, column = self.mosaic.cell(index) or (0, 0)
        return self.view.rect(row, column)

    def address(self, point: QPointF) -> tuple[str, Index] | None:
        """Return which number a pixel shows, or None."""
        if self.area.contains(point):
            index = self.mosaic.index(*self.view.cell(point))
            if index is not None:
                return self.main_path, index
        return self._strip_address(point)

    def _strip_address(self, point: QPointF) -> tuple[str, Index] | None:
        bias = self.sheet.bias
        if bias is None or not self.strips:
            return None
        row, column = self.view.cell(point)
        along = self.mosaic.index(row, 0) if self.is_strip_right else self.mosaic.index(0, column)
        if along is None:
            return None
        unit = along[unit_axis(self.sheet.main.weight)]
        for place in range(self.strips):
            if self.strip_rect(place, unit).contains(point):
                is_pair = len(bias.weight.shape) > 1
                return bias.weight.path, (place, unit) if is_pair else (unit,)
        return None
