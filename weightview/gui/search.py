"""The search field in the toolbar: finds layers and weights by name, class, shape or place.

Every word typed must be found somewhere in a row's text, so ``dense (8, 5)`` and ``kernel [0]``
both work. Enter goes to the first row, the arrow keys choose another.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QFocusEvent, QHideEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QWidget

from weightview.gui.icons import icon
from weightview.gui.theme import UNIT, colors, theme
from weightview.gui.wording import shape_text

if TYPE_CHECKING:  # the field is there before any model is
    from weightview.core.document import Document

_LIMIT = 50
_ROWS_SHOWN = 12


@dataclass(frozen=True)
class Entry:
    """One thing that can be found.

    Attributes:
        text: what is shown: ``dense_1/kernel   (8, 5)   [0]``.
        weight_path: the weight's address, ``""`` for a layer.
        layer_path: the layer's address.
    """

    text: str
    weight_path: str
    layer_path: str

    @property
    def key(self) -> str:
        """What typed words are looked for in."""
        return self.text.lower()


def entries_of(document: "Document") -> tuple[Entry, ...]:
    """Return what can be found in ``document``: each layer, followed by its weights."""
    result: list[Entry] = []
    for layer in document.model.walk():
        facts = f"{layer.class_name}   {shape_text(layer.output_shape)}"
        result.append(Entry(f"{layer.path}   {facts}", "", layer.path))
        for weight in layer.weights:
            place = "" if weight.keras_index is None else f"   [{weight.keras_index}]"
            text = f"{weight.path}   {weight.shape}{place}"
            result.append(Entry(text, weight.path, layer.path))
    known = {entry.weight_path for entry in result}
    for weight in document.all_weights:
        if weight.path not in known:
            text = f"{weight.path}   {weight.shape}"
            result.append(Entry(text, weight.path, weight.layer_path))
    return tuple(result)


def matching(entries: tuple[Entry, ...], typed: str, limit: int = _LIMIT) -> list[Entry]:
    """Return the entries in which every word of ``typed`` occurs, best first.

    Entries whose name begins with what was typed come before those that contain it elsewhere.
    """
    words = typed.lower().split()
    if not words:
        return []
    found = [entry for entry in entries if all(word in entry.key for word in words)]
    found.sort(key=lambda entry: not entry.key.startswith(words[0]))
    return found[:limit]


class SearchField(QLineEdit):
    """The field and the list below it.

    Signals:
        chosen(entry): the person went to a layer or a weight.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without a document: disabled."""
        super().__init__(parent)
        self.setObjectName("search")
        self.setAccessibleName("Search layers, weights and shapes")
        self.setPlaceholderText("Search layers, weights, shapes …  Ctrl+K")
        self.setToolTip("Find a layer or a weight by name, class, shape or place (Ctrl+K)")
        self.setClearButtonEnabled(True)
        self.setAcceptDrops(False)  # a dropped file is for the window
        self._entries: tuple[Entry, ...] = ()
        self._document: Document | None = None
        self._lens = QAction(self)
        self.addAction(self._lens, QLineEdit.ActionPosition.LeadingPosition)
        self._list = self._result_list()
        self.textEdited.connect(self._search)
        self.returnPressed.connect(self._choose_current)
        theme().changed.connect(self._restyle)
        self._restyle()
        self.setEnabled(False)

    def _result_list(self) -> QListWidget:
        results = QListWidget(self)
        results.setObjectName("search_results")
        results.setAccessibleName("What was found")
        # A tool tip's window takes no focus: typing goes on while the list is open.
        results.setWindowFlags(Qt.WindowType.ToolTip)
        results.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        results.setFrameShape(QFrame.Shape.NoFrame)
        results.setUniformItemSizes(True)
        results.setMouseTracking(True)
        results.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        results.itemClicked.connect(self._choose)
        results.itemEntered.connect(results.setCurrentItem)
        return results

    @property
    def results(self) -> tuple[str, ...]:
        """The texts in the list while it is open."""
        if self._list.isHidden():
            return ()
        return tuple(self._list.item(i).text() for i in range(self._list.count()))

    def set_document(self, document: "Document | None") -> None:
        """Search in ``document`` from now on."""
        if self._document is not None:
            self._document.shapes_changed.disconnect(self._collect)
            self._document.storage_changed.disconnect(self._collect)
        self._document = document
        if document is not None:
            document.shapes_changed.connect(self._collect)
            document.storage_changed.connect(self._collect)
        self._collect()

    def _collect(self) -> None:
        self._entries = () if self._document is None else entries_of(self._document)
        self.setEnabled(self._document is not None)
        self._close()

    def begin(self) -> None:
        """Take the focus, all text selected."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def _search(self, typed: str) -> None:
        found = matching(self._entries, typed)
        self._list.clear()
        for entry in found:
            item = QListWidgetItem(entry.text)
            item.setData(Qt.ItemDataRole.UserRole, entry)
            self._list.addItem(item)
        if typed.strip() and not found:
            nothing = QListWidgetItem("Nothing is called so.")
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            self._list.addItem(nothing)
        if not self._list.count():
            self._close()
            return
        self._list.setCurrentRow(0)
        self._open()

    def _open(self) -> None:
        rows = min(self._list.count(), _ROWS_SHOWN)
        height = rows * self._list.sizeHintForRow(0) + UNIT
        self._list.resize(max(self.width(), 50 * UNIT), height)
        self._list.move(self.mapToGlobal(QPoint(0, self.height() + 2)))
        self._list.show()
        self._list.raise_()

    def _close(self) -> None:
        self._list.hide()

    def _choose_current(self) -> None:
        if (item := self._list.currentItem()) is not None and not self._list.isHidden():
            self._choose(item)

    def _choose(self, item: QListWidgetItem) -> None:
        entry = item.data(Qt.ItemDataRole.UserRole)
        if entry is None:
            return
        self._close()
        self.clear()
        self.chosen.emit(entry)

    def _restyle(self) -> None:
        c = colors()
        self._lens.setIcon(icon("search", c.muted))
        self._list.setStyleSheet(
            f"QListWidget {{ background: {c.panel}; border: 1px solid {c.hairline};"
            " padding: 3px; outline: none; }"
            "QListWidget::item { padding: 4px 6px; border-radius: 4px; }"
            f"QListWidget::item:selected {{ background: {c.accent_soft}; color: {c.text}; }}"
        )

    # Qt overrides

    def sizeHint(self) -> QSize:
        """Return a width in which a path and a shape fit."""
        return QSize(45 * UNIT, super().sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move in the list while typing goes on; Escape closes it, then empties the field."""
        key = event.key()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and not self._list.isHidden():
            step = 1 if key == Qt.Key.Key_Down else -1
            row = min(max(self._list.currentRow() + step, 0), self._list.count() - 1)
            self._list.setCurrentRow(row)
        elif key == Qt.Key.Key_Escape:
            if self._list.isHidden():
                self.clear()
            self._close()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Close the list."""
        self._close()
        super().focusOutEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Close the list with the field."""
        self._close()
        super().hideEvent(event)
