"""The item model of the weight table: it asks the document for the cells that are looked at.

Only blocks of cells that a view asks for are read, and a few hundred of them are kept; so a kernel
of a hundred million numbers opens as quickly as one of forty.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
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
    Notation,
    exact_text,
    holds_real_numbers,
    is_integer,
    parse_number,
    shown_text,
)
from weightview.core.sampling import as_float32
from weightview.gui.theme import diverging, theme
from weightview.gui.weight_view.sheet import Part, Sheet
from weightview.gui.weight_view.slicing import Array, Index
from weightview.gui.weight_view.wording import (
    MOST_SECTIONS,
    address_text,
    axis_word,
    cell_text,
    place_text,
    stored_text,
)

BLOCK = 64
_KEPT_BLOCKS = 400
AnyIndex = QModelIndex | QPersistentModelIndex


class Role(IntEnum):
    """What the table's own delegate and headers ask for."""

    LOOK = Qt.ItemDataRole.UserRole + 1  # a CellLook
    GATE_EDGE = Qt.ItemDataRole.UserRole + 2  # of a header section: a gate begins here


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


@dataclass
class _Block:
    values: Array
    edited: Array
    colors: Array
    texts: dict[tuple[int, int], str] = field(default_factory=dict)


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
        self._document: Document | None = None
        self._sheet: Sheet | None = None
        self._blocks: OrderedDict[tuple[int, int, int], _Block] = OrderedDict()
        self._notation: Notation = "full"
        self._decimals = 3
        self._names: dict[tuple[str, int], tuple[str, ...]] = {}
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
        )
        if same:
            self._sheet = sheet
            self._blocks.clear()
            self._tell_all()
            last = max(self.rowCount(), self.columnCount()) - 1
            self.headerDataChanged.emit(
                Qt.Orientation.Horizontal, 0, min(last, self.columnCount() - 1)
            )
            self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, min(last, self.rowCount() - 1))
            return
        self.beginResetModel()
        self._document = document
        self._sheet = sheet if document is not None else None
        self._blocks.clear()
        self._has_failed = False
        self.endResetModel()

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
        for block in self._blocks.values():
            block.texts.clear()
        self._tell_all()

    def set_limit(self, limit: float) -> None:
        """Give the full colour to numbers of this magnitude."""
        if limit != self._limit:
            self._limit = limit
            self.forget_colors()

    def forget_colors(self) -> None:
        """Colour the cells anew."""
        self._blocks.clear()
        self._tell_all()

    def numbers_changed(self, changes: tuple[Change, ...]) -> None:
        """Read again what changed; no changes at all mean that everything may have."""
        sheet = self._sheet
        if sheet is None:
            return
        if changes and not any(sheet.has_weight(change.weight.path) for change in changes):
            return
        self._has_failed = False
        self._blocks.clear()
        self._tell_all()

    def _tell_all(self) -> None:
        if self.rowCount() and self.columnCount():
            self.dataChanged.emit(
                self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1)
            )

    def address(self, row: int, column: int) -> tuple[Weight, Index] | None:
        """Return the weight and the index in it of a cell."""
        if self._sheet is None or row < 0 or column < 0:
            return None
        return self._sheet.address(row, column)

    def value(self, row: int, column: int) -> Any:
        """Return the number in a cell, as a numpy scalar of the weight's dtype; None unread."""
        found = self._block_of(row, column)
        return None if found is None else found[0].values[found[1], found[2]]

    def look(self, row: int, column: int) -> CellLook | None:
        """Return how a cell is painted."""
        found = self._block_of(row, column)
        if found is None or self._sheet is None:
            return None
        block, r, c = found
        text = block.texts.get((r, c))
        if text is None:
            text = block.texts[r, c] = shown_text(
                block.values[r, c], self._notation, self._decimals
            )
        part = self._sheet.part_at(row, column)
        is_edge = self._is_gate_edge(column)
        edited = bool(block.edited[r, c])
        return CellLook(text, int(block.colors[r, c]), edited, part is self._sheet.bias, is_edge)

    def _is_gate_edge(
        self, column: int, orientation: Qt.Orientation = Qt.Orientation.Horizontal
    ) -> bool:
        sheet = self._sheet
        if sheet is None or not sheet.main.weight.gates or column == 0:
            return False
        weight, look = sheet.main.weight, sheet.main.look
        axis = look.column_axis if orientation == Qt.Orientation.Horizontal else look.row_axis
        last = len(weight.shape) - 1
        if axis != last or column >= weight.shape[last]:
            return False
        return column % max(1, weight.shape[last] // len(weight.gates)) == 0

    def _block_of(self, row: int, column: int) -> tuple[_Block, int, int] | None:
        if self._sheet is None:
            return None
        part = self._sheet.part_at(row, column)
        row, column = row - part.top, column - part.left
        key = (id(part), row // BLOCK, column // BLOCK)
        block = self._blocks.get(key)
        if block is None:
            block = self._read(part, row // BLOCK * BLOCK, column // BLOCK * BLOCK)
            if block is None:
                return None
            self._blocks[key] = block
            if len(self._blocks) > _KEPT_BLOCKS:
                self._blocks.popitem(last=False)
        return block, row % BLOCK, column % BLOCK

    def _read(self, part: Part, top: int, left: int) -> _Block | None:
        document, look = self._document, part.look
        if document is None or self._has_failed:
            return None
        rows = slice(top, min(top + BLOCK, look.rows), 1)
        columns = slice(left, min(left + BLOCK, look.columns), 1)
        region = look.region(rows, columns)
        try:
            values = look.flat(document.read(part.weight, region))
            edited = look.flat(document.values.edited_mask(part.weight, region))
        except WeightviewError as error:
            self._has_failed = True  # one sentence, not one per cell
            self.unreadable.emit(str(error))
            return None
        return _Block(values, edited, self._colors(part.weight, values))

    def _colors(self, weight: Weight, values: Array) -> Array:
        if not holds_real_numbers(weight.dtype):
            return np.zeros(values.shape, np.uint32)
        rgba = diverging(as_float32(values), self._limit).astype(np.uint32)
        packed = (rgba[..., 3] << 24) | (rgba[..., 0] << 16) | (rgba[..., 1] << 8) | rgba[..., 2]
        return np.asarray(packed)

    @property
    def limit(self) -> float:
        """The magnitude that has the full colour."""
        return self._limit

    def store(self, row: int, column: int, number: float, merge_key: object) -> None:
        """Store a number; edits with an equal key are one step to undo."""
        found = self.address(row, column)
        if found is None or self._document is None:
            return
        weight, index = found
        label = f"Drag {address_text(weight, index)}"
        try:
            self._document.set_values(weight, index, number, label=label, merge_key=merge_key)
        except WeightviewError as error:
            self.refused.emit(str(error))

    def apply_text(self, row: int, column: int, text: str) -> bool:
        """Store what was typed into a cell; what is refused says why and changes nothing."""
        found = self.address(row, column)
        if found is None or self._document is None:
            return False
        weight, index = found
        try:
            value = parse_number(text, weight.dtype)
            before = self._document.read(weight, index)
            if np.asarray(before).tobytes() == np.asarray(value).tobytes():
                return True
            self._document.set_values(
                weight, index, value, label=f"Set {address_text(weight, index)}"
            )
        except WeightviewError as error:
            self.refused.emit(str(error))
            return False
        self._tell_what_was_stored(weight, index, value, text)
        return True

    def _tell_what_was_stored(self, weight: Weight, index: Index, value: Any, text: str) -> None:
        if is_integer(weight.dtype):
            return  # it is stored exactly or refused
        typed = parse_number(text, np.dtype(np.float64))
        if float(typed) != float(value) and weight.dtype.itemsize < np.dtype(np.float64).itemsize:
            shown = stored_text(value, weight.dtype.itemsize)
            self.stored.emit(f"{cell_text(weight, index)}: stored as {shown} ({weight.dtype})")

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

    def _spoken(self, row: int, column: int) -> str | None:
        found, look = self.address(row, column), self.look(row, column)
        if found is None or look is None:
            return None
        return f"{cell_text(*found)}: {look.text}{', edited' if look.is_edited else ''}"

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
        """Return ``input 3``, ``unit 2``, ``+ bias``."""
        sheet = self._sheet
        if sheet is None:
            return None
        if role == Role.GATE_EDGE:
            return self._is_gate_edge(section, orientation)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignCenter)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            is_columns = orientation == Qt.Orientation.Horizontal
            is_short = role == Qt.ItemDataRole.DisplayRole
            return self._heading(sheet, section, is_columns=is_columns, is_short=is_short)
        return None

    def _heading(self, sheet: Sheet, section: int, *, is_columns: bool, is_short: bool) -> str:
        main, bias = sheet.main, sheet.bias
        if bias is not None:
            has_bias = sheet.has_bias_columns if is_columns else sheet.has_bias_rows
            first = bias.left if is_columns else bias.top
            if has_bias and section >= first:
                return _bias_label(bias, section - first)
        axis = main.look.column_axis if is_columns else main.look.row_axis
        if axis is None:
            return main.weight.name
        names = self._names.get((main.weight.path, axis), ())
        own = names[section] if section < len(names) else ""
        text = place_text(main.weight, axis, section)
        return (own or text) if is_short else f"{text} {own}".strip()

    def set_names(self, orientation: Qt.Orientation, names: tuple[str, ...]) -> None:
        """Head the rows or columns with names; none takes them away.

        Raises:
            EditError: there are not as many names as rows or columns.
        """
        sheet = self._sheet
        if sheet is None:
            return
        weight, look = sheet.main.weight, sheet.main.look
        is_columns = orientation == Qt.Orientation.Horizontal
        axis = look.column_axis if is_columns else look.row_axis
        count = look.columns if is_columns else look.rows
        if axis is None or (names and len(names) != count):
            word = "columns" if is_columns else "rows"
            message = f"{len(names):,} names for {count:,} {word} of {weight.path}."
            raise EditError(weight.path, message)
        self._names[weight.path, axis] = names
        self.headerDataChanged.emit(orientation, 0, min(count, MOST_SECTIONS) - 1)

    def corner_text(self) -> str:
        """Return what the rows and the columns count, a backslash between."""
        if self._sheet is None:
            return ""
        weight, look = self._sheet.main.weight, self._sheet.main.look
        axes = [axis for axis in (look.row_axis, look.column_axis) if axis is not None]
        return " \\ ".join(axis_word(weight, axis) for axis in axes) if len(axes) > 1 else ""


def _bias_label(part: Part, place: int) -> str:
    if len(part.weight.shape) == 1:
        return f"+ {part.weight.name}"
    return f"+ {part.weight.name} {('input', 'state')[place]}"


_ANSWERS: dict[int, Callable[[WeightTableModel, int, int], Any]] = {
    Role.LOOK: WeightTableModel.look,
    Qt.ItemDataRole.DisplayRole: WeightTableModel._shown,
    Qt.ItemDataRole.EditRole: WeightTableModel._exact,
    Qt.ItemDataRole.AccessibleTextRole: WeightTableModel._spoken,
}
