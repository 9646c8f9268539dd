"""The activations as functions of NumPy arrays, as Keras' TensorFlow backend computes them.

Each takes an array of floats of any shape and returns one of the same dtype. Sources: the functions
of ``keras.activations`` 3.15; those named ``old_...`` are of Keras 1 and 2.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

SELU_SCALE = 1.05070098
SELU_ALPHA = 1.67326324


def linear(x: Array) -> Array:
    """Return ``x`` itself."""
    return x


def relu(
    x: Array,
    negative_slope: float = 0.0,
    max_value: float | None = None,
    threshold: float = 0.0,
) -> Array:
    """Return ``x`` above ``threshold``, at most ``max_value``; below it a slope, or 0."""
    if negative_slope == 0 and threshold == 0:
        positive = np.maximum(x, 0)
        return positive if max_value is None else np.minimum(positive, max_value)
    positive = np.where(x > threshold, x, 0)
    if max_value is not None:
        positive = np.clip(positive, 0, max_value)
    if negative_slope == 0:
        return positive
    # Keras: relu(-x) where the threshold is 0, relu(threshold - x) else; both are this.
    return positive - negative_slope * np.maximum(threshold - x, 0)


def relu6(x: Array) -> Array:
    """Return ``x`` cut to 0 ... 6."""
    return np.clip(x, 0, 6)


def leaky_relu(x: Array, negative_slope: float = 0.2) -> Array:
    """Return ``x`` where positive, else ``negative_slope`` of it."""
    return np.where(x > 0, x, negative_slope * x)


def elu(x: Array, alpha: float = 1.0) -> Array:
    """Return ``x`` where positive, else ``alpha * (e^x - 1)``."""
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def celu(x: Array, alpha: float = 1.0) -> Array:
    """Return ``max(x, 0) + alpha * (e^(min(x, 0) / alpha) - 1)``."""
    a = alpha
    return np.maximum(x, 0) + a * np.expm1(np.minimum(x, 0) / a)


def selu(x: Array) -> Array:
    """Return the scaled ELU of self-normalizing networks."""
    scale, alpha = SELU_SCALE, SELU_ALPHA
    return scale * np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def exponential(x: Array) -> Array:
    """Return ``e^x``."""
    return np.exp(x)


def sigmoid(x: Array) -> Array:
    """Return ``1 / (1 + e^-x)``; an overflow of ``e^-x`` to inf rightly gives 0."""
    return 1 / (1 + np.exp(-x))


def tanh(x: Array) -> Array:
    """Return the hyperbolic tangent."""
    return np.tanh(x)


def softplus(x: Array) -> Array:
    """Return ``log(1 + e^x)`` in a form that neither overflows nor loses small numbers."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def softsign(x: Array) -> Array:
    """Return ``x / (1 + |x|)``."""
    result: Array = x / (1 + np.abs(x))
    return result


def log_sigmoid(x: Array) -> Array:
    """Return ``-softplus(-x)``."""
    return -softplus(-x)


def silu(x: Array) -> Array:
    """Return ``x * sigmoid(x)``."""
    return x * sigmoid(x)


def mish(x: Array) -> Array:
    """Return ``x * tanh(softplus(x))``."""
    return x * np.tanh(softplus(x))


def gelu(x: Array, approximate: bool = False) -> Array:
    """Return ``x`` times the normal distribution's probability of less than ``x``."""
    from scipy.special import erf

    if approximate:
        inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)
        result: Array = 0.5 * x * (1 + np.tanh(inner))
    else:
        result = 0.5 * x * (1 + erf(x * math.sqrt(0.5)))
    return result


def hard_sigmoid(x: Array) -> Array:
    """Return ``relu6(x + 3) / 6``: the meaning since Keras 3."""
    return relu6(x + 3) / 6


def old_hard_sigmoid(x: Array) -> Array:
    """Return ``0.2 x + 0.5`` cut to 0 ... 1: the meaning in Keras 1 and 2."""
    scaled = 0.2 * x + 0.5
    return np.clip(scaled, 0, 1)


def hard_silu(x: Array) -> Array:
    """Return ``x * hard_sigmoid(x)``."""
    return x * hard_sigmoid(x)


def hard_tanh(x: Array) -> Array:
    """Return ``x`` cut to -1 ... 1."""
    return np.clip(x, -1, 1)


def tanh_shrink(x: Array) -> Array:
    """Return ``x - tanh(x)``."""
    return x - np.tanh(x)


def soft_shrink(x: Array, threshold: float = 0.5) -> Array:
    """Return ``x`` moved towards 0 by ``threshold``, and 0 within it."""
    t = threshold
    return np.where(x > t, x - t, np.where(x < -t, x + t, 0))


def hard_shrink(x: Array, threshold: float = 0.5) -> Array:
    """Return ``x`` where it is larger than ``threshold`` in size, else 0."""
    return np.where(np.abs(x) > threshold, x, 0)


def threshold(x: Array, threshold: float, default_value: float) -> Array:
    """Return ``x`` above ``threshold``, else ``default_value``."""
    return np.where(x > threshold, x, default_value)


def squareplus(x: Array, b: float = 4) -> Array:
    """Return ``(x + sqrt(x² + b)) / 2``."""
    return (x + np.sqrt(x * x + b)) / 2


def sparse_plus(x: Array) -> Array:
    """Return 0 up to -1, ``(x + 1)² / 4`` up to 1, then ``x``."""
    middle = 0.25 * (x + 1) * (x + 1)
    return np.where(x <= -1, 0, np.where(x < 1, middle, x))


def sparse_sigmoid(x: Array) -> Array:
    """Return 0 up to -1, ``(x + 1) / 2`` up to 1, then 1."""
    middle = 0.5 * (x + 1)
    return np.where(x <= -1, 0, np.where(x >= 1, 1, middle))


def softmax(x: Array, axis: int | tuple[int, ...] = -1) -> Array:
    """Return ``e^x`` divided by the sum over ``axis``; the maximum is taken off first."""
    e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    result: Array = e / np.sum(e, axis=axis, keepdims=True)
    return result


def log_softmax(x: Array, axis: int = -1) -> Array:
    """Return the logarithm of softmax; the maximum is taken off first, so nothing overflows."""
    shifted = x - np.max(x, axis=axis, keepdims=True)
    result: Array = shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))
    return result


def sparsemax(x: Array, axis: int = -1) -> Array:
    """Return what Keras 3 calls sparsemax.

    The paper (Martins and Astudillo 2016) takes from each number the last cumulative sum of the
    support, less 1, divided by its size. Keras adds up all cumulative sums of the support, which
    is another number as soon as the support has two members; a model's output is Keras' number.
    """
    ordered = np.flip(np.sort(x, axis=axis), axis=axis)
    sums = np.cumsum(ordered, axis=axis, dtype=x.dtype)
    shape = [1] * x.ndim
    shape[axis] = x.shape[axis]
    k = np.arange(1, x.shape[axis] + 1, dtype=x.dtype).reshape(shape)
    support = ordered - (sums - 1) / k > 0
    count = np.sum(support, axis=axis, keepdims=True, dtype=x.dtype)
    total = np.sum(np.where(support, sums, 0), axis=axis, keepdims=True)
    result: Array = np.maximum(x - (total - 1) / count, 0)
    return result


def glu(x: Array, axis: int = -1) -> Array:
    """Return the first half of ``axis`` times the sigmoid of the second: half as wide."""
    first, second = np.split(x, 2, axis=axis)
    result: Array = first * sigmoid(second)
    return result
