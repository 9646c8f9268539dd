"""One call of one layer in the calculator: its headline, and its stages as rows."""

from dataclasses import replace
from itertools import pairwise

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from weightview.calculator.trace import Step
from weightview.core.model import Generation, Layer
from weightview.core.numbers import shorten
from weightview.gui.calculator_pane.activation_box import ActivationBox
from weightview.gui.calculator_pane.bias_box import BIAS_LABEL, BiasBox
from weightview.gui.calculator_pane.calculation import OWN, Choices
from weightview.gui.calculator_pane.labels import WrappedLabel
from weightview.gui.calculator_pane.number_row import NumberRow
from weightview.gui.calculator_pane.number_rows import NumberRows
from weightview.gui.calculator_pane.planes import Index
from weightview.gui.calculator_pane.stage_rows import inner_layers, own_inside, stage_rows
from weightview.gui.calculator_pane.step_header import Agreement, StepHeader
from weightview.gui.selection import NumberAddress
from weightview.gui.theme import UNIT, colors, small_font, theme

LABEL_CHARACTERS = 14
_LONGEST_NAME = 120


class StepStrip(QWidget):
    """A layer's headline and its stages.

    Of a folded layer only the headline is made: its stages wait until it is unfolded or until
    somebody asks for :attr:`numbers`, its activation box until the headline is in sight.

    Signals:
        number_chosen(address): a number was clicked, or reached with an arrow key.
        explanation_requested(): Return was pressed on the number that is chosen.
        whole_requested(key, stage): the stage of this name is to be shown whole.
        folding_requested(folded): every layer is to be folded or unfolded.
        activation_chosen(layer_path, name): another activation, ``""`` for the model's own.
        bias_chosen(layer_path, kept): whether the bias takes part.
        skip_chosen(layer_path, skipped): whether the layer is left out.
    """

    number_chosen = Signal(object)
    explanation_requested = Signal()
    whole_requested = Signal(object, str)
    folding_requested = Signal(bool)
    activation_chosen = Signal(str, str)
    bias_chosen = Signal(str, bool)
    skip_chosen = Signal(str, bool)

    def __init__(self, layer: Layer, node: int, parent: QWidget | None = None) -> None:
        """Show calls of ``layer``; the numbers come with :meth:`set_step`."""
        super().__init__(parent)
        self.layer = layer
        self.node = node
        self.step: Step | None = None
        self.is_first = False
        self._shown: tuple[str, ...] = ()
        self._choices = OWN
        self._folded = False
        self._numbers: NumberRows | None = None
        self._waits = False  # whether the stages shown are not those of the step
        self._address: NumberAddress | None = None
        self._unit: int | None = None
        self._faded = False
        self._own = ""
        self._generation: Generation | None = None
        # A wrapper's activation is that of the layers inside: of both ways alike.
        self._activated = tuple(inner_layers(layer).values()) or (layer,)
        self._bias: BiasBox | None = None
        self._remark: WrappedLabel | None = None
        self._agreement = Agreement()
        self.setObjectName(f"strip:{layer.path}:{node}")
        self.setAccessibleName(f"{layer.path}, {layer.class_name}")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.header = StepHeader(self)
        self.header.clicked.connect(lambda: self.set_folded(not self._folded))
        self.header.skip_clicked.connect(self._tell_skip)
        self.header.can_skip = layer.graph is None
        self.header.all_clicked.connect(lambda: self.folding_requested.emit(not self._folded))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, UNIT // 2, 0, UNIT)
        column.setSpacing(0)
        column.addWidget(self.header)
        theme().changed.connect(self._restyle)

    # What is shown

    @property
    def key(self) -> tuple[str, int]:
        """Layer path and call, as a trace finds the step."""
        return self.layer.path, self.node

    @property
    def numbers(self) -> NumberRows:
        """The stages, made when first needed."""
        if self._numbers is None:
            self._numbers = self._make_numbers()
        self._complete()
        return self._numbers

    @property
    def folded(self) -> bool:
        """Whether the stages are hidden."""
        return self._folded

    @property
    def agreement(self) -> Agreement:
        """What TensorFlow said of this step."""
        return self._agreement

    @property
    def remark(self) -> str:
        """What is said in words under the headline, ``""`` for nothing."""
        return self._remark_text()[0]

    def set_folded(self, folded: bool) -> None:
        """Hide or show the stages."""
        self._folded = folded
        self.header.set_folded(folded)
        if not folded or self._numbers is not None:
            self.numbers.setVisible(not folded)
        if not folded:
            self._show_activation()
        self._show_remark()

    def set_step(self, step: Step, generation: Generation | None, choices: Choices) -> None:
        """Show a new calculation.

        Args:
            step: the call of this layer.
            generation: that of the Keras which wrote the file: what its names mean.
            choices: what is chosen in the whole model.
        """
        if step is self.step and choices == self._choices:
            return  # an edit further on leaves this step as it was
        self.step, self._choices = step, choices
        path = self.layer.path
        self.header.set_skipped(path in choices.skip)
        self.header.set_texts(*headline(self.layer, step))
        self._own = step.own_activation or own_inside(self._activated, generation)
        self._generation = generation
        if not self._folded or self.header.box is not None:
            self._show_activation()
        self._waits = True
        if not self._folded:
            self._complete()
        self._show_remark()

    def _show_activation(self) -> None:
        if self._own:
            chosen = self._choices.activations.get(self._activated[0].path, "")
            self._activation_box(self._generation).set_choice(self._own, chosen)

    def _make_numbers(self) -> NumberRows:
        numbers = NumberRows(
            self, label_characters=LABEL_CHARACTERS, scale_words="the largest of this layer"
        )
        numbers.setAccessibleName(f"Numbers of {self.layer.path}")
        numbers.setObjectName(f"numbers:{self.layer.path}:{self.node}")
        numbers.number_clicked.connect(self._tell_number)
        numbers.number_followed.connect(lambda *_: self.explanation_requested.emit())
        numbers.whole_requested.connect(self._tell_whole)
        numbers.set_faded(self._faded)
        numbers.set_unit(self._unit)
        numbers.setVisible(not self._folded)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.addWidget(numbers)
        return numbers

    def _complete(self) -> None:
        """Show the stages of the step, if they are not shown yet."""
        if not self._waits or self.step is None:
            return
        self._waits = False
        bias_kept = self.layer.path not in self._choices.without_bias
        rows = stage_rows(self.layer, self.step, bias_kept=bias_kept)
        self._shown = tuple(name for name, _ in rows)
        self.numbers.set_rows(tuple(row for _, row in rows))
        self._show_bias(bias_kept)
        if self._address is not None:
            self.set_number(self._address)

    def _activation_box(self, generation: Generation | None) -> ActivationBox:
        if self.header.box is None:
            from weightview.calculator.activations import names

            box = ActivationBox(names(generation), self.header)
            box.setObjectName(f"activation:{self.layer.path}:{self.node}")
            box.setAccessibleName(f"Activation of {self.layer.path}")
            box.name_chosen.connect(self._tell_activation)
            self.header.add_box(box)
            self._order_tabs()
        return self.header.box  # type: ignore[return-value]  # set just above

    def set_agreement(self, agreement: Agreement) -> None:
        """Show what TensorFlow said of this step."""
        self._agreement = agreement
        self.header.set_agreement(agreement)
        self._show_remark()

    def set_number(self, address: NumberAddress | None) -> None:
        """Outline the number at ``address`` where it is one of this step's."""
        is_here = address is not None and (address.layer_path, address.node) == self.key
        self._address = address if is_here else None
        if self._numbers is None and not is_here:
            return
        numbers, row = self.numbers, None
        if address is not None and is_here:
            row = self._shown.index(address.stage) if address.stage in self._shown else None
        numbers.set_selected(row, address.index if address is not None else ())

    def set_unit(self, unit: int | None) -> None:
        """Outline one place along the last axis of every stage; None for none."""
        self._unit = unit
        if self._numbers is not None:
            self._numbers.set_unit(unit)

    def set_faded(self, faded: bool) -> None:
        """Grey the numbers: they belong to an earlier input."""
        self._faded = faded
        if self._numbers is not None:
            self._numbers.set_faded(faded)

    def row_named(self, stage: str) -> NumberRow | None:
        """Return the row of the stage called ``stage`` in its colours here, or None."""
        self._complete()
        if stage not in self._shown:
            return None
        row = self._shown.index(stage)
        return replace(self.numbers.rows[row], scale=self.numbers.scale_of(row))

    # The parts that not every layer needs

    def _show_bias(self, kept: bool) -> None:
        if self._numbers is None:
            return
        row = self._numbers.row_of(BIAS_LABEL)
        has_bias = any(layer.weight("bias") is not None for layer in self._activated)
        if not has_bias or row is None:
            return
        if self._bias is None:
            self._bias = BiasBox(self.numbers)
            self._bias.setObjectName(f"bias:{self.layer.path}:{self.node}")
            self._bias.setAccessibleName(f"Bias of {self.layer.path} takes part")
            what = "this bias" if len(self._activated) == 1 else "the biases of both ways"
            self._bias.setToolTip(f"Untick to calculate without {what} (Space)")
            path = self.layer.path
            self._bias.toggled.connect(lambda on: self.bias_chosen.emit(path, on))
            self._bias.show()
            self._order_tabs()
        self._bias.setGeometry(self.numbers.laid_out().label_box(row))
        self.numbers.cover_labels(frozenset({row}))
        self._bias.blockSignals(True)
        self._bias.setChecked(kept)
        self._bias.blockSignals(False)

    def _order_tabs(self) -> None:
        """Let Tab go from headline to activation, bias and numbers, though some came later."""
        parts = (self.header, self.header.box, self._bias, self._numbers)
        present = [part for part in parts if part is not None]
        for before, after in pairwise(present):
            QWidget.setTabOrder(before, after)

    def _show_remark(self) -> None:
        text, color = self._remark_text()
        if self._remark is None:
            if not text:
                return
            self._remark = WrappedLabel(self)
            self._remark.setFont(small_font())
            self._remark.setContentsMargins(0, 0, 0, UNIT // 2)
            layout = self.layout()
            assert isinstance(layout, QVBoxLayout)
            layout.insertWidget(1, self._remark)
        self._remark.setText(text)
        self._remark.setStyleSheet(f"color: {color}")
        self._remark.setVisible(bool(text) and not self._folded)

    def _remark_text(self) -> tuple[str, str]:
        if self._agreement.kind == "differs":
            return self._agreement.sentence, colors().error
        step = self.step
        if step is None:
            return "", colors().muted
        if step.computed_by is None:
            return f"Not computed: {step.reason}", colors().muted
        said = [f"From TensorFlow: {step.reason}"] if step.computed_by == "tensorflow" else []
        return " ".join([*said, *step.notes]), colors().muted

    def _restyle(self) -> None:
        self._show_remark()
        self._show_bias(kept=self.layer.path not in self._choices.without_bias)

    def _tell_number(self, row: int, index: Index) -> None:
        stage = self._shown[row]
        self.number_chosen.emit(NumberAddress(self.layer.path, self.node, stage, index))

    def _tell_activation(self, name: str) -> None:
        for layer in self._activated:
            self.activation_chosen.emit(layer.path, name)

    def _tell_skip(self, skipped: bool) -> None:
        self.skip_chosen.emit(self.layer.path, skipped)

    def _tell_whole(self, row: int) -> None:
        self.whole_requested.emit(self.key, self._shown[row])

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the hairline above; now that it is in sight it needs its activation box."""
        del event
        if self._own and self.header.box is None:
            QTimer.singleShot(0, self, self._show_activation)
        if not self.is_first:
            painter = QPainter(self)
            painter.setPen(QColor(colors().hairline))
            painter.drawLine(0, 0, self.width(), 0)

    def sizeHint(self) -> QSize:
        """Return what the headline and the rows need."""
        layout = self.layout()
        assert layout is not None
        return layout.sizeHint()


def headline(layer: Layer, step: Step) -> tuple[str, str]:
    """Return the name of a step and what is quietly said beside it."""
    name = shorten(layer.path, _LONGEST_NAME)
    if step.node:
        name += f" · call {step.node + 1}"
    units = next((layer.config[key] for key in ("units", "filters") if key in layer.config), None)
    facts = [shorten(layer.class_name)]
    if units is not None:
        word = "unit" if "units" in layer.config else "filter"
        facts.append(f"{units} {word}{'' if units == 1 else 's'}")
    elif step.outputs and step.outputs[0].ndim > 1:
        facts.append("×".join(str(n) for n in step.outputs[0].shape))
    return name, ", ".join(facts)
