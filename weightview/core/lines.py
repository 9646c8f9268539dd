"""The order of the numbers of a row or a column of a table."""

import numpy as np
import numpy.typing as npt

from weightview.core.values import Array


def order_of(line: Array, *, is_descending: bool) -> npt.NDArray[np.intp]:
    """Return the places of the numbers of ``line`` in sorted order.

    Equal numbers keep their order; NaN comes last either way.

    Args:
        line: ``(count,)`` of any real dtype.
        is_descending: the largest first.
    """
    # Whole numbers as they are: float64 does not tell large ones apart.
    numbers = line if line.dtype.kind in "iub" else line.astype(np.float64)
    is_nan = np.isnan(numbers) if numbers.dtype.kind == "f" else np.zeros(numbers.shape, np.bool_)
    places = np.flatnonzero(~is_nan)
    if is_descending:
        places = places[::-1]
    order = places[np.argsort(numbers[places], kind="stable")]
    return np.concatenate([order[::-1] if is_descending else order, np.flatnonzero(is_nan)])
