"""A table of rows through the model: outputs, losses and metrics, the worst rows first."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from weightview.calculator.propagation import Elsewhere, propagate
from weightview.calculator.rows.measures import Measure, measures_of
from weightview.calculator.rows.scaling import Scaler
from weightview.core.errors import InputError
from weightview.core.model import Model
from weightview.core.values import Array, Values

_NUMBERS_AT_ONCE = 1 << 20
_MOST_AT_ONCE = 256

Progress = Callable[[float], None]
"""Called with the finished share; may raise ``CancelledError``."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What a table of rows gave.

    Attributes:
        output: the model's first output in the person's units, ``(rows, ...)``.
        expected: what was expected, in the same units, or None.
        measures: each loss and metric over all rows, by name; empty without expected outputs.
        row_errors: one number a row, by the first measure; ``(rows,)``; empty likewise.
    """

    output: Array
    expected: Array | None
    measures: dict[str, float]
    row_errors: Array

    @property
    def worst_first(self) -> Array:
        """The numbers of the rows, the one with the largest error first."""
        order: Array = np.argsort(-self.row_errors, kind="stable")
        return order


def evaluate(
    model: Model,
    values: Values,
    rows: Array,
    expected: Array | None = None,
    *,
    input_scaler: Scaler | None = None,
    output_scaler: Scaler | None = None,
    elsewhere: Elsewhere | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Carry every row through the model and compare with what was expected.

    Losses and metrics are those the model was compiled with, where they are known here, and are
    taken in the model's own units, as ``keras.Model.evaluate`` does.

    Args:
        model: a model with one input.
        values: its numbers.
        rows: the inputs, ``(rows, ...)``; a row may be flat.
        expected: the outputs expected for them, ``(rows, ...)``.
        input_scaler: applied to the rows before the model sees them.
        output_scaler: what the person's program did to the outputs it trained on; taken back.
        elsewhere: as in :func:`propagate`.
        progress: called between groups of rows.

    Raises:
        InputError: the rows do not fit the model, or their number is another than expected's.
        CalculationError: the model cannot be computed.
    """
    table = np.asarray(rows)
    if input_scaler is not None:
        table = input_scaler.apply(table)
    wanted = None if expected is None else _as_rows(np.asarray(expected), len(table))
    at_once = max(1, min(_MOST_AT_ONCE, _NUMBERS_AT_ONCE // max(1, _widest(model))))
    outputs: list[Array] = []
    for start in range(0, len(table), at_once):
        if progress is not None:
            progress(start / len(table))
        part = table[start : start + at_once]
        trace = propagate(model, values, shaped(model, part), elsewhere=elsewhere)
        outputs.append(trace.output)
    if not outputs:
        raise InputError("The table has no rows.")
    raw = np.concatenate(outputs).astype(np.float64)
    output = raw if output_scaler is None else output_scaler.undo(raw)
    if wanted is None:
        return Evaluation(output, None, {}, np.zeros(0))
    inside = wanted if output_scaler is None else output_scaler.apply(wanted)
    measures = measures_of(model.compile_config, inside, raw)
    inside = _fitting(inside, raw, measures)
    results = {measure.name: measure.over(inside, raw) for measure in measures}
    return Evaluation(output, wanted, results, measures[0].by_row(inside, raw))


def _as_rows(expected: Array, count: int) -> Array:
    table = expected.astype(np.float64)
    if table.ndim == 1:
        table = table[:, np.newaxis]
    if len(table) != count:
        raise InputError(
            f"There are {count} rows of inputs and {len(table)} of expected outputs; "
            "they go together row by row."
        )
    return table


def shaped(model: Model, part: Array) -> Array:
    """Return the rows in the model's input shape, where they are flat."""
    shape = model.input_shape
    if not shape or isinstance(shape[0], tuple):
        return part
    own = [n for n in shape[1:] if isinstance(n, int)]
    if len(own) == len(shape) - 1 and part[0].size == int(np.prod(own, dtype=np.int64)):
        return part.reshape(len(part), *own)
    return part


def _fitting(expected: Array, output: Array, measures: tuple[Measure, ...]) -> Array:
    """Return what was expected in the output's shape, where the measures want the same."""
    if any(measure.name.startswith("sparse") for measure in measures):
        return expected
    if expected.size != output.size:
        raise InputError(
            f"A row of expected outputs has {expected[0].size} numbers; "
            f"the model gives {output[0].size}."
        )
    return expected.reshape(output.shape)


def _widest(model: Model) -> int:
    """Return the most numbers that one row makes in any layer."""
    widest = 1
    for layer in model.walk():
        shape = layer.output_shape
        if shape and not isinstance(shape[0], tuple):
            numbers = [n for n in shape[1:] if isinstance(n, int)]
            widest = max(widest, int(np.prod(numbers, dtype=np.int64)))
    return widest
