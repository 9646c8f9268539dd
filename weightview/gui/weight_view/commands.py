"""What a person can do with the selected cells: the commands, their keys, the menu of them."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from weightview.core.document import Document
from weightview.core.errors import WeightviewError
from weightview.core.links import Link
from weightview.core.model import Weight
from weightview.gui.weight_view.applicability import why_not
from weightview.gui.weight_view.cells_menu import CellsMenu, Entry
from weightview.gui.weight_view.change_bar import ChangeBar
from weightview.gui.weight_view.changing import Block, transposed
from weightview.gui.weight_view.clipboard import (
    block_text,
    cleared,
    headed_text,
    pasted,
)
from weightview.gui.weight_view.find_bar import GO_TO, FindBar
from weightview.gui.weight_view.number_files import NumberFiles
from weightview.gui.weight_view.putting import Working
from weightview.gui.weight_view.python_code import fetching_code, writing_code
from weightview.gui.weight_view.slicing import Index
from weightview.gui.weight_view.table import WeightTable
from weightview.gui.weight_view.table_model import WeightTableModel
from weightview.gui.weight_view.unit_commands import COPY, SWAP, UnitCommands


class Commands(QObject):
    """The commands on the cells of one table.

    Signals:
        refused(sentence): nothing was changed, and why.
        status(sentence): what was done.
        picture_asked(): the image is to be put on the clipboard.
    """

    refused = Signal(str)
    status = Signal(str)
    picture_asked = Signal()

    def __init__(self, owner: QWidget, model: WeightTableModel, table: WeightTable) -> None:
        """Act on ``table``; the keys work in the window of ``owner``."""
        super().__init__(owner)
        self._owner, self._model, self._table = owner, model, table
        self._entries: list[Entry] = []
        self._files = NumberFiles(owner, model, self.block)
        self._files.refused.connect(self.refused)
        self._files.status.connect(self.status)
        self._working = Working(owner)
        self._working.refused.connect(self.refused)
        self._units = UnitCommands(owner, self._working, self.block)
        self._units.refused.connect(self.refused)
        self._units.status.connect(self.status)

    def add(self, name: str, text: str, tip: str, do: Callable[[], object], keys: str = "") -> None:
        """Add a command to the menu; its key works in the window while a weight is shown."""
        action = QAction(text, self)
        action.setObjectName(name)
        shown = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{tip} ({shown})" if keys else tip)
        if keys:
            action.setShortcut(QKeySequence(keys))
        # What is being typed belongs to the numbers that a command is about.
        action.triggered.connect(lambda _checked=False: self._table.finish_typing() and do())
        self._owner.addAction(action)
        self._entries.append(action)

    def add_line(self) -> None:
        """Add a dividing line to the menu."""
        self._entries.append(None)

    def add_usual(self) -> None:
        """Add what every table has, and what is copied as code."""
        # Copy, Paste and Delete have no keys here: the window's menu and the table have them.
        self.add("cells_copy", "Copy\tCtrl+C", "Copy at full precision", self.copy)
        headers = "Copy with row and column names"
        self.add("cells_copy_headers", "Copy with Names", headers, self.copy_headed, "Ctrl+Shift+C")
        self.add("cells_paste", "Paste\tCtrl+V", "Paste numbers here", self.paste)
        self.add("cells_clear", "Clear\tDel", "Set to 0", self.clear)
        tip = "Read numbers from a CSV, NPY or NPZ file into the selection, or the whole weight"
        self.add("cells_import", "Import Numbers …", tip, self._files.choose_and_import)
        tip = "Write the selected cells, or the whole weight, to a CSV or NPY file"
        self.add("cells_export", "Export Numbers …", tip, self._files.choose_and_export)
        picture = "Copy the image as a picture"
        self.add("copy_picture", "Copy Picture", picture, self.picture_asked.emit)
        self.add_line()
        fetch = "Copy the expression that fetches this"
        self.add("cells_fetching", "Copy as Python", fetch, self.copy_fetching)
        write = "Copy the statements that write this cell"
        self.add("cells_writing", "Copy as set_weights Code", write, self.copy_writing)
        link = "Copy a link that opens the window at this cell"
        self.add("cells_link", "Copy Link", link, self.copy_link)

    def add_lines(self, find: FindBar, change: ChangeBar) -> None:
        """Add what opens the lines above the table."""
        go = "Go to a cell by its numbers"
        self.add("find_cell", "Go to Cell …", go, lambda: find.open(GO_TO), "Ctrl+G")
        tip = "Find the largest, a number, NaN, the next edit"
        keys = "Ctrl+Shift+F"
        self.add("find_number", "Find a Number …", tip, lambda: find.open("largest"), keys)
        tip = "Add, clip, round, normalise, a formula: on the selected cells"
        self.add("change_cells", "Change Cells …", tip, change.open, "Ctrl+E")

    def add_unit_commands(self) -> None:
        """Add what is done to two units: the first and the last that are selected."""
        swap = "Swap the first and last selected unit and what follows from them; output stays"
        self.add(SWAP, "Swap Units", swap, lambda: self._units.do(SWAP))
        turn = (
            "Exchange rows and columns in the file's numbers (square only); the switch only turns"
        )
        self.add("transpose", "Transpose the Numbers", turn, self.transpose)
        copy = "Let the last selected unit compute what the first does"
        self.add(COPY, "Copy Unit", copy, lambda: self._units.do(COPY))

    def transpose(self) -> None:
        """Exchange the numbers of a square matrix across its diagonal."""
        sheet, document = self._model.sheet, self._model.document
        if sheet is not None and document is not None:
            values, weight = document.values, sheet.main.weight
            sentence = f"Transposing {weight.path} …"
            self._working.edit(document, lambda: transposed(values, weight), weight.size, sentence)

    def add_menu(self, menu: QMenu) -> None:
        """Add a menu inside the menu."""
        self._entries.append(menu)

    def menu(self) -> CellsMenu:
        """Return a menu of the commands."""
        menu = CellsMenu(self._entries, self._why_not, self._owner)
        menu.setObjectName("cells_menu")
        self._units.name_in(menu)
        return menu

    def menu_for_bar(self) -> CellsMenu:
        """Return a menu of the commands that the menu bar does not have by itself."""
        own = ("cells_copy", "cells_paste", "cells_clear")
        others = [e for e in self._entries if e is None or e.objectName() not in own]
        menu = CellsMenu(others, self._why_not, self._owner)
        menu.setTitle("C&ells")
        menu.setObjectName("cells_bar_menu")
        self._units.name_in(menu)
        return menu

    def set_shown(self, *, is_shown: bool) -> None:
        """Let the keys work while a weight is shown."""
        for entry in self._entries:
            if isinstance(entry, QAction):
                entry.setEnabled(is_shown)

    def _why_not(self, name: str) -> str:
        sheet = self._model.sheet if self._owner.isVisible() else None
        return why_not(name, sheet, self.block())

    def block(self) -> Block | None:
        """Return the selected cells, or None."""
        selected, sheet, document = (
            self._table.selected_block(),
            self._model.sheet,
            self._model.document,
        )
        if selected is None or sheet is None or document is None:
            return None
        return document, sheet, *selected

    def cell(self) -> tuple[Document, Weight, Index | None] | None:
        """Return the current cell, or the weight without one; None without a weight."""
        sheet, document = self._model.sheet, self._model.document
        if sheet is None or document is None:
            return None
        current = self._table.currentIndex()
        address = self._model.address(current.row(), current.column())
        return (document, *address) if address is not None else (document, sheet.main.weight, None)

    def _try(self, do: Callable[[], object]) -> None:
        try:
            do()
        except WeightviewError as error:
            self.refused.emit(str(error))

    def copy(self) -> None:
        """Put the selected cells on the clipboard, exact, as tab-separated text."""
        block = self.block()
        if block is not None:
            document, sheet, rows, columns = block
            values = document.values
            self._put(lambda: block_text(values, sheet, rows, columns), block)

    def copy_headed(self) -> None:
        """Put the selected cells on the clipboard with the names of their rows and columns."""
        block = self.block()
        if block is not None:
            sheet, rows, columns = block[1:]
            values, names = block[0].values, self._model.names
            self._put(lambda: headed_text(values, sheet, names, rows, columns), block)

    def _put(self, write: Callable[[], str], block: Block) -> None:
        rows, columns = len(block[2]), len(block[3])

        def written(text: str) -> None:
            QGuiApplication.clipboard().setText(text)
            self.status.emit(f"Copied {rows} × {columns} cells.")

        sentence = f"Copying {rows * columns:,} cells …"
        self._working.work(lambda _watch: write(), written, rows * columns, sentence)

    def paste(self) -> None:
        """Put the numbers on the clipboard into the table, as one edit."""
        block = self.block()
        if block is not None:
            document, sheet, rows, columns = block
            text = QGuiApplication.clipboard().text()
            cells = max(len(text), len(rows) * len(columns))
            make = partial(pasted, sheet, rows, columns, text)
            self._working.edit(document, make, cells, "Pasting …")

    def clear(self) -> None:
        """Set the selected cells to 0, as one edit."""
        block = self.block()
        if block is not None:
            document, sheet, rows, columns = block
            cells = len(rows) * len(columns)
            make = partial(cleared, sheet, rows, columns)
            self._working.edit(document, make, cells, f"Clearing {cells:,} cells …")

    def copy_fetching(self) -> None:
        """Put the Python expression on the clipboard that fetches the cell or the weight."""
        cell = self.cell()
        if cell is not None:
            self._put_code(fetching_code(*cell[1:]))

    def copy_writing(self) -> None:
        """Put the Python statements on the clipboard that write the cell."""
        cell = self.cell()
        if cell is None or cell[2] is None:
            self.refused.emit("Select a cell first: the code writes its value.")
            return
        document, weight, index = cell[0], cell[1], cell[2]
        self._try(lambda: self._put_code(writing_code(weight, index, document.read)))

    def copy_link(self) -> None:
        """Put a link on the clipboard that opens the window at this cell."""
        cell = self.cell()
        if cell is not None:
            document, weight, index = cell
            self._put_code(str(Link(str(document.path or ""), weight.path, index)))

    def _put_code(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        first, _, rest = text.partition("\n")
        self.status.emit(f"Copied: {first}{' …' if rest else ''}")
