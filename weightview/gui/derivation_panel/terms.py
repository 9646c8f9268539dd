"""The terms of a number as a list: label, value × weight = product, and a bar for its size."""

import math
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from weightview.calculator.trace import Source, Term
from weightview.core.numbers import exact_text
from weightview.gui.derivation_panel.account import Account
from weightview.gui.derivation_panel.drawing import draw_number
from weightview.gui.plain_text import tip
from weightview.gui.theme import color_of, colors, number_font, theme

_LEAST_ROW = 20
_SIGN_WIDTH = 20
_LEAST_LABEL = 56
_LEAST_BAR = 40
INSET = 4  # the frame of the focus stands beside the words, not in them

_ONE_LINE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine

_Hint = QAbstractItemView.ScrollHint
AnyIndex = QModelIndex | QPersistentModelIndex


def row_height() -> int:
    """Return the height of a line, in pixels."""
    return max(_LEAST_ROW, QFontMetrics(number_font()).height() + 4)


class TermsModel(QAbstractListModel):
    """The terms of one account; the display text is what a screen reader reads."""

    def __init__(self, parent: QWidget) -> None:
        """Start empty."""
        super().__init__(parent)
        self.account: Account | None = None

    def set_account(self, account: Account | None) -> None:
        """Show another number's terms; the same number of rows keeps the place."""
        before = self.rowCount()
        after = len(account.terms) if account is not None else 0
        if before == after and before:
            self.account = account
            self.dataChanged.emit(self.index(0), self.index(after - 1))
            return
        self.beginResetModel()
        self.account = account
        self.endResetModel()

    def term(self, row: int) -> Term | None:
        """Return the term of a row."""
        if self.account is None or not 0 <= row < len(self.account.terms):
            return None
        return self.account.terms[row]

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        """Return how many terms there are."""
        if self.account is None or (parent is not None and parent.isValid()):
            return 0
        return len(self.account.terms)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a term in words, or what its tooltip says."""
        term = self.term(index.row())
        if term is None or self.account is None:
            return None
        texts = (column[index.row()] for column in self.account.columns)
        values, weights, products = (text.strip() for text in texts)
        if role == Qt.ItemDataRole.DisplayRole:
            if self.account.is_plain:
                return f"{term.label}: {products}"
            factor = f" × {weights}" if weights else ""
            return f"{term.label}: {values}{factor} = {products}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(_tip(term))
        return None


def _tip(term: Term) -> str:
    lines = [f"{term.label} = {exact_text(term.value)}"]
    if term.weight is not None:
        name = term.weight_source.label if term.weight_source is not None else "factor"
        lines.append(f"{name} = {exact_text(term.weight)}")
    lines.append(f"adds {exact_text(term.product)}")
    if term.weight_source is not None and term.weight_source.kind == "weight":
        lines.append("Return goes to the weight")
    if term.source is not None and term.source.kind != "constant":
        lines.append("Ctrl+Return goes to the value")
    return "\n".join(lines)


class Columns:
    """Where the parts of a row stand for a width in pixels.

    Where that is short the bars go first, then labels are shortened; a number stands whole, and
    the rows get wider than the room.
    """

    def __init__(self, account: Account, width: int) -> None:
        """Measure the account's texts."""
        metrics = QFontMetrics(number_font())
        texts = account.columns
        # All characters are equally wide: the longest text is the widest.
        self.widths = [
            metrics.horizontalAdvance(max(column, key=len, default="")) + 4
            for column in (*texts[:2], [*texts[2], *account.closing_texts])
        ]
        times = equals = _SIGN_WIDTH
        if not any(texts[1]):
            self.widths[1] = times = 0
        if account.is_plain:
            self.widths[0] = equals = 0
        numbers = sum(self.widths) + times + equals
        longest = max(account.terms, key=lambda term: len(term.label), default=None)
        words = QFontMetrics(QGuiApplication.font())
        wanted = words.horizontalAdvance(longest.label) + 24 if longest is not None else 0
        room = width - numbers - 2 * _LEAST_BAR
        # The closing lines end where the products do, and their words need room as well.
        spoken = max(map(words.horizontalAdvance, account.closing_words), default=0)
        wanted = max(wanted, spoken + 40 + self.widths[2] - numbers, width // 5)
        if room < wanted:  # the bars make room for the labels
            room = width - numbers - INSET
        self.label = max(_LEAST_LABEL, min(wanted, room))
        self.total = self.label + numbers + INSET
        x, height = self.label, row_height()
        self.value = QRect(x, 0, self.widths[0], height)
        x += self.widths[0]
        self.times = QRect(x, 0, times, height)
        x += times
        self.weight = QRect(x, 0, self.widths[1], height)
        x += self.widths[1]
        self.equals = QRect(x, 0, equals, height)
        x += equals
        self.product = QRect(x, 0, self.widths[2], height)
        x += self.widths[2] + 16
        self.bar = QRect(x, 0, max(0, width - x - INSET), height)


class TermsDelegate(QStyledItemDelegate):
    """Paints a term; the part under the pointer that leads somewhere is underlined."""

    def __init__(self, parent: "TermsView") -> None:
        """Paint for ``parent``."""
        super().__init__(parent)
        self._view = parent

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """Return the height of a row, and the width in which its numbers stand whole."""
        del option, index
        has_rows = self._view.terms.account is not None
        return QSize(self._view.columns().total if has_rows else 0, row_height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Paint label, value, weight, product and bar."""
        account = self._view.terms.account
        if account is None:
            return
        row = index.row()
        term = account.terms[row]
        values, weights, products = (column[row] for column in account.columns)
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        c = colors()
        painter.save()
        if state & QStyle.StateFlag.State_Selected and self._view.hasFocus():
            painter.fillRect(box, QColor(c.accent_soft))
        painter.translate(box.topLeft())
        columns = self._view.columns()
        part = self._view.part_under_pointer(row)
        label = QRect(INSET, 0, columns.label - INSET - 8, row_height())
        self._text(painter, label, term.label, c.text)
        if not account.is_plain:
            self._number(painter, columns.value, values, c.text, linked=part == "value")
            self._sign(painter, columns.equals, "=")
        if weights:
            self._sign(painter, columns.times, "×")
            self._number(painter, columns.weight, weights, c.text, linked=part == "weight")
        linked = account.is_plain and bool(part)
        self._number(painter, columns.product, products, c.text, linked=linked)
        self._bar(painter, columns.bar, term.product, account.largest)
        painter.restore()

    def _text(self, painter: QPainter, box: QRect, text: str, color: str) -> None:
        painter.setFont(self._view.font())
        painter.setPen(QColor(color))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, box.width())
        painter.drawText(box, _ONE_LINE, shown)

    def _number(
        self, painter: QPainter, box: QRect, text: str, color: str, *, linked: bool = False
    ) -> None:
        font = QFont(number_font())
        font.setUnderline(linked)
        painter.setFont(font)
        painter.setPen(QColor(colors().accent if linked else color))
        draw_number(painter, box, text, self._view.edge())

    def _sign(self, painter: QPainter, box: QRect, text: str) -> None:
        painter.setFont(number_font())
        painter.setPen(QColor(colors().muted))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _bar(self, painter: QPainter, box: QRect, product: float, largest: float) -> None:
        if not largest or math.isnan(product) or box.width() < _LEAST_BAR // 2:
            return
        width = max(1, round(min(1.0, abs(product) / largest) * box.width() * 0.9))
        inside = QRect(box.left(), box.top() + 4, width, box.height() - 8)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color_of(product, largest))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawRoundedRect(inside, 2, 2)


class TermsView(QListView):
    """The list of terms.

    Signals:
        followed(source): a part of a term was chosen: its weight or the number it came from.
        stepped(by): the left or right arrow key: another unit.
    """

    followed = Signal(object)
    stepped = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        """Start empty."""
        super().__init__(parent)
        self.terms = TermsModel(self)
        self.setModel(self.terms)
        self.setItemDelegate(TermsDelegate(self))
        self.setUniformItemSizes(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setObjectName("derivation_terms")
        self.setAccessibleName("Terms of the number")
        self._pointer: QPoint | None = None
        self._measured: tuple[Account, int, Columns] | None = None
        theme().changed.connect(self._forget_measures)

    def set_account(self, account: Account | None) -> None:
        """Show the terms of another number."""
        self._measured = None
        self.terms.set_account(account)
        self.scheduleDelayedItemsLayout()
        self.updateGeometry()
        self.viewport().update()

    def _forget_measures(self) -> None:
        self._measured = None
        self.scheduleDelayedItemsLayout()
        self.viewport().update()

    def columns(self) -> Columns:
        """Return where the parts of a row stand."""
        account = self.terms.account
        assert account is not None
        width = self.viewport().width()
        if self._measured is None or self._measured[:2] != (account, width):
            self._measured = (account, width, Columns(account, width))
        return self._measured[2]

    def edge(self) -> int:
        """Return where the window ends, in the rows' own pixels."""
        return self.viewport().width() + self.horizontalOffset()

    def part_at(self, point: QPoint) -> tuple[int, str] | None:
        """Return row and part (``value``, ``weight`` or ``term``) at a point, or None."""
        index = self.indexAt(point)
        term = self.terms.term(index.row()) if index.isValid() else None
        if term is None:
            return None
        columns, x = self.columns(), point.x() + self.horizontalOffset()
        for name, box in (("value", columns.value), ("weight", columns.weight)):
            if box.width() and box.left() <= x <= box.right():
                source = term.source if name == "value" else term.weight_source
                leads = source is not None and source.kind != "constant"
                return index.row(), name if leads else "term"
        return index.row(), "term"

    def part_under_pointer(self, row: int) -> str:
        """Return the part of ``row`` under the pointer, or ``""``."""
        found = self.part_at(self._pointer) if self._pointer is not None else None
        return found[1] if found is not None and found[0] == row else ""

    def source_of(self, row: int, part: str) -> Source | None:
        """Return where a part of a row leads: a term leads to its weight, else to its value."""
        term = self.terms.term(row)
        if term is None:
            return None
        if part == "value":
            return term.source
        return term.weight_source or term.source

    def _follow(self, row: int, part: str) -> None:
        source = self.source_of(row, part)
        if source is not None:
            self.followed.emit(source)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Underline the part under the pointer."""
        self._pointer = event.position().toPoint()
        found = self.part_at(self._pointer)
        leads = found is not None and self.source_of(*found) is not None
        shape = Qt.CursorShape.PointingHandCursor if leads else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)
        self.viewport().update()
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Underline nothing."""
        self._pointer = None
        self.viewport().update()
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Follow the part under the pointer."""
        super().mousePressEvent(event)
        if event.button() != Qt.MouseButton.LeftButton:
            return
        found = self.part_at(event.position().toPoint())
        if found is not None:
            self._follow(*found)

    def scrollTo(self, index: AnyIndex, hint: _Hint = _Hint.EnsureVisible) -> None:
        """Show a term's line; sideways nothing moves, as its numbers stand all along it."""
        sideways = self.horizontalScrollBar().value()
        super().scrollTo(index, hint)
        self.horizontalScrollBar().setValue(sideways)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin with the largest term, so that the keys have a place."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.terms.rowCount():
            self.setCurrentIndex(self.terms.index(0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Follow a term by Return, its value by Ctrl+Return; left and right change the unit."""
        row = self.currentIndex().row()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
            self._follow(row, "value" if control else "term")
            return
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            if not event.modifiers():
                self.stepped.emit(-1 if event.key() == Qt.Key.Key_Left else 1)
                return
            event.ignore()
            return
        super().keyPressEvent(event)

    def content_height(self) -> int:
        """Return the height at which every term is in sight."""
        bar = self.horizontalScrollBar()
        below = bar.sizeHint().height() if bar.maximum() > 0 else 0
        return self.terms.rowCount() * row_height() + below

    def sizeHint(self) -> QSize:
        """Return room for at most sixteen terms."""
        return QSize(480, min(self.content_height(), 16 * row_height()))

    def minimumSizeHint(self) -> QSize:
        """Return room for three terms."""
        return QSize(240, min(self.content_height(), 3 * row_height()))
