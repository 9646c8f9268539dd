"""Saving arrays of an HDF5 file, or of one inside an archive, by patching a copy of it."""

from collections.abc import Mapping
from pathlib import Path

from weightview.core.errors import SaveError
from weightview.core.values import Block, Storage
from weightview.formats.arrays import FileStorage, StoredArray
from weightview.formats.hdf5.rewriting import Host, rewrite
from weightview.formats.patching import Checksum, Patch, copy_with_patches, patches_of
from weightview.formats.source import SourceFile


class PatchingSaver:
    """Writes a copy of a file in which plainly stored arrays have new numbers."""

    def __init__(
        self,
        twins: Mapping[str, StoredArray] | None = None,
        checksums: tuple[Checksum, ...] = (),
        host: Host | None = None,
    ) -> None:
        """Patch copies of a file.

        Args:
            twins: second places of arrays, by the name of the first.
            checksums: what must be made to fit the new bytes.
            host: the HDF5 file, for arrays that cannot be patched; None for other formats.
        """
        self._twins = dict(twins or {})
        self._checksums = checksums
        self._host = host

    def __call__(self, storage: FileStorage, target: Path, blocks: tuple[Block, ...]) -> Storage:
        """Write ``target`` and return its storage: every array lies where it lay."""
        packed = [b for b in blocks if storage.arrays[b.weight.stored_name].offset is None]
        if packed:
            return self._rewrite(storage, target, blocks)
        patches = patches_of(blocks, dict(storage.arrays))
        patches += self._twin_patches(blocks)
        touched = [sum_ for sum_ in self._checksums if any(_inside(p, sum_) for p in patches)]
        copy_with_patches(storage.source, target, patches, touched)
        source = SourceFile(target)
        host = self._host.at(source) if self._host is not None else None
        saver = PatchingSaver(self._twins, self._checksums, host)
        return FileStorage(source, storage.arrays, saver)

    def _rewrite(self, storage: FileStorage, target: Path, blocks: tuple[Block, ...]) -> Storage:
        if self._host is None:
            raise SaveError(target, "an edited array is stored in a way that is not written.")
        made = rewrite(self._host, storage, target, blocks, self._twins)
        twins = {first: made.arrays[twin.name] for first, twin in self._twins.items()}
        saver = PatchingSaver(twins, made.host.checksums, made.host)
        return FileStorage(made.source, made.arrays, saver)

    def _twin_patches(self, blocks: tuple[Block, ...]) -> list[Patch]:
        found = [block for block in blocks if block.weight.stored_name in self._twins]
        return patches_of(found, self._twins)


def _inside(patch: Patch, checksum: Checksum) -> bool:
    return checksum.start <= patch.offset < checksum.start + checksum.size
