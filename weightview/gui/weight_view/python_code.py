"""A weight or one of its cells as Python code: how it is fetched, and how it is written."""

import json
import re
from collections.abc import Callable
from typing import Any

from weightview.core.errors import EditError
from weightview.core.model import Weight
from weightview.core.numbers import exact_text
from weightview.gui.weight_view.slicing import Index

_FETCHED = re.compile(r"(?P<holder>.*)\.get_weights\(\)\[(?P<place>\d+)\]", re.DOTALL)
_OWNERS = {"optimizer": "the optimizer's", "metric": "a metric's", "state": "a layer's state"}


def fetching_code(weight: Weight, index: Index | None) -> str:
    """Return the expression that fetches a weight, or one of its cells, from a loaded model.

    For an array that Keras' ``get_weights`` does not list it asks weightview's own ``document``.
    """
    expression = weight.expression or f"document.read({_quoted(weight.path)})"
    return f"{expression}[{_places(index)}]" if index else expression


def writing_code(weight: Weight, index: Index, read: Callable[[Weight, Index], Any]) -> str:
    """Return the statements that write one cell of a loaded Keras model.

    Raises:
        EditError: ``set_weights`` does not reach the array.
        FileError: the cell cannot be read.
    """
    found = _FETCHED.fullmatch(weight.expression)
    if found is None and weight.kind != "weight":
        owner = _OWNERS.get(weight.kind, "no weight of the model")
        message = f"“{weight.path}” is {owner}: set_weights does not reach it."
        raise EditError(weight.path, message)
    value = _literal(exact_text(read(weight, index)))
    if found is None:
        return f"document.set_values({_quoted(weight.path)}, {index!r}, {value})"
    holder, target = found["holder"], f"weights[{found['place']}]"
    lines = [f"weights = {holder}.get_weights()", f"{target}[{_places(index)}] = {value}"]
    if not index:  # Keras hands out a number, into which nothing can be put
        lines = ["import numpy", lines[0], f"{target} = numpy.full_like({target}, {value})"]
    return "\n".join((*lines, f"{holder}.set_weights(weights)"))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _literal(text: str) -> str:
    """Return a number as Python writes it: ``-0`` alone would lose its sign."""
    words = {"inf": 'float("inf")', "-inf": 'float("-inf")', "nan": 'float("nan")', "-0": "-0.0"}
    return words.get(text, text)


def _places(index: Index | None) -> str:
    return ", ".join(str(place) for place in index or ())
