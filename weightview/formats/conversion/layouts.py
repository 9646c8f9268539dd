"""Where Keras 3 puts each weight of a model in its two layouts: by number and by name."""

from collections import Counter
from collections.abc import Iterator, Sequence

from weightview.core.model import Layer, Model, Weight
from weightview.formats.variables.lookup import snake_case, variables_of
from weightview.formats.variables.table import Variables

_PRIVATE = ("GroupQueryAttention", "GroupedQueryAttention")
"""Keras stores the layers inside of these under names that begin with an underscore."""
_WITH_ASSETS = ("StringLookup", "IntegerLookup", "TextVectorization", "FeatureSpace", "Hashing")
_MODELS = ("Sequential", "Functional")


def obstacle_to_numbering(model: Model) -> str:
    """Return why the places of the weights are not all known, ``""`` where they are."""
    for layer in model.walk():
        if layer.class_name in _WITH_ASSETS[:3]:
            return f"the layer “{layer.name}” keeps its vocabulary beside the weights."
        if layer.config.get("lora_rank"):
            return (
                f"the layer “{layer.name}” has LoRA matrices, which the formats keep differently."
            )
        if layer.weights and _entry(layer) is None:
            return f"the layer “{layer.name}” is of a class whose code is not here."
    if model.class_name not in _MODELS:
        return "the model is of a class whose code is not here."
    placed = {weight.path for _, weight in numbered(model)}
    lost = next((weight.path for weight in model.weights if weight.path not in placed), None)
    return f"the place of “{lost}” in the other format is not known." if lost else ""


def _entry(layer: Layer) -> Variables | None:
    return variables_of(layer.class_name, 3)


def numbered(model: Model) -> Iterator[tuple[str, Weight]]:
    """Yield the path in ``model.weights.h5`` of each weight: ``layers/dense_1/vars/0``.

    A weight that Keras stores twice (the kernel in SpectralNormalization) is yielded twice.
    """
    pending = [("", layer, name) for name, layer in _listed(model.layers)]
    pending = [(f"layers/{name}", layer, name) for _, layer, name in pending]
    while pending:
        prefix, layer, _ = pending.pop()
        yield from _own(layer, prefix)
        if layer.class_name in _MODELS:
            found = [(f"{prefix}/layers/{name}", inner) for name, inner in _listed(layer.layers)]
        else:
            cells = [inner for inner in layer.layers if inner.role == "cells"]
            found = [(f"{prefix}/cells/{name}", inner) for name, inner in _listed(cells)]
            mark = "_" if layer.class_name in _PRIVATE else ""
            found += [
                (f"{prefix}/{mark}{inner.role}", inner)
                for inner in layer.layers
                if inner.role != "cells"
            ]
        pending += [(path, inner, "") for path, inner in found]


def _listed(layers: Sequence[Layer]) -> Iterator[tuple[str, Layer]]:
    """Yield the names that Keras gives to listed layers: the class, with a count."""
    counts: Counter[str] = Counter()
    for layer in layers:
        entry = _entry(layer)
        stored = entry.stored_class if entry is not None else ""
        name = snake_case(stored or layer.class_name)
        number = counts[name]
        counts[name] += 1
        yield (f"{name}_{number}" if number else name), layer


def _own(layer: Layer, prefix: str) -> Iterator[tuple[str, Weight]]:
    entry = _entry(layer)
    if entry is None:
        return
    by_role = {weight.role: weight for weight in layer.weights}
    order = _stored_order(entry, layer)
    for variable in entry.of(layer.config):
        wrapped = layer.inner(variable.alias) if variable.alias else None
        if wrapped is not None and wrapped.weights:
            by_role[variable.name] = wrapped.weights[0]
    there = sorted((role for role in by_role if role in order), key=order.index)
    folder = f"{prefix}/{entry.folder}" if entry.folder else prefix
    for number, role in enumerate(there):
        yield f"{folder}/vars/{number}", by_role[role]


def _stored_order(entry: Variables, layer: Layer) -> tuple[str, ...]:
    if entry.stored_order is not None:
        return entry.stored_order(layer.config)
    return tuple(variable.name for variable in entry.of(layer.config))


def by_name(model: Model) -> Iterator[tuple[Layer, list[Weight]]]:
    """Yield each layer of the model with its weights as HDF5 lists them, trained ones first.

    A Sequential model does not count its InputLayer among its layers.
    """
    for layer in model.layers:
        if model.class_name == "Sequential" and layer.class_name == "InputLayer":
            continue
        weights = sorted(layer.all_weights(), key=lambda weight: weight.keras_index or 0)
        trained = [weight for weight in weights if weight.trainable]
        yield layer, trained + [weight for weight in weights if not weight.trainable]
