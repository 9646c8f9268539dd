"""Saving by copying every byte that was not edited: the copy, the patches, and the proof."""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from weightview.core.errors import SaveError
from weightview.core.values import Block
from weightview.formats.arrays import StoredArray
from weightview.formats.atomic import replacing
from weightview.formats.source import SourceFile

_CHUNK_BYTES = 4 << 20


@dataclass(frozen=True)
class Patch:
    """Bytes that take the place of as many others.

    Attributes:
        offset: where in the file.
        data: the new bytes.
    """

    offset: int
    data: bytes


@dataclass(frozen=True)
class Checksum:
    """A CRC-32 that the file keeps of a range of its own bytes.

    Attributes:
        start: where the range begins.
        size: how many bytes it has.
        fields: every place that holds the checksum, four bytes, the lowest first.
    """

    start: int
    size: int
    fields: tuple[int, ...]


def patches_of(blocks: Sequence[Block], arrays: dict[str, StoredArray]) -> list[Patch]:
    """Return edited blocks as patches of the file in which ``arrays`` lie plainly."""
    patches = []
    for block in blocks:
        array = arrays[block.weight.stored_name]
        assert array.offset is not None
        offset = array.offset + block.start * array.dtype.itemsize
        patches.append(Patch(offset, block.values.astype(array.dtype, copy=False).tobytes()))
    return patches


def copy_with_patches(
    source: SourceFile,
    target: Path,
    patches: Sequence[Patch],
    checksums: Sequence[Checksum] = (),
) -> None:
    """Write ``source`` with ``patches`` applied to ``target``; checksums are made to fit.

    What was written is read back and compared before it takes the name.

    Raises:
        SaveError: nothing was written, with the reason.
        FileChangedError: the source is no longer the file that was opened.
    """
    ordered = sorted(patches, key=lambda patch: patch.offset)
    with source.opened() as original, replacing(target, source.size) as copy:
        sums = [0] * len(checksums)
        position = 0
        for chunk in _patched(source, original, ordered):
            _write(copy, chunk)
            for number, checksum in enumerate(checksums):
                first = max(0, checksum.start - position)
                last = min(len(chunk), checksum.start + checksum.size - position)
                if first < last:
                    part = memoryview(chunk)[first:last]
                    sums[number] = zlib.crc32(part, sums[number])
            position += len(chunk)
        fixed = [
            Patch(place, value.to_bytes(4, "little"))
            for checksum, value in zip(checksums, sums, strict=True)
            for place in checksum.fields
        ]
        for patch in fixed:
            copy.seek(patch.offset)
            _write(copy, patch.data)
        _prove(source, original, copy, target, sorted([*ordered, *fixed], key=lambda p: p.offset))
        source.check()


def _patched(
    source: SourceFile, original: BinaryIO, patches: Sequence[Patch]
) -> Iterator[bytes | bytearray]:
    """Yield the source piece by piece, ``patches`` (sorted) laid over it."""
    waiting = list(reversed(patches))
    for position in range(0, source.size, _CHUNK_BYTES):
        size = min(_CHUNK_BYTES, source.size - position)
        plain = source.read_from(original, position, size)
        if not waiting or waiting[-1].offset >= position + size:
            yield plain
            continue
        chunk = bytearray(plain)
        while waiting and waiting[-1].offset < position + size:
            patch = waiting.pop()
            fits = min(len(patch.data), position + size - patch.offset)
            start = patch.offset - position
            chunk[start : start + fits] = patch.data[:fits]
            if fits < len(patch.data):
                waiting.append(Patch(patch.offset + fits, patch.data[fits:]))
                break
        yield chunk


def _write(file: BinaryIO, data: bytes | bytearray) -> None:
    written = file.write(data)
    assert written == len(data)


def _prove(
    source: SourceFile,
    original: BinaryIO,
    copy: BinaryIO,
    target: Path,
    patches: Sequence[Patch],
) -> None:
    copy.flush()
    copy.seek(0)
    for expected in _patched(source, original, patches):
        if copy.read(len(expected)) != expected:
            raise SaveError(target, "what was written reads back differently; nothing was saved.")
    if copy.read(1):
        raise SaveError(target, "what was written is longer than meant; nothing was saved.")
