"""The journal's bytes: a chain of records, each with checksums, of which any prefix is readable.

A file starts with :data:`MAGIC`. A record is a head, a JSON object and raw numbers::

    mark, kind, length of the object, length of the numbers,
    BLAKE2b of the numbers, BLAKE2b of (checksum of the record before, head so far, object)

So a record says whether it is whole, and that it follows the one before it: a file that was cut,
or in which any bit changed, reads as the records before the damage.
"""

import hashlib
import json
import os
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, BinaryIO

import numpy as np

from weightview.core.values import Array

MAGIC = b"weightview journal 1\n"

_MARK = b"\xe9J"
_HEAD = struct.Struct("<2sHIQ16s")
_DIGEST_BYTES = 16
_LARGEST_OBJECT = 64 << 20
_CHUNK_BYTES = 4 << 20
_FIRST = bytes(_DIGEST_BYTES)


class Kind(IntEnum):
    """What a record tells.

    Attributes:
        BEGIN: which process writes the journal.
        BASE: what the file holds from now on: opened, saved or reloaded.
        HASH: the checksum of that file's whole content, computed meanwhile.
        EDIT: new numbers, with those before them.
        UNDO: an edit told before was taken back.
        REDO: an edit told before was made again.
    """

    BEGIN = 1
    BASE = 2
    HASH = 3
    EDIT = 4
    UNDO = 5
    REDO = 6


class DamagedError(Exception):
    """The numbers of a record are not those that were written."""


@dataclass(frozen=True)
class Record:
    """One whole record.

    Attributes:
        kind: what it tells; a number of a later version that is not in :class:`Kind` ends the scan.
        fields: its JSON object.
        offset: where its numbers begin.
        size: how many bytes they have.
        checksum: the BLAKE2b of them.
    """

    kind: Kind
    fields: Mapping[str, Any]
    offset: int
    size: int
    checksum: bytes = field(repr=False)


class Encoder:
    """Makes the bytes of records, each chained to the one before."""

    def __init__(self) -> None:
        """Start a file; its first bytes are :data:`MAGIC`."""
        self._previous = _FIRST

    def head(
        self, kind: Kind, fields: Mapping[str, Any], arrays: Sequence[Array] = ()
    ) -> tuple[bytes, bytes]:
        """Return the bytes that precede the ``arrays``, and the chain's new end.

        The caller hands the end to :meth:`written` once all is on disk; until then a failed write
        may be repeated.
        """
        data = json.dumps(fields, separators=(",", ":"), ensure_ascii=True).encode("ascii")
        checksum = hashlib.blake2b(digest_size=_DIGEST_BYTES)
        size = 0
        for array in arrays:
            for chunk in chunks_of(array):
                checksum.update(chunk)
                size += len(chunk)
        head = _HEAD.pack(_MARK, kind, len(data), size, checksum.digest())
        end = _chained(self._previous, head, data)
        return head + end + data, end

    def written(self, end: bytes) -> None:
        """Let the next record follow the one that ended with ``end``."""
        self._previous = end


def _chained(previous: bytes, head: bytes, data: bytes) -> bytes:
    return hashlib.blake2b(previous + head + data, digest_size=_DIGEST_BYTES).digest()


def chunks_of(array: Array) -> Iterator[memoryview]:
    """Yield an array's bytes in C order, a few megabytes at a time."""
    if not array.nbytes:
        return
    flat = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
    for start in range(0, flat.size, _CHUNK_BYTES):
        yield flat[start : start + _CHUNK_BYTES].data


def scan(file: BinaryIO) -> Iterator[Record]:
    """Yield the whole records of ``file``, up to the first that is not.

    The numbers are not read here; :func:`is_whole` checks them.

    Raises:
        OSError: the file cannot be read.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if file.read(len(MAGIC)) != MAGIC:
        return
    position, previous = len(MAGIC), _FIRST
    while True:
        found = _read_record(file, position, size, previous)
        if found is None:
            return
        record, previous = found
        yield record
        position = record.offset + record.size


def _read_record(
    file: BinaryIO, position: int, size: int, previous: bytes
) -> tuple[Record, bytes] | None:
    file.seek(position)
    start = file.read(_HEAD.size + _DIGEST_BYTES)
    if len(start) < _HEAD.size + _DIGEST_BYTES:
        return None
    head, end = start[: _HEAD.size], start[_HEAD.size :]
    mark, number, length, payload_size, checksum = _HEAD.unpack(head)
    offset = position + len(start) + length
    if mark != _MARK or length > _LARGEST_OBJECT or offset + payload_size > size:
        return None
    data = file.read(length)
    if len(data) < length or _chained(previous, head, data) != end:
        return None
    try:
        kind, fields = Kind(number), json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(fields, dict):
        return None
    return Record(kind, fields, offset, payload_size, checksum), end


def read_numbers(file: BinaryIO, offset: int, size: int) -> bytearray:
    """Return ``size`` bytes from ``offset``, also more than the system reads at once.

    Raises:
        DamagedError: the file ends before.
        OSError: the file cannot be read.
    """
    file.seek(offset)
    data = bytearray()
    while len(data) < size:
        chunk = file.read(min(size - len(data), _CHUNK_BYTES))
        if not chunk:
            raise DamagedError
        data += chunk
    return data


def is_whole(file: BinaryIO, record: Record) -> bool:
    """Return whether the numbers of ``record`` are those that were written, without keeping them.

    Raises:
        OSError: the file cannot be read.
    """
    file.seek(record.offset)
    checksum = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    remaining = record.size
    while remaining:
        chunk = file.read(min(remaining, _CHUNK_BYTES))
        if not chunk:
            return False
        checksum.update(chunk)
        remaining -= len(chunk)
    return checksum.digest() == record.checksum
