"""What a model itself calls the rows and units of its weights."""

from collections.abc import Sequence

from weightview.core import axis_names
from weightview.core.document import Document, Snapshot
from weightview.core.model import Weight


def own_names(
    document: Document | Snapshot, weight: Weight | str, axis: int = 0
) -> Sequence[str] | None:
    """Return what the model calls the places along one axis of a weight.

    The rows of an embedding have the words of the lookup that feeds it, in the order of
    ``get_vocabulary()``; the rows of a kernel the categories, bins and named inputs that they
    multiply; the units of a layer whose largest is looked up by a lookup turned round, its words.

    Args:
        document: the document, or a snapshot of it.
        weight: the weight or its path.
        axis: which axis, from 0; negative ones count from the last.

    Returns:
        One text for each place, ``""`` for one without a name; None where the model names none,
        or the file does not settle the names.

    Raises:
        WeightNotFoundError: no weight has this path.
    """
    found = weight if isinstance(weight, Weight) else document.model.weight(weight)
    return axis_names.own_names(document, found, axis)
