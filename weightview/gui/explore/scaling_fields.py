"""The fields that say what a person's program did to numbers outside the model."""

from typing import cast

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QWidget

from weightview.core.numbers import parse_number
from weightview.gui.explore.rows_work import KINDS, Kind, Scaling
from weightview.gui.theme import UNIT, number_font

_FLOAT = np.dtype(np.float64)


class ScalingFields(QWidget):
    """A choice of scalers; for the typed one an offset and a divisor: ``(x - a) / b``.

    Signals:
        changed(): another scaler is chosen or typed.
    """

    changed = Signal()

    def __init__(self, what: str, name: str, parent: QWidget | None = None) -> None:
        """Start without a scaler.

        Args:
            what: what is scaled, for people: ``inputs``.
            name: the beginning of the object names.
            parent: the page.
        """
        super().__init__(parent)
        self.kind = QComboBox(self)
        self.kind.setObjectName(f"{name}_scaling")
        self.kind.setAccessibleName(f"Scaling of the {what} outside the model")
        self.kind.setToolTip(
            f"Scaling of the {what} outside the model: it is not in the file, and often why"
            " numbers do not match"
        )
        self.kind.addItems(KINDS)
        self.kind.currentTextChanged.connect(self._adapt)
        self.kind.currentTextChanged.connect(self.changed)
        self.offset = self._field(f"{name}_offset", f"Number taken off the {what}", "0")
        self.scale = self._field(f"{name}_scale", f"Number that the {what} are divided by", "1")
        self._typed = [
            QLabel("(x −", self),
            self.offset,
            QLabel(") /", self),
            self.scale,
        ]
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(UNIT)
        for widget in (QLabel(f"{what} scaled:", self), self.kind, *self._typed):
            row.addWidget(widget)
        self._adapt()

    def _field(self, name: str, words: str, text: str) -> QLineEdit:
        field = QLineEdit(text, self)
        field.setObjectName(name)
        field.setAccessibleName(words)
        field.setToolTip(f"{words}; Enter takes it")
        field.setFont(number_font())
        field.setFixedWidth(10 * UNIT)
        field.returnPressed.connect(self.changed)
        return field

    def _adapt(self) -> None:
        for widget in self._typed:
            widget.setVisible(self.kind.currentText() == "typed")

    def reset(self) -> None:
        """Choose no scaler; nothing is told."""
        self.kind.blockSignals(True)
        self.kind.setCurrentIndex(0)
        self.kind.blockSignals(False)
        self._adapt()

    @property
    def scaling(self) -> Scaling:
        """What is chosen.

        Raises:
            NumberError: a typed number is none.
        """
        kind = cast(Kind, self.kind.currentText())
        if kind != "typed":
            return Scaling(kind)
        offset, scale = (
            float(parse_number(field.text(), _FLOAT)) for field in (self.offset, self.scale)
        )
        return Scaling(kind, offset, scale)
