"""The Edit menu: undo and redo of the document; copy, paste, clear go to what has the focus."""

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from weightview.gui.stepping import Stepping

if TYPE_CHECKING:
    from weightview.core.history import History
    from weightview.gui.main_window import MainWindow

_TextField = QLineEdit | QPlainTextEdit | QTextEdit


@runtime_checkable
class Copies(Protocol):
    """A view whose selection can be copied."""

    def copy(self) -> object:
        """Put the selection on the clipboard."""


@runtime_checkable
class EditsCells(Copies, Protocol):
    """A view of numbers that takes the commands of the Edit menu."""

    def paste(self) -> object:
        """Put the clipboard's numbers at the selection."""

    def clear_cells(self) -> object:
        """Set the selected cells to zero."""

    def select_all(self) -> object:
        """Select every cell."""


class Editing:
    """The edit commands of one window."""

    def __init__(self, window: "MainWindow") -> None:
        """Act on the document and the views of ``window``."""
        self._window = window
        self._stepping = Stepping(window)
        self._stepping.refused.connect(self._refuse)

    def _refuse(self, sentence: str) -> None:
        self._window.reports.refuse(sentence)

    def undo(self) -> None:
        """Take the last edit back."""
        self._step(-1)

    def redo(self) -> None:
        """Make the last undone edit again."""
        self._step(1)

    def _step(self, by: int) -> None:
        window = self._window
        if window.document is None or window.workspace is None:
            return
        if window.workspace.finish_typing():  # what is being typed is the last edit
            self._stepping.step(window.document, by)

    def copy(self) -> None:
        """Copy what is selected where the focus is."""
        target = self._focused()
        if isinstance(target, QLabel):
            QApplication.clipboard().setText(target.selectedText())
        elif isinstance(target, Copies):
            target.copy()

    def paste(self) -> None:
        """Paste where the focus is."""
        target = self._focused()
        if isinstance(target, EditsCells | _TextField):
            target.paste()

    def clear_cells(self) -> None:
        """Set the selected cells to zero, or empty the field in which is typed."""
        target = self._focused()
        if isinstance(target, EditsCells):
            target.clear_cells()
        elif isinstance(target, QLineEdit):
            target.del_()

    def select_all(self) -> None:
        """Select everything where the focus is."""
        target = self._focused()
        if isinstance(target, EditsCells):
            target.select_all()
        elif isinstance(target, _TextField):
            target.selectAll()

    def _focused(self) -> QWidget | Copies | None:
        """Return the text field that has the focus, else the nearest view around it."""
        widget = QApplication.focusWidget()
        # The calculator may stand in a window of its own, which belongs to this one.
        columns = self._window.columns.both
        if widget is None or widget.window() not in (self._window, *columns):
            return None
        if isinstance(widget, _TextField | QLabel):
            return widget
        around: QWidget | None = widget
        while around is not None and around is not self._window:
            if isinstance(around, Copies):
                return around
            around = around.parentWidget()
        return None


def labels(history: "History") -> tuple[str, str]:
    """Return what Undo and what Redo would do, ``""`` where there is nothing."""
    names, place = history.labels, history.position
    undo = names[place - 1] or "edit" if history.can_undo else ""
    redo = names[place] or "edit" if history.can_redo else ""
    return undo, redo
