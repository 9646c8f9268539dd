"""Sums of products: matrix products and everything that einsum can say."""

import math
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from weightview.calculator.operations.products import product
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

Pairs = Iterable[tuple[Index, Index]]


class Products:
    """A sum of products of numbers of ``x`` and ``kernel``.

    ``pairs`` tells for a cell of the result which cells are multiplied.
    """

    __slots__ = ("formula", "kernel", "pairs", "x")

    def __init__(
        self, x: Tensor, kernel: Tensor, pairs: Callable[[Index], Pairs], formula: str
    ) -> None:
        """Keep the operands; ``formula`` is in symbols."""
        self.x = x
        self.kernel = kernel
        self.pairs = pairs
        self.formula = formula

    def explain(self, index: Index, look: Look) -> Explanation:
        """Return every product as a term."""
        terms = [look.term(self.x, i, (self.kernel, j)) for i, j in self.pairs(index)]
        total = total_of(terms)
        substituted = f"sum of {len(terms)} products = {number_text(total)}"
        return Explanation(self.formula, substituted, by_size(terms), "sum", total=total)


def total_of(terms: Iterable[Term]) -> float:
    """Return the exact sum of the terms' products; NaN or inf as floats add up."""
    products = [term.product for term in terms]
    if all(math.isfinite(product) for product in products):
        return math.fsum(products)
    return sum(products)


class Biased:
    """A sum with a bias added: explained by the terms of the sum, and the bias apart."""

    __slots__ = ("bias", "x")

    def __init__(self, x: Tensor, bias: Tensor) -> None:
        """Keep the sum and the bias, which is broadcast to it."""
        self.x = x
        self.bias = bias

    def explain(self, index: Index, look: Look) -> Explanation:
        """Return the terms of the sum, and the bias."""
        inner = explain_sum(self.x, index, look)
        bias = look.term(self.bias, broadcast_index(index, self.bias.shape))
        total = total_of(inner.terms)
        result = number_text(total + bias.product)
        substituted = f"{number_text(total)} + {number_text(bias.value)} = {result}"
        formula = f"{inner.formula} + {bias.label}"
        return Explanation(formula, substituted, inner.terms, "sum", bias, total)


def explain_sum(x: Tensor, index: Index, look: Look) -> Explanation:
    """Return the terms that add up to a number: those it is a sum of, or the number alone."""
    tensor = x
    while hasattr(tensor.made, "origin") and tensor.home is None:
        tensor, index = look.settle(tensor, index)
    if is_summed(tensor):
        made = tensor.made
        assert isinstance(made, (Products, Biased))
        return made.explain(index, look)
    term = look.term(tensor, index)
    return Explanation(term.label, number_text(term.value), (term,), "sum", total=term.value)


def is_summed(x: Tensor) -> bool:
    """Return whether ``x`` is made by a sum of products, with or without a bias."""
    return isinstance(x.made, (Products, Biased))


def matmul(x: Tensor, kernel: Tensor, value: Array | None = None) -> Tensor:
    """Return ``x @ kernel``: ``(..., inputs)`` and ``(inputs, units)`` give ``(..., units)``."""
    if value is None:
        value = product(x.value, kernel.value)

    def pairs(index: Index) -> Pairs:
        *before, unit = index
        return [((*before, i), (i, unit)) for i in range(kernel.shape[0])]

    made = Products(x, kernel, pairs, "Σ x[i] · kernel[i, unit]")
    return Tensor(value, made, None, x.has_batch)


def add_bias(x: Tensor, bias: Tensor, value: Array | None = None) -> Tensor:
    """Return ``x + bias``, broadcast over the last axes."""
    return Tensor(x.value + bias.value if value is None else value, Biased(x, bias))


def einsum(
    equation: str, x: Tensor, kernel: Tensor, value: Array | None = None, has_batch: bool = True
) -> Tensor:
    """Return ``numpy.einsum(equation, x, kernel)``; the equation names every axis.

    Large ones are computed by matrix products (numpy's ``optimize``).
    """
    if value is None:
        value = np.einsum(equation, x.value, kernel.value, optimize=True)
    inputs, output = equation.replace(" ", "").split("->")
    left, right = inputs.split(",")
    sizes = {**dict(zip(left, x.shape, strict=True)), **dict(zip(right, kernel.shape, strict=True))}
    summed = [label for label in sizes if label not in output]

    def pairs(index: Index) -> Pairs:
        fixed = dict(zip(output, index, strict=True))
        for cell in np.ndindex(*(sizes[label] for label in summed)):
            at = {**fixed, **dict(zip(summed, cell, strict=True))}
            yield _cell(left, at, x.shape), _cell(right, at, kernel.shape)

    made = Products(x, kernel, pairs, f"Σ {_symbols(left)} · {_symbols(right, 'kernel')}")
    return Tensor(value, made, None, has_batch)


def _cell(labels: str, at: dict[str, int], shape: Sequence[int]) -> Index:
    return tuple(0 if n == 1 else at[c] for c, n in zip(labels, shape, strict=True))


def _symbols(labels: str, name: str = "x") -> str:
    return f"{name}[{', '.join(labels)}]"
