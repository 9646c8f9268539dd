"""A rectangle drawn in the image selects the same cells in the table, however that is sorted."""

from collections.abc import Iterable

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QObject, Signal

from weightview.gui.weight_view.image import WeightImage
from weightview.gui.weight_view.slicing import Index
from weightview.gui.weight_view.status_words import block_words
from weightview.gui.weight_view.table import WeightTable
from weightview.gui.weight_view.table_model import WeightTableModel


class BlockDrawing(QObject):
    """Carries rectangles from the image to the table.

    Signals:
        cell_chosen(path, index): the cell in which a rectangle begins.
        status(words): what is selected, where the table cannot show it.
    """

    cell_chosen = Signal(str, object)
    status = Signal(str)

    def __init__(self, model: WeightTableModel, table: WeightTable, image: WeightImage) -> None:
        """Listen to ``image``."""
        super().__init__(table)
        self._model, self._table, self._image = model, table, image
        image.block_chosen.connect(self._choose)

    def _choose(self, first: Index, last: Index) -> None:
        if self._model.sheet is None:
            return
        self.cell_chosen.emit(self._model.sheet.main.weight.path, first)  # it may turn a page
        if not self._select(first, last):
            self._describe(first, last)

    def _select(self, first: Index, last: Index) -> bool:
        """Select the cells in the table; False where they do not stand together in it."""
        sheet = self._model.sheet
        if sheet is None:
            return False
        places = [sheet.main.look.cell(index) for index in (first, last)]
        if places[0] is None or places[1] is None:
            return False
        rows, columns = (sorted(pair) for pair in zip(*places, strict=True))
        down, across = range(rows[0], rows[1] + 1), range(columns[0], columns[1] + 1)
        if sheet.row_order is not None:
            down = _together(sheet.row_at(row) for row in down)
        if sheet.column_order is not None:
            across = _together(sheet.column_at(column) for column in across)
        if not down or not across:
            return False
        corner = self._model.index(down[0], across[0])
        other = self._model.index(down[-1], across[-1])
        if not corner.isValid() or not other.isValid():
            return False
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self._table.selectionModel().select(QItemSelection(corner, other), flags)
        return True

    def _describe(self, first: Index, last: Index) -> None:
        document, sheet = self._model.document, self._model.sheet
        if document is None or sheet is None:
            return
        look = sheet.main.look
        one, other = look.cell(first), look.cell(last)
        if one is None or other is None:
            return
        self._image.show_blocks(((first, last),))
        (top, bottom), (left, right) = (sorted(pair) for pair in zip(one, other, strict=True))
        rows, columns = range(top, bottom + 1), range(left, right + 1)
        words = block_words(document, sheet.unsorted(), rows, columns)
        if words:
            self.status.emit(f"{words} · apart in the sorted table, so not selected there")


def _together(places: Iterable[int]) -> range:
    """Return places as a range, empty where others stand between them."""
    seen = set(places)
    whole = range(min(seen), max(seen) + 1)
    return whole if len(whole) == len(seen) else range(0)
