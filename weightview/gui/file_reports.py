"""What a window tells about its file: progress, warnings, failures, changes by other programs."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from weightview.gui.file_watch import FileWatch
from weightview.gui.files import Files
from weightview.gui.message_bar import Answer, MessageBar
from weightview.gui.progress_line import ProgressLine

if TYPE_CHECKING:
    from weightview.core.document import Document
    from weightview.gui.main_window import MainWindow


class FileReports(QObject):
    """Listens to the file work of one window and writes into its message bar."""

    def __init__(self, window: "MainWindow", messages: MessageBar, progress: ProgressLine) -> None:
        """Report about the file of ``window``."""
        super().__init__(window)
        self._window = window
        self._messages = messages
        self._progress = progress

    def listen(self, files: Files, watch: FileWatch) -> None:
        """Report what these two tell."""
        files.began.connect(self._begin)
        files.ended.connect(self._progress.end)
        self._progress.cancelled.connect(files.cancel)
        files.failed.connect(self.show_failure)
        files.refused.connect(self.tell_unreadable)
        files.converted.connect(self._tell_converted)
        watch.changed.connect(self.offer_reload)
        watch.vanished.connect(self._tell_vanished)

    def _begin(self, text: str, can_cancel: bool) -> None:
        # A window without a document says already, in its middle, which file is being opened.
        is_said = self._window.document is None
        self._progress.begin("" if is_said else text, can_cancel=can_cancel)

    def show_warnings(self, document: "Document") -> None:
        """Show what was odd about the file, quietly: several are folded into one line."""
        warnings = document.warnings
        if len(warnings) == 1:
            self._messages.show_message("info", warnings[0], key="warnings")
        elif warnings:
            text = f"{len(warnings)} things about this file are worth knowing."
            self._messages.show_message("info", text, key="warnings", more=warnings)

    def show_failure(self, error: Exception) -> None:
        """Show why a file was not opened or saved."""
        from weightview.core.errors import CancelledError, FileChangedError

        if isinstance(error, FileChangedError):
            self.offer_reload()
        elif isinstance(error, CancelledError):
            self._messages.show_message("info", str(error), key="failure")
        else:
            self._messages.show_error(error, key="failure")

    def offer_reload(self) -> None:
        """Tell that another program changed the file, and offer to read it again."""
        document = self._window.document
        if document is None or document.path is None:
            return
        kept = " Your edits are kept either way." if document.is_modified else ""
        self._messages.show_message(
            "warning",
            f"{document.path.name} was changed by another program.{kept}",
            key="changed",
            answers=(
                Answer("Reload", self._window.file_actions.reload),
                Answer("Keep", lambda: None),
            ),
        )

    def show_lost_edits(self, sentences: Sequence[str]) -> None:
        """Tell which edits could not be made again in the reloaded file."""
        if sentences:
            text = "The file changed so much that not every edit could be kept."
            self._messages.show_message("warning", text, key="lost", more=sentences)

    def _tell_converted(self, target: Path) -> None:
        path = self._window.path
        own = f"; this window stays with {path.name}" if path is not None else ""
        self._messages.show_message(
            "info",
            f"{target.name} was written{own}.",
            key="converted",
            answers=(Answer("Open It", lambda: self._window.open_files([target])),),
        )

    def _tell_vanished(self) -> None:
        path = self._window.path
        name = path.name if path is not None else "The file"
        self._messages.show_message(
            "warning", f"{name} was moved or deleted by another program.", key="changed"
        )

    def refuse(self, text: str) -> None:
        """Tell why something was not done; nothing was changed."""
        self._messages.show_message("warning", text, key="refused")

    def forget_refusal(self, *_: object) -> None:
        """The person went on: to another weight, or to an edit that was done."""
        self._messages.close_message("refused")

    def tell_unreadable(self, text: str) -> None:
        """Tell what is wrong with a file; that stays, whatever the person goes on to."""
        self._messages.show_message("warning", text, key="unreadable")

    def report(self, error: BaseException) -> None:
        """Show an error that nobody expected; a changed file is expected in any view."""
        from weightview.core.errors import FileChangedError

        if isinstance(error, FileChangedError):
            self.offer_reload()
        else:
            self._messages.show_error(error, key="unexpected")
