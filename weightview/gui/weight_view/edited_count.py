"""Counts the edited cells of the weight that is shown, many of them in the background."""

from PySide6.QtCore import QObject, Signal

from weightview.core.document import Document
from weightview.core.errors import WeightviewError
from weightview.core.model import Weight
from weightview.gui.background import Latest

_AT_ONCE_BYTES = 2 << 20


class EditedCount(QObject):
    """How many cells of one weight differ from what is stored.

    Signals:
        changed(count): there are so many; None while they are counted.
        unreadable(sentence): the file could not be read.
    """

    changed = Signal(object)
    unreadable = Signal(str)

    def __init__(self, parent: QObject) -> None:
        """Start without a weight."""
        super().__init__(parent)
        self._asked: object = None
        self._latest = Latest(self)

    def count(self, document: Document | None, weight: Weight | None) -> None:
        """Count the edited cells of ``weight``, another one or the same after an edit."""
        self._latest.drop_waiting()
        asked = self._asked = object()
        if document is None or weight is None:
            self.changed.emit(0)
            return
        values, counted = document.values, weight
        if values.uncounted_bytes(counted) <= _AT_ONCE_BYTES:
            try:
                self.changed.emit(values.count_edited(counted))
            except WeightviewError as error:
                self.unreadable.emit(str(error))
            return

        def arrived(count: int) -> None:
            if asked is self._asked:
                self.changed.emit(count)

        self.changed.emit(None)
        self._latest.request(lambda: values.count_edited(counted), arrived, self._failed)

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, WeightviewError):
            raise error
        self.unreadable.emit(str(error))
