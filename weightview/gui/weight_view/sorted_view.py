"""The rows or columns of a weight, sorted by one of its lines: to look at, never to edit."""

from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QLabel,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from weightview.core.errors import WeightviewError
from weightview.core.lines import order_of
from weightview.gui.theme import UNIT, colors, number_font, small_font, theme
from weightview.gui.weight_view.slicing import Index
from weightview.gui.weight_view.table_model import AnyIndex, WeightTableModel

_SIZE = QSize(80 * UNIT, 64 * UNIT)
_Order = npt.NDArray[np.intp]


class SortedModel(QAbstractTableModel):
    """The cells of a weight table, its rows (or columns) in another order.

    A bias beside the weight stays at the end.
    """

    def __init__(self, source: WeightTableModel, parent: QObject | None = None) -> None:
        """Show nothing yet."""
        super().__init__(parent)
        self._source = source
        self._rows: _Order = np.arange(0)
        self._columns: _Order = np.arange(0)

    def sort_by(self, line: int, orientation: Qt.Orientation, *, is_descending: bool) -> None:
        """Sort.

        Args:
            line: the column by which the rows are sorted, or the row by which the columns are.
            orientation: of the headers in which ``line`` is counted.
            is_descending: the largest first; NaN is last either way.

        Raises:
            FileError: the numbers cannot be read.
        """
        sheet, document = self._source.sheet, self._source.document
        by_column = orientation == Qt.Orientation.Horizontal
        rows = np.arange(self._source.rowCount())
        columns = np.arange(self._source.columnCount())
        if sheet is not None and document is not None:
            count = min(sheet.main.look.rows, rows.size)
            if not by_column:
                count = min(sheet.main.look.columns, columns.size)
            here, there = slice(0, count), slice(line, line + 1)
            part, inner_rows, inner_columns = next(
                sheet.blocks(*((here, there) if by_column else (there, here)))
            )
            region = part.look.region(inner_rows, inner_columns)
            numbers = document.read(part.weight, region).reshape(-1)
            order = order_of(numbers, is_descending=is_descending)
            sorted_axis = rows if by_column else columns
            sorted_axis[:count] = order
        self.beginResetModel()
        self._rows, self._columns = rows, columns
        self.endResetModel()

    def source_cell(self, row: int, column: int) -> tuple[int, int]:
        """Return where a cell stands in the unsorted table."""
        return int(self._rows[row]), int(self._columns[column])

    # Qt overrides

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Return how many rows there are."""
        return 0 if parent.isValid() else int(self._rows.size)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Return how many columns there are."""
        return 0 if parent.isValid() else int(self._columns.size)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what the unsorted table has there."""
        if not index.isValid() or role == Qt.ItemDataRole.EditRole:
            return None
        place = self.source_cell(index.row(), index.column())
        return self._source.data(self._source.index(*place), role)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return the heading of the line that stands here: its number in the weight."""
        order = self._columns if orientation == Qt.Orientation.Horizontal else self._rows
        if not 0 <= section < order.size:
            return None
        return self._source.headerData(int(order[section]), orientation, role)


class SortedView(QDialog):
    """A window beside the weight's: its rows by a column, or its columns by a row.

    It follows edits, and closes when another weight is shown.

    Signals:
        cell_chosen(path, index): a cell was clicked.
        unreadable(sentence): the file could not be read.
    """

    cell_chosen = Signal(str, object)
    unreadable = Signal(str)

    def __init__(
        self, source: WeightTableModel, line: int, orientation: Qt.Orientation, parent: QWidget
    ) -> None:
        """Sort ``source`` by ``line``, a section of the headers of ``orientation``."""
        super().__init__(parent)
        self.setObjectName("sorted_view")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._source, self._line, self._orientation = source, line, orientation
        self._is_descending = True
        self._words = QLabel(self)
        self._words.setObjectName("sorted_words")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self._turn = QToolButton(self)
        self._turn.setObjectName("sorted_turn")
        self._turn.clicked.connect(self._reverse)
        self._model = SortedModel(source, self)
        self._table = self._make_table()
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * UNIT, 2 * UNIT, 2 * UNIT, 2 * UNIT)
        column.setSpacing(UNIT)
        column.addWidget(self._words)
        column.addWidget(self._turn)
        column.addWidget(self._table, 1)
        self.resize(_SIZE)
        source.dataChanged.connect(self._sort)
        source.modelReset.connect(self.close)
        theme().changed.connect(self._restyle)
        self._restyle()
        self._sort()

    def _make_table(self) -> QTableView:
        table = QTableView(self)
        table.setObjectName("sorted_table")
        table.setAccessibleName("Sorted numbers")
        table.setToolTip("A click goes to the cell in the weight")
        table.setModel(self._model)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.clicked.connect(self._go)
        table.activated.connect(self._go)
        return table

    def _sort(self) -> None:
        try:
            self._model.sort_by(self._line, self._orientation, is_descending=self._is_descending)
        except WeightviewError as error:
            self.unreadable.emit(str(error))
            return
        by_column = self._orientation == Qt.Orientation.Horizontal
        tip = Qt.ItemDataRole.ToolTipRole
        name = self._source.headerData(self._line, self._orientation, tip)
        what = "Rows" if by_column else "Columns"
        first = "largest" if self._is_descending else "smallest"
        self.setWindowTitle(f"{what} sorted by {name}")
        self._words.setText(
            f"{what} sorted by {name}, the {first} first. Only this view is sorted: the weight "
            "keeps its order. A click goes to the cell."
        )
        self._turn.setText("Smallest First" if self._is_descending else "Largest First")

    def _reverse(self) -> None:
        self._is_descending = not self._is_descending
        self._sort()

    def _go(self, index: QModelIndex) -> None:
        address = self._source.address(*self._model.source_cell(index.row(), index.column()))
        if address is not None:
            place: Index = address[1]
            self.cell_chosen.emit(address[0].path, place)

    def _restyle(self) -> None:
        c = colors()
        self._words.setFont(small_font())
        self._words.setStyleSheet(f"color: {c.muted};")
        self._table.setFont(number_font())
        self._table.setStyleSheet(
            f"QTableView {{ background: {c.panel}; color: {c.text}; gridline-color: {c.hairline};"
            f" selection-background-color: {c.accent_soft}; selection-color: {c.text}; }}"
            f"QHeaderView::section {{ background: {c.header}; color: {c.muted}; border: none;"
            f" border-bottom: 1px solid {c.hairline}; padding: 4px 8px; }}"
        )
