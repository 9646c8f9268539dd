"""What the calculator pane shows of a model: inputs above, a strip per layer call, output below."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from weightview.calculator.trace import Trace
from weightview.core.document import Document
from weightview.core.errors import CalculationError, InputError, WeightviewError
from weightview.core.history import Change
from weightview.core.numbers import shorten
from weightview.gui.calculator_pane.calculation import Comparison, Question
from weightview.gui.calculator_pane.calculator import Calculator
from weightview.gui.calculator_pane.input_block import InputBlock
from weightview.gui.calculator_pane.model_input import inputs_of
from weightview.gui.calculator_pane.number_row import Scale
from weightview.gui.calculator_pane.output_block import OutputBlock
from weightview.gui.calculator_pane.planes import Index
from weightview.gui.calculator_pane.referee import Referee
from weightview.gui.calculator_pane.step_strip import StepStrip
from weightview.gui.calculator_pane.strips import Strips
from weightview.gui.calculator_pane.whole_view import WholeView
from weightview.gui.progress_line import ProgressLine
from weightview.gui.selection import NumberAddress, Selection
from weightview.gui.theme import UNIT, colors, small_font, theme

if TYPE_CHECKING:
    from weightview.calculator.rows.scaling import Scaler

_MOST_PINNED = 2
_UNIT_AXES = ("unit", "filter", "channel", "feature", "output")


class Content(QWidget):
    """The calculator of one document.

    Signals:
        trace_changed(trace): another calculation is shown.
        refused(sentence): something could not be done.
        agreement_changed(kind, sentence): what TensorFlow says of it as a whole.
        model_replaced(): the document describes another model now: a new content is needed.
    """

    trace_changed = Signal(object)
    refused = Signal(str)
    agreement_changed = Signal(str, str)
    model_replaced = Signal()

    def __init__(self, document: Document, selection: Selection, parent: QWidget) -> None:
        """Build the inputs of ``document``; :meth:`start` begins to calculate."""
        super().__init__(parent)
        self._document = document
        self._model = document.model
        self._selection = selection
        self.trace: Trace | None = None
        self.scaler: Scaler | None = None
        self.inputs: list[InputBlock] = []
        self._make_parts()
        self._arrange()
        self._connect()
        theme().changed.connect(self._restyle)
        self._restyle()

    # Building

    def _make_parts(self) -> None:
        given = inputs_of(self._model)
        for one in given:
            block = InputBlock(one, "Input" if len(given) == 1 else shorten(one.name, 40), self)
            block.changed.connect(self.calculate)
            block.valid_changed.connect(self._show_validity)
            self.inputs.append(block)
        self.calculator = Calculator(
            self._document, lambda: tuple(block.model_value for block in self.inputs), self
        )
        self.referee = Referee(self)
        self.whole = WholeView(self._selection, self)
        self.progress = ProgressLine(self)
        graph = self._model.graph
        self.output = OutputBlock(graph.output_names if graph is not None else (), self)
        self._strips = Strips(self._model, self._selection, self.calculator, self)
        self.undo_choices = QPushButton("Back to the model's own", self)
        self.undo_choices.setToolTip("Calculate with the model's own activations and all biases")
        self.undo_choices.setObjectName("undo_choices")
        self.undo_choices.hide()
        self.pin_choices = QPushButton("Pin", self)
        self.pin_choices.setToolTip("Keep this what-if beside the next one")
        self.pin_choices.setObjectName("pin_choices")
        self.pin_choices.hide()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, UNIT + UNIT // 2, 0, 0)
        column.setSpacing(0)
        for block in self.inputs:
            if len(self.inputs) <= _MOST_PINNED:
                block.setContentsMargins(2 * UNIT, 0, 2 * UNIT, 0)
                column.addWidget(block)
            else:
                self._strips.add_above(block)
        self.rule = QFrame(self)
        self.rule.setFixedHeight(1)
        column.addWidget(self.rule)
        column.addWidget(self._strips.area, 1)
        self.output.setContentsMargins(2 * UNIT, 0, 2 * UNIT, 0)
        column.addWidget(self.progress)
        column.addWidget(self.output)
        bottom = QHBoxLayout()
        bottom.setSpacing(UNIT)
        bottom.setContentsMargins(2 * UNIT, 0, 2 * UNIT, UNIT)
        bottom.addWidget(self.undo_choices)
        bottom.addWidget(self.pin_choices)
        bottom.addStretch()
        column.addLayout(bottom)
        column.addStretch(0)

    def _connect(self) -> None:
        calculator = self.calculator
        calculator.began.connect(lambda: self.progress.begin("Calculating …", can_cancel=True))
        calculator.ended.connect(self.progress.end)
        calculator.traced.connect(self._show)
        calculator.compared.connect(self._show_comparison)
        calculator.failed.connect(self._fail)
        calculator.choices_changed.connect(self._choices_changed)
        self.progress.cancelled.connect(calculator.cancel)
        self.undo_choices.clicked.connect(calculator.drop_choices)
        self.pin_choices.clicked.connect(calculator.pin)
        self.output.whole_requested.connect(self.whole.show_array)
        self.output.number_chosen.connect(self._choose_output)
        self.output.what_ifs_asked.connect(self._ask_what_ifs)
        self.output.explanation_requested.connect(self._selection.explanation_requested)
        self.referee.judged.connect(self._strips.show_agreements)
        self._strips.whole_requested.connect(self._show_whole)
        self._strips.completed.connect(self._follow)
        self.referee.summed_up.connect(self.agreement_changed)
        self.referee.became_ready.connect(self._calculate_the_rest)

    def start(self) -> None:
        """Listen to the document and the selection, and calculate the example."""
        self._document.values_changed.connect(self._values_changed)
        self._document.storage_changed.connect(self._storage_changed)
        self._selection.number_changed.connect(self._show_number)
        self._selection.layer_changed.connect(self._strips.show_layer)
        self._selection.cell_changed.connect(self._show_unit)
        self._selection.input_requested.connect(self._go_to_input)
        self.referee.start()
        self.calculate()

    def stop(self) -> None:
        """Stop listening: another document comes."""
        self._document.values_changed.disconnect(self._values_changed)
        self._document.storage_changed.disconnect(self._storage_changed)
        self._selection.number_changed.disconnect(self._show_number)
        self._selection.layer_changed.disconnect(self._strips.show_layer)
        self._selection.cell_changed.disconnect(self._show_unit)
        self._selection.input_requested.disconnect(self._go_to_input)
        self.referee.stop()
        self._strips.stop()
        self.calculator.cancel()
        self.whole.close()

    @property
    def strips(self) -> tuple[StepStrip, ...]:
        """The strips in the order in which they are shown."""
        return self._strips.in_order

    # Calculating

    def calculate(self) -> None:
        """Calculate with the numbers of now; the answer comes by itself."""
        scaler = self.inputs[0].scaled.scaler if len(self.inputs) == 1 else None
        self.calculator.calculate(elsewhere=self.referee.is_ready, scaler=scaler)

    def _values_changed(self, changes: tuple[Change, ...]) -> None:
        del changes
        if self._document.model is self._model:
            self.calculate()

    def _storage_changed(self) -> None:
        if self._document.model is self._model:
            self.calculate()
        else:
            self.model_replaced.emit()

    def _choices_changed(self) -> None:
        calculator = self.calculator
        self.undo_choices.setVisible(bool(calculator.choices or calculator.pinned))
        self.pin_choices.setVisible(bool(calculator.choices))
        self.calculate()

    def _ask_what_ifs(self, wanted: bool) -> None:
        self.calculator.want_what_ifs(wanted)
        self.calculate()

    def _calculate_the_rest(self) -> None:
        """Calculate again now that TensorFlow is ready, where layers were left to it."""
        if self.trace is not None and any(step.computed_by is None for step in self.trace.steps):
            self.calculate()

    def _show(self, question: Question, trace: Trace) -> None:
        self.trace, self.scaler = trace, question.scaler
        self._strips.show_steps([s for s in trace.steps if s.class_name != "InputLayer"])
        self._show_number(self._selection.number)
        self._show_validity()
        self._follow()
        self.referee.judge(question, trace)
        self.trace_changed.emit(trace)

    def _show_comparison(self, comparison: Comparison) -> None:
        if self.trace is not None and not self.trace.outputs:
            try:
                self.trace.output  # noqa: B018 - it raises the reason
            except CalculationError as error:
                self.output.set_comparison(None, f"none: {error}")
                return
        self._place_output(len(comparison.rows[0].outputs))
        many = len(comparison.rows[-1].outputs)
        scales = tuple(self._output_scale(place) for place in range(many))
        self.output.set_comparison(comparison, scales=scales)

    def _output_scale(self, place: int) -> Scale | None:
        """Return the colours of the strip that gives an output: equal numbers look equal."""
        at = self._output_at(place)
        strip = self._strips.by_key.get((at.layer_path, at.node)) if at is not None else None
        row = strip.row_named(at.stage) if strip is not None and at is not None else None
        if at is None or row is None or row.scale is None:
            return None
        return Scale(row.scale.limit, f"as in the strip of {shorten(at.layer_path, 40)}")

    def _place_output(self, outputs: int) -> None:
        """Keep one or two outputs in sight below the strips; more of them follow the strips."""
        pinned = outputs <= _MOST_PINNED
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        if pinned == (column.indexOf(self.output) >= 0):
            return
        margin = 2 * UNIT if pinned else 0
        self.output.setContentsMargins(margin, 0, margin, 0)
        if pinned:
            column.insertWidget(column.indexOf(self.progress) + 1, self.output)
        else:
            self._strips.add_below(self.output)

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, WeightviewError):
            raise error
        self.output.set_comparison(None, str(error))
        if not isinstance(error, (InputError, CalculationError)):
            self.refused.emit(str(error))

    def _show_validity(self) -> None:
        faded = not all(block.is_valid for block in self.inputs)
        self._strips.set_faded(faded)
        self.output.set_faded(faded)

    def _show_whole(self, key: tuple[str, int], stage: str) -> None:
        self.whole.show_stage(self._strips.by_key, key, stage)

    def _follow(self) -> None:
        self.whole.follow(self._strips.by_key)

    # The selection

    def _show_number(self, address: NumberAddress | None) -> None:
        self._strips.show_number(address)
        if address is not None:
            self._follow()

    def _choose_output(self, place: int, index: Index) -> None:
        """Select a number of the model's output where its layer computes it."""
        address = self._output_at(place)
        if address is not None:
            self._selection.select_number(replace(address, index=index))

    def _output_at(self, place: int) -> NumberAddress | None:
        """Return where a layer computes the model's output ``place``, without an index."""
        graph = self._model.graph
        if graph is None or place >= len(graph.outputs):
            return None
        ref = graph.outputs[place]
        layer = next((layer for layer in self._model.layers if layer.name == ref.layer), None)
        if layer is None:
            return None
        stage = f"output_{ref.tensor}" if ref.tensor else "output"
        return NumberAddress(layer.path, ref.node, stage, ())

    def _show_unit(self, path: str, index: Index | None) -> None:
        """Outline in the strips of its layer the unit to which a weight's cell belongs."""
        try:
            weight = self._document.weight(path)
        except WeightviewError:
            return
        unit = None
        if index is not None:
            named = zip(weight.axes, index, strict=False)
            unit = next((i for axis, i in named if axis in _UNIT_AXES), None)
        self._strips.show_unit(weight.layer_path, unit)

    def _go_to_input(self, place: int, index: Index) -> None:
        if place < len(self.inputs):
            self.inputs[place].go_to(index)

    def _restyle(self) -> None:
        self.undo_choices.setFont(small_font())
        self.pin_choices.setFont(small_font())
        self.rule.setStyleSheet(f"background: {colors().hairline}")
