"""Saving datasets that cannot be patched: libhdf5 writes them, in the worker's process.

Compressed and chunked datasets, and those that HDF5 never gave a place. The HDF5 file is copied
aside, written there, compared with the original, and only then takes its place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np

from weightview.core.errors import SaveError, WorkerError
from weightview.core.values import Array, Block
from weightview.formats.arrays import FileStorage, StoredArray, read_region
from weightview.formats.hdf5.reader import Container, read_tree
from weightview.formats.patching import Checksum, copy_with_patches
from weightview.formats.source import SourceFile
from weightview.formats.work_folders import work_folder
from weightview.worker.client import shared_worker

_SECONDS = 600.0


class Host(Protocol):
    """Where an HDF5 file lies: by itself, or inside an archive."""

    @property
    def checksums(self) -> tuple[Checksum, ...]:
        """The checksums that the file keeps of the HDF5 file's bytes."""

    def at(self, source: SourceFile) -> "Host":
        """Return the same in a patched copy, where everything lies at its old place."""

    def copy_out(self, place: Path) -> None:
        """Copy the HDF5 file to ``place``."""

    def install(self, written: Path, target: Path) -> tuple["Host", Container]:
        """Make ``target`` the whole file with ``written`` in it; return where that lies."""


@dataclass(frozen=True, eq=False)
class FileHost:
    """An HDF5 file by itself."""

    source: SourceFile

    @property
    def checksums(self) -> tuple[Checksum, ...]:
        """None: HDF5 keeps none of a whole file."""
        return ()

    def at(self, source: SourceFile) -> "Host":
        """Return the host of a copy."""
        return FileHost(source)

    def copy_out(self, place: Path) -> None:
        """Copy the file to ``place``."""
        copy_with_patches(self.source, place, ())

    def install(self, written: Path, target: Path) -> tuple["Host", Container]:
        """Make ``target`` a copy of ``written``."""
        copy_with_patches(SourceFile(written), target, ())
        source = SourceFile(target)
        return FileHost(source), Container(source, 0, source.size)


@dataclass(frozen=True, eq=False)
class Rewritten:
    """A file that was written anew: its arrays lie at other places.

    Attributes:
        host: the file.
        source: what its arrays are read from.
        arrays: the arrays by name.
    """

    host: Host
    source: SourceFile
    arrays: dict[str, StoredArray]


def rewrite(
    host: Host,
    storage: FileStorage,
    target: Path,
    blocks: Sequence[Block],
    twins: Mapping[str, StoredArray],
) -> Rewritten:
    """Write the edited datasets by libhdf5 and the rest as it is.

    Raises:
        SaveError: nothing was replaced, with the reason.
    """
    known = {**storage.arrays, **{array.name: array for array in twins.values()}}
    edited = _edited(storage, blocks)
    for first, twin in twins.items():
        if first in edited:
            edited[twin.name] = edited[first]
    with work_folder() as folder:
        written = folder / "written.h5"
        host.copy_out(written)
        try:
            shared_worker().request(
                "write_datasets", timeout=_SECONDS, path=str(written), arrays=edited
            )
        except WorkerError as error:
            raise SaveError(target, str(error)) from error
        _compare(written, known, storage.source, edited, target)
        new_host, container = host.install(written, target)
    return Rewritten(new_host, container.source, _placed(container, known))


def whole(source: SourceFile, array: StoredArray) -> Array:
    """Return all numbers of an array, however it is stored."""
    if array.offset is None:
        assert array.load is not None
        return np.array(array.load(source), dtype=array.dtype)
    everything = tuple(slice(0, length, 1) for length in array.shape)
    return read_region(source, array, array.offset, everything)


def _edited(storage: FileStorage, blocks: Sequence[Block]) -> dict[str, Array]:
    edited: dict[str, Array] = {}
    for block in blocks:
        name = block.weight.stored_name
        if name not in edited:
            edited[name] = np.array(whole(storage.source, storage.arrays[name]), order="C")
        flat = edited[name].reshape(-1)
        flat[block.start : block.start + block.values.size] = block.values
    return edited


def _placed(container: Container, known: Mapping[str, StoredArray]) -> dict[str, StoredArray]:
    """Return the arrays where they now lie, with the dtype that they were known by."""
    tree, _ = read_tree(container)
    found = {array.name: array for array in tree.all_arrays()}
    return {
        name: replace(found[name], dtype=array.dtype, editable=array.editable)
        for name, array in known.items()
        if name in found
    }


def _compare(
    written: Path,
    known: Mapping[str, StoredArray],
    source: SourceFile,
    edited: Mapping[str, Array],
    target: Path,
) -> None:
    """Read what was written: edited arrays hold the new numbers, all others the old."""
    result = SourceFile(written)
    placed = _placed(Container(result, 0, result.size), known)
    for name, array in known.items():
        if array.dtype.kind == "O":
            continue
        expected = edited[name] if name in edited else whole(source, array)
        found = whole(result, placed[name]) if name in placed else None
        if found is None or found.tobytes() != expected.tobytes():
            raise SaveError(target, f"“{name}” reads back differently; nothing was saved.")
