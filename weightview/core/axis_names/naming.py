"""The names along one axis, made when asked for: as they are, and as a sentence has them."""

import itertools
import sys
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np

from weightview.core.axis_names.labels import Cells, Label, Register


class OwnNames(Sequence[str]):
    """What a model calls the places along an axis: ``""`` for a place without a name."""

    @abstractmethod
    def name(self, place: int) -> str:
        """Return the name of a place, 0 being the first."""

    @abstractmethod
    def spoken(self, place: int) -> str:
        """Return the name as a sentence has it: a word of a vocabulary in quotes."""

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> list[str]: ...

    def __getitem__(self, index: int | slice) -> str | list[str]:
        """Return the name of a place, or the names of several."""
        places = range(len(self))[index]
        return self.name(places) if isinstance(places, int) else [self.name(i) for i in places]


def quoted(word: str) -> str:
    """Return a word of a vocabulary as a sentence has it; ``""`` for an empty one."""
    if not word:
        return ""
    return f"'{word}'" if word.isprintable() else repr(word)


class WordList(OwnNames):
    """Words for the first places of an axis; the rest of it has no names."""

    def __init__(self, words: tuple[str, ...], length: int, *, is_quoted: bool) -> None:
        """Name the places of an axis of ``length``; quote ``words`` in sentences, or not."""
        self.words = words
        self._length = length
        self._is_quoted = is_quoted

    def __len__(self) -> int:
        """Return how many places there are."""
        return self._length

    def __iter__(self) -> Iterator[str]:
        """Yield the words, a million of them quickly."""
        yield from self.words[: self._length]
        yield from itertools.repeat("", self._length - len(self.words))

    def index(self, value: object, start: int = 0, stop: int = sys.maxsize) -> int:
        """Return the first place of a name, among a million of them quickly.

        Raises:
            ValueError: no place has it.
        """
        end = min(stop, self._length)
        if not value or not isinstance(value, str):
            return super().index(value, start, end)
        return self.words.index(value, start, end)

    def name(self, place: int) -> str:
        """Return the word."""
        return self.words[place] if place < len(self.words) else ""

    def spoken(self, place: int) -> str:
        """Return the word, in quotes where it is one of a vocabulary's."""
        word = self.name(place)
        return quoted(word) if self._is_quoted else word


@dataclass(frozen=True, eq=False)
class SourceNames(OwnNames):
    """Names by the sources from which the numbers along an axis come.

    Attributes:
        numbers: of each place, as the register counts them.
        sources: where the numbers are kept.
        is_joined: whether the places belong to several sources.
        repeated: the numbers that stand at several places, and so name none of them.
    """

    numbers: Cells
    sources: Register
    is_joined: bool
    repeated: frozenset[int]

    def __len__(self) -> int:
        """Return how many places the axis has."""
        return len(self.numbers)

    def name(self, place: int) -> str:
        """Return the name, with its source's where there are several."""
        return self._told(place, is_spoken=False)

    def spoken(self, place: int) -> str:
        """Return the name; a single vocabulary's words in quotes."""
        return self._told(place, is_spoken=True)

    def _told(self, place: int, *, is_spoken: bool) -> str:
        number = int(self.numbers[place])
        if not number or number in self.repeated:
            return ""
        source, at = self.sources.find(number)
        name = source.name(at, is_joined=self.is_joined)
        return quoted(name) if is_spoken and source.is_quoted and not self.is_joined else name


def names_of(label: Label, register: Register) -> OwnNames | None:
    """Return what the places along a tensor's last axis are called; None where none is named.

    The places of a single input have no names as long as they stand in its own order, and a name
    that Keras made up tells nothing alone.
    """
    numbers = label.along_last()
    if numbers is None or not numbers.any():
        return None
    named = numbers[numbers > 0]
    sources = register.sources_of(named)
    is_joined = len(sources) > 1 or len(named) < len(numbers)
    only = sources[0]
    is_in_order = len(numbers) == only.count and bool((np.diff(numbers) == 1).all())
    if not is_joined and only.tokens is None and is_in_order:
        is_named = only.count == 1 and only.is_given
        if not is_named:
            return None
    values, counts = np.unique(named, return_counts=True)
    repeated = frozenset(values[counts > 1].tolist())
    if len(repeated) == len(values):
        return None
    return SourceNames(np.asarray(numbers), register, is_joined, repeated)
