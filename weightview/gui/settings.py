"""What the program remembers between two starts, in one INI file of the person's own."""

import os
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import cast

from PySide6.QtCore import QByteArray, QSettings

from weightview.gui.theme import Choice

RECENT_LIMIT = 10
_CHOICES: tuple[Choice, ...] = ("system", "light", "dark")
_ZOOM_RANGE = (50, 300)
_MOST_DIGITS = 17


class Settings:
    """The person's settings; each property is read and written at once.

    The file lies where the platform keeps settings (``~/.config/weightview/weightview.ini``).
    """

    def __init__(self) -> None:
        """Open the settings, or start without any."""
        self._store = QSettings(
            QSettings.Format.IniFormat, QSettings.Scope.UserScope, "weightview", "weightview"
        )

    @property
    def theme(self) -> Choice:
        """Which theme the person chose."""
        stored = str(self._store.value("theme", "system"))
        return next((choice for choice in _CHOICES if choice == stored), "system")

    @theme.setter
    def theme(self, choice: Choice) -> None:
        self._store.setValue("theme", choice)

    @property
    def zoom(self) -> int:
        """The size of the fonts in percent of the system's."""
        stored = str(self._store.value("zoom", "100"))
        low, high = _ZOOM_RANGE
        return min(max(int(stored), low), high) if stored.isdigit() else 100

    @zoom.setter
    def zoom(self, percent: int) -> None:
        low, high = _ZOOM_RANGE
        self._store.setValue("zoom", min(max(percent, low), high))

    @property
    def geometry(self) -> QByteArray:
        """Where the window was, as ``saveGeometry`` told it."""
        return self._bytes("window/geometry")

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._store.setValue("window/geometry", value)

    @property
    def layout(self) -> QByteArray:
        """How the docks were laid out, as ``saveState`` told it."""
        return self._bytes("window/layout")

    @layout.setter
    def layout(self, value: QByteArray) -> None:
        self._store.setValue("window/layout", value)

    def _bytes(self, key: str) -> QByteArray:
        stored = self._store.value(key)
        return stored if isinstance(stored, QByteArray) else QByteArray()

    @property
    def recent_files(self) -> tuple[Path, ...]:
        """The files opened last, the newest first, without those that are gone."""
        stored = self._store.value("recent", [])
        # An INI file gives a list of one back as a text.
        names = [stored] if isinstance(stored, str) else cast(list[str], stored or [])
        return tuple(path for path in map(Path, names) if path.exists())

    def add_recent_file(self, path: Path) -> None:
        """Put ``path`` in front of the files opened last."""
        path = Path(os.path.normpath(path.absolute()))
        self._keep_recent([path, *(other for other in self.recent_files if other != path)])

    def clear_recent_files(self) -> None:
        """Forget which files were opened."""
        self._keep_recent([])

    def _keep_recent(self, paths: Sequence[Path]) -> None:
        self._store.setValue("recent", [str(path) for path in paths[:RECENT_LIMIT]])

    @property
    def keeps_backup(self) -> bool:
        """Whether a file that is saved over stays beside it as ``name.bak``."""
        return str(self._store.value("keeps_backup", "false")).lower() == "true"

    @keeps_backup.setter
    def keeps_backup(self, keeps: bool) -> None:
        self._store.setValue("keeps_backup", keeps)

    @property
    def hidden_columns(self) -> frozenset[str]:
        """The names of the overview's columns that the person left out."""
        return frozenset(str(self._store.value("overview/hidden_columns", "")).split())

    @hidden_columns.setter
    def hidden_columns(self, names: Collection[str]) -> None:
        self._store.setValue("overview/hidden_columns", " ".join(sorted(names)))

    @property
    def notation(self) -> str:
        """How the numbers of a weight are written; ``""`` where the person chose none."""
        return str(self._store.value("numbers/notation", ""))

    @notation.setter
    def notation(self, key: str) -> None:
        self._store.setValue("numbers/notation", key)

    def digits(self, kind: str) -> int | None:
        """Return how many ``decimals`` or ``auto_digits`` the person chose; None for none."""
        stored = str(self._store.value(f"numbers/{kind}", ""))
        return min(int(stored), _MOST_DIGITS) if stored.isascii() and stored.isdigit() else None

    def set_digits(self, kind: str, count: int) -> None:
        """Remember how many ``decimals`` or ``auto_digits`` the person chose."""
        self._store.setValue(f"numbers/{kind}", count)

    @property
    def last_folder(self) -> str:
        """The folder in which a file was last chosen."""
        return str(self._store.value("last_folder", ""))

    @last_folder.setter
    def last_folder(self, folder: str) -> None:
        self._store.setValue("last_folder", folder)
