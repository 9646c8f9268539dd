"""Computed wrongly, or trained poorly? What keeps outputs from what was expected of them.

Where a usual mistake turns the model's outputs into the expected ones, those were computed
wrongly. Else the model does not give them: it was trained poorly, and where is told.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from weightview.calculator.mistakes.finder import find_mistakes
from weightview.calculator.mistakes.typed import TypedNumber
from weightview.calculator.propagation import Elsewhere
from weightview.calculator.rows.evaluation import Evaluation, shaped
from weightview.calculator.rows.scaling import Scaler
from weightview.core.errors import InputError
from weightview.core.model import Model
from weightview.core.values import Array, Values

_PRECISION = 1e-4
_ROWS_COMPARED = 8
_JUMP = 2.5
_MOST_WEIGHTS = 5_000_000
"""Models of more numbers are not computed again with every mistake: it would take minutes."""

Progress = Callable[[float], None]
"""Called with the finished share; may raise ``CancelledError``."""


@dataclass(frozen=True)
class Fit:
    """How the outputs keep to what was expected.

    Attributes:
        within: the largest distance in the rows that keep to it.
        keeping: how many rows do.
        rows: how many there are.
        start: for a model of one input number whose keeping rows lie together, from where on;
            else None.
        stop: up to where; likewise.
        worst: the row that is farthest away.
        worst_distance: how far; 0 where it is what was expected, to four digits.
        worst_output: the number of that row that is farthest away.
        worst_expected: what it was expected to be.
        mistake: the mistake with which the outputs are those expected; ``""`` for none.
        compared: whether the usual mistakes were tried.
    """

    within: float
    keeping: int
    rows: int
    start: float | None
    stop: float | None
    worst: int
    worst_distance: float
    worst_output: float
    worst_expected: float
    mistake: str
    compared: bool

    @property
    def is_exact(self) -> bool:
        """Whether the model gives what was expected."""
        return self.compared and self.worst_distance == 0

    @property
    def sentence(self) -> str:
        """Which it is, in words."""
        if self.is_exact:
            return "The model gives what was expected."
        if self.mistake:
            return (
                f"Computed wrongly: the expected outputs come out {self.mistake};"
                " the model itself gives others."
            )
        began = "Trained poorly, not computed wrongly: no usual mistake gives the expected outputs."
        if not self.compared:
            began = "The model does not give the expected outputs."
        return f"{began} {self._where()}"

    def _where(self) -> str:
        began = f"The output stays within {self.within:.3g} of them"
        if self.keeping == self.rows:
            return f"{began}."
        worst = (
            f"row {self.worst} gives {self.worst_output:.3g} instead of {self.worst_expected:.6g}"
        )
        if self.start is not None and self.stop is not None:
            return f"{began} from {self.start:g} to {self.stop:g} and leaves them beyond: {worst}."
        return f"{began} in {self.keeping:,} of {self.rows:,} rows; {worst}."


def fit_of(
    model: Model,
    values: Values,
    rows: Array,
    evaluation: Evaluation,
    *,
    input_scaler: Scaler | None = None,
    output_scaler: Scaler | None = None,
    elsewhere: Elsewhere | None = None,
    progress: Progress | None = None,
) -> Fit:
    """Say whether the expected outputs were computed wrongly or the model trained poorly.

    Args:
        model: a model with one input.
        values: its numbers.
        rows: the inputs in the person's units, ``(rows, ...)``.
        evaluation: what they gave, with expected outputs of the output's size.
        input_scaler: as in the evaluation.
        output_scaler: as in the evaluation.
        elsewhere: as in the evaluation.
        progress: called between the mistakes that are tried.

    Raises:
        InputError: nothing was expected, or labels rather than outputs.
    """
    expected, output = evaluation.expected, evaluation.output
    if expected is None or expected.size != output.size:
        raise InputError("To judge the fit, as many outputs are expected as the model gives.")
    count = len(output)
    wanted = expected.reshape(count, -1)
    given = output.reshape(count, -1)
    apart = np.abs(wanted - given)
    gaps = apart.max(axis=-1)
    step = _PRECISION * max(float(np.abs(wanted).max()), 1e-12)
    distances = np.where(gaps <= step / 2, 0.0, gaps)
    keeping = _keeping(distances)
    start, stop = _stretch(rows, keeping)
    is_small = sum(weight.size for weight in model.weights) <= _MOST_WEIGHTS
    mistake = ""
    if is_small and distances.any():
        chosen = np.argsort(-distances, kind="stable")[:_ROWS_COMPARED]
        inputs = rows[chosen] if input_scaler is None else input_scaler.apply(rows[chosen])
        inside = wanted if output_scaler is None else output_scaler.apply(wanted)
        numbers = [
            TypedNumber(f"{number:.6g}", float(number), step) for number in inside[chosen].flat
        ]
        answer = find_mistakes(
            model,
            values,
            shaped(model, inputs),
            numbers,
            pairs=False,
            elsewhere=elsewhere,
            progress=progress,
        )
        mistake = answer.findings[0].sentence if answer.findings else ""
    worst = int(distances.argmax())
    place = int(apart[worst].argmax())
    return Fit(
        float(gaps[keeping].max(initial=0.0)),
        int(keeping.sum()),
        count,
        start,
        stop,
        worst,
        float(distances[worst]),
        float(given[worst, place]),
        float(wanted[worst, place]),
        mistake,
        is_small,
    )


def _keeping(distances: Array) -> Array:
    """Return which rows keep to the expected outputs: those before the distances jump."""
    ordered = np.sort(distances)
    half = len(ordered) // 2
    later, earlier = ordered[half + 1 :], ordered[half:-1]
    floor = 1e-12 + 1e-6 * ordered[-1]
    ratios = later / np.maximum(earlier, floor)
    jumps = np.flatnonzero(ratios >= _JUMP)
    if not jumps.size:
        return np.ones(len(distances), bool)
    result: Array = distances <= earlier[jumps[0]]
    return result


def _stretch(rows: Array, keeping: Array) -> tuple[float | None, float | None]:
    """Return from where to where the keeping rows lie, where they lie together."""
    flat = rows.reshape(len(rows), -1)
    if flat.shape[1] != 1 or keeping.all():
        return None, None
    inside = flat[keeping, 0]
    low, high = float(inside.min()), float(inside.max())
    others = flat[~keeping, 0]
    if ((others >= low) & (others <= high)).any():
        return None, None
    return low, high
