"""A longer input as a table of named fields, each editable."""

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtCore import Signal as QtSignal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from weightview.core.errors import NumberError
from weightview.core.numbers import exact_text, parse_number
from weightview.gui.calculator_pane.planes import Array
from weightview.gui.theme import colors, number_font, theme

AnyIndex = QModelIndex | QPersistentModelIndex


class InputTableModel(QAbstractTableModel):
    """Rows of field and value.

    Signals:
        edited(array): a field was given another number; the whole new sample.
        refused(sentence): what was typed is not a number.
    """

    edited = QtSignal(object)
    refused = QtSignal(str)

    def __init__(self, parent: QObject) -> None:
        """Start empty."""
        super().__init__(parent)
        self._array: Array = np.zeros(0)

    def set_array(self, array: Array) -> None:
        """Show another sample."""
        if array.shape == self._array.shape:
            self._array = array
            last = self.index(array.size - 1, 1)
            self.dataChanged.emit(self.index(0, 1), last)
            return
        self.beginResetModel()
        self._array = array
        self.endResetModel()

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        """Return how many fields there are."""
        return 0 if parent is not None and parent.isValid() else int(self._array.size)

    def columnCount(self, parent: AnyIndex | None = None) -> int:
        """Return two: the field's name and its value."""
        return 0 if parent is not None and parent.isValid() else 2

    def field_name(self, row: int) -> str:
        """Return what a field is called: its place, with several axes all of them."""
        if self._array.ndim <= 1:
            return f"input {row}"
        place = np.unravel_index(row, self._array.shape)
        return f"input [{', '.join(str(i) for i in place)}]"

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the name or the number of a field."""
        if not index.isValid():
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            if index.column() == 0:
                return self.field_name(index.row())
            return exact_text(self._array.reshape(-1)[index.row()])
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == 1:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.FontRole and index.column() == 1:
            return number_font()
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return the heading of a column."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if section == 0 else Qt.AlignmentFlag.AlignRight
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return ("field", "value")[section]
        return None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """Let the values be edited."""
        base = super().flags(index)
        return base | Qt.ItemFlag.ItemIsEditable if index.column() == 1 else base

    def setData(self, index: AnyIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take a typed number; what is none is refused with a sentence."""
        if role != Qt.ItemDataRole.EditRole or index.column() != 1:
            return False
        try:
            number = parse_number(str(value), self._array.dtype)
        except NumberError as error:
            self.refused.emit(str(error))
            return False
        changed = self._array.copy()
        changed.reshape(-1)[index.row()] = number
        self._array = changed
        self.dataChanged.emit(index, index)
        self.edited.emit(changed)
        return True


class InputTable(QTableView):
    """The fields of one input."""

    def __init__(self, parent: QWidget) -> None:
        """Start empty."""
        super().__init__(parent)
        self.fields = InputTableModel(self)
        self.setModel(self.fields)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setShowGrid(False)
        theme().changed.connect(self._restyle)
        self._restyle()
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(24)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.AllEditTriggers)
        self.setTabKeyNavigation(False)
        self.setMinimumHeight(96)
        self.setFixedHeight(168)
        self.setAccessibleName("Input fields")
        self.setToolTip("Type a number into a field; Return takes it")

    def _restyle(self) -> None:
        c = colors()
        self.setStyleSheet(
            f"QTableView {{ background: {c.panel}; border: none }}"
            f"QTableView::item {{ border-bottom: 1px solid {c.hairline} }}"
            f"QHeaderView::section {{ background: {c.panel}; color: {c.muted}; border: none;"
            f" border-bottom: 1px solid {c.hairline}; padding: 2px 4px }}"
            f"QLineEdit {{ border-radius: 0; padding: 0 2px }}"
        )
