"""Ops that make one number of many: sums, means, maxima, products of matrices."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from weightview.calculator.call import Call
from weightview.calculator.graph_ops.elementwise import as_tensor, named_result, pair
from weightview.calculator.operations.reducing import Reduced, reduce_axes
from weightview.calculator.operations.summing import einsum
from weightview.calculator.registry import operation
from weightview.calculator.tensors import Array, Tensor
from weightview.calculator.trace import Index

KINDS: dict[str, tuple[str, Callable[..., Any]]] = {
    "Sum": ("sum", np.sum),
    "Mean": ("mean", np.mean),
    "Max": ("max", np.max),
    "Amax": ("max", np.max),
    "Min": ("min", np.min),
    "Amin": ("min", np.min),
    "Prod": ("product", np.prod),
    "Std": ("std", np.std),
    "Var": ("variance", np.var),
    "Any": ("any", np.any),
    "All": ("all", np.all),
    "Median": ("median", np.median),
    "Logsumexp": ("log of sum of exponentials", np.logaddexp.reduce),
    "Norm": ("norm", np.linalg.norm),
}


def axes_of(call: Call, x: Tensor, axis: Any) -> tuple[int, ...]:
    """Return the axes an op works over, counted from the front; all for None."""
    given = call.setting("axis", default=axis)
    if given is None:
        return tuple(range(x.ndim))
    axes = given if isinstance(given, (list, tuple)) else [given]
    return tuple(sorted(int(a) % x.ndim for a in axes))


def _reduction(name: str) -> None:
    kind, function = KINDS[name]

    def op(call: Call, x: Any, axis: Any = None, keepdims: Any = False, **others: Any) -> Tensor:
        tensor = as_tensor(x)
        if any(value is not None for value in others.values()):
            raise call.refuse(f"the calculator does not know {name} with {', '.join(others)}")
        if name == "Norm" and call.setting("ord") not in (None, 2, "fro"):
            raise call.refuse("the calculator knows the norm of order 2 only")
        axes = axes_of(call, tensor, axis)
        keep = bool(call.setting("keepdims", default=keepdims))
        if name == "Norm":
            value = np.sqrt(np.sum(tensor.value * tensor.value, axis=axes, keepdims=keep))
        else:
            value = np.asarray(function(tensor.value, axis=axes, keepdims=keep))
        value = value.astype(tensor.dtype) if tensor.dtype.kind == "f" else value
        return named_result(call, kind, reduce_axes(tensor, kind, axes, keep, value))

    operation(name)(op)


for _name in KINDS:
    _reduction(_name)


def _position(name: str, kind: str, function: Callable[..., Any]) -> None:
    def op(call: Call, x: Any, axis: Any = None, keepdims: Any = False) -> Tensor:
        tensor = as_tensor(x)
        given = call.setting("axis", default=axis)
        axes = tuple(range(tensor.ndim)) if given is None else (int(given) % tensor.ndim,)
        keep = bool(call.setting("keepdims", default=keepdims))
        value = np.asarray(function(tensor.value, axis=given, keepdims=keep)).astype(np.int32)
        return named_result(call, kind, reduce_axes(tensor, kind, axes, keep, value))

    operation(name)(op)


_position("Argmax", "index of the largest", np.argmax)
_position("Argmin", "index of the smallest", np.argmin)


def _running(name: str, kind: str, function: Callable[..., Array]) -> None:
    def op(call: Call, x: Any, axis: Any = None, **others: Any) -> Tensor:
        tensor = as_tensor(x)
        given = call.setting("axis", default=axis)
        if given is None or any(others.values()):
            raise call.refuse(f"the calculator knows {name} along one axis only")
        along = int(given) % tensor.ndim

        def cells(index: Index) -> Iterable[Index]:
            for i in range(index[along] + 1):
                yield (*index[:along], i, *index[along + 1 :])

        value = function(tensor.value, axis=along)
        value = value.astype(tensor.dtype)
        made = Reduced(tensor, cells, kind)
        return named_result(call, kind, Tensor(value, made, None, tensor.has_batch))

    operation(name)(op)


_running("Cumsum", "sum so far", np.cumsum)
_running("Cumprod", "product so far", np.cumprod)


def product_of(x: Tensor, y: Tensor) -> Tensor:
    """Return ``numpy.matmul`` of both; axes before the last two are broadcast."""
    a, b = x, y
    stem = "mnopqrstuvw"[: max(0, max(a.ndim, b.ndim) - 2)]
    left = f"{stem[len(stem) - a.ndim + 2 :]}hi" if a.ndim > 1 else "i"
    right = f"{stem[len(stem) - b.ndim + 2 :]}ij" if b.ndim > 1 else "i"
    out = stem + ("h" if a.ndim > 1 else "") + ("j" if b.ndim > 1 else "")
    value = np.matmul(a.value, b.value)
    has_batch = x.has_batch or y.has_batch
    return einsum(f"{left},{right}->{out}", a, b, np.asarray(value), has_batch)


@operation("Matmul")
def matmul_op(call: Call, x1: Any, x2: Any) -> Tensor:
    """Return the product of matrices."""
    left, right = pair(x1, x2)
    return named_result(call, "Σ x1 · x2", product_of(left, right))


@operation("Einsum")
def einsum_op(call: Call, subscripts: Any, *operands: Any) -> Tensor:
    """Return the sum of products that the equation says, of two operands."""
    equation = call.config.get("subscripts")
    given = [subscripts, *operands]
    if not isinstance(equation, str):
        equation, given = str(subscripts), list(operands)
    if len(given) == 1 and isinstance(given[0], (list, tuple)):
        given = list(given[0])
    tensors = [as_tensor(t) for t in given]
    if len(tensors) != 2 or "." in equation or "->" not in equation:  # noqa: PLR2004 - two operands
        raise call.refuse(f"the calculator does not know einsum “{equation}”")
    return named_result(call, f"einsum {equation}", einsum(equation, tensors[0], tensors[1]))
