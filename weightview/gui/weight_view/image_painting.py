"""Paints the pieces of the image: gaps between cells, numbers, captions, bias, outlines."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from weightview.core.document import Document
from weightview.core.numbers import shown_text
from weightview.gui.theme import colors, number_font, small_font, text_on
from weightview.gui.weight_view.picture import strip_colors
from weightview.gui.weight_view.placement import Placement
from weightview.gui.weight_view.slicing import Array

_NUMBERED_CELL = (52.0, 18.0)
_MARK = 9.0


def has_room_for_numbers(placement: Placement) -> bool:
    """Return whether cells are large enough to hold their numbers."""
    view = placement.view
    return view.across >= _NUMBERED_CELL[0] and view.down >= _NUMBERED_CELL[1]


def paint_gaps(painter: QPainter, placement: Placement, ground: QColor) -> None:
    """Paint the ground between cells: each is a small square of its own."""
    width, view, area = placement.cell_gap, placement.view, placement.area
    if not width:
        return
    rows, columns = view.visible(area, placement.mosaic.height, placement.mosaic.width)
    painter.setPen(QPen(ground, width))
    for row in range(rows.start, rows.stop + 1):
        y = view.y + row * view.down
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
    for column in range(columns.start, columns.stop + 1):
        x = view.x + column * view.across
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))


def paint_numbers(
    painter: QPainter, placement: Placement, document: Document, limit: float
) -> None:
    """Paint the numbers into the cells in sight.

    Raises:
        FileChangedError: the file on disk is no longer the one that was opened.
    """
    mosaic, weight = placement.mosaic, placement.sheet.main.weight
    rows, columns = placement.view.visible(placement.area, mosaic.height, mosaic.width)
    painter.setFont(number_font(small_font().pointSizeF() * 0.95))
    for row in rows:
        for column in columns:
            index = mosaic.index(row, column)
            if index is None:
                continue
            value = document.read(weight, index)
            painter.setPen(text_on(_color(strip_colors(value, limit))))
            rect = placement.view.rect(row, column)
            painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), shown_text(value, "fixed"))


def _color(rgba: Array) -> QColor:
    return QColor(*(int(part) for part in rgba))


def paint_captions(painter: QPainter, placement: Placement) -> None:
    """Paint the names of the tiles above them: gates, heads."""
    mosaic, view = placement.mosaic, placement.view
    if not placement.captions:
        return
    c = colors()
    painter.setFont(small_font())
    metrics = QFontMetricsF(small_font())
    room = (mosaic.tile_width + mosaic.gap) * view.across
    flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    for tile, caption in enumerate(mosaic.captions):
        left = view.x + mosaic.tile_at(tile)[1] * view.across
        if not placement.area.left() - 1 <= left < placement.area.right():
            continue
        painter.setPen(QColor(c.muted))
        if metrics.horizontalAdvance(caption) <= room:
            painter.drawText(QRectF(left, 0, room, placement.captions), flags, caption)
        if tile:
            x = left - mosaic.gap * view.across / 2
            painter.setPen(QPen(QColor(c.muted), 1))
            painter.drawLine(QPointF(x, 2), QPointF(x, placement.picture.bottom()))


def paint_strip(painter: QPainter, placement: Placement, strip: Array, limit: float) -> None:
    """Paint the bias of each unit at its column (or row)."""
    rgba = strip_colors(strip, limit)
    area, inset = placement.area, placement.cell_gap / 2
    for row in range(strip.shape[0]):
        for unit in range(strip.shape[1]):
            rect = placement.strip_rect(row, unit)
            if placement.is_strip_right:
                is_seen = rect.bottom() > area.top() and rect.top() < area.bottom()
            else:
                is_seen = rect.right() > area.left() and rect.left() < area.right()
            if is_seen:
                cell = rect.adjusted(inset, inset, -inset, -inset)
                painter.fillRect(cell.intersected(placement.strip_area), _color(rgba[row, unit]))
    whole = placement.strip_rect(0, 0)
    whole = whole.united(placement.strip_rect(*(n - 1 for n in strip.shape)))
    paint_frame(painter, whole.intersected(placement.strip_area))


def paint_frame(painter: QPainter, rect: QRectF) -> None:
    """Paint a hairline around ``rect``: cells of zero are as pale as the ground."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(colors().hairline), 1))
    painter.drawRect(rect)


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
