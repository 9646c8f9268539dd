"""Locks on open files that the system lets go when the file is closed or its process ends."""

import contextlib
import sys
from typing import BinaryIO

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

# Windows locks bytes so that others cannot read them: this one lies beyond every file of ours.
_LOCKED_BYTE = 1 << 40


def lock(file: BinaryIO) -> bool | None:
    """Take the lock of an open file, until it is closed or the process ends.

    Returns:
        Whether it was free; None where this file system knows no locks.
    """
    if sys.platform == "win32":
        position = file.tell()
        file.seek(_LOCKED_BYTE)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            file.seek(position)
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
