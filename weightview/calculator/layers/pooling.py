"""The pooling layers: over windows, over everything, and to a fixed size."""

from collections.abc import Callable
from typing import Any

import numpy as np

from weightview.calculator.call import Call
from weightview.calculator.layers.convolution import (
    as_given,
    channels_first,
    channels_last,
    joined,
)
from weightview.calculator.operations.geometry import Windows, each, size_after, windows
from weightview.calculator.operations.reducing import Cells, Reduced, reduce_axes
from weightview.calculator.operations.summing import total_of
from weightview.calculator.registry import forward, shape_rule
from weightview.calculator.tensors import (
    Array,
    Explanation,
    Look,
    Tensor,
    by_size,
    number_text,
)
from weightview.calculator.trace import Index, Term
from weightview.core.model import Layer, Shape


def pooling_settings(config: Any, rank: int) -> tuple[tuple[int, ...], tuple[int, ...], str]:
    """Return window, strides and padding of a pooling config of any Keras."""
    window = each(config.get("pool_size", config.get("pool_length", 2)), rank)
    strides = config.get("strides", config.get("stride"))
    padding = str(config.get("padding", config.get("border_mode", "valid"))).lower()
    return window, window if strides is None else each(strides, rank), padding


def _windows(call: Call, x: Tensor) -> Windows:
    rank = x.ndim - 2
    window, strides, padding = pooling_settings(call.config, rank)
    return windows(x.shape[1:-1], window, strides, (1,) * rank, padding)


def _covered(w: Windows) -> Cells:
    def cells(index: Index) -> list[Index]:
        batch, *place, channel = index
        return [(batch, *cell, channel) for _, cell in w.covered(tuple(place))]

    return cells


@forward("MaxPooling1D", "MaxPooling2D", "MaxPooling3D")
def max_pooling(call: Call, x: Tensor) -> Tensor:
    """Return the largest number of each window (``keras.layers.MaxPooling2D``)."""
    x = channels_last(call, x)
    w = _windows(call, x)
    padded = w.padded(x.value, -np.inf)
    value: Array | None = None
    for tap in np.ndindex(*w.window):
        part = w.tap(padded, tap)
        value = part.copy() if value is None else np.maximum(value, part)
        call.report(0.0)
    assert value is not None
    result = Tensor(value, Reduced(x, _covered(w), "max"))
    return call.stage("output", "max of each window", as_given(call, result))


@forward("AveragePooling1D", "AveragePooling2D", "AveragePooling3D")
def average_pooling(call: Call, x: Tensor) -> Tensor:
    """Return the mean of each window's cells, those outside not counted."""
    x = channels_last(call, x)
    w = _windows(call, x)
    padded = w.padded(x.value)
    inside = w.padded(np.ones((1, *x.shape[1:-1], 1), x.dtype))
    value = np.zeros((len(x.value), *w.places, x.shape[-1]), x.dtype)
    count = np.zeros((1, *w.places, 1), x.dtype)
    for tap in np.ndindex(*w.window):
        value += w.tap(padded, tap)
        count += w.tap(inside, tap)
        call.report(0.0)
    result = Tensor(value / count, Reduced(x, _covered(w), "mean"))
    return call.stage("output", "mean of each window", as_given(call, result))


@shape_rule("MaxPooling1D", "MaxPooling2D", "MaxPooling3D",
            "AveragePooling1D", "AveragePooling2D", "AveragePooling3D")  # fmt: skip
def pooling_shape(layer: Layer, shape: Shape) -> Shape:
    """Return how many windows there are, and the channels."""
    first = channels_first(layer.config)
    sizes, channels = (shape[2:], shape[1]) if first else (shape[1:-1], shape[-1])
    window, strides, padding = pooling_settings(layer.config, len(sizes))
    places = tuple(
        size_after(n, w, s, 1, padding) for n, w, s in zip(sizes, window, strides, strict=True)
    )
    return joined(layer, shape[0], places, channels)


def _spatial(call: Call, x: Tensor) -> tuple[int, ...]:
    return tuple(range(2, x.ndim)) if channels_first(call.config) else tuple(range(1, x.ndim - 1))


def _global(call: Call, x: Tensor, kind: str, function: Callable[..., Array]) -> Tensor:
    axes = _spatial(call, x)
    keepdims = bool(call.setting("keepdims", default=False))
    result = reduce_axes(x, kind, axes, keepdims, function(x.value, axis=axes, keepdims=keepdims))
    return call.stage("output", f"{kind} over all places", result)


@forward("GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D")
def global_max(call: Call, x: Tensor) -> Tensor:
    """Return the largest number of each channel."""
    return _global(call, call.floats(x), "max", np.max)


@forward("GlobalAveragePooling2D", "GlobalAveragePooling3D")
def global_average(call: Call, x: Tensor) -> Tensor:
    """Return the mean of each channel."""
    return _global(call, call.floats(x), "mean", np.mean)


@forward("GlobalAveragePooling1D")
def global_average_1d(call: Call, x: Tensor, mask: Tensor | None = None) -> Tensor:
    """Return the mean over time, of the steps that the mask leaves (Keras' class)."""
    x = call.floats(x)
    mask = mask if mask is not None else x.mask
    if mask is None:
        return _global(call, x, "mean", np.mean)
    axis = _spatial(call, x)[0]
    keepdims = bool(call.setting("keepdims", default=False))
    m = mask.value.astype(x.dtype)
    m = m[:, np.newaxis, :] if channels_first(call.config) else m[:, :, np.newaxis]
    value = (x.value * m).sum(axis=axis, keepdims=keepdims) / m.sum(axis=axis, keepdims=keepdims)
    call.notes.append("Only the time steps that the mask leaves count.")
    result = Tensor(value, _MaskedMean(x, mask, axis, keepdims))
    return call.stage("output", "mean over the steps that count", result)


class _MaskedMean:
    """The mean over time of the steps that a mask leaves."""

    __slots__ = ("axis", "keepdims", "mask", "x")

    def __init__(self, x: Tensor, mask: Tensor, axis: int, keepdims: bool) -> None:
        self.x = x
        self.mask = mask
        self.axis = axis
        self.keepdims = keepdims

    def explain(self, index: Index, look: Look) -> Explanation:
        """Return each step as a term, weighted 1 or 0 by the mask."""
        rest = [*index]
        if self.keepdims:
            del rest[self.axis]
        terms = []
        for step in range(self.x.shape[self.axis]):
            cell = (*rest[: self.axis], step, *rest[self.axis :])
            terms.append(look.term(self.x, cell, (self.mask, (index[0], step))))
        total = total_of(terms)
        count = sum(term.weight or 0.0 for term in terms)
        text = f"{number_text(total)} / {number_text(count)}"
        return Explanation(
            "Σ x[t] · mask[t] / Σ mask[t]",
            text,
            by_size(terms),
            "mean",
            total=total,
            evaluator=_masked_mean,
        )


def _masked_mean(terms: tuple[Term, ...], bias: Term | None) -> float:
    del bias
    with np.errstate(all="ignore"):
        return float(
            np.float64(total_of(terms)) / np.float64(sum(term.weight or 0.0 for term in terms))
        )


@shape_rule(
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "GlobalMaxPooling3D",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAveragePooling3D",
)
def global_shape(layer: Layer, shape: Shape) -> Shape:
    """Return the batch axis and the channels."""
    channels = shape[1] if channels_first(layer.config) else shape[-1]
    if not layer.config.get("keepdims"):
        return (shape[0], channels)
    return joined(layer, shape[0], (1,) * (len(shape) - 2), channels)


def _parts(n: int, m: int) -> list[tuple[int, int]]:
    """Return where each of ``m`` parts of an axis of ``n`` cells begins and ends."""
    return [(i * n // m, -(-(i + 1) * n // m)) for i in range(m)]


def _adaptive(call: Call, x: Tensor, kind: str, function: Callable[..., Array]) -> Tensor:
    x = channels_last(call, x)
    sizes = each(call.config["output_size"], x.ndim - 2)
    axes = [_parts(n, m) for n, m in zip(x.shape[1:-1], sizes, strict=True)]
    value = np.empty((len(x.value), *sizes, x.shape[-1]), x.dtype)
    spatial = tuple(range(1, x.ndim - 1))
    for place in np.ndindex(*sizes):
        key = tuple(slice(*parts[i]) for parts, i in zip(axes, place, strict=True))
        value[(slice(None), *place)] = function(x.value[(slice(None), *key)], axis=spatial)

    def cells(index: Index) -> list[Index]:
        batch, *place, channel = index
        parts = [axes[axis][i] for axis, i in enumerate(place)]
        inner = np.ndindex(*(end - start for start, end in parts))
        starts = [start for start, _ in parts]
        return [
            (batch, *(s + i for s, i in zip(starts, offset, strict=True)), channel)
            for offset in inner
        ]

    result = Tensor(value, Reduced(x, cells, kind))
    return call.stage("output", f"{kind} of each part", as_given(call, result))


@forward("AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveAveragePooling3D")
def adaptive_average(call: Call, x: Tensor) -> Tensor:
    """Return the mean of each of a fixed number of parts."""
    return _adaptive(call, x, "mean", np.mean)


@forward("AdaptiveMaxPooling1D", "AdaptiveMaxPooling2D", "AdaptiveMaxPooling3D")
def adaptive_max(call: Call, x: Tensor) -> Tensor:
    """Return the largest number of each of a fixed number of parts."""
    return _adaptive(call, x, "max", np.max)


@shape_rule("AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveAveragePooling3D",
            "AdaptiveMaxPooling1D", "AdaptiveMaxPooling2D", "AdaptiveMaxPooling3D")  # fmt: skip
def adaptive_shape(layer: Layer, shape: Shape) -> Shape:
    """Return the fixed sizes, and the channels."""
    channels = shape[1] if channels_first(layer.config) else shape[-1]
    sizes = each(layer.config["output_size"], len(shape) - 2)
    return joined(layer, shape[0], sizes, channels)
