"""Building a Keras model from a vetted config, and finding the document's weights in it."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from weightview.core.errors import WorkerError
from weightview.worker.process import confinement
from weightview.worker.process.assigning import LayerWeights
from weightview.worker.process.generations import Generation, generation
from weightview.worker.process.models import BuiltModel, Models

_OWN_BYTES = 1 << 30
"""Threads and arenas that TensorFlow makes when it is first used take 0.5 GB of address space."""

_LAYER_BYTES = 1 << 20


def build(
    models: Models,
    key: int,
    origin: Mapping[str, Any],
    class_name: str,
    config: Mapping[str, Any],
    layers: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Build a model and keep it under ``key``; its weights are zeros until they are assigned.

    Args:
        models: where it is kept.
        key: the client's number for it.
        origin: generation (2 for ``tf_keras``, 3 for ``keras``); keras_version and backend as
            stored, by which arrays of Keras 1 are converted.
        class_name: ``Sequential``, or anything else for a functional model.
        config: its config.
        layers: the graph-level layers, outer before inner: path, parent (path or ``""``), name,
            and weights in ``get_weights()`` order: path, name, role, shape.

    Returns:
        ``problems``: for each layer whose weights found no variables, the path and a sentence;
        where there are any, the model is not kept.
    """
    keras = generation(origin["generation"])
    with confinement.at_most(_room_for(layers)):
        model = keras.model(class_name, config)
    found = _find_layers(keras, model, layers)
    problems: dict[str, str] = {}
    groups: dict[str, LayerWeights] = {}
    for entry in layers:
        layer = found.get(entry["path"])
        if layer is None:
            problems[entry["path"]] = f"“{entry['path']}” is not in the model that Keras built."
        elif not keras.is_container(layer):
            try:
                groups[entry["path"]] = LayerWeights(layer, entry, origin)
            except WorkerError as error:
                problems[entry["path"]] = str(error)
    if not problems:
        models.add(key, BuiltModel(model, keras, found, groups))
    return {"problems": problems}


def _room_for(layers: Sequence[Mapping[str, Any]]) -> int:
    """Return how many bytes building may take: the file's weights thrice, and Keras' own objects.

    The weights count as float32 or what they are, and are made once as zeros and cast.
    """
    numbers = sum(math.prod(w["shape"]) for layer in layers for w in layer["weights"])
    return _OWN_BYTES + len(layers) * _LAYER_BYTES + 3 * 4 * int(numbers)


def _find_layers(
    keras: Generation, model: Any, layers: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the Keras layer of each path, found by name inside its container."""
    found: dict[str, Any] = {"": model}
    members: dict[str, dict[str, Any]] = {}
    for entry in layers:
        parent = entry["parent"]
        if parent not in found or not keras.is_container(found[parent]):
            continue
        if parent not in members:
            members[parent] = {layer.name: layer for layer in keras.members(found[parent])}
        layer = members[parent].get(entry["name"])
        if layer is not None:
            found[entry["path"]] = layer
    return found
