"""A menu of the commands on the cells, which greys out what cannot be done and says why."""

from collections.abc import Callable, Iterable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

Entry = QAction | QMenu | None
"""A command, a menu inside the menu, or (None) a dividing line."""


class CellsMenu(QMenu):
    """The menu. Where it is closed every command takes its key, and says itself what is wrong."""

    def __init__(
        self, entries: Iterable[Entry], why_not: Callable[[str], str], parent: QWidget
    ) -> None:
        """List ``entries``; ``why_not`` returns why a command cannot be done, by its name."""
        super().__init__(parent)
        self._why_not = why_not
        self._before: dict[QAction, tuple[str, bool]] = {}
        self.setToolTipsVisible(True)
        for entry in entries:
            if entry is None:
                self.addSeparator()
            elif isinstance(entry, QMenu):
                self.addMenu(entry)
            else:
                self.addAction(entry)
        self.aboutToShow.connect(self._grey_out)
        self.aboutToHide.connect(self._restore)

    def _grey_out(self) -> None:
        for action in self.actions():
            if action.isSeparator() or action.menu() is not None:
                continue
            reason = self._why_not(action.objectName())
            if reason:
                self._before[action] = (action.toolTip(), action.isEnabled())
                action.setToolTip(reason)
                action.setStatusTip(reason)
                action.setEnabled(False)

    def _restore(self) -> None:
        for action, (tip, is_enabled) in self._before.items():
            action.setToolTip(tip)
            action.setStatusTip("")
            action.setEnabled(is_enabled)
        self._before.clear()
