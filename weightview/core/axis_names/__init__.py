"""The names that a model itself gives to the places of a weight's axes.

An embedding's rows are the words of the vocabulary that feeds it; a kernel's rows are the
categories, or the named inputs, that it multiplies. Where that is not certain there is no name.
"""

import weakref
from collections.abc import Iterator

import numpy as np

from weightview.core.axis_names.labels import Coding, Label
from weightview.core.axis_names.naming import OwnNames, WordList, names_of
from weightview.core.axis_names.walk import Found, walk
from weightview.core.document import Document, Snapshot
from weightview.core.errors import WeightNotFoundError
from weightview.core.model import Layer, Model, Weight

_found: "weakref.WeakKeyDictionary[Model, tuple[int, Found]]" = weakref.WeakKeyDictionary()

_BEFORE_LAST = frozenset({"Conv1D", "Conv2D", "Conv3D", "DepthwiseConv1D", "DepthwiseConv2D"})
_SEPARABLE = frozenset({"SeparableConv1D", "SeparableConv2D"})
_TURNED = frozenset({"Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"})
_ROWS = frozenset(
    {
        *("Dense", "LSTM", "GRU", "SimpleRNN", "LSTMCell", "GRUCell", "SimpleRNNCell"),
        *("CuDNNLSTM", "CuDNNGRU"),
    }
)
_VECTORS = frozenset(
    {
        *("BatchNormalization", "LayerNormalization", "Normalization", "RMSNormalization"),
        *("SyncBatchNormalization", "PReLU"),
    }
)


def own_names(source: Model | Document | Snapshot, weight: Weight, axis: int) -> OwnNames | None:
    """Return the names that the model gives to the places along one axis of a weight.

    Args:
        source: the model, or the document that holds it.
        weight: one of its weights.
        axis: which axis of the weight, from 0; negative ones count from the last.

    Returns:
        One text per place, ``""`` where that place has none, each made when it is asked for;
        None where the model names none of them.
    """
    model = source if isinstance(source, Model) else source.model
    layer = _layer_of(model, weight)
    if layer is None or not -len(weight.shape) <= axis < len(weight.shape):
        return None
    return _own_names(_found_in(model), layer, weight, axis % len(weight.shape))


def named_axes(model: Model) -> Iterator[tuple[Weight, int, OwnNames]]:
    """Yield each axis of a weight with rows that the model names the places of, with the names.

    Of a vector the names of the kernel beside it are not repeated.
    """
    found = _found_in(model)
    for weight in model.weights:
        layer = _layer_of(model, weight) if len(weight.shape) > 1 else None
        rows = None if layer is None else _rows_axis(found, layer, weight)
        for axis in dict.fromkeys((rows, len(weight.shape) - 1)):
            if layer is not None and axis is not None:
                names = _own_names(found, layer, weight, axis)
                if names is not None:
                    yield weight, axis, names


def _own_names(found: Found, layer: Layer, weight: Weight, at: int) -> OwnNames | None:
    length = weight.shape[at]
    if layer.class_name == "Embedding":
        return _rows_of_embedding(found, layer, length) if at == 0 else None
    if at == _input_axis(found, layer, weight):
        return _names_of_input(found, layer, length)
    is_unit = layer.class_name == "Dense" and at == len(weight.shape) - 1
    return _names_of_units(found, layer, length) if is_unit else None


def named_axis(source: Model | Document | Snapshot, weight: Weight) -> int | None:
    """Return the axis of a weight that runs along what its layer is given: a kernel's rows."""
    model = source if isinstance(source, Model) else source.model
    layer = _layer_of(model, weight)
    if layer is None or not weight.shape:
        return None
    return _rows_axis(_found_in(model), layer, weight)


def _rows_axis(found: Found, layer: Layer, weight: Weight) -> int | None:
    return 0 if layer.class_name == "Embedding" else _input_axis(found, layer, weight)


def output_names(source: Model | Document | Snapshot, layer_path: str) -> OwnNames | None:
    """Return the names of the places along the last axis of what a layer gives.

    Args:
        source: the model, or the document that holds it.
        layer_path: the layer, ``outer/inner``; also one of the model's input layers.

    Returns:
        None where the model names none of them, or not the same at each call.
    """
    model = source if isinstance(source, Model) else source.model
    found = _found_in(model)
    labels = found.outputs.get(layer_path, [])
    names = _agreed(found, labels)
    first = labels[0] if labels else None
    if names is not None or first is None or not first.shape or first.shape[-1] is None:
        return names
    return _listed(found.units.get(layer_path, []), len(labels), first.shape[-1])


def number_names(source: Model | Document | Snapshot, layer_path: str) -> OwnNames | None:
    """Return what the whole numbers that a layer gives stand for: the words of a lookup.

    Args:
        source: the model, or the document that holds it.
        layer_path: the layer, ``outer/inner``.

    Returns:
        The names of 0, 1, 2 ...; None where the numbers stand for nothing, or not for the same at
        each call.
    """
    model = source if isinstance(source, Model) else source.model
    labels = _found_in(model).outputs.get(layer_path, [])
    codings = [label.coding for label in labels if label is not None]
    known = [coding for coding in codings if coding is not None and coding.tokens is not None]
    return _listed(known, len(labels), len(known[0].tokens or ())) if known else None


def _layer_of(model: Model, weight: Weight) -> Layer | None:
    """Return the layer of a weight where it is of Keras' own class, else None."""
    if weight.kind != "weight":
        return None
    try:
        layer = model.layer(weight.layer_path)
    except WeightNotFoundError:
        return None
    return layer if layer.is_own else None


def _found_in(model: Model) -> Found:
    """Return what the model's calls tell, anew when more layers know their shapes."""
    known = sum(layer.output_shape is not None for layer in model.walk())
    kept = _found.get(model)
    if kept is None or kept[0] != known:
        kept = _found[model] = (known, walk(model))
    return kept[1]


def _input_axis(found: Found, layer: Layer, weight: Weight) -> int | None:
    """Return the axis of a weight that runs along the last axis of what its layer is given."""
    name, role, rank = layer.class_name, weight.role, len(weight.shape)
    is_last = layer.config.get("data_format", "channels_last") == "channels_last"
    if name in _ROWS and role == "kernel":
        return 0
    if name in _VECTORS:
        is_along = name == "PReLU" or (rank == 1 and _is_over_last(found, layer))
        return rank - 1 if is_along else None
    if not is_last or layer.config.get("groups", 1) != 1:
        return None
    if name in _BEFORE_LAST and role == "kernel":
        return rank - 2
    if name in _SEPARABLE and role == "depthwise_kernel":
        return rank - 2
    return rank - 1 if name in _TURNED and role == "kernel" else None


def _is_over_last(found: Found, layer: Layer) -> bool:
    """Return whether a normalisation has a number for each place of its input's last axis."""
    axis = layer.config.get("axis", -1)
    if isinstance(axis, list | tuple):
        axis = axis[0] if len(axis) == 1 else None
    labels = found.inputs.get(layer.path, [])
    ranks = {None if label is None else len(label.shape) for label in labels}
    return axis == -1 or (type(axis) is int and {axis} == ranks)


def _names_of_input(found: Found, layer: Layer, length: int) -> OwnNames | None:
    """Return the names along the last axis of what a layer is given, the same at each call."""
    names = _agreed(found, found.inputs.get(layer.path, []))
    if names is None and layer.class_name in _VECTORS:
        return _names_of_units(found, layer, length)
    return names if names is not None and len(names) == length else None


def _agreed(found: Found, labels: list[Label | None]) -> OwnNames | None:
    """Return the names that the last axis has at each call."""
    first = labels[0] if labels else None
    if first is None or not all(_is_same(first, label) for label in labels):
        return None
    return names_of(first, found.register)


def _is_same(first: Label, other: Label | None) -> bool:
    if other is None:
        return False
    mine, its = first.along_last(), other.along_last()
    return mine is not None and its is not None and np.array_equal(mine, its)


def _names_of_units(found: Found, layer: Layer, length: int) -> OwnNames | None:
    """Return what a lookup turned round calls the units of a layer, the same at each call."""
    calls = len(found.inputs.get(layer.path, []))
    return _listed(found.units.get(layer.path, []), calls, length)


def _rows_of_embedding(found: Found, layer: Layer, length: int) -> OwnNames | None:
    """Return the words whose numbers an embedding is given, the same at each call."""
    labels = found.inputs.get(layer.path, [])
    codings = [label.coding for label in labels if label is not None]
    return _listed([c for c in codings if c is not None], len(labels), length)


def _listed(codings: list[Coding], calls: int, length: int) -> OwnNames | None:
    """Return a vocabulary's words for an axis, where it is the same at each call."""
    first = codings[0] if codings else None
    if first is None or first.tokens is None or len(codings) != calls:
        return None
    if any(coding is not first and coding != first for coding in codings):
        return None
    return WordList(first.tokens, length, is_quoted=first.is_quoted)
