"""What is known of the places of a tensor: from which named thing each of its numbers comes.

A tensor's label is an array of whole numbers, one for each cell: 0 for a cell of no name, else a
number under which a :class:`Register` keeps the name. Rearranging a tensor rearranges its label
in the same way, so that what a cell is called follows by the same arithmetic as its value.
"""

import bisect
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Cells = npt.NDArray[np.int64]
Shape = tuple[int | None, ...]

MOST_CELLS = 1 << 22
_OF_ITSELF = re.compile(r"(input|input_layer|keras_tensor)(_\d+)?|.+_input(_\d+)?")


@dataclass(frozen=True, eq=False)
class Source:
    """A named thing that fills one axis: an input, or the categories of an encoding.

    Attributes:
        label: the input's name, or the encoding layer's.
        count: how many places it fills.
        tokens: what the places are called among themselves; None where they are only counted.
        is_quoted: whether the tokens are words, as those of a vocabulary.
        is_given: whether a person chose the label, not Keras.
    """

    label: str
    count: int
    tokens: Sequence[str] | None = None
    is_quoted: bool = False
    is_given: bool = True

    def name(self, place: int, *, is_joined: bool) -> str:
        """Return what a place is called, alone or among the places of other sources."""
        if self.tokens is None:
            return self.label if self.count == 1 else f"{self.label} {place}"
        token = self.tokens[place] if place < len(self.tokens) else ""
        if not is_joined or not token:
            return token
        return f"{self.label} '{token}'" if self.is_quoted else f"{self.label} {token}"


@dataclass(frozen=True)
class Coding:
    """What the whole numbers in a tensor stand for.

    Attributes:
        tokens: what 0, 1, 2 ... stand for; None for the very numbers that the model was given.
        is_quoted: whether the tokens are words, as those of a vocabulary.
    """

    tokens: tuple[str, ...] | None = None
    is_quoted: bool = False


GIVEN = Coding()
"""The coding of an input whose numbers nothing has changed."""


class Register:
    """The sources of one model, each with a run of numbers for its places."""

    def __init__(self) -> None:
        """Start without a source; the numbers begin with 1."""
        self._sources: list[Source] = []
        self._starts: list[int] = []
        self._next = 1

    def add(self, source: Source) -> int:
        """Keep a source; return the number of its first place."""
        self._sources.append(source)
        self._starts.append(self._next)
        self._next += source.count
        return self._starts[-1]

    def find(self, number: int) -> tuple[Source, int]:
        """Return the source of a number above 0, and the place in it."""
        at = bisect.bisect_right(self._starts, number) - 1
        return self._sources[at], number - self._starts[at]

    def sources_of(self, numbers: Cells) -> list[Source]:
        """Return the sources that numbers above 0 belong to, each once."""
        at = np.unique(np.searchsorted(self._starts, numbers, side="right") - 1)
        return [self._sources[i] for i in at]


@dataclass(frozen=True, eq=False)
class Label:
    """What is known of one tensor.

    Attributes:
        shape: its shape without the batch axis; None for an open axis.
        cells: a number for each cell; an axis of length 1 stands for all places along it.
        coding: what whole numbers in the tensor stand for; None where that is not known.
    """

    shape: Shape
    cells: Cells
    coding: Coding | None = None

    @property
    def is_named(self) -> bool:
        """Whether any cell has a name."""
        return bool(self.cells.any())

    def whole(self) -> Cells | None:
        """Return a number for each single cell, or None for an open axis or too many cells."""
        if None in self.shape or math.prod(n or 0 for n in self.shape) > MOST_CELLS:
            return None
        return np.broadcast_to(self.cells, [n or 0 for n in self.shape])

    def along_last(self) -> Cells | None:
        """Return the numbers along the last axis where they are the same everywhere else."""
        if not self.shape:
            return None
        length = self.shape[-1]
        if length is None or not all(self.cells.shape):
            return None
        rows = self.cells.reshape(-1, self.cells.shape[-1])
        if not (rows == rows[:1]).all():
            return None
        return np.broadcast_to(rows[0], [length])

    def uncoded(self) -> "Label":
        """Return the same names for a tensor whose numbers stand for nothing."""
        return self if self.coding is None else replace(self, coding=None)


def unnamed(shape: Shape, coding: Coding | None = None) -> Label:
    """Return the label of a tensor without names."""
    return Label(shape, np.zeros([1] * len(shape), np.int64), coding)


def filled(register: Register, source: Source, shape: Shape, coding: Coding | None = None) -> Label:
    """Return the label of a tensor whose last axis a source fills; of one place, any tensor."""
    start = register.add(source)
    if source.count == 1:
        return Label(shape, np.full([1] * len(shape), start, np.int64), coding)
    places = start + np.arange(source.count, dtype=np.int64)
    return Label(shape, places.reshape([1] * (len(shape) - 1) + [source.count]), coding)


def is_given_name(name: str) -> bool:
    """Return whether an input's name is a person's choice: not ``input_1`` or ``dense_input``."""
    return _OF_ITSELF.fullmatch(name) is None
