"""The table of many inputs as an item model: row, output, expected, error before and after."""

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from weightview.core.numbers import aligned_format
from weightview.gui.theme import number_font

if TYPE_CHECKING:
    from weightview.core.values import Array
    from weightview.gui.explore.rows_work import Answer

_ROOT = QModelIndex()
_SHOWN = 4
_DIGITS = 6
_ERROR, _SAVED = "error", "error as saved"
_ERRORS = (_ERROR, _SAVED)


class RowsModel(QAbstractTableModel):
    """The rows of an answer; with expected outputs the worst first."""

    def __init__(self, parent: Any = None) -> None:
        """Start empty."""
        super().__init__(parent)
        self._answer: Answer | None = None
        self._order: Array | None = None
        self._arrays: dict[str, Array] = {}
        self._forms: dict[str, str] = {}

    def show(self, answer: "Answer | None") -> None:
        """Show the rows of ``answer``."""
        self.beginResetModel()
        self._answer = answer
        self._order = None
        self._arrays = {} if answer is None else _arrays_of(answer)
        self._forms = {name: _form(array) for name, array in self._arrays.items()}
        if answer is not None and answer.edited.row_errors.size:
            self._order = answer.edited.worst_first
        self.endResetModel()

    def row_at(self, place: int) -> int:
        """Return the number of the row that stands at ``place``."""
        return place if self._order is None else int(self._order[place])

    def _headers(self) -> list[str]:
        if self._answer is None:
            return []
        headers = ["row", "input", "output"]
        if self._answer.edited.expected is not None:
            headers += ["expected", _ERROR]
            if self._answer.saved is not None:
                headers.append(_SAVED)
        return headers

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        """Return how many rows the table has."""
        if parent.isValid() or self._answer is None:
            return 0
        return len(self._answer.edited.output)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        """Return how many facts a row has."""
        return 0 if parent.isValid() else len(self._headers())

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return what a column holds."""
        headers = self._headers()
        is_column = orientation == Qt.Orientation.Horizontal and section < len(headers)
        if is_column and role == Qt.ItemDataRole.DisplayRole:
            return headers[section]
        if is_column and role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if is_column and role == Qt.ItemDataRole.ToolTipRole and headers[section] in _ERRORS:
            assert self._answer is not None
            return f"By {next(iter(self._answer.edited.measures))}: the less the better"
        return None

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Return one fact as text."""
        if not index.isValid() or self._answer is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(self.row_at(index.row()), self._headers()[index.column()])
        if role == Qt.ItemDataRole.FontRole:
            return number_font()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def _text(self, row: int, header: str) -> str:
        answer = self._answer
        assert answer is not None
        if header == "row":
            return str(row)
        if header in self._arrays:
            return _numbers(self._arrays[header][row], self._forms[header])
        evaluation = answer.edited if header == _ERROR else answer.saved
        assert evaluation is not None
        return f"{float(evaluation.row_errors[row]):.6g}"


def _arrays_of(answer: "Answer") -> "dict[str, Array]":
    """Return what stands in the columns of numbers, by their headers."""
    arrays = {"input": answer.rows, "output": answer.edited.output}
    if answer.edited.expected is not None:
        arrays["expected"] = answer.edited.expected
    return arrays


def _form(array: "Array") -> str:
    """Return the format of a column: of one number in a row the points stand under one another."""
    if array.size != len(array) or not array.size:
        return ".6g"
    if (array == np.trunc(array)).all():
        return ".0f"
    largest = float(np.abs(array[np.isfinite(array)]).max(initial=0.0))
    return aligned_format(largest, _DIGITS)


def _numbers(array: "Array", form: str) -> str:
    flat = array.reshape(-1)
    shown = ", ".join(format(float(number), form) for number in flat[:_SHOWN])
    return shown + (f", … {flat.size}" if flat.size > _SHOWN else "")
