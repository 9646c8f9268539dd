"""Where the units of a layer are on an axis: one after another, again and again, in groups."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from weightview.core.model import Weight
from weightview.core.regions import Region


class UntraceableError(Exception):
    """The units cannot be followed; the text says why, as the end of a sentence."""


@dataclass(frozen=True)
class Lane:
    """The places of ``count`` units on an axis.

    Unit ``u`` has ``width`` places beginning at ``start + u * width``, and those again ``period``
    further on, up to ``stop``. So the outputs of an LSTM's gates, or of a flattened image, are one
    lane, and so are the first of two layers that are concatenated.

    Attributes:
        count: how many units.
        period: after how many places the first unit comes again.
        start: the first place of the first unit.
        width: how many places a unit has one after another.
        stop: where it ends; None for the end of the axis.
    """

    count: int
    period: int
    start: int = 0
    width: int = 1
    stop: int | None = None

    @classmethod
    def of(cls, count: int) -> "Lane":
        """Return the lane of units that fill the axis."""
        return cls(count, count)

    @property
    def is_plain(self) -> bool:
        """Whether the units alone fill the axis, each with one place of every period."""
        return self == Lane.of(self.count)

    def fits(self, length: int) -> bool:
        """Return whether an axis of ``length`` places can have this lane."""
        if self.stop is not None:
            return self.stop <= length
        return length >= self.period and length % self.period == 0

    def slices(self, unit: int, length: int) -> Iterator[slice]:
        """Yield where a unit is on an axis of ``length`` places."""
        first = self.start + unit * self.width
        for place in range(first, first + self.width):
            yield slice(place, length if self.stop is None else self.stop, self.period)

    def unit_at(self, place: int) -> int | None:
        """Return which unit a place belongs to, or None for a place of no unit."""
        inside = (place - self.start) % self.period
        is_within = place >= self.start and (self.stop is None or place < self.stop)
        unit = inside // self.width
        return unit if is_within and unit < self.count else None

    def widened(self, times: int) -> "Lane":
        """Return the lane after each place became several."""
        stop = None if self.stop is None else self.stop * times
        return Lane(self.count, self.period * times, self.start * times, self.width * times, stop)

    def narrowed(self, times: int) -> "Lane":
        """Return the lane that :meth:`widened` made this one.

        Raises:
            UntraceableError: there is none.
        """
        numbers = (self.period, self.start, self.width, self.stop or 0)
        if any(number % times for number in numbers):
            raise UntraceableError("a layer takes them in groups")
        stop = None if self.stop is None else self.stop // times
        period, start, width = (number // times for number in numbers[:3])
        return Lane(self.count, period, start, width, stop)

    def inside(self, before: int, length: int, whole: int) -> "Lane":
        """Return the lane after ``before`` places came before its ``length`` and made ``whole``.

        Raises:
            UntraceableError: the axis is not one of this lane.
        """
        if not self.fits(length):
            raise UntraceableError("their places on an axis are not known")
        if length == self.period and self.stop is None:
            return replace(self, start=before + self.start, period=whole)
        stop = before + (length if self.stop is None else self.stop)
        return replace(self, start=before + self.start, stop=stop)


@dataclass(frozen=True)
class Tied:
    """An axis of a weight along which the units have a lane."""

    weight: Weight
    axis: int
    lane: Lane

    def regions(self, unit: int) -> Iterator[Region]:
        """Yield where a unit's numbers are."""
        for places in self.lane.slices(unit, self.weight.shape[self.axis]):
            yield tuple(
                places if axis == self.axis else slice(0, length, 1)
                for axis, length in enumerate(self.weight.shape)
            )


def tied(weight: Weight, axis: int, lane: Lane) -> Tied:
    """Return a weight's axis with a lane.

    Raises:
        UntraceableError: the axis is too short for it, or no whole number of periods.
    """
    axis %= len(weight.shape)
    if not lane.fits(weight.shape[axis]):
        raise UntraceableError(f"“{weight.path}” does not have one number for each")
    return Tied(weight, axis, lane)
