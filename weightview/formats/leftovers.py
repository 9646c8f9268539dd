"""Temporary files of saves whose process ended before it could rename or remove them."""

import contextlib
import stat
from pathlib import Path
from typing import BinaryIO, cast

from weightview.formats import locks

TEMPORARY_SUFFIX = ".weightview-tmp"


def remove_leftovers(folder: Path) -> int:
    """Remove the temporary files in ``folder`` that no living save holds; return how many.

    A save holds the lock of its temporary file until it has its name. Where the file system knows
    no locks nothing is removed, nor is what may not be: another person's, or in a read-only place.
    """
    removed = 0
    try:
        found = sorted(folder.glob(f".*{TEMPORARY_SUFFIX}"))
    except OSError:
        return 0
    for path in found:
        with contextlib.suppress(OSError):
            if not stat.S_ISREG(path.lstat().st_mode):
                continue
            with cast(BinaryIO, path.open("r+b", buffering=0)) as file:
                if locks.lock(file):
                    path.unlink()
                    removed += 1
    return removed
