"""What a calculation leaves behind: the trace of one input through the model.

A *trace* is one input's whole journey, a *step* one call of one layer, a *stage* one array inside a
step. Every number of every stage can be derived: :class:`Derivation` lists the terms it is made of.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy.typing as npt

Array = npt.NDArray[Any]
Index = tuple[int, ...]


class Masked(NamedTuple):
    """An array and its mask, for and from a layer that is computed elsewhere.

    Attributes:
        array: the numbers, with the batch axis.
        mask: which time steps count, ``(batch, time)``.
    """

    array: Array
    mask: Array


@dataclass(frozen=True)
class Source:
    """Where a number in a derivation comes from, so that a click can go there.

    Attributes:
        kind: ``input`` a number of the model's input; ``stage`` a number of a stage of this or an
            earlier step; ``weight`` a cell of a weight; ``constant`` a number from the config.
        name: the stage's name, the weight's path, or the constant's name (``epsilon``).
        index: which cell; for ``input`` and ``stage`` in the form of the trace (with the batch
            axis for a batch, without it for a sample).
        layer_path: the step's layer for ``stage``, the weight's layer for ``weight``.
        node: which call of that layer, for ``stage``.
        tensor: which input of the model for ``input``; which output of the step for ``stage``.
        label: a few words: ``input 3``, ``dense unit 7``, ``kernel[3, 7]``, with the model's own
            name of the cell where it has one: ``age``, ``embeddings[17, 0] 'the'``.
        called: that name alone, or ``""``.
    """

    kind: Literal["input", "stage", "weight", "constant"]
    name: str
    index: Index = ()
    layer_path: str = ""
    node: int = 0
    tensor: int = 0
    label: str = ""
    called: str = ""


@dataclass(frozen=True)
class Term:
    """One term of a number: a value, perhaps times a weight.

    Attributes:
        label: a few words, those of its source: ``input 3``, ``concatenate[2] region 'north'``.
        value: the number that comes in (``x_i``).
        source: where it comes from, or None.
        weight: what it is multiplied with (``w_ij``), or None where nothing is.
        weight_source: where the factor comes from, or None.
        product: what the term adds: ``value * weight``, or ``value``.
    """

    label: str
    value: float
    source: Source | None
    product: float
    weight: float | None = None
    weight_source: Source | None = None


@dataclass(frozen=True)
class Derivation:
    """How one number came about.

    Attributes:
        layer_path: the layer.
        node: which call of it.
        stage: the stage's name.
        index: the cell within the stage, in the form of the trace.
        formula: in symbols: ``z_j = Σ x_i · kernel[i, j] + bias[j]``.
        substituted: with the numbers in it: ``relu(-1.25) = 0``.
        terms: what it is made of, the largest contribution first.
        value: the number in the trace.
        combine: how the terms give the number (``sum``, ``max``, ``product``, ``function`` ...).
        bias: the term added at the end, apart from the others, or None.
        total: the sum of the terms before the bias, where they are summed; else None.
    """

    layer_path: str
    node: int
    stage: str
    index: Index
    formula: str
    substituted: str
    terms: tuple[Term, ...]
    value: float
    combine: str
    bias: Term | None = None
    total: float | None = None
    evaluator: Callable[[tuple[Term, ...], Term | None], float] | None = field(
        default=None, repr=False, compare=False
    )

    def evaluate(self) -> float:
        """Return the number again, computed in float64 from the terms alone."""
        if self.evaluator is not None:
            return self.evaluator(self.terms, self.bias)
        total = math.fsum(term.product for term in self.terms)
        return total + (self.bias.product if self.bias is not None else 0.0)


@dataclass(frozen=True, eq=False)
class Stage:
    """One array inside a step.

    Attributes:
        name: ``weighted_sum``, ``pre_activation``, ``output`` ...; the last one of a step is
            ``output``.
        formula: what it is, for people: ``x @ kernel``, ``+ bias``, ``relu``.
        value: the numbers; without the batch axis where the input was one sample.
    """

    name: str
    formula: str
    value: Array
    deriver: Callable[[Index], Derivation] | None = field(default=None, repr=False)
    namer: Callable[[Index], str] | None = field(default=None, repr=False)

    def called(self, index: Index) -> str:
        """Return the model's own name of the number at ``index``: ``age``, ``'the'``, or ``""``."""
        return self.namer(index) if self.namer is not None else ""


@dataclass(frozen=True, eq=False)
class Step:
    """One call of one layer.

    Attributes:
        layer_path: the layer's address, ``outer/inner``.
        class_name: the layer's Keras class.
        node: which call of that layer, from 0.
        stages: what happened inside, in order; the last is ``output``; empty where not computed.
        outputs: the layer's outputs.
        inputs: the layer's inputs.
        computed_by: ``numpy``, ``tensorflow``, or None where it could not be computed.
        reason: why it was not computed, or why by TensorFlow; else ``""``.
        notes: what a person should know, as sentences (an old meaning kept, a mask in use).
        activation: the Keras name of the activation in use, ``""`` for a layer without one.
        own_activation: the name the model itself gives, ``""`` for a layer without one.
        masks: by input which time steps count, None for all; ``()`` where that is not known.
    """

    layer_path: str
    class_name: str
    node: int
    stages: tuple[Stage, ...]
    outputs: tuple[Array, ...]
    inputs: tuple[Array, ...] = ()
    computed_by: Literal["numpy", "tensorflow"] | None = "numpy"
    reason: str = ""
    notes: tuple[str, ...] = ()
    activation: str = ""
    own_activation: str = ""
    masks: tuple[Array | None, ...] = ()

    def stage(self, name: str) -> Stage:
        """Return the stage called ``name``.

        Raises:
            KeyError: this step has no such stage; the message lists those it has.
        """
        for stage in self.stages:
            if stage.name == name:
                return stage
        names = ", ".join(stage.name for stage in self.stages)
        raise KeyError(f"the step {self.layer_path} has no stage {name!r}; it has: {names}")


@dataclass(frozen=True, eq=False)
class Trace:
    """One input's whole journey through the model.

    Attributes:
        inputs: the numbers that went in, one array per model input.
        steps: the calls, in the order in which they were computed, inner before their outer.
        outputs: what came out, one array per model output; empty where a layer on the way could
            not be computed.
        is_batch: whether inputs, stages and outputs carry a batch axis.
        dtype: the floating type of the calculation, ``float32`` or ``float64``.
    """

    inputs: tuple[Array, ...]
    steps: tuple[Step, ...]
    outputs: tuple[Array, ...]
    is_batch: bool
    dtype: str = "float32"
    _by_key: Mapping[tuple[str, int], Step] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Index the steps."""
        steps = {(step.layer_path, step.node): step for step in self.steps}
        object.__setattr__(self, "_by_key", steps)

    @property
    def output(self) -> Array:
        """The model's output; of several, the first.

        Raises:
            CalculationError: there is none, with the reason of the step that failed.
        """
        from weightview.core.errors import CalculationError

        if self.outputs:
            return self.outputs[0]
        failed = next((step for step in self.steps if step.computed_by is None), None)
        if failed is None:
            raise CalculationError("", "The model has no output.")
        raise CalculationError(failed.layer_path, f"{failed.layer_path}: {failed.reason}")

    def __getitem__(self, layer_path: str) -> Step:
        """Return the first call of the layer at ``layer_path``."""
        return self.step(layer_path)

    def step(self, layer_path: str, node: int = 0) -> Step:
        """Return a call of the layer at ``layer_path``.

        Raises:
            KeyError: the trace has no such step; the message names the layers it has.
        """
        try:
            return self._by_key[layer_path, node]
        except KeyError:
            names = ", ".join(sorted({step.layer_path for step in self.steps}))
            message = f"the trace has no step {layer_path!r} (call {node}); it has: {names}"
            raise KeyError(message) from None
