"""The item model of the weight table: the cells of a sheet, its headings, and what is typed."""

import contextlib
from collections.abc import Callable
from enum import IntEnum
from typing import Any, NamedTuple

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from weightview.core.document import Document
from weightview.core.errors import EditError, WeightviewError
from weightview.core.history import Change
from weightview.core.model import Weight
from weightview.core.numbers import (
    AUTO_DIGITS,
    Notation,
    auto_decimals,
    exact_text,
    holds_real_numbers,
    shown_text,
)
from weightview.core.sampling import typical_magnitude
from weightview.gui.theme import theme
from weightview.gui.weight_view import headings
from weightview.gui.weight_view.cell_blocks import Cell, CellBlocks
from weightview.gui.weight_view.cell_typing import is_stored_as, put_text
from weightview.gui.weight_view.names import Names
from weightview.gui.weight_view.sheet import Sheet
from weightview.gui.weight_view.slicing import Index
from weightview.gui.weight_view.wording import MOST_SECTIONS, address_text

AnyIndex = QModelIndex | QPersistentModelIndex
_ACROSS, _DOWN = Qt.Orientation.Horizontal, Qt.Orientation.Vertical


class Role(IntEnum):
    """What the table's own delegate and headers ask for."""

    LOOK = Qt.ItemDataRole.UserRole + 1  # a CellLook
    GATE_EDGE = Qt.ItemDataRole.UserRole + 2  # of a header section: a gate begins here
    ARROW = Qt.ItemDataRole.UserRole + 3  # of a header section: the table is sorted by it


class CellLook(NamedTuple):
    """How one cell is painted.

    Attributes:
        text: the number.
        color: its colour in the map, 0xAARRGGBB; 0 for none.
        is_edited: whether it differs from what is stored.
        is_bias: whether it belongs to the bias.
        is_edge: whether another gate begins with this column.
    """

    text: str
    color: int
    is_edited: bool
    is_bias: bool
    is_edge: bool


class WeightTableModel(QAbstractTableModel):
    """A sheet of a document as rows and columns.

    Signals:
        refused(sentence): an edit was refused; nothing changed.
        unreadable(sentence): the file could not be read.
        stored(sentence): what was stored differs from what was typed.
    """

    refused = Signal(str)
    unreadable = Signal(str)
    stored = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        """Start without a sheet."""
        super().__init__(parent)
        self.names = Names()
        self._document: Document | None = None
        self._sheet: Sheet | None = None
        self._blocks = CellBlocks()
        self._notation: Notation = "auto"
        self._decimals = 3
        self._auto_digits = AUTO_DIGITS
        self._auto_decimals: int | None = None
        self._limit = 0.0
        self._has_failed = False
        theme().changed.connect(self.forget_colors)

    @property
    def sheet(self) -> Sheet | None:
        """What is shown."""
        return self._sheet

    @property
    def document(self) -> Document | None:
        """Whose numbers are shown."""
        return self._document

    def show(self, document: Document | None, sheet: Sheet | None) -> None:
        """Show another sheet, or none; of the same size, the views keep their places."""
        same = (
            document is self._document
            and sheet is not None
            and self._sheet is not None
            and (sheet.rows, sheet.columns) == (self._sheet.rows, self._sheet.columns)
            and sheet.main.weight is self._sheet.main.weight
            and _places(sheet) == _places(self._sheet)
        )
        if same:
            self._sheet = sheet
            self._choose_digits()
            self._blocks.forget()
            self._tell_all()
            self._tell_headings()
            return
        self.beginResetModel()
        if document is not self._document:
            self.names.show_document(document)
        self._document = document
        self._sheet = sheet if document is not None else None
        self._blocks.forget()
        self._has_failed = False
        self._choose_digits()
        self.endResetModel()

    def _choose_digits(self) -> None:
        """Write all of a weight's numbers with decimals that suit most of them."""
        sheet, document = self._sheet, self._document
        if sheet is None or document is None or not holds_real_numbers(sheet.main.weight.dtype):
            return
        with contextlib.suppress(WeightviewError):  # the cells tell of it
            typical = typical_magnitude(document.values, sheet.main.weight)
            self._auto_decimals = auto_decimals(typical, self._auto_digits)

    def _tell_headings(self) -> None:
        for orientation, count in ((_ACROSS, self.columnCount()), (_DOWN, self.rowCount())):
            if count:
                self.headerDataChanged.emit(orientation, 0, count - 1)

    @property
    def notation(self) -> Notation:
        """How numbers are written."""
        return self._notation

    @property
    def decimals(self) -> int:
        """How many decimals ``fixed`` and ``scientific`` numbers have."""
        return self._decimals

    def set_notation(self, notation: Notation, decimals: int | None = None) -> None:
        """Write numbers in another way."""
        self._notation = notation
        if decimals is not None:
            self._decimals = decimals
        self._blocks.forget_texts()
        self._tell_all()

    @property
    def auto_digits(self) -> int:
        """How many digits ``auto`` shows of most numbers."""
        return self._auto_digits

    def set_auto_digits(self, digits: int) -> None:
        """Show so many digits of most numbers in ``auto``."""
        self._auto_digits = digits
        self._choose_digits()
        self._blocks.forget_texts()
        self._tell_all()

    @property
    def limit(self) -> float:
        """The magnitude that has the full colour."""
        return self._limit

    def set_limit(self, limit: float) -> None:
        """Give the full colour to numbers of this magnitude."""
        if limit != self._limit:
            self._limit = limit
            self.forget_colors()

    def forget_colors(self) -> None:
        """Colour the cells anew."""
        self._blocks.forget()
        self._tell_all()

    def numbers_changed(self, changes: tuple[Change, ...]) -> None:
        """Read again what changed; no changes at all mean that everything may have."""
        sheet = self._sheet
        if sheet is None:
            return
        if changes and not any(sheet.has_weight(change.weight.path) for change in changes):
            return
        self._has_failed = False
        self._choose_digits()
        self._blocks.forget()
        self._tell_all()

    def _tell_all(self) -> None:
        if self.rowCount() and self.columnCount():
            self.dataChanged.emit(
                self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1)
            )

    # The cells

    def address(self, row: int, column: int) -> tuple[Weight, Index] | None:
        """Return the weight and the index in it of a cell."""
        if self._sheet is None or row < 0 or column < 0:
            return None
        return self._sheet.address(row, column)

    def value(self, row: int, column: int) -> Any:
        """Return the number in a cell, as a numpy scalar of the weight's dtype; None unread."""
        cell = self._cell(row, column)
        return None if cell is None else cell.value

    def _cell(self, row: int, column: int) -> Cell | None:
        if self._sheet is None or self._document is None or self._has_failed:
            return None
        try:
            return self._blocks.cell(self._document, self._sheet, self._limit, row, column)
        except WeightviewError as error:
            self._has_failed = True  # one sentence, not one per cell
            self.unreadable.emit(str(error))
            return None

    def look(self, row: int, column: int) -> CellLook | None:
        """Return how a cell is painted."""
        cell, sheet = self._cell(row, column), self._sheet
        if cell is None or sheet is None:
            return None
        text = cell.texts.get(cell.key)
        if text is None:
            is_auto = self._notation == "auto"
            digits = self._auto_decimals if is_auto else self._decimals
            text = shown_text(cell.value, self._notation, digits, self._auto_digits)
            cell.texts[cell.key] = text
        is_bias = sheet.part_at(row, column) is sheet.bias
        is_edge = headings.begins_gate(sheet, self.names, column, is_column=True)
        return CellLook(text, cell.color, cell.is_edited, is_bias, is_edge)

    # Edits

    def holds(self, row: int, column: int, number: float) -> bool:
        """Return whether a cell holds the very bits that ``number`` would be stored as."""
        value = self.value(row, column)
        return value is not None and is_stored_as(value, number)

    def store(self, row: int, column: int, number: float, merge_key: object) -> bool:
        """Store a number, where it is another; edits with an equal key are one step to undo."""
        found = self.address(row, column)
        if found is None or self._document is None or self.holds(row, column, number):
            return False
        weight, index = found
        label = f"Drag {address_text(weight, index)}"
        try:
            self._document.set_values(weight, index, number, label=label, merge_key=merge_key)
        except WeightviewError as error:
            self.refused.emit(str(error))
            return False
        return True

    def apply_text(self, row: int, column: int, text: str) -> bool:
        """Store what was typed into a cell; what is refused says why and changes nothing."""
        found = self.address(row, column)
        if found is None or self._document is None:
            return False
        try:
            stored = put_text(self._document, *found, text)
        except WeightviewError as error:
            self.refused.emit(str(error))
            return False
        if stored:
            self.stored.emit(f"{self.names.cell_text(*found)}: {stored}")
        return True

    # The headings

    def set_names(self, orientation: Qt.Orientation, names: tuple[str, ...]) -> None:
        """Head the rows or columns with names; none takes them away.

        Raises:
            EditError: there are not as many names as rows or columns.
        """
        sheet = self._sheet
        if sheet is None:
            return
        weight, look = sheet.main.weight, sheet.main.look
        is_columns = orientation == _ACROSS
        axis = look.column_axis if is_columns else look.row_axis
        count = look.columns if is_columns else look.rows
        if axis is None or (names and len(names) != count):
            word = "columns" if is_columns else "rows"
            message = f"{len(names):,} names for {count:,} {word} of {weight.path}."
            raise EditError(weight.path, message)
        self.names.give(weight, axis, names)
        self.headerDataChanged.emit(orientation, 0, min(count, MOST_SECTIONS) - 1)

    def names_changed(self) -> None:
        """Ask the model anew what it calls its places."""
        self.names.forget_own()
        self._tell_headings()

    def corner_text(self) -> str:
        """Return what the rows and the columns count, a backslash between."""
        return headings.corner_text(self._sheet) if self._sheet is not None else ""

    # Qt overrides

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Return how many rows the sheet has."""
        return (
            0 if parent.isValid() or self._sheet is None else min(self._sheet.rows, MOST_SECTIONS)
        )

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Return how many columns the sheet has."""
        if parent.isValid() or self._sheet is None:
            return 0
        return min(self._sheet.columns, MOST_SECTIONS)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the number as text, and what the delegate paints."""
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        answer = _ANSWERS.get(role)
        return None if answer is None else answer(self, index.row(), index.column())

    def _shown(self, row: int, column: int) -> str | None:
        look = self.look(row, column)
        return None if look is None else look.text

    def _exact(self, row: int, column: int) -> str | None:
        value = self.value(row, column)
        return None if value is None else exact_text(value)

    def _told(self, row: int, column: int) -> str | None:
        """Return a cell's place and its number in full, for the tooltip."""
        found, value = self.address(row, column), self.value(row, column)
        if found is None or value is None:
            return None
        hint = "\nType to change it (F2), Delete sets 0, drag its left edge to change it live"
        is_open = found[0].editable and holds_real_numbers(found[0].dtype)
        return f"{self.names.cell_text(*found)}: {exact_text(value)}{hint if is_open else ''}"

    def _spoken(self, row: int, column: int) -> str | None:
        found, look = self.address(row, column), self.look(row, column)
        if found is None or look is None:
            return None
        edited = ", edited" if look.is_edited else ""
        return f"{self.names.cell_text(*found)}: {look.text}{edited}"

    def setData(self, index: AnyIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Store what was typed."""
        if not index.isValid() or role != Qt.ItemDataRole.EditRole:
            return False
        return self.apply_text(index.row(), index.column(), str(value))

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """Let cells be selected, and edited where the weight can be."""
        flags = super().flags(index)
        found = self.address(index.row(), index.column()) if index.isValid() else None
        if found is not None and found[0].editable and holds_real_numbers(found[0].dtype):
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return ``input 3``, ``unit 2``, ``+ bias``: the places in the weight, sorted or not."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignCenter)
        answer = _HEADINGS.get(role)
        if self._sheet is None or answer is None:
            return None
        return answer(self._sheet, self.names, section, is_column=orientation == _ACROSS)


def _places(sheet: Sheet) -> tuple[int, ...]:
    """Return what tells one order from another."""
    orders = sheet.row_order, sheet.column_order
    return tuple(id(order.places) if order is not None else 0 for order in orders)


_ANSWERS: dict[int, Callable[[WeightTableModel, int, int], Any]] = {
    Role.LOOK: WeightTableModel.look,
    Qt.ItemDataRole.DisplayRole: WeightTableModel._shown,
    Qt.ItemDataRole.EditRole: WeightTableModel._exact,
    Qt.ItemDataRole.ToolTipRole: WeightTableModel._told,
    Qt.ItemDataRole.AccessibleTextRole: WeightTableModel._spoken,
}
_HEADINGS: dict[int, Callable[..., Any]] = {
    Qt.ItemDataRole.DisplayRole: headings.heading,
    Qt.ItemDataRole.ToolTipRole: headings.long_heading,
    Role.GATE_EDGE: headings.begins_gate,
    Role.ARROW: headings.arrow,
}
