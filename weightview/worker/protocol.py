"""The language between weightview and TensorFlow's process: frames of JSON and raw arrays.

A frame is a fixed head (magic, length of the JSON, length of the numbers), a JSON text, and the
bytes of the arrays one after another. The JSON holds the message, with each array replaced by its
number, and a list that gives dtype and shape of each. Nothing is ever unpickled or executed, and
each announced length is compared with a limit before anything is allocated.
"""

import json
import math
import re
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO, cast

import numpy as np
import numpy.typing as npt

from weightview.core.errors import WorkerError

Array = npt.NDArray[Any]

MAGIC = b"WVW1"
MAX_JSON_BYTES = 64 << 20
MAX_ARRAY_BYTES = 4 << 30
MAX_ARRAYS = 200_000
MAX_RANK = 32
MASKED = "__masked__"
"""Marks, among the arguments of a call, an array that is given together with its mask."""

_HEAD = struct.Struct("<4sIQ")
_TEXT = "string"
_MARKS = frozenset({"__array__", "__slice__", "__dict__", "__ellipsis__"})
_NUMPY_NAME = re.compile(r"bool|u?int(8|16|32|64)|float(16|32|64)|complex(64|128)")
_LOW_PRECISION_NAME = re.compile(r"bfloat16|u?int[24]|float[468]_e\dm\d\w{0,8}")


class ProtocolError(WorkerError):
    """A frame is not one of ours, breaks off, or announces more than is allowed."""


def dtype_of(name: str) -> np.dtype[Any]:
    """Return the dtype called ``name``, also one of ml_dtypes such as ``bfloat16``.

    Raises:
        ProtocolError: no number type that may be sent has this name.
    """
    if _NUMPY_NAME.fullmatch(name):
        return np.dtype(name)
    if _LOW_PRECISION_NAME.fullmatch(name):
        import ml_dtypes

        found: Any = getattr(ml_dtypes, name, None)
        if found is not None:
            return cast("np.dtype[Any]", np.dtype(found))
    raise ProtocolError(f"TensorFlow's process: {name[:60]!r} is not a number type that is sent.")


def write_frame(stream: BinaryIO, message: Any) -> None:
    """Write ``message`` as one frame.

    Args:
        stream: takes bytes; it is flushed.
        message: None, bools, numbers, texts, lists, tuples (they arrive as lists), dicts with text
            keys, slices, Ellipsis, numpy arrays and scalars, in any nesting.

    Raises:
        ProtocolError: the message holds something else, or is larger than a frame may be.
        OSError: the other side is gone.
    """
    arrays: list[Array] = []
    body = _encoded(message, arrays)
    blobs = [_array_bytes(array) for array in arrays]
    described = [
        {"dtype": _name_of(array), "shape": list(array.shape), "bytes": len(blob)}
        for array, blob in zip(arrays, blobs, strict=True)
    ]
    try:
        text = json.dumps({"body": body, "arrays": described}).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise ProtocolError(f"TensorFlow's process: a message cannot be sent: {error}.") from error
    size = sum(len(blob) for blob in blobs)
    _check_limits(len(text), size, len(blobs))
    stream.write(_HEAD.pack(MAGIC, len(text), size))
    stream.write(text)
    for blob in blobs:
        stream.write(blob)
    stream.flush()


def read_frame(stream: BinaryIO) -> Any:
    """Read one frame and return its message; arrays are new and writable.

    Raises:
        EOFError: the stream ended between two frames: the other side is gone.
        ProtocolError: the bytes are not a frame, or it breaks off or exceeds a limit.
    """
    head = stream.read(_HEAD.size)
    if not head:
        raise EOFError
    if len(head) < _HEAD.size:
        raise ProtocolError("TensorFlow's process: a message breaks off.")
    magic, text_size, size = _HEAD.unpack(head)
    if magic != MAGIC:
        raise ProtocolError(f"TensorFlow's process: {magic!r} does not begin a message.")
    _check_limits(text_size, size, 0)
    text = bytes(_read_exactly(stream, text_size))
    try:
        frame = json.loads(text)
        described = frame["arrays"]
        _check_limits(text_size, size, len(described))
        arrays = _read_arrays(stream, described, size)
        return _decoded(frame["body"], arrays)
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise ProtocolError(f"TensorFlow's process: a message is damaged: {error}.") from error


def _check_limits(text_size: int, size: int, count: int) -> None:
    if text_size > MAX_JSON_BYTES or size > MAX_ARRAY_BYTES or count > MAX_ARRAYS:
        raise ProtocolError(
            f"TensorFlow's process: a message of {text_size:,} + {size:,} bytes with {count:,} "
            f"arrays is larger than is allowed ({MAX_JSON_BYTES:,} + {MAX_ARRAY_BYTES:,} bytes, "
            f"{MAX_ARRAYS:,} arrays)."
        )


def _read_exactly(stream: BinaryIO, size: int) -> bytearray:
    """Return ``size`` bytes, taken in pieces, so that a lie about the size allocates little."""
    result = bytearray()
    while len(result) < size:
        piece = stream.read(min(size - len(result), 16 << 20))
        if not piece:
            raise ProtocolError("TensorFlow's process: a message breaks off.")
        result += piece
    return result


def _read_arrays(stream: BinaryIO, described: list[Any], size: int) -> list[Array]:
    arrays: list[Array] = []
    left = size
    for entry in described:
        nbytes = _count(entry["bytes"])
        left -= nbytes
        if left < 0:
            raise ValueError("its arrays are larger than announced")
        arrays.append(_array(entry, _read_exactly(stream, nbytes)))
    if left:
        raise ValueError("its arrays are smaller than announced")
    return arrays


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"{value!r} is not a count")
    return value


def _array(entry: Mapping[str, Any], blob: bytearray) -> Array:
    shape = tuple(_count(length) for length in entry["shape"])
    if len(shape) > MAX_RANK:
        raise ValueError(f"an array of {len(shape)} axes")
    if entry["dtype"] == _TEXT:
        texts = json.loads(bytes(blob))
        if len(texts) != math.prod(shape) or not all(isinstance(text, str) for text in texts):
            raise ValueError("a text array's entries do not fit its shape")
        result = np.empty(len(texts), dtype=object)
        result[:] = texts
        return result.reshape(shape)
    dtype = dtype_of(str(entry["dtype"]))
    if math.prod(shape) * dtype.itemsize != len(blob):
        raise ValueError(f"an array {shape} of {dtype} has {len(blob)} bytes")
    return np.frombuffer(blob, dtype=np.uint8).view(dtype).reshape(shape)


def _is_text(array: Array) -> bool:
    return array.dtype.kind in "OUST"


def _name_of(array: Array) -> str:
    return _TEXT if _is_text(array) else array.dtype.name


def _array_bytes(array: Array) -> memoryview:
    if _is_text(array):
        texts = [_text(item) for item in array.reshape(-1).tolist()]
        return memoryview(json.dumps(texts).encode())
    if dtype_of(array.dtype.name).itemsize != array.dtype.itemsize:
        raise ProtocolError(f"TensorFlow's process: {array.dtype} is not a number type.")
    little = array.astype(array.dtype.newbyteorder("<"), copy=False)
    flat = np.ascontiguousarray(little).reshape(-1)
    return memoryview(cast(Any, flat.view(np.uint8)))


def _text(item: Any) -> str:
    if isinstance(item, bytes):
        return item.decode("utf-8", "surrogateescape")
    if isinstance(item, str):
        return item
    raise ProtocolError(f"TensorFlow's process: {type(item).__name__} cannot be sent in an array.")


def _encoded(value: Any, arrays: list[Array]) -> Any:
    if isinstance(value, (np.ndarray, np.generic)):
        arrays.append(np.asarray(value))
        return {"__array__": len(arrays) - 1}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        return [_encoded(item, arrays) for item in value]
    if isinstance(value, Mapping):
        return _encoded_mapping(value, arrays)
    return _encoded_index(value, arrays)


def _encoded_mapping(value: Mapping[Any, Any], arrays: list[Array]) -> Any:
    if not all(isinstance(key, str) for key in value):
        raise ProtocolError(
            "TensorFlow's process: a dict with keys that are no text cannot be sent."
        )
    if not any(key.startswith("__") for key in value):
        return {key: _encoded(item, arrays) for key, item in value.items()}
    # A key that looks like one of our marks is sent as a pair, so it stays what it was.
    return {"__dict__": [[key, _encoded(item, arrays)] for key, item in value.items()]}


def _encoded_index(value: Any, arrays: list[Array]) -> Any:
    if isinstance(value, slice):
        parts = (value.start, value.stop, value.step)
        return {"__slice__": [_encoded(part, arrays) for part in parts]}
    if value is Ellipsis:
        return {"__ellipsis__": True}
    raise ProtocolError(f"TensorFlow's process: {type(value).__name__} cannot be sent.")


def _decoded(value: Any, arrays: list[Array]) -> Any:
    if isinstance(value, list):
        return [_decoded(item, arrays) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and next(iter(value)) in _MARKS:
        return _unmarked(value, arrays)
    return {key: _decoded(item, arrays) for key, item in value.items()}


def _unmarked(value: Mapping[str, Any], arrays: list[Array]) -> Any:
    ((mark, content),) = value.items()
    if mark == "__array__":
        return arrays[_count(content)]
    if mark == "__slice__":
        start, stop, step = (_decoded(part, arrays) for part in content)
        return slice(start, stop, step)
    if mark == "__dict__":
        return {key: _decoded(item, arrays) for key, item in content}
    return Ellipsis
