"""Who writes a journal: a lock that the system lets go when its process ends, and the process.

The lock decides whether the owner lives. Where a file system knows no locks, the process number
with its starting time does (a number alone is given anew to another process some day).
"""

import contextlib
import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

# Windows locks bytes so that others cannot read them: this one lies beyond every journal.
_LOCKED_BYTE = 1 << 40


@dataclass(frozen=True)
class Owner:
    """A process that has a document open.

    Attributes:
        process: its number.
        started: what tells it from another with the same number; ``""`` where nothing does.
        host: the computer's name.
        opened: when the document was opened, in seconds since 1970.
    """

    process: int
    started: str
    host: str
    opened: float

    @classmethod
    def this_process(cls, opened: float) -> "Owner":
        """Return the process that runs this."""
        return cls(os.getpid(), _starting_time(os.getpid()) or "", socket.gethostname(), opened)

    def as_fields(self) -> dict[str, Any]:
        """Return what :meth:`from_fields` reads."""
        return asdict(self)

    @classmethod
    def from_fields(cls, fields: object) -> "Owner | None":
        """Return the owner that a journal's record tells, or None where it tells none."""
        if not isinstance(fields, Mapping):
            return None
        process, opened = fields.get("process"), fields.get("opened")
        started, host = fields.get("started"), fields.get("host")
        if type(process) is not int or process <= 0 or not isinstance(opened, (int, float)):
            return None
        if not isinstance(started, str) or not isinstance(host, str):
            return None
        return cls(process, started, host, float(opened))

    @property
    def is_here(self) -> bool:
        """Whether it ran, or runs, on this computer, so that its process can be looked for."""
        return self.host == socket.gethostname()

    @property
    def may_be_alive(self) -> bool:
        """Whether the process may still run; True where that cannot be known."""
        if not self.is_here or sys.platform == "win32":
            return True
        try:
            os.kill(self.process, 0)
        except (ProcessLookupError, OverflowError):
            return False
        except OSError:  # it belongs to somebody else, so it is there
            pass
        now = _starting_time(self.process)
        return now is None or not self.started or now == self.started


def _starting_time(process: int) -> str | None:
    """Return the boot and the clock tick in which ``process`` started; None where unknown."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        status = Path(f"/proc/{process}/stat").read_text()
        # The name in parentheses may hold blanks; the 22nd field of all is the start.
        return f"{boot} {status.rpartition(')')[2].split()[19]}"
    except (OSError, IndexError, ValueError):
        return None


def lock(file: BinaryIO) -> bool | None:
    """Take the lock of an open file, until it is closed or the process ends.

    Returns:
        Whether it was free; None where this file system knows no locks.
    """
    if sys.platform == "win32":
        file.seek(_LOCKED_BYTE)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def unlock(file: BinaryIO) -> None:
    """Let the lock of an open file go."""
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            file.seek(_LOCKED_BYTE)
            msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_UN)
