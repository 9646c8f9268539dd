"""Paints a histogram in a cell: negative numbers in blue, positive ones in red."""

import numpy as np
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from weightview.core.statistics import Statistics
from weightview.gui.overview.table_model import Role
from weightview.gui.theme import colors

_BARS = 32
_PADDING = 4


class SparklineDelegate(QStyledItemDelegate):
    """A small histogram around 0."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint the ground, then the bars."""
        super().paint(painter, option, index)
        statistics = index.data(Role.STATISTICS)
        if not isinstance(statistics, Statistics) or not statistics.histogram:
            return
        c = colors()
        room: QRect = option.rect.adjusted(_PADDING, 3, -_PADDING, -3)
        counts = np.array(statistics.histogram, np.float64)
        middle = counts[counts.size // 4 : -counts.size // 4]  # from -limit to limit
        bars = np.sqrt(middle.reshape(_BARS, -1).sum(axis=1))
        bars /= max(1.0, float(bars.max()))
        width = room.width() / _BARS
        painter.save()
        for place, height in enumerate(bars):
            color = c.negative if place < _BARS // 2 else c.positive
            tall = float(height) * room.height()
            bar = QRectF(room.left() + place * width, room.bottom() + 1 - tall, width, tall)
            painter.fillRect(bar, QColor(color))
        painter.setPen(QPen(QColor(c.hairline), 1))
        painter.drawLine(room.left(), room.bottom() + 1, room.right(), room.bottom() + 1)
        painter.restore()
