"""The line in which a cell's number is typed: as wide as its text, over the cells beside it."""

from PySide6.QtCore import QLocale, QRect, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QLineEdit, QWidget

from weightview.gui.theme import colors, number_font, theme

_BORDER = 2
_BESIDE = 2
_CURSOR = 8  # what Qt keeps free around the text, and the cursor


class CellEditor(QLineEdit):
    """Keeps what is typed, whatever becomes of the cell below, until the person ends it.

    Attributes:
        is_refused: whether what was typed last is nothing that the cell can hold.
    """

    def __init__(self, parent: QWidget) -> None:
        """Start empty, without a place."""
        super().__init__(parent)
        self.is_refused = False
        self._cell, self._sight = QRect(), QRect()
        self.setObjectName("cell_editor")
        self.setAccessibleName("New value")
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFrame(False)
        self.setLocale(QLocale.c())
        self.textChanged.connect(self._fit)
        theme().changed.connect(self._restyle)
        self._restyle()

    def offer(self, text: str) -> None:
        """Put the number of the cell into the line, unless something is typed there."""
        if self.isModified() or text == self.text():
            return
        self.setText(text)
        self.selectAll()

    def stand_on(self, cell: QRect, sight: QRect) -> None:
        """Cover ``cell``, and as much beside it within ``sight`` as the text needs."""
        if self.font() != number_font():
            self.setFont(number_font())
        self._cell, self._sight = cell, sight
        self._fit()

    def _fit(self) -> None:
        cell, sight = self._cell, self._sight
        if cell.isNull():
            return
        place = QRect(cell)
        if cell.intersects(sight):
            text = QFontMetricsF(self.font()).horizontalAdvance(self.text())
            needed = int(text) + 1 + 2 * (_BORDER + _BESIDE) + _CURSOR
            width = max(cell.width(), min(needed, sight.width()))
            # The last digit keeps its place; only beside the left edge it cannot.
            right = min(cell.right(), sight.right())
            place.setLeft(max(right + 1 - width, sight.left()))
            place.setWidth(width)
        self.setGeometry(place)

    def _restyle(self) -> None:
        c = colors()
        self.setStyleSheet(
            f"QLineEdit {{ background: {c.panel}; color: {c.text};"
            f" border: {_BORDER}px solid {c.accent}; border-radius: 0; padding: 0 {_BESIDE}px; }}"
        )
