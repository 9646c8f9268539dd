"""NumPy's own files: ``.npy`` with one array, ``.npz`` with several in a ZIP."""

import ast
import math
import struct
from pathlib import Path
from typing import Any

import numpy as np

from weightview.core.errors import OpenError, SaveError
from weightview.core.values import Array, Block, Storage
from weightview.formats.archive import STORED, Archive, Member
from weightview.formats.arrays import FileStorage, StoredArray
from weightview.formats.hdf5.storage import PatchingSaver
from weightview.formats.opened import Opened
from weightview.formats.plain_tensors import describe_tensors
from weightview.formats.probe import Probe
from weightview.formats.source import SourceFile
from weightview.formats.zip_rewriting import rewrite_archive

_MAGIC = b"\x93NUMPY"
_SUFFIX = ".npy"
_MAXIMUM_HEADER = 1 << 16
_MAXIMUM_UNPACKED = 1 << 30


def recognises(probe: Probe) -> bool:
    """Return whether this is an array of NumPy, or a ZIP of such arrays."""
    if probe.head.startswith(_MAGIC):
        return True
    if not probe.is_zip:
        return False
    names = list(probe.archive.members)
    return bool(names) and all(name.endswith(_SUFFIX) for name in names)


def load(probe: Probe, architecture: Path | None = None) -> Opened:
    """Open the file: headers of the arrays, no numbers.

    Raises:
        OpenError: an array's header is damaged, or holds Python objects, which would be code.
    """
    del architecture
    if probe.head.startswith(_MAGIC):
        return _load_one(probe)
    arrays: dict[str, StoredArray] = {}
    warnings: list[str] = []
    for member in probe.archive.members.values():
        name = member.name.removesuffix(_SUFFIX)
        array = _of_member(probe, member, name)
        if array is None:
            warnings.append(f"“{name}” holds Python objects, which are not read.")
        else:
            arrays[name] = array
    made = describe_tensors(probe.path, arrays, "arrays of NumPy (.npz)")
    checksums = tuple(member.checksum for member in probe.archive.members.values())
    if all(array.offset is not None for array in arrays.values()):
        plain = PatchingSaver(checksums=checksums)
        return Opened(made.model, FileStorage(probe.source, made.arrays, plain), tuple(warnings))
    packed = FileStorage(probe.source, made.arrays, _ArchiveSaver(probe.archive))
    return Opened(made.model, packed, tuple(warnings))


def _load_one(probe: Probe) -> Opened:
    source = probe.source
    head = source.read(0, min(_MAXIMUM_HEADER, source.size))
    dtype, shape, fortran, start = _header(head, probe.path, "")
    name = probe.path.name.split(".")[0] or "array"
    if dtype.hasobject:
        raise OpenError(probe.path, "it holds Python objects, which are not read.")
    nbytes = math.prod(shape) * dtype.itemsize
    if start + nbytes > source.size:
        raise OpenError(probe.path, f"the array {shape} is cut off.")
    is_number = dtype.kind in "biufc"
    if fortran:

        def whole(file: SourceFile) -> Array:
            data = np.frombuffer(file.read(start, nbytes), dtype)
            return data.reshape(shape, order="F")

        array = StoredArray(name, shape, dtype, None, whole, is_number)
    else:
        array = StoredArray(name, shape, dtype, start, None, is_number)
    made = describe_tensors(probe.path, {name: array}, "an array of NumPy (.npy)")
    saver = _FortranSaver(start) if fortran else PatchingSaver()
    return Opened(made.model, FileStorage(source, made.arrays, saver))


def _of_member(probe: Probe, member: Member, name: str) -> StoredArray | None:
    """Return one array of an archive; None for one of Python objects."""
    path = probe.path
    if member.method == STORED:
        head = probe.source.read(member.offset, min(member.size, _MAXIMUM_HEADER))
    else:
        head = probe.archive.read(member.name, _MAXIMUM_UNPACKED)[:_MAXIMUM_HEADER]
    dtype, shape, fortran, start = _header(head, path, member.name)
    if dtype.hasobject:
        return None
    nbytes = math.prod(shape) * dtype.itemsize
    if start + nbytes > member.size:
        raise OpenError(path, f"the array {shape} is cut off.", place=member.name)
    is_number = dtype.kind in "biufc"
    if member.method == STORED and not fortran:
        return StoredArray(name, shape, dtype, member.offset + start, None, is_number)
    archive = probe.archive

    def whole(file: SourceFile) -> Array:
        file.check()
        data = archive.read(member.name, _MAXIMUM_UNPACKED)
        values = np.frombuffer(data, dtype, math.prod(shape), start)
        return values.reshape(shape, order="F" if fortran else "C")

    return StoredArray(name, shape, dtype, None, whole, is_number)


def _header(
    head: bytes, path: Path, place: str
) -> tuple[np.dtype[Any], tuple[int, ...], bool, int]:
    """Return dtype, shape, whether in Fortran's order, and where the numbers begin.

    The header is a Python literal; it is read as data, and each field is checked.
    """
    try:
        if not head.startswith(_MAGIC):
            raise ValueError("no array of NumPy")
        major = head[6]
        size_format, fixed = ("<H", 10) if major == 1 else ("<I", 12)
        (size,) = struct.unpack_from(size_format, head, 8)
        text = head[fixed : fixed + size].decode("utf-8" if major > 2 else "latin1")  # noqa: PLR2004
        if len(text) != size:
            raise ValueError("the header is cut off or too long")
        fields = ast.literal_eval(text.strip())
        shape, order, kind = fields["shape"], fields["fortran_order"], fields["descr"]
        if not isinstance(shape, tuple) or not all(isinstance(n, int) and n >= 0 for n in shape):
            raise ValueError(f"a shape of {shape!r}")
        return np.dtype(kind), shape, bool(order), fixed + size
    except (
        *(ValueError, KeyError, TypeError, SyntaxError, IndexError, struct.error),
        *(RecursionError, MemoryError),
    ) as error:
        what = "it is no plain literal" if "malformed node" in str(error) else str(error)
        raise OpenError(path, f"the array's header is damaged ({what}).", place=place) from error


class _ArchiveSaver:
    """Writes ``.npz`` whose members are deflated, or in Fortran's order, member by member."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def __call__(self, storage: FileStorage, target: Path, blocks: tuple[Block, ...]) -> Storage:
        replaced: dict[str, bytes] = {}
        edited: dict[str, list[Block]] = {}
        for block in blocks:
            edited.setdefault(block.weight.stored_name, []).append(block)
        for name, parts in edited.items():
            member = f"{name}{_SUFFIX}"
            old = self._archive.read(member, _MAXIMUM_UNPACKED)
            _, shape, fortran, start = _header(old[:_MAXIMUM_HEADER], target, member)
            array = storage.arrays[name]
            count = math.prod(shape)
            values = np.frombuffer(old, array.dtype, count, start)
            flat = np.array(values.reshape(shape, order="F" if fortran else "C")).reshape(-1)
            for block in parts:
                flat[block.start : block.start + block.values.size] = block.values
            body = flat.reshape(shape).tobytes(order="F" if fortran else "C")
            replaced[member] = old[:start] + body + old[start + len(body) :]
        rewrite_archive(self._archive, target, replaced)
        return _reopened(target)


class _FortranSaver:
    """Writes a ``.npy`` in Fortran's order: the numbers are laid out as they were."""

    def __init__(self, start: int) -> None:
        self._start = start

    def __call__(self, storage: FileStorage, target: Path, blocks: tuple[Block, ...]) -> Storage:
        from weightview.formats.patching import Patch, copy_with_patches

        (array,) = storage.arrays.values()
        assert array.load is not None
        flat = np.array(array.load(storage.source), order="C").reshape(-1)
        for block in blocks:
            flat[block.start : block.start + block.values.size] = block.values
        data = flat.reshape(array.shape).tobytes(order="F")
        copy_with_patches(storage.source, target, [Patch(self._start, data)] if blocks else [])
        return _reopened(target)


def _reopened(target: Path) -> Storage:
    probe = Probe(target)
    if not recognises(probe):
        raise SaveError(target, "what was written is not recognised.")
    return load(probe).storage
