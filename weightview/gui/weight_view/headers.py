"""The headers of the weight table: what each row and column is, and where a gate begins."""

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QHeaderView, QWidget

from weightview.gui.theme import colors, small_font
from weightview.gui.weight_view.cell_delegate import LINE_HEIGHT, PADDING, RULE
from weightview.gui.weight_view.table_model import Role

_MOST_CHARACTERS, _MOST_CHARACTERS_OF_ROW = 18, 26


class WeightHeader(QHeaderView):
    """Names of inputs and units on a quiet ground, the selected one in the accent.

    Signals:
        sort_asked(section): the table is to be sorted by a section, or the other way.
    """

    sort_asked = Signal(int)

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
        self.sectionDoubleClicked.connect(self.sort_asked)
        self.setAccessibleName("Columns" if is_columns else "Rows")
        self.setObjectName("column_header" if is_columns else "row_header")

    def sizeHint(self) -> QSize:
        """Return room for the longest name among the first and the last."""
        metrics = self.fontMetrics()
        if self.orientation() == Qt.Orientation.Horizontal:
            return QSize(0, metrics.height() + PADDING)
        texts = (self.corner, *(self._text(section) for section in self._samples()))
        widest = max(metrics.horizontalAdvance(text) for text in texts)
        widest = min(widest, _MOST_CHARACTERS_OF_ROW * metrics.averageCharWidth())
        return QSize(widest + 2 * PADDING + RULE, 0)

    def widest_name(self) -> int:
        """Return how many pixels the longest name needs; a very long one gets fewer."""
        metrics = self.fontMetrics()
        texts = (self._text(section) for section in self._samples())
        widest = max((metrics.horizontalAdvance(text) for text in texts), default=0)
        return min(widest, _MOST_CHARACTERS * metrics.averageCharWidth()) + 2 * PADDING

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
        room = rect.adjusted(4, 0, -4, -LINE_HEIGHT if not is_columns else 0)
        if logicalIndex == self.ruled:
            room = room.adjusted(0, 0 if is_columns else RULE, 0, 0)
        self._paint_words(painter, room, logicalIndex, is_current=is_current)
        painter.restore()

    def _paint_words(
        self, painter: QPainter, room: QRect, section: int, *, is_current: bool
    ) -> None:
        c = colors()
        arrow, arrow_room = self._arrow(section), 0
        if arrow:
            arrow_room = self.fontMetrics().horizontalAdvance(arrow) + 4
            painter.setFont(self.font())
            painter.setPen(QColor(c.accent))
            place = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(room, place, arrow)
        font = self.font()
        # The unit selected in the calculation is told from the cell selected here.
        font.setBold(section == self.marked)
        painter.setFont(font)
        painter.setPen(
            QColor(c.accent if is_current else c.text if section == self.marked else c.muted)
        )
        room = room.adjusted(0, 0, -arrow_room, 0)
        text = QFontMetrics(font).elidedText(
            self._text(section), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter), text)

    def _arrow(self, section: int) -> str:
        model = self.model()
        arrow = model.headerData(section, self.orientation(), Role.ARROW) if model else None
        return str(arrow or "")

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
