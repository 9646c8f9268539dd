"""Finds the single weight that, moved by a little, makes the output the number that is wanted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from weightview.calculator.propagation import propagate
from weightview.calculator.trace import Index
from weightview.core.model import Model, Weight
from weightview.core.values import Array, Values

_TRIED = 24
_ROUNDS = 40

Progress = Callable[[float], None]
"""Called with the finished share; may raise ``CancelledError``."""


@dataclass(frozen=True)
class Move:
    """One weight's new number, with which the output is what was wanted.

    Attributes:
        weight: whose number.
        index: which cell.
        before: the number now.
        after: the number to set, as the weight's dtype stores it.
        output: what the model then gives.
    """

    weight: Weight
    index: Index
    before: float
    after: float
    output: float


def moves_to(
    model: Model,
    values: Values,
    inputs: Any,
    wanted: float,
    gradients: Mapping[str, Array],
    *,
    index: Index = (),
    output: int = 0,
    progress: Progress | None = None,
) -> tuple[Move, ...]:
    """Return single weights that bring one output to ``wanted``, the smallest move first.

    The gradient says where to look; each candidate is then moved and the model computed again
    until the output is what is wanted, as near as the weight's dtype allows.

    Args:
        model: the model.
        values: its numbers.
        inputs: one sample.
        wanted: the number that the output is to be.
        gradients: that output's gradient by weight path, as
            :func:`~weightview.calculator.sensitivity.gradient.gradient` gives it.
        index: which number of the output; ``()`` for an output of one number.
        output: which of the model's outputs.
        progress: called between the candidates.
    """

    def outcome(changed: Values) -> float:
        array = propagate(model, changed, inputs).outputs[output]
        return float(array[index if index else (0,) * array.ndim])

    now = outcome(values)
    editable = {w.path: w for w in model.weights if w.editable and w.dtype.kind == "f"}
    found: list[Move] = []
    candidates = _candidates(gradients, editable, wanted - now)
    for number, (path, cell) in enumerate(candidates):
        if progress is not None:
            progress(number / len(candidates))
        slope = float(gradients[path][cell])
        move = _solve(editable[path], cell, values, outcome, wanted, now, slope)
        if move is not None:
            found.append(move)
    return tuple(sorted(found, key=lambda move: abs(move.after - move.before)))


def _candidates(
    gradients: Mapping[str, Array], editable: Mapping[str, Weight], gap: float
) -> list[tuple[str, Index]]:
    """Return the cells with the steepest slopes, where there is a gap to close."""
    if gap == 0:
        return []
    best: list[tuple[float, str, Index]] = []
    for path, slopes in gradients.items():
        if path not in editable or not slopes.size:
            continue
        flat = np.abs(slopes).reshape(-1)
        count = min(_TRIED, flat.size)
        for place in np.argpartition(flat, flat.size - count)[flat.size - count :]:
            if flat[place] > 0 and np.isfinite(flat[place]):
                cell = tuple(int(i) for i in np.unravel_index(place, slopes.shape))
                best.append((float(flat[place]), path, cell))
    best.sort(key=lambda entry: -entry[0])
    return [(path, cell) for _, path, cell in best[:_TRIED]]


def _solve(
    weight: Weight,
    cell: Index,
    values: Values,
    outcome: Callable[[Values], float],
    wanted: float,
    now: float,
    slope: float,
) -> Move | None:
    """Find the number for one cell by the secant method, within the weight's dtype."""
    before = float(values.read(weight, cell))

    def gap_at(number: float) -> tuple[float, float]:
        stored = np.asarray(number).astype(weight.dtype)
        return outcome(values.with_edit(weight, cell, stored)) - wanted, float(stored)

    tolerance = 2e-6 * max(1.0, abs(wanted))
    x0, gap0 = before, now - wanted
    x1 = before - gap0 / slope
    for _ in range(_ROUNDS):
        if not np.isfinite(x1):
            return None
        gap1, stored = gap_at(x1)
        if abs(gap1) <= tolerance:
            return Move(weight, cell, before, stored, wanted + gap1)
        if gap1 == gap0:
            return None
        x0, x1, gap0 = x1, x1 - gap1 * (x1 - x0) / (gap1 - gap0), gap1
    return None
