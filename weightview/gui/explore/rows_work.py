"""What is done with a table of many inputs, away from the thread that paints."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from weightview.core.document import Snapshot
from weightview.core.errors import InputError
from weightview.core.values import Array

if TYPE_CHECKING:
    from weightview.calculator.rows.evaluation import Evaluation
    from weightview.calculator.rows.scaling import Scaler

Kind = Literal["as they are", "standardised", "to 0 … 1", "/ 255", "typed"]
KINDS: tuple[Kind, ...] = ("as they are", "standardised", "to 0 … 1", "/ 255", "typed")
FITTED = ("standardised", "to 0 … 1")
"""The kinds that need a table to be fitted to."""

_BYTE = 255.0
_SHARES = {"edited": 0.45, "saved": 0.45, "idle": 0.05, "fit": 0.05}


@dataclass(frozen=True)
class Scaling:
    """What was done to numbers outside the model: ``(x - offset) / scale`` for the typed one.

    Attributes:
        kind: which of :data:`KINDS`.
        offset: what is taken off, for ``typed``.
        scale: what it is divided by, for ``typed``.
    """

    kind: Kind = "as they are"
    offset: float = 0.0
    scale: float = 1.0


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
        fit: which it is, computed wrongly or trained poorly; ``""`` without expected outputs.
        scaler: what was done to the inputs before the model, or None.
    """

    rows: Array
    edited: "Evaluation"
    saved: "Evaluation | None"
    idle: tuple[str, ...]
    fit: str = ""
    scaler: "Scaler | None" = None


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


def with_expected(table: Table, path: Path) -> Table:
    """Return ``table`` with the expected outputs that a file holds.

    Raises:
        OpenError: the file holds no numbers.
        InputError: it has another number of rows.
    """
    from weightview.exports.reading import read_numbers

    numbers = np.asarray(read_numbers(path))
    count = len(table.rows)
    if numbers.ndim <= 1:
        numbers = numbers.reshape(1 if count == 1 else -1, numbers.size if count == 1 else 1)
    if len(numbers) != count:
        raise InputError(
            f"{path.name} has {len(numbers):,} rows; the table of inputs has {count:,}. "
            "They go together row by row."
        )
    return replace(table, expected=numbers)


def scaler_of(scaling: Scaling, rows: Array) -> "Scaler | None":
    """Return the scaler that is asked for, fitted to ``rows``; None for none.

    Raises:
        InputError: the typed scale is 0.
    """
    from weightview.calculator.rows import scaling as scalers

    if scaling.kind == "as they are":
        return None
    if scaling.kind == "/ 255":
        return scalers.divided_by(_BYTE)
    if scaling.kind == "typed":
        return scalers.typed(scaling.offset, scaling.scale)
    flat = rows.reshape(len(rows), -1)
    return scalers.fitted("standard" if scaling.kind == "standardised" else "minmax", flat)


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
    from weightview.api.exploration import judge_fit

    rows = table.rows.reshape(len(table.rows), -1)
    scalers = {
        "input_scaler": scaler_of(inside, rows),
        "output_scaler": None if table.expected is None else scaler_of(outside, table.expected),
    }
    has_edits = bool(snapshot.values.edited_weights(snapshot.model.weights))
    share = _Shares(tell, ["edited", *(["saved"] if has_edits else []), "idle", "fit"])

    def evaluate(part: str) -> "Evaluation":
        return evaluate_rows(
            snapshot,
            rows,
            table.expected,
            as_saved=part == "saved",
            progress=share.of(part),
            **scalers,
        )

    edited = evaluate("edited")
    saved = evaluate("saved") if has_edits else None
    scaler = scalers["input_scaler"]
    idle = idle_in(
        snapshot, rows if scaler is None else scaler.apply(rows), progress=share.of("idle")
    )
    fit = ""
    if edited.expected is not None and edited.expected.size == edited.output.size:
        fit = judge_fit(snapshot, rows, edited, progress=share.of("fit"), **scalers).sentence
    return Answer(table.rows, edited, saved, idle, fit, scaler)


class _Shares:
    """Divides the progress among the parts of the work."""

    def __init__(self, tell: Callable[[float], None], parts: Sequence[str]) -> None:
        self._tell = tell
        total = sum(_SHARES[part] for part in parts)
        self._places: dict[str, tuple[float, float]] = {}
        begin = 0.0
        for part in parts:
            self._places[part] = begin, _SHARES[part] / total
            begin += _SHARES[part] / total

    def of(self, part: str) -> Callable[[float], None]:
        begin, length = self._places[part]
        return lambda share: self._tell(begin + length * share)
