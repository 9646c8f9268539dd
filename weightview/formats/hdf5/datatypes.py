"""HDF5 datatypes as NumPy dtypes, also those that NumPy itself lacks (bfloat16, float8)."""

import struct
from typing import Any

import ml_dtypes
import numpy as np

_FLOATING_POINT = 1
_DATATYPE_MESSAGE = 3
# Exponent bits, mantissa bits and exponent bias of the small floating types of ml_dtypes.
_SMALL_FLOATS: dict[tuple[int, int, int], Any] = {
    (8, 7, 127): ml_dtypes.bfloat16,
    (4, 3, 7): ml_dtypes.float8_e4m3fn,
    (5, 2, 15): ml_dtypes.float8_e5m2,
}
_BY_NAME: dict[str, np.dtype[Any]] = {
    name: np.dtype(getattr(ml_dtypes, name))
    for name in (
        "bfloat16",
        "float8_e4m3fn",
        "float8_e5m2",
        "float8_e4m3fnuz",
        "float8_e5m2fnuz",
        "float8_e4m3b11fnuz",
    )
}


def numpy_dtype(dataobjects: Any) -> np.dtype[Any]:
    """Return the dtype of a dataset; object for text of open length.

    Args:
        dataobjects: pyfive's object header of the dataset.

    Raises:
        NotImplementedError: a type that neither pyfive nor this knows.
    """
    message = dataobjects.find_msg_type(_DATATYPE_MESSAGE)[0]
    small = _small_float(dataobjects.msg_data, message["offset_to_message"])
    if small is not None:
        return small
    dtype: np.dtype[Any] = np.dtype(dataobjects.ptype.dtype)
    metadata: Any = dtype.metadata or {}
    mapping = metadata.get("enum")
    if mapping is not None and set(mapping) == {"FALSE", "TRUE"} and dtype.itemsize == 1:
        return np.dtype(np.bool_)
    if dtype.kind == "O" or dtype.hasobject:
        return np.dtype(object)
    # Without pyfive's metadata, which would make equal dtypes look different.
    plain: np.dtype[Any] = np.dtype(dtype.str) if dtype.names is None else dtype
    return plain


def _small_float(data: bytes, offset: int) -> np.dtype[Any] | None:
    """Return the dtype of a floating type of one or two bytes that is not IEEE half."""
    class_and_version, bits, _, _, size = struct.unpack_from("<BBBBI", data, offset)
    if class_and_version & 0x0F != _FLOATING_POINT or size > 2 or bits & 1:  # noqa: PLR2004
        return None
    fields = struct.unpack_from("<HHBBBBI", data, offset + 8)
    _, _, _, exponent_bits, _, mantissa_bits, bias = fields
    if (size, exponent_bits, mantissa_bits) == (2, 5, 10):
        return None
    kind = _SMALL_FLOATS.get((exponent_bits, mantissa_bits, bias))
    if kind is None:
        raise NotImplementedError(
            f"a floating type of {exponent_bits} exponent and {mantissa_bits} mantissa bits"
        )
    small: np.dtype[Any] = np.dtype(kind)
    return small


def named_dtype(name: str) -> np.dtype[Any] | None:
    """Return the dtype that Keras calls ``name`` where HDF5 only stores its raw bytes."""
    return _BY_NAME.get(name)
