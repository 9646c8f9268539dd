"""Fetches the picture that a zoom asks for: small ones at once, large ones in the background."""

from PySide6.QtCore import QObject, Signal

from weightview.core.document import Document
from weightview.core.errors import WeightviewError
from weightview.gui.background import Latest
from weightview.gui.weight_view.mosaic import Mosaic
from weightview.gui.weight_view.picture import (
    AT_ONCE_CELLS,
    WHOLE_CELLS,
    Picture,
    can_picture,
    make_picture,
)
from weightview.gui.weight_view.placement import Placement


class PictureSource(QObject):
    """Keeps the last picture until a better one is there.

    Signals:
        arrived(): there is another picture.
        unreadable(sentence): the file could not be read.
    """

    arrived = Signal()
    unreadable = Signal(str)

    def __init__(self, parent: QObject) -> None:
        """Start without a picture."""
        super().__init__(parent)
        self.picture: Picture | None = None
        self._mosaic: Mosaic | None = None
        self._asked: tuple[range, range] | None = None
        self._latest = Latest(self)

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

        def work() -> tuple[Mosaic, Picture]:
            return mosaic, make_picture(values, weight, mosaic, rows, columns, limit)

        if weight.size > AT_ONCE_CELLS:
            self._latest.request(work, self._take, self._failed)
            return
        try:
            self._take(work())
        except WeightviewError as error:
            self._failed(error)

    def _take(self, answer: tuple[Mosaic, Picture]) -> None:
        mosaic, picture = answer
        if mosaic is self._mosaic:  # else another weight is shown by now
            self.picture = picture
            self.arrived.emit()

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, WeightviewError):
            raise error
        self.unreadable.emit(str(error))


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
