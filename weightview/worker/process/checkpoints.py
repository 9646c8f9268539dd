"""TensorFlow checkpoints and SavedModels, read tensor by tensor by TensorFlow's own reader."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from weightview.core.errors import WorkerError
from weightview.worker.process.models import Models


def list_checkpoint(models: Models, path: str) -> list[tuple[str, list[int], str]]:
    """Return key, shape and dtype name of each tensor, in the order of their keys."""
    del models
    reader = _reader(*_identity(path))
    shapes = reader.get_variable_to_shape_map()
    dtypes = reader.get_variable_to_dtype_map()
    return [(key, [int(n) for n in shapes[key]], dtypes[key].name) for key in sorted(shapes)]


def read_checkpoint_tensor(models: Models, path: str, key: str) -> npt.NDArray[Any]:
    """Return one tensor; text comes as an object array.

    Raises:
        WorkerError: there is no tensor of this name.
    """
    del models
    reader = _reader(*_identity(path))
    if not reader.has_tensor(key):
        raise WorkerError(f"{Path(path).name}: the checkpoint has no tensor “{key[:200]}”.")
    return np.asarray(reader.get_tensor(key))


def _identity(path: str) -> tuple[str, int, int]:
    """Return the checkpoint's prefix with what tells another file at the same place."""
    place = Path(path)
    if place.is_dir():
        place = place / "variables" / "variables.index"
    if place.suffix != ".index":
        place = place.with_name(place.name + ".index")
    try:
        status = place.stat()
    except OSError as error:
        raise WorkerError(
            f"{Path(path).name}: no TensorFlow checkpoint is there: {error}."
        ) from error
    return str(place)[: -len(".index")], status.st_mtime_ns, status.st_size


@lru_cache(maxsize=4)
def _reader(prefix: str, modified: int, size: int) -> Any:
    del modified, size
    import tensorflow as tf

    return tf.train.load_checkpoint(prefix)
