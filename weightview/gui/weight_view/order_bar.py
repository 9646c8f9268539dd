"""The line below a sorted table: by what it is sorted, whether it still is, and the way back."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from weightview.gui.theme import UNIT, colors, small_font, theme
from weightview.gui.weight_view.headings import line_text
from weightview.gui.weight_view.names import Names
from weightview.gui.weight_view.order import Order
from weightview.gui.weight_view.sheet import Sheet


class OrderBar(QWidget):
    """Hidden while rows and columns stand as they are stored.

    Signals:
        again_asked(): the table is to be sorted anew.
        original_asked(): the table is to stand as it is stored.
    """

    again_asked = Signal()
    original_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start hidden."""
        super().__init__(parent)
        self.setObjectName("order_bar")
        self.setAccessibleName("Order of the table")
        self._is_stale = False
        self._words = QLabel(self)
        self._words.setObjectName("order_words")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._again = self._button("order_again", "Sort Again", "Put the lines in order again")
        tip = "Rows and columns as the weight stores them"
        self._original = self._button("order_original", "Original Order", tip)
        self._again.clicked.connect(self.again_asked)
        self._original.clicked.connect(self.original_asked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(UNIT)
        for widget in (self._words, self._again, self._original):
            row.addWidget(widget)
        row.addStretch(1)
        theme().changed.connect(self._restyle)
        self._restyle()
        self.hide()

    def _button(self, name: str, text: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setText(text)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    def show_sheet(self, sheet: Sheet | None, names: Names) -> None:
        """Say how the table is sorted."""
        parts, is_stale = [], False
        if sheet is not None:
            for what, order in (("rows", sheet.row_order), ("columns", sheet.column_order)):
                if order is not None:
                    line = line_text(sheet, names, order.line, is_column=what == "rows")
                    parts.append(f"{what} sorted by {line}, {_first(order)} first")
                    is_stale |= order.is_stale
        text = "; ".join(parts)
        text = f"{text[:1].upper()}{text[1:]}"
        self._words.setText(f"{text} · edited since, no longer in order" if is_stale else text)
        self._words.setToolTip("Only the view is sorted: the weight keeps its order")
        self._again.setVisible(is_stale)
        if is_stale != self._is_stale:
            self._is_stale = is_stale
            self._restyle()
        self.setVisible(bool(parts))

    @property
    def words(self) -> str:
        """How the table is sorted; that it is not, where it is not."""
        return self._words.text() or "Rows and columns stand as they are stored"

    def _restyle(self) -> None:
        c = colors()
        self._words.setFont(small_font())
        self._words.setStyleSheet(f"color: {c.edit if self._is_stale else c.muted};")
        for button in (self._again, self._original):
            button.setFont(small_font())
            button.setStyleSheet(
                f"QToolButton {{ color: {c.accent}; border: none; padding: 2px 4px; }}"
                "QToolButton:hover { text-decoration: underline; }"
                f"QToolButton:focus {{ background: {c.accent_soft}; border-radius: 4px; }}"
            )


def _first(order: Order) -> str:
    return "largest" if order.is_descending else "smallest"
