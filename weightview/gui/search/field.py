"""The search field in the toolbar: layers and weights by name, numbers over all weights.

Enter goes to the first row, the arrow keys choose another.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QFocusEvent, QHideEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from weightview.gui.double_click import swallow_rest
from weightview.gui.icons import icon
from weightview.gui.search.entries import Entry, entries_of, matching
from weightview.gui.search.lookup import Lookup
from weightview.gui.search.named_places import NamedPlaces
from weightview.gui.search.results import ResultList
from weightview.gui.theme import UNIT, colors, theme

if TYPE_CHECKING:  # the field is there before any model is
    from weightview.core.document import Document

_NAMES_FIRST = 5
_OWN_NAMES = "What the model calls so"
_MORE = "More layers and weights"


class SearchField(QLineEdit):
    """The field and the list below it.

    Signals:
        chosen(entry): the person went to a layer, a weight or a cell.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without a document: disabled."""
        super().__init__(parent)
        self.setObjectName("search")
        self.setAccessibleName("Search layers, weights, shapes and values")
        self.setPlaceholderText("Search layers, weights, shapes, values …  Ctrl+K")
        self.setToolTip(
            "Find a layer or a weight by name, class, shape or place, a row by the word or input "
            "that it stands for, or a number in any weight: 0.645, > 5, = 0, NaN, inf (Ctrl+K)"
        )
        self.setClearButtonEnabled(True)
        self.setAcceptDrops(False)  # a dropped file is for the window
        self._entries: tuple[Entry, ...] = ()
        self._document: Document | None = None
        self._lens = QAction(self)
        self.addAction(self._lens, QLineEdit.ActionPosition.LeadingPosition)
        self._names: list[Entry] = []
        self._goes_to_first = False
        self._list = ResultList(self)
        self._list.picked.connect(self._choose_clicked)
        self._places = NamedPlaces(self)
        self._places.changed.connect(self._show_more)
        self._lookup = Lookup(self)
        self._lookup.changed.connect(self._show_more)
        self.textEdited.connect(self._search)
        self.returnPressed.connect(self._choose_current)
        theme().changed.connect(self._restyle)
        self._restyle()
        self.setEnabled(False)

    @property
    def results(self) -> tuple[str, ...]:
        """The texts in the list while it is open."""
        return self._list.texts

    def set_document(self, document: "Document | None") -> None:
        """Search in ``document`` from now on."""
        if self._document is not None:
            self._document.shapes_changed.disconnect(self._collect)
            self._document.storage_changed.disconnect(self._collect)
        self._document = document
        if document is not None:
            document.shapes_changed.connect(self._collect)
            document.storage_changed.connect(self._collect)
        self._lookup.set_document(document)
        self.clear()
        self._collect()

    def _collect(self) -> None:
        self._entries = () if self._document is None else entries_of(self._document)
        self._places.set_document(self._document)
        self.setEnabled(self._document is not None)
        self._close()

    def begin(self) -> None:
        """Take the focus, all text selected; what it found is shown again."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()
        if self.text().strip():
            self._search(self.text())

    def _search(self, typed: str) -> None:
        self._goes_to_first = False
        self._names = matching(self._entries, typed)
        self._lookup.begin(typed)
        self._show(typed)

    def _show(self, typed: str) -> None:
        rows: list[Entry | str] = []
        if places := self._places.entries(typed):
            rows += [_OWN_NAMES, *places]
        if self._lookup.is_for_number:
            rows += [self._lookup.heading, *self._lookup.entries]
        if not rows:
            rows = list(self._names)
        elif self._names:
            rows = [*self._names[:_NAMES_FIRST], *rows]
            if more := self._names[_NAMES_FIRST:]:
                rows += [_MORE, *more]
        if not rows and typed.strip():
            waits = self._places.is_running
            rows = ["Looking …" if waits else "Nothing is called so."]
        if not rows:
            self._close()
            return
        self._list.fill(rows)
        self._list.fit(self.width())
        if self._list.isHidden():
            self._list.move(self.mapToGlobal(QPoint(0, self.height() + 2)))
            self._list.show()
            self._list.raise_()

    def _show_more(self) -> None:
        if self._list.isHidden():
            return
        self._show(self.text())
        if self._goes_to_first and not (self._lookup.is_running or self._places.is_running):
            self._choose_current()

    def _close(self) -> None:
        self._lookup.stop()
        self._goes_to_first = False
        self._list.hide()

    def _choose_current(self) -> None:
        if self._list.isHidden():
            return
        if (entry := self._list.entry) is not None:
            self._choose(entry)
        else:  # the nearest number is only known at the end
            self._goes_to_first = self._lookup.is_running or self._places.is_running

    def _choose_clicked(self, entry: Entry) -> None:
        self._choose(entry)
        swallow_rest(self)

    def _choose(self, entry: Entry) -> None:
        self._close()
        if entry.index is None:
            self.clear()
        self.chosen.emit(entry)

    def _restyle(self) -> None:
        self._lens.setIcon(icon("search", colors().muted))

    # Qt overrides

    def sizeHint(self) -> QSize:
        """Return a width in which a path and a shape fit."""
        return QSize(45 * UNIT, super().sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move in the list while typing goes on; Escape stops, closes, then empties the field."""
        key, is_open = event.key(), not self._list.isHidden()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and is_open:
            self._list.step(1 if key == Qt.Key.Key_Down else -1)
        elif key == Qt.Key.Key_Escape and self._lookup.is_running:
            self._lookup.stop()
            self._show(self.text())
        elif key == Qt.Key.Key_Escape:
            if not is_open:
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
