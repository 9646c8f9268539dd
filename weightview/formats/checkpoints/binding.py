"""Whose variable each tensor of a checkpoint is: by the model's config, or by full names."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from weightview.formats.arrays import StoredArray
from weightview.formats.checkpoints.names import VALUE
from weightview.formats.config.layers import ConfigReader
from weightview.formats.drafts import Draft
from weightview.formats.hdf5.tree import natural
from weightview.formats.layouts.guessing import guessed_layer
from weightview.formats.order import WeightOrder
from weightview.formats.variables.table import Variable

_LISTED = re.compile(r"variables/(\d+)")
_LAYER = re.compile(r"layer(_with_weights)?-(\d+)")
_COPIES = "_all_variables/"


def draft_by_config(
    entry: Mapping[str, Any], arrays: Mapping[str, StoredArray], names: Mapping[str, str]
) -> tuple[Draft, list[StoredArray]] | None:
    """Return the model of ``entry`` with its tensors, and those that are none of its weights.

    Keras 2 names a tensor by the way to it: ``layer_with_weights-1/cell/kernel`` is the second
    layer that has weights; ``variables/3`` is the fourth of ``model.variables``.

    Returns:
        None where a tensor is left over or a weight is missing, as with layers that no table
        knows: then names are the better guide.
    """
    root = ConfigReader(2).model(entry)
    order = WeightOrder(2, "2.4.0")
    slots = order.weights(root)
    left: list[StoredArray] = []
    for key, array in arrays.items():
        path = key.removesuffix(VALUE)
        called = names.get(key, path).rpartition("/")[2]
        listed = _LISTED.fullmatch(path)
        draft: Draft | None
        if listed:
            number = int(listed.group(1))
            slot = slots[number] if number < len(slots) else None
            draft, variable = (slot.draft, slot.variable) if slot else (None, None)
        else:
            draft, variable = _by_way(root, path)
        if draft is None or variable is None or not variable.fits(array.shape):
            left.append(array)
        else:
            draft.bind(variable, array, re.sub(r":\d+$", "", called))
    missing = [slot for slot in slots if slot.key not in slot.draft.bound]
    unknown = [array for array in left if "seed_generator" not in names.get(array.name, "")]
    return None if missing or unknown else (root, left)


def _by_way(root: Draft, path: str) -> tuple[Draft | None, Variable | None]:
    """Follow attribute names from the model to one variable."""
    draft = root
    *way, last = path.split("/")
    for step in way:
        layer = _LAYER.fullmatch(step)
        if layer:
            candidates = [d for d in draft.inner if d.has_weights or not layer.group(1)]
            number = int(layer.group(2))
            if number >= len(candidates):
                return None, None
            draft = candidates[number]
        else:
            plain = step.lstrip("_")
            inner = next((d for d in draft.inner if d.role == plain), None)
            folder = draft.entry.folder if draft.entry is not None else ""
            if inner is None and plain != folder:
                return None, None
            draft = inner or draft
    plain = last.lstrip("_")
    return draft, next((v for v in draft.variables if v.called(plain)), None)


def draft_by_names(name: str, arrays: Mapping[str, StoredArray], names: Mapping[str, str]) -> Draft:
    """Return tensors as layers by their full names: ``dense/kernel`` belongs to ``dense``.

    Args:
        name: what the model is called.
        arrays: the tensors by key.
        names: full names by key; a key without one is its own.
    """
    root = Draft(name, "")
    full = {key: names.get(key) or key.removesuffix(VALUE) for key in arrays}
    repeated = {called for called, count in Counter(full.values()).items() if count > 1}
    for key, called in full.items():
        way = key.removesuffix(VALUE).rpartition("/")[0]
        if called in repeated and not way.endswith("variables"):
            # A model by a class of its own names all its layers alike; the way tells them apart.
            full[key] = f"{way.removeprefix('model/')}/{called.rpartition('/')[2]}"
    common = _common_scope(list(full.values()))
    layers: dict[str, list[tuple[str, StoredArray]]] = {}
    for key in sorted(arrays, key=natural):
        scope, _, own = full[key].removeprefix(common).rpartition("/")
        layers.setdefault(scope, []).append((re.sub(r":\d+$", "", own), arrays[key]))
    for scope, found in layers.items():
        if scope:
            root.inner.append(_layer(scope, found))
        else:
            for own, array in found:
                root.keep(own, array)
    return root


def _layer(scope: str, found: Sequence[tuple[str, StoredArray]]) -> Draft:
    draft = guessed_layer(scope, [own for own, _ in found])
    for own, array in found:
        if own == "seed_generator_state":
            draft.bind(Variable(own, ("word",), trainable=False, kind="state"), array, own)
        else:
            draft.keep(own, array)
    return draft


def copies_of(
    arrays: Mapping[str, StoredArray], names: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """Return, by a variable's key, the keys of what may be the copy that Keras 3 exports of it.

    An exported model holds each variable twice, under one full name: as ``variables/3`` and as
    ``_all_variables/7``. Where several have one name, their numbers tell which is whose.
    """
    by_name: dict[str, list[str]] = {}
    for key in arrays:
        if names.get(key):
            by_name.setdefault(names[key], []).append(key)
    found: dict[str, tuple[str, ...]] = {}
    for keys in by_name.values():
        copies = [key for key in keys if key.startswith(_COPIES)]
        firsts = [key for key in keys if not key.startswith(_COPIES)]
        if not copies or len(copies) != len(firsts):
            continue
        for first in firsts:
            like = [key for key in copies if _alike(arrays[first], arrays[key])]
            found[first] = tuple(like)
    return found


def _alike(left: StoredArray, right: StoredArray) -> bool:
    return (left.shape, left.dtype) == (right.shape, right.dtype)


def _common_scope(names: Sequence[str]) -> str:
    """Return the model's own scope where all names of layers begin with it."""
    heads = {name.split("/")[0] for name in names if name.count("/") > 1}
    flat = [name for name in names if name.count("/") == 1 and "seed_generator" not in name]
    return f"{heads.pop()}/" if len(heads) == 1 and not flat else ""
