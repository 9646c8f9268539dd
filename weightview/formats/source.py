"""A regular file read by position, and the check that it is still the file that was opened.

No handle stays open between reads: we are guests in the user's folder, and another program may
want to replace the file. Each read opens it anew and looks at its identity, so that numbers of
one file are never mixed with those of another.
"""

import contextlib
import errno
import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from weightview.core.errors import FileChangedError, FileError, OpenError

_BUFFER_BYTES = 1 << 16
_HAS_PREAD = hasattr(os, "pread")
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


@dataclass(frozen=True)
class Identity:
    """What tells one state of a file from another.

    Attributes:
        modified: time of the last change, in nanoseconds.
        size: in bytes.
        inode: the file system's number of the file.
    """

    modified: int
    size: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> "Identity":
        """Return the identity that ``os.stat`` or ``os.fstat`` reports."""
        return cls(status.st_mtime_ns, status.st_size, status.st_ino)


class SourceFile:
    """A regular file and the identity it had when it was first looked at."""

    def __init__(self, path: Path) -> None:
        """Look at ``path`` without reading it.

        Raises:
            OpenError: it is absent, may not be read, or is no regular file.
        """
        self.path = path
        try:
            status = path.stat()
        except (OSError, ValueError) as error:
            raise OpenError(path, reason_of(error)) from error
        kind = _KINDS.get(stat.S_IFMT(status.st_mode))
        if kind is not None:
            raise OpenError(path, f"this is {kind}, not a file.")
        self.identity = Identity.of(status)

    @property
    def size(self) -> int:
        """How many bytes the file has."""
        return self.identity.size

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """Open the file for reading, unbuffered, and check that it is the one first looked at.

        It is checked again at the end: what was read meanwhile may be of two files.

        Raises:
            FileChangedError: it was replaced, changed or removed.
            FileError: it can no longer be read.
        """
        try:
            # Opening a pipe that took the file's place must not wait for a writer.
            flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
            descriptor = os.open(self.path, flags)
        except FileNotFoundError as error:
            raise FileChangedError(self.path, "the file is no longer there.") from error
        except OSError as error:
            raise FileError(self.path, reason_of(error)) from error
        try:
            file = os.fdopen(descriptor, "rb", buffering=0)
        except OSError as error:
            raise FileError(self.path, reason_of(error)) from error
        try:
            self.check(self._status_of(descriptor))
            yield file
            self.check(self._status_of(descriptor))
        finally:
            with contextlib.suppress(OSError):  # nothing was written that closing could lose
                file.close()

    def _status_of(self, descriptor: int) -> os.stat_result:
        try:
            return os.fstat(descriptor)
        except OSError as error:
            raise FileError(self.path, reason_of(error)) from error

    def check(self, status: os.stat_result | None = None) -> None:
        """Raise :class:`FileChangedError` where the file is not the one first looked at."""
        try:
            found = Identity.of(status if status is not None else self.path.stat())
        except OSError as error:
            raise FileChangedError(self.path, "the file is no longer there.") from error
        if found != self.identity:
            raise FileChangedError(
                self.path, "another program changed the file since it was opened; reload it."
            )

    def read(self, offset: int, size: int) -> bytes:
        """Return ``size`` bytes from ``offset``.

        Raises:
            FileChangedError: the file is another one, or ends before.
            FileError: the file cannot be read.
        """
        with self.opened() as file:
            return self.read_from(file, offset, size)

    def read_from(self, file: BinaryIO, offset: int, size: int) -> bytes:
        """Return ``size`` bytes from ``offset`` of ``file``, which :meth:`opened` gave.

        Raises:
            FileChangedError: the file ends before.
            FileError: the file cannot be read.
        """
        parts: list[bytes] = []
        remaining = min(size, max(0, self.size - offset))
        if remaining < size:
            raise FileChangedError(self.path, "the file ends before these numbers; reload it.")
        while remaining:
            try:
                part = _read_at(file, offset, remaining)
            except OSError as error:
                raise FileError(self.path, reason_of(error)) from error
            if not part:
                raise FileChangedError(self.path, "the file became shorter; reload it.")
            parts.append(part)
            offset += len(part)
            remaining -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)


def _read_at(file: BinaryIO, offset: int, size: int) -> bytes:
    if _HAS_PREAD:
        return os.pread(file.fileno(), size, offset)
    file.seek(offset)
    return file.read(size)


class Window(io.RawIOBase):
    """A read-only file object over a range of an opened :class:`SourceFile`.

    It has no file descriptor on purpose: a reader that asked for one could map the file into
    memory, where another program's truncation ends the process.
    """

    def __init__(self, source: SourceFile, file: BinaryIO, start: int, size: int) -> None:
        """Cover ``size`` bytes of ``file`` from ``start``."""
        super().__init__()
        self._source = source
        self._file = file
        self._start = start
        self._size = size
        self._position = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the position inside the range."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to ``offset``; a position before the start is refused as the system does."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise OSError(errno.EINVAL, "negative position")
        self._position = base + offset
        return self._position

    # RawIOBase declares the buffer's type differently in each Python version.
    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill ``buffer`` from the position; return how many bytes there were."""
        size = max(0, min(len(buffer), self._size - self._position))
        if size:
            data = self._source.read_from(self._file, self._start + self._position, size)
            buffer[:size] = data
            self._position += size
        return size


@contextmanager
def windowed(source: SourceFile, start: int = 0, size: int | None = None) -> Iterator[BinaryIO]:
    """Open a buffered file object over a range of ``source``, the whole file by default."""
    with source.opened() as file:
        length = source.size - start if size is None else size
        with io.BufferedReader(Window(source, file, start, length), _BUFFER_BYTES) as reader:
            yield cast(BinaryIO, reader)


def reason_of(error: Exception) -> str:
    """Return what the system says about ``error`` as a short sentence."""
    if isinstance(error, FileNotFoundError):
        return "there is no such file."
    if isinstance(error, PermissionError):
        return "this may not be read (permission denied)."
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"the system refuses: {text}."
