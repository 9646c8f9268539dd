"""Rows or columns of a table in the order of one line's numbers: a view, the weight keeps its own.

The places of the weight stay what they are: an order only says which of them stands where.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from weightview.core.lines import order_of

Places = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Order:
    """The rows (or columns) of a weight, sorted by a line across them.

    Attributes:
        line: the place, in the unsorted table, of the column (or row) whose numbers decide.
        is_descending: whether the largest number is first; NaN is last either way.
        places: which place of the weight stands where: ``(count,)``.
        is_stale: whether the line's numbers were edited since, and are no longer in order.
    """

    line: int
    is_descending: bool
    places: Places
    is_stale: bool = False

    @classmethod
    def of(cls, line: int, numbers: npt.NDArray[Any], *, is_descending: bool) -> "Order":
        """Return the order of ``numbers``, those of ``line``; equal ones keep their order."""
        places = order_of(numbers, is_descending=is_descending)
        places.setflags(write=False)
        return cls(line, is_descending, places)

    @cached_property
    def ranks(self) -> Places:
        """Where each place of the weight stands: ``(count,)``."""
        ranks = np.empty_like(self.places)
        ranks[self.places] = np.arange(self.places.size)
        return ranks

    def holds_for(self, numbers: npt.NDArray[Any]) -> bool:
        """Return whether ``numbers``, those of the line as they are now, are in this order."""
        wide = numbers if numbers.dtype.kind in "iub" else numbers.astype(np.float64)
        seen = wide[self.places]
        if seen.dtype.kind == "f":
            is_nan = np.isnan(seen)
            first_nan = int(is_nan.argmax()) if is_nan.any() else seen.size
            if not is_nan[first_nan:].all():
                return False
            seen = seen[:first_nan]
        before, after = (seen[1:], seen[:-1]) if self.is_descending else (seen[:-1], seen[1:])
        return bool((before <= after).all())


def is_other(before: Order | None, now: Order | None) -> bool:
    """Return whether the lines stand otherwise than before."""
    if before is None or now is None:
        return before is not now
    return before.places is not now.places
