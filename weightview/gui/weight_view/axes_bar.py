"""For arrays of more than two axes: which axes lie flat, and a named slider for each other."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QSpinBox,
    QToolButton,
    QWidget,
)

from weightview.core.model import Weight
from weightview.gui.theme import colors, number_font, small_font, theme
from weightview.gui.weight_view.flow_layout import FlowLayout
from weightview.gui.weight_view.names import Names
from weightview.gui.weight_view.slicing import Slice
from weightview.gui.weight_view.wording import axis_word, count_text

_SLIDER_WIDTH = 96
_PLAIN_RANK = 2


class AxisSlider(QWidget):
    """One axis that does not lie flat: ``filter 12 of 0 – 63`` with a slider.

    Signals:
        moved(axis, place): the person went to another place on it.
    """

    moved = Signal(int, int)

    def __init__(
        self,
        axis: int,
        word: str,
        length: int,
        name: Callable[[int], str],
        parent: QWidget | None = None,
    ) -> None:
        """Offer the places of an axis, from 0 to before ``length``.

        Args:
            axis: which axis.
            word: what it counts.
            length: how many places it has.
            name: returns what a place is called besides its number, or nothing.
            parent: the parent.
        """
        super().__init__(parent)
        self._name = name
        self.setObjectName(f"axis_{axis}")
        self.axis = axis
        self._slider = self._make_slider(word, length)
        self._number = self._make_number(word, length)
        self._word = QLabel(word, self)
        self._of = QLabel(f"of 0 – {length - 1:,}", self)
        self._of.setObjectName(f"axis_{axis}_of")
        self._of.setToolTip(f"{count_text(length, word)}, counted from 0")
        self._called = QLabel(self)
        self._called.setObjectName(f"axis_{axis}_name")
        for label in self._labels:
            label.setTextFormat(Qt.TextFormat.PlainText)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for widget in (self._word, self._number, self._of, self._slider, self._called):
            row.addWidget(widget)
        self._slider.valueChanged.connect(self._changed)
        self._number.valueChanged.connect(self._changed)
        self._say_name()
        self.restyle()

    def _make_slider(self, word: str, length: int) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal, self)
        slider.setRange(0, length - 1)
        slider.setPageStep(max(1, length // 10))
        slider.setFixedWidth(_SLIDER_WIDTH)
        slider.setAccessibleName(word)
        slider.setObjectName(f"axis_{self.axis}_slider")
        slider.setToolTip(f"Step through: {word} (arrow keys)")
        return slider

    def _make_number(self, word: str, length: int) -> QSpinBox:
        number = QSpinBox(self)
        number.setRange(0, length - 1)
        number.setAccessibleName(f"{word} number")
        number.setObjectName(f"axis_{self.axis}_number")
        number.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        return number

    @property
    def _labels(self) -> tuple[QLabel, ...]:
        return self._word, self._of, self._called

    def _say_name(self) -> None:
        name = self._name(self.place)
        self._called.setText(name)
        self._called.setVisible(bool(name))

    @property
    def place(self) -> int:
        """The place on the axis."""
        return self._slider.value()

    def set_place(self, place: int) -> None:
        """Go to a place without telling."""
        for widget in (self._slider, self._number):
            widget.blockSignals(True)
            widget.setValue(place)
            widget.blockSignals(False)
        self._say_name()

    def restyle(self) -> None:
        """Take on the theme's colours and fonts."""
        self._number.setFont(small_font())
        digits = self._number.fontMetrics().horizontalAdvance("0") * len(
            str(self._slider.maximum())
        )
        self._number.setFixedWidth(digits + 32)
        for label in self._labels:
            label.setFont(small_font())
            label.setStyleSheet(f"color: {colors().muted};")

    def _changed(self, place: int) -> None:
        self.set_place(place)
        self.moved.emit(self.axis, place)


class AxesBar(QWidget):
    """Row and column choosers and the sliders; hidden for matrices and vectors.

    Signals:
        look_changed(look): the person chose another :class:`Slice`.
        bias_asked(): the person wants to see the bias of the filter that is shown.
    """

    look_changed = Signal(object)
    bias_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without axes."""
        super().__init__(parent)
        self.setObjectName("axes_bar")
        self.setAccessibleName("Axes")
        self._look: Slice | None = None
        self._weight: Weight | None = None
        self._names: Names | None = None
        self._sliders: dict[int, AxisSlider] = {}
        self._rows = self._chooser("Rows")
        self._columns = self._chooser("Columns")
        self._flow = FlowLayout(self, gap=16, line_gap=6)
        for word, box in (("rows", self._rows), ("columns", self._columns)):
            holder = QWidget(self)
            line = QHBoxLayout(holder)
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(6)
            label = QLabel(word, holder)
            label.setBuddy(box)
            line.addWidget(label)
            line.addWidget(box)
            self._flow.addWidget(holder)
            box.activated.connect(self._axes_chosen)
        self._bias = QToolButton(self)
        self._bias.setObjectName("filter_bias")
        self._bias.setToolTip("The bias of this filter; a click shows it")
        self._bias.clicked.connect(self.bias_asked)
        self._bias.hide()
        self._flow.addWidget(self._bias)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.hide()
        theme().changed.connect(self._restyle)
        self._restyle()

    def _chooser(self, name: str) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName(name)
        box.setObjectName(f"{name.lower()}_axis")
        box.setToolTip(f"{name}: the axis that lies flat")
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        return box

    @property
    def look(self) -> Slice | None:
        """What is chosen."""
        return self._look

    def slider(self, axis: int) -> AxisSlider | None:
        """Return the slider of an axis, or None where it lies flat."""
        return self._sliders.get(axis)

    def show_bias(self, text: str) -> None:
        """Say what is added to the sum of the filter that is shown; nothing for ``""``."""
        self._bias.setText(text)
        self._bias.setVisible(bool(text))

    def show_look(self, weight: Weight | None, look: Slice | None, names: Names) -> None:
        """Show what is chosen; ``names`` knows what its places are called."""
        self._names = names
        before = self._look
        is_new = weight is not self._weight or (
            before is not None and look is not None and before.other_axes != look.other_axes
        )
        self._weight, self._look = weight, look
        self.setVisible(look is not None and len(look.shape) > _PLAIN_RANK)
        if look is None or weight is None or len(look.shape) <= _PLAIN_RANK:
            return
        if is_new or not self._sliders:
            self._rebuild(weight, look)
        for axis, slider in self._sliders.items():
            slider.set_place(look.fixed[axis])
        self._rows.setCurrentIndex(look.row_axis or 0)
        self._columns.setCurrentIndex(look.column_axis or 0)

    def _rebuild(self, weight: Weight, look: Slice) -> None:
        for box in (self._rows, self._columns):
            box.clear()
            box.addItems([axis_word(weight, axis) for axis in range(len(look.shape))])
        for slider in self._sliders.values():
            self._flow.removeWidget(slider)
            slider.hide()
            slider.deleteLater()
        self._sliders = {}
        for axis in look.other_axes:
            if look.shape[axis] == 1:
                continue  # there is nowhere to go
            name = partial(self._names.besides, weight, axis) if self._names else str
            slider = AxisSlider(axis, axis_word(weight, axis), look.shape[axis], name, self)
            slider.moved.connect(self._moved)
            self._flow.addWidget(slider)
            slider.show()
            self._sliders[axis] = slider
        self._flow.removeWidget(self._bias)
        self._flow.addWidget(self._bias)  # after the sliders
        self.updateGeometry()

    def _moved(self, axis: int, place: int) -> None:
        if self._look is not None:
            fixed = tuple(place if i == axis else n for i, n in enumerate(self._look.fixed))
            self.look_changed.emit(self._look.at(fixed))

    def _axes_chosen(self) -> None:
        look = self._look
        if look is None:
            return
        row, column = self._rows.currentIndex(), self._columns.currentIndex()
        self.look_changed.emit(look.with_axes(row, column))

    def _restyle(self) -> None:
        c = colors()
        self._bias.setFont(number_font(small_font().pointSizeF()))
        self._bias.setStyleSheet(
            f"QToolButton {{ color: {c.accent}; border: 1px solid {c.hairline};"
            " border-radius: 5px; padding: 2px 8px; }"
            f"QToolButton:hover {{ background: {c.accent_soft}; }}"
            f"QToolButton:focus {{ border-color: {c.accent}; }}"
        )
        for label in self.findChildren(QLabel):
            label.setFont(small_font())
            label.setStyleSheet(f"color: {colors().muted};")
        for box in (self._rows, self._columns):
            box.setFont(small_font())
        for slider in self._sliders.values():
            slider.restyle()
