"""Runs the pane's calculations in the background, and keeps what the person chose for them."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from weightview.calculator.trace import Trace
from weightview.core.document import Document
from weightview.core.errors import CancelledError
from weightview.gui.background import Latest
from weightview.gui.calculator_pane.calculation import (
    OWN,
    Choices,
    Comparison,
    Question,
    Watch,
    compare,
    trace_of,
)
from weightview.gui.calculator_pane.planes import Array

if TYPE_CHECKING:
    from weightview.calculator.rows.scaling import Scaler


class Calculator(QObject):
    """Calculates a document's model with the inputs and choices of now.

    Signals:
        began(): a calculation is under way.
        traced(question, trace): a calculation is done.
        compared(comparison): its outputs beside those without edits and choices.
        failed(error): it could not be done; not sent for one that was cancelled.
        ended(): no calculation is under way any more.
        choices_changed(): something else is chosen, or pinned.
    """

    began = Signal()
    traced = Signal(object, object)
    compared = Signal(object)
    failed = Signal(object)
    ended = Signal()
    choices_changed = Signal()

    def __init__(
        self, document: Document, inputs: Callable[[], tuple[Array, ...]], parent: QObject
    ) -> None:
        """Calculate ``document`` with what ``inputs`` gives at that moment."""
        super().__init__(parent)
        self._document = document
        self._inputs = inputs
        self._choices = OWN
        self._pinned: Choices | None = None
        self._what_ifs: bool | None = None
        self._watch = Watch()
        self._tracing = Latest(self)
        self._comparing = Latest(self)

    # Choices

    @property
    def choices(self) -> Choices:
        """What is chosen that the model does not say itself."""
        return self._choices

    @property
    def pinned(self) -> Choices | None:
        """Earlier choices whose output is shown beside, or None."""
        return self._pinned

    def choose_activation(self, layer_path: str, name: str) -> None:
        """Calculate a layer with another activation; ``""`` for the model's own."""
        others = {p: n for p, n in self._choices.activations.items() if p != layer_path}
        self._choose(
            replace(self._choices, activations={**others, layer_path: name} if name else others)
        )

    def choose_bias(self, layer_path: str, kept: bool) -> None:
        """Calculate a layer with or without its bias."""
        others = self._choices.without_bias - {layer_path}
        self._choose(replace(self._choices, without_bias=others if kept else others | {layer_path}))

    def choose_skip(self, layer_path: str, skipped: bool) -> None:
        """Calculate without a layer: it hands on its input; or with it again."""
        others = self._choices.skip - {layer_path}
        self._choose(replace(self._choices, skip=others | {layer_path} if skipped else others))

    def pin(self) -> None:
        """Keep the choices of now to compare with; the next ones begin with the model's own."""
        self._pinned = self._choices or None
        self._choose(OWN)

    def want_what_ifs(self, wanted: bool) -> None:
        """Compare with the usual mistakes from the next calculation on, or no longer."""
        self._what_ifs = wanted

    def drop_choices(self) -> None:
        """Calculate as the model says, and forget what was pinned."""
        self._pinned = None
        self._choose(OWN)

    def _choose(self, choices: Choices) -> None:
        self._choices = choices
        self.choices_changed.emit()

    # Calculating

    def calculate(self, *, elsewhere: bool, scaler: "Scaler | None" = None) -> None:
        """Calculate with the numbers of now; the answer comes by signal.

        Args:
            elsewhere: whether TensorFlow computes the layers that the calculator does not know.
            scaler: what made the inputs of the numbers that are typed, or None.
        """
        snapshot = self._document.snapshot()
        question = Question(
            snapshot,
            self._inputs(),
            self._choices,
            self._pinned,
            is_edited=self._document.is_modified,
            elsewhere=elsewhere,
            scaler=scaler,
            what_ifs=self._what_ifs,
        )
        watch = Watch()
        if not self._tracing.is_running:
            self.began.emit()

        def trace() -> tuple[Question, Trace, Watch]:
            return question, trace_of(question, watch), watch

        self._watch = watch
        self._tracing.request(trace, lambda made: self._traced(*made), self._failed)

    def cancel(self) -> None:
        """Break off what is under way; what is shown stays."""
        self._tracing.drop_waiting()
        self._comparing.drop_waiting()
        self._watch.cancel()

    def _traced(self, question: Question, trace: Trace, watch: Watch) -> None:
        self._end()
        self.traced.emit(question, trace)

        def comparison() -> Comparison:
            return compare(question, trace, watch)

        self._comparing.request(comparison, self.compared.emit, self._failed)

    def _failed(self, error: Exception) -> None:
        self._end()
        if not isinstance(error, CancelledError):
            self.failed.emit(error)

    def _end(self) -> None:
        if not self._tracing.is_waiting:
            self.ended.emit()
