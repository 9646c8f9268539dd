"""The image as a figure for a paper: its title, its axes, the key to its colours; no selection."""

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPixmap

from weightview.gui.picture_file import Picture
from weightview.gui.theme import UNIT, colors, small_font
from weightview.gui.weight_view.color_bar import ColorBar
from weightview.gui.weight_view.image_view import ImageView
from weightview.gui.weight_view.sheet import Sheet

_MARGIN = 2 * UNIT
_SCALE = 2


def figure_of(image: ImageView, bar: ColorBar) -> Picture:
    """Return what ``image`` shows, as a figure with ``bar`` beside it."""
    placement = image.placement()
    title, axes = _words(placement.sheet) if placement is not None else ("", "")
    font = QFont(image.font())
    font.setBold(True)
    title_line, small_line = QFontMetrics(font).height(), QFontMetrics(small_font()).height()
    top = _MARGIN + title_line + small_line + UNIT
    wide, bottom = image.used_width(), placement.bottom if placement is not None else 0.0
    words = max(
        QFontMetrics(font).horizontalAdvance(title),
        QFontMetrics(small_font()).horizontalAdvance(axes),
        wide + _MARGIN + bar.width(),
    )
    high = max(math.ceil(bottom) + 1, bar.bar_height)
    size = QSize(words + 2 * _MARGIN, top + high + _MARGIN)

    def paint(painter: QPainter) -> None:
        c = colors()
        painter.fillRect(QRectF(QPointF(0, 0), size.toSizeF()), QColor(c.window))
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.setFont(font)
        painter.setPen(QColor(c.text))
        painter.drawText(QRectF(_MARGIN, _MARGIN, words + 1, title_line), left, title)
        painter.setFont(small_font())
        painter.setPen(QColor(c.muted))
        line = QRectF(_MARGIN, _MARGIN + title_line, words + 1, small_line)
        painter.drawText(line, left, axes)
        painter.translate(_MARGIN, top)
        painter.save()
        image.paint_on(painter, has_marks=False)
        painter.restore()
        painter.translate(wide + _MARGIN, 0)
        bar.paint_on(painter)

    def pixels() -> QPixmap:
        pixmap = QPixmap(size * _SCALE)
        pixmap.setDevicePixelRatio(_SCALE)
        painter = QPainter(pixmap)
        paint(painter)
        painter.end()
        return pixmap

    return Picture(title, size, pixels, paint)


def _words(sheet: Sheet) -> tuple[str, str]:
    """Return the title, path and shape, and which axis runs which way."""
    weight, look = sheet.main.weight, sheet.main.look
    title = f"{weight.path}  {' × '.join(map(str, weight.shape))}".rstrip()
    names = weight.axes[: len(weight.shape)]
    if len(names) != len(weight.shape) or not names:
        return title, ""
    if len(weight.shape) > 2 or look.row_axis is None or look.column_axis is None:  # noqa: PLR2004
        return title, " × ".join(names)
    return title, f"rows: {names[look.row_axis]}, columns: {names[look.column_axis]}"
