"""What the weights of a file are held against: the variables that the config lets expect."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from weightview.core.numbers import shorten
from weightview.formats.arrays import StoredArray
from weightview.formats.drafts import Bound, Draft
from weightview.formats.hdf5.tree import Group

_SIZES = {
    "unit": "units",
    "gate and unit": "units",
    "filter": "filters",
    "gate and filter": "filters",
    "index": "input_dim",
    "dimension": "output_dim",
    "head": "num_heads",
    "key dimension": "key_dim",
}
_MAXIMUM_SENTENCES = 20


def odd_weights(root: Draft) -> list[str]:
    """Return sentences about weights that are missing, or of another shape than the config says.

    A model that was never built has no weights at all, which is not odd.
    """
    sentences: list[str] = []
    if any(draft.bound for draft in root.walk()) or _is_built(root):
        for draft in root.walk():
            sentences += _missing(draft)
    for draft in root.walk():
        for bound in draft.bound.values():
            sentences += _other_shape(draft, bound)
    return _at_most(sentences)


def _is_built(root: Draft) -> bool:
    """Return whether the config tells an input's shape, with which Keras makes the weights."""
    keys = ("batch_shape", "batch_input_shape")
    return any(key in draft.config for draft in root.walk() for key in keys)


def _missing(draft: Draft) -> Iterator[str]:
    lacking = [
        variable.name
        for variable in draft.variables
        if variable.stored
        and not variable.alias
        and variable.kind == "weight"
        and variable.name not in draft.bound
    ]
    if lacking:
        there = f"; instead it has {len(draft.extra)} others" if draft.extra else ""
        yield (
            f"The file lacks what the layer “{shorten(draft.name)}” is expected to have: "
            f"{', '.join(lacking)} (missing or not recognised{there})."
        )


def _other_shape(draft: Draft, bound: Bound) -> Iterator[str]:
    shape = bound.array.shape
    axes = bound.variable.axes_for(draft.config, shape)
    for axis, length in zip(axes, shape, strict=True):
        expected = _expected(draft.config, axis, len(bound.variable.gates) or 1)
        if expected is not None and expected != length:
            yield (
                f"The layer “{shorten(draft.name)}”: {bound.name} has the shape {shape}, but its "
                f"config says {_SIZES[axis]} = {draft.config[_SIZES[axis]]}."
            )
            return


def _expected(config: Mapping[str, Any], axis: str, gates: int) -> int | None:
    key = _SIZES.get(axis)
    value = config.get(key) if key else None
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value * gates if axis.startswith("gate and") else value


def odd_groups(root: Group) -> list[str]:
    """Return sentences about groups where arrays are expected, and the other way round."""
    sentences = []
    for group in root.walk():
        is_variables = group.path.rpartition("/")[2] == "vars"
        if is_variables and group.groups:
            sentences.append(f"“{shorten(group.path)}” holds a group where a dataset is expected.")
        if "vars" in group.arrays:
            sentences.append(
                f"“{shorten(group.path)}/vars” is a dataset where a group is expected."
            )
    return _at_most(sentences)


def shared_places(root: Group) -> list[str]:
    """Return a sentence for each array that lies at the same place as another one."""
    seen: dict[int, StoredArray] = {}
    sentences = []
    for array in root.all_arrays():
        if array.offset is None or not array.nbytes:
            continue
        other = seen.setdefault(array.offset, array)
        if other is not array:
            sentences.append(
                f"“{shorten(array.name)}” and “{shorten(other.name)}” share the same numbers (a "
                "hard link): an edit of one changes both."
            )
    return _at_most(sentences)


def odd_types(root: Group) -> list[str]:
    """Return a sentence for each array whose values are not numbers, and so are not edited."""
    sentences = [
        f"“{shorten(array.name)}” is of the type {array.dtype}, which is not edited."
        for array in root.all_arrays()
        if array.dtype.kind in "SUOV" and not array.editable and array.dtype != _BFLOAT16
    ]
    return _at_most(sentences)


_BFLOAT16 = np.dtype("V2")
"""Two raw bytes are Keras' bfloat16."""


def _at_most(sentences: list[str]) -> list[str]:
    if len(sentences) <= _MAXIMUM_SENTENCES:
        return sentences
    more = len(sentences) - _MAXIMUM_SENTENCES
    return [*sentences[:_MAXIMUM_SENTENCES], f"There are {more} more oddities of this kind."]


def oddities(root: Draft | None, tree: Group) -> list[str]:
    """Return all sentences of this module about the tree that holds a model's weights.

    Args:
        root: the model as its config describes it, None where no config does.
        tree: the tree.
    """
    of_model = odd_weights(root) if root is not None else []
    return [*of_model, *odd_groups(tree), *shared_places(tree), *odd_types(tree)]
