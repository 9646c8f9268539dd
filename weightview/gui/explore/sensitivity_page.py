"""The page of what weights do: the gradient over a kernel, and the way to a number."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QSpinBox,
)

from weightview.core.document import Document
from weightview.core.errors import EditError, NumberError
from weightview.core.numbers import exact_text, parse_number
from weightview.core.values import Array
from weightview.gui.explore.page import Page
from weightview.gui.selection import Selection
from weightview.gui.theme import UNIT, colors, diverging, number_font

if TYPE_CHECKING:
    from weightview.calculator.rows.scaling import Scaler
    from weightview.calculator.sensitivity.target import Move
    from weightview.calculator.trace import Trace

_FLOAT = np.dtype(np.float64)
_HINT = "How much the output changes with each weight; red: it grows with it, blue: it shrinks."
_INVITATION = (
    "Press Compute gradients to see how much the output changes with each weight, for the input in"
    " the calculator. Or type below what the output is to be, and find the single weight that makes"
    " it so."
)
_PLANE = 2
_MOST_CELLS = 4_000_000


class SensitivityPage(Page):
    """Shows the gradient of one output over a weight, and names weights that reach a number."""

    def __init__(self, selection: Selection) -> None:
        """Follow ``selection`` for the weight that is looked at."""
        super().__init__(selection, "sensitivity_page")
        self._gradients: Mapping[str, Array] = {}
        self._moves: tuple[Move, ...] = ()
        self.output = QSpinBox(self)
        self.output.setObjectName("sensitivity_output")
        self.output.setAccessibleName("Which number of the output")
        self.output.setToolTip("Which number of the output, counted from 0")
        self.compute = QPushButton("Compute gradients", self)
        self.compute.setObjectName("sensitivity_compute")
        self.compute.setToolTip("How the output changes with every weight, for the present input")
        self.compute.clicked.connect(self.ask_gradients)
        self.weight = QComboBox(self)
        self.weight.setObjectName("sensitivity_weight")
        self.weight.setAccessibleName("The weight whose gradient is shown")
        self.weight.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.weight.currentTextChanged.connect(self._paint)
        self.wanted = QLineEdit(self)
        self.wanted.setObjectName("sensitivity_wanted")
        self.wanted.setAccessibleName("The number that the output is to be")
        self.wanted.setPlaceholderText("25")
        self.wanted.setFont(number_font())
        self.wanted.setMaximumWidth(10 * UNIT)
        self.wanted.returnPressed.connect(self.ask_moves)
        self.find_moves = QPushButton("Which weight makes it so?", self)
        self.find_moves.setObjectName("sensitivity_find")
        self.find_moves.setToolTip("Single weights that bring the output to this number (Enter)")
        self.find_moves.clicked.connect(self.ask_moves)
        self.picture = pg.GraphicsLayoutWidget(self)
        self.picture.setObjectName("sensitivity_picture")
        self.picture.setAccessibleName("The gradient over the weight")
        self._view = self.picture.addViewBox(lockAspect=False, invertY=True, enableMenu=False)
        self._image = pg.ImageItem(axisOrder="row-major")
        self._view.addItem(self._image)
        self.picture.setToolTip("Click a place to select its weight, with its gradient")
        self.picture.scene().sigMouseClicked.connect(self._choose_cell)
        self.moves = QListWidget(self)
        self.moves.setObjectName("sensitivity_moves")
        self.moves.setAccessibleName("Weights that reach the number; Enter makes the edit")
        self.moves.setFont(number_font())
        self.moves.setMaximumHeight(14 * UNIT)
        self.moves.itemActivated.connect(self._apply)
        self.moves.itemClicked.connect(self._select)
        self.moves.hide()
        self._lay_out()
        self.say("")

    def _lay_out(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        for row in (first, second):
            row.setSpacing(UNIT)
        self._over = QLabel("shown over", self)
        for widget in (
            QLabel("Output number", self), self.output, self.compute, self._over, self.weight,
        ):  # fmt: skip
            first.addWidget(widget)
        first.addStretch(1)
        second.addWidget(QLabel("The output is to be", self))
        second.addWidget(self.wanted)
        second.addWidget(self.find_moves)
        second.addStretch(1)
        self.column.addLayout(first)
        self.add_body(self.picture, _INVITATION)
        self.column.addLayout(second)
        self.column.addWidget(self.moves)
        self.finish_layout()

    def set_document(self, document: Document | None) -> None:
        """Forget the gradients: they belonged to another model."""
        super().set_document(document)
        self._gradients = {}
        self.weight.clear()
        self._show_moves(())
        self._paint()

    def set_trace(self, trace: "Trace | None", scaler: "Scaler | None" = None) -> None:
        """Take the input of ``trace``."""
        super().set_trace(trace, scaler)
        if trace is not None and trace.outputs:
            self.output.setMaximum(max(0, int(trace.outputs[0].size) - 1))

    def _index(self) -> tuple[int, ...]:
        assert self.trace is not None
        shape = self.trace.outputs[0].shape
        return tuple(int(i) for i in np.unravel_index(self.output.value(), shape)) if shape else ()

    def ask_gradients(self) -> None:
        """Compute the gradient of the chosen output number for the present input."""
        if not self.can_work or self.document is None:
            self.say("There is no input yet: type one into the calculator.")
            return
        snapshot, sample, index = self.document.snapshot(), self.sample, self._index()

        def work(_: Any) -> Mapping[str, Array]:
            from weightview.api import gradients

            return gradients(snapshot, sample, index)

        self.work("Computing gradients", work, self._show_gradients)

    def _show_gradients(self, gradients: Mapping[str, Array]) -> None:
        self._gradients = gradients
        self.show_body(True)
        before = self.weight.currentText() or self.selection.weight_path
        self.weight.blockSignals(True)
        self.weight.clear()
        self.weight.addItems(list(gradients))
        self.weight.setCurrentIndex(max(0, self.weight.findText(before)))
        self.weight.blockSignals(False)
        self._paint()
        self.say(self._told())

    def _told(self) -> str:
        from weightview.calculator.sensitivity.steepest import steepest

        name = self.weight.currentText()
        array = self._gradients.get(name)
        if array is None or not array.size:
            return "The output does not depend on any weight."
        found = steepest(array)
        if found is None:
            return f"No gradient of {name} is a finite number for this input."
        at = ", ".join(map(str, found.index))
        told = f"{_HINT} The steepest is {name}[{at}]: {found.slope:.6g} per unit"
        idle = f"; {found.idle:.0%} of {name} does nothing for this input" if found.idle else ""
        return f"{told}{idle}."

    def _paint(self) -> None:
        self._over.setVisible(bool(self._gradients))
        self.weight.setVisible(bool(self._gradients))
        array = self._gradients.get(self.weight.currentText())
        self.picture.setBackground(colors().panel)
        if array is None or not array.size or array.size > _MOST_CELLS:
            self._image.clear()
            return
        from weightview.calculator.sensitivity.steepest import steepest

        found = steepest(array)
        limit = abs(found.slope) if found is not None else 0.0
        self._image.setImage(diverging(_plane(array), limit), levels=(0, 255))
        self._view.autoRange(padding=0.02)

    def _choose_cell(self, event: Any) -> None:
        """Select the weight's cell that was clicked, and tell its gradient."""
        name = self.weight.currentText()
        array = self._gradients.get(name)
        if array is None or not array.size:
            return
        point = self._image.mapFromScene(event.scenePos())
        row, column = math.floor(point.y()), math.floor(point.x())
        rows, columns = _plane(array).shape
        if 0 <= row < rows and 0 <= column < columns:
            place = row * columns + column
            cell = tuple(int(i) for i in np.unravel_index(place, array.shape))
            self.selection.select_cell(name, cell)
            at = ", ".join(str(i) for i in cell)
            self.say(f"{name}[{at}]: {float(array[cell]):.6g} per unit.")

    def ask_moves(self) -> None:
        """Look for single weights that bring the output to the number that is wanted."""
        if not self.can_work or self.document is None:
            self.say("There is no input yet: type one into the calculator.")
            return
        try:
            wanted = float(parse_number(self.wanted.text(), _FLOAT))
        except NumberError as error:
            self.say(str(error), "error")
            return
        snapshot, sample, index = self.document.snapshot(), self.sample, self._index()

        def work(tell: Any) -> "tuple[Move, ...]":
            from weightview.api import moves_to

            return moves_to(snapshot, sample, wanted, index=index, progress=tell)

        self.work("Looking for a weight", work, lambda moves: self._found(moves, wanted))

    def _found(self, moves: "tuple[Move, ...]", wanted: float) -> None:
        self._show_moves(moves)
        if moves:
            self.say("A click selects the weight, a double click or Enter makes the edit.")
        else:
            self.say(f"No single weight was found that makes the output {wanted:g}.")

    def _show_moves(self, moves: "tuple[Move, ...]") -> None:
        self._moves = moves
        self.moves.clear()
        for move in moves:
            at = ", ".join(str(i) for i in move.index)
            before, after = (exact_text(np.float32(n)) for n in (move.before, move.after))
            gives = exact_text(np.float32(move.output))
            self.moves.addItem(f"{move.weight.path}[{at}]  {before} → {after}  gives {gives}")
        self.moves.setVisible(bool(moves))

    def _select(self) -> None:
        move = self._moves[self.moves.currentRow()]
        self.selection.select_cell(move.weight.path, move.index)

    def _apply(self) -> None:
        move = self._moves[self.moves.currentRow()]
        assert self.document is not None
        at = ", ".join(str(i) for i in move.index)
        label = f"Set {move.weight.path}[{at}]"
        try:
            self.document.set_values(move.weight, move.index, move.after, label=label)
        except EditError as error:
            self.say(str(error), "error")
            return
        self._show_moves(())
        self.say(f"{label} to {exact_text(np.float32(move.after))}; Undo takes it back.", "agree")

    def restyle(self) -> None:
        """Take the colours of the theme."""
        super().restyle()
        c = colors()
        self.moves.setStyleSheet(
            f"QListWidget {{ background: {c.panel}; border: 1px solid {c.hairline}; }}"
            f"QListWidget::item:selected {{ background: {c.accent_soft}; color: {c.text}; }}"
        )
        self.picture.setFrameShape(pg.QtWidgets.QFrame.Shape.NoFrame)
        self.picture.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._paint()


def _plane(array: Array) -> Array:
    """Return a gradient as a picture: the last axis across, all others down."""
    return array.reshape(-1, array.shape[-1]) if array.ndim >= _PLANE else array.reshape(1, -1)
