"""Notices when another program changes, replaces or removes the file that is open."""

from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

_SETTLE_MS = 250


class Stamp(NamedTuple):
    """What tells one state of a file from another."""

    modified_ns: int
    size: int
    inode: int


def stamp_of(path: Path) -> Stamp | None:
    """Return the file's stamp; None where there is no file. A folder's is that of its entry."""
    try:
        status = path.stat()
    except OSError:
        return None
    return Stamp(status.st_mtime_ns, status.st_size, status.st_ino)


class FileWatch(QObject):
    """Watches one file.

    Signals:
        changed(): the file is another one than that which :meth:`follow` was told of.
        vanished(): the file is gone.
    """

    changed = Signal()
    vanished = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        """Start without a file."""
        super().__init__(parent)
        self._path: Path | None = None
        self._stamp: Stamp | None = None
        self._watcher = QFileSystemWatcher(self)
        # A program that saves touches the file many times: look when it has settled.
        self._settled = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settled.timeout.connect(self._look)
        self._watcher.fileChanged.connect(lambda _path: self._settled.start())
        self._watcher.directoryChanged.connect(lambda _path: self._settled.start())

    def follow(self, path: Path | None, stamp: Stamp | None = None) -> None:
        """Watch ``path``, whose state when it was read is ``stamp`` (None: its state now)."""
        watched = self._watcher.files() + self._watcher.directories()
        if watched:
            self._watcher.removePaths(watched)
        self._path = path
        if path is None:
            return
        self._stamp = stamp or stamp_of(path)
        self._watch()

    def _watch(self) -> None:
        # The folder too: programs that save well replace the file, and its watch ends.
        if self._path is not None:
            wanted = [str(self._path), str(self._path.parent)]
            missing = set(wanted) - set(self._watcher.files() + self._watcher.directories())
            there = [path for path in missing if Path(path).exists()]
            if there:
                self._watcher.addPaths(there)

    def _look(self) -> None:
        if self._path is None:
            return
        now = stamp_of(self._path)
        if now == self._stamp:
            self._watch()
            return
        self._stamp = now
        if now is None:
            self.vanished.emit()
        else:
            self._watch()
            self.changed.emit()
