"""Finding a number in a weight: the largest, one equal or near another, the next NaN, an edit."""

import math
from collections.abc import Callable, Iterator
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from weightview.core.errors import CancelledError
from weightview.core.model import Weight
from weightview.core.numbers import holds_real_numbers
from weightview.core.regions import Region
from weightview.core.sampling import chunk_regions, never
from weightview.core.values import Values

Index = tuple[int, ...]
Kind = Literal["largest", "smallest", "near", "equal", "zero", "nan", "infinite", "edited"]

_EXTREMES = ("largest", "smallest", "near")


def find(
    values: Values,
    weight: Weight,
    kind: Kind,
    number: float = 0.0,
    *,
    after: Index | None = None,
    cancelled: Callable[[], bool] = never,
) -> Index | None:
    """Return where a number stands, or None where there is none.

    Args:
        values: the numbers.
        weight: where to look.
        kind: ``largest``, ``smallest`` and ``near`` (to ``number``) have one answer, the first in
            C order; the others have a next one: ``equal`` (to ``number`` as the dtype stores it),
            ``zero``, ``nan``, ``infinite``, ``edited`` (differs from what is stored).
        number: what to compare with.
        after: where to go on; after the last the search begins anew.
        cancelled: asked between two reads.

    Raises:
        CancelledError: ``cancelled`` said so.
        FileChangedError: the file on disk is no longer the one that was opened.
    """
    if not weight.size or not holds_real_numbers(weight.dtype):
        return None
    if kind in _EXTREMES:
        flat = _best(values, weight, kind, number, cancelled)
    else:
        start = -1 if after is None else int(np.ravel_multi_index(after, weight.shape or (1,)))
        flat = _next(values, weight, kind, number, start, cancelled)
    if flat is None:
        return None
    return tuple(int(place) for place in np.unravel_index(flat, weight.shape))


def _pieces(weight: Weight, cancelled: Callable[[], bool]) -> Iterator[tuple[int, Region]]:
    """Yield regions that cover the weight, each with how many numbers come before it."""
    start = 0
    for region in chunk_regions(weight.shape, weight.dtype.itemsize):
        if cancelled():
            raise CancelledError("Stopped.")
        yield start, region
        start += _size(region)


def _size(region: Region) -> int:
    return math.prod(e.stop - e.start for e in region if isinstance(e, slice))


def _best(
    values: Values, weight: Weight, kind: Kind, number: float, cancelled: Callable[[], bool]
) -> int | None:
    best, place = -math.inf, None
    for start, region in _pieces(weight, cancelled):
        score = _score(values.read(weight, region).reshape(-1), kind, number)
        here = int(score.argmax())
        if score[here] > best:
            best, place = float(score[here]), start + here
    return place


def _score(array: npt.NDArray[Any], kind: Kind, number: float) -> npt.NDArray[np.float64]:
    with np.errstate(invalid="ignore"):  # a signalling NaN warns where it is made wide
        wide = array.astype(np.float64)
        score = {"largest": wide, "smallest": -wide}.get(kind)
        if score is None:
            score = np.where(wide == number, 0.0, -np.abs(wide - number))
    return np.where(np.isnan(score), -np.inf, score)


def _next(
    values: Values,
    weight: Weight,
    kind: Kind,
    number: float,
    start: int,
    cancelled: Callable[[], bool],
) -> int | None:
    first = None
    for before, region in _pieces(weight, cancelled):
        places = np.flatnonzero(_matches(values, weight, region, kind, number)) + before
        if places.size and first is None:
            first = int(places[0])
        later = places[places > start]
        if later.size:
            return int(later[0])
    return first


def _matches(
    values: Values, weight: Weight, region: Region, kind: Kind, number: float
) -> npt.NDArray[np.bool_]:
    if kind == "edited":
        return np.asarray(values.edited_mask(weight, region)).reshape(-1)
    array = values.read(weight, region).reshape(-1)
    with np.errstate(invalid="ignore"):
        wide = array.astype(np.float64)
    if kind == "zero":
        return np.asarray(wide == 0)
    if kind == "nan":
        return np.asarray(np.isnan(wide))
    if kind == "infinite":
        return np.asarray(np.isinf(wide))
    with np.errstate(all="ignore"):
        wanted = np.asarray(number).astype(weight.dtype).astype(np.float64)
    return np.asarray(wide == wanted)
