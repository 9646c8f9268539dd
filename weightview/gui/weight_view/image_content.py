"""What the image shows: the numbers' colours, the bias beside them, which cells were edited."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from weightview.core.document import Document
from weightview.core.errors import WeightviewError
from weightview.gui.weight_view.cell_numbers import CellNumbers, Cells
from weightview.gui.weight_view.image_painting import image_of, strip_image
from weightview.gui.weight_view.mosaic import Mosaic, plans
from weightview.gui.weight_view.picture import (
    AT_ONCE_CELLS,
    WHOLE_CELLS,
    Picture,
    can_picture,
    edited_cells,
)
from weightview.gui.weight_view.picture_source import PictureSource
from weightview.gui.weight_view.placement import Placement
from weightview.gui.weight_view.profiles import Profiles, ProfileSource
from weightview.gui.weight_view.sheet import Sheet
from weightview.gui.weight_view.slicing import Array


class ImageContent(QObject):
    """One weight's picture and what goes with it.

    Signals:
        changed(): there is something else to paint.
        unreadable(sentence): the file could not be read.

    Attributes:
        document: whose numbers, or None.
        sheet: what is shown of it, or None.
        plans: how its numbers could stand; empty without a weight.
        mosaic: where each number stands, or None.
        limit: the magnitude that has the full colour.
        strip: the biases, ``(rows, units)``, or None where none stands beside.
        edited: the cells of the mosaic that were edited.
        image: the picture, a pixel per number or per run of numbers; None until it is made.
        wants_profiles: whether the means of its rows and columns are to be shown.
    """

    changed = Signal()
    unreadable = Signal(str)

    def __init__(self, parent: QObject) -> None:
        """Start without a weight."""
        super().__init__(parent)
        self.document: Document | None = None
        self.sheet: Sheet | None = None
        self.plans: tuple[Mosaic, ...] = ()
        self.mosaic: Mosaic | None = None
        self.limit = 0.0
        self.strip: Array | None = None
        self.edited: tuple[tuple[int, int], ...] = ()
        self.image: QImage | None = None
        self._strip_image: QImage | None = None
        self._numbers = CellNumbers()
        self.wants_profiles = False
        self._profiles = ProfileSource(self)
        self._profiles.arrived.connect(self.changed)
        self._profiles.unreadable.connect(self.unreadable)
        self._source = PictureSource(self)
        self._source.arrived.connect(self._arrived)
        self._source.unreadable.connect(self.unreadable)

    def show(self, document: Document | None, sheet: Sheet | None) -> bool:
        """Show another weight, or the same otherwise turned; return whether the plan changed."""
        before = self.document, self.plans, self.sheet.main.weight if self.sheet else None
        self.document = document
        self.sheet = sheet if document is not None else None
        self.plans = plans_for(self.sheet) if self.sheet is not None else ()
        if before == (document, self.plans, self.sheet.main.weight if self.sheet else None):
            return False
        self.mosaic = None
        self._profiles.forget()
        self.lay_out(self.plans[0] if self.plans else None)
        return True

    def lay_out(self, mosaic: Mosaic | None) -> None:
        """Let the numbers stand as one of the plans has them."""
        if mosaic is not None and mosaic == self.mosaic:
            return
        self.mosaic = mosaic
        self.image = None
        self._source.start(mosaic)
        self.read()

    @property
    def picture(self) -> Picture | None:
        """Which part of the mosaic ``image`` shows."""
        return self._source.picture

    @property
    def profiles(self) -> Profiles | None:
        """The means of its rows and columns, or of its tiles; None until they are computed."""
        return self._profiles.found

    def show_profiles(self, *, wanted: bool) -> None:
        """Compute the means, or forget them."""
        self.wants_profiles = wanted
        self._profiles.forget()
        self._request_profiles()

    def _request_profiles(self) -> None:
        document, sheet, mosaic = self.document, self.sheet, self.mosaic
        if self.wants_profiles and document is not None and sheet is not None:
            assert mosaic is not None
            self._profiles.request(document, sheet.main.weight, mosaic)

    def read(self) -> None:
        """Read the small parts anew; the picture comes with the next :meth:`request`."""
        self._source.renew()
        self._numbers.forget()
        self.strip = self._strip_image = None
        self.edited = ()
        document, sheet, mosaic = self.document, self.sheet, self.mosaic
        if document is None or sheet is None or mosaic is None:
            return
        try:
            self.edited = edited_cells(document.values, sheet.main.weight, mosaic)
            self.strip = self._read_strip(document, sheet, mosaic)
        except WeightviewError as error:
            self.unreadable.emit(str(error))
        self._request_profiles()

    @staticmethod
    def _read_strip(document: Document, sheet: Sheet, mosaic: Mosaic) -> Array | None:
        # Only a matrix and the gates of one have a place along an edge for each unit.
        has_edge = mosaic.outer is None or mosaic.virtual != mosaic.shape
        weight = sheet.bias.weight if sheet.bias is not None else None
        if weight is None or not has_edge or weight.size > AT_ONCE_CELLS:
            return None
        if not can_picture(weight):
            return None
        return document.read(weight).reshape(-1, weight.shape[-1])

    def request(self, placement: Placement, pixel_ratio: float) -> None:
        """Have the picture made that ``placement`` asks for."""
        if self.document is not None:
            self._source.request(self.document, placement, self.limit, pixel_ratio)

    def strip_image(self, placement: Placement) -> QImage | None:
        """Return the biases in colours, or None."""
        if self.strip is not None and self._strip_image is None:
            self._strip_image = strip_image(placement, self.strip, self.limit)
        return self._strip_image

    def numbers(self, placement: Placement) -> Cells:
        """Return the numbers in sight; none where they cannot be read."""
        if self.document is None:
            return {}
        mosaic, weight = placement.mosaic, placement.sheet.main.weight
        rows, columns = placement.view.visible(placement.area, mosaic.height, mosaic.width)
        try:
            return self._numbers.read(self.document, weight, mosaic, rows, columns)
        except WeightviewError as error:
            self.unreadable.emit(str(error))
            return {}

    def _arrived(self) -> None:
        if self._source.picture is not None:
            self.image = image_of(self._source.picture.rgba)
            self.changed.emit()


def plans_for(sheet: Sheet) -> tuple[Mosaic, ...]:
    """Return how the numbers may stand, turned as the table is."""
    weight, look = sheet.main.weight, sheet.main.look
    is_column = len(weight.shape) == 1 and look.column_axis is None
    is_turned = look.is_swapped or is_column
    is_large = weight.size > WHOLE_CELLS
    found = plans(weight, swapped=is_turned, plain=is_large)
    # In the first, the numbers of a row lie side by side in the file, or nearly.
    return found[:1] if is_large else found
