"""A slider for one number of an input: move it and watch the output follow."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from weightview.gui.theme import UNIT, colors, small_font, theme

STEPS = 200


class NumberSlider(QWidget):
    """Moves one number between two ends that are shown beside the slider.

    Signals:
        moved(number): the number to put in.
    """

    moved = Signal(float)

    def __init__(self, parent: QWidget) -> None:
        """Start hidden; see :meth:`show_number`."""
        super().__init__(parent)
        self._low, self._step, self._is_whole = 0.0, 1.0, False
        self.label = QLabel(self)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.low, self.high = QLabel(self), QLabel(self)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setAccessibleName("The number of the input that is selected")
        self.slider.setObjectName("input_slider")
        self.slider.setToolTip("Move the selected number of the input (Left, Right)")
        self.slider.valueChanged.connect(self._tell)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(UNIT)
        row.addWidget(self.label)
        row.addWidget(self.low)
        row.addWidget(self.slider, 1)
        row.addWidget(self.high)
        theme().changed.connect(self._restyle)
        self._restyle()
        self.hide()

    def show_number(self, label: str, number: float, ids_below: int | None) -> None:
        """Offer to move ``number``: around itself, or for an id among all ids."""
        if ids_below is not None:
            self._low, self._is_whole = 0.0, True
            steps, self._step = ids_below - 1, 1.0
        else:
            span = max(1.0, 2 * abs(number))
            self._low, self._is_whole = number - span, False
            steps, self._step = STEPS, 2 * span / STEPS
        self.label.setText(label)
        self.low.setText(f"{self._low:.3g}")
        self.high.setText(f"{self._low + steps * self._step:.3g}")
        self.slider.blockSignals(True)
        self.slider.setRange(0, max(0, steps))
        self.slider.setPageStep(max(1, steps // 10))
        self.slider.setValue(round((number - self._low) / self._step))
        self.slider.blockSignals(False)
        self.show()

    def _tell(self, place: int) -> None:
        number = self._low + place * self._step
        # As many digits as a step of the slider can tell apart.
        self.moved.emit(float(round(number)) if self._is_whole else float(f"{number:.4g}"))

    def _restyle(self) -> None:
        c = colors()
        for label in (self.label, self.low, self.high):
            label.setFont(small_font())
            label.setStyleSheet(f"color: {c.muted}")
        self.slider.setStyleSheet(
            f"QSlider::groove:horizontal {{ height: 2px; background: {c.hairline} }}"
            f"QSlider::sub-page:horizontal {{ background: {c.accent} }}"
            f"QSlider::handle:horizontal {{ width: 12px; margin: -5px 0; border-radius: 6px;"
            f" background: {c.panel}; border: 1px solid {c.muted} }}"
            f"QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus"
            f" {{ border-color: {c.accent} }}"
        )
