"""One calculation of the pane: what is asked, what comes back, and the usual what-ifs beside it.

These functions run in another thread, on frozen values.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from weightview.calculator.trace import Trace
from weightview.core.document import Snapshot
from weightview.core.errors import CalculationError, CancelledError, InputError
from weightview.gui.background import Cancel
from weightview.gui.calculator_pane.planes import Array

if TYPE_CHECKING:
    from weightview.calculator.rows.scaling import Scaler

FEW_NUMBERS = 4
_LINEAR = ("", "linear")


@dataclass(frozen=True)
class Choices:
    """What is chosen that the model does not say itself.

    Attributes:
        activations: activations instead of the model's own, by layer path.
        without_bias: paths of layers whose bias is left out.
        skip: paths of layers that hand on their input as it is.
    """

    activations: Mapping[str, str] = field(default_factory=dict)
    without_bias: frozenset[str] = frozenset()
    skip: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Whether anything is chosen."""
        return bool(self.activations or self.without_bias or self.skip)

    @property
    def words(self) -> str:
        """What is chosen, in a sentence."""
        parts = [f"{path} with {name}" for path, name in self.activations.items()]
        parts += [f"{path} without its bias" for path in sorted(self.without_bias)]
        parts += [f"without the layer {path}" for path in sorted(self.skip)]
        return ", ".join(parts)


OWN = Choices()


@dataclass(frozen=True, eq=False)
class Question:
    """What is to be calculated.

    Attributes:
        snapshot: the document at that moment.
        inputs: one sample per model input.
        choices: what is chosen instead of the model's own.
        pinned: earlier choices that are shown beside, or None.
        is_edited: whether the document has edits that are not saved.
        elsewhere: whether TensorFlow computes the layers that the calculator does not know.
        scaler: what made ``inputs`` of the numbers that are typed, or None.
        what_ifs: whether the usual mistakes are wanted; None where the size of the output decides.
    """

    snapshot: Snapshot
    inputs: tuple[Array, ...]
    choices: Choices = OWN
    pinned: Choices | None = None
    is_edited: bool = False
    elsewhere: bool = False
    scaler: "Scaler | None" = None
    what_ifs: bool | None = None

    @property
    def given(self) -> Any:
        """The inputs as the public interface takes them."""
        return self.inputs[0] if len(self.inputs) == 1 else list(self.inputs)


@dataclass(frozen=True, eq=False)
class OutputRow:
    """The model's outputs under one heading, such as ``as saved``; ``words`` tell more."""

    label: str
    outputs: tuple[Array, ...]
    words: str = ""


@dataclass(frozen=True, eq=False)
class Comparison:
    """The output in several ways.

    Attributes:
        rows: as saved, as edited, pinned, as chosen, those that can differ; at least one, the
            last being what the strips show.
        what_ifs: the output as the model computes it and with the usual mistakes; empty where they
            are not wanted, or no mistake can be made.
        mistakes: the mistakes that can be made, in words, whether they were computed or not.
    """

    rows: tuple[OutputRow, ...]
    what_ifs: tuple[OutputRow, ...] = ()
    mistakes: tuple[str, ...] = ()


class Watch:
    """How far a calculation is, and the wish that it end; shared between two threads.

    Attributes:
        share: of the work that is done, 0 to 1.
        layer_path: what is being computed.
    """

    def __init__(self) -> None:
        """Start at nothing."""
        self.share = 0.0
        self.layer_path = ""
        self._cancel = Cancel()

    def cancel(self) -> None:
        """Let the calculation end at its next step."""
        self._cancel.set()

    def __call__(self, share: float, layer_path: str) -> None:
        """Note how far the calculation is.

        Raises:
            CancelledError: somebody wished that it end.
        """
        self.share, self.layer_path = share, layer_path
        if self._cancel.is_set():
            raise CancelledError("The calculation was cancelled.")


def trace_of(question: Question, watch: Watch) -> Trace:
    """Return the trace with everything that is edited and chosen.

    Raises:
        CancelledError: ``watch`` was cancelled.
        InputError: the input does not fit.
        CalculationError: nothing tells how the layers are connected.
    """
    from weightview.api import propagate

    return propagate(
        question.snapshot,
        question.given,
        activations=dict(question.choices.activations),
        without_bias=tuple(question.choices.without_bias),
        skip=tuple(question.choices.skip),
        elsewhere=question.elsewhere,
        progress=watch,
    )


def compare(question: Question, trace: Trace, watch: Watch) -> Comparison:
    """Return the output beside those without edits and choices, and the usual what-ifs."""
    plain = replace(question, choices=OWN)
    edited = trace_of(plain, watch) if question.choices else trace
    rows = []
    if question.is_edited:
        rows.append(OutputRow("as saved", trace_of(_saved(plain), watch).outputs))
    rows.append(OutputRow("as edited" if question.is_edited else "as saved", edited.outputs))
    if question.pinned is not None:
        pinned = trace_of(replace(question, choices=question.pinned), watch)
        rows.append(OutputRow("pinned", pinned.outputs, question.pinned.words))
    if question.choices:
        rows.append(OutputRow("as chosen", trace.outputs, question.choices.words))
    mistakes = _mistakes(question, edited)
    few = len(edited.outputs) == 1 and edited.outputs[0].size <= FEW_NUMBERS
    wanted = few if question.what_ifs is None else question.what_ifs
    made = _what_ifs(plain, edited, mistakes, watch) if wanted else ()
    return Comparison(tuple(rows), made, tuple(mistakes) if made or not wanted else ())


def _saved(question: Question) -> Question:
    now = question.snapshot
    saved = Snapshot(now.model, now.values.saved(), now.path, now.revision)
    return replace(question, snapshot=saved)


def _mistakes(question: Question, trace: Trace) -> dict[str, Choices]:
    """Return the mistakes of a calculation by hand: no activations, no biases."""
    own = {
        step.layer_path: step.own_activation
        for step in trace.steps
        if step.own_activation not in _LINEAR
    }
    biased = [layer.path for layer in question.snapshot.model.walk() if layer.weight("bias")]
    mistakes: dict[str, Choices] = {}
    if own:
        names = sorted(set(own.values()))
        label = f"without {names[0]}" if len(names) == 1 else "without activations"
        mistakes[label] = Choices(dict.fromkeys(own, "linear"))
    if biased:
        mistakes["without biases"] = Choices(without_bias=frozenset(biased))
    return mistakes


def _what_ifs(
    question: Question, trace: Trace, mistakes: Mapping[str, Choices], watch: Watch
) -> tuple[OutputRow, ...]:
    """Return what comes out with each mistake, beside what the model gives."""
    rows = []
    for label, choices in mistakes.items():
        try:
            outputs = trace_of(replace(question, choices=choices), watch).outputs
        except (InputError, CalculationError):
            continue  # a layer that has no such variant: there is nothing to compare
        if outputs:
            rows.append(OutputRow(label, outputs, choices.words))
    return (OutputRow("as the model does", trace.outputs), *rows) if rows else ()
