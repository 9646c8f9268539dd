"""Carry an input through a model: every call of its plan in turn, each leaving a step.

A run is kept, so that the next one takes over each call whose input and weights are the same.
"""

from collections.abc import Collection, Mapping
from operator import is_not
from typing import Any, Literal, Protocol

import numpy as np

from weightview.calculator.call import Before, Call, Progress, hand_mask_on
from weightview.calculator.cell_names import CellNames
from weightview.calculator.inputs import prepare_inputs
from weightview.calculator.limits import CONFIG_ERRORS, MOST_NUMBERS, count_of, too_many
from weightview.calculator.operations.rearranging import same
from weightview.calculator.plan import Plan, PlannedCall, Slot, plan_for
from weightview.calculator.runs import Done, Run, RunTrace
from weightview.calculator.shapes import output_shape
from weightview.calculator.taken_masks import without_masks
from weightview.calculator.tensors import Array, Home, Look, Tensor
from weightview.calculator.trace import Masked, Trace
from weightview.core.errors import CalculationError, WorkerError
from weightview.core.model import Layer, Model
from weightview.core.values import Values

_KEPT_RUNS = 4
_KEPT_NUMBERS = 8_000_000
"""Older runs are kept up to so many numbers for each set of options."""

_LARGEST_RUN = 64_000_000
"""A run of more numbers is not kept at all."""


class Elsewhere(Protocol):
    """Computes a layer that the calculator does not know; given by :mod:`weightview.api`."""

    def __call__(
        self, layer: Layer, arguments: tuple[Any, ...], keywords: Mapping[str, Any]
    ) -> tuple[Array | Masked, ...]:
        """Return the outputs of ``layer`` for arrays with a batch axis, with their masks.

        Raises:
            WorkerError: it cannot be computed, with the reason.
        """


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
    shapes = tuple([a.shape for a in arrays])
    key = (is_batch, shapes, *[(a.tobytes(), a.dtype) for a in arrays])
    previous = _latest(plan, key, values)
    if previous is not None:
        run = Run(previous.inputs, key, previous.look, values)
    else:
        look = Look(not is_batch, plan.input_names, plan.units, CellNames(model))
        run = Run(_as_tensors(plan, arrays), key, look, values)
    with np.errstate(all="ignore"):
        for number, planned in enumerate(plan.calls):
            if progress is not None:
                progress(number / len(plan.calls), planned.layer.path)
            before = previous.done[number] if previous is not None else None
            run.done.append(_compute(plan, planned, run, before, elsewhere, progress))
    run.size = plan.size_of(shapes, run.measured)
    _keep(plan, run)
    return RunTrace(plan, run)


def _as_tensors(plan: Plan, arrays: tuple[Array, ...]) -> tuple[Tensor, ...]:
    names = plan.input_names
    return tuple(
        [
            Tensor(array, None, Home("input", names[i] if i < len(names) else "input", tensor=i))
            for i, array in enumerate(arrays)
        ]
    )


def _latest(plan: Plan, key: tuple[Any, ...], values: Values) -> Run | None:
    """Return the kept run of the same input whose weights are most like ``values``."""
    same_input: list[Run] = [run for run in plan.runs if run.key == key]
    if len(same_input) < 2:  # noqa: PLR2004 - nothing to choose from
        return same_input[0] if same_input else None
    return max(same_input, key=lambda run: run.likeness(plan, values))


def _keep(plan: Plan, run: Run) -> None:
    others = [kept for kept in plan.runs if kept.key != run.key or kept.values is not run.values]
    room = _KEPT_NUMBERS
    kept: list[Run] = [run] if run.size <= _LARGEST_RUN else []
    for other in others[: _KEPT_RUNS - 1]:
        room -= other.size
        if room >= 0:
            kept.append(other)
    plan.runs = tuple(kept)


def _compute(
    plan: Plan,
    planned: PlannedCall,
    run: Run,
    before: Done | None,
    elsewhere: Elsewhere | None,
    progress: Progress | None,
) -> Done:
    found = [run.tensor(slot) for slot in planned.slots]
    versions = run.versions(planned)
    tensors = tuple([t for t in found if t is not None])
    if len(tensors) != len(found):
        absent = next(s for s, t in zip(planned.slots, found, strict=True) if t is None)
        reason = f"needs the output of {plan.calls[absent.call].layer.path}"
        return Done(planned, tensors, versions, reason=reason)
    if before is not None:
        earlier = before.arguments  # fewer where not all of them could be computed
        if len(earlier) < len(tensors) or any(map(is_not, earlier, tensors)):
            before = None
        elif before.versions == versions and before.computed_by is not None:
            return before
    done = Done(planned, tensors, versions)
    if planned.is_input:
        done.outputs, done.computed_by = tensors, "numpy"
        done.shown.append(("output", "x", tensors[0]))
        return done
    _Computing(plan, run, done, elsewhere, progress).compute(before)
    return done


class _Computing:
    """One call being computed; fills its record in."""

    __slots__ = ("done", "elsewhere", "plan", "progress", "run")

    def __init__(
        self,
        plan: Plan,
        run: Run,
        done: Done,
        elsewhere: Elsewhere | None,
        progress: Progress | None,
    ) -> None:
        self.plan = plan
        self.run = run
        self.done = done
        self.elsewhere = elsewhere
        self.progress = progress

    def compute(self, before: Done | None) -> None:
        planned = self.done.planned
        call = Call(
            self.plan,
            planned.layer,
            planned.layer.path,
            planned.node,
            self.run.values,
            self.progress,
            self._earlier(before),
        )
        try:
            outputs = self._forward(call)
        except CalculationError as error:
            self._elsewhere(call, str(error).removeprefix(f"{planned.layer.path}: "))
        except CONFIG_ERRORS as error:
            # A file's config may be anything, and so may what numpy says to it.
            reason = f"its settings and its input do not fit together ({error})"
            self._elsewhere(call, reason)
        else:
            self._finish(call, outputs, "numpy")

    def _earlier(self, before: Done | None) -> Before | None:
        """Return what the same call gave for the same input with other weights."""
        if before is None or before.computed_by != "numpy":
            return None
        for run in self.plan.runs:
            if any(done is before for done in run.done):
                return Before(run.values, {name: tensor for name, _, tensor in before.shown})
        return None

    def _forward(self, call: Call) -> tuple[Tensor, ...]:
        planned, tensors = self.done.planned, self.done.arguments
        if planned.unmasked:
            tensors = without_masks(planned, tensors)
        if planned.passes_on:
            return tuple(same(tensor) for tensor in tensors)
        if planned.layer.path in self.plan.skip:
            call.notes.append("This layer is skipped: it hands on its input.")
            return (same(tensors[0]),)
        rule = planned.rule
        if rule is None:
            raise call.refuse(f"the calculator does not know {planned.layer.class_name}")
        shapes = tuple([tensor.shape for tensor in tensors])
        if planned.checked != shapes:
            _check_size(call, planned, shapes)
        if planned.single is not None and not planned.keywords:
            result = rule.function(call, _cast(tensors[0], call, planned))
        else:
            given = {
                slot: _cast(tensor, call, planned)
                for slot, tensor in zip(planned.slots, tensors, strict=True)
            }
            keywords = _inference(call, planned.keywords)
            arguments = _filled(planned.arguments, given)
            result = rule.function(call, *arguments, **_filled(keywords, given))
        outputs = result if isinstance(result, tuple) else (result,)
        hand_mask_on(rule, outputs, tensors[0] if tensors else None)
        return outputs

    def _elsewhere(self, call: Call, reason: str) -> None:
        """Have the call computed by TensorFlow, or leave the reason."""
        done = self.done
        done.reason = reason
        if self.elsewhere is None:
            return
        planned = done.planned
        tensors = without_masks(planned, done.arguments)
        given = dict(zip(planned.slots, map(_with_mask, tensors), strict=True))
        arguments = _filled(planned.arguments, given)
        try:
            results = self.elsewhere(planned.layer, arguments, _filled(planned.keywords, given))
        except WorkerError as error:
            done.reason = f"{reason}; {error}"
            return
        call.stages.clear()
        self._finish(call, tuple(map(_as_tensor, results)), "tensorflow")

    def _finish(
        self, call: Call, outputs: tuple[Tensor, ...], by: Literal["numpy", "tensorflow"]
    ) -> None:
        shown = call.stages
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
        done = self.done
        done.outputs = outputs
        done.shown = shown
        done.computed_by = by
        done.notes = call.notes
        done.activation = call.used_activation


def _with_mask(tensor: Tensor) -> Array | Masked:
    return tensor.value if tensor.mask is None else Masked(tensor.value, tensor.mask.value)


def _as_tensor(result: Array | Masked) -> Tensor:
    if not isinstance(result, Masked):
        return Tensor(np.asarray(result))
    return Tensor(np.asarray(result.array), mask=Tensor(result.mask))


def _check_size(call: Call, planned: PlannedCall, shapes: tuple[tuple[int, ...], ...]) -> None:
    """Refuse a call whose output would not fit into memory, before anything is allocated."""
    expected = output_shape(planned.layer, shapes)
    count = count_of(expected) if expected is not None else 0
    if count > MOST_NUMBERS:
        raise call.refuse(too_many(count))
    planned.checked = shapes


def _cast(x: Tensor, call: Call, planned: PlannedCall) -> Tensor:
    """Return ``x`` in the layer's precision, as Keras casts a layer's float inputs."""
    precision = call.precision
    kind = x.dtype
    if (kind == precision.dtype and not precision.low) or planned.is_operation or kind.kind != "f":
        return x
    value = precision.fit(x.value)
    return x if value is x.value else Tensor(value, same(x).made, None, x.has_batch, x.mask)


def _inference(call: Call, keywords: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the keywords that matter at inference."""
    if not keywords:
        return keywords
    if keywords.get("training") and call.is_old:
        # Keras 3 overrules the model's own word in predict(), Keras 2 does not.
        raise call.refuse("the model calls it in training mode, which is not the same twice")
    return {k: v for k, v in keywords.items() if k != "training" and v is not None}


def _filled(value: Any, given: Mapping[Slot, Any]) -> Any:
    """Return ``value`` with what is given in place of each slot."""
    if isinstance(value, Slot):
        return given[value]
    if isinstance(value, Mapping):
        return {key: _filled(item, given) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_filled(item, given) for item in value)
    return value
