"""Units that nothing leads to: every number of a kernel that would carry something there is 0.

What a unit is depends on the layer: of a Dense or recurrent kernel a unit, of a convolution a
filter (of a depthwise one each channel's each filter), of an attention projection each dimension
of each head, of an embedding a dimension. Which axes these are, the axes' names tell.
"""

from collections.abc import Callable

import numpy as np

from weightview.core.errors import CancelledError
from weightview.core.model import Weight
from weightview.core.numbers import holds_real_numbers
from weightview.core.sampling import chunk_regions, never
from weightview.core.values import Values

_FROM = frozenset({"input", "channel", "previous unit", "previous filter", "window", "index"})
_TO = frozenset(
    {
        "dimension",
        "filter",
        "gate and filter",
        "gate and unit",
        "output",
        "output column",
        "output row",
        "output step",
        "place",
        "unit",
    }
)


def unit_axes(weight: Weight) -> tuple[int, ...]:
    """Return the axes along which the units of a kernel lie; empty for what is no kernel."""
    names = [name.partition(" (")[0] for name in weight.axes]  # "unit (d)" of an EinsumDense
    if "multiplier" in names:
        return tuple(i for i, name in enumerate(names) if name in ("channel", "multiplier"))
    of_heads = [i for i, name in enumerate(names) if name.endswith(("head", " dimension"))]
    to = [i for i, name in enumerate(names) if name in _TO]
    leads_in = bool(_FROM.intersection(names))
    if "input" in names:
        to += of_heads
    elif "output" in names:
        leads_in = leads_in or bool(of_heads)
    return tuple(sorted(to)) if leads_in else ()


def count_dead_units(
    values: Values, weight: Weight, cancelled: Callable[[], bool] = never
) -> int | None:
    """Return to how many units of a kernel every number is 0; None for what is no kernel.

    A unit of an LSTM or a GRU is dead where it is so for all its gates; a NaN is not 0.

    Raises:
        CancelledError: ``cancelled`` said so between two chunks.
        FileChangedError: the file on disk is no longer the one that was opened.
    """
    axes = unit_axes(weight)
    if not axes or not weight.size or not holds_real_numbers(weight.dtype):
        return None
    others = tuple(axis for axis in range(len(weight.shape)) if axis not in axes)
    alive = np.zeros([weight.shape[axis] for axis in axes], np.bool_)
    for region in chunk_regions(weight.shape, weight.dtype.itemsize):
        if cancelled():
            raise CancelledError("Stopped.")
        part = tuple(slice(i, i + 1, 1) if isinstance(i, int) else i for i in region)
        is_set = np.asarray(values.read(weight, part)) != 0
        alive[tuple(part[axis] for axis in axes)] |= is_set.any(axis=others)
        if alive.all():
            return 0
    if weight.gates:
        by_gate = alive.reshape(*alive.shape[:-1], len(weight.gates), -1)
        alive = np.asarray(by_gate.any(axis=-2))
    return int(alive.size - np.count_nonzero(alive))
