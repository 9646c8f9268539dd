"""Ops that only move numbers: reshape, transpose, slice, join, repeat, pad."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from weightview.calculator.call import Call
from weightview.calculator.graph_ops.elementwise import as_tensor, named_result
from weightview.calculator.limits import MOST_NUMBERS, count_of, repeated, too_many
from weightview.calculator.operations.rearranging import moved
from weightview.calculator.registry import operation
from weightview.calculator.tensors import Array, Tensor


def _keeps_batch(x: Tensor, result: Array, first_moves: bool) -> bool:
    """Return whether axis 0 of the result is still the batch axis."""
    return x.has_batch and not first_moves and result.shape[:1] == x.shape[:1]


def _moved(call: Call, formula: str, x: Any, function: Callable[[Array], Array],
           first_moves: bool = False) -> Tensor:  # fmt: skip
    tensor = as_tensor(x)
    result = moved(function, tensor)
    result.has_batch = _keeps_batch(tensor, result.value, first_moves)
    return named_result(call, formula, result)


def _allow(call: Call, count: int) -> None:
    if count > MOST_NUMBERS:
        raise call.refuse(too_many(count))


@operation("Reshape")
def reshape_op(call: Call, x: Any, newshape: Any = None, **others: Any) -> Tensor:
    """Return the numbers in another shape."""
    given = call.setting("newshape", "shape", default=newshape or others.get("shape"))
    shape = tuple(-1 if n is None else int(n) for n in given)
    return _moved(call, f"in the shape {shape}", x, lambda a: a.reshape(shape))


@operation("Transpose")
def transpose_op(call: Call, x: Any, axes: Any = None, **others: Any) -> Tensor:
    """Return the axes in another order."""
    given = call.setting("axes", default=axes if axes is not None else others.get("perm"))
    order = None if given is None else tuple(int(a) for a in given)
    moves = order is None or order[0] != 0
    return _moved(call, f"axes {order or 'turned round'}", x, lambda a: a.transpose(order), moves)


@operation("Swapaxes")
def swapaxes_op(call: Call, x: Any, axis1: Any = None, axis2: Any = None) -> Tensor:
    """Return the tensor with two axes exchanged."""
    a, b = int(call.setting("axis1", default=axis1)), int(call.setting("axis2", default=axis2))
    tensor = as_tensor(x)
    moves = 0 in (a % tensor.ndim, b % tensor.ndim)
    return _moved(call, f"axes {a} and {b} exchanged", x, lambda t: np.swapaxes(t, a, b), moves)


@operation("Moveaxis")
def moveaxis_op(call: Call, x: Any, source: Any = None, destination: Any = None) -> Tensor:
    """Return the tensor with axes at other places."""
    a, b = call.setting("source", default=source), call.setting("destination", default=destination)
    tensor = as_tensor(x)
    moves = 0 in np.atleast_1d(a) % tensor.ndim or 0 in np.atleast_1d(b) % tensor.ndim
    return _moved(call, f"axis {a} to {b}", x, lambda t: np.moveaxis(t, a, b), bool(moves))


@operation("ExpandDims")
def expand_dims_op(call: Call, x: Any, axis: Any = None) -> Tensor:
    """Return the tensor with an axis of length 1 put in."""
    at = call.setting("axis", default=axis)
    at = tuple(at) if isinstance(at, list) else int(at)
    tensor = as_tensor(x)
    rank = tensor.ndim + (len(at) if isinstance(at, tuple) else 1)
    first = 0 in [a % rank for a in (at if isinstance(at, tuple) else (at,))]
    return _moved(call, "a new axis", x, lambda a: np.expand_dims(a, at), first)


@operation("Squeeze")
def squeeze_op(call: Call, x: Any, axis: Any = None) -> Tensor:
    """Return the tensor without axes of length 1."""
    at = call.setting("axis", default=axis)
    tensor = as_tensor(x)
    if at is None:
        axes = tuple(i for i, n in enumerate(tensor.shape) if n == 1 and i > 0)
    else:
        given = at if isinstance(at, (list, tuple)) else [at]
        axes = tuple(int(a) % tensor.ndim for a in given)
    return _moved(call, "without an axis", x, lambda a: np.squeeze(a, axes), 0 in axes)


@operation("Flip")
def flip_op(call: Call, x: Any, axis: Any = None) -> Tensor:
    """Return the numbers in reverse order."""
    at = call.setting("axis", default=axis)
    at = tuple(at) if isinstance(at, list) else at
    return _moved(call, "turned round", x, lambda a: np.flip(a, at))


@operation("Roll")
def roll_op(call: Call, x: Any, shift: Any = None, axis: Any = None) -> Tensor:
    """Return the numbers moved round in a circle."""
    by, at = call.setting("shift", default=shift), call.setting("axis", default=axis)
    return _moved(call, f"moved by {by}", x, lambda a: np.roll(a, by, at))


@operation("Repeat")
def repeat_op(call: Call, x: Any, repeats: Any = None, axis: Any = None) -> Tensor:
    """Return each number several times."""
    n, at = call.setting("repeats", default=repeats), call.setting("axis", default=axis)
    _allow(call, repeated(as_tensor(x).shape, np.atleast_1d(n)))
    return _moved(call, f"each {n} times", x, lambda a: np.repeat(a, n, at), at in (0, None))


@operation("Tile")
def tile_op(call: Call, x: Any, repeats: Any = None, **others: Any) -> Tensor:
    """Return the tensor several times side by side."""
    n = call.setting("repeats", default=repeats if repeats is not None else others.get("multiples"))
    _allow(call, repeated(as_tensor(x).shape, np.atleast_1d(n)))
    return _moved(call, f"{n} times", x, lambda a: np.tile(a, n))


@operation("BroadcastTo")
def broadcast_to_op(call: Call, x: Any, shape: Any = None) -> Tensor:
    """Return the tensor repeated to a shape."""
    given = tuple(int(n) for n in call.setting("shape", default=shape))
    _allow(call, count_of(given))
    return _moved(call, f"spread to {given}", x, lambda a: np.broadcast_to(a, given).copy())


@operation("Pad")
def pad_op(call: Call, x: Any, pad_width: Any = None, mode: Any = "constant",
           constant_values: Any = None) -> Tensor:  # fmt: skip
    """Return the tensor with numbers put around it."""
    widths = call.setting("pad_width", default=pad_width)
    how = str(call.setting("mode", default=mode)).lower()
    around = np.abs(np.asarray(widths, dtype=np.int64)).max(initial=0)
    _allow(call, count_of([n + 2 * int(around) for n in as_tensor(x).shape]))
    fill = call.setting("constant_values", default=constant_values) or 0
    if how != "constant" or fill:
        if how not in ("reflect", "symmetric"):
            raise call.refuse(f"the calculator does not know padding by “{how}” with {fill}")
        return _moved(call, how, x, lambda a: np.pad(a, widths, mode=how))  # type: ignore[call-overload]  # two of numpy's modes
    return _moved(call, "zeros around", x, lambda a: np.pad(a, widths))


@operation("Concatenate")
def concatenate_op(call: Call, xs: Any, axis: Any = 0) -> Tensor:
    """Return the tensors joined along an axis."""
    at = int(call.setting("axis", default=axis))
    tensors = [as_tensor(x) for x in xs]
    result = moved(lambda *arrays: np.concatenate(arrays, axis=at), *tensors)
    return named_result(call, f"joined along axis {at}", result)


@operation("Stack")
def stack_op(call: Call, x: Any, axis: Any = 0) -> Tensor:
    """Return the tensors beside each other along a new axis."""
    at = int(call.setting("axis", default=axis))
    tensors = [as_tensor(t) for t in x]
    result = moved(lambda *arrays: np.stack(arrays, axis=at), *tensors)
    if at % result.ndim == 0:
        result.has_batch = False
    return named_result(call, f"along a new axis {at}", result)


@operation("Split", "ArraySplit")
def split_op(call: Call, x: Any, indices_or_sections: Any = None, axis: Any = 0) -> Any:
    """Return the parts of a tensor."""
    sections = call.setting("indices_or_sections", default=indices_or_sections)
    at = int(call.setting("axis", default=axis))
    tensor = as_tensor(x)
    cut = np.array_split if call.layer.class_name == "ArraySplit" else np.split
    count = len(cut(np.empty(tensor.shape[at % tensor.ndim]), sections))

    def piece(number: int) -> Callable[[Array], Array]:
        return lambda a: cut(a, sections, axis=at)[number]

    return tuple(moved(piece(i), tensor) for i in range(count))


@operation("Unstack")
def unstack_op(call: Call, x: Any, num: Any = None, axis: Any = 0) -> Any:
    """Return the entries of an axis as tensors."""
    del num
    at = int(call.setting("axis", default=axis))
    tensor = as_tensor(x)
    at %= tensor.ndim

    def piece(number: int) -> Callable[[Array], Array]:
        return lambda a: np.take(a, number, axis=at)

    parts = tuple(moved(piece(i), tensor) for i in range(tensor.shape[at]))
    for part in parts:
        part.has_batch = tensor.has_batch and at != 0
    return parts


@operation("Take")
def take_op(call: Call, x: Any, indices: Any = None, axis: Any = None) -> Tensor:
    """Return the entries at fixed indices of an axis."""
    at = call.setting("axis", default=axis)
    if isinstance(indices, Tensor):
        raise call.refuse("the calculator knows “take” with fixed indices only")
    chosen = np.asarray(call.setting("indices", default=indices))
    return _moved(call, "chosen entries", x, lambda a: np.take(a, chosen, at), at in (0, None))


def key_of(value: Any) -> Any:
    """Return an index as numpy takes it, from what a config holds."""
    if isinstance(value, Mapping):
        inner = value.get("config", value)
        if value.get("class_name") == "__ellipsis__":
            return Ellipsis
        if isinstance(inner, Mapping) and "start" in inner:
            return slice(*(_bound(inner.get(k)) for k in ("start", "stop", "step")))
        raise ValueError(f"the index {value} is not known")
    if isinstance(value, (list, tuple)):
        return tuple(key_of(item) for item in value)
    return value


def _bound(value: Any) -> int | None:
    return None if value is None else int(value)


@operation("GetItem")
def get_item_op(call: Call, x: Any, key: Any = None, **others: Any) -> Tensor:
    """Return a part of the tensor."""
    where = key_of(key if key is not None else others.get("slice_spec"))
    entries = where if isinstance(where, tuple) else (where,)
    if any(isinstance(entry, (Tensor, np.ndarray)) for entry in entries):
        raise call.refuse("the calculator knows fixed indices only")
    whole = entries[0] in (Ellipsis, slice(None), slice(None, None, None))
    return _moved(call, "a part", x, lambda a: a[where], not whole)


@operation("Ravel")
def ravel_op(call: Call, x: Any) -> Tensor:
    """Return all numbers in one row."""
    return _moved(call, "in a row", x, lambda a: a.reshape(-1), True)


@operation("StopGradient", "Identity", "Copy")
def identity_op(call: Call, x: Any) -> Tensor:
    """Return ``x``."""
    return _moved(call, "x", x, lambda a: a)
