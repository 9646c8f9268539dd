"""Rounding of every weight to a lower precision."""

from collections.abc import Callable, Iterator
from functools import partial

import ml_dtypes
import numpy as np

from weightview.calculator.mistakes.case import Case, Mistake, mistake
from weightview.calculator.trace import Trace
from weightview.core.values import Array

_KINDS = (("float16", np.float16), ("bfloat16", ml_dtypes.bfloat16))
_DECIMALS = (2, 3, 4)


@mistake("low-precision rounding")
def rounded(_: Case, trace: Trace) -> Iterator[Mistake]:
    """Round every weight to float16, bfloat16, or to a few decimals as a print-out does."""
    del trace
    for name, kind in _KINDS:
        yield Mistake(
            "low-precision rounding",
            f"every weight rounded to {name}",
            "",
            partial(_each, change=partial(_as_kind, kind=kind)),
        )
    for decimals in _DECIMALS:
        yield Mistake(
            "low-precision rounding",
            f"every weight rounded to {decimals} decimals",
            "",
            partial(_each, change=partial(_to_decimals, decimals=decimals)),
        )


def _as_kind(array: Array, kind: type) -> Array:
    return array.astype(kind).astype(array.dtype)


def _to_decimals(array: Array, decimals: int) -> Array:
    return np.asarray(np.round(array.astype(np.float64), decimals))


def _each(case: Case, change: Callable[[Array], Array]) -> Case:
    for weight in case.model.weights:
        if weight.dtype.name in ("float32", "float64"):
            with np.errstate(over="ignore"):
                case = case.map_weight(weight, change)
    return case
