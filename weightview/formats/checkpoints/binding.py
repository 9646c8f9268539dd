"""Whose variable each tensor of a checkpoint is: by the model's config, or by full names."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from weightview.formats.arrays import StoredArray
from weightview.formats.checkpoints.names import VALUE
from weightview.formats.config.layers import ConfigReader
from weightview.formats.drafts import Draft
from weightview.formats.hdf5.tree import natural
from weightview.formats.layouts.guessing import class_by_name, config_by_names
from weightview.formats.order import WeightOrder
from weightview.formats.variables.lookup import variables_of
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
        None where not every weight of the model was found, so that names are the better guide.
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
    return None if missing else (root, left)


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

    A copy of a tensor that the checkpoint holds beside the first becomes its twin.

    Args:
        name: what the model is called.
        arrays: the tensors by key.
        names: full names by key; a key without one is its own.
    """
    root = Draft(name, "")
    copies = dict(_pairs(arrays, names))
    hidden = {copy.name for copy in copies.values()}
    firsts = [key for key in arrays if key not in hidden]
    full = {key: names.get(key) or key.removesuffix(VALUE) for key in firsts}
    common = _common_scope(list(full.values()))
    layers: dict[str, list[tuple[str, StoredArray]]] = {}
    for key in sorted(firsts, key=natural):
        scope, _, own = full[key].removeprefix(common).rpartition("/")
        layers.setdefault(scope, []).append((re.sub(r":\d+$", "", own), arrays[key]))
    for scope, found in layers.items():
        if scope:
            root.inner.append(_layer(scope, found))
        else:
            root.extra += found
    for draft in root.walk():
        for bound in draft.bound.values():
            if bound.array.name in copies:
                draft.twins[bound.variable.name] = copies[bound.array.name]
    return root


def _layer(scope: str, found: Sequence[tuple[str, StoredArray]]) -> Draft:
    class_name = class_by_name(scope.rpartition("/")[2])
    entry = variables_of(class_name) if class_name else None
    draft = Draft(scope, class_name)
    config = config_by_names(entry, class_name, [own for own, _ in found]) if entry else None
    if entry is not None and config is not None:
        draft.config, draft.entry, draft.variables = config, entry, entry.of(config)
        for own, array in found:
            variable = next((v for v in draft.variables if v.called(own)), None)
            if (
                variable is not None
                and variable.fits(array.shape)
                and variable.name not in draft.bound
            ):
                draft.bind(variable, array, own)
            else:
                draft.extra.append((own, array))
        return draft
    for own, array in found:
        if own == "seed_generator_state":
            seed = Variable(own, ("word",), trainable=False, kind="state")
            draft.bind(seed, array, own)
        else:
            # Bound, not extra, so that a copy of it in the file can be found.
            draft.bind(
                Variable(own, tuple(f"axis {n}" for n in range(len(array.shape)))), array, own
            )
    draft.variables = tuple(bound.variable for bound in draft.bound.values())
    return draft


def _pairs(
    arrays: Mapping[str, StoredArray], names: Mapping[str, str]
) -> Iterator[tuple[str, StoredArray]]:
    """Yield the key of a variable and the copy of it that Keras 3 exports beside it."""
    by_name: dict[str, list[str]] = {}
    for key in arrays:
        if names.get(key):
            by_name.setdefault(names[key], []).append(key)
    for keys in by_name.values():
        copies = [key for key in keys if key.startswith(_COPIES)]
        firsts = [key for key in keys if not key.startswith(_COPIES)]
        if len(copies) == 1 and len(firsts) == 1:
            first, copy = arrays[firsts[0]], arrays[copies[0]]
            if (first.shape, first.dtype) == (copy.shape, copy.dtype):
                yield firsts[0], copy


def _common_scope(names: Sequence[str]) -> str:
    """Return the model's own scope where all names of layers begin with it."""
    heads = {name.split("/")[0] for name in names if name.count("/") > 1}
    flat = [name for name in names if name.count("/") == 1 and "seed_generator" not in name]
    return f"{heads.pop()}/" if len(heads) == 1 and not flat else ""
