"""A number to step through, with a button on either side: a row of a file, a plane of an array."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractSpinBox, QHBoxLayout, QSpinBox, QToolButton, QWidget

from weightview.gui.theme import small_font, theme


class Stepper(QWidget):
    """Counts from 0: ``‹ row 3 of 0 – 119 ›``.

    Signals:
        value_changed(value): another number was chosen.
    """

    value_changed = Signal(int)

    def __init__(self, noun: str, tip: str, parent: QWidget) -> None:
        """Step through things called ``noun``; ``tip`` is what the tooltip says."""
        super().__init__(parent)
        self.box = QSpinBox(self)
        self.box.setPrefix(f"{noun} ")
        self.box.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.box.setToolTip(f"{tip} (Up, Down)")
        self.box.setAccessibleName(tip)
        self.box.setObjectName(f"{noun}_number")
        self.box.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.box.valueChanged.connect(self._tell)
        self.before = self._button("‹", f"Previous {noun}", self.box.stepDown)
        self.after = self._button("›", f"Next {noun}", self.box.stepUp)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for widget in (self.before, self.box, self.after):
            row.addWidget(widget)
        theme().changed.connect(self._restyle)
        self._restyle()

    def _button(self, text: str, tip: str, step: object) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys of the box do the same
        button.setAutoRepeat(True)
        button.clicked.connect(step)
        return button

    @property
    def value(self) -> int:
        """The number, from 0."""
        return self.box.value()

    def set_count(self, count: int, value: int) -> None:
        """Step through ``count`` things, now at ``value``; no signal is sent."""
        self.box.blockSignals(True)
        self.box.setSuffix(f" of 0 – {max(0, count - 1):,}")
        self.box.setRange(0, max(0, count - 1))
        self.box.setValue(value)
        self.box.blockSignals(False)
        self._enable()

    def _tell(self, value: int) -> None:
        self._enable()
        self.value_changed.emit(value)

    def _enable(self) -> None:
        self.before.setEnabled(self.box.value() > self.box.minimum())
        self.after.setEnabled(self.box.value() < self.box.maximum())

    def _restyle(self) -> None:
        self.box.setFont(small_font())
