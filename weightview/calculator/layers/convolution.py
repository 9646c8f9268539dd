"""The convolution layers: plain, depthwise, separable and transposed, in 1, 2 and 3 dimensions."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from weightview.calculator.call import Call
from weightview.calculator.layers.biases import biased
from weightview.calculator.layers.core import activated_shape
from weightview.calculator.layers.quantised import adapted
from weightview.calculator.operations.convolving import (
    convolve,
    convolve_depthwise,
    convolve_transposed,
)
from weightview.calculator.operations.geometry import (
    Sizes,
    Windows,
    each,
    size_after,
    windows,
)
from weightview.calculator.operations.rearranging import moved
from weightview.calculator.registry import forward, shape_rule
from weightview.calculator.tensors import Tensor
from weightview.core.model import Layer, Shape


def channels_first(config: Any) -> bool:
    """Return whether a config puts the channels before the spatial axes."""
    first: bool = config.get("data_format") == "channels_first"
    return first or config.get("dim_ordering") == "th"


def channels_last(call: Call, x: Tensor) -> Tensor:
    """Return ``x`` with its channels last, whatever the layer's data format."""
    x = call.floats(x)
    return moved(lambda a: np.moveaxis(a, 1, -1), x) if channels_first(call.config) else x


def as_given(call: Call, x: Tensor) -> Tensor:
    """Return ``x`` with its channels where the layer's data format wants them."""
    return moved(lambda a: np.moveaxis(a, -1, 1), x) if channels_first(call.config) else x


def settings(config: Any, rank: int, window: Sizes) -> tuple[Sizes, Sizes, Sizes, str]:
    """Return window, strides, dilation and padding of a convolution's config of any Keras."""
    strides = config.get("strides", config.get("subsample", config.get("subsample_length", 1)))
    dilation = config.get("dilation_rate", config.get("atrous_rate", 1))
    padding = config.get("padding", config.get("border_mode", "valid"))
    return window, each(strides, rank), each(dilation, rank), str(padding).lower()


def _windows(call: Call, x: Tensor, window: Sizes) -> Windows:
    rank = x.ndim - 2
    return windows(x.shape[1:-1], *settings(call.config, rank, window))


@forward("Conv1D", "Conv2D", "Conv3D", "Convolution1D", "Convolution2D")
def convolution(call: Call, x: Tensor) -> Tensor:
    """Return the windows' sums, plus the bias, through the activation (``keras.layers.Conv2D``)."""
    kernel = adapted(call, _kernel(call, "kernel"), "kernel")
    x = channels_last(call, x)
    kernel = _of_rank(kernel, x.ndim)
    w = _windows(call, x, kernel.shape[:-2])
    z = convolve(x, kernel, w, int(call.setting("groups", default=1)), call.report)
    return _finish(call, z)


def _kernel(call: Call, role: str) -> Tensor:
    """Return a kernel that slides.

    Raises:
        CalculationError: it is laid out or meant in Theano's way.
    """
    if call.setting("dim_ordering") == "th":
        raise call.refuse("the calculator does not know kernels in Theano's order of axes")
    if call.plan.backend == "theano":
        raise call.refuse("the file was written with Theano, which turns kernels round")
    return call.need(role)


def _of_rank(kernel: Tensor, ndim: int) -> Tensor:
    """Return the kernel with as many axes as the input: Keras 1 stores that of 1-D as 2-D."""
    if kernel.ndim == ndim + 1 and kernel.shape[1] == 1:
        return moved(lambda k: k[:, 0], kernel, has_batch=False)
    return kernel


def _finish(call: Call, z: Tensor) -> Tensor:
    z = call.stage("window_sum", "sum over each window × kernel", as_given(call, z))
    bias = call.weight("bias")
    if bias is not None:
        if channels_first(call.config):
            ones = (1,) * (z.ndim - 2)
            bias = moved(lambda b: b.reshape(-1, *ones), bias, has_batch=False)
        z = call.stage("pre_activation", "+ bias", biased(call, z, bias))
    return call.activate(z)


@forward("DepthwiseConv1D", "DepthwiseConv2D")
def depthwise(call: Call, x: Tensor) -> Tensor:
    """Return each channel's windows' sums (``keras.layers.DepthwiseConv2D``)."""
    kernel = _kernel(call, "kernel")
    x = channels_last(call, x)
    w = _windows(call, x, kernel.shape[:-2])
    return _finish(call, convolve_depthwise(x, kernel, w, call.report))


@forward("SeparableConv1D", "SeparableConv2D")
def separable(call: Call, x: Tensor) -> Tensor:
    """Convolve each channel alone, then mix the channels (``keras.layers.SeparableConv2D``)."""
    first, second = _kernel(call, "depthwise_kernel"), call.need("pointwise_kernel")
    x = channels_last(call, x)
    w = _windows(call, x, first.shape[:-2])
    between = convolve_depthwise(x, first, w, call.report)
    between = call.stage("depthwise", "each channel × depthwise_kernel", between)
    ones = (1,) * len(w.places)
    once = windows(w.places, ones, ones, ones, "valid")
    return _finish(call, convolve(between, second, once, 1, call.report))


@forward("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose")
def transposed(call: Call, x: Tensor) -> Tensor:
    """Spread each number over a window (``keras.layers.Conv2DTranspose``)."""
    kernel = _kernel(call, "kernel")
    x = channels_last(call, x)
    rank = x.ndim - 2
    window, strides, dilation, padding = settings(call.config, rank, kernel.shape[:-2])
    sizes = transposed_sizes(call.config, x.shape[1:-1], window)
    before = tuple(
        max((n - 1) * s + (k - 1) * d + 1 - m, 0) // 2 if padding == "same" else 0
        for n, s, k, d, m in zip(x.shape[1:-1], strides, window, dilation, sizes, strict=True)
    )
    w = Windows(sizes, window, strides, dilation, before, x.shape[1:-1])
    return _finish(call, convolve_transposed(x, kernel, w, call.report))


def transposed_sizes(config: Any, sizes: Sequence[int], window: Sizes) -> Sizes:
    """Return the spatial sizes of a transposed convolution's output."""
    rank = len(sizes)
    _, strides, dilation, padding = settings(config, rank, window)
    extra = config.get("output_padding")
    extras: Sequence[int | None] = [None] * rank if extra is None else each(extra, rank)
    result = []
    for n, w, s, d, more in zip(sizes, window, strides, dilation, extras, strict=True):
        reach = (w - 1) * d + 1
        if padding == "same":
            result.append(n * s if more is None else (n - 1) * s + reach % 2 + more)
        else:
            added = max(reach, s) - reach if more is None else more
            result.append((n - 1) * s + reach + added)
    return tuple(result)


def _split(layer: Layer, shape: Shape) -> tuple[Shape, int | None]:
    """Return the spatial sizes and the channels of a shape."""
    if channels_first(layer.config):
        return shape[2:], shape[1]
    return shape[1:-1], shape[-1]


def joined(layer: Layer, batch: int | None, sizes: Shape, channels: int | None) -> Shape:
    """Return the shape with the channels where the data format wants them."""
    if channels_first(layer.config):
        return (batch, channels, *sizes)
    return (batch, *sizes, channels)


def _window_of(layer: Layer, rank: int) -> Sizes:
    config = layer.config
    if "kernel_size" in config:
        return each(config["kernel_size"], rank)
    if "filter_length" in config:
        return (int(config["filter_length"]),)
    return tuple(int(config[name]) for name in ("nb_row", "nb_col"))


@shape_rule(
    "Conv1D",
    "Conv2D",
    "Conv3D",
    "Convolution1D",
    "Convolution2D",
    "SeparableConv1D",
    "SeparableConv2D",
    "DepthwiseConv1D",
    "DepthwiseConv2D",
)
def convolution_shape(layer: Layer, shape: Shape) -> Shape:
    """Return how many windows there are, and the filters."""
    sizes, channels = _split(layer, shape)
    window, strides, dilation, padding = settings(
        layer.config, len(sizes), _window_of(layer, len(sizes))
    )
    places = tuple(
        size_after(n, w, s, d, padding)
        for n, w, s, d in zip(sizes, window, strides, dilation, strict=True)
    )
    if layer.class_name.startswith("Depthwise"):
        assert channels is not None
        filters = channels * int(layer.config.get("depth_multiplier", 1))
    else:
        filters = int(layer.config.get("filters", layer.config.get("nb_filter", 0)))
    return activated_shape(layer, joined(layer, shape[0], places, filters))


@shape_rule("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose")
def transposed_shape(layer: Layer, shape: Shape) -> Shape:
    """Return how far the windows spread, and the filters."""
    sizes, _ = _split(layer, shape)
    window = _window_of(layer, len(sizes))
    places: list[int | None] = []
    for axis, n in enumerate(sizes):
        if n is None:
            places.append(None)
        else:
            known = tuple(n if m is None else m for m in sizes)
            places.append(transposed_sizes(layer.config, known, window)[axis])
    whole = joined(layer, shape[0], tuple(places), int(layer.config["filters"]))
    return activated_shape(layer, whole)
