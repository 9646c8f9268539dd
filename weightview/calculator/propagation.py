"""Carry an input through a model: every call of its plan in turn, each leaving a step.

A run is kept, so that the next one takes over each call whose input and weights are the same.
"""

from collections.abc import Collection, Mapping
from typing import Any, Protocol

import numpy as np

from weightview.calculator.call import Before, Call, Progress, own_activation
from weightview.calculator.derivation import Deriver
from weightview.calculator.inputs import prepare_inputs
from weightview.calculator.operations.rearranging import same
from weightview.calculator.plan import INPUTS, Plan, PlannedCall, Slot, plan_for
from weightview.calculator.precision import Precision
from weightview.calculator.tensors import Array, Home, Look, Tensor
from weightview.calculator.trace import Stage, Step, Trace
from weightview.core.errors import CalculationError, WorkerError
from weightview.core.model import Layer, Model
from weightview.core.values import Values

_KEPT_RUNS = 4
_KEPT_NUMBERS = 16_000_000


class Elsewhere(Protocol):
    """Computes a layer that the calculator does not know; given by :mod:`weightview.api`."""

    def __call__(
        self, layer: Layer, arguments: tuple[Any, ...], keywords: Mapping[str, Any]
    ) -> tuple[Array, ...]:
        """Return the outputs of ``layer`` for arrays with a batch axis.

        Raises:
            WorkerError: it cannot be computed, with the reason.
        """


class _Done:
    """What one call of a run gave, with what it was made from."""

    __slots__ = ("arguments", "outputs", "step", "tensors", "versions")

    def __init__(
        self,
        arguments: tuple[Tensor, ...],
        versions: tuple[int, ...],
        step: Step,
        outputs: tuple[Tensor, ...] | None,
        tensors: Mapping[str, Tensor],
    ) -> None:
        self.arguments = arguments
        self.versions = versions
        self.step = step
        self.outputs = outputs
        self.tensors = tensors


class _Run:
    """One run of a plan: the input, and what each call gave."""

    __slots__ = ("done", "inputs", "look", "values")

    def __init__(self, inputs: tuple[Tensor, ...], look: Look, values: Values) -> None:
        self.inputs = inputs
        self.look = look
        self.values = values
        self.done: list[_Done] = []

    def outputs(self, slot: Slot) -> Tensor | None:
        """Return a tensor, or None where the call could not be computed."""
        if slot.call == INPUTS:
            return self.inputs[slot.tensor]
        outputs = self.done[slot.call].outputs
        if outputs is None or slot.tensor >= len(outputs):
            return None
        return outputs[slot.tensor]


def propagate(  # noqa: PLR0913 - the public interface, all but three by keyword
    model: Model,
    values: Values,
    inputs: Any,
    *,
    activations: Mapping[str, str] | None = None,
    without_bias: Collection[str] = (),
    skip: Collection[str] = (),
    dtype: str = "float32",
    elsewhere: Elsewhere | None = None,
    progress: Progress | None = None,
) -> Trace:
    """Carry ``inputs`` through ``model`` and return every stage of every layer.

    Args:
        model: the model.
        values: its weights' numbers.
        inputs: one sample (the model's input shape without the batch axis) or a batch (with it);
            for several inputs a list or a dict of them.
        activations: a Keras name by layer path, in place of the model's own.
        without_bias: paths of layers whose bias is left out.
        skip: paths of layers that hand on their input as it is.
        dtype: ``float32`` as Keras computes, or ``float64`` for everything.
        elsewhere: computes the layers that are not known here.
        progress: called now and then with the finished share; may raise ``CancelledError``.

    Raises:
        InputError: the input does not fit the model, or an option does not.
        CalculationError: nothing tells how the layers are connected.
        WeightNotFoundError: an option names a layer that the model does not have.
    """
    plan = plan_for(model, activations, without_bias, skip, dtype)
    arrays, is_batch = prepare_inputs(model, plan.inputs, inputs, dtype)
    previous = _latest(plan, arrays, is_batch, values)
    if previous is not None:
        run = _Run(previous.inputs, previous.look, values)
    else:
        run = _Run(
            _as_tensors(plan, arrays), Look(not is_batch, plan.input_names, plan.units), values
        )
    with np.errstate(all="ignore"):
        for number, planned in enumerate(plan.calls):
            if progress is not None:
                progress(number / len(plan.calls), planned.layer.path)
            before = previous.done[number] if previous is not None else None
            run.done.append(_compute(plan, planned, run, before, elsewhere, progress))
    _keep(plan, run)
    return _trace(plan, run, is_batch, dtype)


def _as_tensors(plan: Plan, arrays: tuple[Array, ...]) -> tuple[Tensor, ...]:
    names = plan.input_names
    return tuple(
        [
            Tensor(array, None, Home("input", names[i] if i < len(names) else "input", tensor=i))
            for i, array in enumerate(arrays)
        ]
    )


def _latest(plan: Plan, arrays: tuple[Array, ...], is_batch: bool, values: Values) -> _Run | None:
    """Return the kept run of the same input whose weights are most like ``values``."""
    best, likeness = None, -1
    for run in plan.runs:
        if run.look.sample is is_batch or not _equal(run.inputs, arrays):
            continue
        if len(plan.runs) == 1 or run.values is values:
            return run  # type: ignore[no-any-return]  # runs are typed Any in the plan
        like = sum(
            values.version(weight) == version
            for planned, done in zip(plan.calls, run.done, strict=True)
            for weight, version in zip(planned.weights, done.versions, strict=True)
        )
        if like > likeness:
            best, likeness = run, like
    return best


def _equal(kept: tuple[Tensor, ...], arrays: tuple[Array, ...]) -> bool:
    return all(
        k.value.dtype == a.dtype
        and k.value.shape == a.shape
        # Bits, not numbers: NaN is itself, and -0.0 is not 0.0.
        and k.value.tobytes() == a.tobytes()
        for k, a in zip(kept, arrays, strict=True)
    )


def _keep(plan: Plan, run: _Run) -> None:
    size = sum(t.value.size for done in run.done for t in done.tensors.values())
    if size <= _KEPT_NUMBERS:
        others = tuple(
            kept
            for kept in plan.runs
            if kept.inputs is not run.inputs or (kept.values is not run.values)
        )
        plan.runs = (run, *others)[:_KEPT_RUNS]


def _compute(
    plan: Plan,
    planned: PlannedCall,
    run: _Run,
    before: _Done | None,
    elsewhere: Elsewhere | None,
    progress: Progress | None,
) -> _Done:
    found = tuple(run.outputs(slot) for slot in planned.slots)
    version = run.values.version
    versions = tuple([version(weight) for weight in planned.weights])
    tensors = tuple(t for t in found if t is not None)
    if len(tensors) != len(found):
        return _missing(plan, planned, run, tensors, versions)
    if before is not None and len(before.arguments) == len(tensors):
        is_same = all(a is b for a, b in zip(before.arguments, tensors, strict=True))
        if is_same and before.versions == versions and before.step.computed_by is not None:
            return before
        if not is_same:
            before = None
    else:
        before = None
    return _Computing(plan, planned, run, tensors, versions, elsewhere, progress).compute(before)


def _missing(
    plan: Plan,
    planned: PlannedCall,
    run: _Run,
    tensors: tuple[Tensor, ...],
    versions: tuple[int, ...],
) -> _Done:
    absent = next(slot for slot in planned.slots if run.outputs(slot) is None)
    reason = f"needs the output of {plan.calls[absent.call].layer.path}"
    return _Done(tensors, versions, _failed(planned, reason), None, {})


def _failed(planned: PlannedCall, reason: str) -> Step:
    layer = planned.layer
    return Step(layer.path, layer.class_name, planned.node, (), (), computed_by=None, reason=reason)


class _Computing:
    """One call being computed."""

    __slots__ = ("elsewhere", "plan", "planned", "progress", "run", "tensors", "versions")

    def __init__(
        self,
        plan: Plan,
        planned: PlannedCall,
        run: _Run,
        tensors: tuple[Tensor, ...],
        versions: tuple[int, ...],
        elsewhere: Elsewhere | None,
        progress: Progress | None,
    ) -> None:
        self.plan = plan
        self.planned = planned
        self.run = run
        self.tensors = tensors
        self.versions = versions
        self.elsewhere = elsewhere
        self.progress = progress

    def compute(self, before: _Done | None) -> _Done:
        planned = self.planned
        earlier = None
        if before is not None and before.tensors:
            earlier = Before(self.run_before(before), before.tensors)
        call = Call(
            self.plan,
            planned.layer,
            planned.layer.path,
            planned.node,
            self.run.values,
            self.progress,
            earlier,
        )
        try:
            outputs = self._forward(call)
        except CalculationError as error:
            return self._elsewhere(call, _reason(error, planned.layer.path))
        except (ValueError, IndexError, TypeError, KeyError, AttributeError) as error:
            reason = f"its settings and its input do not fit together ({error})"
            return self._elsewhere(call, reason)
        return self._finish(call, outputs)

    def run_before(self, before: _Done) -> Values:
        """Return the numbers with which ``before`` was computed."""
        for run in self.plan.runs:
            if any(done is before for done in run.done):
                return run.values  # type: ignore[no-any-return]  # runs are typed Any in the plan
        return self.run.values

    def _forward(self, call: Call) -> tuple[Tensor, ...]:
        planned = self.planned
        if planned.passes_on:
            return tuple(same(tensor) for tensor in self.tensors)
        if planned.layer.path in self.plan.skip:
            call.notes.append("This layer is skipped: it hands on its input.")
            return (same(self.tensors[0]),)
        if planned.rule is None:
            raise call.refuse(_unknown(planned.layer))
        given = self._given(call)
        keywords = _inference(call, planned.keywords)
        if planned.single is not None and not keywords:
            result = planned.rule.function(call, given[planned.single])
        else:
            arguments = _filled(planned.arguments, given)
            result = planned.rule.function(call, *arguments, **_filled(keywords, given))
        outputs = result if isinstance(result, tuple) else (result,)
        if planned.rule.keeps_mask and self.tensors and outputs[0].mask is None:
            for output in outputs:
                output.mask = self.tensors[0].mask
        return outputs

    def _given(self, call: Call) -> dict[Slot, Tensor]:
        """Return the tensor of each slot in the layer's precision, as Keras casts them."""
        given: dict[Slot, Tensor] = {}
        precision = call.precision
        for slot, tensor in zip(self.planned.slots, self.tensors, strict=True):
            needed = precision.low or tensor.dtype != precision.dtype
            if needed and tensor.dtype.kind == "f" and not self.planned.is_operation:
                given[slot] = _fitted(tensor, precision)
            else:
                given[slot] = tensor
        return given

    def _elsewhere(self, call: Call, reason: str) -> _Done:
        """Have the call computed by TensorFlow, or leave the step with the reason."""
        if self.elsewhere is None:
            return self._done(_failed(self.planned, reason), None, {})
        given = dict(zip(self.planned.slots, (t.value for t in self.tensors), strict=True))
        arguments = _filled(self.planned.arguments, given)
        try:
            arrays = self.elsewhere(
                self.planned.layer, arguments, _filled(self.planned.keywords, given)
            )
        except WorkerError as error:
            return self._done(_failed(self.planned, f"{reason}; {error}"), None, {})
        call.stages.clear()
        outputs = tuple(Tensor(np.asarray(array)) for array in arrays)
        return self._finish(call, outputs, "tensorflow", reason)

    def _finish(
        self,
        call: Call,
        outputs: tuple[Tensor, ...],
        computed_by: Any = "numpy",
        reason: str = "",
    ) -> _Done:
        shown = list(call.stages)
        if not shown or shown[-1][0] != "output":
            first = outputs[0]
            if first.home is None:
                first.home = Home("stage", "output", call.path, call.node)
            shown.append(("output", "", first))
        for number, output in enumerate(outputs[1:], 1):
            if output.home is None:
                name = f"output_{number}"
                output.home = Home("stage", name, call.path, call.node)
                shown.insert(-1, (name, "", output))
        step = self._step(call, shown, outputs, computed_by, reason)
        return self._done(step, outputs, {name: tensor for name, _, tensor in shown})

    def _step(
        self,
        call: Call,
        shown: list[tuple[str, str, Tensor]],
        outputs: tuple[Tensor, ...],
        computed_by: Any,
        reason: str,
    ) -> Step:
        look = self.run.look
        layer = self.planned.layer
        own = own_activation_name(self.plan, layer)
        return Step(
            layer.path,
            layer.class_name,
            call.node,
            tuple(
                [
                    Stage(
                        name, formula, view(x, look), Deriver(x, look, layer.path, call.node, name)
                    )
                    for name, formula, x in shown
                ]
            ),
            tuple([view(x, look) for x in outputs]),
            tuple([view(x, look) for x in self.tensors]),
            computed_by,
            reason,
            tuple(call.notes),
            call.used_activation,
            own,
        )

    def _done(
        self, step: Step, outputs: tuple[Tensor, ...] | None, tensors: Mapping[str, Tensor]
    ) -> _Done:
        return _Done(self.tensors, self.versions, step, outputs, tensors)


def _fitted(x: Tensor, precision: Precision) -> Tensor:
    """Return ``x`` in another precision; the very same tensor where nothing changes."""
    value = precision.fit(x.value)
    return x if value is x.value else Tensor(value, same(x).made, None, x.has_batch, x.mask)


def _inference(call: Call, keywords: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the keywords that matter at inference."""
    if not keywords:
        return keywords
    if keywords.get("training"):
        raise call.refuse("the model calls it in training mode, which is not the same twice")
    return {k: v for k, v in keywords.items() if k != "training" and v is not None}


def own_activation_name(plan: Plan, layer: Layer) -> str:
    """Return the name of the activation that the model gives ``layer``, ``""`` without one."""
    names = plan.own_names
    name = names.get(layer.path)
    if name is None:
        try:
            own = own_activation(layer, plan.generation)
        except CalculationError:
            own = None
        name = names[layer.path] = own.name if own is not None else ""
    return name


def view(x: Tensor, look: Look) -> Array:
    """Return a tensor's numbers in the form of the trace."""
    return x.value[0] if look.sample and x.has_batch else x.value


def _filled(value: Any, given: Mapping[Slot, Any]) -> Any:
    """Return ``value`` with what is given in place of each slot."""
    if isinstance(value, Slot):
        return given[value]
    if isinstance(value, Mapping):
        return {key: _filled(item, given) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_filled(item, given) for item in value)
    return value


def _reason(error: CalculationError, path: str) -> str:
    text = str(error)
    return text.removeprefix(f"{path}: ")


def _unknown(layer: Layer) -> str:
    return f"the calculator does not know {layer.class_name}"


def _trace(plan: Plan, run: _Run, is_batch: bool, dtype: str) -> Trace:
    outputs = [run.outputs(slot) for slot in plan.outputs]
    arrays = tuple([view(x, run.look) for x in outputs if x is not None])
    inputs = tuple([view(x, run.look) for x in run.inputs])
    steps = tuple([done.step for done in run.done])
    return Trace(inputs, steps, arrays if len(arrays) == len(outputs) else (), is_batch, dtype)
