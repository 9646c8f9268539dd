"""How one number came about, ready to be shown: its terms as aligned columns, and what follows.

The activation of a unit is made of one number, its sum of many: both belong to one account, so a
derivation that leads to a single number of the same step is followed down to the terms.
"""

import math
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from weightview.calculator.tensors import number_text
from weightview.calculator.trace import Derivation, Source, Term, Trace
from weightview.core.numbers import aligned_texts, shorten
from weightview.gui.selection import NumberAddress

DIGITS = 7
_FEWER = 6
_LEAST_FIXED = 1e-5
# Whole numbers are left out: they are places and counts as well.
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+(?:e[-+]\d+)?|e[-+]\d+)")
_DEEPEST = 8
_LONGEST = 120
_TOO_ROUGH = 1e-3


@dataclass(frozen=True)
class ClosingLine:
    """A line below the terms: the sum, the bias, the activation.

    Attributes:
        text: what it is, with the numbers in it.
        value: the number at this line.
        source: where a click leads, or None.
        is_result: whether it is the number asked for.
    """

    text: str
    value: float
    source: Source | None = None
    is_result: bool = False


@dataclass(frozen=True, eq=False)
class Account:
    """One number's derivation.

    Attributes:
        address: the number.
        value: what it is.
        formula: in symbols, from the terms to the number.
        terms: what it is made of, the largest first.
        closing: the lines below the terms, the last being the number itself.
        length: how many numbers stand along the last axis of its stage.
        called: the model's own name of the number, ``""`` for one without.
    """

    address: NumberAddress
    value: float
    formula: str
    terms: tuple[Term, ...]
    closing: tuple[ClosingLine, ...]
    length: int
    called: str = ""

    @property
    def title(self) -> str:
        """The question that this answers."""
        called = f" {self.called}" if self.called else ""
        return f"How {name_of(self.address)}{called} came to {self.closing_texts[-1].strip()}"

    @cached_property
    def is_plain(self) -> bool:
        """Whether each term adds just its value, so that one column tells all."""
        return all(t.weight is None and t.product == t.value for t in self.terms)

    @cached_property
    def columns(self) -> tuple[list[str], list[str], list[str]]:
        """Value, weight and product of each term as aligned texts; ``""`` where there is none."""
        values = texts_of([term.value for term in self.terms])
        products = self._results[: len(self.terms)]
        weights = [term.weight for term in self.terms]
        told = iter(texts_of([weight for weight in weights if weight is not None]))
        return values, ["" if weight is None else next(told) for weight in weights], products

    @property
    def closing_texts(self) -> list[str]:
        """The numbers of the closing lines, aligned with the products."""
        return self._results[len(self.terms) :]

    @cached_property
    def closing_words(self) -> list[str]:
        """What the closing lines say, a number in them as it stands in the column."""
        values = [*(t.product for t in self.terms), *(line.value for line in self.closing)]
        told = {
            number_text(value): text.strip()
            for value, text in zip(values, self._results, strict=True)
        }
        return [
            _NUMBER.sub(lambda found: told.get(found[0], found[0]), line.text)
            for line in self.closing
        ]

    @cached_property
    def _results(self) -> list[str]:
        """The products and the closing numbers, point under point.

        All have as many decimals as seven digits of the largest leave. A closing number for which
        those are too few has more, to the right of the others' last.
        """
        products = [term.product for term in self.terms]
        texts = texts_of([*products, *(line.value for line in self.closing)])
        first = len(products)
        for place, line in enumerate(self.closing, first):
            texts[place] = _told(line.value, texts[place])
        decimals = [len(text.partition(".")[2]) for text in texts]
        longest = max(decimals, default=0)
        return [text + " " * (longest - n) for text, n in zip(texts, decimals, strict=True)]

    @cached_property
    def largest(self) -> float:
        """The largest magnitude among the products."""
        sizes = [abs(t.product) for t in self.terms if np.isfinite(t.product)]
        return max(sizes, default=0.0)


def texts_of(values: Any) -> list[str]:
    """Return numbers as the account shows them."""
    # Plus zero: a product of zero and a negative weight is -0.0, which only puzzles here.
    return aligned_texts(np.asarray(values, np.float64) + 0.0, DIGITS)


def name_of(address: NumberAddress) -> str:
    """Return a number in words: ``dense_1 unit 2``, ``+ bias`` stages named after it."""
    at = ", ".join(str(i) for i in address.index)
    where = f"unit {at}" if len(address.index) == 1 else f"[{at}]" if at else ""
    call = f" (call {address.node + 1})" if address.node else ""
    stage = "" if address.stage == "output" else f", {address.stage.replace('_', ' ')}"
    return f"{shorten(address.layer_path, _LONGEST)}{call} {where}{stage}".strip()


def account_of(trace: Trace, address: NumberAddress) -> Account:
    """Return how the number at ``address`` of ``trace`` came about; may run in another thread.

    Raises:
        KeyError: the trace has no such step or stage.
        IndexError: the stage has no such number.
        CalculationError: the number cannot be derived, with the reason.
    """
    stage = trace.step(address.layer_path, address.node).stage(address.stage)
    chain = [_derive(trace, address)]
    while len(chain) < _DEEPEST and (inner := _only_origin(chain[-1])) is not None:
        chain.append(_derive(trace, inner))
    deepest = chain[-1]
    closing = [line for derivation in reversed(chain) for line in _closing(derivation)]
    last = closing[-1]
    closing[-1] = ClosingLine(last.text, last.value, last.source, is_result=True)
    formula = "   ".join(d.formula for d in reversed(chain) if d.formula)
    length = stage.value.shape[-1] if stage.value.ndim else 1
    value = chain[0].value
    called = stage.called(address.index)
    return Account(address, value, formula, deepest.terms, tuple(closing), length, called)


def _derive(trace: Trace, address: NumberAddress) -> Derivation:
    from weightview.api import derive

    return derive(trace, address.layer_path, address.index, stage=address.stage, node=address.node)


def _only_origin(derivation: Derivation) -> NumberAddress | None:
    """Return the number of the same step that alone makes this one, or None."""
    if len(derivation.terms) != 1:
        return None
    source = derivation.terms[0].source
    if source is None or source.kind != "stage":
        return None
    if (source.layer_path, source.node) != (derivation.layer_path, derivation.node):
        return None
    if source.name == derivation.stage:
        return None
    return NumberAddress(source.layer_path, source.node, source.name, source.index)


def _closing(derivation: Derivation) -> list[ClosingLine]:
    lines: list[ClosingLine] = []
    if derivation.bias is not None:
        if derivation.total is not None and len(derivation.terms) > 1:
            lines.append(ClosingLine("sum", derivation.total))
        bias = derivation.bias
        source = bias.weight_source or bias.source
        lines.append(ClosingLine(f"+ {bias.label}", bias.product, source))
    left = derivation.substituted.rpartition(" = ")[0] or derivation.substituted or "sum"
    lines.append(ClosingLine(left, derivation.value))
    return lines


def _told(value: float, aligned: str) -> str:
    """Return ``aligned``, or more digits where those beside larger numbers are too few for it."""
    if not np.isfinite(value) or abs(float(aligned) - value) <= _TOO_ROUGH * abs(value):
        return aligned
    if abs(value) < _LEAST_FIXED:
        return f"{value:.{_FEWER - 1}e}"
    return f"{value:.{_FEWER - 1 - math.floor(math.log10(abs(value)))}f}"
