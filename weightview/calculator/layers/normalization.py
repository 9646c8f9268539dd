"""The normalization layers, as they are at inference."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from weightview.calculator.call import Call
from weightview.calculator.operations.elementwise import add, apply, multiply
from weightview.calculator.operations.rearranging import moved, same
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
    epsilon = constant(call.setting("epsilon", default=1e-3), "epsilon", x.dtype)
    mean = along(call.need("moving_mean"), axis, x.ndim)
    variance = along(call.need("moving_variance"), axis, x.ndim)

    def function(x: Array, mean: Array, variance: Array, epsilon: Array) -> Array:
        result: Array = (x - mean) / np.sqrt(variance + epsilon)
        return result

    template = "({x} - {(mean)}) / √({variance} + {epsilon})"
    z = apply(function, template, x=x, mean=mean, variance=variance, epsilon=epsilon)
    call.stage("normalised", "(x - moving_mean) / √(moving_variance + epsilon)", z)
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


@shape_rule("BatchNormalization")
def same_shape(layer: Layer, shape: Shape) -> Shape:
    """Return the input's shape."""
    del layer
    return shape
