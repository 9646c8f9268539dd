"""Calling a single layer or op, for the layers that the calculator does not know."""

import inspect
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from weightview.worker.process import confinement
from weightview.worker.process.assigning import LayerWeights
from weightview.worker.process.generations import generation
from weightview.worker.process.models import BuiltModel, Models
from weightview.worker.process.outputs import as_arrays, as_tensor
from weightview.worker.protocol import MASKED

Array = npt.NDArray[Any]

_MASK = "_keras_mask"
"""Where Keras 2 and 3 keep the mask of a tensor: an attribute of the tensor itself."""

_ROOM_BYTES = 4 << 30
"""What the first call may take beside the weights: its output may be much larger than its input."""


def build_layer(
    models: Models,
    key: int,
    origin: Mapping[str, Any],
    entry: Mapping[str, Any],
    description: Mapping[str, Any],
    arguments: Sequence[Any],
    keywords: Mapping[str, Any],
) -> None:
    """Build a layer by calling it once, and keep it under ``key``.

    Args:
        models: where it is kept.
        key: the client's number for it.
        origin: as for ``build``.
        entry: class_name, module and config of the layer.
        description: path and weights, as for a layer of ``build``.
        arguments: positional arguments of the kind it will be called with.
        keywords: keyword arguments.
    """
    keras = generation(origin["generation"])
    layer = keras.layer(entry)
    with confinement.at_most(_ROOM_BYTES + 12 * _numbers(description)):
        _call(layer, arguments, keywords)
    weights = LayerWeights(layer, description, origin)
    models.add(key, BuiltModel(layer, keras, {"": layer}, {"": weights}))


def _numbers(description: Mapping[str, Any]) -> int:
    return sum(math.prod(weight["shape"]) for weight in description["weights"])


def call_layer(
    models: Models, key: int, arguments: Sequence[Any], keywords: Mapping[str, Any]
) -> dict[str, list[Array | None]]:
    """Call a built layer in inference mode and return its outputs and their masks."""
    import tensorflow as tf

    outputs = _call(models.get(key).model, arguments, keywords)
    masks = [_mask_of(tensor) for tensor in tf.nest.flatten(outputs) if tensor is not None]
    return {"outputs": [*as_arrays(outputs)], "masks": masks}


def _mask_of(tensor: Any) -> Array | None:
    mask = getattr(tensor, _MASK, None)
    return None if mask is None else np.asarray(mask)


def _call(layer: Any, arguments: Sequence[Any], keywords: Mapping[str, Any]) -> Any:
    settings = {name: _tensors(value) for name, value in keywords.items()}
    if "training" in inspect.signature(layer.call).parameters:
        # Some layers (random augmentation) train unless they are told not to.
        settings["training"] = False
    return layer(*(_tensors(argument) for argument in arguments), **settings)


def _tensors(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return as_tensor(value)
    if isinstance(value, list):
        return [_tensors(item) for item in value]
    if isinstance(value, dict) and value.get("class_name") == MASKED:
        tensor = as_tensor(value["array"])
        setattr(tensor, _MASK, as_tensor(value["mask"]))
        return tensor
    if isinstance(value, dict):
        return {name: _tensors(item) for name, item in value.items()}
    return value
