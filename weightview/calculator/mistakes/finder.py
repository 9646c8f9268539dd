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

from weightview.calculator.mistakes.answer import Answer, Finding, advice_for
from weightview.calculator.mistakes.case import SCALED, Case, Mistake, makers
from weightview.calculator.mistakes.typed import TypedNumber
from weightview.calculator.propagation import Elsewhere
from weightview.calculator.trace import Index, Trace
from weightview.core.errors import InputError, WeightviewError
from weightview.core.model import Model
from weightview.core.values import Array, Values

MOST_PAIRS = 4000
"""Pairs beyond this are not tried: the search would take minutes and hit by chance."""

_MOST_NEAR = 3

Progress = Callable[[float], None]
"""Called with the finished share; may raise ``CancelledError``."""


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
        The findings, the nearest first; where there is none, what comes nearest.

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
            return self._answer(findings, tried, len(tried), with_pairs=False)
        # A mistake that changes nothing alone cannot be one of two either.
        telling = [t.mistakes[0] for t in tried if not self._same_as_own(t.numbers)]
        couples = itertools.islice(_pairs(telling), MOST_PAIRS)
        both = self._try(list(couples), progress, 0.3, 1.0)
        findings = self._findings([*tried, *both])
        return self._answer(findings, tried, len(tried) + len(both), with_pairs=True)

    def _answer(
        self, findings: tuple[Finding, ...], singles: list[_Tried], tried: int, *, with_pairs: bool
    ) -> Answer:
        """Return the findings; where there is none, what comes nearest and what else to look at.

        Of thousands of pairs one comes near any number: only single mistakes tell something then.
        """
        own = self._picked(self.own)
        if findings or own is None:
            return Answer(findings, False, tried, with_pairs)
        distance = self._distance(own)
        near = [self._finding(t, 1.0) for t in singles if self._distance(t.numbers) < distance]
        near.sort(key=lambda finding: finding.distance)
        size = max(abs(t.value) for t in self.typed)
        return Answer(
            (),
            False,
            tried,
            with_pairs,
            tuple(near[:_MOST_NEAR]),
            tuple(float(n) for n in own),
            distance,
            advice_for(self.case.model, distance=distance, size=size),
        )

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
        chance = self._chance(everything)
        found = [
            self._finding(t, chance)
            for t in everything
            if self._fits(t.numbers) and not self._same_as_own(t.numbers)
        ]
        found.sort(key=lambda f: (len(f.kinds), f.distance))
        return tuple(found)

    def _finding(self, tried: _Tried, chance: float) -> Finding:
        return Finding(
            " and ".join(m.sentence for m in tried.mistakes),
            tuple(m.kind for m in tried.mistakes),
            tuple(float(n) for n in tried.numbers),
            self._distance(tried.numbers),
            self._parting(tried.trace),
            chance,
        )

    def _distance(self, numbers: Array) -> float:
        """Return how far off the farthest number is; NaN where one of them is NaN."""
        return float(np.max(np.abs(numbers - [t.value for t in self.typed])))

    def _chance(self, candidates: list[_Tried]) -> float:
        """Return how likely one of ``candidates`` fits numbers drawn at random among them.

        The random number is as likely anywhere between the least and the largest candidate of the
        input as it is: one times 255 gives a number so far away that any hit would look unlikely.
        Each different candidate covers as much of that as the digits given leave open.
        """
        if not candidates:
            return 0.0
        table = np.array([tried.numbers for tried in candidates], np.float64)
        of_input = np.array([all(m.kind != SCALED for m in t.mistakes) for t in candidates])
        is_finite = np.isfinite(table).all(axis=-1)
        table, of_input = table[is_finite], of_input[is_finite]
        if not table.size:
            return 0.0
        widths = np.array([2 * t.tolerance for t in self.typed])
        different = {tuple(np.round(row / widths).tolist()) for row in table}
        near = table[of_input] if of_input.any() else table
        spans = np.maximum(near.max(axis=0) - near.min(axis=0), widths)
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
