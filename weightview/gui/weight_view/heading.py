"""The words above a weight: its title, its facts, and one sentence for the newcomer."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from weightview.core.model import Layer, Weight
from weightview.gui.elided_label import ElidedLabel
from weightview.gui.theme import UNIT, colors, number_font, small_font, theme, title_font
from weightview.gui.weight_view.wording import answer, edited_text, facts, title_text


def _label(name: str, parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)  # names come from a file
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


class Heading(QWidget):
    """Title and Python expression, facts, what was edited, the answer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start without a weight."""
        super().__init__(parent)
        self._title = _label("weight_title", self)
        self._facts = ElidedLabel(self)
        self._facts.setObjectName("weight_facts")
        self._expression = ElidedLabel(self)
        self._expression.setObjectName("weight_expression")
        self._expression.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._edited = _label("weight_edited", self)
        self._range = _label("weight_range", self)
        self._answer = _label("weight_answer", self)
        self._answer.setWordWrap(True)
        self._words = ["", "", ""]
        self._about: tuple[Weight, Layer | None, bool] | None = None
        self._more = QToolButton(self)
        self._more.setObjectName("weight_more")
        self._more.setText("⋯")
        self._more.setAccessibleName("More")
        self._more.setToolTip("More: copy, find, change cells (also the right button)")
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(2 * UNIT)
        top.addWidget(self._title)
        top.addWidget(self._expression, 1)
        top.addWidget(self._more)
        line = self._facts_line()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(top)
        for widget in (line, self._answer):
            column.addWidget(widget)
        self.restyle()
        theme().changed.connect(self.restyle)

    def _facts_line(self) -> QWidget:
        """Return one line whatever it says: a second would move the cells below."""
        line = QWidget(self)
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for label in (self._facts, self._range, self._edited):
            row.addWidget(label)
        row.addStretch(1)
        return line

    def set_menu(self, menu: QMenu) -> None:
        """Open ``menu`` by the button in the corner."""
        self._more.setMenu(menu)

    def show_weight(self, weight: Weight | None, layer: Layer | None, *, has_bias: bool) -> None:
        """Say what ``weight`` is."""
        if weight is None:
            self._title.clear()
            self._answer.clear()
            self._expression.clear()
            self._about = None
            self._words = ["", "", ""]
            self._say_facts()
            return
        self._title.setText(title_text(weight))
        tip = "The Python expression that fetches this array (menu ⋯, Copy as Python)"
        self._expression.tell(weight.expression, f"{weight.expression}\n{tip}")
        self._words = [" · ".join(facts(weight)), "", ""]
        self._say_facts()
        self._about = (weight, layer, has_bias)
        self.show_turned(False)

    def show_turned(self, is_turned: bool) -> None:
        """Say what the rows are, now that the weight is shown ``is_turned`` or as stored."""
        if self._about is None:
            return
        weight, layer, has_bias = self._about
        text = answer(weight, layer, has_bias=has_bias, is_turned=is_turned)
        self._answer.setText(text)
        self._answer.setVisible(bool(text))

    def show_edited(self, count: int | None) -> None:
        """Say how many cells were edited; None while they are counted."""
        self._words[2] = edited_text(count)
        self._say_facts()

    def show_range(self, text: str) -> None:
        """Say what the smallest and the largest number are."""
        self._words[1] = text
        self._say_facts()

    def _say_facts(self) -> None:
        """Write the facts one after another, each but the last followed by a dot."""
        labels = (self._facts, self._range, self._edited)
        for place, (label, word) in enumerate(zip(labels, self._words, strict=True)):
            follows = any(self._words[place + 1 :])
            text = f"{word} · " if word and follows else word
            if label is self._facts:
                self._facts.tell(text, word)
            else:
                label.setText(text)
            label.setVisible(bool(word))

    def restyle(self) -> None:
        """Take on the theme's colours and fonts."""
        c = colors()
        self._title.setFont(title_font())
        for label in (self._facts, self._range, self._edited, self._answer):
            label.setFont(small_font())
        self._expression.setFont(number_font(small_font().pointSizeF()))
        self._more.setStyleSheet(
            f"QToolButton {{ color: {c.muted}; padding: 0 8px; }}"
            "QToolButton::menu-indicator { image: none; }"
        )
        self._title.setStyleSheet(f"color: {c.text};")
        self._facts.setStyleSheet(f"color: {c.muted};")
        self._range.setStyleSheet(f"color: {c.muted};")
        self._expression.setStyleSheet(f"color: {c.muted};")
        self._edited.setStyleSheet(f"color: {c.edit};")
        self._answer.setStyleSheet(f"color: {c.text};")
