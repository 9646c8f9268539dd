"""Folders in which a save is made ready; those of processes that were killed are removed.

A folder is held by the lock of a file in it, which the system lets go when its process ends.
"""

import contextlib
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from weightview.formats import locks

_PREFIX = "weightview-work-"
_MARK = ".in-use"
_MOMENT = 0.01


@contextmanager
def work_folder() -> Iterator[Path]:
    """Make a folder among the system's temporary ones; it goes when the block ends.

    Raises:
        OSError: it cannot be made.
    """
    remove_abandoned()
    with tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with (folder / _MARK).open("xb", buffering=0) as mark:
            # Somebody may just be looking whether it is held; an empty mark is left alone.
            while locks.lock(mark) is False:
                time.sleep(_MOMENT)
            mark.write(b"held")
            yield folder


def remove_abandoned() -> int:
    """Remove our own work folders that no living process holds; return how many.

    Only what is certain is removed: a folder of this person, not a link to one, whose mark could
    be locked. Where the file system knows no locks nothing is.
    """
    removed = 0
    with contextlib.suppress(OSError):
        for folder in sorted(Path(tempfile.gettempdir()).glob(f"{_PREFIX}*")):
            with contextlib.suppress(OSError):
                removed += _removed(folder)
    return removed


def _removed(folder: Path) -> bool:
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != _user(status):
        return False
    mark = folder / _MARK
    if not stat.S_ISREG(mark.lstat().st_mode):
        return False
    with cast(BinaryIO, mark.open("r+b", buffering=0)) as file:
        if not mark.stat().st_size or not locks.lock(file):
            return False
    shutil.rmtree(folder)
    return True


def _user(status: os.stat_result) -> int:
    """Return who runs this process; on Windows, where files tell no owner, the file's own."""
    return os.getuid() if hasattr(os, "getuid") else status.st_uid
