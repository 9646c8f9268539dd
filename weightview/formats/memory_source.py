"""A deflated member of an archive, unpacked into memory, read like a file."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from weightview.formats.source import Identity, SourceFile


class MemorySource(SourceFile):
    """Bytes that were unpacked from a file, which still has to be the one that was opened."""

    def __init__(self, origin: SourceFile, data: bytes) -> None:
        """Serve ``data``, unpacked from ``origin``."""
        self.path = origin.path
        self.origin = origin
        self.data = data
        self.identity = Identity(origin.identity.modified, len(data), origin.identity.inode)

    def check(self, status: os.stat_result | None = None) -> None:
        """Raise :class:`FileChangedError` where the file is not the one that was unpacked."""
        self.origin.check(status)

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """Give the bytes as a file."""
        self.origin.check()
        yield io.BytesIO(self.data)

    def read(self, offset: int, size: int) -> bytes:
        """Return ``size`` bytes from ``offset``."""
        self.origin.check()
        return self.read_from(cast(BinaryIO, None), offset, size)

    def read_from(self, file: BinaryIO, offset: int, size: int) -> bytes:
        """Return ``size`` bytes from ``offset``."""
        del file
        return self.data[offset : offset + size]
