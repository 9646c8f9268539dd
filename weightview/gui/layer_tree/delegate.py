"""How a row of the tree is painted: strip, name, dot and class at the left, the shape at the right.

A row shares its room anew. Where it is narrow the class goes first, then shapes are written
briefly (those of all layers or weights, to be compared), and only then is a name elided.
"""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QImage,
    QPainter,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import (
    QApplication,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
)

from weightview.core.model import Layer, Weight
from weightview.gui.layer_tree.item_model import (
    ASIDE_ROLE,
    EDITED_ROLE,
    ITEM_ROLE,
    SHORT_SHAPE_ROLE,
    STRIP_ROLE,
    Column,
)
from weightview.gui.theme import UNIT, colors, small_font

STRIP = QSize(3 * UNIT, UNIT + 1)
_DOT = UNIT - 1
_NAME_SHARE = 0.6
_LEAST_ASIDE = 3 * UNIT
_SLACK = 2  # an advance is rounded; a text that just fits must not be elided

AnyIndex = QModelIndex | QPersistentModelIndex


class LayerDelegate(QStyledItemDelegate):
    """Paints layers heavier than weights, and what is edited with an orange dot.

    Attributes:
        whole_widths: how wide the column must be for every layer's and for every weight's whole
            shape; narrower, all shapes of that kind are written briefly.
    """

    def __init__(self, view: QTreeView) -> None:
        """Paint the rows of ``view``, with whole shapes at first."""
        super().__init__(view)
        self._view = view
        self.whole_widths: dict[type, int] = {}

    def initStyleOption(self, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Choose font and colour."""
        super().initStyleOption(option, index)
        option.state &= ~QStyle.StateFlag.State_HasFocus  # the view marks it itself
        if index.column() != Column.NAME:
            muted = QColor(colors().muted)
            option.font = small_font()
            option.palette.setColor(QPalette.ColorRole.Text, muted)
            option.palette.setColor(QPalette.ColorRole.HighlightedText, muted)
        elif isinstance(index.data(ITEM_ROLE), Layer):
            option.font.setWeight(QFont.Weight.DemiBold)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Paint the row in one column; that of the name shows the shape too."""
        if index.column() != Column.NAME:
            super().paint(painter, option, index)
            return
        self.initStyleOption(option, index)
        text, option.text = option.text, ""
        style = option.widget.style() if option.widget else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        rect = QRect(option.rect).adjusted(UNIT // 2, 0, 0, 0)
        painter.save()
        if isinstance(index.data(ITEM_ROLE), Weight):
            _paint_strip(painter, rect, index.data(STRIP_ROLE))
            rect.setLeft(rect.left() + STRIP.width() + UNIT)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_edited = bool(index.data(EDITED_ROLE))
        needed = self.whole_widths.get(type(index.data(ITEM_ROLE)), 0)
        shape = _shape(index, is_brief=self._view.columnWidth(Column.NAME) < needed)
        room = _name_room(rect.width(), option.font, text, shape, is_edited=is_edited)
        left = _paint_text(painter, rect, option.font, colors().text, text, room)
        if is_edited:
            left = _paint_dot(painter, rect, left)
        _paint_aside(painter, rect, left, shape, str(index.data(ASIDE_ROLE) or ""))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """Return a row on the grid."""
        hint = super().sizeHint(option, index)
        return QSize(hint.width(), max(hint.height(), 3 * UNIT))


def _shape(index: AnyIndex, *, is_brief: bool) -> str:
    shape = index.sibling(index.row(), Column.SHAPE)
    return str(shape.data(SHORT_SHAPE_ROLE) if is_brief else shape.data())


class RowMetrics:
    """How much room rows need; made anew where the fonts change."""

    def __init__(self) -> None:
        """Measure the fonts in use."""
        font = QGuiApplication.font()
        self._weight = QFontMetrics(font)
        font.setWeight(QFont.Weight.DemiBold)
        self._layer = QFontMetrics(font)
        self._small = QFontMetrics(small_font())

    def small(self, text: str) -> int:
        """Return the room of a text beside a name."""
        return self._small.horizontalAdvance(text)

    def whole(self, item: Layer | Weight, name: str, shape: str) -> int:
        """Return the room that a row's name and shape need side by side."""
        is_layer = isinstance(item, Layer)
        strip = 0 if is_layer else STRIP.width() + UNIT
        metrics = self._layer if is_layer else self._weight
        return strip + metrics.horizontalAdvance(name) + _SLACK + self.small(shape) + 2 * UNIT


def _name_room(width: int, font: QFont, name: str, shape: str, *, is_edited: bool) -> int:
    """Return how wide the name may be: what the shape leaves, but not too little of the row."""
    wanted = QFontMetrics(font).horizontalAdvance(name) + _SLACK
    dot = _DOT + UNIT if is_edited else 0
    left = width - dot - UNIT - QFontMetrics(small_font()).horizontalAdvance(shape) - _SLACK
    return min(wanted, max(left, int(width * _NAME_SHARE)))


def _paint_text(
    painter: QPainter, rect: QRect, font: QFont, color: str, text: str, room: int
) -> int:
    """Paint ``text`` at the left of ``rect``; return where the next thing may stand."""
    metrics = QFontMetrics(font)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room)
    painter.setFont(font)
    painter.setPen(QColor(color))
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignVCenter), shown)
    return rect.left() + metrics.horizontalAdvance(shown) + UNIT


def _paint_dot(painter: QPainter, rect: QRect, left: int) -> int:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colors().edit))
    painter.drawEllipse(left, rect.center().y() - _DOT // 2, _DOT, _DOT)
    return left + _DOT + UNIT


def _paint_aside(painter: QPainter, rect: QRect, left: int, shape: str, aside: str) -> None:
    """Paint the shape at the right and, where there is room between, the class."""
    font = small_font()
    metrics = QFontMetrics(font)
    painter.setFont(font)
    painter.setPen(QColor(colors().muted))
    place = QRect(left, rect.top(), rect.right() - left, rect.height())
    shown = metrics.elidedText(shape, Qt.TextElideMode.ElideLeft, place.width())
    right = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
    painter.drawText(place, right, shown)
    place.setWidth(place.width() - metrics.horizontalAdvance(shown) - UNIT)
    if aside and place.width() >= min(_LEAST_ASIDE, metrics.horizontalAdvance(aside)):
        shown = metrics.elidedText(aside, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), shown)


def _paint_strip(painter: QPainter, rect: QRect, image: QImage | None) -> None:
    place = QRect(rect.left(), rect.center().y() - STRIP.height() // 2, 0, 0)
    place.setSize(STRIP)
    if image is not None:
        painter.drawImage(place, image)
    painter.setPen(QPen(QColor(colors().hairline), 1))
    painter.setBrush(QBrush(Qt.BrushStyle.NoBrush))
    painter.drawRect(place.adjusted(0, 0, -1, -1))
