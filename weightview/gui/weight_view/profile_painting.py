"""Paints the means beside the image, and says which of them the pointer is over."""

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from weightview.core.means import Means
from weightview.gui.theme import UNIT, colors, small_font
from weightview.gui.weight_view.placement import STRIP_GAP, Placement
from weightview.gui.weight_view.profiles import Profiles, scale_of
from weightview.gui.weight_view.wording import place_text

PROFILE = 7 * UNIT
_PARTED_BAR = 4.0
_LEAST_BAR = 2.0
_HIGHEST_TILE_BAR = 4.0


def paint_profiles(painter: QPainter, placement: Placement, profiles: Profiles) -> None:
    """Paint the means of the rows and columns in sight, or one under each tile.

    Red is above zero and blue below, as for the numbers themselves; rows and columns have each
    a scale of their own, told where the two strips meet.
    """
    painter.save()
    if profiles.tiles.size:
        painter.setClipRect(placement.area.adjusted(0, 0, 1, _HIGHEST_TILE_BAR))
        _paint_tiles(painter, placement, profiles.tiles)
    elif placement.profiles:
        _paint_columns(painter, placement, profiles.columns)
        _paint_rows(painter, placement, profiles.rows)
        _paint_scales(painter, placement, profiles)
    painter.restore()


Bar = tuple[float, float, float, float]
"""From where to where it stands, in pixels, and from which to which number it reaches."""


def _bars(means: Means, start: float, side: float, room: QRectF, *, down: bool) -> Iterator[Bar]:
    low, high = (room.top(), room.bottom()) if down else (room.left(), room.right())
    first = max(0, int((low - start) // side))
    last = min(means.size, int((high - start) // side) + 1)
    if last <= first:
        return
    seen = means[first:last]
    if side >= _LEAST_BAR:
        gap = 1.0 if side >= _PARTED_BAR else 0.0
        for place, mean in enumerate(seen.tolist(), start=first):
            if np.isfinite(mean):
                left = start + place * side
                yield max(low, left), min(high, left + side - gap), min(mean, 0.0), max(mean, 0.0)
        return
    # More means than pixels: the smallest and the largest of each pixel.
    pixels = np.floor(start + np.arange(first, last) * side).astype(np.intp)
    edges = np.flatnonzero(np.diff(pixels, prepend=pixels[0] - 1))
    smallest = np.fmin(np.fmin.reduceat(seen, edges), 0.0)
    largest = np.fmax(np.fmax.reduceat(seen, edges), 0.0)
    for pixel, least, most in zip(pixels[edges], smallest, largest, strict=True):
        yield float(pixel), float(pixel) + 1, float(least), float(most)


def _pixels_per_unit(placement: Placement, means: Means) -> float:
    largest = scale_of(means)
    scale = (placement.profiles / 2 - 1) / largest if largest > 0 else 0.0
    return scale if np.isfinite(scale) else 0.0


def _paint_columns(painter: QPainter, placement: Placement, means: Means) -> None:
    room, view, c = placement.column_profile, placement.view, colors()
    scale, middle = _pixels_per_unit(placement, means), room.center().y()
    positive, negative = QColor(c.positive), QColor(c.negative)
    for start, stop, least, most in _bars(means, view.x, view.across, room, down=False):
        wide = stop - start
        painter.fillRect(QRectF(start, middle, wide, -least * scale), negative)
        painter.fillRect(QRectF(start, middle - most * scale, wide, most * scale), positive)
    painter.setPen(QPen(QColor(c.muted), 1))
    painter.drawLine(QPointF(room.left(), middle), QPointF(room.right(), middle))


def _paint_rows(painter: QPainter, placement: Placement, means: Means) -> None:
    room, view, c = placement.row_profile, placement.view, colors()
    scale, centre = _pixels_per_unit(placement, means), room.center().x()
    positive, negative = QColor(c.positive), QColor(c.negative)
    for start, stop, least, most in _bars(means, view.y, view.down, room, down=True):
        high = stop - start
        painter.fillRect(QRectF(centre + least * scale, start, -least * scale, high), negative)
        painter.fillRect(QRectF(centre, start, most * scale, high), positive)
    painter.setPen(QPen(QColor(c.muted), 1))
    painter.drawLine(QPointF(centre, room.top()), QPointF(centre, room.bottom()))


def _paint_scales(painter: QPainter, placement: Placement, profiles: Profiles) -> None:
    rows, columns = placement.row_profile, placement.column_profile
    painter.setFont(small_font())
    painter.setPen(QColor(colors().muted))
    corner = QRectF(rows.left(), columns.top(), rows.width() + 2 * STRIP_GAP, columns.height())
    of_rows, of_columns = f"{scale_of(profiles.rows):.2g}", f"{scale_of(profiles.columns):.2g}"
    words = ("row mean", f"to {of_rows}", "col. mean", f"to {of_columns}")
    flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    painter.drawText(corner, flags | int(Qt.TextFlag.TextDontClip), "\n".join(words))


def _paint_tiles(painter: QPainter, placement: Placement, means: Means) -> None:
    mosaic, view, largest = placement.mosaic, placement.view, scale_of(means)
    high = min(_HIGHEST_TILE_BAR, mosaic.gap * view.down / 2)
    half = mosaic.tile_width * view.across / 2
    if not largest or half < _LEAST_BAR:
        return
    c = colors()
    for tile in placement.tiles_in_sight():
        mean, (y, x) = float(means[tile]), mosaic.tile_at(tile)
        if np.isfinite(mean):
            rect = view.rect(y, x, mosaic.tile_height, mosaic.tile_width)
            long = half * mean / largest
            left = rect.center().x() + min(long, 0.0)
            color = QColor(c.positive if mean > 0 else c.negative)
            painter.fillRect(QRectF(left, rect.bottom() + 1, abs(long), high), color)


def scale_words(profiles: Profiles) -> str:
    """Return what the strips beside the picture show, and how far their bars reach."""
    if profiles.tiles.size:
        return f"Under each tile: its mean, up to {scale_of(profiles.tiles):.3g}."
    columns, rows = scale_of(profiles.columns), scale_of(profiles.rows)
    return (
        f"Under the image: column means up to {columns:.3g}. "
        f"Right of it: row means up to {rows:.3g}."
    )


def profile_words(placement: Placement, profiles: Profiles, point: QPointF) -> str:
    """Return which mean a pixel shows, and its number; empty where it shows none."""
    row, column = placement.view.cell(point)
    mosaic = placement.mosaic
    if profiles.tiles.size:
        tile = mosaic.tile_of(row, column)
        is_shown = placement.area.contains(point) and mosaic.index(row, column) is None
        if tile is None or not is_shown or mosaic.outer is None:
            return ""
        return _words(placement, (mosaic.outer,), mosaic.tile_at(tile), profiles.tiles[tile])
    outer = () if mosaic.outer is None else (mosaic.outer,)
    if placement.column_profile.contains(point) and 0 <= column < profiles.columns.size:
        axes = (*outer, *mosaic.column_axes) if mosaic.lines == 1 else mosaic.column_axes
        return _words(placement, axes, (0, column), profiles.columns[column])
    if placement.row_profile.contains(point) and 0 <= row < profiles.rows.size:
        axes = (*outer, *mosaic.row_axes) if mosaic.lines > 1 else mosaic.row_axes
        return _words(placement, axes, (row, 0), profiles.rows[row])
    return ""


def _words(placement: Placement, axes: tuple[int, ...], cell: tuple[int, int], mean: float) -> str:
    weight = placement.sheet.main.weight
    index = placement.mosaic.index(*cell)
    if index is None:
        return ""
    last = len(weight.shape) - 1
    kept = sorted({min(axis, last) for axis in axes if last >= 0})
    places = [place_text(weight, axis, index[axis]) for axis in kept if weight.shape[axis] > 1]
    return f"{', '.join(places) or 'all'}: mean {mean:.9g}"
