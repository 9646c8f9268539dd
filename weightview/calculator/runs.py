"""What a run of a plan leaves behind; steps and stages are made of it when somebody looks."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal

from weightview.calculator.call import own_activation
from weightview.calculator.derivation import Deriver
from weightview.calculator.plan import INPUTS, Plan, PlannedCall, Slot
from weightview.calculator.taken_masks import without_masks
from weightview.calculator.tensors import Array, Look, Tensor
from weightview.calculator.trace import Stage, Step, Trace
from weightview.core.errors import CalculationError
from weightview.core.model import Layer
from weightview.core.values import Values

Shown = list[tuple[str, str, Tensor]]
"""Name, formula and array of each stage."""


class Done:
    """What one call of a run gave, and what it was made from.

    Attributes:
        planned: the call.
        arguments: the tensors that went in.
        versions: the versions of the weights it depends on.
        outputs: what came out; None where it could not be computed.
        shown: the stages.
        computed_by: as in :class:`~weightview.calculator.trace.Step`.
        reason: why it was not computed, or not here.
        notes: sentences for the person.
        activation: the activation in use.
    """

    __slots__ = (
        "_step",
        "activation",
        "arguments",
        "computed_by",
        "notes",
        "outputs",
        "planned",
        "reason",
        "shown",
        "versions",
    )

    def __init__(
        self,
        planned: PlannedCall,
        arguments: tuple[Tensor, ...],
        versions: tuple[int, ...],
        outputs: tuple[Tensor, ...] | None = None,
        reason: str = "",
    ) -> None:
        """Begin as a call that could not be computed."""
        self.planned = planned
        self.arguments = arguments
        self.versions = versions
        self.outputs = outputs
        self.reason = reason
        self.shown: Shown = []
        self.computed_by: Literal["numpy", "tensorflow"] | None = None
        self.notes: list[str] = []
        self.activation = ""
        self._step: Step | None = None

    def stage(self, name: str) -> Tensor | None:
        """Return the array of a stage, or None."""
        return next((tensor for known, _, tensor in self.shown if known == name), None)

    def step(self, plan: Plan, look: Look) -> Step:
        """Return the call as a step of a trace; the same one each time."""
        if self._step is None:
            self._step = self._as_step(plan, look)
        return self._step

    def _as_step(self, plan: Plan, look: Look) -> Step:
        layer, node = self.planned.layer, self.planned.node
        derivers = [Deriver(x, look, layer.path, node, name) for name, _, x in self.shown]
        stages = tuple(
            Stage(name, formula, view(x, look), deriver, deriver.called)
            for (name, formula, x), deriver in zip(self.shown, derivers, strict=True)
        )
        return Step(
            layer.path,
            layer.class_name,
            node,
            stages,
            tuple(view(x, look) for x in self.outputs or ()),
            tuple(view(x, look) for x in self.arguments),
            self.computed_by,
            self.reason,
            tuple(self.notes),
            self.activation,
            own_activation_name(plan, layer),
            self._masks(look),
        )

    def _masks(self, look: Look) -> tuple[Array | None, ...]:
        """Return the masks of the inputs as the call found them."""
        tensors = without_masks(self.planned, self.arguments)
        return tuple(None if x.mask is None else view(x.mask, look) for x in tensors)


def own_activation_name(plan: Plan, layer: Layer) -> str:
    """Return the name of the activation that the model gives ``layer``, ``""`` without one."""
    try:
        own = own_activation(layer, plan.generation)
    except CalculationError:
        return ""
    return own.name if own is not None else ""


def view(x: Tensor, look: Look) -> Array:
    """Return a tensor's numbers in the form of the trace."""
    return x.value[0] if look.sample and x.has_batch else x.value


class Run:
    """One run of a plan.

    Attributes:
        inputs: the input, one tensor per model input.
        key: the input's bytes, by which the same input is found again.
        look: how the trace points at numbers.
        values: the weights' numbers.
        done: what each call gave.
        size: how many numbers the stages hold.
    """

    __slots__ = ("done", "inputs", "key", "look", "size", "values")

    def __init__(
        self, inputs: tuple[Tensor, ...], key: tuple[Any, ...], look: Look, values: Values
    ) -> None:
        """Begin before the first call."""
        self.inputs = inputs
        self.key = key
        self.look = look
        self.values = values
        self.done: list[Done] = []
        self.size = 0

    def tensor(self, slot: Slot) -> Tensor | None:
        """Return a tensor, or None where the call could not be computed."""
        if slot[0] == INPUTS:
            return self.inputs[slot[1]]
        outputs = self.done[slot[0]].outputs
        if outputs is None or slot[1] >= len(outputs):
            return None
        return outputs[slot[1]]

    def likeness(self, plan: Plan, values: Values) -> int:
        """Return how many weights have the same numbers as in ``values``."""
        version = values.version
        return sum(
            version(weight) == known
            for planned, done in zip(plan.calls, self.done, strict=True)
            for weight, known in zip(planned.weights, done.versions, strict=True)
        )

    def measured(self) -> int:
        """Return how many numbers the stages hold."""
        return sum(x.value.size for done in self.done for _, _, x in done.shown)

    def versions(self, planned: PlannedCall) -> tuple[int, ...]:
        """Return the versions of the weights that a call depends on."""
        version = self.values.version
        return tuple([version(weight) for weight in planned.weights])


class RunTrace(Trace):
    """The trace of a run, whose steps are made when they are first asked for."""

    def __init__(self, plan: Plan, run: Run) -> None:
        """Keep the run; outputs are ready at once."""
        outputs = [run.tensor(slot) for slot in plan.outputs]
        found = tuple([view(x, run.look) for x in outputs if x is not None])
        self.__dict__.update(
            inputs=tuple([view(x, run.look) for x in run.inputs]),
            outputs=found if len(found) == len(outputs) else (),
            is_batch=not run.look.sample,
            dtype=plan.dtype,
            _plan=plan,
            _run=run,
        )

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The calls, in the order in which they were computed, inner before their outer."""
        run, plan = self.__dict__["_run"], self.__dict__["_plan"]
        return tuple(done.step(plan, run.look) for done in run.done)

    @cached_property
    def _by_key(self) -> Mapping[tuple[str, int], Step]:
        return {(step.layer_path, step.node): step for step in self.steps}
