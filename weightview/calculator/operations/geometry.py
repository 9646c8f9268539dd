"""Where windows lie: which cells of the input a window at a place of the output covers."""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from weightview.calculator.tensors import Array
from weightview.calculator.trace import Index

Sizes = tuple[int, ...]


@dataclass(frozen=True)
class Windows:
    """Windows that slide over the spatial axes of an array with channels last.

    Attributes:
        sizes: the input's spatial sizes.
        window: the window's size on each axis.
        strides: by how much it moves.
        dilation: how far its cells lie apart.
        before: by how much it begins before the input's first cell.
        places: how many windows there are on each axis.
    """

    sizes: Sizes
    window: Sizes
    strides: Sizes
    dilation: Sizes
    before: Sizes
    places: Sizes

    def covered(self, place: Index) -> Iterator[tuple[Index, Index]]:
        """Yield each cell in the window at ``place`` that lies inside, with its input cell."""
        axes = []
        for axis, at in enumerate(place):
            start = at * self.strides[axis] - self.before[axis]
            cells = [(tap, start + tap * self.dilation[axis]) for tap in range(self.window[axis])]
            axes.append([(tap, i) for tap, i in cells if 0 <= i < self.sizes[axis]])
        for inside in itertools.product(*axes):
            yield tuple(tap for tap, _ in inside), tuple(i for _, i in inside)

    @property
    def after(self) -> Sizes:
        """How many cells must be added at the end of each axis for the last window."""
        return tuple(
            max(0, (p - 1) * s + (w - 1) * d + 1 - b - n)
            for p, s, w, d, b, n in zip(
                self.places,
                self.strides,
                self.window,
                self.dilation,
                self.before,
                self.sizes,
                strict=True,
            )
        )

    def padded(self, x: Array, fill: float = 0.0) -> Array:
        """Return ``x`` ``(batch, *sizes, channels)`` with what the windows need around it."""
        around = list(zip(self.before, self.after, strict=True))
        pads = [(0, 0), *around, (0, 0)]
        if not any(a or b for a, b in pads):
            return x
        return np.pad(x, pads, constant_values=fill)

    def view(self, x: Array) -> Array:
        """Return a view ``(batch, *places, *window, channels)`` of a padded ``x``."""
        batch, *steps, channel = x.strides
        return np.lib.stride_tricks.as_strided(
            x,
            (x.shape[0], *self.places, *self.window, x.shape[-1]),
            (
                batch,
                *(t * s for t, s in zip(steps, self.strides, strict=True)),
                *(t * d for t, d in zip(steps, self.dilation, strict=True)),
                channel,
            ),
            writeable=False,
        )

    def tap(self, x: Array, tap: Index) -> Array:
        """Return the cells of a padded ``x`` that stand at ``tap`` of every window."""
        key = tuple(
            slice(t * d, t * d + (p - 1) * s + 1, s)
            for t, d, p, s in zip(tap, self.dilation, self.places, self.strides, strict=True)
        )
        return x[(slice(None), *key)]


def windows(sizes: Sizes, window: Sizes, strides: Sizes, dilation: Sizes, padding: str) -> Windows:
    """Return the windows for Keras' ``valid``, ``same`` or ``causal`` padding.

    ``same`` is TensorFlow's: what is missing is added half before and half after, an odd one after.
    """
    before, places = [], []
    for n, w, s, d in zip(sizes, window, strides, dilation, strict=True):
        reach = (w - 1) * d + 1
        if padding == "same":
            count = -(-n // s)
            total = max((count - 1) * s + reach - n, 0)
            before.append(total // 2)
        elif padding == "causal":
            before.append(reach - 1)
            count = (n + reach - 1 - reach) // s + 1
        elif padding == "valid":
            before.append(0)
            count = (n - reach) // s + 1
        else:
            raise ValueError(f"the padding “{padding}” is not one of valid, same, causal")
        if count < 1:
            raise ValueError(f"a window of {reach} does not fit into {n} cells")
        places.append(count)
    return Windows(sizes, window, strides, dilation, tuple(before), tuple(places))


def each(value: object, rank: int) -> Sizes:
    """Return a config's number or list of numbers as one number per spatial axis."""
    if isinstance(value, (list, tuple)):
        sizes = tuple(int(n) for n in value)
        return sizes * rank if len(sizes) == 1 else sizes
    if not isinstance(value, (int, float)):
        raise TypeError(f"{value!r} is not a size")
    return (int(value),) * rank


def size_after(n: int | None, w: int, s: int, d: int, padding: str) -> int | None:
    """Return how many windows there are on an axis of ``n`` cells; None for an open axis."""
    if n is None:
        return None
    reach = (w - 1) * d + 1
    if padding == "same":
        return -(-n // s)
    if padding == "causal":
        return (n - 1) // s + 1
    return (n - reach) // s + 1


def count(sizes: Sizes) -> int:
    """Return how many cells there are."""
    return math.prod(sizes)
