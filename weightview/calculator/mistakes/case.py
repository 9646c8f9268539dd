"""A model computed in some way, right or mistaken, and the mistakes that can be made with it."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from weightview.calculator.propagation import Elsewhere, propagate
from weightview.calculator.trace import Trace
from weightview.core.model import Layer, Model, Weight
from weightview.core.regions import normalise
from weightview.core.values import Array, Values

SCALED = "input scaled"
"""The kind of mistake that changes what the model is given."""


@dataclass(frozen=True, eq=False)
class Case:
    """One way to compute a model.

    Attributes:
        model: the description, perhaps changed.
        values: the weights' numbers, perhaps changed.
        activations: Keras names by layer path in place of the model's own.
        without_bias: layers whose bias is left out.
        elsewhere: computes the layers that are not known here, as they are.
        prepare: what is done to the input before the model, or None.
    """

    model: Model
    values: Values
    activations: Mapping[str, str] = field(default_factory=dict)
    without_bias: frozenset[str] = frozenset()
    elsewhere: Elsewhere | None = None
    prepare: Callable[[Any], Any] | None = None

    def compute(self, inputs: Any) -> Trace:
        """Carry ``inputs`` through; errors as in :func:`propagate`."""
        return propagate(
            self.model,
            self.values,
            inputs if self.prepare is None else self.prepare(inputs),
            activations=self.activations,
            without_bias=self.without_bias,
            elsewhere=self.elsewhere,
        )

    def activated(self, names: Mapping[str, str]) -> "Case":
        """Return the case with other activations, by layer path."""
        return replace(self, activations={**self.activations, **names})

    def unbiased(self, paths: Collection[str]) -> "Case":
        """Return the case with the biases of these layers left out."""
        return replace(self, without_bias=self.without_bias | set(paths))

    def map_weight(self, weight: Weight, change: Callable[[Array], npt.ArrayLike]) -> "Case":
        """Return the case in which one weight holds what ``change`` makes of its numbers."""
        return self.set_weight(weight, change(self.values.whole(weight)))

    def set_weight(self, weight: Weight, numbers: npt.ArrayLike) -> "Case":
        """Return the case with other numbers in one weight."""
        cells = normalise(None, weight.shape)
        new = np.asarray(numbers).astype(weight.dtype).reshape(weight.shape)
        return replace(self, values=self.values.with_edit(weight, cells, new))

    def changed(self, change: Callable[[Model], Model]) -> "Case":
        """Return the case with the model changed."""
        return replace(self, model=change(self.model))


@dataclass(frozen=True, eq=False)
class Mistake:
    """One mistake that can be made with a model.

    Attributes:
        kind: which mistake of the list it is, such as ``activation forgotten``.
        sentence: what was done, as the finding says it: ``without relu in dense``.
        layer_path: the layer concerned; ``""`` for a mistake made everywhere.
        apply: makes it.
    """

    kind: str
    sentence: str
    layer_path: str
    apply: Callable[[Case], Case]


Maker = Callable[[Case, Trace], Iterator[Mistake]]
MakerT = TypeVar("MakerT", bound=Maker)
_MODULES = (
    "activation", "weights", "normalization", "geometry", "recurrent", "precision", "given",
)  # fmt: skip
_MAKERS: list[tuple[str, Maker]] = []


def mistake(*kinds: str) -> Callable[[MakerT], MakerT]:
    """Register a function that yields the mistakes of these kinds that a model invites."""

    def register(maker: MakerT) -> MakerT:
        _MAKERS.append((", ".join(kinds), maker))
        return maker

    return register


def makers() -> tuple[Maker, ...]:
    """Return every registered maker, in the order in which their mistakes are tried."""
    import importlib

    for name in _MODULES:
        importlib.import_module(f"weightview.calculator.mistakes.{name}")
    return tuple(maker for _, maker in _MAKERS)


def layers_of(model: Model, *class_names: str) -> Iterator[Layer]:
    """Yield the layers of these classes, inner ones too; all layers where none is named."""
    for layer in model.walk():
        if not class_names or layer.class_name in class_names:
            yield layer
