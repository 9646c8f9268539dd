"""What a weight's numbers are like: smallest, largest, mean, spread, zeros, and what is no number.

Everything is computed a chunk at a time, so that an array larger than memory can be described.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from weightview.core.model import Weight
from weightview.core.numbers import holds_real_numbers
from weightview.core.sampling import chunk_regions, chunks, never
from weightview.core.values import Array, Values

BINS = 128
SPREAD = 2.0
_SAMPLE = 1 << 20
_ROBUST_PERCENT = 99.0
_OUTLIER_FACTOR = 2.0
_ROBUST_FROM = 256
_PIECES = 64
_PIECE_BYTES = 1 << 14
_BLOCK = 1 << 15  # numbers worked on at a time: as many as stay in the processor's cache
_SAFE_EXPONENT = 400  # squares of larger (or smaller) float64 numbers leave its range


@dataclass(frozen=True)
class Statistics:
    """The numbers of one array in a few words; non-finite ones are counted apart.

    Attributes:
        count: how many numbers there are.
        finite: how many of them are finite.
        minimum: the smallest finite number; NaN where there is none, as below.
        maximum: the largest finite number.
        mean: of the finite numbers.
        std: their standard deviation (population).
        norm: the square root of the sum of their squares.
        zeros: how many are 0 or -0.
        nans: how many are NaN.
        infinities: how many are infinite.
        total: the sum of the finite numbers.
        limit: a magnitude that nearly all stay below: the largest, or where a few outliers tower
            above the rest, the 99th percentile.
        histogram: how many numbers (of the sample) lie in each of ``BINS`` equal bins from
            ``-SPREAD * limit`` to ``SPREAD * limit``; those beyond are left out.
        is_sampled: whether ``limit`` and ``histogram`` come from an even sample (above a million
            numbers).
        is_partial: whether only some of the numbers were read: all of this is about.
    """

    count: int
    finite: int
    minimum: float
    maximum: float
    mean: float
    std: float
    norm: float
    zeros: int
    nans: int
    infinities: int
    total: float
    limit: float
    histogram: tuple[int, ...] = ()
    is_sampled: bool = False
    is_partial: bool = False

    @property
    def largest_magnitude(self) -> float:
        """The largest |w|, 0 where nothing is finite."""
        return max(abs(self.minimum), abs(self.maximum)) if self.finite else 0.0

    @property
    def clips(self) -> bool:
        """Whether some finite numbers lie beyond ``limit``."""
        return self.largest_magnitude > self.limit


class Accumulator:
    """Statistics of numbers that come in pieces."""

    def __init__(self, expected: int) -> None:
        """Expect about ``expected`` numbers: the sample for the percentile is spread over them."""
        self._step = max(1, -(-expected // _SAMPLE))
        self._sample: list[npt.NDArray[np.float64]] = []
        self._phase = 0
        self._count = self._finite = self._zeros = self._nans = 0
        self._minimum, self._maximum = math.inf, -math.inf
        self._mean = self._spread = self._norm = self._total = 0.0

    def add(self, numbers: Array) -> None:
        """Take in more numbers, of any real dtype and shape."""
        flat = numbers.reshape(-1)
        for start in range(0, flat.size, _BLOCK):
            with np.errstate(invalid="ignore"):  # a signalling NaN is no reason to warn
                wide = flat[start : start + _BLOCK].astype(np.float64)
            self._add_block(wide)

    def _add_block(self, wide: npt.NDArray[np.float64]) -> None:
        is_finite = np.isfinite(wide)
        finite = wide if is_finite.all() else wide[is_finite]
        self._count += wide.size
        if finite.size < wide.size:
            self._nans += int(np.count_nonzero(np.isnan(wide)))
        self._zeros += finite.size - int(np.count_nonzero(finite))
        # A copy: a view would keep the whole block in memory.
        self._sample.append(wide[self._phase :: self._step].copy())
        self._phase = (self._phase - wide.size) % self._step
        if finite.size:
            self._merge(finite)

    def _merge(self, finite: npt.NDArray[np.float64]) -> None:
        """Merge the moments of two groups (Chan, Golub, LeVeque 1979): no cancellation.

        Spreads and norms are merged as lengths, never as squares, which would leave float64.
        """
        least, most = float(finite.min()), float(finite.max())
        self._minimum, self._maximum = min(self._minimum, least), max(self._maximum, most)
        both = self._finite + finite.size
        with np.errstate(over="ignore", invalid="ignore"):
            mean, spread, norm, total = _moments(finite, max(abs(least), abs(most)))
            apart = (mean - self._mean) * math.sqrt(self._finite / both) * math.sqrt(finite.size)
            self._spread = math.hypot(self._spread, spread, apart)
            self._mean += (mean - self._mean) * (finite.size / both)
            self._norm = math.hypot(self._norm, norm)
            self._total += total
        self._finite = both

    def result(self) -> Statistics:
        """Return the statistics of all numbers so far."""
        some = self._finite > 0
        sample = np.concatenate(self._sample) if self._sample else np.zeros(0)
        sample = sample[np.isfinite(sample)]
        limit = self._limit(np.abs(sample))
        return Statistics(
            count=self._count,
            finite=self._finite,
            minimum=self._minimum if some else math.nan,
            maximum=self._maximum if some else math.nan,
            mean=self._mean if some else math.nan,
            std=self._spread / math.sqrt(self._finite) if some else math.nan,
            norm=self._norm if some else math.nan,
            zeros=self._zeros,
            nans=self._nans,
            infinities=self._count - self._finite - self._nans,
            total=self._total if some else math.nan,
            limit=limit,
            histogram=_histogram(sample, limit),
            is_sampled=self._step > 1,
        )

    def _limit(self, sample: npt.NDArray[np.float64]) -> float:
        if not self._finite:
            return 0.0
        largest = max(abs(self._minimum), abs(self._maximum))
        if sample.size < _ROBUST_FROM:
            return largest
        most = float(np.percentile(sample, _ROBUST_PERCENT))
        return most if 0 < most * _OUTLIER_FACTOR < largest else largest


def _moments(finite: npt.NDArray[np.float64], largest: float) -> tuple[float, float, float, float]:
    """Return mean, spread (the length of what is left without the mean), norm and sum.

    Numbers whose squares would leave the range are brought near 1 by a power of two, exactly.
    """
    _, exponent = math.frexp(largest)
    shift = exponent if abs(exponent) > _SAFE_EXPONENT else 0
    scaled = np.ldexp(finite, -shift) if shift else finite
    total = scaled.sum()
    mean = total / scaled.size
    # Not np.linalg.norm: its BLAS starts threads, which wait for one another on a busy machine.
    spread, norm = math.sqrt(np.square(scaled - mean).sum()), math.sqrt(np.square(scaled).sum())
    mean, spread, norm, total = (float(np.ldexp(n, shift)) for n in (mean, spread, norm, total))
    return mean, spread, norm, total


def _histogram(sample: npt.NDArray[np.float64], limit: float) -> tuple[int, ...]:
    if not limit > 0:
        return ()
    with np.errstate(over="ignore"):  # far beyond the limit, and so left out
        scaled = sample / limit
    counts, _ = np.histogram(scaled, BINS, (-SPREAD, SPREAD))
    return tuple(int(count) for count in counts)


def describe(numbers: npt.ArrayLike) -> Statistics:
    """Return the statistics of an array of any real dtype."""
    array = np.asarray(numbers)
    accumulator = Accumulator(array.size)
    accumulator.add(array)
    return accumulator.result()


def describe_weight(
    values: Values, weight: Weight, cancelled: Callable[[], bool] = never
) -> Statistics:
    """Return the statistics of a weight, read a chunk at a time; may run in another thread.

    A weight that holds no real numbers (text) has none of them finite.

    Raises:
        CancelledError: ``cancelled`` said so.
        FileChangedError: the file on disk is no longer the one that was opened.
    """
    accumulator = Accumulator(weight.size)
    if holds_real_numbers(weight.dtype):
        for chunk in chunks(values, weight, cancelled):
            accumulator.add(chunk)
    return accumulator.result()


def glance(values: Values, weight: Weight) -> Statistics:
    """Return the statistics of a few pieces of a large weight, spread evenly over it.

    Raises:
        FileChangedError: the file on disk is no longer the one that was opened.
    """
    regions = list(chunk_regions(weight.shape, weight.dtype.itemsize, _PIECE_BYTES))
    step = max(1, len(regions) // _PIECES)
    accumulator = Accumulator(_PIECES * _PIECE_BYTES)
    if holds_real_numbers(weight.dtype):
        for region in regions[step // 2 :: step]:
            accumulator.add(np.asarray(values.read(weight, region)))
    return replace(accumulator.result(), is_partial=True)
