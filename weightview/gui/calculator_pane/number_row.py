"""One row of numbers under a label, and how it is cut into cells or pictures."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from PySide6.QtGui import QImage

from weightview.core.numbers import aligned_texts, exact_text, shorten
from weightview.gui.calculator_pane.planes import Array, Index, Planes, is_line, planes_of
from weightview.gui.theme import diverging

FEW_CHARACTERS = 6
_LONGEST_WORD = 16


@dataclass(frozen=True)
class Scale:
    """What the colours of numbers mean.

    Attributes:
        limit: the magnitude that gets the full colour.
        words: whose largest number that is, so where equal numbers have equal colours.
    """

    limit: float
    words: str

    @property
    def sentence(self) -> str:
        """The scale in words; ``""`` where there is no number to measure by."""
        return f"full colour at ±{self.limit:.4g}, {self.words}" if self.limit else ""


@dataclass(frozen=True, eq=False)
class NumberRow:
    """One row: a label and an array.

    Attributes:
        label: what the numbers are.
        value: the numbers; empty where there are none.
        tip: the label in full, with what more there is to say.
        leading: planes lie along the first axes, see :func:`planes_of`.
        note: said in place of numbers where ``value`` is empty.
        scale: what its colours mean, where they are not those of all rows it stands among.
        is_heading: it names the rows below it, and has no numbers.
        as_typed: the numbers stand with the digits they have, where those are few.
        called: the model's own name of a number, ``""`` for one without; None where none has any.
    """

    label: str
    value: Array
    tip: str = ""
    leading: bool = False
    note: str = ""
    scale: Scale | None = None
    as_typed: bool = False
    is_heading: bool = False
    called: Callable[[Index], str] | None = None

    @property
    def is_text(self) -> bool:
        """Whether it holds words instead of numbers: what a StringLookup takes or gives."""
        return self.value.dtype.kind in "SUO"

    @cached_property
    def is_line(self) -> bool:
        """Whether it is shown as cells; else as pictures."""
        return self.is_text or is_line(self.value)

    @cached_property
    def line(self) -> Array:
        """The numbers in one axis."""
        return self.value.reshape(-1)

    @cached_property
    def planes(self) -> Planes:
        """The pictures of a row that is not a line."""
        return planes_of(self.value, leading=self.leading)

    @cached_property
    def largest(self) -> float:
        """The largest finite magnitude, 0 where there is none."""
        if not self.value.size or self.is_text:
            return 0.0
        # Both ends without a copy: a stage of a large image holds millions of numbers.
        largest = max(abs(float(self.value.max())), abs(float(self.value.min())))
        if math.isfinite(largest):
            return largest
        numbers = np.abs(self.value.astype(np.float64))
        finite = numbers[np.isfinite(numbers)]
        return float(finite.max()) if finite.size else 0.0

    def alone(self) -> "NumberRow":
        """Return the row with colours of its own: its numbers are another quantity."""
        return replace(self, scale=Scale(self.largest, "the largest of this row alone"))

    def texts(self, first: int, count: int, digits: int) -> tuple[str, ...]:
        """Return ``count`` numbers of a line as text, aligned, from the one at ``first`` on."""
        if not self.is_line or not self.value.size:
            return ()
        part = self.line[first : first + count]
        if self.is_text:
            return tuple(shorten(_word(word), _LONGEST_WORD) for word in part)
        if self.as_typed:
            exact = tuple(exact_text(number).removesuffix(".0") for number in part)
            if max(map(len, exact), default=0) <= FEW_CHARACTERS:
                return exact
        return tuple(aligned_texts(part, digits))

    def index(self, place: int) -> Index:
        """Return the array's index of the number at ``place`` in C order."""
        return tuple(int(i) for i in np.unravel_index(place, self.value.shape))

    def place(self, index: Index) -> int:
        """Return the place in C order of the number at ``index``."""
        return int(np.ravel_multi_index(index, self.value.shape)) if index else 0

    def holds(self, index: Index) -> bool:
        """Return whether there is a number at ``index``."""
        shape = self.value.shape
        return len(index) == len(shape) and all(
            0 <= i < n for i, n in zip(index, shape, strict=True)
        )


def _word(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def picture(plane: Array, limit: float) -> QImage:
    """Return a plane of numbers as a picture, one pixel per number."""
    pixels = np.ascontiguousarray(diverging(plane, limit))
    height, width = pixels.shape[:2]
    made = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGBA8888)
    return made.copy()
