"""Writing a file so that its name always holds a whole one: the old or the new, never a piece."""

import contextlib
import errno
import io
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from weightview.core.errors import FileError, SaveError
from weightview.formats import locks
from weightview.formats.leftovers import TEMPORARY_SUFFIX, remove_leftovers

_NAME_BYTES = 255
_SPARE_BYTES = 1 << 16


@dataclass
class _Listener:
    """Who hears how much of a save is written, until a file has its name."""

    progress: Callable[[float], None]
    is_too_late: bool = False


_listener: ContextVar[_Listener | None] = ContextVar("listener", default=None)
_replaced: ContextVar[list[Path] | None] = ContextVar("replaced", default=None)


@contextmanager
def replacing(target: Path, size: int = 0) -> Iterator[BinaryIO]:
    """Open a temporary file beside ``target``, which takes its name when the block ends well.

    When the block or anything after it fails, the temporary file is removed and ``target`` is what
    it was. A symbolic link stays one: the file it names is replaced. Mode, owner and extended
    attributes (access lists among them) of a file that is there are kept where the system allows.

    Args:
        target: the file to be.
        size: how many bytes will be written, to ask for the space before.

    Raises:
        SaveError: with the system's reason; ``target`` is what it was.
    """
    real = _follow(target)
    before = _status(target, real)
    remove_leftovers(real.parent)
    _ask_for_space(target, real.parent, size)
    try:
        descriptor, temporary = _create_beside(real)
    except OSError as error:
        raise SaveError(target, _reason(error)) from error
    file: BinaryIO | None = None
    try:
        file = writing = _Temporary(io.FileIO(descriptor, "w+b"))
        writing.expected = size
        # Held until it has its name: what nobody holds is taken for left over, and removed.
        locks.lock(file)
        _keep_attributes(real, temporary, file.fileno(), before)
        yield file
        file.flush()
        os.fsync(file.fileno())
        _rename(file, temporary, real)
    except OSError as error:
        _drop(file, temporary)
        raise SaveError(target, _reason(error)) from error
    except BaseException:
        _drop(file, temporary)
        raise
    listener = _listener.get()
    if listener is not None:
        listener.is_too_late = True
    replaced = _replaced.get()
    if replaced is not None:
        replaced.append(real)
    _close(file)
    _sync_folder(real.parent)


@contextmanager
def telling_progress(progress: Callable[[float], None] | None) -> Iterator[None]:
    """Let ``progress`` hear the share, from 0 to 1, of what the block writes.

    Raising ``CancelledError`` in it ends the save: what was there is still there. It hears nothing
    more once a file has its name, as a save of several files is then past the point of no return.
    """
    token = _listener.set(_Listener(progress) if progress is not None else None)
    try:
        yield
    finally:
        _listener.reset(token)


class _Temporary(io.BufferedRandom):
    """The temporary file, which tells how much of it is written."""

    expected = 0

    # BufferedRandom declares the buffer's type differently in each Python version.
    def write(self, data: bytes) -> int:  # type: ignore[override]
        written = super().write(data)
        listener = _listener.get()
        if listener is not None and not listener.is_too_late:
            listener.progress(min(self.tell() / self.expected, 1.0) if self.expected else 0.0)
        return written


@contextmanager
def telling_truly(target: Path) -> Iterator[None]:
    """Let whatever fails in a save be a :class:`SaveError` that says whether the file was saved.

    After the new file has its name it is opened again, which may fail by itself.

    Raises:
        SaveError: in place of any error of a file or the system.
        FileChangedError: as raised in the block, while nothing was replaced.
    """
    replaced: list[Path] = []
    token = _replaced.set(replaced)
    try:
        yield
    except SaveError:
        raise
    except (FileError, OSError) as error:
        if replaced:
            why = _reason(error) if isinstance(error, OSError) else error.cause
            message = f"it was saved, but cannot be opened again ({why.rstrip('.')})."
            raise SaveError(target, message) from error
        if isinstance(error, OSError):
            raise SaveError(target, _reason(error)) from error
        raise
    finally:
        _replaced.reset(token)


def _rename(file: BinaryIO, temporary: Path, real: Path) -> None:
    if os.name == "nt":  # an open file keeps its name there
        file.close()
    temporary.replace(real)


def _follow(target: Path) -> Path:
    try:
        return target.resolve(strict=False)
    except (OSError, RuntimeError, ValueError) as error:
        raise SaveError(target, f"the name cannot be followed: {error}.") from error


def _status(target: Path, real: Path) -> os.stat_result | None:
    """Return the status of the file that is there, None where there is none."""
    try:
        status = real.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SaveError(target, _reason(error)) from error
    if not stat.S_ISREG(status.st_mode):
        raise SaveError(target, "this is not a regular file, so it is not replaced.")
    if not os.access(real, os.W_OK):
        raise SaveError(target, "the file is read-only; choose Save As with another name.")
    return status


def _ask_for_space(target: Path, folder: Path, size: int) -> None:
    try:
        free = shutil.disk_usage(folder).free
    except FileNotFoundError as error:
        raise SaveError(target, f"the folder {folder} is not there.") from error
    except OSError:
        # A file system that does not tell its free space may still take the file.
        return
    if free < size + _SPARE_BYTES:
        raise SaveError(
            target,
            f"the disk has {free / 1e6:.1f} MB free and the file needs {size / 1e6:.1f} MB.",
        )


def _create_beside(real: Path) -> tuple[int, Path]:
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    for _ in range(100):
        tail = f".{secrets.token_hex(4)}{TEMPORARY_SUFFIX}"
        stem = os.fsencode(real.name)[: _NAME_BYTES - len(tail) - 1]
        path = real.with_name(f".{os.fsdecode(stem)}{tail}")
        try:
            # The system's umask applies, as for a file that a program creates plainly.
            return os.open(path, flags, 0o666), path
        except FileExistsError:
            continue
    raise FileExistsError(errno.EEXIST, "no free name for a temporary file")


def _keep_attributes(
    real: Path, temporary: Path, descriptor: int, before: os.stat_result | None
) -> None:
    if before is None:
        return
    # Only the superuser gives a file away: what is not permitted is left as it is.
    if hasattr(os, "fchown"):
        with contextlib.suppress(OSError):
            os.fchown(descriptor, before.st_uid, before.st_gid)
    if hasattr(os, "listxattr"):
        with contextlib.suppress(OSError):
            for name in os.listxattr(real):
                with contextlib.suppress(OSError):
                    os.setxattr(temporary, name, os.getxattr(real, name))
    # After the owner: changing it clears the set-user-id bits.
    with contextlib.suppress(OSError):
        temporary.chmod(stat.S_IMODE(before.st_mode))


def _sync_folder(folder: Path) -> None:
    """Make the new name durable; network folders and Windows do not offer it."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _drop(file: BinaryIO | None, temporary: Path) -> None:
    _close(file)
    with contextlib.suppress(OSError):
        temporary.unlink()


def _close(file: BinaryIO | None) -> None:
    """Close a file that is on disk already, or not wanted: what closing says does not matter."""
    if file is not None:
        with contextlib.suppress(OSError):
            file.close()


def _reason(error: OSError) -> str:
    sentences = {
        errno.ENOSPC: "the disk is full; the file is what it was.",
        errno.EDQUOT: "your disk quota is used up; the file is what it was.",
        errno.EROFS: "this place is read-only; choose Save As with another folder.",
        errno.EACCES: "this folder may not be written to; choose Save As with another folder.",
        errno.EPERM: "the system does not permit it; choose Save As with another folder.",
        errno.ENAMETOOLONG: "the name is too long for this file system.",
        errno.ENOENT: "the folder is no longer there.",
    }
    code = error.errno or 0
    return sentences.get(code, f"the system refuses: {error.strerror or error}.")
