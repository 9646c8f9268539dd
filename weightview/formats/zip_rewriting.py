"""Writing a ZIP archive anew with some members replaced, every other member byte for byte."""

import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from weightview.core.errors import SaveError
from weightview.formats.archive import DEFLATED, STORED, Archive
from weightview.formats.atomic import replacing
from weightview.formats.source import SourceFile

_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_LOCAL_SIZE = 30
_OFFSET = 16
_LIMIT = 0xFFFFFFFF
_HAS_DESCRIPTOR = 0x08
_CHUNK_BYTES = 4 << 20


@dataclass
class _Entry:
    """One entry of the central directory, with what follows its fixed part."""

    fields: list[int]
    name: bytes
    tail: bytes

    @property
    def offset(self) -> int:
        return self.fields[_OFFSET]


def rewrite_archive(archive: Archive, target: Path, replaced: Mapping[str, bytes]) -> None:
    """Write ``archive`` to ``target`` with the unpacked bytes of some members replaced.

    A replaced member keeps its way of packing. The others are copied as they lie.

    Raises:
        SaveError: nothing was written, with the reason.
        FileChangedError: the archive is no longer the file that was opened.
    """
    source = archive.source
    entries, comment, directory = _directory(source, target)
    starts = sorted(entry.offset for entry in entries)
    size = source.size + sum(len(data) for data in replaced.values())
    with source.opened() as original, replacing(target, size) as copy:
        # What stands before the first member (a program that unpacks itself) stays there.
        _copy_range(source, original, copy, 0, starts[0] if starts else 0)
        for entry in sorted(entries, key=lambda entry: entry.offset):
            start = entry.offset
            later = [other for other in starts if other > start]
            name = _name(entry)
            entry.fields[_OFFSET] = copy.tell()
            if name in replaced:
                _write_member(source, original, copy, entry, start, replaced[name])
            else:
                end = later[0] if later else directory
                _copy_range(source, original, copy, start, end)
        _write_directory(copy, entries, comment, target)
        source.check()
        _check(copy, archive, replaced, target)


def _name(entry: _Entry) -> str:
    return entry.name.decode("utf-8" if entry.fields[3] & 0x800 else "cp437")


def _end_record(source: SourceFile, target: Path) -> tuple[int, list[int], bytes]:
    tail_size = min(source.size, _END.size + 0xFFFF)
    start = source.size - tail_size
    tail = source.read(start, tail_size)
    place = tail.rfind(b"PK\x05\x06")
    if place < 0:
        raise SaveError(target, "the archive's directory is not where it should be.")
    fields = list(_END.unpack_from(tail, place)[1:])
    if _LIMIT in (fields[4], fields[5]) or fields[3] == 0xFFFF:  # noqa: PLR2004 - "see ZIP64"
        raise SaveError(target, "the archive is larger than this way of saving can write.")
    return start + place, fields, tail[place + _END.size :]


def _directory(source: SourceFile, target: Path) -> tuple[list[_Entry], bytes, int]:
    """Return the entries with their members' real places, the comment, and where the list begins.

    Offsets count from the archive's own beginning, which need not be the file's.
    """
    place, end, comment = _end_record(source, target)
    start = place - end[4]
    shift = start - end[5]
    if start < 0 or shift < 0:
        raise SaveError(target, "the archive's directory is not where it should be.")
    data = source.read(start, end[4])
    entries, position = [], 0
    for _ in range(end[3]):
        fields = list(_CENTRAL.unpack_from(data, position))
        fields[0] = 0
        name_size, extra_size, comment_size = fields[10:13]
        position += _CENTRAL.size
        name = data[position : position + name_size]
        tail = data[position + name_size : position + name_size + extra_size + comment_size]
        position += name_size + extra_size + comment_size
        if _LIMIT in (fields[8], fields[9], fields[_OFFSET]):
            raise SaveError(target, "the archive is larger than this way of saving can write.")
        fields[_OFFSET] += shift
        entries.append(_Entry(fields, name, tail))
    return entries, comment, start


def _write_member(
    source: SourceFile, original: BinaryIO, copy: BinaryIO, entry: _Entry, start: int, data: bytes
) -> None:
    """Write one replaced member with a local header that says what the directory says."""
    header = bytearray(source.read_from(original, start, _LOCAL_SIZE))
    name_size, extra_size = struct.unpack_from("<2H", header, 26)
    rest = source.read_from(original, start + _LOCAL_SIZE, name_size + extra_size)
    method = entry.fields[4]
    packed = data
    if method == DEFLATED:
        packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        packed = packer.compress(data) + packer.flush()
    elif method != STORED:
        raise SaveError(source.path, "a member is packed in a way that is not written.")
    flags = entry.fields[3] & ~_HAS_DESCRIPTOR
    entry.fields[3] = flags
    entry.fields[7:10] = [zlib.crc32(data), len(packed), len(data)]
    struct.pack_into("<H", header, 6, flags)
    struct.pack_into("<3I", header, 14, *entry.fields[7:10])
    copy.write(header + rest)
    copy.write(packed)


def _copy_range(
    source: SourceFile, original: BinaryIO, copy: BinaryIO, start: int, end: int
) -> None:
    while start < end:
        size = min(_CHUNK_BYTES, end - start)
        copy.write(source.read_from(original, start, size))
        start += size


def _write_directory(copy: BinaryIO, entries: list[_Entry], comment: bytes, target: Path) -> None:
    start = copy.tell()
    for entry in entries:
        numbers = entry.fields[1:]
        if max(numbers) > _LIMIT:
            raise SaveError(target, "the archive grew beyond 4 GB, which is not written.")
        copy.write(_CENTRAL.pack(b"PK\x01\x02", *numbers) + entry.name + entry.tail)
    size = copy.tell() - start
    count = len(entries)
    copy.write(_END.pack(b"PK\x05\x06", 0, 0, count, count, size, start, len(comment)) + comment)


def _check(copy: BinaryIO, archive: Archive, replaced: Mapping[str, bytes], target: Path) -> None:
    """Read the written archive back: every member has the bytes meant."""
    copy.flush()
    copy.seek(0)
    try:
        same = _is_as_meant(copy, archive, replaced)
    except zipfile.BadZipFile as error:  # also what a failing disk looks like through zipfile
        raise SaveError(target, f"what was written cannot be read back ({error}).") from error
    if not same:
        raise SaveError(target, "what was written reads back differently; nothing was saved.")
    copy.seek(0, 2)


def _is_as_meant(copy: BinaryIO, archive: Archive, replaced: Mapping[str, bytes]) -> bool:
    with zipfile.ZipFile(copy) as written:
        names = {info.filename: info for info in written.infolist()}
        if names.keys() != archive.members.keys():
            return False
        for name, member in archive.members.items():
            expected = zlib.crc32(replaced[name]) if name in replaced else member.crc
            if expected != names[name].CRC:
                return False
        return written.testzip() is None
