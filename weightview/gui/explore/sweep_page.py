"""The page of sweeps: one input, or the weight cell selected in the window, from a to b."""

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QPushButton, QSpinBox

from weightview.core.document import Document
from weightview.core.errors import NumberError
from weightview.core.numbers import parse_number, shorten
from weightview.gui.explore.curves import Curves
from weightview.gui.explore.page import Page
from weightview.gui.selection import Selection
from weightview.gui.theme import UNIT, number_font

if TYPE_CHECKING:
    from weightview.calculator.rows.scaling import Scaler
    from weightview.calculator.rows.sweep import Sweep
    from weightview.calculator.trace import Trace

_INPUT, _WEIGHT = "an input", "the selected weight"
_FLOAT = np.dtype(np.float64)
_NO_LAYER = "no layer"
_FEW = 6
_INVITATION = (
    "Choose what is swept and from where to where, then press Draw: the curve shows how the output"
    " follows, and where it bends because a unit switches on or off."
)


class SweepPage(Page):
    """Asks what is swept, from where to where, and shows the curves."""

    def __init__(self, selection: Selection) -> None:
        """Follow ``selection`` for the weight to sweep."""
        super().__init__(selection, "sweep_page")
        self._asked_range = False
        self.what = QComboBox(self)
        self.what.setObjectName("sweep_what")
        self.what.setAccessibleName("What is swept")
        self.what.addItems([_INPUT, _WEIGHT])
        self.number = QSpinBox(self)
        self.number.setObjectName("sweep_number")
        self.number.setAccessibleName("Which number of the input")
        self.number.setToolTip("Which number of the input, counted from 0 through all inputs")
        self.start = self._field("from", "sweep_from", "-10")
        self.stop = self._field("to", "sweep_to", "20")
        self.layer = QComboBox(self)
        self.layer.setObjectName("sweep_layer")
        self.layer.setAccessibleName("The layer whose units are shown")
        self.draw = QPushButton("Draw", self)
        self.draw.setObjectName("sweep_draw")
        self.draw.setToolTip("Compute and draw the curves (Enter)")
        self.draw.clicked.connect(self.sweep)
        self.what.currentTextChanged.connect(self._adapt)
        self.curves = Curves(self)
        row = QHBoxLayout()
        row.setSpacing(UNIT)
        for widget in (
            QLabel("Sweep", self), self.what, self.number, QLabel("from", self), self.start,
            QLabel("to", self), self.stop, QLabel("with units of", self), self.layer, self.draw,
        ):  # fmt: skip
            row.addWidget(widget)
        row.addStretch(1)
        self.column.addLayout(row)
        self.add_body(self.curves, _INVITATION)
        self.finish_layout()
        self.say("")

    def _field(self, words: str, name: str, text: str) -> QLineEdit:
        field = QLineEdit(text, self)
        field.setObjectName(name)
        field.setAccessibleName(f"Sweep {words}")
        field.setFont(number_font())
        field.setMaximumWidth(10 * UNIT)
        field.returnPressed.connect(self.sweep)
        return field

    def set_document(self, document: Document | None) -> None:
        """Offer the layers of ``document``."""
        super().set_document(document)
        self.curves.show_sweep(None)
        self.layer.clear()
        if document is not None:
            dense = [layer.path for layer in document.model.walk() if layer.class_name == "Dense"]
            self.layer.addItems([_NO_LAYER, *dense])
            self.layer.setCurrentIndex(1 if len(dense) > 1 else 0)
        self._adapt()

    def set_trace(self, trace: "Trace | None", scaler: "Scaler | None" = None) -> None:
        """Take the input of ``trace``."""
        super().set_trace(trace, scaler)
        if trace is not None:
            self.number.setMaximum(max(0, sum(int(x.size) for x in trace.inputs) - 1))
        self._adapt()

    def _adapt(self) -> None:
        several = self.trace is not None and sum(x.size for x in self.trace.inputs) > 1
        self.number.setVisible(self.what.currentText() == _INPUT and several)

    def sweep(self) -> None:
        """Compute the sweep that is asked for and draw it."""
        if not self.can_work or self.document is None or self.trace is None:
            self.say("There is no input yet: type one into the calculator.")
            return
        try:
            start = float(parse_number(self.start.text(), _FLOAT))
            stop = float(parse_number(self.stop.text(), _FLOAT))
        except NumberError as error:
            self.say(str(error), "error")
            return
        layer = self.layer.currentText()
        layer = "" if layer == _NO_LAYER else layer
        if self.what.currentText() == _WEIGHT:
            self._sweep_weight(start, stop, layer)
        else:
            self._sweep_input(start, stop, layer)

    def _sweep_input(self, start: float, stop: float, layer: str) -> None:
        assert self.document is not None
        assert self.trace is not None
        snapshot, scaler = self.document.snapshot(), self.scaler
        samples, (which, index) = list(self.trace.inputs), self._place(self.trace)
        if scaler is not None:  # what is swept is what a person types
            samples[which] = scaler.undo(samples[which].reshape(-1)).reshape(samples[which].shape)
        swept = samples[which]

        def work(_: Any) -> "Sweep":
            from weightview.api import sweep_input

            given = samples if len(samples) > 1 else samples[0]
            return sweep_input(
                snapshot, given, index, start, stop, layer_path=layer, scaler=scaler, which=which
            )

        name = self._name_of_input(which)
        words = f"{name} {index[0]}" if len(index) == 1 else f"{name} {index}"
        if scaler is not None:
            words += f", before it is scaled ({scaler.label})"
        self.work(
            "Sweeping an input", work, lambda sweep: self._show(sweep, words, float(swept[index]))
        )

    def _place(self, trace: "Trace") -> tuple[int, tuple[int, ...]]:
        """Return which input, and which number of it; the inputs are counted through."""
        rest, which = self.number.value(), 0
        while rest >= trace.inputs[which].size:
            rest -= int(trace.inputs[which].size)
            which += 1
        shape = trace.inputs[which].shape
        return which, tuple(int(i) for i in np.unravel_index(rest, shape)) if shape else ()

    def _name_of_input(self, which: int) -> str:
        graph = self.document.model.graph if self.document is not None else None
        names = graph.input_names if graph is not None else ()
        return shorten(names[which], 40) if len(names) > 1 else "input"

    def _sweep_weight(self, start: float, stop: float, layer: str) -> None:
        assert self.document is not None
        path, cell = self.selection.weight_path, self.selection.cell
        if not path or cell is None:
            self.say("Select a cell of a weight in the main window first.")
            return
        snapshot, sample = self.document.snapshot(), self.sample
        now = float(self.document.read(path, cell))

        def work(tell: Any) -> "Sweep":
            from weightview.api import sweep_weight

            return sweep_weight(
                snapshot, sample, path, cell, start, stop, layer_path=layer, progress=tell
            )

        words = f"{path}[{', '.join(str(i) for i in cell)}]"
        self.work("Sweeping a weight", work, lambda sweep: self._show(sweep, words, now))

    def _show(self, sweep: "Sweep", words: str, now: float) -> None:
        inside = sweep.places.min() <= now <= sweep.places.max()
        self.curves.show_sweep(sweep, words, now if inside else None)
        self.show_body(True)
        self.say(_told(sweep))


def _told(sweep: "Sweep") -> str:
    """Return what the curves show, in words."""
    parts = [
        "Blue: the output" + ("; grey: the layer's units." if sweep.units is not None else ".")
    ]
    if sweep.kinks:
        places = ", ".join(f"{kink:.5g}" for kink in sweep.kinks[:_FEW])
        more = f" and {len(sweep.kinks) - _FEW} more" if len(sweep.kinks) > _FEW else ""
        parts.append(f"It bends at {places}{more}.")
    always = [
        d for d in sweep.dead if d.start <= sweep.places.min() and d.stop >= sweep.places.max()
    ]
    if always:
        units = ", ".join(str(d.unit) for d in always[:_FEW])
        parts.append(f"Dead all along: unit {units}.")
    return " ".join(parts)
