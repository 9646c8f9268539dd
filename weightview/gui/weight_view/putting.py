"""Making an edit of many cells: worked out in the background, with progress where it takes long."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QProgressDialog, QWidget

from weightview.core.document import Document
from weightview.core.errors import CancelledError, WeightviewError
from weightview.core.preparing import Prepared, prepare
from weightview.gui.background import Watch, run

_AT_ONCE_CELLS = 1 << 14
_TICK_MS = 60
_PATIENCE_MS = 300

Made = tuple[str, Sequence[tuple[Any, Any, Any]]]
"""What the Undo entry says, and the changes."""


class Working(QObject):
    """Does one thing after another for a widget, large ones in the background.

    Signals:
        refused(sentence): nothing was done, and why.
    """

    refused = Signal(str)

    def __init__(self, owner: QWidget) -> None:
        """Show progress above ``owner``."""
        super().__init__(owner)
        self._owner = owner

    def edit(
        self,
        document: Document,
        make: Callable[[], Made],
        cells: int,
        sentence: str,
        done: Callable[[], object] = lambda: None,
    ) -> None:
        """Make an edit of a document.

        Args:
            document: what is edited.
            make: returns the label and the changes; touches no document.
            cells: about how many cells it is about.
            sentence: what is under way.
            done: called after the edit was made.
        """
        values = document.values

        def work(_watch: Watch) -> Prepared:
            return prepare(values, *make())

        def worked(prepared: Prepared) -> None:
            try:
                document.adopt(prepared)
            except WeightviewError as error:
                self.refused.emit(str(error))
            else:
                done()

        self.work(work, worked, cells, sentence)

    def work(
        self,
        work: Callable[[Watch], Any],
        done: Callable[[Any], None],
        cells: int,
        sentence: str,
    ) -> None:
        """Work on about so many ``cells``, and hand over what comes of it."""
        if cells <= _AT_ONCE_CELLS:
            try:
                result = work(Watch())
            except WeightviewError as error:
                self.refused.emit(str(error))
            else:
                done(result)
            return
        self.in_background(work, done, sentence)

    def in_background(
        self, work: Callable[[Watch], Any], done: Callable[[Any], None], sentence: str
    ) -> None:
        """Work in another thread, with progress and Cancel, and hand over what comes of it."""
        watch = Watch()
        dialog = QProgressDialog("", "Cancel", 0, 0, self._owner)
        label = QLabel(sentence, dialog)
        label.setTextFormat(Qt.TextFormat.PlainText)
        dialog.setLabel(label)
        dialog.setObjectName("number_file_progress")
        dialog.setMinimumDuration(_PATIENCE_MS)
        dialog.canceled.connect(watch.set)
        ticks = QTimer(dialog, interval=_TICK_MS)
        ticks.timeout.connect(lambda: _show_share(dialog, watch.share))
        ticks.start()

        def end() -> None:
            ticks.stop()
            dialog.canceled.disconnect(watch.set)
            dialog.reset()
            dialog.deleteLater()

        def finished(result: Any) -> None:
            end()
            if not watch.is_set():
                done(result)

        def failed(error: Exception) -> None:
            end()
            if isinstance(error, CancelledError):
                return
            if not isinstance(error, WeightviewError):
                raise error
            self.refused.emit(str(error))

        run(self, lambda: work(watch), finished, failed)


def _show_share(dialog: QProgressDialog, share: float) -> None:
    if share > 0:
        dialog.setMaximum(1000)
        dialog.setValue(int(999 * share))
