"""Which cells are chosen, pointed at or selected: outlined in every view, and told in words."""

from PySide6.QtCore import QObject, Signal

from weightview.gui.selection import NumberAddress, Selection
from weightview.gui.weight_view.block_drawing import BlockDrawing
from weightview.gui.weight_view.image import WeightImage
from weightview.gui.weight_view.sheet import moved_to, unit_section
from weightview.gui.weight_view.slicing import Index
from weightview.gui.weight_view.status_words import block_words, cell_words
from weightview.gui.weight_view.table import WeightTable
from weightview.gui.weight_view.table_model import WeightTableModel

_LARGE = 100_000


class Pointing(QObject):
    """Keeps the table, the image and the window's selection at the same cells.

    Signals:
        status(sentence): the cell under the pointer, or the selected ones, in words.
        sheet_wanted(sheet): a cell was chosen that lies on another slice.
        cell_shown(path, index): a cell is shown, or none.
    """

    status = Signal(str)
    sheet_wanted = Signal(object)
    cell_shown = Signal(str, object)

    def __init__(
        self, selection: Selection, model: WeightTableModel, table: WeightTable, image: WeightImage
    ) -> None:
        """Follow ``selection``, and tell it what is chosen in ``table`` or ``image``."""
        super().__init__(table)
        self._selection = selection
        self._model, self._table, self._image = model, table, image
        self.is_choosing = False
        selection.hover_changed.connect(self._hovered)
        selection.number_changed.connect(self._mark)
        table.cell_chosen.connect(self.choose)
        image.cell_chosen.connect(self.choose)
        table.cell_hovered.connect(selection.hover)
        image.cell_hovered.connect(self._image_hovered)
        table.range_chosen.connect(self._tell_block)
        drawing = BlockDrawing(model, table, image)
        drawing.cell_chosen.connect(self.choose)
        drawing.status.connect(self.status)

    def choose(self, path: str, index: Index) -> None:
        """Choose a cell of what is shown: the weight above stays, also for a cell of its bias."""
        self.is_choosing = True
        try:
            self._selection.select_cell(path, index)
        finally:
            self.is_choosing = False

    def show_cell(self, path: str, index: Index | None) -> None:
        """Show a cell, and first the slice it lies on."""
        sheet = self._model.sheet
        if sheet is not None and index is not None and sheet.cell(path, index) is None:
            moved = moved_to(sheet, path, index)
            if moved.cell(path, index) is not None:
                self.sheet_wanted.emit(moved)
        self.outline(path, index)
        self.cell_shown.emit(path, index)
        self.tell_selected()

    def outline(self, path: str, index: Index | None) -> None:
        """Outline a cell and bring it into sight."""
        self._table.show_cell(path, index)
        self._image.show_cell(path, index)

    def mark_unit(self) -> None:
        """Mark the row or column of the unit whose number is selected in the calculation."""
        self._mark(self._selection.number)

    def _mark(self, address: NumberAddress | None) -> None:
        sheet = self._model.sheet
        if sheet is None or address is None or not address.index:
            self._table.mark_sections(-1, -1)
        else:
            sections = unit_section(sheet, address.layer_path, address.index[-1])
            self._table.mark_sections(*sections)

    def _image_hovered(self, path: str, index: Index | None) -> None:
        """Let the table of a large weight stand at the cell under the pointer."""
        sheet = self._model.sheet
        is_large = sheet is not None and sheet.main.weight.size > _LARGE
        if index is not None and is_large and self._selection.cell is None:
            self._table.look_at(path, index)
        self._selection.hover(path, index)

    def _hovered(self, path: str, index: Index | None) -> None:
        self._table.show_hover(path, index)
        self._image.show_hover(path, index)
        sheet = self._model.sheet
        if index is not None and sheet is not None and sheet.has_weight(path):
            self._tell(path, index)
        else:
            self.tell_selected()

    def tell_selected(self) -> None:
        """Say which cells are selected, what they are like, or the number of the chosen one."""
        rows, columns = self._table.selected_block() or ((), ())
        if len(rows) * len(columns) > 1:
            self._tell_block()
        elif self._selection.cell is not None:
            self._tell(self._selection.weight_path, self._selection.cell)

    def _tell(self, path: str, index: Index) -> None:
        document, sheet = self._model.document, self._model.sheet
        if document is not None and sheet is not None and sheet.has_weight(path):
            self._say(cell_words(document, self._model.names, path, index))

    def _tell_block(self) -> None:
        block, sheet = self._table.selected_block(), self._model.sheet
        document = self._model.document
        if block is None or document is None or sheet is None:
            self._image.show_blocks(())
            return
        self._image.show_blocks(sheet.outlines(*block))
        self._say(block_words(document, sheet, *block))

    def _say(self, words: str) -> None:
        if words:
            self.status.emit(words)
