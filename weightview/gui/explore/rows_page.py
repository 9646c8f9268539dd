"""The page of many inputs: a table of rows, losses and metrics, the worst rows first."""

from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QTableView,
)

from weightview.core.document import Document
from weightview.core.errors import InputError, NumberError
from weightview.core.history import Change
from weightview.core.number_tables import parse_block
from weightview.gui.explore.images import PATTERNS, is_image, read_image
from weightview.gui.explore.page import Page
from weightview.gui.explore.rows_model import RowsModel
from weightview.gui.explore.rows_work import (
    FITTED,
    Answer,
    Scaling,
    Table,
    answer_for,
    load_table,
    scaler_of,
    split_table,
    with_expected,
)
from weightview.gui.explore.scaling_fields import ScalingFields
from weightview.gui.selection import Selection
from weightview.gui.theme import UNIT, colors

_INVITATION = (
    "Load or paste rows of inputs (CSV, NPY, NPZ, or an image as one row); columns behind them "
    "are taken for the expected outputs. A row that is clicked becomes the calculator's input."
)
_TABLES = "*.csv *.tsv *.txt *.npy *.npz"
_FILES = f"Tables and images ({_TABLES} {PATTERNS});;All files (*)"
_EXPECTED_FILES = f"Tables of numbers ({_TABLES});;All files (*)"
_IDLE_SHOWN = 3


class RowsPage(Page):
    """Loads a table, evaluates it, and follows the edits.

    Signals:
        row_chosen(numbers): a row was clicked: its inputs, as an array.
        scaler_changed(scaler): what is done to inputs before the model; None for nothing.
    """

    row_chosen = Signal(object)
    scaler_changed = Signal(object)

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
        self.expected = QPushButton("Load expected …", self)
        self.expected.setObjectName("rows_load_expected")
        self.expected.setToolTip("Load the expected outputs of these rows from a second file")
        self.expected.clicked.connect(self.choose_expected)
        self.expected.setEnabled(False)
        self.inside = ScalingFields("inputs", "rows_input", self)
        self.outside = ScalingFields("expected outputs", "rows_output", self)
        row = QHBoxLayout()
        row.setSpacing(UNIT)
        for widget in (self.open, self.paste, self.expected):
            row.addWidget(widget)
        row.addStretch(1)
        scalings = QHBoxLayout()
        scalings.setSpacing(3 * UNIT)
        for fields in (self.inside, self.outside):
            fields.changed.connect(self.evaluate)
            scalings.addWidget(fields)
        scalings.addStretch(1)
        self.table = QTableView(self)
        self.table.setObjectName("rows_table")
        self.table.setAccessibleName("Rows, the worst first")
        self.model = RowsModel(self)
        self.table.setModel(self.model)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        # Only what is in sight is measured: a column's width is not worth a stop.
        self.table.horizontalHeader().setResizeContentsPrecision(0)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.clicked.connect(self._choose)
        self.table.activated.connect(self._choose)
        self.column.addLayout(row)
        self.column.addLayout(scalings)
        self.add_body(self.table, _INVITATION)
        self.finish_layout()
        self.say("")

    def set_document(self, document: Document | None) -> None:
        """Forget the table: it belonged to another model."""
        if self.document is not None:
            self.document.values_changed.disconnect(self._values_changed)
        super().set_document(document)
        self._table = None
        self.answer = None
        self.inside.reset()
        self.outside.reset()
        self.expected.setEnabled(False)
        self.model.show(None)
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
        inputs = int(np.prod(self._input_shape(), dtype=np.int64))
        outputs = int(np.prod(trace.outputs[0].shape[batch:], dtype=np.int64))
        return inputs, outputs

    def _input_shape(self) -> tuple[int, ...]:
        assert self.trace is not None
        shape = self.trace.inputs[0].shape
        return shape[1:] if self.trace.is_batch else shape

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
        shape = self._input_shape()

        def read(_: Any) -> Table:
            if is_image(path):
                return Table(read_image(path, shape), None, path.name)
            return load_table(path, inputs, outputs)

        self.work("Reading the table", read, self.take)

    def choose_expected(self) -> None:
        """Ask for a file of the outputs expected for the rows."""
        name, _ = QFileDialog.getOpenFileName(self, "Load expected outputs", "", _EXPECTED_FILES)
        if name:
            self.load_expected(Path(name))

    def load_expected(self, path: Path) -> None:
        """Load the outputs expected for the rows and evaluate again."""
        table = self._table
        if table is None:
            self.say("Load the rows of inputs first.")
            return
        self.work("Reading the table", lambda _: with_expected(table, path), self.take)

    def paste_rows(self) -> None:
        """Take the rows from the clipboard and evaluate them."""
        if not self._is_ready():
            return
        text, widths = QGuiApplication.clipboard().text(), self._widths()

        def read(_: Any) -> Table:
            numbers = parse_block(text, np.dtype(np.float64))
            return split_table(numbers, *widths, "The clipboard")

        self.work("Reading the clipboard", read, self.take)

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
        self.expected.setEnabled(True)
        self.evaluate()

    def evaluate(self) -> None:
        """Evaluate the table, if there is one."""
        try:
            inside: Scaling = self.inside.scaling
            outside: Scaling = self.outside.scaling
        except NumberError as error:
            self.say(str(error), "error")
            return
        if self._table is None or self.document is None:
            self._scale_without_table(inside)
            return
        snapshot, table = self.document.snapshot(), self._table
        self.work(
            f"Calculating {len(table.rows):,} rows",
            lambda tell: answer_for(snapshot, table, inside, outside, tell),
            self._show,
        )

    def _scale_without_table(self, scaling: Scaling) -> None:
        """Tell the scaler that is chosen; a fitted one has to wait for its table."""
        if scaling.kind in FITTED:
            self.say("Load the table that the scaler is to be fitted to.")
            self.scaler_changed.emit(None)
            return
        try:
            scaler = scaler_of(scaling, np.zeros((1, 1)))
        except InputError as error:
            self.say(str(error), "error")
            return
        self.say("" if scaler is None else f"The calculator's input is scaled: {scaler.label}.")
        self.scaler_changed.emit(scaler)

    def _show(self, answer: Answer) -> None:
        self.answer = answer
        self.scaler_changed.emit(answer.scaler)
        self.model.show(answer)
        self.show_body(True)
        self.table.resizeColumnsToContents()
        for column in range(self.model.columnCount()):
            self.table.setColumnWidth(column, self.table.columnWidth(column) + 2 * UNIT)
        self.say(_told(answer))

    def _choose(self, index: QModelIndex) -> None:
        if self.answer is not None:
            self.row_chosen.emit(self.answer.rows[self.model.row_at(index.row())])

    def restyle(self) -> None:
        """Take the colours of the theme."""
        super().restyle()
        c = colors()
        self.table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + UNIT)
        self.table.setStyleSheet(
            f"QTableView {{ background: {c.panel}; border: none;"
            f" selection-background-color: {c.accent_soft}; selection-color: {c.text}; }}"
            f"QHeaderView {{ background: {c.header}; border: none; }}"
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
    if answer.edited.penalties and answer.edited.loss is not None:
        penalty = sum(answer.edited.penalties.values())
        sentences.append(
            f"Regularizers add {penalty:.6g}: the loss that Keras reports is"
            f" {answer.edited.loss:.6g}."
        )
    if answer.edited.unknown:
        names = ", ".join(answer.edited.unknown)
        sentences.append(f"Compiled with {names}, which is not known here.")
    if answer.fit:
        sentences.append(answer.fit)
    if answer.idle:
        more = len(answer.idle) - _IDLE_SHOWN
        sentences.append(" ".join(answer.idle[:_IDLE_SHOWN]))
        if more > 0:
            sentences.append(f"And {more} more such units.")
    return " ".join(sentences)
