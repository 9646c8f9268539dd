"""What recurrence is made of: the step before, states held by a mask, and sums of products.

A recurrent layer is computed in plain arrays, step by step; afterwards each array is told how its
numbers were made, so the same array may stand on both sides.
"""

from collections.abc import Sequence

import numpy as np

from weightview.calculator.operations.summing import total_of
from weightview.calculator.tensors import (
    Array,
    Explanation,
    Look,
    Operation,
    Rearrangement,
    Tensor,
    broadcast_index,
    by_size,
    constant,
    number_text,
)
from weightview.calculator.trace import Index, Term


class StepBefore:
    """A state ``(batch, time, ...)`` one step earlier; before the first step the initial one."""

    __slots__ = ("initial", "states")

    def __init__(self, states: Tensor, initial: Tensor | None) -> None:
        """Keep the states; ``initial`` is ``(batch, ...)``, None for zeros."""
        self.states = states
        self.initial = initial

    def origin(self, index: Index) -> tuple[Tensor, Index]:
        """Return the cell of the step before."""
        batch, time, *rest = index
        if time > 0:
            return self.states, (batch, time - 1, *rest)
        if self.initial is not None:
            return self.initial, (batch, *rest)
        return constant(0.0, "initial state"), ()


class Held:
    """What a mask holds: where a step is left out, the number of the step before, or 0."""

    __slots__ = ("before", "inner", "mask")

    def __init__(
        self, inner: "Operation | Rearrangement | None", before: Tensor | None, mask: Array
    ) -> None:
        """Keep what makes the number where the mask ``(batch, time)`` is set."""
        self.inner = inner
        self.before = before
        self.mask = mask

    def explain(self, index: Index, look: Look) -> Explanation:
        """Return how the number was made, or that it was held."""
        if self.mask[index[0], index[1]]:
            return explained(self.inner, index, look)
        if self.before is None:
            return Explanation("0: the step is left out", "0", (), "function", evaluator=_zero)
        term = look.term(self.before, index)
        text = f"held: {number_text(term.value)}"
        return Explanation("held: the mask leaves the step out", text, (term,), "function",
                           evaluator=lambda terms, _: terms[0].value)  # fmt: skip


def _zero(terms: tuple[Term, ...], bias: Term | None) -> float:
    del terms, bias
    return 0.0


def explained(made: "Operation | Rearrangement | None", index: Index, look: Look) -> Explanation:
    """Return how ``made`` made a number; a moved number has one term."""
    if made is None:
        raise AssertionError("a held number is made by something")
    origin = getattr(made, "origin", None)
    if origin is None:
        return made.explain(index, look)  # type: ignore[union-attr]  # no origin: an Operation
    source, at = origin(index)
    term = look.term(source, at)
    text = f"{term.label} = {number_text(term.value)}"
    return Explanation(term.label, text, (term,), "function", evaluator=lambda t, _: t[0].value)


class SumOfProducts:
    """A sum of products of numbers that stand at the same place of several arrays."""

    __slots__ = ("formula", "pairs")

    def __init__(self, formula: str, *pairs: tuple[Tensor, Tensor | None]) -> None:
        """Keep the pairs; a None stands for 1."""
        self.formula = formula
        self.pairs = pairs

    def explain(self, index: Index, look: Look) -> Explanation:
        """Return each product as a term."""
        terms = []
        for x, factor in self.pairs:
            at = broadcast_index(index, x.shape)
            if factor is None:
                terms.append(look.term(x, at))
            else:
                terms.append(look.term(x, at, (factor, broadcast_index(index, factor.shape))))
        parts = [
            number_text(t.value) if t.weight is None
            else f"{number_text(t.value)} × {number_text(t.weight)}"
            for t in terms
        ]  # fmt: skip
        total = total_of(terms)
        substituted = f"{' + '.join(parts)} = {number_text(total)}"
        return Explanation(self.formula, substituted, by_size(terms), "sum", total=total)


def step_before(states: Tensor, initial: Tensor | None) -> Tensor:
    """Return the states one step earlier, for an array that is computed already."""
    value = np.empty_like(states.value)
    value[:, 1:] = states.value[:, :-1]
    value[:, 0] = 0 if initial is None else initial.value
    return Tensor(value, StepBefore(states, initial))


def masked(made: Operation, before: Tensor, mask: Array | None) -> Operation:
    """Return ``made``, held where a mask leaves steps out."""
    return made if mask is None else Held(made, before, mask)


def spread(mask: Array, ndim: int) -> Array:
    """Return a mask ``(batch,)`` of one step with as many axes as a state."""
    return mask.reshape(-1, *(1,) * (ndim - 1))


def by_gate(joined: Tensor, count: int) -> Sequence[Tensor]:
    """Return the parts of the last axis, one per gate, in stored order."""
    from weightview.calculator.operations.rearranging import part

    units = joined.shape[-1] // count
    before = (slice(None),) * (joined.ndim - 1)
    return [part(joined, *before, slice(g * units, (g + 1) * units)) for g in range(count)]
