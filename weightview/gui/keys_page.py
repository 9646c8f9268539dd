"""The page Help > Keyboard Shortcuts: every key of the window, to be looked through or searched."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from weightview.gui.key_list import Line, Section, sections_of
from weightview.gui.theme import UNIT, colors, small_font, theme, title_font

if TYPE_CHECKING:
    from weightview.gui.main_window import MainWindow

_COLUMNS = 2


class _SectionBox(QWidget):
    """A title, and below it a line per command with its keys at the right."""

    def __init__(self, section: Section, parent: QWidget) -> None:
        super().__init__(parent)
        self._section = section
        self._rows: list[tuple[Line, list[QWidget]]] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 2 * UNIT)
        grid.setHorizontalSpacing(2 * UNIT)
        grid.setVerticalSpacing(UNIT // 2)
        grid.setColumnStretch(0, 1)
        self.title = QLabel(section.title, self)
        grid.addWidget(self.title, 0, 0, 1, 2)
        for row, line in enumerate(section.lines, start=1):
            text = QLabel(line.text, self)
            text.setTextFormat(Qt.TextFormat.PlainText)
            text.setToolTip(line.tip)
            keys = _keys(line, self)
            grid.addWidget(text, row, 0)
            grid.addWidget(keys, row, 1, Qt.AlignmentFlag.AlignRight)
            self._rows.append((line, [text, keys]))

    def show_matching(self, words: list[str]) -> int:
        """Show the lines in which every word occurs; return how many there are."""
        count = 0
        for line, widgets in self._rows:
            told = " ".join((self._section.title, line.text, line.tip, *line.keys)).lower()
            matches = all(word in told for word in words)
            count += matches
            for widget in widgets:
                widget.setVisible(matches)
        self.setVisible(bool(count))
        return count


def _keys(line: Line, parent: QWidget) -> QWidget:
    holder = QWidget(parent)
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(UNIT // 2)
    for place, key in enumerate((line.shown,) if line.shown else line.keys):
        if place:
            row.addWidget(QLabel("or", holder))
        cap = QLabel(key, holder)
        cap.setObjectName("key")
        cap.setTextFormat(Qt.TextFormat.PlainText)
        row.addWidget(cap)
    return holder


class KeysPage(QDialog):
    """All keys in two columns, a field to search them."""

    def __init__(self, window: "MainWindow") -> None:
        """List the keys of ``window``."""
        super().__init__(window)
        self.setObjectName("keys_page")
        self.setWindowTitle("Keyboard Shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._field = QLineEdit(self)
        self._field.setObjectName("keys_search")
        self._field.setAccessibleName("Search the keys")
        self._field.setPlaceholderText("Search: what it does, or the key")
        self._field.setClearButtonEnabled(True)
        self._field.textChanged.connect(self._search)
        self._nothing = QLabel("No key does that.", self)
        self._nothing.hide()
        self._page = QWidget()
        self._boxes = [_SectionBox(section, self._page) for section in sections_of(window)]
        self._lay_out()
        theme().changed.connect(self._restyle)
        self._restyle()
        room = self.screen().availableGeometry()
        self.resize(min(110 * UNIT, room.width() - 8 * UNIT), min(84 * UNIT, room.height() - 80))

    def _lay_out(self) -> None:
        row = QHBoxLayout(self._page)
        row.setContentsMargins(3 * UNIT, 2 * UNIT, 3 * UNIT, UNIT)
        row.setSpacing(5 * UNIT)
        for boxes in _balanced(self._boxes):
            column = QVBoxLayout()
            column.setSpacing(0)
            for box in boxes:
                column.addWidget(box)
            column.addStretch(1)
            row.addLayout(column, 1)
        area = QScrollArea(self)
        area.setObjectName("keys_area")
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(self._page)
        self._page.setObjectName("keys")
        top = QVBoxLayout()
        top.setContentsMargins(3 * UNIT, 2 * UNIT, 3 * UNIT, 0)
        top.addWidget(self._field)
        top.addWidget(self._nothing)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addLayout(top)
        outer.addWidget(area, 1)

    def _search(self, typed: str) -> None:
        words = typed.lower().split()
        counts = [box.show_matching(words) for box in self._boxes]
        self._nothing.setVisible(not any(counts))

    def _restyle(self) -> None:
        c = colors()
        self._nothing.setStyleSheet(f"color: {c.muted};")
        self.setStyleSheet(
            f"#keys_page, #keys_area, #keys {{ background: {c.panel}; }}"
            f"#key {{ background: {c.header}; border: 1px solid {c.hairline}; border-radius: 4px;"
            " padding: 1px 6px; }"
            f"#keys QLabel {{ color: {c.text}; }}"
        )
        for box in self._boxes:
            box.title.setFont(title_font())
        for cap in self._page.findChildren(QLabel, "key"):
            cap.setFont(small_font())


def _balanced(boxes: list[_SectionBox]) -> list[list[_SectionBox]]:
    """Return the boxes in columns of about the same height, in their order."""
    heights = [box.sizeHint().height() for box in boxes]
    columns: list[list[_SectionBox]] = [[]]
    used, share = 0, sum(heights) / _COLUMNS
    for box, height in zip(boxes, heights, strict=True):
        if used + height / 2 > share * len(columns) and len(columns) < _COLUMNS:
            columns.append([])
        columns[-1].append(box)
        used += height
    return columns
