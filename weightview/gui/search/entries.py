"""What can be found by name: layers and weights, each a line with its facts.

Every word typed must be found somewhere in a line, so ``dense (8, 5)`` and ``kernel [0]`` both
work.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from weightview.gui.wording import shape_text

if TYPE_CHECKING:  # the field is there before any model is
    from weightview.core.document import Document

_LIMIT = 50


@dataclass(frozen=True)
class Entry:
    """One thing that can be found.

    Attributes:
        name: what it is called: ``dense_1/kernel``.
        facts: what else is shown: ``(8, 5)   [0]``, or a cell's number.
        weight_path: the weight's address, ``""`` for a layer.
        layer_path: the layer's address.
        index: the cell; None for a whole weight or layer.
    """

    name: str
    facts: str
    weight_path: str
    layer_path: str
    index: tuple[int, ...] | None = None

    @property
    def text(self) -> str:
        """The line as one text."""
        return f"{self.name}   {self.facts}"


def entries_of(document: "Document") -> tuple[Entry, ...]:
    """Return what can be found in ``document``: each layer, followed by its weights."""
    result: list[Entry] = []
    for layer in document.model.walk():
        facts = f"{layer.class_name}   {shape_text(layer.output_shape)}"
        result.append(Entry(layer.path, facts, "", layer.path))
        for weight in layer.weights:
            place = "" if weight.keras_index is None else f"   [{weight.keras_index}]"
            result.append(Entry(weight.path, f"{weight.shape}{place}", weight.path, layer.path))
    known = {entry.weight_path for entry in result}
    for weight in document.all_weights:
        if weight.path not in known:
            result.append(Entry(weight.path, str(weight.shape), weight.path, weight.layer_path))
    return tuple(result)


def matching(entries: tuple[Entry, ...], typed: str, limit: int = _LIMIT) -> list[Entry]:
    """Return the entries in which every word of ``typed`` occurs, best first.

    Entries whose name begins with what was typed come before those that contain it elsewhere.
    """
    words = typed.lower().split()
    if not words:
        return []
    keys = ((entry, entry.text.lower()) for entry in entries)
    found = [(entry, key) for entry, key in keys if all(word in key for word in words)]
    found.sort(key=lambda pair: not pair[1].startswith(words[0]))
    return [entry for entry, _ in found[:limit]]
