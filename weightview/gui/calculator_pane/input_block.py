"""One input: a line to type into, its numbers as cells, a table of fields, a file."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from weightview.core.errors import InputError, NumberError, WeightviewError
from weightview.core.numbers import shorten
from weightview.gui.background import run
from weightview.gui.calculator_pane.input_table import InputTable
from weightview.gui.calculator_pane.labels import ElidedLabel, WrappedLabel
from weightview.gui.calculator_pane.model_input import ModelInput, text_of
from weightview.gui.calculator_pane.number_row import NumberRow
from weightview.gui.calculator_pane.number_rows import NumberRows
from weightview.gui.calculator_pane.number_slider import NumberSlider
from weightview.gui.calculator_pane.planes import Array, Index
from weightview.gui.calculator_pane.scaled_input import ScaledInput
from weightview.gui.calculator_pane.stepper import Stepper
from weightview.gui.theme import UNIT, colors, number_font, small_font, theme

if TYPE_CHECKING:
    from weightview.calculator.rows.scaling import Scaler

_TYPED_EASILY = 12
_SUFFIXES = (".csv", ".tsv", ".txt", ".npy", ".npz")
_EXAMPLE = "example input"


class PastedLine(QLineEdit):
    """A line that keeps a pasted column: line ends become commas instead of being dropped."""

    def insert_text(self, text: str) -> None:
        """Insert a text of several lines at the cursor."""
        cells = [line.strip() for line in text.replace("\t", ", ").splitlines() if line.strip()]
        self.insert(", ".join(cells))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Paste the clipboard's lines as numbers with commas between them."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.insert_text(QGuiApplication.clipboard().text())
            return
        super().keyPressEvent(event)


class InputBlock(QWidget):
    """Lets a person say what goes into one input of the model.

    Signals:
        changed(): there is another sample, see :attr:`value`.
        valid_changed(valid): whether what is typed is a sample; else the last one stays.
    """

    changed = Signal()
    valid_changed = Signal(bool)

    def __init__(self, given: ModelInput, title: str, parent: QWidget | None = None) -> None:
        """Offer ``given`` under ``title``, with an example to begin with."""
        super().__init__(parent)
        self.given = given
        self.value: Array = given.example()
        self.is_valid = True
        self._rows: Array | None = None
        self._note = _EXAMPLE
        self.setObjectName(f"input:{given.name}")
        self.setAcceptDrops(not given.is_text)
        self._build(title)
        self._show_value()
        theme().changed.connect(self._restyle)
        self._restyle()

    def _build(self, title: str) -> None:
        self.title = QLabel(title, self)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.facts = ElidedLabel(self)
        self.line = PastedLine(self)
        self.line.setMaxLength(1 << 20)
        self.line.setObjectName(f"input_line:{self.given.name}")
        self.line.setAccessibleName(f"{title}: {self.given.facts}")
        self.line.setToolTip("Numbers with commas, spaces or lines between them")
        self.line.setPlaceholderText("type or paste numbers, or open a file")
        self.line.textEdited.connect(self._typed)
        self.line.setText(text_of(self.value))
        self.line.setCursorPosition(0)
        self.refusal = WrappedLabel(self)
        self.refusal.setObjectName(f"input_refusal:{self.given.name}")
        self.refusal.hide()
        self.cells = NumberRows(self, label_characters=0)
        self.cells.setAccessibleName(f"Numbers of {title}")
        self.cells.number_clicked.connect(lambda _, index: self.go_to(index))
        self.cells.whole_requested.connect(lambda _: self.show_table(True))
        self.slider = NumberSlider(self)
        self.slider.moved.connect(self._slide)
        self._moving: Index = ()
        self.table: InputTable | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, UNIT)
        column.setSpacing(UNIT // 2)
        column.addLayout(self._headline())
        column.addLayout(self._line_row())
        column.addWidget(self.refusal)
        column.addWidget(self.cells)
        column.addWidget(self.slider)
        self.scaled = ScaledInput(self)
        self.scaled.toggled.connect(self.changed)
        self.scaled.number_clicked.connect(self.go_to)
        column.addWidget(self.scaled)

    def _headline(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(UNIT)
        row.addWidget(self.title)
        row.addWidget(self.facts, 1)
        return row

    def _line_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(UNIT // 2)
        row.addWidget(self.line, 1)
        self.row_box = Stepper("row", "Which row of the file is calculated", self)
        self.row_box.value_changed.connect(self._take_row)
        self.row_box.hide()
        row.addWidget(self.row_box)
        self.table_button = self._button("Fields", "Show the input as a table of fields")
        self.table_button.setCheckable(True)
        self.table_button.setVisible(
            not self.given.is_text and (self.given.step > _TYPED_EASILY or self.given.is_open)
        )
        self.table_button.toggled.connect(self.show_table)
        row.addWidget(self.table_button)
        self.file_button = self._button("File…", "Take the input from a CSV, NPY or NPZ file")
        self.file_button.setVisible(not self.given.is_text)
        self.file_button.clicked.connect(self.ask_file)
        row.addWidget(self.file_button)
        return row

    def _button(self, text: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    # Where the numbers come from

    @property
    def model_value(self) -> Array:
        """The sample as the model is given it: scaled, where a scaler is set."""
        return self.scaled.applied(self.value)

    def set_scaler(self, scaler: "Scaler | None") -> None:
        """Scale what is typed by ``scaler`` from now on; ids and words are never scaled."""
        if not self.given.is_text and self.given.ids_below is None:
            self.scaled.set_scaler(scaler)
            self.changed.emit()

    def set_text(self, text: str) -> None:
        """Type ``text`` as a person would."""
        self.line.setText(text)
        self.line.setCursorPosition(0)
        self._typed(text)

    def _typed(self, text: str) -> None:
        try:
            value = self.given.parse(text)
        except (InputError, NumberError) as error:
            self._refuse(str(error))
            return
        self._take(value, note="")

    def _take(self, value: Array, *, note: str) -> None:
        """Make ``value`` the sample; the line is left as it is."""
        if not note:
            self._rows = None
            self.row_box.hide()
        self._note = note
        self.value = value
        self._set_valid(True)
        self._show_value()
        self.changed.emit()

    def _refuse(self, sentence: str) -> None:
        self.refusal.setText(sentence)
        self._set_valid(False)

    def _set_valid(self, valid: bool) -> None:
        self.refusal.setVisible(not valid)
        self.cells.set_faded(not valid)
        if valid != self.is_valid:
            self.is_valid = valid
            self.valid_changed.emit(valid)

    def go_to(self, index: Index) -> None:
        """Select a number's text in the line (or its field), so that typing replaces it."""
        self.cells.set_selected(0, index)
        if not self.given.is_text:
            self._moving = index
            label = self.given.field_name(index)
            self.slider.show_number(label, float(self.value[index]), self.given.ids_below)
        place = int(np.ravel_multi_index(index, self.value.shape)) if index else 0
        text = self.line.text()
        spans = _word_spans(text)
        if self.is_valid and place < len(spans):
            start, end = spans[place]
            self.line.setFocus()
            self.line.setSelection(start, end - start)
        elif self.table is not None and self.table.isVisible():
            self.table.setCurrentIndex(self.table.fields.index(place, 1))

    def _slide(self, number: float) -> None:
        """Put the slider's number in; what else is typed stays as it is."""
        place = int(np.ravel_multi_index(self._moving, self.value.shape)) if self._moving else 0
        value = self.value.copy()
        value[self._moving] = number
        text = self.line.text()
        spans = _word_spans(text)
        if self.is_valid and len(spans) == value.size:
            start, end = spans[place]
            self.line.setText(text[:start] + text_of(value[self._moving]) + text[end:])
        self._take(value, note="moved" if self._rows is None else self._note)

    # The table of fields

    def show_table(self, shown: bool) -> None:
        """Show or hide the fields."""
        if shown and self.table is None:
            self.table = InputTable(self)
            self.table.setObjectName(f"input_table:{self.given.name}")
            self.table.fields.set_array(self.value)
            self.table.fields.edited.connect(self._edited)
            self.table.fields.refused.connect(self._refuse)
            layout = self.layout()
            assert isinstance(layout, QVBoxLayout)
            layout.addWidget(self.table)
        if self.table is not None:
            self.table.setVisible(shown)
        self.table_button.setChecked(shown)

    def _edited(self, value: Array) -> None:
        self.line.setText(text_of(value))
        self._take(value, note="edited fields" if self._rows is None else self._note)

    # Files

    def ask_file(self) -> None:
        """Let the person choose a file."""
        dialog = QFileDialog(self, "Open input")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        patterns = " ".join(f"*{suffix}" for suffix in _SUFFIXES)
        dialog.setNameFilters([f"Numbers ({patterns})", "All files (*)"])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.load(Path(path)))
        dialog.open()

    def load(self, path: Path) -> None:
        """Read the numbers of a file in the background and take its first row."""
        from weightview.exports.reading import read_numbers

        name = self.given.name
        run(self, lambda: read_numbers(path, name), lambda a: self._loaded(a, path), self._failed)

    def _loaded(self, array: Array, path: Path) -> None:
        try:
            rows = self.given.rows(array)
        except InputError as error:
            self._refuse(f"{path.name}: {error}")
            return
        self._rows = rows
        self._file_name = path.name
        self.row_box.set_count(len(rows), 0)
        self.row_box.setVisible(len(rows) > 1)
        self._take_row(0)

    def _take_row(self, row: int) -> None:
        if self._rows is None:
            return
        value = self._rows[row]
        self.line.setText(text_of(value))
        self.line.setCursorPosition(0)
        self._take(value, note=f"from {shorten(self._file_name, 32)}")

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, WeightviewError):
            raise error
        self._refuse(str(error))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a file of numbers; any other file is the window's business."""
        if _dropped(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Read the file that was dropped."""
        path = _dropped(event)
        if path is not None:
            event.acceptProposedAction()
            self.load(path)

    # How it looks

    def _show_value(self) -> None:
        if not NumberRow("", self.value).holds(self._moving):
            self.slider.hide()
        self.cells.set_rows((NumberRow("input", self.value, as_typed=True),))
        if self.table is not None:
            self.table.fields.set_array(self.value)
        facts = self.given.facts
        self.facts.set_text(f"{facts} · {self._note}" if self._note else facts)

    def _restyle(self) -> None:
        font = self.font()
        font.setBold(True)
        self.title.setFont(font)
        self.facts.setFont(small_font())
        self.refusal.setFont(small_font())
        self.line.setFont(number_font())
        self.table_button.setFont(small_font())
        self.file_button.setFont(small_font())
        c = colors()
        self.facts.setStyleSheet(f"color: {c.muted}")
        self.refusal.setStyleSheet(f"color: {c.edit}")


def _dropped(event: QDropEvent) -> Path | None:
    """Return the one file of numbers that is being dropped, or None."""
    urls = event.mimeData().urls()
    path = Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None
    return path if path is not None and path.suffix.lower() in _SUFFIXES else None


def _word_spans(text: str) -> list[tuple[int, int]]:
    """Return where each number of a typed line begins and ends."""
    import re

    return [match.span() for match in re.finditer(r"[^\s,;\[\]()]+", text)]
