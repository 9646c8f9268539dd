"""What the places of a weight are called: by the person, by the model itself, by their numbers."""

import csv
import re

from weightview.core.axis_names import own_names
from weightview.core.axis_names.naming import OwnNames
from weightview.core.document import Document
from weightview.core.model import Weight
from weightview.core.numbers import shorten
from weightview.gui.weight_view.slicing import Index
from weightview.gui.weight_view.wording import place_text

_SHORT = 16
_LONG = 60
_KEPT = 64


class Names:
    """The names of the rows and columns of a document's weights."""

    def __init__(self) -> None:
        """Start without a document and without names of the person's."""
        self._document: Document | None = None
        self._given: dict[tuple[str, int], tuple[str, ...]] = {}
        self._own: dict[tuple[str, int], OwnNames | None] = {}

    def show_document(self, document: Document | None) -> None:
        """Name the places of another document; what the person gave is forgotten with the last."""
        if document is not self._document:
            self._given.clear()
        self._document = document
        self._own.clear()

    def give(self, weight: Weight, axis: int, names: tuple[str, ...]) -> None:
        """Call the places of an axis by ``names`` of the person's own; none takes them away."""
        self._given[weight.path, axis] = names

    def given(self, weight: Weight, axis: int, place: int) -> str:
        """Return the person's own name of a place, or nothing."""
        names = self._given.get((weight.path, axis), ())
        return names[place] if place < len(names) else ""

    def own(self, weight: Weight, axis: int, place: int, length: int) -> str:
        """Return the model's own name of a place as a sentence has it, or nothing.

        It stands on one line, and at most so long.
        """
        names = self._own_names(weight, axis)
        spoken = names.spoken(place) if names is not None and place < len(names) else ""
        short = shorten(spoken, length)
        is_cut_in_quotes = short != spoken and spoken[:1] == spoken[-1:] == "'"
        return f"{short}'" if is_cut_in_quotes and short.endswith("…") else short

    def forget_own(self) -> None:
        """Ask the model anew for its names."""
        self._own.clear()

    def _own_names(self, weight: Weight, axis: int) -> OwnNames | None:
        key = weight.path, axis
        if key not in self._own:
            if len(self._own) >= _KEPT:
                self._own.clear()
            document = self._document
            self._own[key] = own_names(document, weight, axis) if document is not None else None
        return self._own[key]

    def heading(self, weight: Weight, axis: int, place: int) -> str:
        """Return what stands in a header: ``unit 3``, ``index 17 · 'the'``, or the given name."""
        given = self.given(weight, axis, place)
        if given:
            return given
        own = self.own(weight, axis, place, _SHORT)
        text = place_text(weight, axis, place).replace("dimension", "dim")
        return f"{text} · {own}" if own else text

    def besides(self, weight: Weight, axis: int, place: int) -> str:
        """Return what a place is called besides its number: ``f · unit 3``, ``'the'``."""
        text = place_text(weight, axis, place)
        is_gate = " · " in text
        name = self.given(weight, axis, place) or self.own(weight, axis, place, _SHORT)
        return f"{text} {name}".rstrip() if is_gate else name

    def full(self, weight: Weight, axis: int, place: int) -> str:
        """Return number and name of a place: ``index 17 'the'``, ``unit 3 pressure``."""
        text = place_text(weight, axis, place)
        name = self.given(weight, axis, place) or self.own(weight, axis, place, _LONG)
        return f"{text} {name}".rstrip()

    def cell_text(self, weight: Weight, index: Index) -> str:
        """Return where a cell is, in words: ``input 3, unit 2``."""
        if not index:
            return weight.name
        places = ", ".join(self.full(weight, axis, place) for axis, place in enumerate(index))
        return f"{weight.name}: {places}" if weight.role == "bias" else places

    def index_of(self, weight: Weight, text: str) -> Index | None:
        """Return the cell that ``text`` means by names: ``'the', 3``, ``age, unit 2``.

        A name alone means the first cell along it. None where a part is neither a name nor a
        place; a name goes before a number that is written the same.
        """
        parts: list[str] = next(csv.reader([text], quotechar="'", skipinitialspace=True), [])
        if not weight.shape or not 1 <= len(parts) <= len(weight.shape):
            return None
        if len(parts) == 1:
            parts = [text.strip().strip("'")]
        named = [self.place_of(weight, axis, part.strip()) for axis, part in enumerate(parts)]
        if not any(place is not None for place in named):
            return None
        places = [
            self._counted(weight, axis, part) if place is None else place
            for axis, (place, part) in enumerate(zip(named, parts, strict=True))
        ]
        rest = [0] * (len(weight.shape) - len(places))
        found = tuple(place for place in (*places, *rest) if place is not None)
        return found if len(found) == len(weight.shape) else None

    @staticmethod
    def _counted(weight: Weight, axis: int, part: str) -> int | None:
        """Return the place that a part means by its number: ``3``, ``unit 3``, ``-1``."""
        number, length = re.fullmatch(r"\D*?(-?\d{1,18})", part.strip()), weight.shape[axis]
        place = int(number[1]) if number else length
        return place % length if -length <= place < length else None

    def place_of(self, weight: Weight, axis: int, name: str) -> int | None:
        """Return the first place of an axis that has this name; None where none has it."""
        given = self._given.get((weight.path, axis), ())
        if name in given:
            return given.index(name)
        own = self._own_names(weight, axis)
        try:
            return own.index(name) if own is not None and name else None
        except ValueError:
            return None
