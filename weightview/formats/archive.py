"""ZIP archives with their members' places, so that stored members are read where they lie.

Nothing is ever extracted to disk. A deflated member, legal but written by no Keras seen, is
unpacked into memory within a hard limit.
"""

import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import BinaryIO

from weightview.core.errors import FileError, OpenError
from weightview.core.numbers import shorten
from weightview.formats.patching import Checksum
from weightview.formats.source import SourceFile, reason_of, windowed

STORED = zipfile.ZIP_STORED
DEFLATED = zipfile.ZIP_DEFLATED
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_CENTRAL_HEADER_SIZE = 46
_CRC_IN_LOCAL = 14
_CRC_IN_CENTRAL = 16
_DESCRIPTOR_SIGNATURE = b"PK\x07\x08"
_HAS_DESCRIPTOR = 0x08
_ENCRYPTED = 0x01
_MAXIMUM_MEMBERS = 100_000
_MAXIMUM_UNPACKED = 256 << 20
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Member:
    """One member of an archive.

    Attributes:
        name: as the central directory says it.
        offset: where its bytes begin in the file.
        size: how many bytes it has when unpacked.
        packed_size: how many bytes it takes in the file.
        method: how it is packed, ``STORED`` or ``DEFLATED``.
        crc: the checksum of the unpacked bytes.
        checksum_places: every place in the file that holds the checksum.
    """

    name: str
    offset: int
    size: int
    packed_size: int
    method: int
    crc: int
    checksum_places: tuple[int, ...]

    @property
    def checksum(self) -> Checksum:
        """The checksum that must follow when bytes of a stored member change."""
        return Checksum(self.offset, self.size, self.checksum_places)


class Archive:
    """The members of a ZIP file, read once; the file is not kept open."""

    def __init__(self, source: SourceFile) -> None:
        """Read the directory of ``source``.

        Raises:
            OpenError: it is damaged, encrypted, or a member is there twice.
        """
        self.source = source
        self.members: dict[str, Member] = {}
        self._starts: set[int] = set()
        try:
            with windowed(source) as reader, zipfile.ZipFile(reader) as archive:
                infos = archive.infolist()
                if len(infos) > _MAXIMUM_MEMBERS:
                    raise OpenError(source.path, f"the archive has {len(infos):,} members.")
                places = _central_places(archive, reader, infos)
                for info, place in zip(infos, places, strict=True):
                    self._add(info, place, reader)
        except FileError:
            raise
        except OSError as error:
            raise OpenError(source.path, reason_of(error)) from error
        except (zipfile.BadZipFile, ValueError, struct.error, NotImplementedError) as error:
            what = shorten(str(error), 120)
            raise OpenError(source.path, f"the ZIP archive is damaged ({what}).") from error

    def _add(self, info: zipfile.ZipInfo, central: int, reader: BinaryIO) -> None:
        path, place = self.source.path, shorten(info.filename, 80)
        if info.filename in self.members:
            raise OpenError(path, "the archive holds this member twice.", place=place)
        if info.header_offset in self._starts:
            raise OpenError(path, "it overlaps another member, at the same place.", place=place)
        self._starts.add(info.header_offset)
        if stat.S_ISLNK(info.external_attr >> 16):
            raise OpenError(path, "it is a symbolic link, which is not followed.", place=place)
        reader.seek(info.header_offset)
        header = reader.read(_LOCAL_HEADER.size)
        if len(header) < _LOCAL_HEADER.size or header[:4] != b"PK\x03\x04":
            raise OpenError(path, "the member's header is missing.", place=place)
        fields = _LOCAL_HEADER.unpack(header)
        flags, crc, name_size, extra_size = fields[2], fields[6], fields[9], fields[10]
        stored_name = reader.read(name_size)
        if stored_name != info.orig_filename.encode("utf-8" if flags & 0x800 else "cp437"):
            message = "its header and the archive's directory differ in its name."
            raise OpenError(path, message, place=place)
        if (flags | info.flag_bits) & _ENCRYPTED:
            raise OpenError(path, "the member is encrypted.", place=place)
        offset = info.header_offset + _LOCAL_HEADER.size + name_size + extra_size
        if offset + info.compress_size > self.source.size:
            raise OpenError(path, "the member is cut off.", place=place)
        if info.compress_type == STORED and info.file_size != info.compress_size:
            raise OpenError(path, "the archive gives the member two sizes.", place=place)
        places = [central + _CRC_IN_CENTRAL]
        if not flags & _HAS_DESCRIPTOR:
            places.append(info.header_offset + _CRC_IN_LOCAL)
            if crc != info.CRC:
                raise OpenError(path, "the archive gives the member two checksums.", place=place)
        else:
            places.append(_descriptor_place(reader, offset + info.compress_size))
            if crc:
                places.append(info.header_offset + _CRC_IN_LOCAL)
        self.members[info.filename] = Member(
            info.filename,
            offset,
            info.file_size,
            info.compress_size,
            info.compress_type,
            info.CRC,
            tuple(places),
        )

    def read(self, name: str, limit: int) -> bytes:
        """Return a member's bytes, checked against its checksum.

        Args:
            name: the member.
            limit: more bytes than this are refused before anything is unpacked.

        Raises:
            OpenError: it is too large, damaged, or packed in an unknown way.
        """
        member, path = self.members[name], self.source.path
        place = shorten(name, 80)
        if member.size > limit:
            raise OpenError(
                path, f"it is too large ({member.size:,} bytes) for a model's.", place=place
            )
        data = self.source.read(member.offset, member.packed_size)
        if member.method == DEFLATED:
            data = _inflate(data, member, path, place)
        elif member.method != STORED:
            raise OpenError(path, "it is packed in a way that is not read.", place=place)
        if zlib.crc32(data) != member.crc:
            raise OpenError(path, "its checksum is wrong; the file is damaged.", place=place)
        return data

    def unpack(self, name: str) -> bytes:
        """Return a deflated member's bytes within the limit for what is kept in memory."""
        return self.read(name, _MAXIMUM_UNPACKED)

    def check(self, member: Member) -> bool:
        """Return whether a stored member's bytes agree with its checksum; reads all of it."""
        found, position = 0, member.offset
        with self.source.opened() as file:
            while position < member.offset + member.size:
                size = min(_CHUNK_BYTES, member.offset + member.size - position)
                found = zlib.crc32(self.source.read_from(file, position, size), found)
                position += size
        return found == member.crc


def _inflate(data: bytes, member: Member, path: object, place: str) -> bytes:
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        result = unpacker.decompress(data, member.size + 1)
    except zlib.error as error:
        message = f"it cannot be unpacked ({error})."
        raise OpenError(str(path), message, place=place) from error
    if len(result) != member.size or not unpacker.eof:
        raise OpenError(
            str(path), f"it does not unpack to the {member.size:,} bytes announced.", place=place
        )
    return result


def _central_places(
    archive: zipfile.ZipFile, reader: BinaryIO, infos: list[zipfile.ZipInfo]
) -> list[int]:
    """Return where each member's entry of the central directory begins."""
    places = []
    position = archive.start_dir
    for _ in infos:
        reader.seek(position)
        entry = reader.read(_CENTRAL_HEADER_SIZE)
        if entry[:4] != b"PK\x01\x02":
            raise zipfile.BadZipFile("the central directory is out of order")
        sizes = struct.unpack_from("<3H", entry, 28)
        places.append(position)
        position += _CENTRAL_HEADER_SIZE + sum(sizes)
    return places


def _descriptor_place(reader: BinaryIO, position: int) -> int:
    """Return where the checksum lies in the data descriptor after a member's bytes."""
    reader.seek(position)
    signed = reader.read(4) == _DESCRIPTOR_SIGNATURE
    return position + 4 if signed else position
