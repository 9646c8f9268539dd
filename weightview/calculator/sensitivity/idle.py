"""Units that do nothing for the rows at hand: dead, constant, or the double of another one."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from weightview.calculator.trace import Step
from weightview.core.values import Array

_SAME = 1e-6


@dataclass(frozen=True)
class IdleUnit:
    """One unit and why it does nothing of its own.

    Attributes:
        unit: its place on the last axis.
        kind: ``dead`` (0 for every row), ``constant`` or ``duplicate``.
        reason: a sentence.
        like: the unit it is the double of; None for the others.
    """

    unit: int
    kind: Literal["dead", "constant", "duplicate"]
    reason: str
    like: int | None = None


def idle_in_steps(steps: Sequence[Step]) -> tuple[IdleUnit, ...]:
    """Return the idle units of one call, computed for several batches one after the other.

    Args:
        steps: the same call of the same layer in each batch; together at least two rows.
    """
    if not steps or not all(step.outputs for step in steps):
        return ()
    rows = np.concatenate([_flat(step.outputs[0]) for step in steps]).astype(np.float64)
    if len(rows) < 2 or not np.isfinite(rows).all():  # noqa: PLR2004 - one row tells nothing
        return ()
    parts = [_before(step) for step in steps]
    known = [part for part in parts if part is not None]
    before = np.concatenate(known) if len(known) == len(parts) else None
    spread, size = np.ptp(rows, axis=0), np.abs(rows).max(axis=0)
    found: list[IdleUnit] = []
    lively: list[int] = []
    for unit in range(rows.shape[1]):
        if size[unit] == 0:
            found.append(IdleUnit(unit, "dead", _why_dead(before, unit, len(rows))))
        elif spread[unit] <= _SAME * size[unit]:
            found.append(IdleUnit(unit, "constant", f"It gives {rows[0, unit]:.6g} for every row."))
        else:
            lively.append(unit)
    found.extend(_doubles(rows, lively))
    return tuple(sorted(found, key=lambda idle: idle.unit))


def _before(step: Step) -> Array | None:
    for name in ("pre_activation", "weighted_sum"):
        stage = next((s for s in step.stages if s.name == name), None)
        if stage is not None:
            return _flat(stage.value)
    return None


def _flat(array: Array) -> Array:
    result: Array = array.reshape(-1, array.shape[-1])
    return result


def _why_dead(before: Array | None, unit: int, rows: int) -> str:
    if before is None or unit >= before.shape[1]:
        return f"It gives 0 for all {rows} rows."
    largest = float(before[:, unit].max())
    return f"It gives 0 for all {rows} rows: before the activation it is never above {largest:.6g}."


def _doubles(rows: Array, units: list[int]) -> list[IdleUnit]:
    """Return the units that give the same as an earlier one, found by sorting."""
    if len(units) < 2:  # noqa: PLR2004 - a double needs another
        return []
    found = []
    # Equal columns agree in any weighted sum; only those that do are compared in full.
    mixed = np.random.default_rng(0).normal(size=len(rows)) @ rows[:, units]
    order = np.argsort(mixed)
    scale = np.abs(rows[:, units]).max()
    for a, b in itertools.pairwise(order):
        first, second = sorted((units[a], units[b]))
        if np.abs(rows[:, first] - rows[:, second]).max() <= _SAME * scale:
            found.append(
                IdleUnit(second, "duplicate", f"It gives the same as unit {first}.", first)
            )
    return found
