"""The numeric preprocessing layers: Normalization, Rescaling, Discretization, CategoryEncoding."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from weightview.calculator.call import Call
from weightview.calculator.layers.lookup import whole_numbers
from weightview.calculator.operations.elementwise import apply
from weightview.calculator.operations.rearranging import moved
from weightview.calculator.registry import forward, shape_rule
from weightview.calculator.tensors import (
    Array,
    Explanation,
    Look,
    Tensor,
    constant,
    number_text,
)
from weightview.calculator.trace import Index, Term
from weightview.core.model import Layer, Shape

_SMALLEST_DEVIATION = 1e-7
_MATRIX = 2


def numbers_of(value: Any) -> Array:
    """Return the numbers of a config's entry: a number, nested lists, or a stored array."""
    if isinstance(value, Mapping):
        inner = value.get("config", value)
        value = inner.get("value", inner) if isinstance(inner, Mapping) else inner
    return np.asarray(value, dtype=np.float64)


@forward("Normalization", keeps_mask=True)
def normalization(call: Call, x: Tensor) -> Tensor:
    """Return ``(x - mean) / max(sqrt(variance), 1e-7)`` (``keras.layers.Normalization``)."""
    x = call.floats(x)
    mean, variance = _statistics(call, x)
    least = constant(_SMALLEST_DEVIATION, "epsilon", x.dtype)
    if call.setting("invert", default=False):

        def function(mean: Any, x: Any, variance: Any, least: Any) -> Any:
            return mean + x * np.maximum(np.sqrt(variance), least)

        template = "{mean} + {(x)} · max(√{variance}, {least})"
        result = apply(function, template, mean=mean, x=x, variance=variance, least=least)
        return call.stage("output", "mean + x · √variance", result)

    def divided(x: Any, mean: Any, variance: Any, least: Any) -> Any:
        return (x - mean) / np.maximum(np.sqrt(variance), least)

    template = "({x} - {(mean)}) / max(√{variance}, {least})"
    result = apply(divided, template, x=x, mean=mean, variance=variance, least=least)
    return call.stage("output", "(x - mean) / √variance", result)


def _statistics(call: Call, x: Tensor) -> tuple[Tensor, Tensor]:
    """Return mean and variance so that they meet the input's axes: learned, or of the config."""
    axis = call.setting("axis", default=-1)
    axes = () if axis is None else axis if isinstance(axis, (list, tuple)) else (axis,)
    keep = sorted(int(a) % x.ndim for a in axes)
    shape = tuple(x.shape[a] if a in keep else 1 for a in range(x.ndim))
    if call.setting("mean") is not None:
        given = []
        for name in ("mean", "variance"):
            numbers = numbers_of(call.setting(name)).astype(x.dtype)
            given.append(constant(_met(numbers, keep, x.ndim), name))
        call.notes.append("Mean and variance stand in the config, not among the weights.")
        return given[0], given[1]
    mean, variance = call.need("mean"), call.need("variance")
    return (
        moved(lambda w: w.reshape(shape), mean, has_batch=False),
        moved(lambda w: w.reshape(shape), variance, has_batch=False),
    )


def _met(numbers: Array, keep: list[int], ndim: int) -> Array:
    """Return numbers whose axes meet the kept axes, counted from the last."""
    if numbers.ndim == ndim:
        return numbers
    shape = [1] * ndim
    for i in range(1, numbers.ndim + 1):
        shape[keep[-i] if i <= len(keep) else -i] = numbers.shape[-i]
    return numbers.reshape(shape)


@forward("Rescaling", keeps_mask=True)
def rescaling(call: Call, x: Tensor) -> Tensor:
    """Return ``x * scale + offset`` (``keras.layers.Rescaling``)."""
    x = call.floats(x)
    scale = constant(numbers_of(call.setting("scale", default=1.0)), "scale", x.dtype)
    offset = constant(numbers_of(call.setting("offset", default=0.0)), "offset", x.dtype)

    def function(x: Any, scale: Any, offset: Any) -> Any:
        return x * scale + offset

    result = apply(function, "{x} · {(scale)} + {(offset)}", x=x, scale=scale, offset=offset)
    return call.stage("output", "x · scale + offset", result)


@shape_rule("Normalization", "Rescaling")
def same_shape(layer: Layer, shape: Shape) -> Shape:
    """Return the input's shape."""
    del layer
    return shape


@forward("Discretization")
def discretization(call: Call, x: Tensor) -> Tensor:
    """Return in which bin each number lies (``keras.layers.Discretization``)."""
    if call.setting("bin_boundaries") is None:
        raise call.refuse("its bin boundaries were never learned")
    bounds = numbers_of(call.setting("bin_boundaries")).astype(np.float32)

    def function(x: Any) -> Any:
        return np.digitize(np.asarray(x, dtype=np.float32), bounds)

    bins = apply(function, "how many bin boundaries are ≤ {x}", x=x)
    bins = Tensor(bins.value.astype(np.int64), bins.made)
    if call.setting("output_mode", default="int") == "int":
        return call.stage("output", "number of the bin", bins)
    bins = call.stage("bins", "number of the bin", bins)
    return _encoded(call, bins, len(bounds) + 1, None)


@forward("CategoryEncoding")
def category_encoding(call: Call, x: Tensor, count_weights: Any = None) -> Tensor:
    """Return which numbers occur, or how often (``keras.layers.CategoryEncoding``)."""
    weights = count_weights if isinstance(count_weights, Tensor) else None
    depth = int(call.setting("num_tokens", "max_tokens"))
    return _encoded(call, whole_numbers(x), depth, weights)


class Counted:
    """How often a number stands in a row, perhaps each time with a weight, perhaps at most once."""

    __slots__ = ("ids", "once", "row", "weights")

    def __init__(self, ids: Tensor, weights: Tensor | None, once: bool, row: bool) -> None:
        """Keep the numbers; ``row`` says whether their last axis is counted over."""
        self.ids = ids
        self.weights = weights
        self.once = once
        self.row = row

    def explain(self, index: Index, look: Look) -> Explanation:
        """Return each number of the row as a term."""
        *place, wanted = index
        cells = [(*place, i) for i in range(self.ids.shape[-1])] if self.row else [tuple(place)]
        weights = self.weights
        terms = tuple(
            look.term(self.ids, cell, None if weights is None else (weights, cell))
            for cell in cells
        )

        def evaluator(terms: tuple[Term, ...], bias: Term | None) -> float:
            del bias
            total = sum(
                1.0 if term.weight is None else term.weight
                for term in terms
                if int(term.value) == wanted
            )
            return float(bool(total)) if self.once else float(total)

        result = number_text(evaluator(terms, None))
        text = f"{wanted} among {len(terms)} numbers: {result}"
        return Explanation(f"count of {wanted}", text, terms, "count", evaluator=evaluator)


def _encoded(call: Call, ids: Tensor, depth: int, weights: Tensor | None) -> Tensor:
    mode = str(call.setting("output_mode", default="multi_hot"))
    dtype = call.precision.dtype
    hot = (ids.value[..., np.newaxis] == np.arange(depth)).astype(dtype)
    if mode == "one_hot":
        if ids.ndim > 1 and ids.shape[-1] == 1:
            result = Tensor(hot[..., 0, :], Counted(ids, None, True, True))
        else:
            result = Tensor(hot, Counted(ids, None, True, False))
        return call.stage("output", "1 at the number", result)
    if ids.ndim < _MATRIX:
        raise call.refuse(f"the calculator does not know {mode} of single numbers")
    if mode == "count":
        wide = hot if weights is None else hot * weights.value[..., np.newaxis].astype(dtype)
        made = Counted(ids, weights, False, True)
        return call.stage("output", "how often each number occurs", Tensor(wide.sum(-2), made))
    if mode in ("multi_hot", "binary"):
        made = Counted(ids, None, True, True)
        return call.stage("output", "1 where the number occurs", Tensor(hot.max(-2), made))
    raise call.refuse(f"the calculator does not know the output mode “{mode}”")


@shape_rule("Discretization")
def discretization_shape(layer: Layer, shape: Shape) -> Shape:
    """Return the input's shape, or with the bins at its end."""
    if layer.config.get("output_mode", "int") == "int":
        return shape
    return _encoded_shape(layer, shape, len(numbers_of(layer.config["bin_boundaries"])) + 1)


@shape_rule("CategoryEncoding")
def category_shape(layer: Layer, shape: Shape) -> Shape:
    """Return the input's shape with the number of tokens at its end."""
    depth = layer.config.get("num_tokens", layer.config.get("max_tokens"))
    return _encoded_shape(layer, shape, int(depth or 0))


def _encoded_shape(layer: Layer, shape: Shape, depth: int) -> Shape:
    if layer.config.get("output_mode", "multi_hot") == "one_hot" and shape[-1] != 1:
        return (*shape, depth)
    return (*shape[:-1], depth)
