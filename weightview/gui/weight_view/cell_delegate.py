"""Paints the cells of the weight table, and opens the line in which a number is typed."""

from dataclasses import dataclass, field

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    Qt,
)
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from weightview.gui.theme import colors, number_font, text_on
from weightview.gui.weight_view.cell_editor import CellEditor
from weightview.gui.weight_view.table_model import CellLook, Role

PADDING = 5
LINE_HEIGHT = 3
RULE = 4
"""The height (or width) that the double rule before a bias takes."""


@dataclass(frozen=True)
class Digits:
    """How many characters stand before and after the decimal point, over the cells in view."""

    before: int = 2
    after: int = 9

    @property
    def characters(self) -> int:
        """How many characters a cell needs."""
        return self.before + self.after


@dataclass
class CellStyle:
    """What the cells of a table look like, beside what each of them says.

    Attributes:
        digits: the room for numbers.
        fills: whether the colour fills the cell instead of lying under the number.
        hovered: row and column the pointer is over, in any view.
        ruled_row: the first row of a bias, above which a double rule stands; -1 for none.
        ruled_column: the first column of a bias.
    """

    digits: Digits = field(default_factory=Digits)
    fills: bool = False
    hovered: tuple[int, int] | None = None
    ruled_row: int = -1
    ruled_column: int = -1


def digits_of(text: str) -> tuple[int, int]:
    """Return how many characters of ``text`` stand before its point, and from it on."""
    point = text.find(".")
    return (len(text), 0) if point < 0 else (point, len(text) - point)


class CellDelegate(QStyledItemDelegate):
    """Numbers with aligned decimals, a thin line of their colour, edited cells on a warm ground."""

    def __init__(self, table: QTableView, style: CellStyle) -> None:
        """Paint the cells of ``table`` in a style that it may share with another."""
        super().__init__(table)
        self._table = table
        self._style = style
        self.covered = 0  # pixels at the right edge that something else covers

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one cell."""
        look = index.data(Role.LOOK)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        c = colors()
        painter.save()
        painter.fillRect(rect, QColor(c.panel))
        if isinstance(look, CellLook):
            is_current = self._table.currentIndex() == index
            if state & QStyle.StateFlag.State_Selected and not is_current:
                painter.fillRect(rect, QColor(c.accent_soft))
            self._paint_number(painter, self._inner(rect, index), look)
        self._paint_lines(painter, rect, index, is_edge=bool(look and look.is_edge))
        if self._style.hovered == (index.row(), index.column()):
            self._outline(painter, self._inner(rect, index), QColor(c.muted), 1)
        painter.restore()

    def _inner(self, rect: QRect, index: QModelIndex | QPersistentModelIndex) -> QRect:
        """Return the cell without the double rule and the hairlines."""
        top = RULE if index.row() == self._style.ruled_row else 0
        left = RULE if index.column() == self._style.ruled_column else 0
        return rect.adjusted(left, top, -1, -1)

    def _sight(self) -> QRect:
        return self._table.viewport().rect().adjusted(0, 0, -self.covered, 0)

    def _paint_number(self, painter: QPainter, rect: QRect, look: CellLook) -> None:
        c = colors()
        text_color = QColor(c.text)
        map_color = QColor.fromRgba(look.color)
        if look.is_edited:
            painter.fillRect(rect, QColor(c.edit_soft))
        if look.color and self._style.fills:
            painter.fillRect(rect, map_color)
            text_color = text_on(map_color)
        elif look.color:
            line = QRect(rect.left(), rect.bottom() - LINE_HEIGHT + 1, rect.width(), LINE_HEIGHT)
            painter.fillRect(line, map_color)
        painter.setFont(number_font())
        painter.setPen(text_color)
        metrics = QFontMetricsF(painter.font())
        room = rect.adjusted(PADDING, 0, -PADDING, -LINE_HEIGHT)
        self._draw_text(painter, room, metrics, look.text)
        if look.is_edited and self._style.fills:
            painter.setPen(QPen(QColor(c.edit), 2))
            painter.drawRect(rect.adjusted(1, 1, -2, -2))

    def _draw_text(self, painter: QPainter, room: QRect, metrics: QFontMetricsF, text: str) -> None:
        """Write a number with its point under the point above; what is cut off is no number."""
        before, after = digits_of(text)
        width = metrics.horizontalAdvance("0")
        # It stands further right where it is longer than foreseen.
        spare = self._style.digits.after - after if before <= self._style.digits.before else 0
        wide = metrics.horizontalAdvance(text)
        if wide + max(0, spare) * width > room.width() + 1:
            spare = 0
        right = room.right() + 1 - max(0, spare) * width
        in_sight = room.intersected(self._sight())
        if wide > room.width() + 1:
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        elif right - wide < in_sight.left() - 1 or right > in_sight.right() + 2:
            text = "…"  # digits that are cut off would make it another number
            right = float(in_sight.right() + 1)
        box = QRectF(room.left(), room.top(), right - room.left(), room.height())
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, int(flags), text)

    def _paint_lines(
        self,
        painter: QPainter,
        rect: QRect,
        index: QModelIndex | QPersistentModelIndex,
        *,
        is_edge: bool,
    ) -> None:
        c = colors()
        painter.setPen(QPen(QColor(c.hairline), 1))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.drawLine(rect.topRight(), rect.bottomRight())
        painter.setPen(QPen(QColor(c.muted), 1))
        if is_edge:
            painter.drawLine(rect.topLeft(), rect.bottomLeft())
        if index.row() == self._style.ruled_row:
            for y in (rect.top(), rect.top() + 2):
                painter.drawLine(rect.left(), y, rect.right(), y)
        if index.column() == self._style.ruled_column:
            for x in (rect.left(), rect.left() + 2):
                painter.drawLine(x, rect.top(), x, rect.bottom())

    def outline_rect(self, rect: QRect, index: QModelIndex) -> QRect:
        """Return where the outline of the selected cell stands."""
        return self._inner(rect, index)

    @staticmethod
    def _outline(painter: QPainter, rect: QRect, color: QColor, width: int) -> None:
        painter.setPen(QPen(color, width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(rect).adjusted(width / 2, width / 2, -width / 2, -width / 2))

    def createEditor(
        self,
        parent: QWidget,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> QWidget:
        """Open a line for the number."""
        del option, index
        return CellEditor(parent)

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        """Put the number as it is stored into the line, unless another is typed there."""
        if isinstance(editor, CellEditor):
            editor.offer(index.data(Qt.ItemDataRole.EditRole) or "")

    def setModelData(
        self,
        editor: QWidget,
        model: QAbstractItemModel,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Hand over what was typed, if anything was."""
        if isinstance(editor, CellEditor) and editor.isModified():
            is_stored = model.setData(index, editor.text(), Qt.ItemDataRole.EditRole)
            editor.is_refused = not is_stored

    def updateEditorGeometry(
        self,
        editor: QWidget,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Cover the cell, and beside it what the text needs."""
        if isinstance(editor, CellEditor):
            editor.stand_on(self._inner(option.rect, index), self._sight())
