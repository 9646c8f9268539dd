"""The weight as an image: a cell per number, coloured around zero, its bias as a strip beside."""

import math

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from weightview.core.document import Document
from weightview.core.errors import WeightviewError
from weightview.core.numbers import shown_text
from weightview.gui.background import Latest
from weightview.gui.theme import colors, number_font, small_font, text_on, theme
from weightview.gui.weight_view.mosaic import Mosaic, mosaic_of
from weightview.gui.weight_view.picture import (
    AT_ONCE_CELLS,
    WHOLE_CELLS,
    Picture,
    can_picture,
    make_picture,
    strip_colors,
)
from weightview.gui.weight_view.sheet import Sheet
from weightview.gui.weight_view.slicing import Array, Index
from weightview.gui.weight_view.viewport import FITTED_CELL, Viewport, fitted

_OUTLINED_CELL = 7.0
_NUMBERED_CELL = (52.0, 18.0)
_STRIP_GAP = 7
_STRIP = (8.0, 27.0)
_STEP = 1.25
_MARK = 9.0
_LARGEST_HINT = 440
_DRAG = 4


class WeightImage(QWidget):
    """The picture: wheel zooms, drag moves, double-click fits, a click selects.

    Signals:
        cell_chosen(path, index): the person went to a cell.
        cell_hovered(path, index): the pointer is over a cell; index None when it left.
        unreadable(sentence): the file could not be read.
    """

    cell_chosen = Signal(str, object)
    cell_hovered = Signal(str, object)
    unreadable = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without a weight."""
        super().__init__(parent)
        self.setObjectName("weight_image")
        self.setAccessibleName("Weight image")
        self.setToolTip("Wheel zooms (+ and -), drag moves, double-click fits (0)")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._document: Document | None = None
        self._sheet: Sheet | None = None
        self._mosaic: Mosaic | None = None
        self._strip: Array | None = None
        self._picture: Picture | None = None
        self._image: QImage | None = None
        self._asked: tuple[object, ...] = ()
        self._limit = 0.0
        self._view = Viewport(0, 0, 1, 1)
        self._is_fit = True
        self._selected: tuple[str, Index] | None = None
        self._hovered: tuple[str, Index] | None = None
        self._pressed: QPointF | None = None
        self._has_moved = False
        self._latest = Latest(self)
        theme().changed.connect(self.refresh)

    # What is shown

    def show_sheet(self, document: Document | None, sheet: Sheet | None) -> None:
        """Show another weight, or the same otherwise turned."""
        before = self._mosaic, self._sheet.main.weight if self._sheet else None
        self._document = document
        self._sheet = sheet if document is not None else None
        self._mosaic = None
        if self._sheet is not None:
            weight = self._sheet.main.weight
            swapped = self._sheet.main.look.is_swapped or (
                len(weight.shape) == 1 and self._sheet.main.look.column_axis is None
            )
            self._mosaic = mosaic_of(weight, swapped=swapped, plain=weight.size > WHOLE_CELLS)
        after = self._mosaic, self._sheet.main.weight if self._sheet else None
        if before != after:
            self._picture = self._image = None
            self._is_fit = True
            self.updateGeometry()
            self.keep_fit()
            self.refresh()

    @property
    def mosaic(self) -> Mosaic | None:
        """Where each number stands."""
        return self._mosaic

    def set_limit(self, limit: float) -> None:
        """Give the full colour to numbers of this magnitude."""
        if limit != self._limit:
            self._limit = limit
            self.refresh()

    def refresh(self) -> None:
        """Read and colour the numbers anew."""
        self._asked = ()
        self._read_strip()
        self._request()
        self.update()

    def _read_strip(self) -> None:
        self._strip = None
        sheet = self._sheet
        if sheet is None or sheet.bias is None or self._document is None:
            return
        weight = sheet.bias.weight
        if weight.size > AT_ONCE_CELLS or not can_picture(weight, mosaic_of(weight)):
            return
        try:
            self._strip = self._document.read(weight).reshape(-1, weight.shape[-1])
        except WeightviewError as error:
            self.unreadable.emit(str(error))

    def _request(self) -> None:
        """Have the picture made that the zoom asks for, unless it is there."""
        document, sheet, mosaic = self._document, self._sheet, self._mosaic
        if document is None or sheet is None or mosaic is None:
            return
        weight = sheet.main.weight
        if not can_picture(weight, mosaic):
            return
        rows, columns = self._wanted(mosaic, weight.size > WHOLE_CELLS)
        asked = (rows, columns)
        if not rows or not columns or (self._asked and asked == self._asked):
            return
        if self._asked and self._picture is not None and self._picture.covers(rows, columns):
            return
        self._asked = asked
        values, limit = document.snapshot().values, self._limit

        def work() -> tuple[Mosaic, Picture]:
            return mosaic, make_picture(values, weight, mosaic, rows, columns, limit)

        if weight.size > AT_ONCE_CELLS:
            self._latest.request(work, self._arrived, self._failed)
            return
        try:
            self._arrived(work())
        except WeightviewError as error:
            self._failed(error)

    def _wanted(self, mosaic: Mosaic, is_sampled: bool) -> tuple[range, range]:
        """Return which rows and columns are needed, with as many in a step as share a pixel."""
        ratio = self.devicePixelRatioF()
        down = max(1, int(1 / (self._view.down * ratio)))
        across = max(1, int(1 / (self._view.across * ratio)))
        if not is_sampled:
            return range(0, mosaic.height, down), range(0, mosaic.width, across)
        rows, columns = self._view.visible(self._area(), mosaic.height, mosaic.width)
        return _widened(rows, mosaic.height, down), _widened(columns, mosaic.width, across)

    def _arrived(self, answer: tuple[Mosaic, Picture]) -> None:
        mosaic, picture = answer
        if mosaic != self._mosaic:
            return  # another weight is shown by now
        self._picture = picture
        height, width = picture.rgba.shape[:2]
        data = picture.rgba.tobytes()
        self._image = QImage(data, width, height, width * 4, QImage.Format.Format_RGBA8888).copy()
        self.update()

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, WeightviewError):
            raise error
        self.unreadable.emit(str(error))

    def show_cell(self, path: str, index: Index | None) -> None:
        """Outline a cell that was chosen, and bring it into sight."""
        self._selected = None if index is None else (path, index)
        rect = self._cell_rect(self._selected)
        if rect is not None and not self._is_fit and self._mosaic is not None:
            area = self._area()
            if not area.intersects(rect):
                self._view = self._view.moved(area.center() - rect.center())
                self._view = self._view.held(area, self._mosaic.height, self._mosaic.width)
                self._request()
        self.update()

    def show_hover(self, path: str, index: Index | None) -> None:
        """Outline the cell the pointer is over in any view."""
        hovered = None if index is None else (path, index)
        if hovered != self._hovered:
            self._hovered = hovered
            self.update()

    # Geometry

    def _strip_side(self) -> float:
        low, high = _STRIP
        cell = self._view.across if self._is_strip_right() else self._view.down
        return min(max(cell, low), high)

    def _has_strip(self) -> bool:
        return self._strip is not None and self._mosaic is not None and self._mosaic.lines >= 1

    def _is_strip_right(self) -> bool:
        return self._sheet is not None and self._sheet.has_bias_columns

    def _caption_height(self) -> int:
        has = self._mosaic is not None and self._mosaic.captions and self._mosaic.lines == 1
        return self.fontMetrics().height() + 2 if has else 0

    def _area(self) -> QRectF:
        """Return where the picture may stand: without captions and bias."""
        area = QRectF(self.rect()).adjusted(1, 1 + self._caption_height(), -1, -1)
        if self._has_strip() and self._strip is not None:
            room = self._strip.shape[0] * _STRIP[1] + _STRIP_GAP
            right, below = (room, 0.0) if self._is_strip_right() else (0.0, room)
            area.adjust(0, 0, -right, -below)
        return area if area.width() > 1 and area.height() > 1 else QRectF(0, 0, 1, 1)

    def _strip_area(self) -> QRectF:
        """Return where the bias may stand: as long as the picture's place, beyond it."""
        area, whole = self._area(), QRectF(self.rect())
        if self._is_strip_right():
            return QRectF(area.left(), area.top(), whole.width(), area.height())
        return QRectF(area.left(), area.top(), area.width(), whole.height())

    def picture_rect(self) -> QRectF:
        """Return the pixels that the picture takes, without captions and bias."""
        mosaic = self._mosaic
        if mosaic is None:
            return QRectF()
        return self._area().intersected(self._view.rect(0, 0, mosaic.height, mosaic.width))

    def fit(self) -> None:
        """Show the whole picture."""
        self._is_fit = True
        self.keep_fit()
        self._request()
        self.update()

    def keep_fit(self) -> None:
        """Fit anew to the widget's size, unless the person zoomed."""
        mosaic = self._mosaic
        if self._is_fit and mosaic is not None:
            area = self._area()
            self._view = fitted(area, mosaic.height, mosaic.width, is_square=mosaic.is_square)

    def zoom(self, factor: float, point: QPointF | None = None) -> None:
        """Make the cells larger or smaller around ``point``, or around the middle."""
        mosaic = self._mosaic
        if mosaic is None:
            return
        area = self._area()
        least = fitted(area, mosaic.height, mosaic.width, is_square=mosaic.is_square)
        view = self._view.zoomed(factor, point or area.center(), least)
        self._is_fit = (view.across, view.down) == (least.across, least.down)
        self._view = view.held(area, mosaic.height, mosaic.width)
        self._request()
        self.update()

    def cell_rect(self, path: str, index: Index) -> QRectF | None:
        """Return the pixels of a number, or None where it is not in the picture."""
        return self._cell_rect((path, index))

    def _cell_rect(self, cell: tuple[str, Index] | None) -> QRectF | None:
        if cell is None or self._sheet is None or self._mosaic is None:
            return None
        path, index = cell
        if path == self._sheet.main.weight.path:
            place = self._mosaic.cell(index)
            return None if place is None else self._view.rect(*place)
        bias = self._sheet.bias
        if bias is not None and path == bias.weight.path and self._has_strip():
            row = index[0] if len(index) > 1 else 0
            return self._strip_rect(row, index[-1])
        return None

    def _strip_rect(self, row: int, unit: int) -> QRectF:
        """Return the pixels of a bias: at its unit's column or row, beyond the kernel."""
        assert self._mosaic is not None and self._sheet is not None
        weight = self._sheet.main.weight
        place = self._mosaic.cell((0,) * (len(weight.shape) - 1) + (unit,)) or (0, 0)
        cell = self._view.rect(*place)
        area = self._area()
        side = self._strip_side()
        offset = _STRIP_GAP + row * side
        if self._is_strip_right():
            end = min(area.right(), self._view.x + self._mosaic.width * self._view.across)
            return QRectF(end + offset, cell.top(), side, cell.height())
        end = min(area.bottom(), self._view.y + self._mosaic.height * self._view.down)
        return QRectF(cell.left(), end + offset, cell.width(), side)

    def address_at(self, point: QPointF) -> tuple[str, Index] | None:
        """Return which number a pixel shows, or None."""
        if self._sheet is None or self._mosaic is None:
            return None
        if self._area().contains(point):
            index = self._mosaic.index(*self._view.cell(point))
            if index is not None:
                return self._sheet.main.weight.path, index
        return self._strip_at(point)

    def _strip_at(self, point: QPointF) -> tuple[str, Index] | None:
        sheet, mosaic, strip = self._sheet, self._mosaic, self._strip
        if sheet is None or sheet.bias is None or mosaic is None or strip is None:
            return None
        row, column = self._view.cell(point)
        main = mosaic.index(row, 0) if self._is_strip_right() else mosaic.index(0, column)
        if main is None:
            return None
        for place in range(strip.shape[0]):
            if self._strip_rect(place, main[-1]).contains(point):
                is_pair = len(sheet.bias.weight.shape) > 1
                return sheet.bias.weight.path, (place, main[-1]) if is_pair else (main[-1],)
        return None

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint picture, gaps, captions, bias and outlines."""
        del event
        painter = QPainter(self)
        c = colors()
        mosaic, sheet = self._mosaic, self._sheet
        if mosaic is None or sheet is None:
            return
        if not can_picture(sheet.main.weight, mosaic):
            painter.setPen(QColor(c.muted))
            painter.setFont(small_font())
            flags = (
                Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            )
            painter.drawText(self.rect(), int(flags), "There is no picture of this array.")
            return
        area = self._area()
        painter.save()
        painter.setClipRect(area)
        if self._picture is not None and self._image is not None:
            p = self._picture
            high, wide = p.rows.step * len(p.rows), p.columns.step * len(p.columns)
            target = self._view.rect(p.rows.start, p.columns.start, high, wide)
            painter.drawImage(target, self._image)
            painter.setPen(QPen(QColor(c.hairline), 1))
            painter.drawRect(self.picture_rect().adjusted(0, 0, -1, -1))
        rows, columns = self._view.visible(area, mosaic.height, mosaic.width)
        if min(self._view.across, self._view.down) >= _OUTLINED_CELL:
            self._paint_gaps(painter, rows, columns)
        self._paint_numbers(painter, rows, columns)
        painter.restore()
        self._paint_captions(painter, mosaic)
        self._paint_strip(painter)
        self._paint_outline(painter, self._hovered, QColor(c.text), 1)
        self._paint_outline(painter, self._selected, QColor(c.accent), 2)

    def _paint_gaps(self, painter: QPainter, rows: range, columns: range) -> None:
        """Paint the ground's colour between cells: each is a small square of its own."""
        view, area = self._view, self._area()
        width = 2 if min(view.across, view.down) >= 2 * _OUTLINED_CELL else 1
        painter.setPen(QPen(self.palette().window().color(), width))
        for row in range(rows.start, rows.stop + 1):
            y = view.y + row * view.down
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        for column in range(columns.start, columns.stop + 1):
            x = view.x + column * view.across
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))

    def _paint_numbers(self, painter: QPainter, rows: range, columns: range) -> None:
        """Paint the numbers into cells that are large enough for them."""
        sheet, mosaic, document = self._sheet, self._mosaic, self._document
        across, down = self._view.across, self._view.down
        if across < _NUMBERED_CELL[0] or down < _NUMBERED_CELL[1]:
            return
        if sheet is None or mosaic is None or document is None:
            return
        painter.setFont(number_font(small_font().pointSizeF() * 0.95))
        for row in rows:
            for column in columns:
                index = mosaic.index(row, column)
                if index is None:
                    continue
                value = document.read(sheet.main.weight, index)
                red, green, blue, _ = (int(part) for part in strip_colors(value, self._limit))
                painter.setPen(text_on(QColor(red, green, blue)))
                rect = self._view.rect(row, column)
                painter.drawText(
                    rect, int(Qt.AlignmentFlag.AlignCenter), shown_text(value, "fixed")
                )

    def _paint_captions(self, painter: QPainter, mosaic: Mosaic) -> None:
        if not self._caption_height():
            return
        painter.setPen(QColor(colors().muted))
        painter.setFont(small_font())
        room = (mosaic.tile_width + mosaic.gap) * self._view.across
        for tile, caption in enumerate(mosaic.captions):
            _, x = mosaic.tile_at(tile)
            left = self._view.x + x * self._view.across
            box = QRectF(left, 0, room, self._caption_height())
            if self.fontMetrics().horizontalAdvance(caption) <= room and left >= 0:
                flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(box, int(flags), caption)

    def _paint_strip(self, painter: QPainter) -> None:
        strip = self._strip
        if strip is None or not self._has_strip() or self._mosaic is None:
            return
        rgba = strip_colors(strip, self._limit)
        area = self._area()
        is_right = self._is_strip_right()
        space = 2 if min(self._view.across, self._view.down) >= 2 * _OUTLINED_CELL else 0
        if not space and min(self._view.across, self._view.down) >= _OUTLINED_CELL:
            space = 1
        for row in range(strip.shape[0]):
            for unit in range(strip.shape[1]):
                rect = self._strip_rect(row, unit)
                if (rect.bottom() < area.top()) if is_right else (rect.right() < area.left()):
                    continue
                if (rect.top() > area.bottom()) if is_right else (rect.left() > area.right()):
                    break
                red, green, blue, _ = (int(part) for part in rgba[row, unit])
                painter.fillRect(
                    rect.adjusted(space / 2, space / 2, -space / 2, -space / 2),
                    QColor(red, green, blue),
                )
        first, last = self._strip_rect(0, 0), self._strip_rect(*(n - 1 for n in strip.shape))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colors().hairline), 1))
        painter.drawRect(first.united(last).intersected(self._strip_area()))

    def _paint_outline(
        self, painter: QPainter, cell: tuple[str, Index] | None, color: QColor, width: int
    ) -> None:
        rect = self._cell_rect(cell)
        if rect is None or not self.rect().intersects(rect.toAlignedRect()):
            return
        if min(rect.width(), rect.height()) < _MARK:
            # A cell smaller than a mark is found by the mark around it.
            grow_x = max(0.0, (_MARK - rect.width()) / 2)
            grow_y = max(0.0, (_MARK - rect.height()) / 2)
            rect = rect.adjusted(-grow_x, -grow_y, grow_x, grow_y)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(color, width))
        painter.drawRect(rect.adjusted(width / 2, width / 2, -width / 2, -width / 2))

    # Qt overrides

    def sizeHint(self) -> QSize:
        """Return the size at which cells are as large as they get, bounded."""
        mosaic = self._mosaic
        if mosaic is None:
            return QSize(0, 0)
        extra = QRectF(self.rect()).size() - self._area().size() if self.width() > 1 else None
        wide = extra.width() if extra is not None else 2
        high = extra.height() if extra is not None else 2
        width = min(_LARGEST_HINT, math.ceil(mosaic.width * FITTED_CELL))
        height = min(_LARGEST_HINT, math.ceil(mosaic.height * FITTED_CELL))
        if mosaic.is_square:
            side = min(FITTED_CELL, _LARGEST_HINT / mosaic.width, _LARGEST_HINT / mosaic.height)
            width, height = math.ceil(mosaic.width * side), math.ceil(mosaic.height * side)
        return QSize(math.ceil(width + wide), math.ceil(height + high))

    def minimumSizeHint(self) -> QSize:
        """Return room for something to see."""
        hint = self.sizeHint()
        return QSize(min(hint.width(), 96), min(hint.height(), 96))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit again, or keep the zoom."""
        super().resizeEvent(event)
        if self._is_fit:
            self.keep_fit()
        elif self._mosaic is not None:
            self._view = self._view.held(self._area(), self._mosaic.height, self._mosaic.width)
        self._request()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the pointer."""
        steps = event.angleDelta().y() / 120
        if steps:
            self.zoom(_STEP**steps, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click or a drag."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._has_moved = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the picture, or tell which cell the pointer is over."""
        if self._pressed is not None and event.buttons() & Qt.MouseButton.LeftButton:
            by = event.position() - self._pressed
            if self._has_moved or by.manhattanLength() >= _DRAG:
                self._has_moved = True
                self._pressed = event.position()
                self._drag(by)
            return
        found = self.address_at(event.position())
        self.cell_hovered.emit(*(found or ("", None)))

    def _drag(self, by: QPointF) -> None:
        if self._mosaic is not None and not self._is_fit:
            view = self._view.moved(by)
            self._view = view.held(self._area(), self._mosaic.height, self._mosaic.width)
            self._request()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Select the cell that was clicked."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if self._pressed is not None and not self._has_moved:
            found = self.address_at(event.position())
            if found is not None:
                self.cell_chosen.emit(*found)
        self._pressed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show the whole picture."""
        del event
        self.fit()

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that the pointer left."""
        super().leaveEvent(event)
        self.cell_hovered.emit("", None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom by + and -, fit by 0, go from cell to cell by the arrows."""
        moves = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        key = event.key()
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(_STEP)
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / _STEP)
        elif key == Qt.Key.Key_0:
            self.fit()
        elif key in moves:
            self._step(*moves[Qt.Key(key)])
        else:
            super().keyPressEvent(event)

    def _step(self, down: int, across: int) -> None:
        mosaic, sheet = self._mosaic, self._sheet
        if mosaic is None or sheet is None:
            return
        path = sheet.main.weight.path
        place = (
            mosaic.cell(self._selected[1]) if self._selected and self._selected[0] == path else None
        )
        if place is None:
            place = (-down, -across)
        gap = mosaic.gap
        for distance in range(1, gap + 2):  # over a gap between tiles
            index = mosaic.index(place[0] + down * distance, place[1] + across * distance)
            if index is not None:
                self.cell_chosen.emit(path, index)
                return


def _widened(cells: range, count: int, step: int) -> range:
    """Return cells with half a screen more on either side, in whole steps."""
    margin = len(cells) // 2
    start = max(0, cells.start - margin) // step * step
    return range(start, min(count, -(-(cells.stop + margin) // step) * step), step)
