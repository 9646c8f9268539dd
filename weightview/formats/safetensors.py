"""``.safetensors``: a JSON header of names, dtypes and places, then the plain bytes."""

import math
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np

from weightview.core.errors import OpenError
from weightview.core.numbers import shorten
from weightview.formats.arrays import FileStorage, StoredArray
from weightview.formats.config.json_text import parse_json
from weightview.formats.hdf5.storage import PatchingSaver
from weightview.formats.opened import Opened
from weightview.formats.plain_tensors import describe_tensors
from weightview.formats.probe import Probe

LENGTH_BYTES = 8
MAXIMUM_HEADER = 100_000_000
DTYPES: dict[str, np.dtype[Any]] = {
    "F64": np.dtype("<f8"),
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    "BF16": np.dtype(ml_dtypes.bfloat16),
    "F8_E4M3": np.dtype(ml_dtypes.float8_e4m3fn),
    "F8_E5M2": np.dtype(ml_dtypes.float8_e5m2),
    "I64": np.dtype("<i8"),
    "I32": np.dtype("<i4"),
    "I16": np.dtype("<i2"),
    "I8": np.dtype("i1"),
    "U64": np.dtype("<u8"),
    "U32": np.dtype("<u4"),
    "U16": np.dtype("<u2"),
    "U8": np.dtype("u1"),
    "BOOL": np.dtype(np.bool_),
    "C64": np.dtype("<c8"),
}


def recognises(probe: Probe) -> bool:
    """Return whether the file begins with the length of a JSON header that fits into it."""
    if probe.is_folder or len(probe.head) <= LENGTH_BYTES or probe.head[8:9] != b"{":
        return False
    return 0 < _header_size(probe) <= probe.source.size - LENGTH_BYTES


def _header_size(probe: Probe) -> int:
    return int.from_bytes(probe.head[:LENGTH_BYTES], "little")


def load(probe: Probe, architecture: Path | None = None) -> Opened:
    """Open the file: the header, no numbers.

    Raises:
        OpenError: the header is damaged, or places lie outside the file or over each other.
    """
    del architecture
    size, path = _header_size(probe), probe.path
    if size > MAXIMUM_HEADER:
        raise OpenError(path, f"its header has {size:,} bytes, too many.")
    header = parse_json(probe.source.read(LENGTH_BYTES, size), path, "the header", unique=True)
    start = LENGTH_BYTES + size
    arrays: dict[str, StoredArray] = {}
    for name, entry in header.items():
        if name != "__metadata__":
            arrays[name] = _array(probe, name, entry, start)
    _check_places(path, arrays)
    ordered = dict(sorted(arrays.items(), key=lambda item: item[1].offset or 0))
    made = describe_tensors(path, ordered, "tensors (.safetensors)", "/.")
    return Opened(made.model, FileStorage(probe.source, made.arrays, PatchingSaver()))


def _array(probe: Probe, name: str, entry: Any, start: int) -> StoredArray:
    path, place = probe.path, shorten(name, 80)
    entry = entry if isinstance(entry, dict) else {}
    kind, shape, offsets = entry.get("dtype"), entry.get("shape"), entry.get("data_offsets")
    dtype = DTYPES.get(kind) if isinstance(kind, str) else None
    if dtype is None:
        raise OpenError(path, f"its numbers are of a type that is not known ({kind}).", place=place)
    for numbers in (shape, offsets):
        if not isinstance(numbers, list) or not all(
            isinstance(n, int) and not isinstance(n, bool) and n >= 0 for n in numbers
        ):
            raise OpenError(path, "its shape or place is no list of numbers.", place=place)
    if len(offsets) != 2:  # noqa: PLR2004 - begin and end
        raise OpenError(path, "its place is not a begin and an end.", place=place)
    begin, end = offsets
    if end - begin != math.prod(shape) * dtype.itemsize or start + end > probe.source.size:
        raise OpenError(
            path, f"the tensor {tuple(shape)} does not fit into its place in the file.", place=place
        )
    return StoredArray(name, tuple(shape), dtype, start + begin)


def _check_places(path: Path, arrays: dict[str, StoredArray]) -> None:
    """Refuse tensors that lie over each other: an edit of one would change the other."""
    end, before = 0, ""
    for array in sorted(arrays.values(), key=lambda array: array.offset or 0):
        offset = array.offset or 0
        if array.nbytes and offset < end:
            raise OpenError(path, f"it lies over “{before}”.", place=shorten(array.name, 80))
        if array.nbytes:
            end, before = offset + array.nbytes, shorten(array.name, 80)
