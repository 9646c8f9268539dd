"""What each layer class does to the labels of its inputs.

A class that is not named here gives a tensor of which nothing is known. So does a layer whose
config does not settle what it does.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from weightview.core.axis_names.labels import (
    GIVEN,
    MOST_CELLS,
    Coding,
    Label,
    Register,
    Shape,
    Source,
    filled,
    is_given_name,
    unnamed,
)
from weightview.core.axis_names.vocabularies import bins_of, output_mode, vocabulary_of
from weightview.core.model import Layer, Model

SAME_PLACES = frozenset(
    {
        *("ActivityRegularization", "AlphaDropout", "BatchNormalization", "Dropout", "ELU"),
        *("GaussianDropout", "GaussianNoise", "LeakyReLU", "Masking", "PReLU"),
        *("ReLU", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"),
        *("SyncBatchNormalization", "ThresholdedReLU"),
    }
)
"""Layers in which each place of the output follows from the same place of the input alone."""

PER_PLACE = frozenset(
    {
        *("celu", "elu", "exponential", "gelu", "hard_shrink", "hard_sigmoid", "hard_silu"),
        *("hard_swish", "hard_tanh", "leaky_relu", "linear", "log_sigmoid", "mish", "relu"),
        *("relu6", "selu", "sigmoid", "silu", "soft_shrink", "softplus", "softsign"),
        *("sparse_plus", "sparse_sigmoid", "squareplus", "swish", "tanh", "tanh_shrink"),
    }
)
"""Activations in which each place of the output follows from the same of the input alone."""

_JOINING = ("Concatenate", "TFDConcat", "op Concatenate")
_TAKES_SEVERAL = frozenset({*_JOINING, "HashedCrossing"})
_UNCHANGED = frozenset({"Identity", "TFDIdentity"})
"""``FeatureSpace`` builds its graph of an Identity and a Concatenate of its own."""

_LONGEST = 1 << 40

_FAILURES = (ValueError, IndexError, TypeError, OverflowError, MemoryError)
"""What numpy says to settings of a file that do not fit together."""


@dataclass(eq=False)
class Context:
    """What the rules share while one model is walked.

    Attributes:
        model: the model.
        register: the sources found so far.
    """

    model: Model
    register: Register


Rule = Callable[[Context, Layer, list[Label | None]], Label | None]
_RULES: dict[str, Rule] = {}


def rule(*class_names: str) -> Callable[[Rule], Rule]:
    """Register the rule of some layer classes."""

    def register(function: Rule) -> Rule:
        _RULES.update(dict.fromkeys(class_names, function))
        return function

    return register


def label_after(context: Context, layer: Layer, given: list[Label | None]) -> Label | None:
    """Return the label of a layer's output; None where nothing is known of it.

    Args:
        context: what the rules share.
        layer: the layer.
        given: the labels of its inputs, in the order of its arguments.
    """
    kind = kind_of(layer)
    found = _RULES.get(kind)
    if found is None:
        return _of_shape(layer)
    if kind not in _TAKES_SEVERAL and len(given) != 1:
        return None
    try:
        made = found(context, layer, given)
    except _FAILURES:
        return None
    return made if made is not None and all(map(_is_length, made.shape)) else None


def _is_length(size: Any) -> bool:
    return size is None or (type(size) is int and 0 <= size <= _LONGEST)


def kind_of(layer: Layer) -> str:
    """Return the Keras class, ``op Name`` for an op of a graph, ``""`` for a foreign class."""
    if not layer.is_own:
        return ""
    is_described = "trainable" in layer.config or "dtype" in layer.config
    if layer.module.startswith(("keras.src.ops", "keras.ops")):
        return f"op {layer.class_name}"
    if not layer.module and not is_described and layer.class_name != "InputLayer":
        return f"op {layer.class_name}"  # an .h5 file names no module
    return layer.class_name


def _of_shape(layer: Layer) -> Label | None:
    """Return an output without names, where at least its shape is known."""
    shape = layer.output_shape
    if not shape or any(isinstance(part, tuple) for part in shape):
        return None
    return unnamed(tuple(n for n in shape[1:] if not isinstance(n, tuple)))


def input_label(context: Context, layer: Layer) -> Label | None:
    """Return the label of one of the model's inputs: its name, as far as that tells one place."""
    shape = layer.config.get("batch_shape", layer.config.get("batch_input_shape"))
    if not isinstance(shape, list | tuple) or not shape:
        return None
    if not all(n is None or (type(n) is int and n > 0) for n in shape):
        return None
    inner: Shape = tuple(shape[1:])
    count = 1 if not inner else inner[-1]
    if count is None or not 0 < count <= MOST_CELLS:
        return unnamed(inner, GIVEN)
    source = Source(layer.name, count, is_given=is_given_name(layer.name))
    return filled(context.register, source, inner, GIVEN)


@rule(*SAME_PLACES, *_UNCHANGED)
def same_places(context: Context, layer: Layer, given: list[Label | None]) -> Label | None:
    """Hand the names on; only an Identity leaves whole numbers what they stand for."""
    del context
    x = given[0]
    return x if x is None or layer.class_name in _UNCHANGED else x.uncoded()


@rule("Activation")
def activation(context: Context, layer: Layer, given: list[Label | None]) -> Label | None:
    """Hand the names on where each number is changed by itself."""
    del context
    name, x = layer.config.get("activation"), given[0]
    if x is None or not isinstance(name, str) or name not in PER_PLACE:
        return None
    return x if name == "linear" else x.uncoded()


@rule("Normalization", "Rescaling")
def scaled(context: Context, layer: Layer, given: list[Label | None]) -> Label | None:
    """Hand the names on where the config's numbers do not spread the tensor out."""
    del context
    x = given[0]
    if x is None:
        return None
    last = x.shape[-1] if x.shape else 1
    keys = ("scale", "offset") if layer.class_name == "Rescaling" else ("mean", "variance")
    sizes = [_length(layer.config.get(key)) for key in keys]
    return x.uncoded() if all(size in (1, last) for size in sizes) else None


def _length(value: Any) -> int | None:
    """Return how many numbers a setting holds: a number, one list of them, or lists of lists."""
    if value is None or isinstance(value, int | float):
        return 1
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], list):
        return _length(value[0])
    flat = isinstance(value, list) and all(isinstance(n, int | float) for n in value)
    return len(value) if flat else None


@rule("Reshape", "Flatten")
def reshaped(context: Context, layer: Layer, given: list[Label | None]) -> Label | None:
    """Order the names as the numbers are ordered in the new shape."""
    del context
    x = given[0]
    if x is None:
        return None
    if layer.class_name == "Flatten":
        target: list[int] = [-1]
        if layer.config.get("data_format", "channels_last") != "channels_last":
            return None
    else:
        wanted = layer.config.get("target_shape")
        if not isinstance(wanted, list | tuple) or not all(type(n) is int for n in wanted):
            return None
        target = list(wanted)
    cells = x.whole()
    if cells is None:
        return _with_open_axis(x, target)
    cells = cells.reshape(target)
    return Label(cells.shape, cells, x.coding)


def _with_open_axis(x: Label, target: list[int]) -> Label:
    """Return what is left where the size is open: what whole numbers stand for, and no names."""
    shape: Shape = tuple(None if n == -1 else n for n in target)
    return unnamed(shape, x.coding)


@rule("Permute")
def permuted(context: Context, layer: Layer, given: list[Label | None]) -> Label | None:
    """Exchange the axes of the names."""
    del context
    dims, x = layer.config.get("dims"), given[0]
    if x is None or not isinstance(dims, list | tuple):
        return None
    axes = [n - 1 for n in dims]
    shape = tuple(x.shape[axis] for axis in axes)
    return Label(shape, x.cells.transpose(axes), x.coding)


@rule("RepeatVector")
def repeated(context: Context, layer: Layer, given: list[Label | None]) -> Label | None:
    """Put the names below each other."""
    del context
    x, count = given[0], layer.config.get("n")
    if x is None or type(count) is not int:
        return None
    return Label((count, *x.shape), x.cells[np.newaxis], x.coding)


@rule(*_JOINING)
def joined(context: Context, layer: Layer, given: list[Label | None]) -> Label | None:
    """Put the names one after another along the axis."""
    del context
    axis = layer.config.get("axis", -1)
    labels = [label for label in given if label is not None]
    if type(axis) is not int or len(labels) < len(given) or not labels or axis == 0:
        return None
    rank = len(labels[0].shape)
    at = axis - 1 if axis > 0 else rank + axis
    if not 0 <= at < rank or any(len(label.shape) != rank for label in labels):
        return None
    lengths = [label.shape[at] for label in labels]
    known = [n for n in lengths if n is not None]
    shape = list(labels[0].shape)
    if len(known) < len(lengths):
        return unnamed((*shape[:at], None, *shape[at + 1 :]), _common_coding(labels))
    shape[at] = sum(known)
    others = [max(label.cells.shape[i] for label in labels) for i in range(rank)]
    if math.prod((*others[:at], sum(known), *others[at + 1 :])) > MOST_CELLS:
        return unnamed(tuple(shape), _common_coding(labels))
    parts = [
        np.broadcast_to(label.cells, (*others[:at], length, *others[at + 1 :]))
        for label, length in zip(labels, known, strict=True)
    ]
    return Label(tuple(shape), np.concatenate(parts, axis=at), _common_coding(labels))


def _common_coding(labels: Sequence[Label]) -> Coding | None:
    """Return what whole numbers stand for where they stand for the same everywhere."""
    first = labels[0].coding
    same = all(label.coding is first or label.coding == first for label in labels)
    return first if same else None


@rule("StringLookup", "IntegerLookup", "TextVectorization")
def looked_up(context: Context, layer: Layer, given: list[Label | None]) -> Label | None:
    """Name the numbers of a vocabulary, or the columns of its encoding."""
    x, config = given[0] or _of_shape(layer), layer.config
    if config.get("invert"):
        return None
    words, mode = vocabulary_of(context.model, layer), output_mode(layer)
    coding = None if words is None else Coding(words, layer.class_name != "IntegerLookup")
    is_text = layer.class_name == "TextVectorization"
    if mode == "int" and is_text:
        return unnamed((config.get("output_sequence_length"),), coding)
    if x is None or mode == "int":
        return None if x is None else Label(x.shape, x.cells, coding)
    if words is None or given[0] is None:
        return None
    if is_text and len(x.shape) <= 1:
        x = Label((1,), x.cells.reshape(-1)[:1], x.coding)
    depth = config.get("max_tokens") if config.get("pad_to_max_tokens") else len(words)
    return _encoded(context, layer, x, depth, coding)


@rule("Discretization")
def binned(context: Context, layer: Layer, given: list[Label | None]) -> Label | None:
    """Name the numbers of the bins, or the columns of their encoding."""
    x, bins = given[0], bins_of(layer)
    if x is None or bins is None:
        return None
    if output_mode(layer) == "int":
        return Label(x.shape, x.cells, Coding(bins))
    return _encoded(context, layer, x, len(bins), Coding(bins))


@rule("CategoryEncoding")
def encoded(context: Context, layer: Layer, given: list[Label | None]) -> Label | None:
    """Name the columns by what the numbers stand for, or by the numbers of the input."""
    x = given[0]
    if x is None:
        return None
    return _encoded(context, layer, x, layer.config.get("num_tokens"), x.coding)


@rule("Hashing", "HashedCrossing")
def hashed(context: Context, layer: Layer, given: list[Label | None]) -> Label | None:
    """Give places without names: several words share each."""
    x, mode = given[0] if given else None, output_mode(layer)
    if x is None or any(other is None or other.shape != x.shape for other in given):
        return None
    if mode == "int":
        return unnamed(x.shape)
    return _encoded(context, layer, unnamed(x.shape), layer.config.get("num_bins"), None)


def _encoded(
    context: Context, layer: Layer, x: Label, depth: Any, coding: Coding | None
) -> Label | None:
    """Return a tensor whose last axis has a place for each number that may occur.

    Args:
        context: what the rules share.
        layer: the layer that encodes.
        x: the label of its input.
        depth: how many numbers there are.
        coding: what each stands for.
    """
    mode = output_mode(layer)
    if type(depth) is not int or not 0 < depth <= MOST_CELLS or not mode:
        return None
    if mode == "one_hot":
        inner = x.shape[:-1] if x.shape and x.shape[-1] == 1 else x.shape
    elif len(x.shape) == 1:
        inner = ()
    else:
        return None
    label = _origin(context, x)
    if coding is None or (coding.tokens is None and not label):
        return unnamed((*inner, depth))
    tokens, is_quoted = coding.tokens, coding.is_quoted
    source = Source(label or layer.name, depth, tokens, is_quoted, bool(label))
    return filled(context.register, source, (*inner, depth))


def _origin(context: Context, x: Label) -> str:
    """Return the name of the one input that a tensor holds unchanged or coded, else ``""``."""
    if x.coding is None or not x.cells.all() or not x.cells.size:
        return ""
    first, last = (context.register.find(int(n))[0] for n in (x.cells.min(), x.cells.max()))
    return first.label if first is last and first.is_given and first.tokens is None else ""


@rule("Embedding")
def embedded(context: Context, layer: Layer, given: list[Label | None]) -> Label | None:
    """Give a tensor of rows, which have no names of their own."""
    del context
    x, size = given[0], layer.config.get("output_dim")
    return None if x is None or type(size) is not int else unnamed((*x.shape, size))


@rule("Dense")
def dense(context: Context, layer: Layer, given: list[Label | None]) -> Label | None:
    """Give a tensor of units, which have no names of their own."""
    del context
    x, units = given[0], layer.config.get("units")
    if x is None or not x.shape or type(units) is not int or units < 1:
        return None
    if layer.config.get("activation") == "glu":  # gives half as many
        return None
    return unnamed((*x.shape[:-1], units))
