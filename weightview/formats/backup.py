"""A copy of the file that is about to be saved over, for a person who asked for one."""

import shutil
from pathlib import Path

from weightview.core.errors import SaveError
from weightview.formats.atomic import replacing

SUFFIX = ".bak"


def keep_backup(path: Path) -> Path | None:
    """Copy ``path`` to ``path.bak`` beside it, in the place of an older copy.

    Returns:
        The copy; None where there is no file yet, or where it is a folder.

    Raises:
        SaveError: the copy cannot be written; nothing was changed.
    """
    if not path.is_file():
        return None
    copy = path.with_name(path.name + SUFFIX)
    try:
        with path.open("rb") as original, replacing(copy, path.stat().st_size) as file:
            shutil.copyfileobj(original, file)
    except OSError as error:
        message = f"no backup could be kept ({error.strerror or error}), so it was not saved."
        raise SaveError(path, message) from error
    return copy
