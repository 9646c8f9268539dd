"""Layers that make one tensor of several: sums, products, maxima, joins, dot products."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from weightview.calculator.call import Call
from weightview.calculator.layers import masks
from weightview.calculator.operations.elementwise import Function, add, apply, subtract
from weightview.calculator.operations.rearranging import moved
from weightview.calculator.operations.reducing import reduce_axes
from weightview.calculator.operations.summing import einsum
from weightview.calculator.registry import forward, shape_rule
from weightview.calculator.tensors import Tensor, constant
from weightview.core.model import Layer, Shape

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_MATRIX = 2
NORM_EPSILON = 1e-7


def listed(call: Call, x: Any, others: Sequence[Any]) -> list[Tensor]:
    """Return the tensors of a call that gives them as a list or one by one."""
    given = list(x) if isinstance(x, (list, tuple)) else [x, *others]
    tensors = [t for t in given if isinstance(t, Tensor)]
    if not tensors:
        raise call.refuse("it is called without any tensor")
    return [call.floats(t) if t.dtype.kind != "f" and call_is_float(given) else t for t in tensors]


def call_is_float(tensors: Sequence[Any]) -> bool:
    """Return whether any of the tensors holds floats, so that all are taken as floats."""
    return any(isinstance(t, Tensor) and t.dtype.kind == "f" for t in tensors)


def _alike(tensors: list[Tensor]) -> list[Tensor]:
    """Return the tensors with as many axes: what has fewer gets some after the batch axis."""
    most = max(t.ndim for t in tensors)

    def widened(t: Tensor) -> Tensor:
        ones = (1,) * (most - t.ndim)
        return moved(lambda a: a.reshape(a.shape[0], *ones, *a.shape[1:]), t) if ones else t

    return [widened(t) for t in tensors]


def _finished(call: Call, formula: str, result: Tensor, inputs: list[Tensor]) -> Tensor:
    output = call.stage("output", formula, result)
    output.mask = masks.merged(inputs, both=call.is_old)
    return output


@forward("Add")
def add_layer(call: Call, x: Any, *others: Any) -> Tensor:
    """Return the sum of the inputs."""
    tensors = listed(call, x, others)
    return _finished(call, "sum of the inputs", add(*_alike(tensors)), tensors)


@forward("Subtract")
def subtract_layer(call: Call, x: Any, *others: Any) -> Tensor:
    """Return the first input less the second."""
    tensors = listed(call, x, others)
    left, right = _alike(tensors)
    return _finished(call, "first - second", subtract(left, right), tensors)


def _folded(tensors: list[Tensor], ufunc: np.ufunc, template: str, combine: str) -> Tensor:
    """Return ``ufunc`` of the first two, of that and the third, and so on."""
    value = tensors[0].value
    for t in tensors[1:]:
        value = ufunc(value, t.value)
    names = [f"x{i + 1}" for i in range(len(tensors))]
    text = template.join(f"{{({name})}}" for name in names)
    text = f"{combine}({text})" if combine in ("max", "min") else text

    def function(*values: Any) -> Any:
        return ufunc.reduce(np.asarray(values, dtype=np.float64))

    return Tensor(value, Function(function, tensors, names, text, combine))


@forward("Multiply")
def multiply_layer(call: Call, x: Any, *others: Any) -> Tensor:
    """Return the product of the inputs."""
    tensors = listed(call, x, others)
    filled = [masks.filled(call, t, n) for n, t in enumerate(masks.minded(call, tensors), 1)]
    result = _folded(_alike(filled or tensors), np.multiply, " × ", "product")
    if filled and all(t.mask is not None for t in tensors):
        product = call.stage("product", "product of the inputs", result)
        result, formula = masks.emptied(product, tensors), "0 where every mask leaves it out"
        return _finished(call, formula, result, tensors)
    return _finished(call, "product of the inputs", result, tensors)


@forward("Maximum")
def maximum_layer(call: Call, x: Any, *others: Any) -> Tensor:
    """Return the largest of the inputs, place by place."""
    tensors = listed(call, x, others)
    if masks.minded(call, tensors):
        result = masks.chosen(call, tensors, np.maximum, "max")
        return _finished(call, "largest of those that the masks leave in", result, tensors)
    result = _folded(_alike(tensors), np.maximum, ", ", "max")
    return _finished(call, "largest of the inputs", result, tensors)


@forward("Minimum")
def minimum_layer(call: Call, x: Any, *others: Any) -> Tensor:
    """Return the smallest of the inputs, place by place."""
    tensors = listed(call, x, others)
    if masks.minded(call, tensors):
        result = masks.chosen(call, tensors, np.minimum, "min")
        return _finished(call, "smallest of those that the masks leave in", result, tensors)
    result = _folded(_alike(tensors), np.minimum, ", ", "min")
    return _finished(call, "smallest of the inputs", result, tensors)


@forward("Average")
def average_layer(call: Call, x: Any, *others: Any) -> Tensor:
    """Return the mean of the inputs."""
    tensors = listed(call, x, others)
    total = call.stage("sum", "sum of the inputs", add(*_alike(tensors)))
    n = constant(len(tensors), "number of inputs", total.dtype)
    return _finished(call, "sum / n", apply(np.divide, "{x} / {n}", x=total, n=n), tensors)


@forward("Concatenate")
def concatenate_layer(call: Call, x: Any, *others: Any) -> Tensor:
    """Return the inputs joined along an axis."""
    tensors = listed(call, x, others)
    axis = int(call.setting("axis", "concat_axis", default=-1))
    output = call.stage("output", f"joined along axis {axis}", join(tensors, axis))
    output.mask = masks.joined(tensors, axis)
    return output


@forward("TFDConcat")
def feature_space_concatenate(call: Call, x: Any, *others: Any) -> Tensor:
    """Return the features of a ``FeatureSpace`` joined along an axis; masks end here."""
    axis = int(call.setting("axis", default=-1))
    tensors = listed(call, x, others)
    return call.stage("output", f"joined along axis {axis}", join(tensors, axis))


def join(tensors: Sequence[Tensor], axis: int) -> Tensor:
    """Return the tensors one after another along ``axis``."""
    return moved(lambda *arrays: np.concatenate(arrays, axis=axis), *tensors)


@forward("Dot")
def dot_layer(call: Call, x: Any, *others: Any) -> Tensor:
    """Return the products summed over an axis of each input (``keras.layers.Dot``)."""
    left, right = listed(call, x, others)
    axes = call.setting("axes", "dot_axes", default=-1)
    first, second = (axes, axes) if isinstance(axes, int) else (int(axes[0]), int(axes[1]))
    first, second = first % left.ndim, second % right.ndim
    if call.setting("normalize", default=False):
        left = normalised(call, left, first, "first_normalised")
        right = normalised(call, right, second, "second_normalised")
    return call.stage("output", "Σ first × second", batch_dot(left, right, first, second))


def normalised(call: Call, x: Tensor, axis: int, name: str) -> Tensor:
    """Return ``x`` divided by its length along ``axis``."""
    norm = np.sqrt(np.sum(x.value * x.value, axis=axis, keepdims=True))
    length = call.stage(f"{name}_length", "√(Σ x²)", reduce_axes(x, "norm", (axis,), True, norm))
    epsilon = constant(NORM_EPSILON, "epsilon", x.dtype)

    def function(x: Any, length: Any, epsilon: Any) -> Any:
        return x / np.maximum(length, epsilon)

    template = "{x} / max({length}, {epsilon})"
    result = apply(function, template, x=x, length=length, epsilon=epsilon)
    return call.stage(name, "x / length", result)


def batch_dot(left: Tensor, right: Tensor, first: int, second: int) -> Tensor:
    """Return sums of products over axis ``first`` of ``left`` and ``second`` of ``right``."""
    a = ["a", *_LETTERS[1 : left.ndim]]
    b = ["a", *_LETTERS[10 : 9 + right.ndim]]
    a[first] = b[second] = "z"
    rest = [c for c in (*a[1:], *b[1:]) if c != "z"]
    result = einsum(f"{''.join(a)},{''.join(b)}->a{''.join(rest)}", left, right)
    if left.ndim == right.ndim == _MATRIX:
        return moved(lambda r: r[:, np.newaxis], result)
    return result


@forward("Merge")
def merge_layer(call: Call, x: Any, *others: Any) -> Tensor:
    """Do what the ``mode`` of Keras 1's ``Merge`` says."""
    modes: dict[str, Callable[..., Tensor]] = {
        "sum": add_layer,
        "mul": multiply_layer,
        "concat": concatenate_layer,
        "ave": average_layer,
        "max": maximum_layer,
        "dot": dot_layer,
    }
    mode = str(call.setting("mode", default="sum"))
    if mode not in modes:
        raise call.refuse(f"the calculator does not know the merge mode “{mode}”")
    call.notes.append(f"This layer of Keras 1 merges by “{mode}”.")
    return modes[mode](call, x, *others)


@shape_rule("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")
def broadcast_shape(layer: Layer, *shapes: Shape) -> Shape:
    """Return the shape to which numpy's rule spreads the inputs; None stays open."""
    del layer
    most = max(len(shape) for shape in shapes)
    wide = [(s[0], *(1,) * (most - len(s)), *s[1:]) for s in shapes]
    return tuple(_larger(sizes) for sizes in zip(*wide, strict=True))


def _larger(sizes: Sequence[int | None]) -> int | None:
    known = {n for n in sizes if n is not None and n != 1}
    if len(known) > 1:
        raise ValueError("the shapes cannot be spread to one")
    if known:
        return known.pop()
    return None if None in sizes else 1


@shape_rule("Concatenate", "TFDConcat")
def concatenate_shape(layer: Layer, *shapes: Shape) -> Shape:
    """Return the first shape with the sizes along the axis added up."""
    axis = int(layer.config.get("axis", layer.config.get("concat_axis", -1))) % len(shapes[0])
    sizes = [shape[axis] for shape in shapes]
    total = None if None in sizes else sum(n for n in sizes if n is not None)
    return (*shapes[0][:axis], total, *shapes[0][axis + 1 :])


@shape_rule("Dot")
def dot_shape(layer: Layer, *shapes: Shape) -> Shape:
    """Return both shapes without the summed axes and the second batch axis."""
    left, right = shapes
    axes = layer.config.get("axes", -1)
    first, second = (axes, axes) if isinstance(axes, int) else axes
    a = [n for i, n in enumerate(left) if i != first % len(left)]
    b = [n for i, n in enumerate(right) if i != second % len(right)]
    shape = (*a, *b[1:])
    return shape if len(shape) > 1 else (*shape, 1)


@shape_rule("Merge")
def merge_shape(layer: Layer, *shapes: Shape) -> Shape:
    """Return what the mode's own class gives."""
    rules: dict[str, Callable[..., Shape]] = {"concat": concatenate_shape, "dot": dot_shape}
    rule = rules.get(str(layer.config.get("mode", "sum")), broadcast_shape)
    return rule(layer, *shapes)
