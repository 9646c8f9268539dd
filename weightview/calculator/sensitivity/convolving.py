"""The reverse passes of convolutions and pooling, and of what crops and pads images.

All work with channels last, tap by tap: what a tap of the window took, it gives back.
"""

from typing import Any

import numpy as np

from weightview.calculator.layers.convolution import channels_first, settings
from weightview.calculator.layers.pooling import pooling_settings
from weightview.calculator.layers.reshaping import margins
from weightview.calculator.operations.geometry import Windows, windows
from weightview.calculator.sensitivity.rules import Passed, reverse
from weightview.core.errors import CalculationError
from weightview.core.values import Array


def _last(passed: Passed, x: Array) -> Array:
    return np.moveaxis(x, 1, -1) if channels_first(passed.layer.config) else x


def _given(passed: Passed, x: Array) -> Array:
    return np.moveaxis(x, -1, 1) if channels_first(passed.layer.config) else x


def _before_bias(passed: Passed, gradient: Array) -> Array:
    """Return the gradient of the windows' sums, channels last; note that of the bias.

    Raises:
        CalculationError: with channels first Keras 3 may add the bias along another axis.
    """
    dz = passed.through_activation(gradient)
    if passed.layer.weight("bias") is not None:
        if channels_first(passed.layer.config) and dz.shape[1] == dz.shape[-1]:
            raise CalculationError("", "as many filters as places leave the bias' axis open")
        summed = _last(passed, dz)
        passed.add("bias", summed.sum(axis=tuple(range(summed.ndim - 1))))
    return _last(passed, dz)


def _kernel(passed: Passed, role: str, rank: int) -> Array:
    kernel = passed.weight(role)
    assert kernel is not None
    # Keras 1 stores the kernel of a 1-D convolution as that of a 2-D one.
    return kernel[:, 0] if kernel.ndim == rank + 3 else kernel


def _windows(passed: Passed, x: Array, window: tuple[int, ...]) -> Windows:
    return windows(x.shape[1:-1], *settings(passed.layer.config, x.ndim - 2, window))


def _inside(w: Windows, padded: Array) -> Array:
    cells = tuple(slice(b, b + n) for b, n in zip(w.before, w.sizes, strict=True))
    return padded[(slice(None), *cells)]


def _convolution_back(
    x: Array, kernel: Array, dz: Array, w: Windows, groups: int
) -> tuple[Array, Array]:
    """Return the gradients of ``x`` and of ``kernel`` ``(*window, channels / groups, filters)``."""
    padded = w.padded(x)
    back, slopes = np.zeros(padded.shape), np.zeros(kernel.shape)
    channels, filters = kernel.shape[-2], kernel.shape[-1] // groups
    for tap in np.ndindex(*w.window):
        taken, given = w.tap(padded, tap), w.tap(back, tap)
        for group in range(groups):
            inner = slice(group * channels, (group + 1) * channels)
            outer = slice(group * filters, (group + 1) * filters)
            flat = dz[..., outer].reshape(-1, filters)
            slopes[(*tap, slice(None), outer)] = taken[..., inner].reshape(-1, channels).T @ flat
            given[..., inner] += dz[..., outer] @ kernel[(*tap, slice(None), outer)].T
    return _inside(w, back), slopes


def _depthwise_back(x: Array, kernel: Array, dz: Array, w: Windows) -> tuple[Array, Array]:
    """Return the gradients of ``x`` and of ``kernel`` ``(*window, channels, multiplier)``."""
    padded = w.padded(x)
    back, slopes = np.zeros(padded.shape), np.zeros(kernel.shape)
    parts = dz.reshape(*dz.shape[:-1], *kernel.shape[-2:])
    places = tuple(range(dz.ndim - 1))
    for tap in np.ndindex(*w.window):
        slopes[tap] = (w.tap(padded, tap)[..., np.newaxis] * parts).sum(axis=places)
        w.tap(back, tap)[...] += (parts * kernel[tap]).sum(axis=-1)
    return _inside(w, back), slopes


@reverse("Conv1D", "Conv2D", "Conv3D", "Convolution1D", "Convolution2D")
def convolution(passed: Passed, gradient: Array) -> tuple[Array, ...]:
    """Pass ``activation(Σ window · kernel + bias)``."""
    x = _last(passed, passed.inputs[0])
    kernel = _kernel(passed, "kernel", x.ndim - 2)
    dz = _before_bias(passed, gradient)
    groups = int(passed.layer.config.get("groups", 1))
    w = _windows(passed, x, kernel.shape[:-2])
    back, slopes = _convolution_back(x, kernel, dz, w, groups)
    passed.add("kernel", slopes)
    return (_given(passed, back),)


@reverse("DepthwiseConv1D", "DepthwiseConv2D")
def depthwise(passed: Passed, gradient: Array) -> tuple[Array, ...]:
    """Pass each channel's windows' sums."""
    x = _last(passed, passed.inputs[0])
    kernel = _kernel(passed, "kernel", x.ndim - 2)
    dz = _before_bias(passed, gradient)
    back, slopes = _depthwise_back(x, kernel, dz, _windows(passed, x, kernel.shape[:-2]))
    passed.add("kernel", slopes)
    return (_given(passed, back),)


@reverse("SeparableConv1D", "SeparableConv2D")
def separable(passed: Passed, gradient: Array) -> tuple[Array, ...]:
    """Pass the mixing of the channels, then each channel's windows' sums."""
    x = _last(passed, passed.inputs[0])
    first = _kernel(passed, "depthwise_kernel", x.ndim - 2)
    second = _kernel(passed, "pointwise_kernel", x.ndim - 2)
    dz = _before_bias(passed, gradient)
    w = _windows(passed, x, first.shape[:-2])
    padded = w.padded(x)
    between = sum(w.tap(padded, tap)[..., np.newaxis] * first[tap] for tap in np.ndindex(*w.window))
    between = np.asarray(between).reshape(*dz.shape[:-1], -1)
    mixing = second.reshape(second.shape[-2:])
    flat = dz.reshape(-1, dz.shape[-1])
    passed.add("pointwise_kernel", between.reshape(-1, between.shape[-1]).T @ flat)
    back, slopes = _depthwise_back(x, first, dz @ mixing.T, w)
    passed.add("depthwise_kernel", slopes)
    return (_given(passed, back),)


def _pooled(passed: Passed) -> tuple[Array, Windows]:
    x = _last(passed, passed.inputs[0])
    rank = x.ndim - 2
    window, strides, padding = pooling_settings(passed.layer.config, rank)
    return x, windows(x.shape[1:-1], window, strides, (1,) * rank, padding)


@reverse("MaxPooling1D", "MaxPooling2D", "MaxPooling3D")
def max_pooling(passed: Passed, gradient: Array) -> tuple[Array, ...]:
    """Give the gradient to the largest number of each window, of equal ones to the first."""
    x, w = _pooled(passed)
    padded = w.padded(x, -np.inf)
    dz = _last(passed, gradient)
    largest = _last(passed, passed.output)
    back, is_free = np.zeros(padded.shape), np.ones(dz.shape, np.bool_)
    for tap in np.ndindex(*w.window):
        is_it = is_free & (w.tap(padded, tap) == largest)
        w.tap(back, tap)[...] += np.where(is_it, dz, 0.0)
        is_free &= ~is_it
    return (_given(passed, _inside(w, back)),)


@reverse("AveragePooling1D", "AveragePooling2D", "AveragePooling3D")
def average_pooling(passed: Passed, gradient: Array) -> tuple[Array, ...]:
    """Give each cell inside a window its share of the mean's gradient."""
    x, w = _pooled(passed)
    inside = w.padded(np.ones((1, *x.shape[1:-1], 1)))
    taps = list(np.ndindex(*w.window))
    count: Any = sum(w.tap(inside, tap) for tap in taps)
    share = _last(passed, gradient) / count
    back = np.zeros(w.padded(x).shape)
    for tap in taps:
        w.tap(back, tap)[...] += share
    return (_given(passed, _inside(w, back)),)


@reverse("GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D")
def global_max(passed: Passed, gradient: Array) -> tuple[Array, ...]:
    """Give the gradient to the largest number of each channel, to equal ones in equal shares."""
    x = passed.inputs[0]
    is_first = channels_first(passed.layer.config)
    axes = tuple(range(2, x.ndim)) if is_first else tuple(range(1, x.ndim - 1))
    if gradient.ndim < x.ndim:
        gradient = np.expand_dims(gradient, axes)
    is_largest = x == x.max(axis=axes, keepdims=True)
    return (gradient * is_largest / is_largest.sum(axis=axes, keepdims=True),)


@reverse("ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D")
def zero_padding(passed: Passed, gradient: Array) -> tuple[Array, ...]:
    """Cut off what was added."""
    dz = _last(passed, gradient)
    added = margins(passed.layer.config["padding"], dz.ndim - 2)
    sizes = dz.shape[1:-1]
    cells = tuple(slice(b, n - a) for (b, a), n in zip(added, sizes, strict=True))
    return (_given(passed, dz[(slice(None), *cells)]),)


@reverse("Cropping1D", "Cropping2D", "Cropping3D")
def cropping(passed: Passed, gradient: Array) -> tuple[Array, ...]:
    """Put zeros where cells were cut off."""
    dz = _last(passed, gradient)
    cut = margins(passed.layer.config["cropping"], dz.ndim - 2)
    return (_given(passed, np.pad(dz, [(0, 0), *cut, (0, 0)])),)
