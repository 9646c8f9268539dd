"""What merging layers do with the masks of their inputs: which steps count in the output.

Keras 2 counts a step only where every mask that is there counts it. Keras 3 counts it where any
does, and ``Multiply``, ``Maximum`` and ``Minimum`` leave the numbers of hidden steps out.
"""

from collections.abc import Sequence

import numpy as np

from weightview.calculator.call import Call
from weightview.calculator.operations.elementwise import Function, apply
from weightview.calculator.operations.rearranging import moved, same
from weightview.calculator.tensors import Array, Tensor, constant


def merged(tensors: Sequence[Tensor], *, both: bool) -> Tensor | None:
    """Return the mask of a sum, product or the like.

    Args:
        tensors: the inputs.
        both: whether every mask must count a step (Keras 1 and 2, which pass over inputs without
            one) or any (Keras 3, where an input without a mask leaves the output without).
    """
    known = [t.mask for t in tensors if t.mask is not None]
    if not known or (not both and len(known) < len(tensors)):
        return None
    ufunc, word = (np.logical_and, "and") if both else (np.logical_or, "or")
    names = [f"mask{i + 1}" for i in range(len(known))]
    template = f" {word} ".join(f"{{{name}}}" for name in names)
    value = ufunc.reduce(np.broadcast_arrays(*[mask.value for mask in known]))
    made = Function(lambda *m: ufunc.reduce(m), known, names, template)
    return Tensor(np.asarray(value), made)


def joined(tensors: Sequence[Tensor], axis: int) -> Tensor | None:
    """Return the mask of joined tensors: every entry of the last axis must count (Keras)."""
    if all(t.mask is None for t in tensors):
        return None
    parts: list[Array] = []
    for t in tensors:
        if t.mask is None:
            parts.append(np.ones(t.shape, np.bool_))
        elif t.mask.ndim < t.ndim:
            parts.append(t.mask.value[..., np.newaxis] | np.zeros(t.shape, np.bool_))
        else:
            parts.append(t.mask.value)
    return Tensor(np.asarray(np.concatenate(parts, axis=axis).all(axis=-1)))


def minded(call: Call, tensors: list[Tensor]) -> list[Tensor]:
    """Return the inputs where Keras looks at their masks while it computes; else none.

    Keras 3 does so unless it had to reshape them, which loses the masks.
    """
    alike = len({t.ndim for t in tensors}) == 1
    masked = any(t.mask is not None for t in tensors)
    return tensors if masked and alike and not call.is_old else []


def _wide(x: Tensor) -> Tensor:
    """Return the mask of ``x`` in the shape of ``x``; of ones where it has none."""
    if x.mask is None:
        return constant(1, "no mask", np.bool_)
    return moved(lambda m: np.broadcast_to(m[..., np.newaxis], x.shape), x.mask)


def filled(call: Call, x: Tensor, number: int) -> Tensor:
    """Return ``x`` with 1, which changes no product, in its hidden steps."""
    if x.mask is None:
        return x
    made = apply(_or_one, "{x} if {mask}, else 1", x=x, mask=_wide(x))
    return call.stage(f"input_{number}_filled", "1 where its mask leaves it out", made)


def _or_one(x: Array, mask: Array) -> Array:
    return np.where(mask, x, np.asarray(x).dtype.type(1))


def _or_zero(x: Array, mask: Array) -> Array:
    return np.where(mask, x, np.asarray(x).dtype.type(0))


def emptied(product: Tensor, tensors: Sequence[Tensor]) -> Tensor:
    """Return ``product`` with 0 in the steps that no mask counts."""
    mask = merged(tensors, both=False)
    assert mask is not None
    wide = moved(lambda m: np.broadcast_to(m[..., np.newaxis], product.shape), mask)
    return apply(_or_zero, "{x} if {mask}, else 0", x=product, mask=wide)


def chosen(call: Call, tensors: Sequence[Tensor], ufunc: np.ufunc, word: str) -> Tensor:
    """Return the largest or smallest of the inputs among those that their masks leave in."""

    def choose(x: Array, y: Array, m: Array, n: Array) -> Array:
        return np.where(n, np.where(m, ufunc(x, y), y), x)

    template = f"{word}({{x}}, {{y}}) of those with mask {{m}}, {{n}}"
    output, known = same(tensors[0]), tensors[0].mask
    for number, x in enumerate(tensors[1:], 2):
        ours = Tensor(output.value, output.made, output.home, output.has_batch, known)
        result = apply(choose, template, x=ours, y=x, m=_wide(ours), n=_wide(x))
        is_last = number == len(tensors)
        output = result if is_last else call.stage(f"of_the_first_{number}", word, result)
        known = merged([ours, x], both=False)
    return output
