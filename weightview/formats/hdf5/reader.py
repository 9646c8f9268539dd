"""The door to pyfive: walks an HDF5 file and says of each array where it lies.

pyfive is the only HDF5 reader in this process; the C library is not used here, because damaged
files can end the process that runs it. Every exception of pyfive becomes an
:class:`~weightview.core.errors.OpenError` that names the file and the place.
"""

import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from weightview.core.errors import FileError, OpenError
from weightview.core.numbers import shorten
from weightview.core.values import Array
from weightview.formats.arrays import StoredArray
from weightview.formats.hdf5.datatypes import named_dtype, numpy_dtype
from weightview.formats.hdf5.links import OuterLink, know_all_links
from weightview.formats.hdf5.tree import Group
from weightview.formats.source import SourceFile, windowed

_MAXIMUM_OBJECTS = 200_000
_MAXIMUM_DEPTH = 1000
_UNPACKED_BYTES = 64 << 20
_UNWRITTEN_BYTES = 16 << 20
_SIGNATURE = b"\x89HDF\r\n\x1a\n"
_FLAGGED_SUPERBLOCK = 3
_UNDEFINED = 0xFFFFFFFFFFFFFFFF
_COMPACT, _CONTIGUOUS, _CHUNKED, _VIRTUAL = range(4)
_EXTERNAL_FILES = 7
_LOSSLESS_FILTERS = frozenset({1, 2, 3, 32000})
"""Deflate, shuffle, Fletcher-32 and LZF: what comes back is what went in."""
_FILTER_NAMES = {
    4: "szip", 5: "n-bit", 6: "scale-offset", 305: "LZO", 307: "bzip2", 32001: "Blosc",
    32004: "LZ4", 32008: "bitshuffle", 32013: "ZFP", 32015: "Zstandard", 32026: "Blosc2",
}  # fmt: skip
# Weights are hardly ever packed to less than a twentieth; a bomb is packed to a thousandth.
_MAXIMUM_EXPANSION = 20


@dataclass(frozen=True, eq=False)
class Container:
    """Where an HDF5 file lies: a file itself, or a stored member of an archive.

    Attributes:
        source: the file.
        start: where in it the HDF5 file begins.
        size: how many bytes it has.
        place: the member's name for a sentence, ``""`` for a file itself.
    """

    source: SourceFile
    start: int
    size: int
    place: str = ""

    @property
    def path(self) -> Path:
        """The file."""
        return self.source.path

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """Open it as a file object of its own."""
        with windowed(self.source, self.start, self.size) as reader:
            yield reader


@contextmanager
def _door(path: Path, place: str) -> Iterator[None]:
    """Turn whatever pyfive raises on a damaged file into a sentence."""
    try:
        # pyfive warns of what it skips; that is no business of the person's terminal.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except FileError:
        raise
    except MemoryError as error:
        raise OpenError(path, "there is not enough memory for it.", place=place) from error
    except Exception as error:
        what = shorten(str(error) or type(error).__name__, 120)
        message = f"the HDF5 data is damaged and cannot be read ({what})."
        raise OpenError(path, message, place=place) from error


def read_tree(container: Container) -> tuple[Group, list[str]]:
    """Walk the whole file and return its root group, and warnings as sentences.

    Raises:
        OpenError: it is damaged, or larger or deeper than any model.
    """
    import pyfive

    know_all_links()
    with container.opened() as reader, _door(container.path, container.place):
        file = pyfive.File(reader)
        walker = _Walker(container, file)
        root = walker.walk()
        if _is_left_open(reader):
            walker.warnings.append(
                "The file was not closed by the program that wrote it (it is marked as open for "
                "writing); it may be incomplete."
            )
    return root, walker.warnings


def _is_left_open(reader: BinaryIO) -> bool:
    """Return whether the superblock says that a writer has the file open, or died."""
    reader.seek(0)
    head = reader.read(12)
    return head[:8] == _SIGNATURE and head[8] >= _FLAGGED_SUPERBLOCK and bool(head[11] & 0x05)


class _Walker:
    """One walk through a file: what was seen, and what was odd."""

    def __init__(self, container: Container, file: Any) -> None:
        self.warnings: list[str] = []
        self._container = container
        self._file = file
        self._seen: set[int] = set()
        self._objects = 0

    def walk(self) -> Group:
        address = self._file._superblock.offset_to_dataobjects
        root = Group("", attributes_of(self._file._dataobjects))
        self._seen.add(address)
        pending = [(root, self._file._links, 0)]
        while pending:
            group, links, depth = pending.pop()
            for name, target in links.items():
                inner = self._visit(group, name, target)
                if inner is not None:
                    self._limit(depth + 1)
                    pending.append((inner[0], inner[1], depth + 1))
        return root

    def _limit(self, depth: int) -> None:
        if depth > _MAXIMUM_DEPTH or self._objects > _MAXIMUM_OBJECTS:
            what = "nested too deeply" if depth > _MAXIMUM_DEPTH else "made of too many parts"
            raise OpenError(
                self._container.path, f"it is {what} for a model.", place=self._container.place
            )

    def _visit(self, group: Group, name: str, target: Any) -> tuple[Group, Any] | None:
        """Add what a link leads to; return a group with its links, to be walked later."""
        path = f"{group.path}/{name}".lstrip("/")
        if not isinstance(target, int):
            kind = shorten(target.text) if isinstance(target, OuterLink) else "a soft link"
            self.warnings.append(f"“{shorten(path)}” is {kind}; it is not followed.")
            return None
        self._objects += 1
        self._limit(0)
        with _door(self._container.path, self._place(path)):
            objects = self._file._get_dataobjects(target)
            if objects.is_dataset:
                array = self._array(path, objects)
                if array is not None:
                    group.arrays[name] = array
                return None
            if target in self._seen:
                self.warnings.append(f"“{shorten(path)}” leads back to another group.")
                return None
            self._seen.add(target)
            inner = Group(path, attributes_of(objects))
            group.groups[name] = inner
            return inner, objects.get_links()

    def _place(self, path: str) -> str:
        place = self._container.place
        return f"{place}: {shorten(path, 100)}" if place else shorten(path, 100)

    def _array(self, path: str, objects: Any) -> StoredArray | None:
        shape = objects.shape
        if shape is None:
            return None
        try:
            dtype = numpy_dtype(objects)
        except (NotImplementedError, TypeError) as error:
            self.warnings.append(f"“{shorten(path)}” is of a type that is not shown ({error}).")
            return None
        attributes = attributes_of(objects)
        named = named_dtype(str(attributes.get("dtype", "")))
        if named is not None and dtype.itemsize == named.itemsize and dtype.kind in "Vu":
            dtype = named
        shape = tuple(int(length) for length in shape)
        _, layout, where = objects.get_id_storage_params()
        if objects.find_msg_type(_EXTERNAL_FILES) or layout == _VIRTUAL:
            kind = "a virtual dataset" if layout == _VIRTUAL else "external storage"
            self.warnings.append(
                f"“{shorten(path)}” is {kind}: its numbers lie elsewhere, which is not read."
            )
            return None
        if layout == _CONTIGUOUS:
            return self._contiguous(path, objects, (shape, dtype, attributes), where)
        return self._packed(path, objects, (shape, dtype, attributes))

    def _contiguous(
        self, path: str, objects: Any, what: tuple[Any, Any, Any], where: int
    ) -> StoredArray | None:
        shape, dtype, attributes = what
        (address,) = np.frombuffer(objects.msg_data, "<u8", 1, where)
        nbytes = math.prod(shape) * dtype.itemsize
        base = int(self._file.userblock_size)
        if dtype.kind == "O":
            return self._packed(path, objects, what)
        if address == _UNDEFINED:
            return self._never_written(path, what)
        if base + int(address) + nbytes > self._container.size:
            raise OpenError(
                self._container.path,
                f"the array is to have {nbytes:,} bytes {shape}, which the file does not hold; "
                "it is damaged or cut off.",
                place=self._place(path),
            )
        offset = self._container.start + base + int(address)
        editable = is_numeric(dtype)
        return StoredArray(path, shape, dtype, offset, None, editable, attributes)

    def _never_written(self, path: str, what: tuple[Any, Any, Any]) -> StoredArray | None:
        """Return an array for which the file holds no bytes: HDF5 takes them for zeros."""
        shape, dtype, attributes = what
        nbytes = math.prod(shape) * dtype.itemsize
        if nbytes > _UNWRITTEN_BYTES:
            self.warnings.append(
                f"“{shorten(path)}” is to have the shape {shape}, too large, without any numbers "
                "in the file; it is left out."
            )
            return None

        def zeros(source: SourceFile) -> Array:
            source.check()
            return np.zeros(shape, dtype)

        return StoredArray(path, shape, dtype, None, zeros, is_numeric(dtype), attributes)

    def _packed(self, path: str, objects: Any, what: tuple[Any, Any, Any]) -> StoredArray | None:
        """Return an array that is stored compressed, in chunks, in the header, or as text."""
        shape, dtype, attributes = what
        nbytes = math.prod(shape) * max(1, dtype.itemsize)
        if nbytes > max(_UNPACKED_BYTES, self._container.size * _MAXIMUM_EXPANSION):
            self.warnings.append(
                f"“{shorten(path)}” is to unpack to {nbytes:,} bytes (shape {shape}), too large "
                f"for a file of {self._container.size:,} bytes: it may be a bomb in its chunks "
                "and is left out."
            )
            return None
        container, place = self._container, self._place(path)

        filters = {entry["filter_id"] for entry in objects.filter_pipeline or ()}
        unsupported = sorted(filters - _LOSSLESS_FILTERS)

        def load(source: SourceFile) -> Array:
            try:
                return _load(replace(container, source=source), path, dtype, place)
            except OpenError as error:
                # Each chunk may do without a filter, so only the attempt tells.
                if unsupported and isinstance(error.__cause__, NotImplementedError):
                    raise _unsupported(container.path, unsupported, place) from error
                raise

        editable = is_numeric(dtype) and filters <= _LOSSLESS_FILTERS
        return StoredArray(path, shape, dtype, None, load, editable, attributes)


def _unsupported(path: Path, filters: list[int], place: str) -> OpenError:
    """Return the error that names the HDF5 filters that nothing here can undo."""
    names = ", ".join(_FILTER_NAMES.get(number, f"number {number}") for number in filters)
    message = (
        f"its numbers are packed with an unsupported HDF5 filter ({names}); the program that wrote "
        "the file can store them without it, or with gzip."
    )
    return OpenError(path, message, place=place)


def is_numeric(dtype: np.dtype[Any]) -> bool:
    """Return whether numbers can be typed for ``dtype``: NumPy's own and those of ml_dtypes."""
    return dtype.kind in "biufc" or dtype.type.__module__.startswith("ml_dtypes")


def _load(container: Container, path: str, dtype: np.dtype[Any], place: str) -> Array:
    import pyfive

    know_all_links()
    with container.opened() as reader, _door(container.path, place):
        values = pyfive.File(reader)[path][()]
        array = np.asarray(values)
        return array if array.dtype == dtype else array.astype(dtype)


def attributes_of(objects: Any) -> dict[str, Any]:
    """Return an object's attributes with text as ``str`` and arrays of text as lists."""
    found = {}
    for name, value in objects.get_attributes().items():
        # A config stays as it is: where it is not text, its reader says so.
        found[str(name)] = value if name in _CONFIGS and _is_bytes(value) else _plain(value)
    return found


_CONFIGS = ("model_config", "training_config")


def _is_bytes(value: Any) -> bool:
    return isinstance(value, bytes)


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, np.ndarray) and value.dtype.kind in "SOU":
        return [_plain(item) for item in value.reshape(-1).tolist()]
    if isinstance(value, np.generic):
        return _plain(value.item())
    return value
