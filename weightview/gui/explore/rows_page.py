"""The page of many inputs: a table of rows, losses and metrics, the worst rows first."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTableView,
)

from weightview.core.document import Document
from weightview.core.errors import InputError, NumberError
from weightview.core.history import Change
from weightview.core.numbers import parse_block
from weightview.gui.explore.page import Page
from weightview.gui.explore.rows_model import RowsModel
from weightview.gui.explore.rows_work import (
    SCALINGS,
    Answer,
    Table,
    answer_for,
    load_table,
    split_table,
)
from weightview.gui.selection import Selection
from weightview.gui.theme import UNIT, colors

if TYPE_CHECKING:
    from weightview.calculator.trace import Trace

_HINT = (
    "Load or paste rows of inputs (CSV, NPY, NPZ); columns behind them are taken for the expected "
    "outputs. A row that is clicked becomes the calculator's input."
)
_FILES = "Tables of numbers (*.csv *.tsv *.txt *.npy *.npz);;All files (*)"
_IDLE_SHOWN = 3


class RowsPage(Page):
    """Loads a table, evaluates it, and follows the edits.

    Signals:
        row_chosen(numbers): a row was clicked: its inputs, as an array.
    """

    row_chosen = Signal(object)

    def __init__(self, selection: Selection) -> None:
        """Start without a table."""
        super().__init__(selection, "rows_page")
        self._table: Table | None = None
        self.answer: Answer | None = None
        self.open = QPushButton("Load table …", self)
        self.open.setObjectName("rows_load")
        self.open.setToolTip("Load rows of inputs, perhaps with expected outputs, from a file")
        self.open.clicked.connect(self.choose_file)
        self.paste = QPushButton("Paste", self)
        self.paste.setObjectName("rows_paste")
        self.paste.setToolTip("Take the rows of numbers from the clipboard")
        self.paste.clicked.connect(self.paste_rows)
        self.inside = self._scaling("rows_input_scaling", "Scaling of the inputs before the model")
        self.outside = self._scaling("rows_output_scaling", "Scaling of the outputs in training")
        row = QHBoxLayout()
        row.setSpacing(UNIT)
        for widget in (
            self.open, self.paste, QLabel("inputs", self), self.inside,
            QLabel("outputs", self), self.outside,
        ):  # fmt: skip
            row.addWidget(widget)
        row.addStretch(1)
        self.table = QTableView(self)
        self.table.setObjectName("rows_table")
        self.table.setAccessibleName("Rows, the worst first")
        self.model = RowsModel(self)
        self.table.setModel(self.model)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.clicked.connect(self._choose)
        self.table.activated.connect(self._choose)
        self.column.addLayout(row)
        self.column.addWidget(self.table, 1)
        self.finish_layout()
        self.say(_HINT, "muted")

    def _scaling(self, name: str, words: str) -> QComboBox:
        box = QComboBox(self)
        box.setObjectName(name)
        box.setAccessibleName(words)
        box.setToolTip(f"{words}: it is not in the file, and often why numbers do not match")
        box.addItems(SCALINGS)
        box.currentTextChanged.connect(self.evaluate)
        return box

    def set_document(self, document: Document | None) -> None:
        """Forget the table: it belonged to another model."""
        if self.document is not None:
            self.document.values_changed.disconnect(self._values_changed)
        super().set_document(document)
        self._table = None
        self.answer = None
        self.model.show(None)
        self.say(_HINT, "muted")
        if document is not None:
            document.values_changed.connect(self._values_changed)

    def _values_changed(self, changes: tuple[Change, ...]) -> None:
        del changes
        self.evaluate()

    def _widths(self) -> tuple[int, int]:
        """Return how many numbers the model takes and gives in a row."""
        trace = self.trace
        assert trace is not None
        batch = 1 if trace.is_batch else 0
        inputs = int(np.prod(trace.inputs[0].shape[batch:], dtype=np.int64))
        outputs = int(np.prod(trace.outputs[0].shape[batch:], dtype=np.int64))
        return inputs, outputs

    def choose_file(self) -> None:
        """Ask for a file of rows."""
        name, _ = QFileDialog.getOpenFileName(self, "Load a table of inputs", "", _FILES)
        if name:
            self.load(Path(name))

    def load(self, path: Path) -> None:
        """Load the rows of a file and evaluate them."""
        if not self._is_ready():
            return
        inputs, outputs = self._widths()
        self.work("Reading the table", lambda _: load_table(path, inputs, outputs), self.take)

    def paste_rows(self) -> None:
        """Take the rows from the clipboard and evaluate them."""
        if not self._is_ready():
            return
        text = QGuiApplication.clipboard().text()
        try:
            numbers = parse_block(text, np.dtype(np.float64))
            table = split_table(numbers, *self._widths(), "The clipboard")
        except (NumberError, InputError) as error:
            self.say(str(error), "error")
            return
        self.take(table)

    def _is_ready(self) -> bool:
        if not self.can_work:
            self.say("There is no model that can be calculated.")
            return False
        if self.trace is not None and len(self.trace.inputs) > 1:
            self.say("Tables are for models with one input; this one has several.")
            return False
        return True

    def take(self, table: Table) -> None:
        """Evaluate ``table`` now and after each edit."""
        self._table = table
        self.evaluate()

    def evaluate(self) -> None:
        """Evaluate the table, if there is one."""
        if self._table is None or self.document is None:
            return
        snapshot, table = self.document.snapshot(), self._table
        inside: Any = self.inside.currentText()
        outside: Any = self.outside.currentText()
        self.work(
            f"Calculating {len(table.rows):,} rows",
            lambda tell: answer_for(snapshot, table, inside, outside, tell),
            self._show,
        )

    def _show(self, answer: Answer) -> None:
        self.answer = answer
        self.model.show(answer)
        self.table.resizeColumnsToContents()
        self.say(_told(answer))

    def _choose(self, index: QModelIndex) -> None:
        if self.answer is not None:
            self.row_chosen.emit(self.answer.rows[self.model.row_at(index.row())])

    def set_trace(self, trace: "Trace | None") -> None:
        """Take the model's shapes from ``trace``."""
        super().set_trace(trace)

    def restyle(self) -> None:
        """Take the colours of the theme."""
        super().restyle()
        c = colors()
        self.table.setStyleSheet(
            f"QTableView {{ background: {c.panel}; border: 1px solid {c.hairline};"
            f" selection-background-color: {c.accent_soft}; selection-color: {c.text}; }}"
            f"QHeaderView::section {{ background: {c.header}; color: {c.muted}; border: none;"
            f" padding: 4px {UNIT}px; }}"
        )


def _told(answer: Answer) -> str:
    """Return what a table says of the model, in words."""
    count = len(answer.rows)
    parts = []
    for name, value in answer.edited.measures.items():
        text = f"{name} {value:.6g}"
        if answer.saved is not None:
            text += f" (as saved {answer.saved.measures[name]:.6g})"
        parts.append(text)
    sentences = [f"{count:,} rows: " + "; ".join(parts) + "." if parts else f"{count:,} rows."]
    expected, output = answer.edited.expected, answer.edited.output
    if expected is not None and expected.size == output.size:
        gap = float(np.abs(expected.reshape(output.shape) - output).max())
        sentences.append(
            f"The output stays within {gap:.4g} of what was expected. Where TensorFlow agrees with "
            "the calculator, that gap is the training's, not the arithmetic's."
        )
    if answer.idle:
        more = len(answer.idle) - _IDLE_SHOWN
        sentences.append(" ".join(answer.idle[:_IDLE_SHOWN]))
        if more > 0:
            sentences.append(f"And {more} more such units.")
    return " ".join(sentences)
