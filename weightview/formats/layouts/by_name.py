"""The HDF5 layout of Keras 1 and 2, which Keras 3 still writes for ``.h5``: weights by name.

Each layer of the model is a group with an attribute ``weight_names``: the datasets in the order of
the layer's weights, what is trained first. The names carry scopes, which differ from file to file.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from weightview.core.model import Generation
from weightview.core.numbers import shorten
from weightview.formats.arrays import StoredArray
from weightview.formats.drafts import Draft
from weightview.formats.hdf5.tree import Group
from weightview.formats.layouts.guessing import guessed_layer
from weightview.formats.order import Slot, WeightOrder

_TOP_LEVEL = "top_level_model_weights"


@dataclass(frozen=True, eq=False)
class Named:
    """A dataset with the name that ``weight_names`` gives it."""

    name: str
    array: StoredArray

    @property
    def plain(self) -> str:
        """The name without scope and ``:0``."""
        return re.sub(r":\d+$", "", self.name).rpartition("/")[2]


def is_by_name(group: Group) -> bool:
    """Return whether ``group`` lists layers by name."""
    return "layer_names" in group.attributes or "layer_names0" in group.attributes


def bind_by_name(root: Draft, file: Group, order: WeightOrder) -> set[str]:
    """Bind the arrays of ``file`` to the layers of ``root``; return the names of those taken.

    Layers that the file has and ``root`` has not are added to it.
    """
    listed = names_of(file, "layer_names")
    layers = {draft.name: draft for draft in root.inner} | _renamed(root, file, listed)
    taken: set[str] = set()
    for layer_name in listed:
        group = file.groups.get(layer_name) or file.group(layer_name)
        if group is None:
            continue
        named = _named(group)
        if not named:
            continue
        taken.update(item.array.name for item in named)
        draft = layers.get(layer_name)
        if draft is None:
            draft = Draft(layer_name, "")
            root.inner.append(draft)
        bind_layer(draft, named, order)
    top = file.groups.get(_TOP_LEVEL)
    if top is not None:
        for item in _named(top):
            taken.add(item.array.name)
            root.extra.append((item.plain, item.array))
    return taken


def _renamed(root: Draft, file: Group, listed: Sequence[str]) -> dict[str, Draft]:
    """Pair layers by order where no name with weights agrees, as ``load_weights`` does."""
    here = [draft for draft in root.inner if draft.has_weights]
    groups = {name: file.groups.get(name) or file.group(name) for name in listed}
    there = [name for name, group in groups.items() if group is not None and _named(group)]
    if len(here) != len(there) or {draft.name for draft in here} & set(there):
        return {}
    return dict(zip(there, here, strict=True))


def layers_by_name(file: Group, generation: Generation | None) -> list[Draft]:
    """Return a draft of each layer that ``file`` lists, as far as names and arrays tell."""
    drafts = []
    for name in names_of(file, "layer_names"):
        group = file.groups.get(name) or file.group(name)
        names = [item.plain for item in _named(group)] if group is not None else []
        drafts.append(guessed_layer(name, names, generation))
    return drafts


def odd_names(file: Group) -> list[str]:
    """Return sentences about names in the lists of ``file`` that lead nowhere, or repeat."""
    sentences = []
    listed = names_of(file, "layer_names")
    for name, count in Counter(listed).items():
        if count > 1:
            sentences.append(f"The layer “{shorten(name)}” is listed twice (a duplicate name).")
        group = file.groups.get(name) or file.group(name)
        if group is None:
            sentences.append(
                f"The list of layers names “{shorten(name)}”, an invalid name that is not there."
            )
            continue
        lost = [n for n in names_of(group, "weight_names") if group.array(n) is None]
        if lost:
            sentences.append(
                f"The layer “{shorten(name)}” lists the weight “{shorten(lost[0])}”, which is "
                "missing."
            )
    return sentences[:20]


def names_of(group: Group, attribute: str) -> list[str]:
    """Return a list of names; Keras splits one beyond 64 kB over ``name0``, ``name1`` ..."""
    parts: list[Any] = []
    if attribute in group.attributes:
        parts = _listed(group.attributes[attribute])
    else:
        number = 0
        while f"{attribute}{number}" in group.attributes:
            parts += _listed(group.attributes[f"{attribute}{number}"])
            number += 1
    return [part for part in parts if isinstance(part, str)]


def _listed(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return value.tolist() if hasattr(value, "tolist") else []


def _named(group: Group) -> list[Named]:
    found = []
    for name in names_of(group, "weight_names"):
        array = group.array(name)
        if array is not None:
            found.append(Named(name, array))
    return found


def bind_layer(draft: Draft, named: Sequence[Named], order: WeightOrder) -> None:
    """Give each of ``named`` to the variable it is, in ``draft`` or a layer inside it."""
    slots = [slot for slot in order.legacy(draft) if slot.variable is not None]
    pairs = _in_order(slots, named) or _by_names(slots, named)
    places: dict[int, tuple[Draft, str]] = {}
    for slot, item in pairs:
        assert slot.variable is not None
        slot.draft.bind(slot.variable, item.array, item.plain)
        places[id(item)] = (slot.draft, slot.variable.name)
    unknown = [item for item in named if id(item) not in places]
    if unknown:
        places |= _add_unknown(draft, unknown)
        draft.file_order = [places[id(item)] for item in named]
        # Keras 3 lists a layer's weights by inner layer, its files what is trained first.
        draft.is_order_open = order.is_keras3 and len({id(d) for d, _ in draft.file_order}) > 1


def _in_order(slots: Sequence[Slot], named: Sequence[Named]) -> list[tuple[Slot, Named]]:
    """Pair by position where every name and rank agrees; else nothing."""
    if len(slots) != len(named):
        return []
    pairs = list(zip(slots, named, strict=True))
    return pairs if all(_agree(slot, item) for slot, item in pairs) else []


def _by_names(slots: Sequence[Slot], named: Sequence[Named]) -> list[tuple[Slot, Named]]:
    """Pair each name with the first free variable of this name whose layer's name is in it."""
    free = list(slots)
    pairs = []
    for item in named:
        scopes = item.name.split("/")
        fits = [slot for slot in free if _agree(slot, item)]
        chosen = next((slot for slot in fits if slot.draft.name in scopes), None)
        chosen = chosen or (fits[0] if fits else None)
        if chosen is not None:
            free.remove(chosen)
            pairs.append((chosen, item))
    return pairs


def _agree(slot: Slot, item: Named) -> bool:
    variable = slot.variable
    assert variable is not None
    if not variable.fits(item.array.shape):
        return False
    return variable.called(item.plain)


def _add_unknown(draft: Draft, named: Sequence[Named]) -> dict[int, tuple[Draft, str]]:
    """Keep arrays that are none of the known variables, in layers named after their scopes.

    Returns:
        The layer and the key of each, by the identity of its :class:`Named`.
    """
    known = {inner.name: inner for inner in draft.inner}
    heads = {item.name.split("/")[0] for item in named}
    by_scope: dict[str, list[Named]] = {}
    for item in named:
        scope = "/".join(_scopes_inside(draft, item, is_shared=len(heads) == 1))
        by_scope.setdefault(scope, []).append(item)
    places: dict[int, tuple[Draft, str]] = {}
    for scope, items in by_scope.items():
        holder = known.get(scope) if scope else draft
        if holder is None:
            holder = guessed_layer(scope, [item.plain for item in items])
            holder.trainable = draft.trainable
            draft.inner.append(holder)
        for item in items:
            places[id(item)] = (holder, holder.keep(item.plain, item.array))
    return places


def _scopes_inside(draft: Draft, item: Named, *, is_shared: bool) -> list[str]:
    """Return the scopes of a name below the layer itself.

    Args:
        draft: the layer.
        item: the name.
        is_shared: whether all names of the layer begin alike, with the layer's or model's name.
    """
    scopes = item.name.split("/")[:-1]
    if draft.name in scopes:
        return scopes[len(scopes) - scopes[::-1].index(draft.name) :]
    return scopes[1:] if is_shared else scopes
