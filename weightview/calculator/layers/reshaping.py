"""Layers that only move numbers: Flatten, Reshape and their kin."""

from typing import Any

import numpy as np

from weightview.calculator.call import Call
from weightview.calculator.layers.convolution import channels_first
from weightview.calculator.operations.rearranging import moved
from weightview.calculator.operations.summing import einsum
from weightview.calculator.registry import forward, shape_rule
from weightview.calculator.tensors import Array, Tensor, constant
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


@forward("Permute")
def permute(call: Call, x: Tensor) -> Tensor:
    """Return the axes in another order; axis 1 is the first one after the batch."""
    dims = tuple(int(n) for n in call.config["dims"])
    return call.stage("output", f"axes {dims}", moved(lambda x: x.transpose(0, *dims), x))


@shape_rule("Permute")
def permute_shape(layer: Layer, shape: Shape) -> Shape:
    """Return the shape in the order of ``dims``."""
    return (shape[0], *(shape[n] for n in layer.config["dims"]))


@forward("RepeatVector")
def repeat_vector(call: Call, x: Tensor) -> Tensor:
    """Return the row ``n`` times, one below the other."""
    n = int(call.config["n"])
    return call.stage("output", f"{n} times", moved(lambda x: np.repeat(x[:, None], n, 1), x))


@shape_rule("RepeatVector")
def repeat_shape(layer: Layer, shape: Shape) -> Shape:
    """Return the shape with the times after the batch axis."""
    return (shape[0], int(layer.config["n"]), *shape[1:])


def margins(value: Any, rank: int) -> list[tuple[int, int]]:
    """Return before and after for each spatial axis, of a config's number, list or pairs."""
    if isinstance(value, int):
        return [(value, value)] * rank
    entries = list(value)
    if rank == 1:
        entries = [entries if len(entries) > 1 else entries[0]]
    return [(n, n) if isinstance(n, int) else (int(n[0]), int(n[1])) for n in entries]


def _around(call: Call, x: Tensor, entry: str) -> list[tuple[int, int]]:
    pairs = margins(call.config[entry], x.ndim - 2)
    if channels_first(call.config):
        return [(0, 0), (0, 0), *pairs]
    return [(0, 0), *pairs, (0, 0)]


@forward("ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D")
def zero_padding(call: Call, x: Tensor) -> Tensor:
    """Put zeros around the spatial axes."""
    pads = _around(call, x, "padding")
    return call.stage("output", "zeros around", moved(lambda x: np.pad(x, pads), x))


@forward("Cropping1D", "Cropping2D", "Cropping3D")
def cropping(call: Call, x: Tensor) -> Tensor:
    """Cut the spatial axes at both ends."""
    cuts = _around(call, x, "cropping")
    key = tuple(slice(a, n - b) for (a, b), n in zip(cuts, x.shape, strict=True))
    return call.stage("output", "without its margin", moved(lambda x: x[key], x))


@shape_rule("ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D",
            "Cropping1D", "Cropping2D", "Cropping3D")  # fmt: skip
def margin_shape(layer: Layer, shape: Shape) -> Shape:
    """Return the spatial axes longer or shorter by the margins."""
    entry, sign = ("padding", 1) if layer.class_name.startswith("Zero") else ("cropping", -1)
    first = channels_first(layer.config)
    sizes = shape[2:] if first else shape[1:-1]
    pairs = margins(layer.config[entry], len(sizes))
    new = tuple(
        None if n is None else n + sign * (a + b) for n, (a, b) in zip(sizes, pairs, strict=True)
    )
    return (shape[0], shape[1], *new) if first else (shape[0], *new, shape[-1])


def _factors(config: Any, rank: int) -> tuple[int, ...]:
    value = config.get("size", config.get("length", 2))
    return (int(value),) * rank if isinstance(value, int) else tuple(int(n) for n in value)


@forward("UpSampling1D", "UpSampling2D", "UpSampling3D")
def up_sampling(call: Call, x: Tensor) -> Tensor:
    """Repeat each number along the spatial axes, or put numbers between (2-D)."""
    factors = _factors(call.config, x.ndim - 2)
    how = call.setting("interpolation", default="nearest")
    if how == "bilinear":
        return _bilinear(call, x, factors)
    if how != "nearest":
        raise call.refuse(f"the calculator does not know the interpolation “{how}”")
    axes = _spatial_axes(call, x)

    def function(x: Array) -> Array:
        for axis, n in zip(axes, factors, strict=True):
            x = np.repeat(x, n, axis=axis)
        return x

    return call.stage("output", "each number repeated", moved(function, x))


def _spatial_axes(call: Call, x: Tensor) -> tuple[int, ...]:
    first = 2 if channels_first(call.config) else 1
    return tuple(range(first, first + x.ndim - 2))


def _bilinear(call: Call, x: Tensor, factors: tuple[int, ...]) -> Tensor:
    """Interpolate along one axis and then the other, half-pixel centres as TensorFlow."""
    x = call.floats(x)
    rows, columns = _spatial_axes(call, x)
    labels = "abcd"
    for name, axis, n in (("rows", rows, factors[0]), ("output", columns, factors[1])):
        weights = interpolation_weights(x.shape[axis], n).astype(x.dtype)
        matrix = constant(weights, "interpolation")
        out = labels.replace(labels[axis], "z")
        x = einsum(f"{labels},z{labels[axis]}->{out}", x, matrix)
        x = call.stage(name, f"interpolated along axis {axis}", x)
    return x


def interpolation_weights(size: int, factor: int) -> Array:
    """Return ``(size * factor, size)``: which share each cell has in each new one."""
    place = (np.arange(size * factor) + 0.5) / factor - 0.5
    low = np.floor(place)
    share = place - low
    result = np.zeros((size * factor, size))
    rows = np.arange(size * factor)
    np.add.at(result, (rows, np.clip(low, 0, size - 1).astype(int)), 1 - share)
    np.add.at(result, (rows, np.clip(low + 1, 0, size - 1).astype(int)), share)
    return result


@shape_rule("UpSampling1D", "UpSampling2D", "UpSampling3D")
def up_sampling_shape(layer: Layer, shape: Shape) -> Shape:
    """Return the spatial axes so many times longer."""
    first = channels_first(layer.config)
    sizes = shape[2:] if first else shape[1:-1]
    factors = _factors(layer.config, len(sizes))
    new = tuple(None if n is None else n * m for n, m in zip(sizes, factors, strict=True))
    return (shape[0], shape[1], *new) if first else (shape[0], *new, shape[-1])
