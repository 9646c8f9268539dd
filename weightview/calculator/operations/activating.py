"""Activations as operations: a number's formula with the numbers in it, or its whole row."""

import numpy as np

from weightview.calculator.activations import Activation
from weightview.calculator.operations.elementwise import fill_formula
from weightview.calculator.operations.rearranging import Same
from weightview.calculator.operations.summing import explain_sum, is_summed
from weightview.calculator.tensors import Array, Explanation, Look, Tensor, number_text
from weightview.calculator.trace import Index, Term


class Activated:
    """An activation that takes single numbers."""

    __slots__ = ("activation", "x")

    def __init__(self, x: Tensor, activation: Activation) -> None:
        """Keep what the activation is applied to."""
        self.x = x
        self.activation = activation

    def explain(self, index: Index, look: Look) -> Explanation:
        """Return the terms of the sum that the activation is applied to, and its formula."""
        if is_summed(self.x) or self._is_renamed_sum():
            inner = explain_sum(self._summed(), index, look)
            terms, bias, total = inner.terms, inner.bias, inner.total
        else:
            terms, bias, total = (look.term(self.x, index),), None, None
        z = float(self.x.value[index])
        with np.errstate(all="ignore"):
            result = self._of(z)
        formula = fill_formula(self.activation.formula, self._numbers("x"))
        piece = fill_formula(self.activation.piece(z), self._numbers(z))
        name = self.activation.name
        shown = number_text(z)
        substituted = f"{name}({shown}) = {piece} = {number_text(result)}"
        if piece == shown or self.activation.is_linear:
            substituted = f"{name}({shown}) = {number_text(result)}"
        formula = f"{name}(x) = {formula}"
        combine = "sum" if bias is not None or len(terms) != 1 else "function"
        return Explanation(
            formula, substituted, terms, combine, bias, total, evaluator=self._evaluate
        )

    def _is_renamed_sum(self) -> bool:
        made = self.x.made
        return isinstance(made, Same) and self.x.home is None and is_summed(made.operand)

    def _summed(self) -> Tensor:
        return self.x.made.operand if isinstance(self.x.made, Same) else self.x

    def _numbers(self, x: float | str) -> dict[str, float | str]:
        parameters = {k: v for k, v in self.activation.parameters.items() if v is not None}
        return {**{k: float(v) for k, v in parameters.items()}, "x": x}

    def _of(self, z: float) -> float:
        return float(self.activation(np.asarray([z], dtype=np.float64))[0])

    def _evaluate(self, terms: tuple[Term, ...], bias: Term | None) -> float:
        total = sum(term.product for term in terms) + (bias.product if bias is not None else 0.0)
        with np.errstate(all="ignore"):
            return self._of(total)


class RowActivated:
    """An activation for which each number depends on its whole row: softmax and its kin."""

    __slots__ = ("activation", "axes", "x")

    def __init__(self, x: Tensor, activation: Activation, axes: tuple[int, ...]) -> None:
        """Keep the operand; ``axes`` counted from the front."""
        self.x = x
        self.activation = activation
        self.axes = axes

    def explain(self, index: Index, look: Look) -> Explanation:
        """Return the numbers of the row as terms, in their order."""
        cells = list(np.ndindex(*(self.x.shape[axis] for axis in self.axes)))
        terms = tuple(look.term(self.x, self._at(index, cell)) for cell in cells)
        own = tuple(index[axis] for axis in self.axes)
        shape = tuple(self.x.shape[axis] for axis in self.axes)

        def evaluator(terms: tuple[Term, ...], bias: Term | None) -> float:
            del bias
            row = np.asarray([term.value for term in terms], dtype=np.float64).reshape(shape)
            with np.errstate(all="ignore"):
                return float(self._of_row(row)[own])

        result = number_text(evaluator(terms, None))
        position = ", ".join(str(i) for i in own)
        name = self.activation.name
        substituted = f"{name}(of {len(terms)} numbers)[{position}] = {result}"
        formula = f"{name}(x)[i] = {self.activation.formula}"
        return Explanation(formula, substituted, terms, name, evaluator=evaluator)

    def _at(self, index: Index, cell: Index) -> Index:
        at = list(index)
        for axis, i in zip(self.axes, cell, strict=True):
            at[axis] = i
        return tuple(at)

    def _of_row(self, row: Array) -> Array:
        axis = tuple(range(row.ndim)) if row.ndim > 1 else 0
        return self.activation.function(row, **{**self.activation.parameters, "axis": axis})


def activation_of(x: Tensor, activation: Activation) -> Activated | RowActivated:
    """Return how ``activation`` of ``x`` is made: number by number, or row by row."""
    if activation.axis is None:
        return Activated(x, activation)
    axis = activation.axis
    axes = axis if isinstance(axis, tuple) else (axis,)
    return RowActivated(x, activation, tuple(sorted(a % x.ndim for a in axes)))


def activate(x: Tensor, activation: Activation) -> Tensor:
    """Return ``activation`` of ``x``."""
    return Tensor(activation.apply(x.value), activation_of(x, activation), None, x.has_batch)
