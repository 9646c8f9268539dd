"""Operations on numbers one by one: sums, products, and functions with their formula."""

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from weightview.calculator.tensors import (
    Array,
    Explanation,
    Look,
    Tensor,
    broadcast_index,
    by_size,
    number_text,
)
from weightview.calculator.trace import Index, Term

_PLACE = re.compile(r"\{(-?)(\()?(\w+)\)?\}")


def fill_formula(template: str, values: dict[str, str | float]) -> str:
    """Return ``template`` with names or numbers put in.

    ``{x}`` is put in as it is, ``{(x)}`` in brackets where it is negative, ``{-x}`` negated.
    """

    def put(match: re.Match[str]) -> str:
        negated, bracketed, name = match.groups()
        value = values[name]
        if isinstance(value, str):
            return f"-{value}" if negated else value
        text = number_text(-value + 0.0 if negated else value)
        return f"({text})" if bracketed and text.startswith("-") else text

    return _PLACE.sub(put, template)


class Function:
    """A number made from one number of each operand."""

    __slots__ = ("combine", "function", "names", "operands", "template")

    def __init__(
        self,
        function: Callable[..., Any],
        operands: Sequence[Tensor],
        names: Sequence[str],
        template: str,
        combine: str = "function",
    ) -> None:
        """Keep ``function`` (of numpy arrays or numbers), and its formula with ``{name}`` in it."""
        self.function = function
        self.operands = tuple(operands)
        self.names = tuple(names)
        self.template = template
        self.combine = combine

    def explain(self, index: Index, look: Look) -> Explanation:
        """Return the operands' numbers as terms."""
        terms = tuple(
            look.term(operand, broadcast_index(index, operand.shape)) for operand in self.operands
        )
        symbols = fill_formula(self.template, dict(zip(self.names, self.names, strict=True)))
        numbers = fill_formula(
            self.template, {n: t.value for n, t in zip(self.names, terms, strict=True)}
        )

        def evaluator(terms: tuple[Term, ...], bias: Term | None) -> float:
            del bias
            with np.errstate(all="ignore"):
                return float(self.function(*(np.float64(term.value) for term in terms)))

        substituted = f"{numbers} = {number_text(evaluator(terms, None))}"
        return Explanation(symbols, substituted, terms, self.combine, evaluator=evaluator)


class Sum:
    """The sum of one number of each operand, some of them taken away."""

    __slots__ = ("operands", "signs")

    def __init__(self, operands: Sequence[Tensor], signs: Sequence[float]) -> None:
        """Keep the operands and 1.0 or -1.0 for each."""
        self.operands = tuple(operands)
        self.signs = tuple(signs)

    def explain(self, index: Index, look: Look) -> Explanation:
        """Return the operands' numbers as terms."""
        terms = [
            look.term(operand, broadcast_index(index, operand.shape), sign=sign)
            for operand, sign in zip(self.operands, self.signs, strict=True)
        ]
        labels = _joined([term.label for term in terms], self.signs)
        numbers = _joined([number_text(term.value) for term in terms], self.signs)
        total = math.fsum(t.product for t in terms) if _finite(terms) else math.nan
        substituted = f"{numbers} = {number_text(total)}"
        return Explanation(labels, substituted, by_size(terms), "sum", total=total)


def _finite(terms: Sequence[Term]) -> bool:
    return all(math.isfinite(term.product) for term in terms)


def _joined(texts: Sequence[str], signs: Sequence[float]) -> str:
    first = f"-{texts[0]}" if signs[0] < 0 else texts[0]
    rest = (
        f" {'-' if sign < 0 else '+'} {t}" for t, sign in zip(texts[1:], signs[1:], strict=True)
    )
    return first + "".join(rest)


def add(*operands: Tensor) -> Tensor:
    """Return the sum of the operands, from left to right."""
    value = operands[0].value
    for operand in operands[1:]:
        value = value + operand.value
    return Tensor(value, Sum(operands, [1.0] * len(operands)), None, _batch(operands))


def subtract(left: Tensor, right: Tensor) -> Tensor:
    """Return ``left - right``."""
    value = left.value - right.value
    return Tensor(value, Sum((left, right), (1.0, -1.0)), None, _batch((left, right)))


def apply(
    function: Callable[..., Any],
    template: str,
    combine: str = "function",
    value: Array | None = None,
    **operands: Tensor,
) -> Tensor:
    """Return ``function`` of the operands, number by number, with its formula.

    Args:
        function: of numpy arrays, broadcast together; also of float64 numbers.
        template: the formula with ``{name}`` for each operand, as :func:`fill_formula` takes it.
        combine: how a derivation calls it.
        value: the result where it is known already.
        operands: by their name in the formula, in the order in which ``function`` takes them.
    """
    tensors = tuple(operands.values())
    if value is None:
        value = function(*(tensor.value for tensor in tensors))
    made = Function(function, tensors, tuple(operands), template, combine)
    return Tensor(value, made, None, _batch(tensors))


def multiply(left: Tensor, right: Tensor) -> Tensor:
    """Return ``left * right``, number by number."""
    return apply(np.multiply, "{x} × {(y)}", "product", x=left, y=right)


def cast(x: Tensor, dtype: Any) -> Tensor:
    """Return ``x`` in another dtype; the very same tensor where it has it already."""
    if x.dtype == dtype:
        return x
    from weightview.calculator.operations.rearranging import Same

    return Tensor(x.value.astype(dtype), Same(x), None, x.has_batch, x.mask)


def _batch(operands: Sequence[Tensor]) -> bool:
    return any(operand.has_batch for operand in operands)
