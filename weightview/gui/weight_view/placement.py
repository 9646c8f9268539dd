"""Which pixel of the image shows which number: the picture, its captions' room, its bias strip."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from weightview.gui.weight_view.mosaic import Mosaic
from weightview.gui.weight_view.sheet import Sheet
from weightview.gui.weight_view.slicing import Index
from weightview.gui.weight_view.viewport import Viewport

STRIP_GAP = 7
STRIP_LEAST, STRIP_MOST = 8.0, 27.0
OUTLINED_CELL = 7.0


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
    """

    sheet: Sheet
    mosaic: Mosaic
    view: Viewport
    whole: QRectF
    captions: int = 0
    strips: int = 0

    @property
    def is_strip_right(self) -> bool:
        """Whether the bias stands to the right of the picture instead of under it."""
        return self.sheet.has_bias_columns

    @property
    def area(self) -> QRectF:
        """Where the picture may stand."""
        room = self.strips * STRIP_MOST + STRIP_GAP if self.strips else 0.0
        right, below = (room, 0.0) if self.is_strip_right else (0.0, room)
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
        if path == self.sheet.main.weight.path:
            place = self.mosaic.cell(index)
            return None if place is None else self.view.rect(*place)
        bias = self.sheet.bias
        if bias is not None and path == bias.weight.path and self.strips:
            return self.strip_rect(index[0] if len(index) > 1 else 0, index[-1])
        return None

    def strip_rect(self, row: int, unit: int) -> QRectF:
        """Return the pixels of a bias: at its unit's column or row, beyond the picture."""
        rank = len(self.sheet.main.weight.shape)
        place = self.mosaic.cell((0,) * (rank - 1) + (unit,)) or (0, 0)
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

    def look_rect(self) -> QRectF | None:
        """Return the block of the picture that the table shows, where it is one, not the whole."""
        look = self.sheet.main.look
        if all(look.shape[axis] == 1 for axis in look.other_axes):
            return None
        first = self.mosaic.cell(look.index(0, 0))
        last = self.mosaic.cell(look.index(look.rows - 1, look.columns - 1))
        if first is None or last is None:
            return None
        high, wide = last[0] - first[0] + 1, last[1] - first[1] + 1
        if high * wide != look.rows * look.columns:
            return None
        return self.view.rect(*first, high, wide)

    def address(self, point: QPointF) -> tuple[str, Index] | None:
        """Return which number a pixel shows, or None."""
        if self.area.contains(point):
            index = self.mosaic.index(*self.view.cell(point))
            if index is not None:
                return self.sheet.main.weight.path, index
        return self._strip_address(point)

    def _strip_address(self, point: QPointF) -> tuple[str, Index] | None:
        bias = self.sheet.bias
        if bias is None or not self.strips:
            return None
        row, column = self.view.cell(point)
        along = self.mosaic.index(row, 0) if self.is_strip_right else self.mosaic.index(0, column)
        if along is None:
            return None
        unit = along[-1]
        for place in range(self.strips):
            if self.strip_rect(place, unit).contains(point):
                is_pair = len(bias.weight.shape) > 1
                return bias.weight.path, (place, unit) if is_pair else (unit,)
        return None
