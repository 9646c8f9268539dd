"""Links of an HDF5 file that lead out of it: read as what they are, never followed.

pyfive 1.3 knows hard and soft links and meets any other with an assertion, by which the whole group
would be lost.
"""

import struct
from dataclasses import dataclass
from functools import cache
from typing import Any

_HARD, _SOFT, _EXTERNAL = 0, 1, 64
_TYPE_PRESENT, _ORDER_PRESENT, _CHARSET_PRESENT = 0x08, 0x04, 0x10


@dataclass(frozen=True)
class OuterLink:
    """A link to somewhere else.

    Attributes:
        text: what it names, as a part of a sentence.
    """

    text: str


@cache
def know_all_links() -> None:
    """Let pyfive return an :class:`OuterLink` for a link that it does not know."""
    from pyfive.dataobjects import DataObjects

    known = DataObjects._decode_link_msg

    def decode(data: bytes, offset: int) -> Any:
        kind, order, name, place = _head(data, offset)
        if kind in (_HARD, _SOFT):
            return known(data, offset)
        return order, (name, _outer(data, place, kind))

    DataObjects._decode_link_msg = staticmethod(decode)


def _head(data: bytes, offset: int) -> tuple[int, int | None, str, int]:
    """Return a link message's kind, creation order and name, and where its target begins."""
    _, flags = struct.unpack_from("<BB", data, offset)
    offset += 2
    kind, order = _HARD, None
    if flags & _TYPE_PRESENT:
        kind = data[offset]
        offset += 1
    if flags & _ORDER_PRESENT:
        (order,) = struct.unpack_from("<Q", data, offset)
        offset += 8
    if flags & _CHARSET_PRESENT:
        offset += 1
    size_format = ("<B", "<H", "<I", "<Q")[flags & 3]
    (size,) = struct.unpack_from(size_format, data, offset)
    offset += struct.calcsize(size_format)
    name = bytes(data[offset : offset + size]).decode("utf-8", "replace")
    return kind, order, name, offset + size


def _outer(data: bytes, offset: int, kind: int) -> OuterLink:
    if kind != _EXTERNAL:
        return OuterLink(f"a link of the unknown kind {kind}")
    (size,) = struct.unpack_from("<H", data, offset)
    body = bytes(data[offset + 3 : offset + 2 + size])
    file = body.partition(b"\0")[0].decode("utf-8", "replace")
    return OuterLink(f"an external link to the file “{file}”")
