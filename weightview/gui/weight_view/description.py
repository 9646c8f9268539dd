"""Keeps the statistics of the weight that is shown up to date, large ones in the background."""

from PySide6.QtCore import QObject, Signal

from weightview.core.document import Document
from weightview.core.errors import WeightviewError
from weightview.core.model import Weight
from weightview.core.statistics import Statistics, describe_weight, glance
from weightview.gui.background import Latest

_AT_ONCE_BYTES = 1 << 20


class Description(QObject):
    """The statistics of one weight.

    Signals:
        changed(statistics): there are others; of a large weight first those of a glance; None
            without a weight.
        unreadable(sentence): the file could not be read.
    """

    changed = Signal(object)
    unreadable = Signal(str)

    def __init__(self, parent: QObject) -> None:
        """Start without a weight."""
        super().__init__(parent)
        self._weight: Weight | None = None
        self._latest = Latest(self)

    def describe(self, document: Document | None, weight: Weight | None) -> None:
        """Describe ``weight``, another one or the same with other numbers."""
        is_new = weight is not self._weight
        self._weight = weight
        if document is None or weight is None:
            self.changed.emit(None)
            return
        described, values = weight, document.snapshot().values
        if described.nbytes <= _AT_ONCE_BYTES:
            try:
                self.changed.emit(describe_weight(values, described))
            except WeightviewError as error:
                self.unreadable.emit(str(error))
            return
        if is_new:
            try:
                self.changed.emit(glance(values, described))
            except WeightviewError as error:
                self.unreadable.emit(str(error))
                return

        def arrived(statistics: Statistics) -> None:
            if self._weight is described:
                self.changed.emit(statistics)

        self._latest.request(lambda: describe_weight(values, described), arrived, self._failed)

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, WeightviewError):
            raise error
        self.unreadable.emit(str(error))
