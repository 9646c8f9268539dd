"""The lines below the terms: the sum, the bias, the activation with its number, the result."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from weightview.gui.derivation_panel.account import Account, ClosingLine
from weightview.gui.derivation_panel.drawing import draw_number
from weightview.gui.derivation_panel.terms import INSET, TermsView, row_height
from weightview.gui.plain_text import tip
from weightview.gui.theme import colors, number_font, theme

_ONE_LINE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine


class ClosingLines(QWidget):
    """Painted lines whose numbers stand under the products.

    Signals:
        followed(source): a line that leads somewhere was clicked.
    """

    followed = Signal(object)

    def __init__(self, terms: TermsView, parent: QWidget) -> None:
        """Start empty; the numbers stand under those of ``terms``."""
        super().__init__(parent)
        self._terms = terms
        self._account: Account | None = None
        self._under: int | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setObjectName("derivation_result")
        terms.horizontalScrollBar().valueChanged.connect(self.update)
        theme().changed.connect(self.update)

    def set_account(self, account: Account | None) -> None:
        """Show the lines of another number."""
        self._account = account
        spoken = [
            f"{word} {text.strip()}" for word, text in zip(self.words(), self.texts(), strict=True)
        ]
        self.setAccessibleName("; ".join(spoken))
        self.updateGeometry()
        self.update()

    def _lines(self) -> tuple[ClosingLine, ...]:
        return self._account.closing if self._account is not None else ()

    def texts(self) -> list[str]:
        """Return the numbers of the lines, aligned."""
        return self._account.closing_texts if self._account is not None else []

    def words(self) -> list[str]:
        """Return what the lines say before their numbers."""
        return self._account.closing_words if self._account is not None else []

    def line_at(self, point: QPoint) -> int | None:
        """Return the place of the line at ``point``, or None."""
        row = (point.y() - 4) // row_height()
        return row if 0 <= row < len(self._lines()) else None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines, the result in bold below a hairline."""
        del event
        if self._account is None:
            return
        painter = QPainter(self)
        columns = self._terms.columns()
        c = colors()
        right = columns.product.right()
        width = max(self.width(), columns.total)
        painter.translate(-self._terms.horizontalScrollBar().value(), 0)
        painter.setPen(QColor(c.hairline))
        painter.drawLine(INSET, 1, width, 1)
        lines = zip(self._lines(), self.words(), self.texts(), strict=True)
        for row, (line, words, text) in enumerate(lines):
            top = 4 + row * row_height()
            linked = line.source is not None and row == self._under
            number = QFont(number_font())
            number.setUnderline(linked)
            if line.is_result:
                number.setWeight(QFont.Weight.Bold)
                if row:
                    painter.setPen(QColor(c.hairline))
                    painter.drawLine(INSET, top, width, top)
            painter.setFont(number)
            painter.setPen(QColor(c.accent if linked else c.text))
            room = QFontMetrics(number).horizontalAdvance(text)
            box = QRect(right - room - 2, top, room + 3, row_height())
            draw_number(painter, box, text, self._terms.edge())
            self._paint_text(
                painter, words, QRect(INSET, top, box.left() - INSET - 28, row_height())
            )
            if line.is_result:
                painter.setPen(QColor(c.muted))
                sign = QRect(box.left() - 24, top, 16, row_height())
                painter.drawText(sign, Qt.AlignmentFlag.AlignCenter, "=")

    def _paint_text(self, painter: QPainter, words: str, box: QRect) -> None:
        painter.setFont(self.font())
        painter.setPen(QColor(colors().text))
        text = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, _ONE_LINE, text)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Underline the line that leads somewhere."""
        row = self.line_at(event.position().toPoint())
        leads = row is not None and self._lines()[row].source is not None
        self._under = row if leads else None
        self.setToolTip(tip(self.words()[row]) if row is not None else "")
        shape = Qt.CursorShape.PointingHandCursor if leads else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Follow the line under the pointer."""
        row = self.line_at(event.position().toPoint())
        source = self._lines()[row].source if row is not None else None
        if source is not None and event.button() == Qt.MouseButton.LeftButton:
            self.followed.emit(source)

    def sizeHint(self) -> QSize:
        """Return room for every line."""
        return QSize(240, len(self._lines()) * row_height() + 8)

    def minimumSizeHint(self) -> QSize:
        """Return room for every line."""
        return self.sizeHint()
