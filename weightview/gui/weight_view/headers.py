"""The headers of the weight table: what each row and column is, and where a gate begins."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QHeaderView, QWidget

from weightview.gui.theme import colors, small_font
from weightview.gui.weight_view.cell_delegate import PADDING, RULE
from weightview.gui.weight_view.table_model import Role


class WeightHeader(QHeaderView):
    """Names of inputs and units on a quiet ground, the selected one in the accent."""

    def __init__(self, orientation: Qt.Orientation, parent: QWidget | None = None) -> None:
        """Head the columns or the rows."""
        super().__init__(orientation, parent)
        self.setSectionsClickable(True)
        self.setHighlightSections(True)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setFont(small_font())
        self.ruled = -1  # the first section of a bias
        self.corner = ""  # what is written where both headers meet
        self.marked = -1  # the section of the unit selected elsewhere
        is_columns = orientation == Qt.Orientation.Horizontal
        self.setAccessibleName("Columns" if is_columns else "Rows")
        self.setObjectName("column_header" if is_columns else "row_header")

    def sizeHint(self) -> QSize:
        """Return room for the longest name among the first and the last."""
        metrics = self.fontMetrics()
        if self.orientation() == Qt.Orientation.Horizontal:
            return QSize(0, metrics.height() + PADDING)
        texts = (self.corner, *(self._text(section) for section in self._samples()))
        widest = max(metrics.horizontalAdvance(text) for text in texts)
        return QSize(widest + 2 * PADDING + RULE, 0)

    def widest_name(self) -> int:
        """Return how many pixels the longest name needs."""
        metrics = self.fontMetrics()
        texts = (self._text(section) for section in self._samples())
        return max((metrics.horizontalAdvance(text) for text in texts), default=0) + 2 * PADDING

    def _samples(self) -> list[int]:
        count = self.count()
        return sorted({*range(min(count, 64)), count // 2, *range(max(0, count - 4), count)})

    def _text(self, section: int) -> str:
        model = self.model()
        text = model.headerData(section, self.orientation()) if model is not None else None
        return str(text or "")

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        """Paint one name."""
        c = colors()
        is_columns = self.orientation() == Qt.Orientation.Horizontal
        is_current = self._is_current(logicalIndex)
        painter.save()
        painter.fillRect(rect, QColor(c.accent_soft if is_current else c.header))
        painter.setPen(QPen(QColor(c.hairline), 1))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.drawLine(rect.topRight(), rect.bottomRight())
        painter.setPen(QPen(QColor(c.muted), 1))
        if logicalIndex == self.ruled or self._begins_gate(logicalIndex):
            self._paint_rule(painter, rect, is_double=logicalIndex == self.ruled)
        painter.setFont(self.font())
        painter.setPen(QColor(c.accent if is_current or logicalIndex == self.marked else c.muted))
        room = rect.adjusted(4, 0, -4, 0)
        if logicalIndex == self.ruled:
            room = room.adjusted(0, 0 if is_columns else RULE, 0, 0)
        text = self.fontMetrics().elidedText(
            self._text(logicalIndex), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter), text)
        painter.restore()

    def _paint_rule(self, painter: QPainter, rect: QRect, *, is_double: bool) -> None:
        for offset in (0, 2) if is_double else (0,):
            if self.orientation() == Qt.Orientation.Horizontal:
                x = rect.left() + offset
                painter.drawLine(x, rect.top(), x, rect.bottom())
            else:
                y = rect.top() + offset
                painter.drawLine(rect.left(), y, rect.right(), y)

    def _is_current(self, section: int) -> bool:
        selection = self.selectionModel()
        if selection is None or not selection.currentIndex().isValid():
            return False
        current = selection.currentIndex()
        is_columns = self.orientation() == Qt.Orientation.Horizontal
        return section == (current.column() if is_columns else current.row())

    def _begins_gate(self, section: int) -> bool:
        model = self.model()
        return model is not None and bool(
            model.headerData(section, self.orientation(), Role.GATE_EDGE)
        )
