"""One process for all windows: a second start hands its files to the first and ends.

The first must acknowledge within :data:`PATIENCE_MS`; a frozen one is left alone, and the second
start becomes a process of its own.
"""

import hashlib
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QDeadlineTimer, QDir, QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

PATIENCE_MS = 1500
_ACKNOWLEDGED = b"shown\n"
_LONGEST = 1 << 20


def server_name() -> str:
    """Return where the first process listens: one place per person and desktop session."""
    session = [
        os.environ.get(name, "") for name in ("XDG_SESSION_ID", "WAYLAND_DISPLAY", "DISPLAY")
    ]
    who = QDir.homePath()
    digest = hashlib.sha256("\n".join([who, *session]).encode()).hexdigest()[:16]
    name = f"weightview-{digest}"
    # A folder of the person's own: in a shared one another person could listen first.
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    return str(Path(runtime) / name) if Path(runtime).is_dir() and runtime else name


def hand_over(paths: Sequence[Path], name: str = "") -> bool:
    """Ask a running process to show ``paths`` (none: a new window); tell whether it will."""
    socket = QLocalSocket()
    deadline = QDeadlineTimer(PATIENCE_MS)
    socket.connectToServer(name or server_name())
    if not socket.waitForConnected(int(deadline.remainingTime())):
        return False
    # A process that wakes up later must not open what this one has opened meanwhile.
    until = time.time() + PATIENCE_MS / 1000
    request = {"paths": [str(path) for path in paths], "until": until}
    socket.write(json.dumps(request).encode() + b"\n")
    answer = b""
    while not answer.endswith(_ACKNOWLEDGED) and not deadline.hasExpired():
        if socket.bytesAvailable() or socket.waitForReadyRead(int(deadline.remainingTime())):
            answer += bytes(socket.readAll().data())
        else:
            break
    return answer == _ACKNOWLEDGED


class Listener(QObject):
    """Listens for later starts of the program.

    Signals:
        asked(paths): a later start asks to show these files; empty for a new window.
    """

    asked = Signal(object)

    def __init__(self, parent: QObject | None = None, name: str = "") -> None:
        """Listen from now on; where that is impossible the program works without."""
        super().__init__(parent)
        name = name or server_name()
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._welcome)
        if not self._server.listen(name):
            # What a crashed process left behind: nobody answered there (see hand_over).
            QLocalServer.removeServer(name)
            self._server.listen(name)

    @property
    def is_listening(self) -> bool:
        """Whether later starts are heard."""
        return self._server.isListening()

    def _welcome(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.readyRead.connect(lambda s=socket: self._read(s))
            socket.disconnected.connect(socket.deleteLater)
            self._read(socket)

    def _read(self, socket: QLocalSocket) -> None:
        if socket.bytesAvailable() > _LONGEST:
            socket.abort()
            return
        if not socket.canReadLine():
            return
        paths = _paths_in(bytes(socket.readLine().data()))
        if paths is None:
            socket.abort()
            return
        socket.write(_ACKNOWLEDGED)
        socket.flush()
        self.asked.emit(paths)


def _paths_in(line: bytes) -> tuple[Path, ...] | None:
    """Return the paths in a request; None for what is no request, or was given up by now."""
    try:
        request = json.loads(line)
        names = request["paths"]
        if time.time() > float(request["until"]):
            return None
    except (ValueError, KeyError, TypeError):
        return None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return None
    return tuple(Path(name) for name in names)
