"""The weight as a picture: a cell per number, coloured around zero, zoomed and painted."""

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QImage,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from weightview.core.document import Document
from weightview.gui.theme import colors, small_font, theme
from weightview.gui.weight_view.arrangement import Room, arranged
from weightview.gui.weight_view.image_content import ImageContent
from weightview.gui.weight_view.image_corner import ImageCorner
from weightview.gui.weight_view.image_painting import (
    captions_height,
    enlarged_for,
    has_room_for_numbers,
    paint_block,
    paint_captions,
    paint_edits,
    paint_frame,
    paint_gaps,
    paint_numbers,
    paint_outline,
    paint_position,
    paint_strip,
    paint_tile_frames,
)
from weightview.gui.weight_view.mosaic import Mosaic
from weightview.gui.weight_view.picture import can_picture
from weightview.gui.weight_view.placement import Placement
from weightview.gui.weight_view.profile_painting import PROFILE, paint_profiles
from weightview.gui.weight_view.profiles import Profiles, has_lines, has_tiles
from weightview.gui.weight_view.sheet import Sheet
from weightview.gui.weight_view.slicing import Index
from weightview.gui.weight_view.viewport import FITTED_CELL, Viewport, fitted

_LARGEST_HINT = 440
_WITHOUT_PICTURE = "There is no picture of this array: it holds no real numbers."
_SPARE = 3  # a mark around a tiny cell at the edge is not cut

Cell = tuple[str, Index]


class ImageView(QWidget):
    """The picture with its captions, its bias as a strip beside, and the outlines in it.

    Signals:
        unreadable(sentence): the file could not be read.
        moved(): the picture was zoomed or moved.
    """

    moved = Signal()
    unreadable = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without a weight."""
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._content = ImageContent(self)
        self._view = Viewport(0, 0, 1, 1)
        self._is_fit = True
        self._largest = FITTED_CELL
        self._captions = 0
        self._selected: Cell | None = None
        self._hovered: Cell | None = None
        self._blocks: tuple[tuple[Index, Index], ...] = ()
        self._content.changed.connect(self.update)
        self._content.unreadable.connect(self.unreadable)
        theme().changed.connect(self.refresh)
        self._is_beside_sorted = False
        self._corner = ImageCorner(self)
        self._corner.fit.clicked.connect(self.fit)
        self.moved.connect(self._place_corner)

    # What is shown

    def show_sheet(self, document: Document | None, sheet: Sheet | None) -> None:
        """Show another weight, or the same otherwise turned."""
        if self._content.show(document, sheet):
            self._is_fit = True
            self.updateGeometry()
            self.keep_fit()
            self._request()
        self.show_order(is_sorted=sheet is not None and sheet.is_sorted)
        self.update()

    def show_order(self, *, is_sorted: bool) -> None:
        """Say that the image keeps the stored order where the table is sorted."""
        self._is_beside_sorted = is_sorted
        self._place_corner()

    def _place_corner(self) -> None:
        """Say how far it is zoomed and in which order, under the picture if there is room."""
        placement = self.placement()
        if placement is None:
            self._corner.hide()
            return
        zoom = self._view.across / self._fitted(placement).across
        self._corner.say(zoom, is_fit=self._is_fit, is_sorted=self._is_beside_sorted)
        low = self.height() - self._corner.height()
        self._corner.move(0, max(0, min(low, math.ceil(placement.bottom) + 2)))

    @property
    def mosaic(self) -> Mosaic | None:
        """Where each number stands."""
        return self._content.mosaic

    @property
    def view(self) -> Viewport:
        """The zoom and the place of the picture."""
        return self._view

    @property
    def image(self) -> QImage | None:
        """The picture, a pixel per number or per run of numbers."""
        return self._content.image

    @property
    def profiles(self) -> Profiles | None:
        """The means beside the picture; None while none are shown."""
        return self._content.profiles

    @property
    def shows_profiles(self) -> bool:
        """Whether the means of rows and columns are to stand beside the picture."""
        return self._content.wants_profiles

    def told_of_profiles(self) -> str:
        """Return why no means are seen although they are to be; empty where they are seen."""
        mosaic = self._content.mosaic
        if not self.shows_profiles or mosaic is None:
            return ""
        if self.isHidden():
            return "The means stand beside the image: choose “Table and image”, or “Image”."
        if not has_lines(mosaic) and not has_tiles(mosaic):
            return "There is no mean to show: a vector in lines, or too many rows or tiles."
        return ""

    def show_profiles(self, *, shown: bool) -> None:
        """Let the means of rows and columns, or of the tiles, stand beside the picture."""
        self._content.show_profiles(wanted=shown)
        self.updateGeometry()
        self.keep_fit()
        self._request()
        self.update()
        self.moved.emit()

    def set_limit(self, limit: float) -> None:
        """Give the full colour to numbers of this magnitude."""
        if limit != self._content.limit:
            self._content.limit = limit
            self.refresh()

    def refresh(self) -> None:
        """Read and colour the numbers anew."""
        self._content.read()
        self._request()
        self.update()

    def _request(self) -> None:
        placement = self.placement()
        # Without any room yet, a single pixel would be read for.
        if placement is not None and min(placement.area.size().toTuple()) > 1:
            self._content.request(placement, self.devicePixelRatioF())

    # Where it stands

    def placement(self) -> Placement | None:
        """Return where everything stands now; None without a weight."""
        content, mosaic = self._content, self._content.mosaic
        if content.sheet is None or mosaic is None:
            return None
        whole = QRectF(self.rect())
        is_lined = has_lines(mosaic)
        return self._placed(content.sheet, mosaic, whole, self._captions, is_lined=is_lined)

    def _placed(
        self, sheet: Sheet, mosaic: Mosaic, whole: QRectF, captions: int, *, is_lined: bool
    ) -> Placement:
        strips = 0 if self._content.strip is None else self._content.strip.shape[0]
        profiles = PROFILE if self._content.wants_profiles and is_lined else 0
        return Placement(sheet, mosaic, self._view, whole, captions, strips, profiles)

    def picture_rect(self) -> QRectF:
        """Return the pixels that the picture takes, without captions and bias."""
        placement = self.placement()
        return QRectF() if placement is None else placement.picture

    def used_width(self) -> int:
        """Return how many pixels, from the left, the picture and a bias beside it take."""
        placement = self.placement()
        if placement is None:
            return 0
        return math.ceil(placement.right) + 1

    def cell_rect(self, path: str, index: Index) -> QRectF | None:
        """Return the pixels of a number, or None where it is not in the image."""
        placement = self.placement()
        return None if placement is None else placement.rect(path, index)

    def fit(self) -> None:
        """Show the whole picture."""
        self._is_fit = True
        self.keep_fit()
        self._request()
        self.update()
        self.moved.emit()

    def set_largest(self, side: float) -> None:
        """Blow small pictures up until a cell has this side."""
        if side != self._largest:
            self._largest = side
            self.keep_fit()
            self._request()
            self.update()

    def keep_fit(self) -> None:
        """Lay out and fit anew to the widget's size, unless the person zoomed."""
        room = self._room(self.width(), self.height())
        if not self._is_fit or room is None:
            return
        mosaic = arranged(self._content.plans, room)
        self._content.lay_out(mosaic)
        self._captions = captions_height(mosaic, room)
        placement = self.placement()
        if placement is not None:
            self._view = self._fitted(placement)

    def _room(self, width: int, height: int) -> Room | None:
        content, mosaic = self._content, self._content.mosaic
        if content.sheet is None or mosaic is None:
            return None
        # Room for means is set aside whether or not the plan that comes of it has lines of them.
        whole = QRectF(0, 0, width, height)
        area = self._placed(content.sheet, mosaic, whole, 0, is_lined=True).area
        caption = QFontMetrics(small_font()).height() + 2
        return Room(area.width(), area.height(), caption, self._largest)

    def _fitted(self, placement: Placement) -> Viewport:
        mosaic = placement.mosaic
        size = mosaic.height, mosaic.width
        return fitted(placement.area, *size, is_square=mosaic.is_square, largest=self._largest)

    def cell_side(self, width: int, height: int) -> float:
        """Return how large cells are, on an average side, in a widget of this size."""
        room = self._room(width, height)
        return 0.0 if room is None else room.side(arranged(self._content.plans, room))

    @property
    def width_beside(self) -> int:
        """How much of the width a bias and the means to the right of the picture take."""
        room = self._room(_LARGEST_HINT, _LARGEST_HINT)
        return 0 if room is None else math.ceil(_LARGEST_HINT - room.width)

    def needed(self, width: int, height: int) -> QSize:
        """Return how much of this size the picture takes, bias and captions included."""
        room = self._room(width, height)
        if room is None:
            return QSize(0, 0)
        across, down = room.size(arranged(self._content.plans, room))
        extra = width - room.width, height - room.height
        wide, high = math.ceil(across + extra[0]), math.ceil(down + extra[1])
        return QSize(min(width, wide), min(height, high))

    def zoom(self, factor: float, point: QPointF | None = None) -> None:
        """Make the cells larger or smaller around ``point``, or around the middle."""
        placement = self.placement()
        if placement is None:
            return
        least = self._fitted(placement)
        view = self._view.zoomed(factor, point or placement.area.center(), least)
        self._is_fit = (view.across, view.down) == (least.across, least.down)
        self._move_to(view, placement)

    def _move_to(self, view: Viewport, placement: Placement) -> None:
        self._view = view.held(placement.area, placement.mosaic.height, placement.mosaic.width)
        self._request()
        self.update()
        self.moved.emit()

    # What is selected

    def show_cell(self, path: str, index: Index | None) -> None:
        """Outline a cell that was chosen, and bring it into sight."""
        self._selected = None if index is None else (path, index)
        placement = self.placement()
        rect = placement.rect(path, index) if placement and index is not None else None
        if placement is not None and rect is not None and not self._is_fit:
            area = placement.area
            if path == placement.sheet.main.weight.path and not area.intersects(rect):
                self._move_to(self._view.moved(area.center() - rect.center()), placement)
        self.update()

    def show_blocks(self, blocks: tuple[tuple[Index, Index], ...]) -> None:
        """Outline the cells that are selected in the table: the first and last of each block."""
        if blocks != self._blocks:
            self._blocks = blocks
            self.update()

    def show_hover(self, path: str, index: Index | None) -> None:
        """Outline the cell the pointer is over in any view."""
        hovered = None if index is None else (path, index)
        if hovered != self._hovered:
            self._hovered = hovered
            self.update()

    # Qt overrides

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint picture, gaps, captions, bias and outlines."""
        del event
        self.paint_on(QPainter(self), has_marks=True)

    def paint_on(self, painter: QPainter, *, has_marks: bool) -> None:
        """Paint what is shown, with what is selected and under the pointer or without."""
        content, placement = self._content, self.placement()
        if placement is None or content.document is None:
            return
        if not can_picture(placement.sheet.main.weight):
            painter.setPen(QColor(colors().muted))
            painter.setFont(small_font())
            flags = Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect(), int(flags), _WITHOUT_PICTURE)
            return
        painter.save()
        painter.setClipRect(placement.area.adjusted(0, 0, 1, 1))
        self._paint_picture(painter, placement)
        paint_edits(painter, placement, content.edited)
        if has_marks:
            paint_outline(painter, placement.look_rect(), QColor(colors().accent), 1)
            for block in self._blocks:
                paint_block(painter, placement, *block)
        painter.restore()
        paint_captions(painter, placement)
        strip = content.strip_image(placement)
        if strip is not None:
            paint_strip(painter, placement, strip, self.palette().window().color())
        if content.profiles is not None:
            paint_profiles(painter, placement, content.profiles)
        if has_marks:
            self._paint_cells(painter, placement)
            if not self._is_fit:
                paint_position(painter, placement)

    def _paint_picture(self, painter: QPainter, placement: Placement) -> None:
        content, picture = self._content, self._content.picture
        if picture is not None and content.image is not None:
            rows, columns = picture.rows, picture.columns
            high, wide = rows.step * len(rows), columns.step * len(columns)
            target = self._view.rect(rows.start, columns.start, high, wide)
            painter.drawImage(target, enlarged_for(painter, content.image, target))
        paint_gaps(painter, placement, self.palette().window().color())
        if has_room_for_numbers(placement):
            paint_numbers(painter, placement, content.numbers(placement), content.limit)
        if placement.mosaic.outer is None:
            paint_frame(painter, placement.picture)
        else:
            paint_tile_frames(painter, placement)

    def _paint_cells(self, painter: QPainter, placement: Placement) -> None:
        c = colors()
        for cell, color, width in ((self._hovered, c.text, 1), (self._selected, c.accent, 2)):
            rect = placement.rect(*cell) if cell is not None else None
            if cell is not None and rect is not None:
                is_main = cell[0] == placement.main_path
                room = placement.area if is_main else placement.strip_area
                painter.setClipRect(room.adjusted(-_SPARE, -_SPARE, _SPARE, _SPARE))
                paint_outline(painter, rect, QColor(color), width)

    def sizeHint(self) -> QSize:
        """Return the size at which cells are as large as they get, bounded."""
        return self.needed(_LARGEST_HINT, _LARGEST_HINT)

    def minimumSizeHint(self) -> QSize:
        """Return room for something to see."""
        hint = self.sizeHint()
        return QSize(min(hint.width(), 96), min(hint.height(), 96))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit again, or keep the zoom."""
        super().resizeEvent(event)
        placement = self.placement()
        if placement is None:
            return
        if self._is_fit:
            self.fit()
        else:
            self._move_to(self._view, placement)
