"""An HDF5 file inside a ZIP archive: where it lies, and how the archive is written around it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from weightview.core.values import Block, Storage
from weightview.formats.archive import STORED, Archive
from weightview.formats.arrays import FileStorage, StoredArray
from weightview.formats.hdf5.reader import Container
from weightview.formats.hdf5.rewriting import Host, rewrite
from weightview.formats.memory_source import MemorySource
from weightview.formats.patching import Checksum, patches_of
from weightview.formats.source import SourceFile
from weightview.formats.zip_rewriting import rewrite_archive


@dataclass(frozen=True, eq=False)
class ArchiveHost:
    """One member of an archive that is an HDF5 file."""

    archive: Archive
    name: str

    @property
    def checksums(self) -> tuple[Checksum, ...]:
        """The checksum that the archive keeps of a stored member."""
        member = self.archive.members[self.name]
        return (member.checksum,) if member.method == STORED else ()

    def at(self, source: SourceFile) -> Host:
        """Return the host in a patched copy."""
        return ArchiveHost(Archive(source), self.name)

    def container(self) -> Container:
        """Return where the HDF5 file lies: in the archive itself, or unpacked in memory."""
        member = self.archive.members[self.name]
        if member.method == STORED:
            return Container(self.archive.source, member.offset, member.size, self.name)
        data = self.archive.unpack(self.name)
        return Container(MemorySource(self.archive.source, data), 0, len(data), self.name)

    def copy_out(self, place: Path) -> None:
        """Copy the HDF5 file to ``place``, a file of our own."""
        container = self.container()
        with container.opened() as reader, place.open("wb") as file:
            while chunk := reader.read(1 << 22):
                file.write(chunk)

    def install(self, written: Path, target: Path) -> tuple[Host, Container]:
        """Make ``target`` the archive with ``written`` as this member."""
        rewrite_archive(self.archive, target, {self.name: written.read_bytes()})
        host = ArchiveHost(Archive(SourceFile(target)), self.name)
        return host, host.container()


class PackedSaver:
    """Writes an archive whose HDF5 file is deflated: it is packed anew, the rest is copied."""

    def __init__(self, host: ArchiveHost, twins: Mapping[str, StoredArray]) -> None:
        """Save the member of ``host``; ``twins`` are second places of arrays."""
        self._host = host
        self._twins = dict(twins)

    def __call__(self, storage: FileStorage, target: Path, blocks: tuple[Block, ...]) -> Storage:
        """Write ``target`` and return its storage."""
        assert isinstance(storage.source, MemorySource)
        arrays = dict(storage.arrays)
        if any(arrays[block.weight.stored_name].offset is None for block in blocks):
            made = rewrite(self._host, storage, target, blocks, self._twins)
            twins = {first: made.arrays[twin.name] for first, twin in self._twins.items()}
            assert isinstance(made.host, ArchiveHost)
            return FileStorage(made.source, made.arrays, PackedSaver(made.host, twins))
        data = bytearray(storage.source.data)
        twice = [block for block in blocks if block.weight.stored_name in self._twins]
        for patch in [*patches_of(blocks, arrays), *patches_of(twice, self._twins)]:
            data[patch.offset : patch.offset + len(patch.data)] = patch.data
        rewrite_archive(self._host.archive, target, {self._host.name: bytes(data)})
        host = ArchiveHost(Archive(SourceFile(target)), self._host.name)
        return FileStorage(host.container().source, arrays, PackedSaver(host, self._twins))
