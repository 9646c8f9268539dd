"""Why does my number not match? Replays the usual mistakes and names those that give it.

Single mistakes are tried first, pairs only where none of them fits. A finding tells how likely it
is that a number hits by chance, since few digits are hit easily.
"""

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from weightview.calculator.mistakes.case import Case, Mistake, makers
from weightview.calculator.mistakes.typed import TypedNumber
from weightview.calculator.propagation import Elsewhere
from weightview.calculator.trace import Index, Trace
from weightview.core.errors import InputError, WeightviewError
from weightview.core.model import Model
from weightview.core.values import Array, Values

MOST_PAIRS = 4000
"""Pairs beyond this are not tried: the search would take minutes and hit by chance."""

LIKELY = 0.1
"""From this chance on a finding is said to be perhaps one by chance."""

Progress = Callable[[float], None]
"""Called with the finished share; may raise ``CancelledError``."""


@dataclass(frozen=True)
class Finding:
    """One explanation.

    Attributes:
        sentence: what was done: ``without relu in dense``.
        kinds: the mistakes it is made of, one or two, as the list of mistakes calls them.
        numbers: what the model gives with it, in the places that were typed.
        distance: the largest distance of those from the typed numbers.
        parts_at: the layer at which the calculation parts from the model's own; ``""`` where it
            is the model's own.
        chance: how likely some mistake would fit a number that has nothing to do with it.
    """

    sentence: str
    kinds: tuple[str, ...]
    numbers: tuple[float, ...]
    distance: float
    parts_at: str
    chance: float

    @property
    def is_likely_chance(self) -> bool:
        """Whether the digits given are too few to tell a mistake from a hit by chance."""
        return self.chance > LIKELY


@dataclass(frozen=True)
class Answer:
    """What was found.

    Attributes:
        findings: the nearest first; empty where no mistake gives the number.
        is_models_own: whether the number is the one that the model itself gives.
        tried: how many ways to compute were compared.
        with_pairs: whether pairs of mistakes were tried too.
    """

    findings: tuple[Finding, ...]
    is_models_own: bool
    tried: int
    with_pairs: bool

    @property
    def sentence(self) -> str:
        """The answer in one sentence."""
        if self.is_models_own:
            return "Your number is the model's own, to the digits given."
        if not self.findings:
            pairs = " alone and in pairs" if self.with_pairs else ""
            return f"None of these: {self.tried} usual mistakes{pairs} do not give your number."
        best = self.findings[0]
        at = f"; it parts from the model at {best.parts_at}" if best.parts_at else ""
        chance = ""
        if best.is_likely_chance:
            chance = " With so few digits that may well be by chance: type more of them."
        return f"Your number comes out {best.sentence}{at}.{chance}"


@dataclass(frozen=True, eq=False)
class _Tried:
    mistakes: tuple[Mistake, ...]
    trace: Trace
    numbers: Array


def find_mistakes(  # noqa: PLR0913 - all but four with a default
    model: Model,
    values: Values,
    inputs: Any,
    typed: Sequence[TypedNumber],
    *,
    index: Index | None = None,
    output: int = 0,
    pairs: bool = True,
    elsewhere: Elsewhere | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Name the mistakes with which ``model`` gives the typed numbers.

    Args:
        model: the model.
        values: its numbers.
        inputs: the input, as :func:`propagate` takes it.
        typed: the numbers that the person got; several stand for that many numbers of the output
            in a row.
        index: which number of the output (the first one typed) they were got for; None for the
            first, or for a model with one number.
        output: which of the model's outputs.
        pairs: whether two mistakes at once are tried where no single one fits.
        elsewhere: computes the layers that are not known here; no mistake is made in them.
        progress: called with the finished share.

    Returns:
        The findings, the nearest first.

    Raises:
        InputError: the input does not fit, or more numbers were typed than the output has.
        CalculationError: the model cannot be computed.
    """
    wanted = tuple(typed)
    case = Case(model, values, elsewhere=elsewhere)
    own = case.compute(inputs)
    own.output  # noqa: B018 - raises where the model cannot be computed
    search = _Search(case, inputs, wanted, own, output, index)
    return search.run(progress, pairs=pairs)


class _Search:
    def __init__(
        self,
        case: Case,
        inputs: Any,
        typed: tuple[TypedNumber, ...],
        own: Trace,
        output: int,
        index: Index | None,
    ) -> None:
        self.case = case
        self.inputs = inputs
        self.typed = typed
        self.own = own
        self.output = output
        shape = own.outputs[output].shape
        size = math.prod(shape)
        start = int(np.ravel_multi_index(index, shape)) if index and shape else 0
        if start + len(typed) > size:
            raise InputError(
                f"The output has {size} numbers; {len(typed)} from number {start} on are too many."
            )
        self.cells = slice(start, start + len(typed))
        self.shape = shape

    def run(self, progress: Progress | None, *, pairs: bool) -> Answer:
        """Try single mistakes, and, if ``pairs``, two at once where none fits."""
        own_numbers = self._picked(self.own)
        if own_numbers is not None and self._fits(own_numbers):
            return Answer((), True, 0, False)
        mistakes = [m for maker in makers() for m in maker(self.case, self.own)]
        singles: list[tuple[Mistake, ...]] = [(m,) for m in mistakes]
        tried = self._try(singles, progress, 0.0, 0.3)
        findings = self._findings(tried)
        if findings or not pairs:
            return Answer(findings, False, len(tried), False)
        # A mistake that changes nothing alone cannot be one of two either.
        telling = [t.mistakes[0] for t in tried if not self._same_as_own(t.numbers)]
        couples = itertools.islice(_pairs(telling), MOST_PAIRS)
        both = self._try(list(couples), progress, 0.3, 1.0)
        return Answer(self._findings([*tried, *both]), False, len(tried) + len(both), True)

    def _try(
        self,
        choices: list[tuple[Mistake, ...]],
        progress: Progress | None,
        begin: float,
        end: float,
    ) -> list[_Tried]:
        done: list[_Tried] = []
        for number, mistakes in enumerate(choices):
            if progress is not None:
                progress(begin + (end - begin) * number / max(1, len(choices)))
            try:
                case = self.case
                for mistake in mistakes:
                    case = mistake.apply(case)
                trace = case.compute(self.inputs)
            except WeightviewError:
                continue  # a pair that cannot be made together, such as two changes of one layer
            numbers = self._picked(trace)
            if numbers is not None:
                done.append(_Tried(mistakes, trace, numbers))
        return done

    def _picked(self, trace: Trace) -> Array | None:
        if len(trace.outputs) <= self.output:
            return None
        flat = np.asarray(trace.outputs[self.output], np.float64).reshape(-1)
        return flat[self.cells] if flat.size == math.prod(self.shape) else None

    def _fits(self, numbers: Array) -> bool:
        return all(t.agrees(float(n)) for t, n in zip(self.typed, numbers, strict=True))

    def _same_as_own(self, numbers: Array) -> bool:
        own = self._picked(self.own)
        return own is not None and bool(np.array_equal(numbers, own))

    def _findings(self, tried: Iterable[_Tried]) -> tuple[Finding, ...]:
        everything = list(tried)
        chance = self._chance([t.numbers for t in everything])
        found = [
            Finding(
                " and ".join(m.sentence for m in t.mistakes),
                tuple(m.kind for m in t.mistakes),
                tuple(float(n) for n in t.numbers),
                self._distance(t.numbers),
                self._parting(t.trace),
                chance,
            )
            for t in everything
            if self._fits(t.numbers) and not self._same_as_own(t.numbers)
        ]
        found.sort(key=lambda f: (len(f.kinds), f.distance))
        return tuple(found)

    def _distance(self, numbers: Array) -> float:
        return max(abs(t.value - float(n)) for t, n in zip(self.typed, numbers, strict=True))

    def _chance(self, candidates: list[Array]) -> float:
        """Return how likely one of ``candidates`` fits numbers drawn at random among them.

        The random number is as likely anywhere between the least and the largest candidate; each
        different candidate covers as much of that as the digits given leave open.
        """
        if not candidates:
            return 0.0
        table = np.array(candidates, np.float64)
        table = table[np.isfinite(table).all(axis=-1)]
        if not table.size:
            return 0.0
        widths = np.array([2 * t.tolerance for t in self.typed])
        different = {tuple(np.round(row / widths).tolist()) for row in table}
        spans = np.maximum(table.max(axis=0) - table.min(axis=0), widths)
        share = float(np.prod(widths / spans))
        return float(-np.expm1(len(different) * np.log1p(-min(share, 1 - 1e-12))))

    def _parting(self, trace: Trace) -> str:
        """Return the first layer whose output is another than the model's own."""
        own = {(step.layer_path, step.node): step for step in self.own.steps}
        for step in trace.steps:
            mine = own.get((step.layer_path, step.node))
            if mine is None:
                return step.layer_path.rpartition("_")[0] or step.layer_path
            for a, b in zip(mine.outputs, step.outputs, strict=False):
                if a.shape != b.shape or not np.array_equal(a, b, equal_nan=True):
                    return step.layer_path
        return ""


def _pairs(mistakes: list[Mistake]) -> Iterable[tuple[Mistake, ...]]:
    """Yield pairs of mistakes that can be made together: not the same kind at the same layer."""
    for first, second in itertools.combinations(mistakes, 2):
        if (first.kind, first.layer_path) != (second.kind, second.layer_path):
            yield first, second
