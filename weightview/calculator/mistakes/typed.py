"""A number as a person typed it, and which numbers agree with it to the digits given."""

import math
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from weightview.core.errors import NumberError
from weightview.core.number_tables import split_cells
from weightview.core.numbers import shorten

# float32 sums in another order differ by about this share of the number.
_SLACK = 2e-6


@dataclass(frozen=True)
class TypedNumber:
    """One number with the digits that were given.

    Attributes:
        text: as typed.
        value: the number.
        step: the unit of its last digit: 0.001 for ``20.475``.
    """

    text: str
    value: float
    step: float

    @property
    def tolerance(self) -> float:
        """How far a number may lie and still be typed so: half of the last digit's unit."""
        return self.step / 2 + _SLACK * abs(self.value)

    def agrees(self, number: float) -> bool:
        """Return whether ``number``, rounded to the digits given, is this one."""
        return math.isfinite(number) and abs(number - self.value) <= self.tolerance


def parse_typed(text: str) -> tuple[TypedNumber, ...]:
    """Return the numbers of a typed or pasted text, with the digits of each.

    Raises:
        NumberError: a word is not a finite number, or there is none.
    """
    cells = [cell.strip() for line in text.splitlines() for cell in split_cells(line)]
    found = tuple(_typed(cell) for cell in cells if cell)
    if not found:
        raise NumberError(text, "Type the number that you got.")
    return found


def _typed(cell: str) -> TypedNumber:
    cleaned = cell.replace("\u2212", "-").strip("[]")
    try:
        number = Decimal(cleaned)
    except InvalidOperation:
        raise NumberError(cell, f"“{shorten(cell)}” is not a number.") from None
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int):
        raise NumberError(cell, f"“{shorten(cell)}” is not a finite number.")
    step = float(Decimal(1).scaleb(exponent))
    return TypedNumber(cell, float(number), step)
