"""The edits as a list: a click undoes or redoes up to that place."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from weightview.core.document import Document
from weightview.gui.theme import UNIT, colors, small_font, theme

_SIZE = QSize(44 * UNIT, 48 * UNIT)
_START = "As opened"


class HistoryList(QDialog):
    """A small window: every edit, the undone ones muted, the present place marked.

    A click, or Return, goes to the place after that edit; the first row is before all of them.
    """

    def __init__(self, parent: QWidget) -> None:
        """Start without a document."""
        super().__init__(parent)
        self.setObjectName("history")
        self.setWindowTitle("History")
        self._document: Document | None = None
        self._is_stepping = False
        self._words = QLabel(self)
        self._words.setObjectName("history_words")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._list = QListWidget(self)
        self._list.setObjectName("history_list")
        self._list.setAccessibleName("Edits, the oldest first")
        self._list.setToolTip("A click or Return undoes or redoes up to there")
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setUniformItemSizes(True)
        self._list.itemClicked.connect(self._go)
        self._list.itemActivated.connect(self._go)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * UNIT, 2 * UNIT, 2 * UNIT, 2 * UNIT)
        column.setSpacing(UNIT)
        column.addWidget(self._words)
        column.addWidget(self._list, 1)
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
        if self._is_stepping:
            return
        history = self._document.history if self._document is not None else None
        labels = history.labels if history is not None else ()
        place = history.position if history is not None else 0
        while self._list.count() > len(labels) + 1:
            self._list.takeItem(self._list.count() - 1)
        while self._list.count() < len(labels) + 1:
            self._list.addItem(QListWidgetItem())
        for row, text in enumerate((_START, *labels)):
            item = self._list.item(row)
            item.setText(text or "Edit")
            item.setToolTip(text)
            item.setForeground(QColor(colors().muted if row > place else colors().text))
        self._list.setCurrentRow(place)
        count = len(labels)
        edits = "No edits yet" if not count else "1 edit" if count == 1 else f"{count:,} edits"
        undone = f", {count - place:,} of them undone" if count > place else ""
        self._words.setText(f"{edits}{undone}.")

    def _go(self, item: QListWidgetItem) -> None:
        """Undo or redo up to the place of ``item``."""
        document, target = self._document, self._list.row(item)
        if document is None:
            return
        self._is_stepping = True
        try:
            while document.history.position > target:
                document.undo()
            while document.history.position < target and document.history.can_redo:
                document.redo()
        finally:
            self._is_stepping = False
        self._refresh()

    def _restyle(self) -> None:
        c = colors()
        self._words.setFont(small_font())
        self._words.setStyleSheet(f"color: {c.muted};")
        self._list.setStyleSheet(
            f"QListWidget {{ background: {c.panel}; outline: 0; }}"
            "QListWidget::item { padding: 4px 8px; }"
            f"QListWidget::item:selected {{ background: {c.accent_soft}; color: {c.text}; }}"
        )
        self._refresh()
