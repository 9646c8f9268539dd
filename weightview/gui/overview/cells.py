"""How the cells of the overview are painted: names in one line or two, histograms, what is odd."""

import math

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPalette, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from weightview.core.model import Weight
from weightview.core.statistics import Statistics
from weightview.gui.overview.columns import (
    COLUMNS,
    HISTOGRAM,
    NAME,
    NOT_FINITE,
    Summary,
)
from weightview.gui.overview.table_model import Role
from weightview.gui.theme import colors, small_font
from weightview.gui.wording import short_weight_shape

AnyIndex = QModelIndex | QPersistentModelIndex
_BARS = 32
PADDING = 4


class OverviewDelegate(QStyledItemDelegate):
    """Paints a name as its layer above the weight and its shape where the table is narrow.

    What is 0 or unknown is greyed, what is not finite red, what is edited orange. The cell that the
    keys are in is outlined, so that a key can sort by its column.

    Attributes:
        has_two_lines: whether a name takes two lines.
    """

    def __init__(self, parent: QWidget) -> None:
        """Start with names in a line."""
        super().__init__(parent)
        self.has_two_lines = False

    def initStyleOption(self, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Choose the colour of the text."""
        super().initStyleOption(option, index)
        option.textElideMode = Qt.TextElideMode.ElideMiddle
        if index.column() <= HISTOGRAM:
            option.font = small_font()
        color = _text_color(index)
        for role in (QPalette.ColorRole.Text, QPalette.ColorRole.HighlightedText):
            option.palette.setColor(role, QColor(color))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Paint the ground and the text, a name or a histogram, and the outline."""
        has_keys = bool(option.state & QStyle.StateFlag.State_HasFocus)
        option.state &= ~QStyle.StateFlag.State_HasFocus
        is_name = index.column() == NAME and self.has_two_lines
        if is_name:
            self._paint_name(painter, option, index)
        else:
            super().paint(painter, option, index)
        summary = index.data(Role.SUMMARY)
        if index.column() == HISTOGRAM and isinstance(summary, Summary):
            _paint_histogram(painter, option.rect, summary.statistics)
        if has_keys:
            painter.setPen(QPen(QColor(colors().accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRect(option.rect).adjusted(0, 0, -1, -2))

    def _paint_name(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        weight: Weight = index.data(Role.WEIGHT)
        self.initStyleOption(option, index)
        option.text = ""
        style = option.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        room = QRect(option.rect).adjusted(PADDING, 3, -PADDING, -4)
        upper, lower = QRect(room), QRect(room)
        upper.setBottom(room.center().y())
        lower.setTop(room.center().y() + 1)
        is_alone = not weight.layer_path
        first = weight.path if is_alone else weight.path.rpartition("/")[0]
        shape = short_weight_shape(weight)
        second = shape if is_alone else f"{weight.name}  {shape}"
        if not is_alone and QFontMetrics(small_font()).horizontalAdvance(second) > lower.width():
            second = weight.name  # the shape goes before any of the name
        painter.save()
        elide = Qt.TextElideMode
        # Names of layers differ at their end.
        _paint_line(painter, upper, _text_color(index), first, elide.ElideLeft)
        _paint_line(painter, lower, colors().muted, second, elide.ElideMiddle)
        painter.restore()


def _text_color(index: AnyIndex) -> str:
    c, summary = colors(), index.data(Role.SUMMARY)
    if index.data(Role.ERROR):
        return c.error
    if index.column() == NAME:
        return c.edit if index.data(Role.EDITED) else c.text
    if COLUMNS[index.column()].kind == "words":
        return c.muted
    text = index.data()
    if index.column() == NOT_FINITE and isinstance(summary, Summary) and summary.not_finite:
        return c.error
    return c.muted if text in ("0", "–", "…") else c.text


def _paint_line(
    painter: QPainter, room: QRect, color: str, text: str, elide: Qt.TextElideMode
) -> None:
    font = small_font()
    painter.setFont(font)
    painter.setPen(QColor(color))
    shown = QFontMetrics(font).elidedText(text, elide, room.width())
    painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), shown)


def _bars(statistics: Statistics) -> tuple[npt.NDArray[np.float64], float]:
    """Return how tall each bar is, from -limit to limit, and how tall that of the zeros, to 1.

    The largest number lies on the edge of the last bar, and belongs to it. Zeros are neither
    negative nor positive: they have a bar of their own.
    """
    counts = np.array(statistics.histogram, np.float64)
    quarter = counts.size // 4
    middle = counts[quarter : 3 * quarter].copy()
    middle[-1] += counts[3 * quarter]
    zeros = min(middle[quarter], statistics.zeros * counts.sum() / max(1, statistics.finite))
    middle[quarter] -= zeros
    bars = np.sqrt(middle.reshape(_BARS, -1).sum(axis=1))
    tallest = max(1.0, float(bars.max()), math.sqrt(zeros))
    return bars / tallest, math.sqrt(zeros) / tallest


def _paint_histogram(painter: QPainter, rect: QRect, statistics: Statistics) -> None:
    """Paint bars as tall as the square roots of the counts: blue below 0, red above, 0 grey."""
    if not statistics.histogram:
        return
    c = colors()
    room = rect.adjusted(PADDING, 3, -PADDING, -4)
    bars, zeros = _bars(statistics)
    width = room.width() / _BARS
    ground = room.bottom() + 1
    painter.save()
    for place, height in enumerate(bars):
        tall = float(height) * room.height()
        bar = QRectF(room.left() + place * width, ground - tall, width, tall)
        painter.fillRect(bar, QColor(c.negative if place < _BARS // 2 else c.positive))
    tall = zeros * room.height()
    middle = room.left() + room.width() / 2
    painter.fillRect(QRectF(middle - width / 2, ground - tall, width, tall), QColor(c.muted))
    painter.setPen(QPen(QColor(c.hairline), 1))
    painter.drawLine(room.left(), ground, room.right(), ground)
    painter.restore()
