"""Runs the pane's calculations in the background, and keeps what the person chose for them."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from weightview.calculator.trace import Trace
from weightview.core.document import Document
from weightview.core.errors import CancelledError
from weightview.gui.background import Latest
from weightview.gui.calculator_pane.calculation import (
    Comparison,
    Question,
    Watch,
    compare,
    trace_of,
)
from weightview.gui.calculator_pane.planes import Array


class Calculator(QObject):
    """Calculates a document's model with the inputs and choices of now.

    Signals:
        began(): a calculation is under way.
        traced(question, trace): a calculation is done.
        compared(comparison): its outputs beside those without edits and choices.
        failed(error): it could not be done; not sent for one that was cancelled.
        ended(): no calculation is under way any more.
        choices_changed(): other activations or biases are chosen.
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
        self._activations: dict[str, str] = {}
        self._without_bias: set[str] = set()
        self._watch = Watch()
        self._tracing = Latest(self)
        self._comparing = Latest(self)

    # Choices

    @property
    def has_choices(self) -> bool:
        """Whether anything is chosen that the model does not say itself."""
        return bool(self._activations or self._without_bias)

    def activation(self, layer_path: str) -> str:
        """Return the activation chosen for a layer, ``""`` for the model's own."""
        return self._activations.get(layer_path, "")

    def keeps_bias(self, layer_path: str) -> bool:
        """Return whether a layer's bias takes part."""
        return layer_path not in self._without_bias

    def choose_activation(self, layer_path: str, name: str) -> None:
        """Calculate a layer with another activation; ``""`` for the model's own."""
        self._activations.pop(layer_path, None)
        if name:
            self._activations[layer_path] = name
        self.choices_changed.emit()

    def choose_bias(self, layer_path: str, kept: bool) -> None:
        """Calculate a layer with or without its bias."""
        self._without_bias.discard(layer_path)
        if not kept:
            self._without_bias.add(layer_path)
        self.choices_changed.emit()

    def drop_choices(self) -> None:
        """Calculate as the model says."""
        self._activations.clear()
        self._without_bias.clear()
        self.choices_changed.emit()

    # Calculating

    def calculate(self, *, elsewhere: bool) -> None:
        """Calculate with the numbers of now; the answer comes by signal.

        Args:
            elsewhere: whether TensorFlow computes the layers that the calculator does not know.
        """
        snapshot = self._document.snapshot()
        question = Question(
            snapshot,
            self._inputs(),
            dict(self._activations),
            frozenset(self._without_bias),
            is_edited=self._document.is_modified,
            elsewhere=elsewhere,
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
