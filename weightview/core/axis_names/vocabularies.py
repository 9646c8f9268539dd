"""The words of a lookup layer, in the order of the numbers that it gives them."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from weightview.core.model import Layer, Model

LOOKUPS = frozenset({"StringLookup", "IntegerLookup", "TextVectorization"})
_OTHER_MODES = {"binary": "multi_hot", "tf-idf": "tf_idf"}
_MODES = frozenset({"int", "one_hot", "multi_hot", "count", "tf_idf"})
_TEXT_SPECIALS = {"mask_token": "", "num_oov_indices": 1, "oov_token": "[UNK]"}
_SPECIALS = ("mask_token", "num_oov_indices", "oov_token")
_FIRST_SURE = (2, 6)
_MOST_SPECIAL = 1_000_000


def output_mode(layer: Layer) -> str:
    """Return how a lookup or an encoding gives its numbers, ``""`` where that is not known."""
    mode = layer.config.get("output_mode")
    mode = _OTHER_MODES.get(mode, mode) if isinstance(mode, str) else ""
    return mode if mode in _MODES else ""


def vocabulary_of(model: Model, layer: Layer) -> tuple[str, ...] | None:
    """Return what a lookup layer's ``get_vocabulary()`` lists (Keras' ``IndexLookup``).

    The mask's word comes first where the layer gives numbers, then the words for what is not
    known, then the vocabulary.

    Returns:
        None where the file does not hold the words, or contradicts itself about them. A word
        that is none (an ``oov_token`` of None) is ``""``.
    """
    config, mode = layer.config, output_mode(layer)
    if not mode or _is_early(model):
        return None
    if layer.class_name == "TextVectorization":
        config = {**config, **_TEXT_SPECIALS}
    elif not all(key in config for key in _SPECIALS):
        return None
    is_number = layer.class_name == "IntegerLookup"
    given = _items(config.get("vocabulary"))
    if given is None and layer.words is not None:
        found = layer.words()
        given = None if found is None else _numbers(found) if is_number else found
    special = _special_tokens(config, mode)
    kind = int if is_number else str
    if not given or special is None or not all(type(item) is kind for item in given):
        return None
    count = len(special)
    tokens = given[count:] if list(given[:count]) == special else given
    size = config.get("vocabulary_size")
    if isinstance(size, int) and size != count + len(tokens):
        return None
    return (*("" if word is None else str(word) for word in special), *map(str, tokens))


def _is_early(model: Model) -> bool:
    """Return whether the file is of a Keras whose lookups counted in another way."""
    if model.generation != 2:  # noqa: PLR2004 - the major version
        return model.generation == 1
    parts = model.keras_version.split(".")
    numbers = tuple(int(part) for part in parts[:2] if part.isdecimal())
    return bool(numbers) and numbers < _FIRST_SURE


def _special_tokens(config: Mapping[str, Any], mode: str) -> list[Any] | None:
    mask, unknown, count = (config[key] for key in ("mask_token", "oov_token", "num_oov_indices"))
    if type(count) is not int or not 0 <= count <= _MOST_SPECIAL:
        return None
    return [mask] * (mask is not None and mode == "int") + [unknown] * count


def _items(value: Any) -> Sequence[Any] | None:
    """Return a config's list, also where Keras 3 marked it as a tuple."""
    if isinstance(value, Mapping) and value.get("class_name") == "__tuple__":
        value = value.get("items")
    return value if isinstance(value, list) else None


def _numbers(words: Sequence[str]) -> list[int] | None:
    try:
        return [int(word) for word in words]
    except ValueError:
        return None


def bins_of(layer: Layer) -> tuple[str, ...] | None:
    """Return the ranges of a ``Discretization`` layer: ``< 18``, ``[18, 25)``, ``≥ 25``.

    Returns:
        None where its boundaries were never learned, or are not in order.
    """
    given = _items(layer.config.get("bin_boundaries"))
    if not given or not all(type(bound) in (int, float) for bound in given):
        return None
    if not all(low < high for low, high in itertools.pairwise(given)):
        return None
    bounds = [f"{bound:.9g}" for bound in given]
    inner = (f"[{low}, {high})" for low, high in itertools.pairwise(bounds))
    return (f"< {bounds[0]}", *inner, f"≥ {bounds[-1]}")
