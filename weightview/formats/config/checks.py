"""Settings of a config that cannot be: a wrong type, a size below one or beyond any machine."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from weightview.core.numbers import shorten
from weightview.formats.drafts import Draft

_COUNTS = (
    *("units", "filters", "input_dim", "output_dim", "num_heads", "key_dim", "value_dim"),
    *("depth_multiplier", "groups", "head_dim", "num_query_heads", "num_key_value_heads"),
)
_NEVER_OPEN = ("units", "filters")
_LARGEST = 1 << 31
_LARGEST_SHAPE = 1 << 40
_MOST_AXES = 64
_SHAPES = ("batch_shape", "batch_input_shape")


def odd_settings(root: Draft) -> list[str]:
    """Return a sentence for each setting of the layers that cannot be."""
    sentences: list[str] = []
    for draft in root.walk():
        sentences += _of_layer(draft)
        sentences += _repeated_names(draft)
    return list(dict.fromkeys(sentences))


def odd_entries(config: Mapping[str, Any], name: str) -> list[str]:
    """Return sentences about entries of ``layers`` that are no layers."""
    layers = config.get("layers")
    if "layers" not in config or layers is None:
        return []
    if not isinstance(layers, list):
        return [
            f"“{shorten(name)}”: its layers are a {type(layers).__name__}, not a list, and are "
            "not shown."
        ]
    sentences = []
    for number, entry in enumerate(layers):
        if not isinstance(entry, Mapping):
            sentences.append(
                f"“{shorten(name)}”: layer {number} is {shorten(repr(entry), 30)}, not a layer, "
                "and is left out."
            )
        elif not isinstance(entry.get("class_name"), str):
            sentences.append(
                f"“{shorten(name)}”: layer {number} has no class_name, so what it does is open."
            )
        elif not isinstance(entry.get("config"), (Mapping, list)):
            sentences.append(
                f"“{shorten(name)}”: the config of layer {number} is "
                f"{shorten(repr(entry.get('config')), 30)}, so what it does is open."
            )
    return sentences


def _of_layer(draft: Draft) -> Iterator[str]:
    where = f"The layer “{shorten(draft.name)}”"
    for key in _COUNTS:
        value = draft.config.get(key, 1)
        if value is None and key in _NEVER_OPEN:
            yield f"{where}: {key} is null, not a whole number."
        if value is None or (key in ("input_dim", "output_dim") and value == 0):
            continue
        if isinstance(value, bool) or not isinstance(value, int):
            if not isinstance(value, float) or not value.is_integer():
                yield f"{where}: {key} is {shorten(repr(value), 30)}, not a whole number."
        elif value < 1:
            yield f"{where}: {key} is {value}, which must be positive (its shape cannot be)."
        elif value > _LARGEST:
            yield f"{where}: {key} is {shorten(f'{value:,}', 30)}, too large for any shape."
    for key in _SHAPES:
        if key in draft.config:
            yield from _of_shape(where, key, draft.config[key])
    name = draft.config.get("name")
    if name is not None and not isinstance(name, str):
        yield f"{where}: its name is {shorten(repr(name), 30)}, not a text."
    elif isinstance(name, str) and not name.isprintable():
        yield f"{where}: its name holds control characters (a null or the like)."


def _of_shape(where: str, key: str, shape: Any) -> Iterator[str]:
    if shape is None:
        return
    if isinstance(shape, Mapping) and isinstance(shape.get("items"), list):
        shape = shape["items"]
    if isinstance(shape, Mapping):  # several inputs of one layer come as a dict or list of shapes
        return
    if not isinstance(shape, Sequence) or isinstance(shape, str) or len(shape) > _MOST_AXES:
        yield f"{where}: {key} is {shorten(repr(shape), 40)}, which is no shape."
        return
    numbers = [n for n in shape if n is not None and not isinstance(n, (list, tuple, Mapping))]
    if any(isinstance(n, bool) or not isinstance(n, int) or n < 0 for n in numbers):
        yield f"{where}: {key} is {shorten(repr(shape), 40)}, which is no shape."
        return
    size = 1
    for number in numbers:
        size *= max(number, 1)
    if size > _LARGEST_SHAPE:
        yield f"{where}: {key} is {shorten(repr(shape), 40)}, a shape too large for any machine."


def _repeated_names(draft: Draft) -> Iterator[str]:
    if not draft.is_model:
        return
    counts = Counter(inner.name for inner in draft.inner)
    for name, count in counts.items():
        if count > 1:
            yield (
                f"“{shorten(draft.name)}” has {count} layers named “{shorten(name)}” (a duplicate "
                "name): their weights are told apart by their order alone."
            )
