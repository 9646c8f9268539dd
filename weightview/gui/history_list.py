"""The edits as a list: a click undoes or redoes up to that place, and shows the cell."""

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeySequence, QPainter, QPen, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from weightview.core.document import Document
from weightview.core.history import Summary
from weightview.core.numbers import exact_text
from weightview.gui.plain_text import tip
from weightview.gui.stepping import Stepping
from weightview.gui.theme import UNIT, colors, number_font, small_font, theme

_SIZE = QSize(64 * UNIT, 48 * UNIT)
_ROW = 4 * UNIT
_START = "As opened"
_WHAT = Qt.ItemDataRole.UserRole
_IS_SAVED = Qt.ItemDataRole.UserRole + 1
_IS_UNDONE = Qt.ItemDataRole.UserRole + 2


class _RowPainter(QStyledItemDelegate):
    """Paints what was done at the left, the numbers at the right, a mark where it is saved."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Any) -> QSize:
        """Return the same height for every row."""
        del index
        return QSize(option.rect.width(), _ROW)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one row."""
        c = colors()
        painter.save()
        rect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(c.accent_soft))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(c.accent), 1))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        room = rect.adjusted(2 * UNIT, 0, -2 * UNIT, 0)
        numbers = index.data(_WHAT) or ""
        saved = "saved" if index.data(_IS_SAVED) else ""
        middle = Qt.AlignmentFlag.AlignVCenter
        for text, font, color in (
            (saved, small_font(), c.agree),
            (numbers, number_font(small_font().pointSizeF()), c.muted),
        ):
            painter.setFont(font)
            painter.setPen(QColor(color))
            painter.drawText(room, int(Qt.AlignmentFlag.AlignRight | middle), text)
            width = painter.fontMetrics().horizontalAdvance(text)
            room.setRight(room.right() - width - (2 * UNIT if text else 0))
        painter.setFont(option.font)
        painter.setPen(QColor(c.muted if index.data(_IS_UNDONE) else c.text))
        text = painter.fontMetrics().elidedText(
            str(index.data()), Qt.TextElideMode.ElideMiddle, room.width()
        )
        painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | middle), text)
        painter.restore()


class HistoryList(QDialog):
    """A small window: every edit with its numbers, the undone ones muted, the present one marked.

    A click, or Return, goes to the place after that edit; the first row is before all of them.

    Signals:
        cell_asked(path, index): the first cell of the edit that was gone to.
        refused(sentence): an edit was not undone or redone, and why.
    """

    cell_asked = Signal(str, object)
    refused = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        """Start without a document."""
        super().__init__(parent)
        self.setObjectName("history")
        self.setWindowTitle("History")
        self._document: Document | None = None
        self._is_stepping = False
        self._asked = 0
        self._stepping = Stepping(self)
        self._stepping.arrived.connect(self._arrived)
        self._stepping.refused.connect(self.refused)
        self._words = QLabel(self)
        self._words.setObjectName("history_words")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._list = QListWidget(self)
        self._list.setObjectName("history_list")
        self._list.setAccessibleName("Edits, the oldest first")
        self._list.setToolTip("A click or Return undoes or redoes up to there (Ctrl+Z, Ctrl+Y)")
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setUniformItemSizes(True)
        self._list.setItemDelegate(_RowPainter(self._list))
        self._list.itemClicked.connect(self._go)
        self._list.itemActivated.connect(self._go)
        for keys, by in ((QKeySequence.StandardKey.Undo, -1), (QKeySequence.StandardKey.Redo, 1)):
            QShortcut(QKeySequence(keys), self, lambda by=by: self._step(by))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2 * UNIT, 0, 0)
        column.setSpacing(UNIT)
        column.addWidget(self._words)
        column.addWidget(self._list, 1)
        self._words.setContentsMargins(2 * UNIT, 0, 2 * UNIT, 0)
        self.resize(_SIZE)
        theme().changed.connect(self._restyle)
        self._restyle()

    def set_document(self, document: Document | None) -> None:
        """Show the edits of another document, or none."""
        if self._document is not None:
            self._document.history_changed.disconnect(self._refresh)
        self._document = document
        if document is not None:
            document.history_changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        if self._is_stepping or self.isHidden():
            return
        history = self._document.history if self._document is not None else None
        labels = history.labels if history is not None else ()
        summaries = history.summaries if history is not None else ()
        place = history.position if history is not None else 0
        saved = history.saved_position if history is not None else 0
        while self._list.count() > len(labels) + 1:
            self._list.takeItem(self._list.count() - 1)
        while self._list.count() < len(labels) + 1:
            self._list.addItem(QListWidgetItem())
        whats = ("", *map(numbers_text, summaries))
        for row, (text, what) in enumerate(zip((_START, *labels), whats, strict=True)):
            item = self._list.item(row)
            item.setText(text or "Edit")
            item.setToolTip(tip(f"{text}\n{what}" if what else text))
            item.setData(_WHAT, what)
            item.setData(_IS_SAVED, row == saved)
            item.setData(_IS_UNDONE, row > place)
        self._list.setCurrentRow(place)
        count = len(labels)
        edits = "No edits yet" if not count else "1 edit" if count == 1 else f"{count:,} edits"
        undone = f", {count - place:,} of them undone" if count > place else ""
        self._words.setText(f"{edits}{undone}.")

    def _step(self, by: int) -> None:
        if self._document is not None:
            row = self._document.history.position + by
            if 0 <= row < self._list.count():
                self._go(self._list.item(row))

    def _go(self, item: QListWidgetItem) -> None:
        """Undo or redo up to the place of ``item``, and ask for the cell that it is about."""
        if self._document is not None:
            self._is_stepping = True
            self._asked = self._list.row(item)
            self._stepping.go(self._document, self._asked)

    def _arrived(self) -> None:
        self._is_stepping = False
        self._refresh()
        history = self._document.history if self._document is not None else None
        if history is not None and self._asked and history.position == self._asked:
            summary = history.summaries[self._asked - 1]
            self.cell_asked.emit(summary.weight_path, summary.index)

    def _restyle(self) -> None:
        c = colors()
        self._words.setFont(small_font())
        self._words.setStyleSheet(f"color: {c.muted};")
        self._list.setStyleSheet(f"QListWidget {{ background: {c.panel}; outline: 0; }}")
        self._list.viewport().update()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while it was hidden."""
        super().showEvent(event)
        self._refresh()


def numbers_text(summary: Summary) -> str:
    """Return the numbers before and after an edit: ``0.5 → 0.25``, or from where to where."""
    if summary.cells == 1 and summary.before is not None and summary.after is not None:
        return f"{exact_text(summary.before[0])} → {exact_text(summary.after[0])}"
    if summary.before is None or summary.after is None:
        return f"{summary.cells:,} cells"
    return f"{_reach(summary.before)} → {_reach(summary.after)}"


def _reach(ends: tuple[Any, Any]) -> str:
    low, high = (f"{float(end):.3g}" for end in ends)
    return low if low == high else f"{low} … {high}"
