"""Exploring a model with many inputs: tables, sweeps, and what each weight does."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Unpack

from weightview.api.calculation import elsewhere_of
from weightview.calculator.trace import Index, Step
from weightview.core.document import Document, Snapshot
from weightview.core.errors import CalculationError
from weightview.core.model import Weight
from weightview.core.values import Array

if TYPE_CHECKING:
    from weightview.calculator.rows.evaluation import Evaluation
    from weightview.calculator.rows.fit import Fit
    from weightview.calculator.rows.scaling import Scaler
    from weightview.calculator.rows.sweep import InputSweepOptions, Sweep, WeightSweepOptions
    from weightview.calculator.sensitivity.target import Move

_ROWS_FOR_IDLE = 512

Progress = Callable[[float], None]
"""Called with the finished share; raising ``CancelledError`` in it ends the work."""


def _snapshot(document: Document | Snapshot) -> Snapshot:
    return document.snapshot() if isinstance(document, Document) else document


def evaluate_rows(
    document: Document | Snapshot,
    rows: Array,
    expected: Array | None = None,
    *,
    as_saved: bool = False,
    input_scaler: "Scaler | None" = None,
    output_scaler: "Scaler | None" = None,
    progress: Progress | None = None,
) -> "Evaluation":
    """Carry a table of inputs through the model; with expected outputs, also losses and metrics.

    Args:
        document: the document, or a snapshot of it (from any thread).
        rows: ``(rows, ...)``; a row may be flat.
        expected: ``(rows, ...)``, or None.
        as_saved: with the numbers as stored, without the edits.
        input_scaler: what the person's program did to the inputs before the model.
        output_scaler: what it did to the outputs that the model was trained on.
        progress: called between groups of rows.

    Raises:
        InputError: the rows fit neither the model nor the expected outputs.
        CalculationError: the model cannot be computed.
    """
    from weightview.calculator.rows.evaluation import evaluate

    snapshot = _snapshot(document)
    return evaluate(
        snapshot.model,
        snapshot.values.saved() if as_saved else snapshot.values,
        rows,
        expected,
        input_scaler=input_scaler,
        output_scaler=output_scaler,
        elsewhere=elsewhere_of(snapshot),
        progress=progress,
    )


def judge_fit(
    document: Document | Snapshot,
    rows: Array,
    evaluation: "Evaluation",
    *,
    input_scaler: "Scaler | None" = None,
    output_scaler: "Scaler | None" = None,
    progress: Progress | None = None,
) -> "Fit":
    """Say whether expected outputs were computed wrongly, or the model was trained poorly.

    Args:
        document: the document, or a snapshot of it (from any thread).
        rows: the inputs, as :func:`evaluate_rows` was given them.
        evaluation: what that returned, with expected outputs.
        input_scaler: as there.
        output_scaler: as there.
        progress: called between the usual mistakes that are tried.

    Raises:
        InputError: nothing was expected, or labels rather than outputs.
    """
    from weightview.calculator.rows.fit import fit_of

    snapshot = _snapshot(document)
    return fit_of(
        snapshot.model,
        snapshot.values,
        rows,
        evaluation,
        input_scaler=input_scaler,
        output_scaler=output_scaler,
        elsewhere=elsewhere_of(snapshot),
        progress=progress,
    )


def sweep_input(
    document: Document | Snapshot,
    sample: Array | Sequence[Array],
    index: Index,
    start: float,
    stop: float,
    **options: "Unpack[InputSweepOptions]",
) -> "Sweep":
    """Move one number of the input; see :func:`weightview.calculator.rows.sweep.sweep_input`."""
    from weightview.calculator.rows import sweep

    snapshot = _snapshot(document)
    return sweep.sweep_input(snapshot.model, snapshot.values, sample, index, start, stop, **options)


def sweep_weight(
    document: Document | Snapshot,
    inputs: Any,
    weight: Weight | str,
    index: Index,
    start: float,
    stop: float,
    **options: "Unpack[WeightSweepOptions]",
) -> "Sweep":
    """Move one number of a weight; see :func:`weightview.calculator.rows.sweep.sweep_weight`."""
    from weightview.calculator.rows import sweep

    snapshot = _snapshot(document)
    found = weight if isinstance(weight, Weight) else snapshot.model.weight(weight)
    return sweep.sweep_weight(
        snapshot.model, snapshot.values, inputs, found, index, start, stop, **options
    )


def gradients(
    document: Document | Snapshot, sample: Any, index: Index = (), output: int = 0
) -> Mapping[str, Array]:
    """Return the gradient of one number of the output with respect to each weight.

    By our own reverse pass where every layer on the way has one, else by TensorFlow's.

    Args:
        document: the document, or a snapshot of it (from any thread).
        sample: one sample; for several inputs a list of them.
        index: which number of the output; ``()`` for an output of one number.
        output: which of the model's outputs.

    Returns:
        By weight path an array of the weight's shape.

    Raises:
        InputError: the sample does not fit the model.
        WorkerError: a layer has no reverse pass here, and TensorFlow cannot be asked.
    """
    from weightview.calculator.sensitivity.gradient import gradient

    snapshot = _snapshot(document)
    try:
        return gradient(snapshot.model, snapshot.values, sample, index, output)
    except CalculationError:
        return _by_tensorflow(snapshot, sample, index, output)


def _by_tensorflow(
    snapshot: Snapshot, sample: Any, index: Index, output: int
) -> Mapping[str, Array]:
    import numpy as np

    from weightview.calculator import input_shapes
    from weightview.worker.client import shared_worker

    model = snapshot.model
    several = len(input_shapes(model)) > 1
    arrays = [np.asarray(array)[np.newaxis] for array in (sample if several else [sample])]
    floats = [weight for weight in model.weights if weight.dtype.kind in "fV"]
    at = (0, *index) if index else (0, 0)
    found = shared_worker().gradients(model, snapshot.values, arrays, at, floats, tensor=output)
    return {path: array for path, array in found.items() if array is not None}


def idle_in(
    document: Document | Snapshot, rows: Array, *, progress: Progress | None = None
) -> tuple[str, ...]:
    """Return a sentence for each unit of a Dense layer that does nothing of its own for ``rows``.

    Args:
        document: the document, or a snapshot of it (from any thread).
        rows: inputs of a model with one input, ``(rows, ...)``; the first 512 are looked at.
        progress: called between groups of rows.
    """
    from weightview.calculator.rows.evaluation import in_groups
    from weightview.calculator.sensitivity.idle import idle_in_steps

    snapshot = _snapshot(document)
    calls: dict[tuple[str, int], list[Step]] = {}
    table = rows[:_ROWS_FOR_IDLE]
    for trace in in_groups(snapshot.model, snapshot.values, table, progress=progress):
        for step in trace.steps:
            if step.class_name == "Dense":
                calls.setdefault((step.layer_path, step.node), []).append(step)
    return tuple(
        f"{path} unit {idle.unit} is {idle.kind}: {idle.reason}"
        for (path, _), steps in calls.items()
        for idle in idle_in_steps(steps)
    )


def moves_to(
    document: Document | Snapshot,
    sample: Any,
    wanted: float,
    *,
    index: Index = (),
    output: int = 0,
    progress: Progress | None = None,
) -> "tuple[Move, ...]":
    """Say which single weight, moved by how much, makes the output what is wanted.

    Arguments and errors as in :func:`gradients`; the smallest move comes first.
    """
    from weightview.calculator.sensitivity import target

    snapshot = _snapshot(document)
    slopes = gradients(snapshot, sample, index, output)
    return target.moves_to(
        snapshot.model,
        snapshot.values,
        sample,
        wanted,
        slopes,
        index=index,
        output=output,
        progress=progress,
    )
