"""A sweep: one input, or one weight, from a to b, and what it does to the output."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

import numpy as np

from weightview.calculator.inputs import input_shapes
from weightview.calculator.propagation import propagate
from weightview.calculator.rows.scaling import Scaler
from weightview.calculator.trace import Index, Trace
from weightview.core.errors import CalculationError, InputError
from weightview.core.model import Model, Weight
from weightview.core.values import Array, Values

_MOST_CURVES = 64
_KINK = 1e-3

Progress = Callable[[float], None]
"""Called with the finished share; may raise ``CancelledError``."""


class SweepOptions(TypedDict, total=False):
    """What any sweep takes by keyword, see :func:`sweep_input`."""

    points: int
    layer_path: str


class InputSweepOptions(SweepOptions, total=False):
    """What :func:`sweep_input` takes by keyword."""

    scaler: Scaler | None
    which: int


class WeightSweepOptions(SweepOptions, total=False):
    """What :func:`sweep_weight` takes by keyword."""

    progress: Progress | None


@dataclass(frozen=True)
class Range:
    """A stretch of the sweep in which a unit gives 0 throughout.

    Attributes:
        unit: which unit of the layer.
        start: from this value of the swept number on.
        stop: up to this.
    """

    unit: int
    start: float
    stop: float


@dataclass(frozen=True, eq=False)
class Sweep:
    """The curves of a sweep.

    Attributes:
        places: the values of the swept number, ``(points,)``.
        output: the model's first output, ``(points, numbers)``.
        units: the output of the chosen layer, ``(points, units)``; None where none was chosen.
        kinks: values at which a unit of the layer (or, without one, an output) bends.
        dead: where units of the layer give 0.
    """

    places: Array
    output: Array
    units: Array | None
    kinks: tuple[float, ...]
    dead: tuple[Range, ...]


def sweep_input(  # noqa: PLR0913 - what a sweep is made of
    model: Model,
    values: Values,
    sample: Array | Sequence[Array],
    index: Index,
    start: float,
    stop: float,
    *,
    points: int = 201,
    layer_path: str = "",
    scaler: Scaler | None = None,
    which: int = 0,
) -> Sweep:
    """Move one number of the input from ``start`` to ``stop``.

    Args:
        model: the model.
        values: its numbers.
        sample: the input without the batch axis, for several inputs a sequence of them; all but
            the swept number stay.
        index: which number.
        start: the first value.
        stop: the last value.
        points: how many values, at least 2.
        layer_path: whose units are shown, too; ``""`` for none.
        scaler: what is done to the swept input before the model is given it.
        which: which of several inputs is swept.

    Raises:
        InputError: the range is empty, the input holds words, or does not fit.
        CalculationError: the model cannot be computed.
    """
    places = _places(start, stop, points)
    several = len(input_shapes(model)) > 1
    samples = list(sample) if several else [sample]
    batches = [np.repeat(np.asarray(one)[np.newaxis], points, axis=0) for one in samples]
    if batches[which].dtype.kind not in "biuf":
        raise InputError("This input holds words: only numbers can be swept.")
    batch = batches[which].astype(np.float64)
    cells: tuple[int | slice, ...] = (slice(None), *index)
    batch[cells] = places
    if scaler is not None:
        batch = scaler.apply(batch.reshape(points, -1)).reshape(batch.shape)
    batches[which] = batch
    trace = propagate(model, values, batches if several else batch)
    output = trace.output.reshape(points, -1)
    units = _units(trace, layer_path, points)
    return _finished(places, output, units)


def sweep_weight(  # noqa: PLR0913 - what a sweep is made of
    model: Model,
    values: Values,
    inputs: Any,
    weight: Weight,
    index: Index,
    start: float,
    stop: float,
    *,
    points: int = 101,
    layer_path: str = "",
    progress: Progress | None = None,
) -> Sweep:
    """Move one number of a weight from ``start`` to ``stop``; ``inputs`` stay.

    Arguments and errors as in :func:`sweep_input`; ``inputs`` is one sample.
    """
    places = _places(start, stop, points)
    outputs, units = [], []
    for number, place in enumerate(places):
        if progress is not None:
            progress(number / points)
        new = np.asarray(place).astype(weight.dtype)
        trace = propagate(model, values.with_edit(weight, tuple(index), new), inputs)
        outputs.append(trace.output.reshape(-1))
        if layer_path:
            units.append(trace[layer_path].outputs[0].reshape(-1)[:_MOST_CURVES])
    return _finished(places, np.array(outputs), np.array(units) if units else None)


def _places(start: float, stop: float, points: int) -> Array:
    if not (np.isfinite(start) and np.isfinite(stop)) or start == stop:
        raise InputError("A sweep goes from one number to another one.")
    if points < 2:  # noqa: PLR2004 - a curve has two ends
        raise InputError("A sweep has at least two points.")
    return np.linspace(start, stop, points)


def _units(trace: Trace, layer_path: str, points: int) -> Array | None:
    if not layer_path:
        return None
    step = trace[layer_path]
    if not step.outputs:
        raise CalculationError(layer_path, f"{layer_path}: {step.reason}")
    return step.outputs[0].reshape(points, -1)[:, :_MOST_CURVES]


def _finished(places: Array, output: Array, units: Array | None) -> Sweep:
    curves = output if units is None else units
    dead = () if units is None else tuple(_dead(places, units))
    return Sweep(places, output, units, _kinks(places, curves), dead)


def _dead(places: Array, units: Array) -> list[Range]:
    found = []
    for unit in range(units.shape[1]):
        zero = np.concatenate([[False], units[:, unit] == 0, [False]])
        edges = np.flatnonzero(zero[1:] != zero[:-1])
        for first, end in zip(edges[::2], edges[1::2], strict=True):
            if end - first > 1:
                found.append(Range(unit, float(places[first]), float(places[end - 1])))
    return found


def _kinks(places: Array, curves: Array) -> tuple[float, ...]:
    """Return where a curve bends sharply: its slope changes within two points, straight around.

    The place is where the lines from the left and from the right meet.
    """
    y = curves.astype(np.float64)
    if len(places) < 5 or not np.isfinite(y).all():  # noqa: PLR2004 - two slopes on each side
        return ()
    step = places[1] - places[0]
    slopes = np.diff(y, axis=0) / step
    scale = np.abs(slopes).max(axis=0, keepdims=True)
    found: set[float] = set()
    for i in range(2, len(slopes) - 1):
        # The bend lies in the interval i - 1: the slopes before and after it are both steady.
        bend = np.abs(slopes[i] - slopes[i - 2])
        steady = np.abs(slopes[i + 1] - slopes[i]) + (
            np.abs(slopes[i - 2] - slopes[i - 3]) if i > 2 else 0  # noqa: PLR2004
        )
        sharp = (bend > _KINK * scale[0]) & (steady < 0.01 * bend)
        for k in np.flatnonzero(sharp):
            left, right = slopes[i - 2, k], slopes[i, k]
            x0, x1 = places[i - 1], places[i]
            meet = (y[i, k] - y[i - 1, k] + left * x0 - right * x1) / (left - right)
            if min(x0, x1) - 1e-9 <= meet <= max(x0, x1) + 1e-9:
                found.add(round(float(meet), 6))
    return tuple(sorted(found))
