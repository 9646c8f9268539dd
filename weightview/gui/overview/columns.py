"""The columns of the overview: what each tells of a weight, and how that is written."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from PySide6.QtCore import Qt

from weightview.core.model import Weight
from weightview.core.numbers import is_integer
from weightview.core.statistics import Statistics

_SIGNIFICANT = 3
_LARGEST_WHOLE = 1e6
_LEAST_PLAIN, _LEAST_WHOLE, _LARGEST_PLAIN = 1e-3, 1e2, 1e5


@dataclass(frozen=True)
class Summary:
    """What is known of one weight.

    Attributes:
        statistics: its numbers in a few words.
        dead_units: how many units have no weight but 0; None without units.
    """

    statistics: Statistics
    dead_units: int | None

    @property
    def not_finite(self) -> int:
        """How many numbers are NaN or infinite."""
        return self.statistics.nans + self.statistics.infinities


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        name: what its head says.
        title: what it is called in a menu and in a copied table.
        tip: what it tells, as a sentence without its end.
        value: what it sorts by and what is copied; None where there is no such number.
        kind: whether it holds words, a picture, real numbers or how many there are of something.
    """

    name: str
    title: str
    tip: str
    value: Callable[[Weight, Summary], Any]
    kind: Literal["words", "picture", "number", "count"]

    @property
    def first_order(self) -> Qt.SortOrder:
        """How it is sorted at first: the largest above, but for names and the minimum."""
        is_upwards = self.name in ("weight", "min")
        return Qt.SortOrder.AscendingOrder if is_upwards else Qt.SortOrder.DescendingOrder


COLUMNS: Final = (
    Column("weight", "weight", "The weight, by its layer", lambda w, _: w.path, "words"),
    Column("shape", "shape", "Its shape; sorted by size", lambda w, _: w.size, "words"),
    Column(
        "spread",
        "histogram",
        "How its numbers are spread around 0, blue below and red above, those that are 0 grey; "
        "a bar is as tall as the square root of how many lie there. Sorted by the standard "
        "deviation",
        lambda _, s: s.statistics.std,
        "picture",
    ),
    Column("min", "min", "The smallest number", lambda _, s: s.statistics.minimum, "number"),
    Column("max", "max", "The largest number", lambda _, s: s.statistics.maximum, "number"),
    Column("mean", "mean", "The mean", lambda _, s: s.statistics.mean, "number"),
    Column(
        "std",
        "standard deviation",
        "The standard deviation of all its numbers (divided by n, as numpy.std)",
        lambda _, s: s.statistics.std,
        "number",
    ),
    Column(
        "norm",
        "norm",
        "The Euclidean norm: the root of the sum of all squares",
        lambda _, s: s.statistics.norm,
        "number",
    ),
    Column(
        "zeros", "zeros", "How many numbers are 0 or -0", lambda _, s: s.statistics.zeros, "count"
    ),
    Column(
        "NaN",
        "NaN and infinite",
        "How many numbers are NaN or infinite; the other figures leave them out",
        lambda _, s: s.not_finite,
        "count",
    ),
    Column(
        "dead",
        "dead units",
        "Units that nothing leads to: every number of this kernel that would carry something to "
        "the unit (the filter; the dimension of a head or an embedding) is 0, for a recurrent unit "
        "in all gates. The bias and other kernels are not looked at; – for what is no kernel",
        lambda _, s: s.dead_units,
        "count",
    ),
)
NAME, SHAPE, HISTOGRAM, NOT_FINITE = 0, 1, 2, 9


def short_text(column: Column, weight: Weight, summary: Summary) -> str:
    """Return a figure as briefly as it can be compared: three digits, or all of a whole number."""
    value = column.value(weight, summary)
    if not is_known(value):
        return "–"
    if column.kind == "count":
        return f"{value:,}"
    is_whole = is_integer(weight.dtype) and column.name in ("min", "max")
    if is_whole and abs(value) < _LARGEST_WHOLE:
        return f"{value:,.0f}"
    if _LEAST_WHOLE <= abs(value) < _LARGEST_PLAIN:
        return f"{value:.0f}"
    if value == 0 or _LEAST_PLAIN <= abs(value) < _LARGEST_PLAIN:
        return f"{value:#.{_SIGNIFICANT}g}" if value else "0"
    digits, _, exponent = f"{value:.{_SIGNIFICANT - 1}e}".partition("e")
    return f"{digits}e{int(exponent)}" if exponent else digits


def is_known(value: Any) -> bool:
    """Return whether there is such a figure: neither None nor the NaN of an empty array."""
    return value is not None and value == value  # noqa: PLR0124 - a NaN
