"""Layers that only move numbers: Flatten, Reshape and their kin."""

import numpy as np

from weightview.calculator.call import Call
from weightview.calculator.operations.rearranging import moved
from weightview.calculator.registry import forward, shape_rule
from weightview.calculator.tensors import Array, Tensor
from weightview.core.model import Layer, Shape

_WITH_CHANNELS_FIRST = 2


@forward("Flatten")
def flatten(call: Call, x: Tensor) -> Tensor:
    """Return all numbers of a sample in one row, channels last (``keras.layers.Flatten``)."""

    def function(x: Array) -> Array:
        if call.setting("data_format") == "channels_first" and x.ndim > _WITH_CHANNELS_FIRST:
            x = np.moveaxis(x, 1, -1)
        return x.reshape(x.shape[0], -1)

    return call.stage("output", "all numbers in a row", moved(function, x))


@shape_rule("Flatten")
def flatten_shape(layer: Layer, shape: Shape) -> Shape:
    """Return the batch axis and the number of all others."""
    del layer
    return (shape[0], product(shape[1:]))


def product(shape: Shape) -> int | None:
    """Return how many numbers there are, or None where an axis is open."""
    if any(n is None for n in shape):
        return None
    return int(np.prod([n for n in shape if n is not None], dtype=np.int64))


@forward("Reshape")
def reshape(call: Call, x: Tensor) -> Tensor:
    """Return the numbers in another shape, in the same order (``keras.layers.Reshape``)."""
    target = tuple(call.setting("target_shape"))
    result = moved(lambda x: x.reshape(x.shape[0], *target), x)
    return call.stage("output", f"in the shape {target}", result)


@shape_rule("Reshape")
def reshape_shape(layer: Layer, shape: Shape) -> Shape:
    """Return the target shape, an open axis (-1) worked out where it can be."""
    target: list[int] = list(layer.config["target_shape"])
    if -1 not in target:
        return (shape[0], *target)
    count = product(shape[1:])
    known = int(np.prod([n for n in target if n != -1], dtype=np.int64))
    filled = None if count is None else count // known
    return (shape[0], *(filled if n == -1 else n for n in target))
