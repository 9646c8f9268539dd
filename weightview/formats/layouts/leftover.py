"""What a file holds beside the model's weights: optimizer state, metrics, foreign arrays."""

from collections.abc import Iterator

from weightview.formats.arrays import StoredArray
from weightview.formats.assembly import OtherKind
from weightview.formats.hdf5.tree import Group
from weightview.formats.layouts.by_name import names_of

OPTIMIZER = ("optimizer", "optimizer_weights", "_optimizer")
METRICS = (
    "metrics",
    "_metrics",
    "_compile_metrics",
    "compiled_metrics",
    "_loss_tracker",
    "loss_tracker",
    "_compile_loss",
)
APART = (*OPTIMIZER, *METRICS)
"""Groups at the root of a Keras 3 file that are no layers."""


def others(root: Group, taken: set[str]) -> Iterator[tuple[StoredArray, OtherKind]]:
    """Yield the arrays that belong to no layer, each with what it is."""
    for array in _listed_first(root):
        if array.name not in taken:
            yield array, _kind(array.name)


def _listed_first(root: Group) -> Iterator[StoredArray]:
    """Yield all arrays, those of an optimizer in the order in which its group lists them."""
    listed: dict[str, StoredArray] = {}
    for name in OPTIMIZER:
        group = root.groups.get(name)
        for weight in names_of(group, "weight_names") if group is not None else ():
            array = group.array(weight) if group is not None else None
            if array is not None:
                listed[array.name] = array
    yield from listed.values()
    yield from (array for array in root.all_arrays() if array.name not in listed)


def _kind(name: str) -> OtherKind:
    first = name.split("/", 1)[0]
    if first in OPTIMIZER:
        return "optimizer"
    return "metric" if first in METRICS else "other"
