"""A document's model as TensorFlow's process is told it: a vetted config and a list of weights."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from weightview.calculator.trace import Masked
from weightview.core.errors import WorkerError
from weightview.core.model import Layer, Model, Weight
from weightview.worker import keras1
from weightview.worker.keras_names import MODELS
from weightview.worker.protocol import MASKED
from weightview.worker.vetting import RefusedError, vetted

_OLDEST = 1
_NEW_KERAS = 3
_WEIGHTED = ("tf_idf", "tf-idf")
"""Encodings that need more than the words: the weight of each."""


def generation_of(model: Model) -> int:
    """Return which Keras builds the model: 3, or 2 (``tf_keras``), for files of Keras 1 too."""
    return 3 if (model.generation or _NEW_KERAS) >= _NEW_KERAS else 2


def describe_model(model: Model) -> dict[str, Any]:
    """Return the arguments of the ``build`` request for ``model``, but its key.

    Raises:
        WorkerError: the file holds no config, or one that cannot be translated.
        RefusedError: the config holds code or a foreign class.
    """
    if not model.config.get("layers") and model.class_name in ("", *MODELS):
        raise WorkerError(
            f"{model.name}: the file holds weights without an architecture, so TensorFlow has "
            "nothing to build."
        )
    if model.class_name not in MODELS:
        raise RefusedError(
            f"The model is of a class that is not Keras' own ({model.class_name}) - code from "
            "elsewhere is never run, so TensorFlow stays out."
        )
    config: Any = _with_words({"name": model.name, **model.config}, model.layers)
    if model.generation == _OLDEST:
        config = keras1.translated(config)
    return {
        "origin": _origin(model),
        "class_name": "Sequential" if model.class_name == "Sequential" else "Functional",
        "config": vetted(config, generation_of(model)),
        "layers": list(_graph_layers(model)),
    }


def describe_layer(model: Model, layer: Layer) -> dict[str, Any]:
    """Return the arguments of the ``build_layer`` request for one layer of ``model``, but its key.

    Raises:
        WorkerError: the layer's config cannot be translated.
        RefusedError: the layer holds code or is of a foreign class.
    """
    entry: Any = {
        "class_name": layer.class_name,
        "config": _with_own_words(layer.config, layer),
        "module": layer.module or None,
        "registered_name": layer.registered_name,
        "inbound_nodes": [],
    }
    if model.generation == _OLDEST:
        entry = keras1.translated_layer(entry)
    entry = vetted(entry, generation_of(model))
    return {
        "origin": _origin(model),
        "entry": {key: value for key, value in entry.items() if key != "inbound_nodes"},
        "description": _described(layer, ""),
    }


def _with_words(config: Mapping[str, Any], layers: Sequence[Layer]) -> dict[str, Any]:
    """Return a model's config with the vocabularies that the file keeps beside it."""
    entries = config.get("layers")
    if not isinstance(entries, list) or not any(
        inner.words is not None for layer in layers for inner in layer.walk()
    ):
        return dict(config)
    described = [entry for entry in entries if isinstance(entry, Mapping)]
    made = []
    for entry, layer in zip(described, layers, strict=False):
        inner = entry.get("config")
        if isinstance(inner, Mapping):
            inner = _with_words(_with_own_words(inner, layer), layer.layers)
        made.append({**entry, "config": inner})
    return {**config, "layers": [*made, *described[len(made) :]]}


def _with_own_words(config: Mapping[str, Any], layer: Layer) -> dict[str, Any]:
    """Return a lookup's config with its vocabulary where the file keeps that apart."""
    words = layer.words() if layer.words is not None else None
    is_open = config.get("vocabulary") is None and config.get("output_mode") not in _WEIGHTED
    if words is None or not is_open:
        return dict(config)
    is_number = layer.class_name == "IntegerLookup"
    return {**config, "vocabulary": [int(word) for word in words] if is_number else list(words)}


def _origin(model: Model) -> dict[str, Any]:
    """Return which Keras builds it, and who wrote the file."""
    return {
        "generation": generation_of(model),
        "keras_version": model.keras_version or str(model.generation or _NEW_KERAS),
        "backend": model.backend,
    }


def plain_arguments(value: Any) -> Any:
    """Return the arguments of a call with slices and ``...`` in place of how configs write them."""
    if isinstance(value, Mapping):
        return _described_value(value)
    if isinstance(value, Masked):
        return {"class_name": MASKED, "array": value.array, "mask": value.mask}
    if isinstance(value, (list, tuple)):
        return [plain_arguments(item) for item in value]
    return value


def _described_value(value: Mapping[str, Any]) -> Any:
    """Return what a dict of a config means: a slice, ``...``, an array, or the dict itself."""
    kind, config = value.get("class_name"), value.get("config")
    if kind == "__slice__" and isinstance(config, Mapping):
        return slice(*(plain_arguments(config.get(end)) for end in ("start", "stop", "step")))
    if kind == "__ellipsis__":
        return ...
    if kind in ("__numpy__", "__tensor__") and isinstance(config, Mapping):
        return _constant(config)
    return {key: plain_arguments(item) for key, item in value.items()}


def _constant(config: Mapping[str, Any]) -> Any:
    """Return an array that a config holds, as nested lists where its dtype is not known."""
    value = config.get("value")
    try:
        array = np.asarray(value, dtype=str(config.get("dtype")))
    except (TypeError, ValueError):
        return plain_arguments(value)
    return array if array.dtype.kind in "biuf" else plain_arguments(value)


def own_weights(layer: Layer) -> list[Weight]:
    """Return a layer's weights, inner layers included, in ``get_weights()`` order."""
    weights = [weight for weight in layer.all_weights() if weight.kind == "weight"]
    if all(weight.keras_index is not None for weight in weights):
        weights.sort(key=lambda weight: weight.keras_index or 0)
    return weights


def _graph_layers(model: Model) -> Iterator[Mapping[str, Any]]:
    """Yield the layers of the model and of nested models, outer before inner."""
    pending: list[tuple[Layer, str]] = [(layer, "") for layer in model.layers]
    while pending:
        layer, parent = pending.pop(0)
        is_container = layer.class_name in MODELS
        yield _described(layer, parent, with_weights=not is_container)
        if is_container:
            pending.extend((inner, layer.path) for inner in layer.layers)


def _described(layer: Layer, parent: str, *, with_weights: bool = True) -> dict[str, Any]:
    weights = own_weights(layer) if with_weights else []
    return {
        "path": layer.path,
        "parent": parent,
        "name": layer.name,
        "weights": [
            {"path": w.path, "name": w.name, "role": w.role, "shape": list(w.shape)}
            for w in weights
        ],
    }
