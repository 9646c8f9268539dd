"""Keras 3 and the early format of 2.12: variables by number in groups named after classes.

``layers/dense_1/vars/0``: the folder is the snake-case class with a count, not the layer's name;
the number is the place in ``save_own_variables``. Which layer is meant follows from the config's
order.
"""

from collections import defaultdict
from collections.abc import Sequence

from weightview.formats.arrays import StoredArray
from weightview.formats.drafts import Draft
from weightview.formats.hdf5.tree import Group, natural
from weightview.formats.layouts.guessing import class_part, inferred_config
from weightview.formats.layouts.leftover import APART
from weightview.formats.variables.lookup import (
    classes_by_snake_case,
    snake_case,
    variables_of,
)
from weightview.formats.variables.table import Variable

_VARIABLES = "vars"
_LAYER_FOLDERS = ("layers", "_layer_checkpoint_dependencies", "_functional/layers")


def is_numbered(root: Group) -> bool:
    """Return whether any group below ``root`` holds numbered variables."""
    return any(group.path.rpartition("/")[2] == _VARIABLES for group in root.walk())


def bind_numbered(root: Draft, file: Group) -> set[str]:
    """Bind the arrays of ``file`` to ``root`` and the layers inside it.

    Returns:
        The names of the arrays that were given to a layer.
    """
    taken: set[str] = set()
    pending: list[tuple[Draft, Group]] = [(root, file)]
    while pending:
        draft, group = pending.pop()
        draft.group = group.path
        claimed = _bind_own(draft, group, taken)
        claimed |= _inner_groups(draft, group, pending)
        if draft is root:
            claimed |= {_VARIABLES, *APART}
        unknown = [
            inner
            for name in sorted(group.groups, key=natural)
            if name not in claimed
            for inner in _unknown(name, group.groups[name], taken)
        ]
        # Only the code of such a class knows in which order it made them.
        draft.is_order_open = draft.is_order_open or len(unknown) > (0 if draft.inner else 1)
        draft.inner += unknown
    return taken


def _bind_own(draft: Draft, group: Group, taken: set[str]) -> set[str]:
    """Bind the layer's own variables; return the names of the groups that are used up."""
    claimed = {_VARIABLES}
    arrays = _numbered(group.groups.get(_VARIABLES))
    folder = draft.entry.folder if draft.entry is not None else ""
    if folder and not arrays:
        arrays = _numbered(group.group(f"{folder}/{_VARIABLES}"))
        claimed.add(folder)
    seeds = group.groups.get("seed_generator")
    if seeds is not None:
        claimed.add("seed_generator")
        _bind_seed(draft, seeds, taken)
    taken.update(array.name for array in arrays)
    if not arrays:
        return claimed
    expected = draft.entry.stored(draft.config) if draft.entry is not None else draft.variables
    names = fitting(expected, arrays) or _by_number(draft, expected, arrays)
    if names is None:
        draft.extra += [(f"{_VARIABLES}/{number}", array) for number, array in enumerate(arrays)]
        return claimed
    for variable, array in zip(names, arrays, strict=True):
        if variable.alias:
            for inner in draft.inner:
                if inner.role == variable.alias:
                    inner.twins[_kernel_of(inner)] = array
        else:
            draft.bind(variable, array)
    return claimed


def _kernel_of(draft: Draft) -> str:
    """Return the name of the variable that a wrapper takes for the kernel."""
    return "embeddings" if draft.class_name.endswith("Embedding") else "kernel"


def fitting(
    expected: Sequence[Variable], arrays: Sequence[StoredArray]
) -> tuple[Variable, ...] | None:
    """Return the variables that ``arrays`` are, one for each, or None where that is open."""
    if len(expected) == len(arrays) and _fit(expected, arrays):
        return tuple(expected)
    return None


def _by_number(
    draft: Draft, expected: Sequence[Variable], arrays: Sequence[StoredArray]
) -> tuple[Variable, ...] | None:
    """Return the variables of which some are missing: the number says which are there."""
    numbers = [array.name.rpartition("/")[2] for array in arrays]
    if not draft.config or not all(number.isdecimal() for number in numbers):
        return None
    if len(arrays) >= len(expected) or any(int(n) >= len(expected) for n in numbers):
        return None
    found = tuple(expected[int(number)] for number in numbers)
    return found if _fit(found, arrays) else None


def _fit(expected: Sequence[Variable], arrays: Sequence[StoredArray]) -> bool:
    pairs = zip(expected, arrays, strict=True)
    return all(variable.fits(array.shape) for variable, array in pairs)


def _numbered(group: Group | None) -> list[StoredArray]:
    if group is None:
        return []
    return [group.arrays[name] for name in sorted(group.arrays, key=natural)]


def _bind_seed(draft: Draft, group: Group, taken: set[str]) -> None:
    for array in group.all_arrays():
        variable = Variable("seed_generator_state", ("word",), trainable=False, kind="state")
        draft.bind(variable, array)
        taken.add(array.name)


def _inner_groups(draft: Draft, group: Group, pending: list[tuple[Draft, Group]]) -> set[str]:
    """Pair the layers inside ``draft`` with their groups; return the groups that are used up."""
    claimed: set[str] = set()
    if draft.is_model:
        for folder in _LAYER_FOLDERS:
            container = group.group(folder)
            if container is not None:
                claimed.add(folder.split("/")[0])
                pending += _by_class(draft.inner, container)
                break
        return claimed
    listed = [inner for inner in draft.inner if inner.role == "cells"]
    container = group.groups.get("cells") or group.groups.get("_cells")
    if listed and container is not None:
        claimed.add(container.path.rpartition("/")[2])
        pending += _by_class(listed, container)
    for inner in draft.inner:
        for name in (inner.role, f"_{inner.role}"):
            found = group.groups.get(name)
            if found is not None and inner.role != "cells":
                claimed.add(name)
                pending.append((inner, found))
                break
    if draft.class_name == "Bidirectional":
        # The layer given to Bidirectional is copied, and itself never built.
        claimed.add("layer")
    return claimed


def _by_class(layers: Sequence[Draft], container: Group) -> list[tuple[Draft, Group]]:
    """Pair layers with the groups named after their classes.

    Keras 3 counts each class from 0: ``dense``, ``dense_1``. The format of 2.12 counts in twos,
    so that where a count is missing the order decides.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for name in sorted(container.groups, key=natural):
        groups[class_part(name)].append(name)
    by_class: dict[str, list[Draft]] = defaultdict(list)
    for layer in layers:
        stored = layer.entry.stored_class if layer.entry is not None else ""
        by_class[snake_case(stored or layer.class_name)].append(layer)
    pairs: list[tuple[Draft, Group]] = []
    for class_name, drafts in by_class.items():
        names = groups.get(class_name, [])
        exact = [
            class_name if number == 0 else f"{class_name}_{number}" for number in range(len(drafts))
        ]
        in_order = len(names) == len(drafts) and not set(names) <= set(exact)
        chosen = names if in_order else exact
        for draft, name in zip(drafts, chosen, strict=True):
            if name in container.groups:
                pairs.append((draft, container.groups[name]))
    return pairs


def _unknown(name: str, group: Group, taken: set[str]) -> list[Draft]:
    """Return drafts of a group that no config describes: of a custom layer or a model's class.

    A group without ``vars`` is a list of layers, each named after its class; else it is an
    attribute, whose name says nothing about the class.
    """
    if group.is_empty:
        return []
    return [layer_of_group(name, group, taken, is_listed=False)]


def layer_of_group(name: str, group: Group, taken: set[str], *, is_listed: bool) -> Draft:
    """Return a draft of a group and all below it, as far as the file alone tells.

    Args:
        name: the group's name.
        group: the group.
        taken: the names of arrays given to a layer, to which this adds.
        is_listed: whether the group stands in a list, so that its name is that of its class.
    """
    root = _guess(name, group, is_listed)
    pending = [(root, group)]
    while pending:
        draft, current = pending.pop()
        has_variables = _VARIABLES in current.groups
        claimed = _bind_own(draft, current, taken)
        is_model = any(folder in current.groups for folder in _LAYER_FOLDERS)
        draft.is_model = draft.is_model or is_model
        for inner_name in sorted(current.groups, key=natural):
            inner_group = current.groups[inner_name]
            if inner_name in claimed or inner_group.is_empty:
                continue
            if inner_name in _LAYER_FOLDERS:
                listed = sorted(inner_group.groups, key=natural)
                for item in listed:
                    if not inner_group.groups[item].is_empty:
                        child = _guess(item, inner_group.groups[item], True)
                        draft.inner.append(child)
                        pending.append((child, inner_group.groups[item]))
                continue
            child = _guess(inner_name, inner_group, not has_variables)
            child.role = inner_name
            draft.inner.append(child)
            pending.append((child, inner_group))
    return root


def _guess(name: str, group: Group, is_listed: bool) -> Draft:
    """Return an empty draft whose class follows from the group's name, where that is certain."""
    class_name = classes_by_snake_case().get(class_part(name), "") if is_listed else ""
    stored = group.groups[_VARIABLES].attributes.get("name") if _VARIABLES in group.groups else None
    if not class_name and isinstance(stored, str):
        class_name = classes_by_snake_case().get(class_part(stored), "")
    draft = Draft(
        name=stored if isinstance(stored, str) and stored else name, class_name=class_name
    )
    entry = variables_of(class_name) if class_name else None
    if entry is None:
        return draft
    folder = f"{entry.folder}/{_VARIABLES}" if entry.folder else _VARIABLES
    arrays = _numbered(group.group(folder))
    draft.config = inferred_config(class_name, arrays)
    draft.entry = entry
    draft.variables = entry.of(draft.config)
    return draft
