"""What a gradient says at a glance: where it is steepest, and how much of it is nothing."""

from dataclasses import dataclass

import numpy as np

from weightview.calculator.trace import Index
from weightview.core.values import Array


@dataclass(frozen=True)
class Steepest:
    """The largest slope among those that are finite.

    Attributes:
        index: where it stands, the first of equal ones.
        slope: how much the output changes per unit there.
        idle: which share of all slopes is 0, from 0 to 1.
    """

    index: Index
    slope: float
    idle: float


def steepest(gradient: Array) -> Steepest | None:
    """Return where a gradient is steepest; None where no number of it is finite."""
    is_finite = np.isfinite(gradient)
    if not is_finite.any():
        return None
    place = np.where(is_finite, np.abs(gradient), -1.0).argmax()
    index = tuple(int(i) for i in np.unravel_index(place, gradient.shape))
    return Steepest(index, float(gradient[index]), float((gradient == 0).mean()))
