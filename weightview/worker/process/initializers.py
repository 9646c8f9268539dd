"""Numbers drawn by Keras' initializers."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from weightview.core.errors import WorkerError
from weightview.worker.process.models import Models

_CLASS_NAME = re.compile(r"[A-Z][A-Za-z]{2,40}")


def draw(
    models: Models,
    class_name: str,
    config: Mapping[str, Any],
    shape: Sequence[int],
    seed: int,
    dtype: str = "float32",
) -> npt.NDArray[Any]:
    """Return numbers of ``shape`` and of a floating ``dtype``, the same for the same seed.

    Raises:
        WorkerError: Keras has no such initializer.
    """
    del models
    import keras

    kind = getattr(keras.initializers, class_name, None) if _CLASS_NAME.match(class_name) else None
    if not (isinstance(kind, type) and issubclass(kind, keras.initializers.Initializer)):
        raise WorkerError(f"Keras has no initializer called “{class_name[:60]}”.")
    settings = dict(config)
    if hasattr(kind(), "seed"):
        settings["seed"] = seed
    drawn = kind(**settings)(tuple(shape), dtype=dtype)
    return np.asarray(keras.ops.convert_to_numpy(drawn))
