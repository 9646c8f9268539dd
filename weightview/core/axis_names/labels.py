"""What is known of the places of a tensor: from which named thing each of its numbers comes.

A tensor's label is an array of whole numbers, one for each cell: 0 for a cell of no name, else a
number under which a :class:`Register` keeps the name. Rearranging a tensor rearranges its label
in the same way, so that what a cell is called follows by the same arithmetic as its value.
"""

import bisect
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, overload

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


@dataclass(frozen=True, eq=False)
class Names(Sequence[str]):
    """The names along one axis, each made when it is asked for.

    Attributes:
        numbers: of each place, as the register counts them.
        sources: where the numbers are kept.
        is_joined: whether the places belong to several sources.
        repeated: the numbers that stand at several places, and so name none of them.
    """

    numbers: Cells
    sources: Register
    is_joined: bool
    repeated: frozenset[int] = field(default_factory=frozenset)

    def __len__(self) -> int:
        """Return how many places the axis has."""
        return len(self.numbers)

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...

    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        """Return the name of a place, or the names of several."""
        if isinstance(index, slice):
            return replace(self, numbers=self.numbers[index])
        number = int(self.numbers[index])
        if not number or number in self.repeated:
            return ""
        source, place = self.sources.find(number)
        return source.name(place, is_joined=self.is_joined)

    def __iter__(self) -> Iterator[str]:
        """Yield the names."""
        return (self[i] for i in range(len(self)))


def names_of(label: Label, register: Register) -> Sequence[str] | None:
    """Return what the places along a tensor's last axis are called; None where none is named.

    The places of a single input are not told apart by its name, and a name that Keras made up
    tells nothing alone.
    """
    numbers = label.along_last()
    if numbers is None or not numbers.any():
        return None
    named = numbers[numbers > 0]
    sources = register.sources_of(named)
    is_joined = len(sources) > 1 or len(named) < len(numbers)
    only = sources[0]
    if not is_joined:
        is_counted = only.tokens is None
        if is_counted and (only.count > 1 or not only.is_given):
            return None
    times = Counter(named.tolist()) if len(np.unique(named)) < len(named) else Counter()
    repeated = frozenset(number for number, count in times.items() if count > 1)
    if times and len(repeated) == len(times):
        return None
    return Names(np.asarray(numbers), register, is_joined, repeated)


class Padded(Sequence[str]):
    """Names for the first places of a longer axis, or the first of more names than places."""

    def __init__(self, names: Sequence[str], length: int) -> None:
        """Head ``length`` places with ``names``; the rest has none."""
        self._names = names
        self._length = length

    def __len__(self) -> int:
        """Return how many places there are."""
        return self._length

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...

    def __getitem__(self, index: Any) -> Any:
        """Return the name of a place, or the names of several."""
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self._length))]
        place = range(self._length)[index]
        return self._names[place] if place < len(self._names) else ""


def fitted(names: Sequence[str], length: int) -> Sequence[str]:
    """Return names for ``length`` places."""
    return names if len(names) == length else Padded(names, length)
