"""Fetches the picture that a zoom asks for: small ones at once, large ones in the background."""

from PySide6.QtCore import QObject

from weightview.core.document import Document
from weightview.gui.weight_view.mosaic import Mosaic
from weightview.gui.weight_view.mosaic_work import MosaicWork
from weightview.gui.weight_view.picture import WHOLE_CELLS, Picture, can_picture, make_picture
from weightview.gui.weight_view.placement import Placement


class PictureSource(MosaicWork):
    """Keeps the last picture until a better one is there."""

    def __init__(self, parent: QObject) -> None:
        """Start without a picture."""
        super().__init__(parent)
        self.picture: Picture | None = None
        self._asked: tuple[range, range] | None = None

    def start(self, mosaic: Mosaic | None) -> None:
        """Forget the picture: another weight comes."""
        self._mosaic = mosaic
        self.picture = None
        self._asked = None

    def renew(self) -> None:
        """Let the next request be answered anew: numbers or colours changed."""
        self._asked = None

    def request(
        self, document: Document, placement: Placement, limit: float, pixel_ratio: float
    ) -> None:
        """Have the picture made for ``placement``, unless it is there or under way."""
        weight, mosaic = placement.sheet.main.weight, placement.mosaic
        if not can_picture(weight):
            return
        rows, columns = _wanted(placement, pixel_ratio)
        if not rows or not columns or (rows, columns) == self._asked:
            return
        if self._asked is not None and self.picture and self.picture.covers(rows, columns):
            return
        self._asked = rows, columns
        values = document.snapshot().values

        def work() -> Picture:
            return make_picture(values, weight, mosaic, rows, columns, limit)

        self._answer(weight, mosaic, work, self._take)

    def _take(self, picture: Picture) -> None:
        self.picture = picture


def _wanted(placement: Placement, pixel_ratio: float) -> tuple[range, range]:
    """Return which rows and columns are needed, with as many in a step as share a pixel."""
    mosaic, view = placement.mosaic, placement.view
    down = max(1, int(1 / (view.down * pixel_ratio)))
    across = max(1, int(1 / (view.across * pixel_ratio)))
    if placement.sheet.main.weight.size <= WHOLE_CELLS:
        return range(0, mosaic.height, down), range(0, mosaic.width, across)
    rows, columns = view.visible(placement.area, mosaic.height, mosaic.width)
    return _widened(rows, mosaic.height, down), _widened(columns, mosaic.width, across)


def _widened(cells: range, count: int, step: int) -> range:
    """Return cells with half a screen more on either side, in whole steps."""
    margin = len(cells) // 2
    start = max(0, cells.start - margin) // step * step
    return range(start, min(count, -(-(cells.stop + margin) // step) * step), step)
