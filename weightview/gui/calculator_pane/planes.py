"""Arrays of more than one axis as flat pictures: which axis runs across, which down, which aside.

A picture shows one plane of the array; the planes of one array stand beside one another: the
channels of an image, the heads of an attention.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Index = tuple[int, ...]

_LINE = 1
_TABLE = 2


@dataclass(frozen=True, eq=False)
class Planes:
    """How an array is cut into planes.

    Attributes:
        value: the array, two or more axes.
        down: the axis that runs down each plane.
        across: the axis that runs across.
    """

    value: Array
    down: int
    across: int

    @property
    def aside(self) -> tuple[int, ...]:
        """The axes along which the planes lie, in the array's order."""
        axes = range(self.value.ndim)
        return tuple(axis for axis in axes if axis not in (self.down, self.across))

    @property
    def count(self) -> int:
        """How many planes there are."""
        return int(np.prod([self.value.shape[axis] for axis in self.aside], dtype=np.int64))

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of a plane."""
        return self.value.shape[self.down], self.value.shape[self.across]

    def plane(self, number: int) -> Array:
        """Return plane ``number`` as a view, shape ``size``."""
        lengths = [self.value.shape[axis] for axis in self.aside]
        aside = np.unravel_index(number, lengths) if lengths else ()
        place: list[Any] = [slice(None)] * self.value.ndim
        for axis, at in zip(self.aside, aside, strict=True):
            place[axis] = int(at)
        found: Array = self.value[tuple(place)]
        return found if self.down < self.across else found.T

    def index(self, number: int, row: int, column: int) -> Index:
        """Return the array's index of a cell of a plane."""
        place = [0] * self.value.ndim
        lengths = [self.value.shape[axis] for axis in self.aside]
        aside = np.unravel_index(number, lengths) if lengths else ()
        for axis, at in zip(self.aside, aside, strict=True):
            place[axis] = int(at)
        place[self.down], place[self.across] = row, column
        return tuple(place)

    def place(self, index: Index) -> tuple[int, int, int]:
        """Return plane, row and column of an index of the array."""
        lengths = [self.value.shape[axis] for axis in self.aside]
        at = [index[axis] for axis in self.aside]
        number = int(np.ravel_multi_index(at, lengths)) if lengths else 0
        return number, index[self.down], index[self.across]


def is_line(value: Array) -> bool:
    """Return whether ``value`` is a row of numbers: at most one axis is longer than one."""
    return bool(sum(length > 1 for length in value.shape) <= _LINE)


def planes_of(value: Array, *, leading: bool = False) -> Planes:
    """Return how ``value`` is best looked at.

    Args:
        value: two axes are a sequence (time, feature), shown with time across; more are images
            (..., height, width, channel), a plane per channel.
        leading: the planes lie along the first axes instead of the last: images of
            ``channels_first``, attention scores (head, query, key).
    """
    if leading:
        return Planes(value, down=value.ndim - 2, across=value.ndim - 1)
    if value.ndim == _TABLE:
        return Planes(value, down=1, across=0)
    return Planes(value, down=value.ndim - 3, across=value.ndim - 2)
