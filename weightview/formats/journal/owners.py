"""Who writes a journal: a process, told from others by its number and starting time.

Whether it lives is told by its lock on the journal. Where a file system knows no locks, number and
starting time do (a number alone is given anew to another process some day).
"""

import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


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
