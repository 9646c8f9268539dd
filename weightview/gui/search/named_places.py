"""Finding rows and units by what the model calls them: a vocabulary's word, a category, an input.

The names are read in the background when something is first typed: a vocabulary may be long.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from weightview.gui.background import Cancel, run
from weightview.gui.search.entries import Entry

if TYPE_CHECKING:  # a window without a model needs no numpy
    from weightview.core.axis_names.finding import NamedPlace, NameIndex
    from weightview.core.document import Document

_LIMIT = 20


class NamedPlaces(QObject):
    """The places of a document's weights whose names contain what was typed.

    Signals:
        changed(): the names were read, and more may be found.
    """

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        """Start without a document."""
        super().__init__(parent)
        self._document: Document | None = None
        self._index: NameIndex | None = None
        self._is_read = False
        self._cancel = Cancel()

    @property
    def is_running(self) -> bool:
        """Whether the names are being read."""
        return self._index is not None and not self._is_read

    def set_document(self, document: "Document | None") -> None:
        """Search in ``document`` from now on, or in what it has become."""
        self._cancel.set()
        self._document, self._index, self._is_read = document, None, False

    def entries(self, typed: str) -> list[Entry]:
        """Return what is found, the best first; nothing while the names are being read."""
        if self._document is None or not typed.strip():
            return []
        if self._index is None:
            self._read(self._document)
        if self._index is None or not self._is_read:
            return []
        return [_entry(found) for found in self._index.search(typed, _LIMIT)]

    def _read(self, document: "Document") -> None:
        from weightview.core.axis_names.finding import NameIndex

        index, cancel = NameIndex(document.model), Cancel()
        self._index, self._cancel, self._is_read = index, cancel, index.is_quick
        if index.is_quick:
            return

        def arrived(result: None) -> None:
            del result
            if not cancel.is_set():
                self._is_read = True
                self.changed.emit()

        def failed(error: Exception) -> None:
            raise error

        run(self, index.build, arrived, failed)


def _entry(found: "NamedPlace") -> Entry:
    weight = found.weight
    name, facts = f"{found.name}   {weight.path}", f"{weight.axes[found.axis]} {found.place}"
    return Entry(name, facts, weight.path, weight.layer_path, found.index)
