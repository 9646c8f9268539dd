"""The switches above a weight: what is shown, which way it stands, how numbers are written."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from weightview.core.model import Weight
from weightview.gui.theme import UNIT, colors, small_font, theme
from weightview.gui.weight_view.flow_layout import FlowLayout
from weightview.gui.weight_view.segments import Segments
from weightview.gui.weight_view.wording import axis_word, plural

_MATRIX = 2
_SHORT_WORDS = 14
_LAYOUTS = (
    ("table", "Table", "Show the numbers only"),
    ("both", "Both", "Show table and image side by side"),
    ("image", "Image", "Show the colours only"),
)
_ORIENTATIONS = (
    ("stored", "rows = inputs", "As Keras stores it"),
    ("textbook", "rows = units", "As textbooks write W: only the view is turned"),
)
_NOTATIONS = (
    ("auto", "auto", "Four digits or so, as suits this weight"),
    ("fixed", "0.000", "So many decimals (menu ⋯, Numbers)"),
    ("full", "full", "Every digit that matters"),
    ("scientific", "1e0", "Powers of ten, so many decimals (menu ⋯, Numbers)"),
)


class Switches(QWidget):
    """Three rows of segments.

    Signals:
        layout_chosen(key): ``table``, ``both`` or ``image``.
        orientation_chosen(is_textbook): whether units run down the rows.
        notation_chosen(key): a :data:`~weightview.core.numbers.Notation`.
    """

    layout_chosen = Signal(str)
    orientation_chosen = Signal(bool)
    notation_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start with table and image, as stored, in a few digits."""
        super().__init__(parent)
        self.setObjectName("weight_switches")
        self._shown_as = Segments("Shown as", _LAYOUTS, self)
        self._shown_as.set_choice("both")
        self._orientation = Segments("Orientation", _ORIENTATIONS, self)
        self._notation = Segments("Notation", _NOTATIONS, self)
        self._view_only = QLabel("only the view is turned, not the file", self)
        self._view_only.setObjectName("view_only")
        flow = FlowLayout(self, gap=UNIT, line_gap=6)
        for widget in (self._shown_as, self._orientation, self._notation, self._view_only):
            flow.addWidget(widget)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._shown_as.chosen.connect(self.layout_chosen)
        self._orientation.chosen.connect(self._turned)
        self._notation.chosen.connect(self.notation_chosen)
        theme().changed.connect(self.restyle)
        self.restyle()

    @property
    def shown_as(self) -> str:
        """``table``, ``both`` or ``image``."""
        return self._shown_as.choice

    @property
    def notation(self) -> str:
        """``auto``, ``fixed``, ``full`` or ``scientific``."""
        return self._notation.choice

    def set_notation(self, key: str) -> None:
        """Let another notation hold, without telling."""
        self._notation.set_choice(key)

    @property
    def is_textbook(self) -> bool:
        """Whether units run down the rows."""
        return self._orientation.choice == "textbook"

    def show_weight(self, weight: Weight | None) -> None:
        """Offer what makes sense for ``weight``."""
        can_turn = weight is not None and can_be_turned(weight)
        self._orientation.setVisible(can_turn)
        self._view_only.setVisible(can_turn and self.is_textbook)
        if weight is not None and can_turn:
            words = [plural(axis_word(weight, axis)) for axis in (0, 1)]
            is_long = sum(map(len, words)) > _SHORT_WORDS
            for word, key in zip(words, ("stored", "textbook"), strict=True):
                rows = "" if is_long and key == "textbook" else "rows "
                self._orientation.button(key).setText(f"{rows}= {word}")

    def _turned(self, key: str) -> None:
        self._view_only.setVisible(key == "textbook")
        self.orientation_chosen.emit(key == "textbook")

    def restyle(self) -> None:
        """Take on the theme's colours and fonts."""
        self._view_only.setFont(small_font())
        self._view_only.setStyleSheet(f"color: {colors().muted};")


def can_be_turned(weight: Weight) -> bool:
    """Return whether rows and columns can be exchanged by a switch."""
    return len(weight.shape) == _MATRIX
