"""Arrays as they lie in a file, and the storage that reads them by position."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from weightview.core.errors import FileError, SaveError
from weightview.core.model import Weight
from weightview.core.regions import Region, shape_of
from weightview.core.values import Array, Block, Storage
from weightview.formats.atomic import telling_truly
from weightview.formats.source import SourceFile

_LARGE_ROW = 1 << 18
_KEPT_BYTES = 256 << 20


@dataclass(frozen=True, eq=False)
class StoredArray:
    """One array of a file.

    Attributes:
        name: the address in the file, unique there: ``layers/dense/vars/0``.
        shape: its shape.
        dtype: its dtype.
        offset: where in the file its first byte lies, the rest following in C order; None where
            it is stored in another way (compressed, in pieces, as text).
        load: reads the whole array from the file where ``offset`` is None.
        editable: whether a save can write it back.
        attributes: what the file says about it beside the numbers.
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    offset: int | None
    load: "Callable[[SourceFile], Array] | None" = None
    editable: bool = True
    attributes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def nbytes(self) -> int:
        """How many bytes the numbers take."""
        return math.prod(self.shape) * self.dtype.itemsize


class Saver(Protocol):
    """Writes a file with some of its numbers replaced, and opens the result."""

    def __call__(self, storage: "FileStorage", target: Path, blocks: tuple[Block, ...]) -> Storage:
        """Write ``storage`` with ``blocks`` replaced to ``target``; return its storage."""
        ...


class FileStorage:
    """The numbers of one file, read by position, each array under its name in the file."""

    def __init__(
        self, source: SourceFile, arrays: Mapping[str, StoredArray], saver: Saver | None
    ) -> None:
        """Serve ``arrays`` of ``source``; without ``saver`` the format cannot be written."""
        self.source = source
        self.arrays = arrays
        self._saver = saver
        self._last: tuple[StoredArray, Array] | None = None

    @property
    def path(self) -> Path:
        """The file."""
        return self.source.path

    @property
    def can_save(self) -> bool:
        """Whether the format can be written."""
        return self._saver is not None

    def read(self, weight: Weight, region: Region) -> Array:
        """Return the stored numbers of a normalised ``region`` as a new array.

        Raises:
            FileChangedError: the file is no longer the one that was opened.
            FileError: it cannot be read.
        """
        array = self.arrays[weight.stored_name]
        if array.offset is not None:
            return read_region(self.source, array, array.offset, region)
        assert array.load is not None
        self.source.check()
        return np.array(self._unpacked(array, array.load)[region], dtype=array.dtype)

    def _unpacked(self, array: StoredArray, load: Callable[[SourceFile], Array]) -> Array:
        """Return the whole of an array; the last one is kept, for it is looked at in pieces."""
        kept = self._last
        if kept is not None and kept[0] is array:
            return kept[1]
        whole = load(self.source)
        if whole.shape != array.shape:
            raise FileError(
                self.path, f"it holds {whole.shape} instead of {array.shape}.", place=array.name
            )
        if whole.nbytes <= _KEPT_BYTES:
            self._last = (array, whole)  # one assignment: other threads see the old or the new
        return whole

    def save(self, target: Path, blocks: tuple[Block, ...]) -> Storage:
        """Write the file with ``blocks`` replaced to ``target`` and return the storage of it.

        Raises:
            SaveError: nothing was written, with the reason.
            FileChangedError: the file that was opened is no longer the same.
        """
        if self._saver is None:
            raise SaveError(target, "this format is only read, not written.")
        with telling_truly(target):
            return self._saver(self, target, blocks)


def read_region(source: SourceFile, array: StoredArray, offset: int, region: Region) -> Array:
    """Read ``region`` (normalised) of a plainly stored array, and little more than that.

    Leading indices and the first slice narrow what is read; the rest is picked in memory, where
    it is small, and read piece by piece where it is not.
    """
    shape, cells = array.shape, list(region)
    start = 0
    while cells and not isinstance(cells[0], slice):
        start += cells[0] * math.prod(shape[1:])
        cells.pop(0)
        shape = shape[1:]
    if cells and isinstance(cells[0], slice):
        chosen = range(*cells[0].indices(shape[0]))
        if not chosen:
            return np.empty(shape_of(region, array.shape), array.dtype)
        if _is_worth_parting(cells[1:], shape[1:], array.dtype.itemsize):
            before = region[: len(region) - len(cells)]
            regions = ((*before, place, *cells[1:]) for place in chosen)
            return np.stack([read_region(source, array, offset, part) for part in regions])
        start += chosen[0] * math.prod(shape[1:])
        shape = (chosen[-1] - chosen[0] + 1, *shape[1:])
        cells[0] = slice(0, shape[0], chosen.step)
    size = array.dtype.itemsize
    data = source.read(offset + start * size, math.prod(shape) * size)
    try:
        values = np.frombuffer(data, array.dtype).reshape(shape)[tuple(cells)]
    except ValueError as error:
        # Empty, but with an axis longer than any array can have.
        cause = f"its shape {array.shape} cannot be."
        raise FileError(source.path, cause, place=array.name) from error
    return np.array(values, dtype=array.dtype)


def _is_worth_parting(cells: list[int | slice], shape: tuple[int, ...], itemsize: int) -> bool:
    """Return whether rows of this shape are better read one by one: little of each is wanted."""
    wanted = (
        len(range(*cell.indices(length))) if isinstance(cell, slice) else 1
        for cell, length in zip(cells, shape, strict=True)
    )
    whole = math.prod(shape)
    return whole * itemsize > _LARGE_ROW and 2 * math.prod(wanted) <= whole
