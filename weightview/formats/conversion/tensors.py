"""A model's weights as plain named arrays: ``.npz`` and ``.safetensors``."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np

from weightview.core.document import Snapshot
from weightview.core.model import Model
from weightview.formats.atomic import replacing
from weightview.formats.safetensors import DTYPES, LENGTH_BYTES

_ALIGNMENT = 8


def obstacle(model: Model, kind: Literal[".npz", ".safetensors"]) -> str:
    """Return which array the format cannot hold, ``""`` where it holds all."""
    for weight in model.weights:
        if kind == ".npz" and weight.dtype.kind not in "biufc":
            return (
                f"“{weight.path}” is of the type {weight.dtype}, which NumPy's files do not know; "
                "choose .safetensors."
            )
        if kind == ".safetensors" and _name_of(weight.dtype) is None:
            return f"“{weight.path}” is of the type {weight.dtype}, which the format does not know."
    return ""


def _name_of(dtype: np.dtype[Any]) -> str | None:
    little = dtype.newbyteorder("<") if dtype.kind in "iufc" else dtype
    return next((name for name, known in DTYPES.items() if known == little), None)


def write_npz(snapshot: Snapshot, target: Path) -> None:
    """Write every weight as an array named by its path: ``dense/kernel``.

    Raises:
        SaveError: it cannot be written; nothing was.
    """
    weights = snapshot.model.weights
    size = sum(weight.nbytes for weight in weights)
    with (
        replacing(target, size) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive,
    ):
        for weight in weights:
            # Always the same date, so that equal weights give equal files.
            info = zipfile.ZipInfo(f"{weight.path}.npy")
            with archive.open(info, "w", force_zip64=weight.nbytes > 1 << 31) as member:
                array = np.ascontiguousarray(snapshot.values.read(weight))
                np.lib.format.write_array(member, array, allow_pickle=False)


def write_safetensors(snapshot: Snapshot, target: Path) -> None:
    """Write every weight as a tensor named by its path.

    Raises:
        SaveError: it cannot be written; nothing was.
    """
    weights = snapshot.model.weights
    header: dict[str, Any] = {"__metadata__": {"format": "keras", "model": snapshot.model.name}}
    place = 0
    for weight in weights:
        header[weight.path] = {
            "dtype": _name_of(weight.dtype),
            "shape": list(weight.shape),
            "data_offsets": [place, place + weight.nbytes],
        }
        place += weight.nbytes
    text = json.dumps(header, ensure_ascii=False).encode()
    text += b" " * (-len(text) % _ALIGNMENT)
    with replacing(target, len(text) + place) as file:
        file.write(len(text).to_bytes(LENGTH_BYTES, "little") + text)
        for weight in weights:
            _write_array(file, snapshot.values.read(weight))


def _write_array(file: BinaryIO, array: np.ndarray[Any, Any]) -> None:
    little = array.astype(array.dtype.newbyteorder("<")) if array.dtype.kind in "iufc" else array
    with io.BytesIO(np.ascontiguousarray(little).tobytes()) as data:
        while chunk := data.read(1 << 22):
            file.write(chunk)
