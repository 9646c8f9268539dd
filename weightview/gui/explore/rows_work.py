"""What is done with a table of many inputs, away from the thread that paints."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from weightview.core.document import Snapshot
from weightview.core.errors import InputError
from weightview.core.values import Array

if TYPE_CHECKING:
    from weightview.calculator.rows.evaluation import Evaluation
    from weightview.calculator.rows.scaling import Scaler

Scaling = Literal["as they are", "standardised", "to 0 … 1", "/ 255"]
SCALINGS: tuple[Scaling, ...] = ("as they are", "standardised", "to 0 … 1", "/ 255")
_BYTE = 255.0


@dataclass(frozen=True, eq=False)
class Table:
    """A table as it was loaded.

    Attributes:
        rows: the inputs, ``(rows, ...)``.
        expected: the expected outputs, ``(rows, ...)``, or None.
        name: what to call it.
    """

    rows: Array
    expected: Array | None
    name: str


@dataclass(frozen=True, eq=False)
class Answer:
    """What a table gave.

    Attributes:
        rows: the inputs.
        edited: the evaluation with the edits.
        saved: the evaluation of the stored numbers, where they differ; else None.
        idle: sentences about units that do nothing for these rows.
    """

    rows: Array
    edited: "Evaluation"
    saved: "Evaluation | None"
    idle: tuple[str, ...]


def load_table(path: Path, inputs: int, outputs: int) -> Table:
    """Read a table; columns beyond the inputs are the expected outputs.

    Args:
        path: a CSV, NPY or NPZ file.
        inputs: how many numbers the model takes in a row.
        outputs: how many it gives.

    Raises:
        OpenError: the file holds no numbers.
        InputError: the width is neither that of the inputs nor that of both.
    """
    from weightview.exports.reading import read_numbers

    return split_table(read_numbers(path), inputs, outputs, path.name)


def split_table(numbers: Array, inputs: int, outputs: int, name: str) -> Table:
    """Return a table of inputs, and of expected outputs where there are columns for them.

    Raises:
        InputError: as in :func:`load_table`.
    """
    table = np.asarray(numbers)
    if table.ndim <= 1:
        is_column = inputs == 1 or table.size % max(1, inputs)
        table = table.reshape(-1, 1) if is_column else table.reshape(-1, inputs)
    width = table[0].size if len(table) else 0
    if width == inputs:
        return Table(table, None, name)
    flat = table.reshape(len(table), -1)
    if width in (inputs + outputs, inputs + 1):
        return Table(flat[:, :inputs], flat[:, inputs:], name)
    raise InputError(
        f"{name} has {width} numbers in a row; the model takes {inputs}"
        f" (or {inputs + outputs} with the {outputs} expected outputs behind them)."
    )


def scaler_of(scaling: Scaling, rows: Array) -> "Scaler | None":
    """Return the scaler that is asked for, fitted to ``rows``; None for none."""
    from weightview.calculator.rows import scaling as scalers

    if scaling == "as they are":
        return None
    if scaling == "/ 255":
        return scalers.divided_by(_BYTE)
    flat = rows.reshape(len(rows), -1)
    return scalers.fitted("standard" if scaling == "standardised" else "minmax", flat)


def answer_for(
    snapshot: Snapshot,
    table: Table,
    inside: Scaling,
    outside: Scaling,
    tell: Callable[[float], None],
) -> Answer:
    """Evaluate ``table``, with the edits and, where there are any, as saved.

    Raises:
        InputError: the rows do not fit the model.
        CancelledError: ``tell`` was asked to stop.
    """
    from weightview.api import evaluate_rows, idle_in

    input_scaler = scaler_of(inside, table.rows)
    rows = table.rows
    output_scaler = None
    if table.expected is not None:
        output_scaler = scaler_of(outside, table.expected)
    flat = rows.reshape(len(rows), -1)
    has_edits = bool(snapshot.values.edited_weights(snapshot.model.weights))
    parts = 2 if has_edits else 1

    def evaluate(as_saved: bool, begin: float) -> "Evaluation":
        return evaluate_rows(
            snapshot,
            flat,
            table.expected,
            as_saved=as_saved,
            input_scaler=input_scaler,
            output_scaler=output_scaler,
            progress=lambda share: tell(begin + share / parts),
        )

    edited = evaluate(False, 0.0)
    saved = evaluate(True, 0.5) if has_edits else None
    scaled = flat if input_scaler is None else input_scaler.apply(flat)
    return Answer(rows, edited, saved, idle_in(snapshot, scaled))
