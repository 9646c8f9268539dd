"""Finds the places of a model's weights by what the model calls them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from weightview.core.axis_names import named_axes
from weightview.core.axis_names.naming import OwnNames
from weightview.core.axis_names.vocabularies import LOOKUPS
from weightview.core.model import Model, Weight

_FEW = 20_000


@dataclass(frozen=True, eq=False)
class NamedPlace:
    """One place of one axis of a weight.

    Attributes:
        weight: the weight.
        axis: which axis of it.
        place: which place along the axis.
        name: what it is called, as a sentence has it.
    """

    weight: Weight
    axis: int
    place: int
    name: str

    @property
    def index(self) -> tuple[int, ...]:
        """The first cell there."""
        return tuple(
            self.place if axis == self.axis else 0 for axis in range(len(self.weight.shape))
        )


class NameIndex:
    """The named places of one model, read when first searched; then may be asked at each key."""

    def __init__(self, model: Model) -> None:
        """Read nothing yet."""
        self._model = model

    @property
    def is_quick(self) -> bool:
        """Whether the names are few, and in the config: read in less than a moment."""
        return all(
            layer.words is None and _length(layer.config.get("vocabulary")) <= _FEW
            for layer in self._model.walk()
            if layer.class_name in LOOKUPS
        )

    def build(self) -> None:
        """Read the names now, which takes a moment for a large vocabulary; for any thread."""
        for axis in self._axes:
            axis.prepare()

    def search(self, typed: str, limit: int = 40) -> list[NamedPlace]:
        """Return the places whose name contains what was typed, whatever the case of letters.

        Names that are just this come first, then those that begin with it.
        """
        wanted = _plain(typed.strip())
        if not wanted:
            return []
        found: dict[tuple[int, int], NamedPlace] = {}
        for pattern in (f"\n{wanted}\n", f"\n{wanted}", wanted):
            for number, axis in enumerate(self._axes):
                for place in axis.places(pattern, limit):
                    if len(found) >= limit:
                        return list(found.values())
                    found.setdefault((number, place), axis.named(place))
        return list(found.values())

    @cached_property
    def _axes(self) -> list["_Axis"]:
        return [_Axis(*named) for named in named_axes(self._model)]


def _length(vocabulary: Any) -> int:
    items = vocabulary.get("items") if isinstance(vocabulary, Mapping) else vocabulary
    return len(items) if isinstance(items, list) else 0


def _plain(text: str) -> str:
    return text.lower().replace("\n", " ")


class _Axis:
    """The names of one axis as one text, in which the system's own search is quick."""

    def __init__(self, weight: Weight, axis: int, names: OwnNames) -> None:
        self._weight = weight
        self._axis = axis
        self._names = names

    def prepare(self) -> None:
        """Put the names into one text."""
        _ = self._starts

    def named(self, place: int) -> NamedPlace:
        """Return one place."""
        return NamedPlace(self._weight, self._axis, place, self._names.spoken(place))

    def places(self, pattern: str, limit: int) -> Iterator[int]:
        """Yield the places, ``limit`` of them at most, where ``pattern`` occurs."""
        text, at = self._text, -1
        for _ in range(limit):
            at = text.find(pattern, at + 1)
            if at < 0:
                return
            begin = at + (pattern[0] == "\n")
            place = int(np.searchsorted(self._starts, begin, side="right")) - 1
            yield place
            at = int(self._starts[place + 1]) - 2

    @cached_property
    def _lines(self) -> list[str]:
        return [_plain(name) for name in self._names]

    @cached_property
    def _text(self) -> str:
        return "\n" + "\n".join(self._lines) + "\n"

    @cached_property
    def _starts(self) -> npt.NDArray[np.int64]:
        """Where in the text each name begins, and where one more would."""
        lengths = np.fromiter(map(len, self._lines), np.int64, len(self._lines))
        return 1 + np.concatenate([[0], np.cumsum(lengths + 1)])
