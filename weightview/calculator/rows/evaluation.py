"""A table of rows through the model: outputs, losses and metrics, the worst rows first."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from weightview.calculator.propagation import Elsewhere, propagate
from weightview.calculator.rows.compiled import Asked, measures_of
from weightview.calculator.rows.penalties import (
    penalties_of_outputs,
    penalties_of_weights,
    unknown_regularizers,
)
from weightview.calculator.rows.scaling import Scaler
from weightview.calculator.trace import Step, Trace
from weightview.core.errors import InputError
from weightview.core.model import Model
from weightview.core.values import Array, Values

_MOST_AT_ONCE = 256
_PRODUCTS_AT_ONCE = 1 << 30  # of the largest layer: what a processor does in about 0.1 s
_ENDING = ("softmax", "sigmoid")

Progress = Callable[[float], None]
"""Called with the finished share; may raise ``CancelledError``."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What a table of rows gave.

    Attributes:
        output: the model's first output in the person's units, ``(rows, ...)``.
        expected: what was expected, in the same units, or None.
        measures: each loss and metric over all rows, by name; empty without expected outputs.
        row_errors: one number a row, by the first measure, the better the smaller; ``(rows,)``;
            empty likewise.
        unknown: losses, metrics and regularizers of the model that are not known here.
        penalties: what each regularizer adds to the loss: by weight path, or ``dense output``.
    """

    output: Array
    expected: Array | None
    measures: dict[str, float]
    row_errors: Array
    unknown: tuple[str, ...] = ()
    penalties: Mapping[str, float] = field(default_factory=dict)

    @property
    def loss(self) -> float | None:
        """The first measure with the penalties, as ``keras.Model.evaluate`` gives the loss.

        None without expected outputs.
        """
        first = next(iter(self.measures.values()), None)
        return None if first is None else first + sum(self.penalties.values())

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
    outputs: list[Array] = []
    logits: list[Array | None] = []
    penalties = dict(penalties_of_weights(model, values))
    for trace in in_groups(model, values, table, elsewhere=elsewhere, progress=progress):
        outputs.append(trace.output)
        for path, penalty in penalties_of_outputs(model, trace).items():
            name = f"{path} output"
            penalties[name] = penalties.get(name, 0.0) + penalty / len(table)
        logits.append(None if wanted is None else _before_ending(trace))
    raw = np.concatenate(outputs).astype(np.float64)
    output = raw if output_scaler is None else output_scaler.undo(raw)
    if wanted is None:
        return Evaluation(output, None, {}, np.zeros(0))
    inside = wanted if output_scaler is None else output_scaler.apply(wanted)
    names = model.graph.output_names if model.graph is not None else ()
    asked = measures_of(model.compile_config, inside, raw, names)
    inside = _fitting(inside, raw, asked)
    known = [array for array in logits if array is not None]
    before = np.concatenate(known).astype(np.float64) if len(known) == len(outputs) else None
    results = {measure.name: measure.over(inside, raw, before) for measure in asked.measures}
    errors = asked.measures[0].rows(inside, raw, before)
    unknown = (*asked.unknown, *unknown_regularizers(model))
    return Evaluation(output, wanted, results, errors, unknown, penalties)


def in_groups(
    model: Model,
    values: Values,
    table: Array,
    *,
    elsewhere: Elsewhere | None = None,
    progress: Progress | None = None,
) -> Iterator[Trace]:
    """Carry the rows through in groups small enough to be stopped between; yield their traces.

    Arguments and errors as in :func:`evaluate`; the rows are scaled already. ``progress`` is
    called between the layers of a group, too.
    """
    if not len(table):
        raise InputError("The table has no rows.")
    start, at_once = 0, 1
    while start < len(table):
        part = table[start : start + at_once]

        def told(share: float, _: str, start: int = start, count: int = len(part)) -> None:
            if progress is not None:
                progress((start + share * count) / len(table))

        trace = propagate(model, values, shaped(model, part), elsewhere=elsewhere, progress=told)
        yield trace
        start += len(part)
        if at_once == 1:
            # The first row alone tells how large the layers are.
            at_once = _rows_at_once(model, trace)


def _rows_at_once(model: Model, trace: Trace) -> int:
    """Return how many rows to carry through together, by what the largest layer multiplies."""
    most = max((_products(model, step) for step in trace.steps), default=1)
    return max(1, min(_MOST_AT_ONCE, _PRODUCTS_AT_ONCE // most))


def _products(model: Model, step: Step) -> int:
    """Return about how many products a call makes for one row: each weight at each place."""
    arrays = (*step.inputs, *step.outputs)
    places = max((int(np.prod(x.shape[1:-1], dtype=np.int64)) for x in arrays), default=1)
    numbers = sum(w.size for w in model.layer(step.layer_path).weights)
    return max(1, places * numbers, *[x.size for x in arrays])


def _before_ending(trace: Trace) -> Array | None:
    """Return what the softmax or sigmoid that ends the model was applied to; None without one."""
    for step in reversed(trace.steps):
        if not step.outputs or step.outputs[0].shape != trace.output.shape:
            continue
        if not np.array_equal(step.outputs[0], trace.output):
            continue
        name = step.activation or ("softmax" if step.class_name == "Softmax" else "")
        if name not in _ENDING:
            continue
        if step.class_name in ("Softmax", "Activation"):
            return step.inputs[0]
        found = next((stage for stage in step.stages if stage.name == "pre_activation"), None)
        return None if found is None else found.value
    return None


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


def _fitting(expected: Array, output: Array, asked: Asked) -> Array:
    """Return what was expected in the output's shape, where the measures want the same."""
    if any(measure.name.startswith("sparse") for measure in asked.measures):
        return expected
    if expected.size != output.size:
        raise InputError(
            f"A row of expected outputs has {expected[0].size} numbers; "
            f"the model gives {output[0].size}."
        )
    return expected.reshape(output.shape)
