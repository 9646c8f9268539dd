"""Finding numbers among all weights at once: the nearest, the largest beyond a bound, NaN.

:mod:`weightview.core.finding` looks in one weight, this in all of them, a bounded piece at a time:
however large the model, only a few megabytes of it are in memory.
"""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from weightview.core.errors import CancelledError, NumberError
from weightview.core.model import Weight
from weightview.core.numbers import cast, holds_real_numbers, is_integer, parse_number
from weightview.core.regions import Region
from weightview.core.sampling import chunk_regions, never
from weightview.core.values import Array, Values

Index = tuple[int, ...]
Kind = Literal["near", "equal", "above", "at least", "below", "at most", "nan", "infinite"]

LIMIT = 40
PIECE_BYTES = 64 << 20
_CHUNK_BYTES = 1 << 20
_QUERY = re.compile(r"\s*(>=|<=|==|[><=≥≤≈~]?)\s*(\S+)\s*")
_SIGNS: dict[str, Kind] = {
    "": "near",
    "~": "near",
    "≈": "near",
    "=": "equal",
    "==": "equal",
    ">": "above",
    ">=": "at least",
    "≥": "at least",
    "<": "below",
    "<=": "at most",
    "≤": "at most",
}


@dataclass(frozen=True)
class Query:
    """What is looked for.

    Attributes:
        kind: ``near`` and ``equal`` to ``number``, beyond it, or not finite.
        number: what is compared with; of no meaning for ``nan`` and ``infinite``.
    """

    kind: Kind
    number: float = 0.0


@dataclass(frozen=True)
class Hit:
    """One cell that was found.

    Attributes:
        weight: where it stands.
        index: the cell.
        value: the number, in the weight's dtype.
        rank: by it hits are ordered, the smallest first.
    """

    weight: Weight
    index: Index
    value: Any
    rank: float


@dataclass(frozen=True)
class Found:
    """What was found so far.

    Attributes:
        hits: the best ones, the best first; equal ones in the order of the weights.
        count: how many cells fit; of ``near`` those that are equal.
    """

    hits: tuple[Hit, ...] = ()
    count: int = 0


@dataclass(frozen=True)
class Part:
    """A run of one weight's numbers, read at once.

    Attributes:
        weight: the weight.
        region: which of its numbers, contiguous in C order.
        start: how many of them come before.
        nbytes: the size of the part.
    """

    weight: Weight
    region: Region
    start: int
    nbytes: int


@dataclass(frozen=True)
class Piece:
    """Parts that are searched in one go, of one weight or of several.

    Attributes:
        parts: one after another.
    """

    parts: tuple[Part, ...]

    @property
    def nbytes(self) -> int:
        """The size of all parts."""
        return sum(part.nbytes for part in self.parts)


def query_of(text: str) -> Query | None:
    """Return what ``0.645``, ``> 5``, ``= 0``, ``nan`` or ``-inf`` look for; None for no number."""
    match = _QUERY.fullmatch(text)
    if match is None:
        return None
    kind = _SIGNS[match[1]]
    try:
        number = float(parse_number(match[2], np.dtype(np.float64)))
    except NumberError:
        return None
    if math.isnan(number):
        return Query("nan") if kind in ("near", "equal") else None
    if math.isinf(number) and kind in ("near", "equal"):
        is_signed = match[2][0] in "+-\u2212"
        return Query("equal", number) if is_signed else Query("infinite")
    return Query(kind, number)


def pieces(weights: Sequence[Weight], nbytes: int = PIECE_BYTES) -> Iterator[Piece]:
    """Yield pieces that cover every number of ``weights`` once, each of about ``nbytes``."""
    gathered: list[Part] = []
    size = 0
    for part in _parts(weights, min(nbytes, _CHUNK_BYTES)):
        gathered.append(part)
        size += part.nbytes
        if size >= nbytes:
            yield Piece(tuple(gathered))
            gathered, size = [], 0
    if gathered:
        yield Piece(tuple(gathered))


def _parts(weights: Sequence[Weight], nbytes: int) -> Iterator[Part]:
    for weight in weights:
        if not holds_real_numbers(weight.dtype):
            continue
        start, itemsize = 0, weight.dtype.itemsize
        for region in chunk_regions(weight.shape, itemsize, nbytes):
            size = math.prod(e.stop - e.start for e in region if isinstance(e, slice))
            yield Part(weight, region, start, size * itemsize)
            start += size


def search(
    values: Values,
    piece: Piece,
    query: Query,
    found: Found,
    *,
    limit: int = LIMIT,
    cancelled: Callable[[], bool] = never,
) -> Found:
    """Return ``found`` with what fits ``query`` in one more piece.

    Beyond a bound the farthest comes first, else the nearest. A number is equal to the one that
    is looked for where it is what the weight's dtype makes of that.

    Args:
        values: the numbers.
        piece: where to look.
        query: what for.
        found: what the pieces before gave.
        limit: how many hits are kept.
        cancelled: asked between two reads.

    Raises:
        CancelledError: ``cancelled`` said so.
        FileChangedError: the file on disk is no longer the one that was opened.
    """
    hits, count = found.hits, found.count
    for part in piece.parts:
        if cancelled():
            raise CancelledError("Stopped.")
        array = np.asarray(values.read(part.weight, part.region)).reshape(-1)
        ranks, fitting = _ranks(array, query)
        count += fitting
        worst = hits[-1].rank if len(hits) == limit else math.inf
        places = _best(ranks, limit, worst)
        new = (_hit(part, place, array[place], float(ranks[place])) for place in places)
        # Sorting is stable: of equal ones those found first stay in front.
        hits = tuple(sorted((*hits, *new), key=lambda hit: hit.rank)[:limit])
    return Found(hits, count)


def _hit(part: Part, place: int, value: Any, rank: float) -> Hit:
    index = np.unravel_index(part.start + place, part.weight.shape)
    return Hit(part.weight, tuple(int(axis) for axis in index), value, rank)


def _ranks(array: Array, query: Query) -> tuple[npt.NDArray[np.float64], int]:
    """Return the rank of each number, NaN for what does not fit, and how many fit."""
    with np.errstate(all="ignore"):  # a signalling NaN warns where it is made wide
        wide = array.astype(np.float64)
        if query.kind == "near":
            ranks = np.abs(wide - query.number)
            is_equal = wide == _as_stored(query.number, array)
            ranks[is_equal] = 0
            return ranks, int(np.count_nonzero(is_equal))
        fits = _fits(wide, query, array)
        sign = {"above": -1.0, "at least": -1.0, "below": 1.0, "at most": 1.0}.get(query.kind, 0.0)
        ranks = np.where(fits, sign * wide if sign else 0.0, np.nan)
    return ranks, int(np.count_nonzero(fits))


def _fits(wide: npt.NDArray[np.float64], query: Query, array: Array) -> npt.NDArray[np.bool_]:
    if query.kind == "nan":
        return np.asarray(np.isnan(wide))
    if query.kind == "infinite":
        return np.asarray(np.isinf(wide))
    if query.kind == "equal":
        return np.asarray(wide == _as_stored(query.number, array))
    compare = {
        "above": np.greater,
        "at least": np.greater_equal,
        "below": np.less,
        "at most": np.less_equal,
    }[query.kind]
    return np.asarray(compare(wide, query.number))


def _as_stored(number: float, array: Array) -> float:
    """Return ``number`` as the dtype holds it; NaN, which equals nothing, where it cannot."""
    with np.errstate(all="ignore"):
        stored = float(cast(np.asarray(number), array.dtype).astype(np.float64))
    is_lost = not math.isfinite(stored) and math.isfinite(number)
    is_cut = is_integer(array.dtype) and stored != number
    return math.nan if is_lost or is_cut else stored


def _best(ranks: npt.NDArray[np.float64], limit: int, worst: float) -> npt.NDArray[np.intp]:
    """Return where the ``limit`` smallest ranks below ``worst`` stand, in C order."""
    with np.errstate(invalid="ignore"):
        places = np.flatnonzero(ranks < worst if worst < math.inf else ~np.isnan(ranks))
    if places.size > limit:
        # Of equal ranks the first cells, as in the whole: a stable sort of few, not of all.
        bound = np.partition(ranks[places], limit - 1)[limit - 1]
        inside = places[ranks[places] < bound]
        edge = places[ranks[places] == bound][: limit - inside.size]
        places = np.sort(np.concatenate([inside, edge]))
    return places
