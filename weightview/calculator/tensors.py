"""Arrays that remember how they were made, so that any of their numbers can be explained.

Inside the calculator every array carries the batch axis. A :class:`Tensor` knows the operation
that made it and, once it has a name, its :class:`Home`: the stage, weight, input or constant as
which a person finds it. Explanations are made only when somebody asks for one.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from weightview.calculator.trace import Index, Source, Term

Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Explanation:
    """How one number came about, before it is said of which stage.

    Attributes:
        formula: in symbols.
        substituted: with the numbers in it.
        terms: what it is made of; in the order in which ``evaluator`` takes them.
        combine: ``sum``, ``max``, ``product``, ``function`` ...
        bias: the term added at the end, or None.
        total: the sum of the terms before the bias, where they are summed; else None.
        evaluator: gives the number from the terms; None where they are simply summed.
    """

    formula: str
    substituted: str
    terms: tuple[Term, ...]
    combine: str = "sum"
    bias: Term | None = None
    total: float | None = None
    evaluator: Callable[[tuple[Term, ...], Term | None], float] | None = None


class Operation(Protocol):
    """What made an array; fulfilled by the classes of :mod:`weightview.calculator.operations`."""

    def explain(self, index: Index, look: "Look") -> Explanation:
        """Return how the number at ``index`` (with the batch axis) came about."""


class Rearrangement(Protocol):
    """An operation that only moves numbers: each comes from one cell of one operand."""

    def origin(self, index: Index) -> "tuple[Tensor, Index]":
        """Return which cell of which operand stands at ``index``."""


@dataclass(frozen=True, eq=False)
class Home:
    """Where a person finds an array.

    Attributes:
        kind: as in :class:`~weightview.calculator.trace.Source`.
        name: the stage's name, the weight's path, the constant's or the input's name.
        layer_path: the step's layer for a stage, the weight's layer for a weight.
        node: which call of the layer, for a stage.
        tensor: which input of the model, or which output of the step.
        place: from a cell of this array to the cell of what it is a part of; None where equal.
    """

    kind: Literal["input", "stage", "weight", "constant"]
    name: str
    layer_path: str = ""
    node: int = 0
    tensor: int = 0
    place: Callable[[Index], Index] | None = None


class Tensor:
    """An array with its history.

    Attributes:
        value: the numbers.
        made: the operation that made it; None for inputs, weights and constants.
        home: where a person finds it; None while it has no name.
        mask: which time steps count, ``(batch, time)``; None for all.
        has_batch: whether axis 0 is the batch axis.
    """

    __slots__ = ("has_batch", "home", "made", "mask", "value")

    def __init__(
        self,
        value: Array,
        made: "Operation | Rearrangement | None" = None,
        home: Home | None = None,
        has_batch: bool = True,
        mask: "Tensor | None" = None,
    ) -> None:
        """Keep an array and what is known of it."""
        self.value = value
        self.made = made
        self.home = home
        self.mask = mask
        self.has_batch = has_batch

    @property
    def shape(self) -> tuple[int, ...]:
        """The array's shape, with the batch axis."""
        return self.value.shape

    @property
    def ndim(self) -> int:
        """How many axes there are, with the batch axis."""
        return self.value.ndim

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the numbers."""
        return self.value.dtype


class LazyTensor(Tensor):
    """A tensor whose numbers are fetched when first asked for: a weight, or a patched stage."""

    __slots__ = ("_fetch", "_shape", "_value")

    def __init__(
        self,
        shape: tuple[int, ...],
        fetch: Callable[[], Array],
        home: Home | None = None,
        has_batch: bool = False,
    ) -> None:
        """Know the ``shape``; ``fetch`` gives the numbers."""
        self._value: Array | None = None
        self.made = None
        self.home = home
        self.mask = None
        self.has_batch = has_batch
        self._fetch = fetch
        self._shape = shape

    @property
    def value(self) -> Array:  # type: ignore[override]  # an attribute that is fetched late
        """The numbers, fetched at the first call."""
        value = self._value
        if value is None:
            value = self._value = self._fetch()
        return value

    @property
    def shape(self) -> tuple[int, ...]:
        """The array's shape."""
        return self._shape

    @property
    def ndim(self) -> int:
        """How many axes there are."""
        return len(self._shape)


def constant(value: Any, name: str, dtype: Any = None) -> Tensor:
    """Return a number or array from the config as a tensor without batch axis."""
    return Tensor(np.asarray(value, dtype=dtype), None, Home("constant", name), has_batch=False)


def named(value: Tensor, home: Home) -> Tensor:
    """Give ``value`` its home and return it."""
    value.home = home
    return value


def _nothing(home: Home, cell: Index, number: float) -> str:
    """Return the own name of a cell of a model that gives none."""
    del home, cell, number
    return ""


@dataclass(frozen=True)
class Look:
    """How to point at numbers: with the batch axis or, for one sample, without it.

    Attributes:
        sample: whether the trace is of one sample, so that indices have no batch axis.
        input_names: the names of the model's inputs.
        units: by layer path what a cell of its one-dimensional output is called: ``unit``.
        called: the model's own name of a cell with a number, ``""`` for one without.
    """

    sample: bool
    input_names: tuple[str, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    called: Callable[[Home, Index, float], str] = _nothing

    def shown(self, tensor: Tensor, index: Index) -> Index:
        """Return ``index`` in the form of the trace."""
        return index[1:] if self.sample and tensor.has_batch else index

    def settle(self, tensor: Tensor, index: Index) -> tuple[Tensor, Index]:
        """Follow rearrangements back to the first array that has a home, or cannot be followed."""
        while tensor.home is None and hasattr(tensor.made, "origin"):
            made: Any = tensor.made
            tensor, index = made.origin(index)
        return tensor, index

    def source(self, tensor: Tensor, index: Index) -> Source | None:
        """Return where the number at ``index`` is to be found, or None where nowhere."""
        tensor, index = self.settle(tensor, index)
        home = tensor.home
        if home is None:
            return None
        cell = home.place(index) if home.place is not None else index
        cell = tuple(int(i) for i in self.shown(tensor, cell))
        called = self.called(home, cell, self.number(tensor, index))
        label = self._place(home, cell)
        if called:
            is_input = home.kind == "input" and len(cell) == 1
            label = called if is_input else f"{label} {called}"
        return Source(
            home.kind, home.name, cell, home.layer_path, home.node, home.tensor, label, called
        )

    def _place(self, home: Home, cell: Index) -> str:
        """Return a few words for a cell: ``input 3``, ``dense unit 7``, ``kernel[3, 7]``."""
        at = ", ".join(str(i) for i in cell)
        if home.kind == "input":
            name = "input"
            if len(self.input_names) > 1 and home.tensor < len(self.input_names):
                name = self.input_names[home.tensor]
            return f"{name} {at}" if len(cell) == 1 else f"{name}[{at}]"
        if home.kind == "constant":
            return home.name
        if home.kind == "weight":
            return f"{home.name.rpartition('/')[2]}[{at}]"
        if home.name != "output":
            stage = home.name.replace("_", " ")
            return f"{stage} {at}" if len(cell) == 1 else f"{stage}[{at}]"
        word = self.units.get(home.layer_path, "")
        if word and len(cell) == 1:
            return f"{home.layer_path} {word} {at}"
        return f"{home.layer_path}[{at}]"

    def number(self, tensor: Tensor, index: Index) -> float:
        """Return the number at ``index`` in float64."""
        return float(tensor.value[index])

    def term(
        self,
        tensor: Tensor,
        index: Index,
        factor: tuple[Tensor, Index] | None = None,
        sign: float = 1.0,
    ) -> Term:
        """Return a term of the number at ``index``, perhaps times ``factor``."""
        value = self.number(tensor, index)
        source = self.source(tensor, index)
        label = source.label if source is not None else "value"
        if factor is None:
            return Term(label, value, source, sign * value)
        weight = self.number(*factor)
        return Term(label, value, source, sign * value * weight, weight, self.source(*factor))


def by_size(terms: list[Term]) -> tuple[Term, ...]:
    """Return ``terms``, the largest contribution first; NaN before everything."""
    return tuple(
        sorted(terms, key=lambda t: math.inf if math.isnan(t.product) else abs(t.product))[::-1]
    )


def number_text(value: float) -> str:
    """Return a number as formulas show it: six digits that matter."""
    return f"{value:.6g}"


def broadcast_index(index: Index, shape: tuple[int, ...]) -> Index:
    """Return which cell of an operand of ``shape`` numpy's broadcasting puts at ``index``."""
    tail = index[len(index) - len(shape) :] if shape else ()
    return tuple(0 if length == 1 else i for i, length in zip(tail, shape, strict=True))
