"""Large arrays laid down on disk: a temporary file without a name, and the gaps in it used again.

Because the file has no name, nothing is left behind after a crash.
"""

import tempfile
import threading
import weakref
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

import numpy as np

from weightview.core.values import Array


@dataclass(frozen=True)
class Spilled:
    """An array on disk: where it lies and how it is read again."""

    offset: int
    nbytes: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]


class Spill:
    """Arrays by their place in one temporary file, which is made when it is first needed."""

    def __init__(self) -> None:
        """Start empty, without a file."""
        self._file: BinaryIO | None = None
        self._is_closed = False
        self._end = 0
        self._gaps: dict[int, int] = {}  # length by offset
        self._lock = threading.RLock()

    @property
    def nbytes(self) -> int:
        """How many bytes the file takes, gaps included."""
        return self._end

    def put(self, array: Array) -> Spilled:
        """Write ``array`` and return its place; may be called in any thread, as the others.

        Raises:
            OSError: the disk refused it, or all was given back; nothing else is lost.
        """
        with self._lock:
            return self._put(array)

    def _put(self, array: Array) -> Spilled:
        if self._is_closed:
            raise OSError("the file of the undo history is closed")
        if self._file is None:
            # It lives as long as the history, not as long as a block.
            opened = tempfile.TemporaryFile(prefix="weightview-undo-")  # noqa: SIM115
            self._file = cast(BinaryIO, opened)
            self._close = weakref.finalize(self, self._file.close)
        offset = self._room_for(array.nbytes)
        place = Spilled(offset, array.nbytes, array.shape, array.dtype)
        try:
            self._file.seek(offset)
            self._file.write(np.ascontiguousarray(array).tobytes())
            self._file.flush()
        except OSError:
            self.free(place)
            raise
        return place

    def _room_for(self, nbytes: int) -> int:
        """Return where ``nbytes`` can be written: the first gap that is long enough, or the end."""
        for offset, length in self._gaps.items():
            if length >= nbytes:
                del self._gaps[offset]
                if length > nbytes:
                    self._gaps[offset + nbytes] = length - nbytes
                return offset
        offset = self._end
        self._end += nbytes
        return offset

    def take(self, place: Spilled) -> Array:
        """Read an array again; it stays where it is.

        Raises:
            OSError: the disk no longer gives it.
        """
        with self._lock:
            if self._file is None or self._is_closed:
                raise OSError("the file of the undo history is closed")
            self._file.seek(place.offset)
            data = self._file.read(place.nbytes)
        if len(data) != place.nbytes:
            raise OSError("the file of the undo history ends too early")
        return np.frombuffer(data, dtype=place.dtype).reshape(place.shape)

    def free(self, place: Spilled) -> None:
        """Let the array's bytes be used again; the file shrinks where they were its last."""
        with self._lock:
            self._free(place)

    def _free(self, place: Spilled) -> None:
        offset, length = place.offset, place.nbytes
        for start, gap in list(self._gaps.items()):
            if start + gap == offset:
                offset, length = start, length + gap
                del self._gaps[start]
            elif start == place.offset + place.nbytes:
                length += gap
                del self._gaps[start]
        if offset + length == self._end and self._file is not None:
            self._end = offset
            self._file.truncate(offset)
        elif length:
            self._gaps[offset] = length

    def clear(self) -> None:
        """Give the disk back for good, which takes a while for a large file."""
        self._is_closed = True
        if self._file is not None:
            threading.Thread(target=self._let_go, name="weightview-undo-end").start()

    def _let_go(self) -> None:
        with self._lock:  # another thread may be writing
            self._end = 0
            self._gaps.clear()
            if self._file is not None:
                self._file = None
                self._close()
