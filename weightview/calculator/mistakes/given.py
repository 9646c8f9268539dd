"""What is given to the model: an input scaled otherwise, or the weights without their edits."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from weightview.calculator.inputs import input_shapes
from weightview.calculator.mistakes.case import SCALED, Case, Mistake, mistake
from weightview.calculator.trace import Trace
from weightview.core.values import Array

_BYTE = 255.0


@mistake(SCALED)
def scaled(case: Case, trace: Trace) -> Iterator[Mistake]:
    """Scale the input as programs do before the model: the scaling is not in its file."""
    if any(x.dtype.kind != "f" for x in trace.inputs):
        return
    count = len(input_shapes(case.model))
    changes: list[tuple[str, Callable[[Array], Array]]] = [
        ("with the input divided by 255", lambda x: x / _BYTE),
        ("with the input multiplied by 255", lambda x: x * _BYTE),
    ]
    if all(x.size > 1 and np.ptp(x) > 0 for x in trace.inputs):
        changes += [
            ("with the input standardised by its own mean and deviation", _standardised),
            ("with the input brought to 0 … 1 by its own least and largest number", _to_unit),
        ]
    for sentence, change in changes:
        prepare = partial(_prepared, count=count, change=change)
        yield Mistake(SCALED, sentence, "", partial(replace, prepare=prepare))


def _standardised(x: Array) -> Array:
    result: Array = (x - x.mean()) / x.std()
    return result


def _to_unit(x: Array) -> Array:
    result: Array = (x - x.min()) / np.ptp(x)
    return result


def _prepared(inputs: Any, count: int, change: Callable[[Array], Array]) -> Any:
    """Return the inputs of :func:`propagate`, one or several, each changed."""
    if isinstance(inputs, Mapping):
        return {name: change(np.asarray(x, np.float64)) for name, x in inputs.items()}
    if count > 1:
        return [change(np.asarray(x, np.float64)) for x in inputs]
    return change(np.asarray(inputs, np.float64))


@mistake("weights as saved")
def without_edits(case: Case, trace: Trace) -> Iterator[Mistake]:
    """Take the weights as they are in the file, without the edits made since."""
    del trace
    if case.values.edited_weights(case.model.weights):
        yield Mistake(
            "weights as saved", "with the weights as saved, without the edits", "", _as_saved
        )


def _as_saved(case: Case) -> Case:
    return replace(case, values=case.values.saved())
