"""The gradient of one output with respect to every weight, by a reverse pass over the plan."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from weightview.calculator.plan import INPUTS, PlannedCall, Slot
from weightview.calculator.propagation import propagate
from weightview.calculator.runs import Done
from weightview.calculator.sensitivity.rules import Passed, rules
from weightview.calculator.trace import Index
from weightview.core.errors import CalculationError
from weightview.core.model import Layer, Model, Weight
from weightview.core.values import Array, Values

_MINDING = ("LSTM", "GRU", "SimpleRNN", "GlobalAveragePooling1D", "Softmax", "Activation")
"""The classes that compute otherwise where a mask leaves steps out."""


def gradient(
    model: Model, values: Values, inputs: Any, index: Index = (), output: int = 0
) -> Mapping[str, Array]:
    """Return the gradient of one number of the output with respect to each weight.

    Computed in float64 throughout.

    Args:
        model: the model.
        values: its numbers.
        inputs: one sample, or a batch, as :func:`propagate` takes it.
        index: which number of the output, in the form of the input; ``()`` for an output of one
            number.
        output: which of the model's outputs.

    Returns:
        By weight path an array of the weight's shape; weights that the number does not depend on
        are left out.

    Raises:
        CalculationError: a layer between the weights and the output has no reverse pass here.
        InputError: the input does not fit.
    """
    trace = propagate(model, values, inputs, dtype="float64")
    trace.output  # noqa: B018 - raises where the model cannot be computed
    plan, run = trace.__dict__["_plan"], trace.__dict__["_run"]
    shape = trace.outputs[output].shape
    seed = np.zeros(shape)
    seed[index if index else (0,) * len(shape)] = 1.0
    pending: dict[Slot, Array] = {plan.outputs[output]: seed if trace.is_batch else seed[None]}
    result: dict[str, Array] = {}

    def read(weight: Weight) -> Array:
        return values.whole(weight).astype(np.float64)

    for number in range(len(plan.calls) - 1, -1, -1):
        planned, done = plan.calls[number], run.done[number]
        incoming = pending.pop(Slot(number, 0), None)
        if any(slot.call == number for slot in pending):
            path = planned.layer.path
            raise CalculationError(path, f"{path}: there is no reverse pass for its other outputs.")
        if incoming is None:
            continue
        for slot, back in _back(planned, done, incoming, plan, read, result):
            if slot.call != INPUTS:
                pending[slot] = pending[slot] + back if slot in pending else back
    return result


def _back(
    planned: PlannedCall,
    done: Done,
    incoming: Array,
    plan: Any,
    read: Any,
    result: dict[str, Array],
) -> list[tuple[Slot, Array]]:
    layer = planned.layer
    if planned.passes_on:
        return [(planned.slots[0], incoming)]
    rule = None if planned.is_operation else rules().get(layer.class_name)
    if rule is None or plan.mode(layer):
        raise CalculationError(
            layer.path, f"{layer.path}: {layer.class_name} has no reverse pass here."
        )
    if layer.class_name in _MINDING and any(x.mask is not None for x in done.arguments):
        raise CalculationError(
            layer.path, f"{layer.path}: {layer.class_name} with a mask has no reverse pass here."
        )
    assert done.outputs is not None
    stages = (done.stage(name) for name in ("pre_activation", "weighted_sum", "window_sum"))
    before = next((stage for stage in stages if stage is not None), None)
    has_activation = layer.class_name != "BatchNormalization" and (
        "activation" in layer.config or done.activation
    )
    passed = Passed(
        layer,
        tuple(x.value.astype(np.float64) for x in done.arguments),
        done.outputs[0].value,
        None if before is None else before.value,
        plan.activation(layer) if has_activation else None,
        read,
        lambda entry: plan.activation(layer, entry),
    )
    try:
        back = rule(passed, incoming)
    except CalculationError as error:
        raise CalculationError(layer.path, f"{layer.path}: {error}") from error
    _check_all_passed(layer, passed)
    for path, array in passed.weights.items():
        result[path] = result[path] + array if path in result else array
    return list(zip(planned.slots, back, strict=True))


def _check_all_passed(layer: Layer, passed: Passed) -> None:
    """Refuse a weight that the rule does not know, such as those of LoRA.

    Raises:
        CalculationError: there is one.
    """
    for weight in layer.weights:
        if weight.kind == "weight" and weight.path not in passed.weights:
            message = (
                f"{layer.path}: {layer.class_name} with {weight.name} has no reverse pass here."
            )
            raise CalculationError(layer.path, message)
