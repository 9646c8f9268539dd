"""Paints the pieces of the image: gaps between cells, numbers, captions, bias, outlines."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPaintEngine, QPainter, QPen

from weightview.core.numbers import auto_decimals, shown_text
from weightview.gui.theme import colors, number_font, small_font, text_on
from weightview.gui.weight_view.arrangement import Room
from weightview.gui.weight_view.cell_numbers import Cells
from weightview.gui.weight_view.mosaic import Mosaic
from weightview.gui.weight_view.picture import strip_colors
from weightview.gui.weight_view.placement import Placement
from weightview.gui.weight_view.slicing import Array, Index

_NUMBERED_CELL = (52.0, 18.0)
_CAPTION = 13.0
_GAP_OF_WORDS = 4
_LEAST_BLOCKED_CELL = 4.0
_LEAST_FRAMED_TILE = 9.0
_DRAWN, _LARGEST_DRAWN = 2, 8192
_MARK = 9.0
_DOT = 7.0
_THUMB, _LEAST_THUMB = 3.0, 6.0
_LEAST_DOT, _FEW_DOTS = 3.0, 400


def has_room_for_numbers(placement: Placement) -> bool:
    """Return whether cells are large enough to hold their numbers."""
    view = placement.view
    return view.across >= _NUMBERED_CELL[0] and view.down >= _NUMBERED_CELL[1]


def enlarged_for(painter: QPainter, image: QImage, target: QRectF) -> QImage:
    """Return the picture as it is painted; for a drawing that is scaled, with cells enlarged.

    Programs that show a drawing blur the pixels of small pictures into one another.
    """
    is_drawing = painter.paintEngine().type() == QPaintEngine.Type.SVG
    size = target.size().toSize() * _DRAWN
    if not is_drawing or max(size.width(), size.height()) > _LARGEST_DRAWN or size.isEmpty():
        return image
    return image.scaled(size)


def paint_gaps(painter: QPainter, placement: Placement, ground: QColor) -> None:
    """Paint the ground between cells: each is a small square of its own.

    Wider between the blocks of a tile, one for each channel.
    """
    width, view, mosaic = placement.cell_gap, placement.view, placement.mosaic
    rows, columns = view.visible(placement.area, mosaic.height, mosaic.width)
    down, across = mosaic.block
    if width:
        painter.setPen(QPen(ground, width))
        _paint_grid(painter, placement, range(rows.start, rows.stop + 1), down=True)
        _paint_grid(painter, placement, range(columns.start, columns.stop + 1), down=False)
    if min(view.across, view.down) >= _LEAST_BLOCKED_CELL:
        painter.setPen(QPen(ground, width + 2))
        for is_down, cells, tile, block in (
            (True, rows, mosaic.tile_height, down),
            (False, columns, mosaic.tile_width, across),
        ):
            if 1 < block < tile:
                pitch = tile + mosaic.gap
                edges = (c for c in cells if c % pitch < tile and c % pitch % block == 0)
                _paint_grid(painter, placement, edges, down=is_down)


def _paint_grid(
    painter: QPainter, placement: Placement, edges: Iterable[int], *, down: bool
) -> None:
    view, area = placement.view, placement.area
    for edge in edges:
        if down:
            y = view.y + edge * view.down
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        else:
            x = view.x + edge * view.across
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))


def paint_numbers(painter: QPainter, placement: Placement, cells: Cells, limit: float) -> None:
    """Paint numbers into their cells, about four digits of each."""
    painter.setFont(number_font(small_font().pointSizeF() * 0.95))
    metrics, view = QFontMetricsF(painter.font()), placement.view
    decimals, elided = auto_decimals(limit), Qt.TextElideMode.ElideRight
    for (row, column), value in cells.items():
        painter.setPen(text_on(_color(strip_colors(value, limit))))
        text = metrics.elidedText(shown_text(value, "auto", decimals), elided, view.across - 2)
        painter.drawText(view.rect(row, column), int(Qt.AlignmentFlag.AlignCenter), text)


def _color(rgba: Array) -> QColor:
    return QColor(*(int(part) for part in rgba))


def captions_height(mosaic: Mosaic, room: Room) -> int:
    """Return how high a line of captions is over tiles that fill ``room``; 0 where none fits."""
    if not mosaic.captions:
        return 0
    across, down = room.cell(mosaic)
    metrics = QFontMetricsF(small_font())
    widest = metrics.horizontalAdvance(max(map(_short, mosaic.captions), key=len))
    fits = widest <= (mosaic.tile_width + mosaic.gap) * across
    return int(room.caption) if fits and (mosaic.lines == 1 or mosaic.gap * down >= _CAPTION) else 0


def _short(caption: str) -> str:
    """Return what tells a caption from its neighbours, its number; a word alone stays."""
    return caption.rpartition(" ")[2]


def paint_captions(painter: QPainter, placement: Placement) -> None:
    """Paint the names of the tiles above them: gates, heads, filters."""
    mosaic, view, area = placement.mosaic, placement.view, placement.area
    if not placement.captions:
        return
    painter.save()
    painter.setClipRect(area.adjusted(0, -placement.captions, 1, 1))
    painter.setFont(small_font())
    painter.setPen(QColor(colors().muted))
    metrics = QFontMetricsF(small_font())
    room = (mosaic.tile_width + mosaic.gap) * view.across
    widest = metrics.horizontalAdvance(max(mosaic.captions, key=len))
    flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    for tile in placement.tiles_in_sight():
        y, x = mosaic.tile_at(tile)
        high = placement.captions if y == 0 else max(_CAPTION, mosaic.gap * view.down)
        place = view.rect(y, x).topLeft()
        caption = mosaic.captions[tile]
        text = caption if widest + _GAP_OF_WORDS <= room else _short(caption)
        painter.drawText(QRectF(place.x(), place.y() - high, room, high), flags, text)
    painter.restore()
    if mosaic.lines == 1 and not mosaic.is_square:
        _paint_borders(painter, placement)


def _paint_borders(painter: QPainter, placement: Placement) -> None:
    mosaic, view = placement.mosaic, placement.view
    painter.setPen(QPen(QColor(colors().muted), 1))
    for tile in placement.tiles_in_sight():
        x = view.x + (mosaic.tile_at(tile)[1] - mosaic.gap / 2) * view.across
        if tile and x >= placement.area.left():
            painter.drawLine(QPointF(x, 2), QPointF(x, placement.picture.bottom()))


def paint_tile_frames(painter: QPainter, placement: Placement) -> None:
    """Paint a hairline around each tile: one of zeros is as pale as the ground."""
    mosaic, view = placement.mosaic, placement.view
    size = mosaic.tile_width * view.across, mosaic.tile_height * view.down
    if min(size) < _LEAST_FRAMED_TILE:
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(colors().hairline), 1))
    for tile in placement.tiles_in_sight():
        y, x = mosaic.tile_at(tile)
        painter.drawRect(view.rect(y, x, mosaic.tile_height, mosaic.tile_width))


def strip_image(placement: Placement, strip: Array, limit: float) -> QImage:
    """Return the biases in colours, one pixel each, at the place of their unit; gaps are clear.

    Args:
        placement: where the units stand.
        strip: ``(rows, units)``: a row for each bias of a unit.
        limit: the magnitude of the full colour.
    """
    is_right, mosaic = placement.is_strip_right, placement.mosaic
    length = mosaic.height if is_right else mosaic.width
    rgba = np.zeros((strip.shape[0], length, 4), np.uint8)
    places = [placement.unit_cell(unit)[0 if is_right else 1] for unit in range(strip.shape[1])]
    rgba[:, places] = strip_colors(strip, limit)
    if is_right:
        rgba = np.ascontiguousarray(rgba.swapaxes(0, 1))
    return image_of(rgba)


def image_of(rgba: npt.NDArray[np.uint8]) -> QImage:
    """Return colours, ``(height, width, 4)``, as an image that owns its bytes."""
    height, width = rgba.shape[:2]
    data = rgba.tobytes()
    return QImage(data, width, height, width * 4, QImage.Format.Format_RGBA8888).copy()


def paint_strip(painter: QPainter, placement: Placement, image: QImage, ground: QColor) -> None:
    """Paint the bias of each unit at its column (or row)."""
    target = placement.strips_rect
    painter.save()
    painter.setClipRect(placement.strip_area.adjusted(0, 0, 1, 1))
    painter.drawImage(target, image)
    if placement.cell_gap:
        _paint_strip_gaps(painter, placement, target, ground)
    painter.restore()
    paint_frame(painter, target.intersected(placement.strip_area))


def _paint_strip_gaps(
    painter: QPainter, placement: Placement, target: QRectF, ground: QColor
) -> None:
    mosaic, view = placement.mosaic, placement.view
    painter.setPen(QPen(ground, placement.cell_gap))
    rows, columns = view.visible(placement.area, mosaic.height, mosaic.width)
    if placement.is_strip_right:
        for row in rows:
            y = view.y + row * view.down
            painter.drawLine(QPointF(target.left(), y), QPointF(target.right(), y))
    else:
        for column in columns:
            x = view.x + column * view.across
            painter.drawLine(QPointF(x, target.top()), QPointF(x, target.bottom()))


def paint_frame(painter: QPainter, rect: QRectF) -> None:
    """Paint a hairline around ``rect``: cells of zero are as pale as the ground."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(colors().hairline), 1))
    painter.drawRect(rect)


def paint_block(painter: QPainter, placement: Placement, first: Index, last: Index) -> None:
    """Outline the cells from ``first`` to ``last``, which are selected in the table."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(colors().accent), 1, Qt.PenStyle.DashLine))
    for rect in placement.block_rects(first, last):
        painter.drawRect(rect)


def paint_position(painter: QPainter, placement: Placement) -> None:
    """Paint at the edges which part of the whole picture is in sight."""
    mosaic, view, area = placement.mosaic, placement.view, placement.area
    painter.setClipping(False)
    color = QColor(colors().accent)
    long = mosaic.width * view.across
    if long > area.width() + 1:
        start, part = (area.left() - view.x) / long, area.width() / long
        left = area.left() + start * area.width()
        thumb = max(_LEAST_THUMB, part * area.width())
        painter.fillRect(QRectF(left, area.bottom() - _THUMB, thumb, _THUMB), color)
    long = mosaic.height * view.down
    if long > area.height() + 1:
        start, part = (area.top() - view.y) / long, area.height() / long
        top = area.top() + start * area.height()
        thumb = max(_LEAST_THUMB, part * area.height())
        painter.fillRect(QRectF(area.right() - _THUMB, top, _THUMB, thumb), color)


def paint_edits(
    painter: QPainter, placement: Placement, cells: tuple[tuple[int, int], ...]
) -> None:
    """Paint a dot into the corner of each edited cell; a few are seen in cells of any size."""
    view = placement.view
    least = _LEAST_DOT if len(cells) <= _FEW_DOTS else 0.0
    side = min(_DOT, max(least, min(view.across, view.down) / 2))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colors().edit))
    inset = placement.cell_gap + side / 4
    has_corner = side + inset < min(view.across, view.down)
    for row, column in cells:
        cell, dot = view.rect(row, column), QRectF(0, 0, side, side)
        if has_corner:
            dot.moveTopRight(cell.topRight() + QPointF(-inset, inset))
        else:
            dot.moveCenter(cell.center())
        painter.drawEllipse(dot)


def paint_outline(painter: QPainter, rect: QRectF | None, color: QColor, width: int) -> None:
    """Outline a cell; one smaller than a mark is found by the mark around it."""
    if rect is None:
        return
    grow_x = max(0.0, (_MARK - rect.width()) / 2)
    grow_y = max(0.0, (_MARK - rect.height()) / 2)
    rect = rect.adjusted(-grow_x, -grow_y, grow_x, grow_y)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(color, width))
    painter.drawRect(rect.adjusted(width / 2, width / 2, -width / 2, -width / 2))
