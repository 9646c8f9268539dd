"""What a person's own program does to an input before the model: shown, and left out by a tick."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from weightview.gui.calculator_pane.number_row import NumberRow
from weightview.gui.calculator_pane.number_rows import NumberRows
from weightview.gui.calculator_pane.planes import Array, Index
from weightview.gui.theme import UNIT, small_font, theme

if TYPE_CHECKING:
    from weightview.calculator.rows.scaling import Scaler


class ScaledInput(QWidget):
    """The numbers as the model is given them; hidden while there is no scaler.

    Signals:
        toggled(): the scaler takes part, or no longer.
        number_clicked(index): a number was chosen by click or key.
    """

    toggled = Signal()
    number_clicked = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        """Start without a scaler."""
        super().__init__(parent)
        self._scaler: Scaler | None = None
        self.tick = QCheckBox(self)
        self.tick.setObjectName("input_scaled")
        self.tick.setChecked(True)
        self.tick.toggled.connect(self._toggle)
        self.numbers = NumberRows(self, label_characters=0)
        self.numbers.setObjectName("scaled_numbers")
        self.numbers.setAccessibleName("The input as the model is given it")
        self.numbers.number_clicked.connect(lambda _, index: self._tell(index))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(UNIT // 2)
        column.addWidget(self.tick)
        column.addWidget(self.numbers)
        theme().changed.connect(self._restyle)
        self._restyle()
        self.hide()

    @property
    def scaler(self) -> "Scaler | None":
        """The scaler that takes part, or None."""
        return self._scaler if self.tick.isChecked() else None

    def set_scaler(self, scaler: "Scaler | None") -> None:
        """Scale by ``scaler`` from now on; None for the numbers as they are typed."""
        self._scaler = scaler
        self.setVisible(scaler is not None)
        if scaler is not None:
            self.tick.setText(f"scaled before the model: {scaler.label}")
            self.tick.setToolTip(
                "The scaler that is set in Explore, Many inputs: it is not in the model's file."
                " Untick to calculate with the numbers as they are typed (Space)"
            )

    def applied(self, value: Array) -> Array:
        """Return ``value`` as the model is given it, and show it."""
        scaler = self.scaler
        if scaler is None:
            return value
        # A scaler of a table is fitted to flat rows.
        scaled: Array = scaler.apply(value.reshape(-1)).reshape(value.shape).astype(np.float32)
        self.numbers.set_rows((NumberRow("scaled", scaled),))
        return scaled

    def _toggle(self, checked: bool) -> None:
        self.numbers.setVisible(checked)
        self.toggled.emit()

    def _tell(self, index: Index) -> None:
        self.number_clicked.emit(index)

    def _restyle(self) -> None:
        self.tick.setFont(small_font())
