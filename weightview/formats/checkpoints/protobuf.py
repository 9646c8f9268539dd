"""Just enough of the protocol buffers' wire format to read TensorFlow's descriptions as data."""

from collections.abc import Iterator

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MAXIMUM_SHIFT = 63

Field = tuple[int, int | bytes]


def fields(data: bytes) -> Iterator[Field]:
    """Yield number and value of each field of a message: bytes, or an int for a number.

    Raises:
        ValueError: the message is damaged.
    """
    position = 0
    while position < len(data):
        key, position = _varint(data, position)
        number, kind = key >> 3, key & 7
        if kind == _VARINT:
            value, position = _varint(data, position)
            yield number, value
            continue
        if kind == _BYTES:
            size, position = _varint(data, position)
        elif kind in (_FIXED64, _FIXED32):
            size = 8 if kind == _FIXED64 else 4
        else:
            raise ValueError(f"a field of the unknown kind {kind}")
        if position + size > len(data):
            raise ValueError("a field is cut off")
        yield number, data[position : position + size]
        position += size


def _varint(data: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if position >= len(data) or shift > _MAXIMUM_SHIFT:
            raise ValueError("a number is cut off")
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004 - the mark of the last byte
            return value, position
        shift += 7


def messages(data: bytes, number: int) -> Iterator[bytes]:
    """Yield every inner message (or text) that is field ``number``."""
    for found, value in fields(data):
        if found == number and isinstance(value, bytes):
            yield value


def text(data: bytes, number: int) -> str:
    """Return field ``number`` as text, ``""`` where there is none."""
    found = ""
    for value in messages(data, number):
        found = value.decode("utf-8", "replace")
    return found
