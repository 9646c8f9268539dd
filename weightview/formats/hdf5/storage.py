"""Saving arrays of an HDF5 file, or of one inside an archive, by patching a copy of it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from weightview.core.errors import SaveError
from weightview.core.values import Block, Storage
from weightview.formats.arrays import FileStorage, StoredArray
from weightview.formats.patching import Checksum, Patch, copy_with_patches, patches_of
from weightview.formats.source import SourceFile


class PatchingSaver:
    """Writes a copy of a file in which plainly stored arrays have new numbers."""

    def __init__(
        self,
        twins: Mapping[str, StoredArray] | None = None,
        checksums: Sequence[Checksum] = (),
    ) -> None:
        """Also patch ``twins`` (second places of an array) and make ``checksums`` fit."""
        self._twins = dict(twins or {})
        self._checksums = tuple(checksums)

    def __call__(self, storage: FileStorage, target: Path, blocks: tuple[Block, ...]) -> Storage:
        """Write ``target`` and return its storage: every array lies where it lay."""
        for block in blocks:
            if storage.arrays[block.weight.stored_name].offset is None:
                raise SaveError(
                    target, f"“{block.weight.path}” is stored in a way that is not written."
                )
        patches = patches_of(blocks, dict(storage.arrays))
        patches += self._twin_patches(blocks)
        touched = [sum_ for sum_ in self._checksums if any(_inside(p, sum_) for p in patches)]
        copy_with_patches(storage.source, target, patches, touched)
        return FileStorage(SourceFile(target), storage.arrays, self)

    def _twin_patches(self, blocks: tuple[Block, ...]) -> list[Patch]:
        found = [block for block in blocks if block.weight.stored_name in self._twins]
        return patches_of(found, self._twins)


def _inside(patch: Patch, checksum: Checksum) -> bool:
    return checksum.start <= patch.offset < checksum.start + checksum.size
