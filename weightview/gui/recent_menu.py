"""The menu of the files opened last."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from weightview.gui.settings import Settings


class RecentMenu(QMenu):
    """Filled each time it is opened: files that are gone are left out.

    Signals:
        chosen(path): the person chose a file.
    """

    chosen = Signal(object)

    def __init__(self, settings: Settings, parent: QWidget) -> None:
        """Show the recent files of ``settings``."""
        super().__init__("Open &Recent", parent)
        self.setObjectName("recent_menu")
        self._settings = settings
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        paths = self._settings.recent_files
        for place, path in enumerate(paths, start=1):
            # An ampersand in a name is no mnemonic.
            name = path.name.replace("&", "&&")
            action = self.addAction(f"&{place % 10} {name}")
            action.setStatusTip(str(path))
            action.triggered.connect(partial(self._choose, path))
        self.addSeparator()
        clear = self.addAction("Clear This List")
        clear.setEnabled(bool(paths))
        clear.triggered.connect(self._settings.clear_recent_files)

    def _choose(self, path: Path, _checked: bool = False) -> None:
        self.chosen.emit(path)
