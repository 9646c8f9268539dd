"""The names that a model itself gives to the places of a weight's axes.

An embedding's rows are the words of the vocabulary that feeds it; a kernel's rows are the
categories, or the named inputs, that it multiplies. Where that is not certain there is no name.
"""

from collections.abc import Sequence

from weightview.core.document import Document, Snapshot
from weightview.core.model import Model, Weight


def own_names(
    source: Model | Document | Snapshot, weight: Weight, axis: int
) -> Sequence[str] | None:
    """Return the names that the model gives to the places along one axis of a weight.

    Args:
        source: the model, or the document that holds it.
        weight: one of its weights.
        axis: which axis of the weight, from 0; negative ones count from the last.

    Returns:
        One text per place, ``""`` where that place has none, each made when it is asked for;
        None where the model names none of them.
    """
    model = source if isinstance(source, Model) else source.model
    del model, weight, axis
    return None
