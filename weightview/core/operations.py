"""What can be done to many numbers at once: set, add, clip, round, normalise, a formula ...

Each operation computes in float64 from a table of numbers; the document rounds to the weight's
dtype, or refuses.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from weightview.core.errors import NumberError
from weightview.core.formulas import evaluate, looks_around

Reach = Literal["cell", "row", "column", "table"]
Table = npt.NDArray[np.float64]
Places = Sequence[int] | npt.NDArray[np.intp]

_DEEPEST_ROUNDING = 20


@dataclass(frozen=True)
class Parameter:
    """A number (or text) that an operation asks for.

    Attributes:
        name: what it is, in a word.
        default: what stands in the field at first.
        is_text: whether it is a formula instead of a number.
    """

    name: str
    default: str
    is_text: bool = False


@dataclass(frozen=True)
class Operation:
    """One thing to do to a table of numbers.

    Attributes:
        label: how it is called.
        parameters: what it asks for.
        function: takes the table, the rows and the columns of its cells, and the parameters.
        along: which cells one result depends on.
    """

    label: str
    parameters: tuple[Parameter, ...]
    function: Callable[..., Table]
    along: Reach = "cell"

    def reach(self, texts: Sequence[str]) -> Reach:
        """Return which cells one result depends on, with these texts for parameters."""
        is_formula = any(parameter.is_text for parameter in self.parameters)
        return "table" if is_formula and looks_around(texts[0]) else self.along


def _normalised(table: Table, axis: int) -> Table:
    """Return the table with each row (or column) divided by its Euclidean norm; zeros stay."""
    largest = np.abs(table).max(axis=axis, keepdims=True, initial=0.0)
    safe = np.where(largest > 0, largest, 1.0)  # squares of tiny or huge numbers would be lost
    norm = safe * np.sqrt(np.square(table / safe).sum(axis=axis, keepdims=True))
    return np.asarray(np.divide(table, norm, out=table.copy(), where=norm > 0))


def _rounded(table: Table, digits: float) -> Table:
    if digits != int(digits) or abs(digits) > _DEEPEST_ROUNDING:
        raise NumberError(f"{digits:g}", f"{digits:g} is not a number of decimals.")
    return np.round(table, int(digits))


def _clipped(table: Table, low: float, high: float) -> Table:
    if not low <= high:
        raise NumberError(f"{low:g}", f"The lower limit {low:g} is above the upper one, {high:g}.")
    return np.clip(table, low, high)


_NUMBER = Parameter("number", "0")
OPERATIONS: Mapping[str, Operation] = {
    "set": Operation("Set to", (_NUMBER,), lambda w, _i, _j, a: np.full(w.shape, a)),
    "add": Operation("Add", (_NUMBER,), lambda w, _i, _j, a: w + a),
    "multiply": Operation("Multiply by", (Parameter("factor", "1"),), lambda w, _i, _j, a: w * a),
    "clip": Operation(
        "Clip between",
        (Parameter("lowest", "-1"), Parameter("highest", "1")),
        lambda w, _i, _j, low, high: _clipped(w, low, high),
    ),
    "round": Operation(
        "Round to decimals", (Parameter("decimals", "2"),), lambda w, _i, _j, n: _rounded(w, n)
    ),
    "zero_below": Operation(
        "Zero where |w| is below",
        (Parameter("threshold", "0.01"),),
        lambda w, _i, _j, a: np.where(np.abs(w) < a, 0.0, w),
    ),
    "normalise_rows": Operation(
        "Normalise rows to 1", (), lambda w, _i, _j: _normalised(w, 1), "row"
    ),
    "normalise_columns": Operation(
        "Normalise columns to 1", (), lambda w, _i, _j: _normalised(w, 0), "column"
    ),
    "formula": Operation(
        "Formula of w, i, j",
        (Parameter("formula", "w * 2", is_text=True),),
        lambda w, i, j, text: evaluate(text, w, i, j),
    ),
}
"""Every operation, by its name."""


def operate(
    name: str,
    table: npt.NDArray[Any],
    rows: Places,
    columns: Places,
    parameters: Sequence[float | str],
) -> Table:
    """Return what an operation makes of a table of numbers, in float64.

    Args:
        name: a key of :data:`OPERATIONS`.
        table: ``(rows, columns)`` of any real dtype.
        rows: which row each row of the table is, for ``i``.
        columns: which column each column is, for ``j``.
        parameters: what the operation asks for, in its order.

    Raises:
        NumberError: a parameter is none, or the formula is none.
    """
    i = np.asarray(rows, np.float64)[:, np.newaxis]
    j = np.asarray(columns, np.float64)[np.newaxis, :]
    operation = OPERATIONS[name]
    with np.errstate(all="ignore"):
        wide = table.astype(np.float64)
        return np.asarray(operation.function(wide, i, j, *parameters), np.float64)
