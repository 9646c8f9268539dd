"""Scaling outside the model: what a program did to its numbers before and after Keras saw them.

It is not in the file, and a common reason for numbers that do not match.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from weightview.core.errors import InputError
from weightview.core.values import Array

Kind = Literal["standard", "minmax", "divide"]


@dataclass(frozen=True, eq=False)
class Scaler:
    """``scaled = (x - offset) / scale``, one offset and scale per feature or one for all.

    Attributes:
        offset: what is taken off; a number or ``(features,)``.
        scale: what it is divided by, never 0; likewise.
        label: how a person calls it: ``/ 255``, ``standardised``.
    """

    offset: Array
    scale: Array
    label: str

    def apply(self, x: Array) -> Array:
        """Return ``x`` (any shape whose last axis is the features) as the model is given it."""
        result: Array = (np.asarray(x, np.float64) - self.offset) / self.scale
        return result

    def undo(self, y: Array) -> Array:
        """Return a scaled array in the person's own units."""
        result: Array = np.asarray(y, np.float64) * self.scale + self.offset
        return result


def typed(offset: float | Array, scale: float | Array) -> Scaler:
    """Return a scaler of typed numbers.

    Raises:
        InputError: a scale is 0 or not finite.
    """
    offsets, scales = np.asarray(offset, np.float64), np.asarray(scale, np.float64)
    if not np.isfinite(offsets).all() or not np.isfinite(scales).all() or (scales == 0).any():
        raise InputError("A scaler's numbers are finite, and it cannot divide by 0.")
    return Scaler(
        offsets, scales, f"(x - {offsets:g}) / {scales:g}" if not offsets.ndim else "typed"
    )


def divided_by(number: float) -> Scaler:
    """Return the scaler ``x / number``, such as ``/ 255``."""
    scaler = typed(0.0, number)
    return Scaler(scaler.offset, scaler.scale, f"/ {number:g}")


def fitted(kind: Kind, rows: Array) -> Scaler:
    """Fit a scaler to a table, as ``StandardScaler`` and ``MinMaxScaler`` of scikit-learn do.

    A feature that is the same in every row is divided by 1.

    Args:
        kind: ``standard`` (mean and standard deviation, divided by n), ``minmax`` (to 0 ... 1) or
            ``divide`` (by the largest magnitude of all).
        rows: ``(rows, features)``.

    Raises:
        InputError: there is no row, or a number is not finite.
    """
    table = np.asarray(rows, np.float64)
    if not table.size or not np.isfinite(table).all():
        raise InputError("A scaler is fitted to at least one row of finite numbers.")
    if kind == "divide":
        return divided_by(float(np.abs(table).max()) or 1.0)
    if kind == "standard":
        offset, scale = table.mean(axis=0), table.std(axis=0)
    else:
        offset, scale = table.min(axis=0), np.ptp(table, axis=0)
    # scikit-learn treats a spread of a few roundings as none.
    constant = scale <= 10 * np.finfo(np.float64).eps * np.maximum(np.abs(offset), 1e-300)
    return Scaler(offset, np.where(constant, 1.0, scale), f"{kind}, fitted to {len(table)} rows")
