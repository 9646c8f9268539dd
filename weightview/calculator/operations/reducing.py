"""Many numbers made one: sums, means, maxima over cells of one array."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from weightview.calculator.operations.summing import total_of
from weightview.calculator.tensors import (
    Array,
    Explanation,
    Look,
    Tensor,
    by_size,
    number_text,
)
from weightview.calculator.trace import Index, Term

Cells = Callable[[Index], Iterable[Index]]

_FORMULAS = {
    "sum": "Σ x",
    "mean": "Σ x / n",
    "max": "max(x)",
    "min": "min(x)",
    "product": "Π x",
    "std": "√(Σ (x - mean)² / n)",
    "variance": "Σ (x - mean)² / n",
    "any": "any of x",
    "all": "all of x",
    "norm": "√(Σ x²)",
    "mean square": "Σ x² / n",
    "log of sum of exponentials": "log(Σ e^x)",
    "median": "the middle of the sorted x",
    "index of the largest": "where x is largest",
    "index of the smallest": "where x is smallest",
    "sum so far": "Σ x up to here",
    "product so far": "Π x up to here",
}


_EVALUATED: dict[str, Callable[[Array], Any]] = {
    "sum": np.sum,
    "mean": np.mean,
    "max": np.max,
    "min": np.min,
    "product": np.prod,
    "std": np.std,
    "variance": np.var,
    "any": np.max,
    "all": np.min,
    "norm": lambda x: np.sqrt(np.sum(x * x)),
    "mean square": lambda x: np.mean(x * x),
    "log of sum of exponentials": np.logaddexp.reduce,
    "median": np.median,
    "index of the largest": np.argmax,
    "index of the smallest": np.argmin,
    "sum so far": np.sum,
    "product so far": np.prod,
}


def _evaluated(kind: str, values: list[float]) -> float:
    if not values:
        return 0.0
    return float(_EVALUATED[kind](np.asarray(values, dtype=np.float64)))


class Reduced:
    """A number made of several cells of ``x``."""

    __slots__ = ("cells", "kind", "x")

    def __init__(self, x: Tensor, cells: Cells, kind: str) -> None:
        """Keep the operand; ``cells`` tells which of its cells a number is made of."""
        self.x = x
        self.cells = cells
        self.kind = kind

    def explain(self, index: Index, look: Look) -> Explanation:
        """Return the cells as terms."""
        terms = [look.term(self.x, cell) for cell in self.cells(index)]

        def evaluator(terms: tuple[Term, ...], bias: Term | None) -> float:
            del bias
            return _evaluated(self.kind, [term.value for term in terms])

        with np.errstate(all="ignore"):
            result = number_text(evaluator(tuple(terms), None)) if terms else "0"
        total = total_of(terms) if self.kind in ("sum", "mean") else None
        substituted = f"{self.kind} of {len(terms)} numbers = {result}"
        in_order = self.kind.startswith("index")
        shown = tuple(terms) if in_order else by_size(terms)
        return Explanation(
            _FORMULAS[self.kind], substituted, shown, self.kind, total=total, evaluator=evaluator
        )


def reduce_axes(
    x: Tensor, kind: str, axes: tuple[int, ...], keepdims: bool, value: Array
) -> Tensor:
    """Return ``value``, which is ``x`` reduced over ``axes`` (counted from the front)."""

    def cells(index: Index) -> Iterable[Index]:
        rest = list(index)
        fixed: list[int | None] = []
        for axis in range(x.ndim):
            if axis in axes:
                fixed.append(None)
                if keepdims:
                    rest.pop(0)
            else:
                fixed.append(rest.pop(0))
        for inner in np.ndindex(*(x.shape[axis] for axis in axes)):
            free = list(inner)
            yield tuple(free.pop(0) if i is None else i for i in fixed)

    has_batch = x.has_batch and (0 not in axes or keepdims)
    return Tensor(value, Reduced(x, cells, kind), None, has_batch)
