"""What the File menu does in one window."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from weightview.gui.questions import ask_to_revert, ask_to_save

if TYPE_CHECKING:
    from collections.abc import Callable

    from weightview.gui.main_window import MainWindow
    from weightview.gui.windows import Windows

_WORDS_MS = 6000


class FileActions:
    """The file commands of one window."""

    def __init__(self, window: "MainWindow", windows: "Windows") -> None:
        """Act on the document of ``window``."""
        self._window = window
        self._windows = windows

    def new_window(self) -> None:
        """Open another window."""
        self._windows.new_window()

    def choose_files(self) -> None:
        """Ask for files and open them."""
        self._window.open_files(self._window.files.choose())

    def choose_link(self) -> None:
        """Ask for a link to a cell and open its file there."""
        from weightview.gui.link_following import ask_for_link

        ask_for_link(self._window)

    def choose_folder(self) -> None:
        """Ask for a folder, such as a SavedModel, and open it."""
        if (folder := self._window.files.choose_folder()) is not None:
            self._window.open_files([folder])

    def open(self, path: Path) -> None:
        """Open one file."""
        self._window.open_files([path])

    def save(self) -> None:
        """Save into the file that was opened."""
        if self._window.document is not None and self._finish_typing("saved"):
            self._window.files.save(self._window.document)

    def save_as(self) -> None:
        """Ask for a name and save there."""
        if self._window.document is not None and self._finish_typing("saved"):
            self._window.files.save_as(self._window.document)

    def _finish_typing(self, done: str) -> bool:
        """Store the number that is being typed into a cell: it is an edit as any other.

        Returns:
            False where it is refused: the message bar says why, and nothing is ``done``.
        """
        workspace = self._window.workspace
        if workspace is None or workspace.finish_typing():
            return True
        words = f"Not {done}: correct the number, or press Escape"
        self._window.statusBar().showMessage(words, _WORDS_MS)
        return False

    def pair(self) -> None:
        """Open the weights again together with a file that tells their architecture."""
        window, document = self._window, self._window.document
        if document is None or document.path is None or not self._finish_typing("paired"):
            return
        if document.is_modified:
            window.reports.refuse("Save or revert your edits before pairing the weights.")
        elif (architecture := window.files.choose_architecture()) is not None:
            window.files.open(document.path, architecture)

    def revert(self) -> None:
        """Drop every edit, after asking: it cannot be undone."""
        document = self._window.document
        if not self._finish_typing("reverted"):
            return
        if document is not None and document.is_modified and ask_to_revert(self._window):
            document.revert()

    def reload(self) -> None:
        """Read the file again; unsaved edits are made again in what it holds now."""
        document = self._window.document
        if document is None or document.path is None:
            return
        if self._finish_typing("read again"):
            self._window.files.reload(document.path)

    def close(self) -> None:
        """Close the file, and its window with it; the last window shows the welcome page."""
        window = self._window
        if window.document is None or len(self._windows.all) > 1:
            window.close()
        elif self.may_leave(then=self.close):
            window.clear_document()

    def may_leave(self, then: "Callable[[], object]") -> bool:
        """Return whether the document may be left now; ``then`` follows if it is saved first.

        A file that is being written is waited for.
        """
        window, document = self._window, self._window.document
        if not self._finish_typing("closed"):
            return False
        if window.files.is_saving:
            window.files.ended.connect(then, Qt.ConnectionType.SingleShotConnection)
            return False
        if document is None or not document.is_modified:
            return True
        answer = ask_to_save(window, window.file_name)
        if answer == "save":
            window.files.save(document, then=then)
        return answer == "discard"

    def quit(self) -> None:
        """Close all windows; each may ask."""
        self._windows.quit()
