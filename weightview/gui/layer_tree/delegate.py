"""How a row of the tree is painted: the strip and the dot beside a name, numbers in grey."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QImage, QPainter, QPalette, QPen
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from weightview.core.model import Layer, Weight
from weightview.gui.layer_tree.item_model import (
    ASIDE_ROLE,
    EDITED_ROLE,
    ITEM_ROLE,
    STRIP_ROLE,
    Column,
)
from weightview.gui.theme import UNIT, colors, small_font

STRIP = QSize(3 * UNIT, UNIT + 1)
_DOT = UNIT - 1

AnyIndex = QModelIndex | QPersistentModelIndex


class LayerDelegate(QStyledItemDelegate):
    """Paints layers heavier than weights, and what is edited with an orange dot."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Choose font and colour; make room for the strip."""
        super().initStyleOption(option, index)
        item = index.data(ITEM_ROLE)
        c = colors()
        if index.column() != Column.NAME:
            option.palette.setColor(QPalette.ColorRole.Text, QColor(c.muted))
            option.palette.setColor(QPalette.ColorRole.HighlightedText, QColor(c.muted))
        elif isinstance(item, Layer):
            option.font.setWeight(QFont.Weight.DemiBold)
        option.textElideMode = Qt.TextElideMode.ElideRight

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Paint the row in one column."""
        if index.column() != Column.NAME:
            super().paint(painter, option, index)
            return
        self.initStyleOption(option, index)
        text, option.text = option.text, ""
        style = option.widget.style() if option.widget else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        rect = QRect(option.rect).adjusted(UNIT // 2, 0, -UNIT // 2, 0)
        if isinstance(index.data(ITEM_ROLE), Weight):
            self._paint_strip(painter, rect, index.data(STRIP_ROLE))
            rect.setLeft(rect.left() + STRIP.width() + UNIT)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = self._paint_name(painter, rect, option, text)
        if index.data(EDITED_ROLE):
            left = self._paint_dot(painter, rect, left)
        self._paint_aside(painter, rect, left, str(index.data(ASIDE_ROLE) or ""))
        painter.restore()

    def _paint_name(
        self, painter: QPainter, rect: QRect, option: QStyleOptionViewItem, text: str
    ) -> int:
        """Paint the name and return where the next thing may stand."""
        painter.setFont(option.font)
        painter.setPen(QColor(colors().text))
        metrics = QFontMetrics(option.font)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, rect.width() - _DOT - UNIT)
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignVCenter), shown)
        return rect.left() + metrics.horizontalAdvance(shown) + UNIT

    def _paint_dot(self, painter: QPainter, rect: QRect, left: int) -> int:
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors().edit))
        painter.drawEllipse(left, rect.center().y() - _DOT // 2, _DOT, _DOT)
        painter.restore()
        return left + _DOT + UNIT

    def _paint_aside(self, painter: QPainter, rect: QRect, left: int, text: str) -> None:
        room = rect.right() - left
        if not text or room < _DOT:
            return
        font = small_font()
        painter.setFont(font)
        painter.setPen(QColor(colors().muted))
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, room)
        place = QRect(left, rect.top(), room, rect.height())
        painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), shown)

    def _paint_strip(self, painter: QPainter, rect: QRect, image: QImage | None) -> None:
        place = QRect(rect.left(), rect.center().y() - STRIP.height() // 2, 0, 0)
        place.setSize(STRIP)
        painter.save()
        if image is not None:
            painter.drawImage(place, image)
        painter.setPen(QPen(QColor(colors().hairline), 1))
        painter.setBrush(QBrush(Qt.BrushStyle.NoBrush))
        painter.drawRect(place.adjusted(0, 0, -1, -1))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """Return a row on the grid; names get room for strip and dot."""
        hint = super().sizeHint(option, index)
        width = hint.width()
        if index.column() == Column.NAME:
            width += UNIT + _DOT
            if isinstance(index.data(ITEM_ROLE), Weight):
                width += STRIP.width() + UNIT
        return QSize(width, max(hint.height(), 3 * UNIT))
