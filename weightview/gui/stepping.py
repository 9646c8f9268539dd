"""Undo and redo as a hand asks for them: large edits in the background, several in turn."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from weightview.core.errors import WeightviewError
from weightview.gui.background import run

if TYPE_CHECKING:
    from weightview.core.document import Document
    from weightview.core.preparing import Prepared
    from weightview.core.stepping import Step

_AT_ONCE_BYTES = 2 << 20


class Stepping(QObject):
    """Steps through the history of a document.

    Signals:
        arrived(): the place that was asked for is reached, or it cannot be.
        refused(sentence): an edit was not undone or redone, and why.
    """

    arrived = Signal()
    refused = Signal(str)

    def __init__(self, parent: QObject) -> None:
        """Stand still."""
        super().__init__(parent)
        self._document: Document | None = None
        self._target = 0
        self._is_working = False

    def step(self, document: "Document", by: int) -> None:
        """Undo (-1) or redo (+1) one more edit."""
        is_under_way = self._is_working and document is self._document
        self.go(document, (self._target if is_under_way else document.history.position) + by)

    def go(self, document: "Document", target: int) -> None:
        """Undo or redo until so many edits are done."""
        self._document = document
        self._target = min(max(target, 0), len(document.history.labels))
        if not self._is_working:
            self._go_on()

    def _go_on(self) -> None:
        document = self._document
        while document is not None:
            at = document.history.position
            is_there = at == self._target
            step = None if is_there else document.next_step(backwards=self._target < at)
            if step is None:
                break
            if step.nbytes > _AT_ONCE_BYTES:
                self._work(document, step)
                return
            try:
                document.take_step(step, step.work())
            except WeightviewError as error:
                self._stop(error)
                return
        self._document = None
        self.arrived.emit()

    def _work(self, document: "Document", step: "Step") -> None:
        def done(worked: "Prepared") -> None:
            self._is_working = False
            try:
                document.take_step(step, worked)
            except WeightviewError as error:
                self._stop(error)
            else:
                self._go_on()

        self._is_working = True
        run(self, step.work, done, self._stop)

    def _stop(self, error: Exception) -> None:
        self._is_working = False
        self._document = None
        if not isinstance(error, WeightviewError):
            raise error
        self.arrived.emit()
        self.refused.emit(str(error))
