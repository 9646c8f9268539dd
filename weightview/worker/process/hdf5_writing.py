"""HDF5 files written by libhdf5: datasets that cannot be patched, and new files.

Everything happens to a file that the client has made for this; a person's own file is never opened
here.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from weightview.core.errors import WorkerError
from weightview.worker.process.models import Models

_ATTRIBUTE_BYTES = 64512
"""HDF5 refuses attributes of more than 64 kB; Keras splits longer lists over several."""


def write_datasets(models: Models, path: str, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
    """Give datasets of an HDF5 file new numbers, however they are stored.

    Args:
        models: what the process holds.
        path: the file.
        arrays: the new numbers by the dataset's path; shape and size of numbers as it has.

    Raises:
        WorkerError: there is no such dataset, or it has another shape.
    """
    del models
    import h5py

    with h5py.File(path, "r+") as file:
        for name, array in arrays.items():
            dataset = file.get(name)
            if not isinstance(dataset, h5py.Dataset) or dataset.shape != array.shape:
                raise WorkerError(f"{Path(path).name}: “{name[:200]}” is no dataset {array.shape}.")
            dataset[...] = _storable(array, dataset.dtype)


def _storable(array: npt.NDArray[Any], dtype: np.dtype[Any]) -> npt.NDArray[Any]:
    """Return ``array`` for a dataset of ``dtype``: raw where that only holds bytes."""
    if dtype.kind == "V" and dtype.names is None:
        return np.ascontiguousarray(array).view(dtype)
    return array.astype(dtype, copy=False)


def write_hdf5(
    models: Models,
    path: str,
    groups: Mapping[str, Mapping[str, Any]],
    arrays: Mapping[str, npt.NDArray[Any]],
    is_new: bool,
) -> None:
    """Write groups with attributes, and arrays, to an HDF5 file.

    Args:
        models: what the process holds.
        path: the file.
        groups: attributes by the group's path (``""`` the root): a text or a list of texts.
        arrays: the arrays by path.
        is_new: whether to begin the file; else it is added to.
    """
    del models
    import h5py

    with h5py.File(path, "w" if is_new else "r+") as file:
        for name, attributes in groups.items():
            group = file.require_group(name) if name else file
            for key, value in attributes.items():
                _set_attribute(group, key, value)
        for name, array in arrays.items():
            folder, _, own = name.rpartition("/")
            group = file.require_group(folder) if folder else file
            if array.dtype.name == "bfloat16":
                dataset = group.create_dataset(own, data=array.view("V2"))
                dataset.attrs["dtype"] = "bfloat16"
            else:
                group.create_dataset(own, data=array)


def _set_attribute(group: Any, key: str, value: Any) -> None:
    if isinstance(value, str):
        group.attrs[key] = value
        return
    names = [str(name).encode() for name in value]
    if sum(len(name) + 16 for name in names) <= _ATTRIBUTE_BYTES:
        group.attrs[key] = np.array(names) if names else np.array([], dtype="S1")
        return
    part: list[bytes] = []
    number = 0
    for name in names:
        if (len(part) + 1) * max(len(n) for n in [*part, name]) > _ATTRIBUTE_BYTES:
            group.attrs[f"{key}{number}"] = np.array(part)
            part, number = [], number + 1
        part.append(name)
    group.attrs[f"{key}{number}"] = np.array(part)
