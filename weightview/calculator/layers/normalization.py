"""The normalization layers, as they are at inference."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from weightview.calculator.call import Call
from weightview.calculator.operations.elementwise import add, apply, multiply
from weightview.calculator.operations.rearranging import moved, same
from weightview.calculator.operations.reducing import reduce_axes
from weightview.calculator.registry import forward, shape_rule
from weightview.calculator.tensors import Array, Tensor, constant
from weightview.core.model import Layer, Shape


@forward("BatchNormalization", keeps_mask=True)
def batch_normalization(call: Call, x: Tensor) -> Tensor:
    """Return ``(x - mean) / sqrt(variance + epsilon) * gamma + beta`` with the moving statistics.

    As ``keras.layers.BatchNormalization`` at inference.
    """
    x = call.floats(x)
    axis = _axis(call, x)
    if call.setting("mode", default=0) == 1:
        raise call.refuse("the calculator does not know mode 1 of Keras 1: over each sample")
    mean = along(call.need("moving_mean"), axis, x.ndim)
    variance = along(call.need("moving_variance"), axis, x.ndim)
    z = _standardised(call, x, mean, variance, 1e-3)
    z = call.stage("normalised", "(x - moving_mean) / √(moving_variance + epsilon)", z)
    return scaled_and_shifted(call, z, axis)


def _axis(call: Call, x: Tensor) -> tuple[int, ...]:
    axis: Any = call.setting("axis", default=-1)
    axes: Sequence[int] = axis if isinstance(axis, (list, tuple)) else (axis,)
    return tuple(a % x.ndim for a in axes)


def along(weight: Tensor, axes: tuple[int, ...], ndim: int) -> Tensor:
    """Return a weight so that its axes meet ``axes`` of an array of ``ndim`` axes."""
    if axes == (ndim - 1,):
        return weight
    order = sorted(range(len(axes)), key=lambda i: axes[i])

    def spread(w: Array) -> Array:
        shape = [1] * ndim
        for i, axis in enumerate(axes):
            shape[axis] = w.shape[i]
        return w.transpose(order).reshape(shape)

    return moved(spread, weight, has_batch=False)


def scaled_and_shifted(call: Call, z: Tensor, axes: tuple[int, ...]) -> Tensor:
    """Return the stages ``scaled`` (× gamma) and ``output`` (+ beta), where there are such."""
    gamma, beta = call.weight("gamma"), call.weight("beta")
    if gamma is not None:
        z = call.stage("scaled", "× gamma", multiply(z, along(gamma, axes, z.ndim)))
    if beta is not None:
        return call.stage("output", "+ beta", add(z, along(beta, axes, z.ndim)))
    return call.stage("output", "as it is", same(z))


@shape_rule("BatchNormalization", "LayerNormalization", "RMSNormalization",
            "GroupNormalization", "UnitNormalization")  # fmt: skip
def same_shape(layer: Layer, shape: Shape) -> Shape:
    """Return the input's shape."""
    del layer
    return shape


@forward("LayerNormalization", keeps_mask=True)
def layer_normalization(call: Call, x: Tensor) -> Tensor:
    """Return ``(x - mean) / sqrt(variance + epsilon) * gamma + beta`` over the sample's own axes.

    As ``keras.layers.LayerNormalization``; with ``rms_scaling`` the mean is not taken off.
    """
    x = call.floats(x)
    axes = tuple(sorted(_axis(call, x)))
    variance = _moment(call, x, "variance", axes)
    if call.setting("rms_scaling", default=False):
        z = _over_root(call, x, variance, 1e-3)
        gamma = call.weight("gamma")
        if gamma is None:
            return call.stage("output", "as it is", same(z))
        return call.stage("output", "× gamma", multiply(z, along(gamma, axes, x.ndim)))
    z = _standardised(call, x, _moment(call, x, "mean", axes), variance, 1e-3)
    z = call.stage("normalised", "(x - mean) / √(variance + epsilon)", z)
    return scaled_and_shifted(call, z, axes)


def _moment(call: Call, x: Tensor, kind: str, axes: tuple[int, ...]) -> Tensor:
    """Return the stage ``mean``, ``variance`` or ``mean_square`` over ``axes``."""
    if kind == "mean":
        value = x.value.mean(axis=axes, keepdims=True)
    elif kind == "variance":
        value = x.value.var(axis=axes, keepdims=True)
    else:
        value = (x.value * x.value).mean(axis=axes, keepdims=True)
    name = kind.replace(" ", "_")
    return call.stage(name, f"{kind} of x", reduce_axes(x, kind, axes, True, value))


def _standardised(call: Call, x: Tensor, mean: Tensor, variance: Tensor, default: float) -> Tensor:
    epsilon = constant(call.setting("epsilon", default=default), "epsilon", x.dtype)

    def function(x: Array, mean: Array, variance: Array, epsilon: Array) -> Array:
        result: Array = (x - mean) / np.sqrt(variance + epsilon)
        return result

    template = "({x} - {(mean)}) / √({variance} + {epsilon})"
    return apply(function, template, x=x, mean=mean, variance=variance, epsilon=epsilon)


def _over_root(call: Call, x: Tensor, square: Tensor, default: float) -> Tensor:
    epsilon = constant(call.setting("epsilon", default=default), "epsilon", x.dtype)

    def function(x: Array, square: Array, epsilon: Array) -> Array:
        result: Array = x / np.sqrt(square + epsilon)
        return result

    template = "{x} / √({square} + {epsilon})"
    z = apply(function, template, x=x, square=square, epsilon=epsilon)
    return call.stage("normalised", "x / √(… + epsilon)", z)


@forward("RMSNormalization", keeps_mask=False)
def rms_normalization(call: Call, x: Tensor) -> Tensor:
    """Return ``x / sqrt(mean(x²) + epsilon) * scale`` (``keras.layers.RMSNormalization``)."""
    x = call.floats(x)
    axes = tuple(sorted(_axis(call, x)))
    z = _over_root(call, x, _moment(call, x, "mean square", axes), 1e-6)
    scale = call.weight("scale")
    if scale is None:
        return call.stage("output", "as it is", same(z))
    # Keras spreads the scale over the last axes, whatever axis was normalised.
    return call.stage("output", "× scale", multiply(z, scale))


@forward("GroupNormalization", keeps_mask=True)
def group_normalization(call: Call, x: Tensor) -> Tensor:
    """Standardise groups of channels (``keras.layers.GroupNormalization``)."""
    x = call.floats(x)
    axis = int(call.setting("axis", default=-1)) % x.ndim
    groups = int(call.setting("groups", default=32))
    groups = x.shape[axis] if groups == -1 else groups
    shape = (*x.shape[:axis], groups, x.shape[axis] // groups, *x.shape[axis + 1 :])
    grouped = moved(lambda a: a.reshape(shape), x)
    axes = tuple(a for a in range(1, len(shape)) if a != axis)
    mean = _moment(call, grouped, "mean", axes)
    variance = _moment(call, grouped, "variance", axes)
    whole = x.shape
    z = _standardised(call, grouped, mean, variance, 1e-3)
    z = call.stage("normalised_groups", "(x - mean) / √(variance + epsilon)", z)
    z = call.stage("normalised", "groups joined again", moved(lambda a: a.reshape(whole), z))
    return scaled_and_shifted(call, z, (axis,))


@forward("UnitNormalization", keeps_mask=True)
def unit_normalization(call: Call, x: Tensor) -> Tensor:
    """Return ``x`` divided by its length (``keras.layers.UnitNormalization``)."""
    x = call.floats(x)
    axes = tuple(sorted(_axis(call, x)))
    norm = np.sqrt(np.sum(x.value * x.value, axis=axes, keepdims=True))
    length = call.stage("length", "√(Σ x²)", reduce_axes(x, "norm", axes, True, norm))
    epsilon = constant(1e-12, "epsilon", x.dtype)

    def function(x: Array, length: Array, epsilon: Array) -> Array:
        result: Array = x / np.maximum(length, epsilon)
        return result

    template = "{x} / max({length}, {epsilon})"
    return call.stage(
        "output", "x / length", apply(function, template, x=x, length=length, epsilon=epsilon)
    )
