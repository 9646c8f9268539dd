"""The weight view: heading, switches, table and image of the weight that is selected."""

from dataclasses import replace

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QWidget

from weightview.core.document import Document
from weightview.core.errors import WeightNotFoundError
from weightview.core.history import Change
from weightview.core.model import Layer, Weight
from weightview.core.statistics import Statistics
from weightview.gui.selection import Selection
from weightview.gui.weight_view.changing import Changing
from weightview.gui.weight_view.commands import Commands
from weightview.gui.weight_view.description import Description
from weightview.gui.weight_view.display_menu import DisplayMenu
from weightview.gui.weight_view.edited_count import EditedCount
from weightview.gui.weight_view.frame import WeightFrame
from weightview.gui.weight_view.initializing import Initializing
from weightview.gui.weight_view.looking import Looking
from weightview.gui.weight_view.naming import Naming
from weightview.gui.weight_view.order import is_other
from weightview.gui.weight_view.pointing import Pointing
from weightview.gui.weight_view.sheet import Sheet, filter_bias, layer_of, look_of, sheet_of
from weightview.gui.weight_view.slicing import Index, Slice
from weightview.gui.weight_view.status_words import cell_words
from weightview.gui.weight_view.switches import can_be_turned
from weightview.gui.weight_view.wording import range_text
from weightview.gui.weight_view.writing import Writing


class WeightView(WeightFrame):
    """The centre of the window.

    Its maximum height follows what is shown, so that what stands below comes up close.

    Signals:
        refused(sentence): an edit was refused; nothing changed.
        unreadable(sentence): the file could not be read.
        status(sentence): the cell under the pointer, or the selected ones, in words.
    """

    refused = Signal(str)
    unreadable = Signal(str)
    status = Signal(str)

    def __init__(self, selection: Selection, parent: QWidget | None = None) -> None:
        """Follow ``selection``."""
        super().__init__(parent)
        self.setObjectName("weight_view")
        self.setAccessibleName("Weight")
        self._selection = selection
        self._document: Document | None = None
        self._layer: Layer | None = None
        self._described: Weight | None = None
        self._pending = ""
        self._told = ""
        self._description = Description(self)
        self._edited = EditedCount(self)
        self._commands = Commands(self, self._model, self._table)
        self._changing = Changing(self._change, self._commands.block)
        self._initializing = Initializing(self)
        self._naming = Naming(self._model, self)
        self._looking = Looking(self._model, self._table, self._image)
        self._sorting = self._looking.sorting
        self._find.names = self._model.names
        self._pointing = Pointing(selection, self._model, self._table, self._image)
        self._add_commands()
        self._connect()
        self._show_sheet(None)

    def _add_commands(self) -> None:
        options = DisplayMenu(self)
        options.fills_changed.connect(self._table.set_fills)
        self._writing = Writing(self._model, self._switches, options)
        self._commands.add_usual()
        self._commands.add_line()
        self._commands.add_lines(self._find, self._change)
        tip = "Draw the numbers anew by an initializer of Keras, with a seed"
        self._commands.add("initialise", "Re-initialise …", tip, self._ask_initializer)
        self._commands.add_line()
        self._looking.add_to(self._commands)
        self._commands.add_line()
        self._commands.add_unit_commands()
        self._commands.add_line()
        self._commands.add_menu(self._naming.menu)
        self._commands.add_menu(options)
        self._heading.set_menu(self._commands.menu())
        self._table.set_menu(self._commands.menu())

    def _connect(self) -> None:
        self._selection.weight_changed.connect(self._weight_chosen)
        self._selection.cell_changed.connect(self._cell_chosen)
        self._switches.layout_chosen.connect(self._arrange)
        self._switches.orientation_chosen.connect(self._turn)
        self._writing.changed.connect(self._make_room)
        self._axes.look_changed.connect(self._look_chosen)
        self._axes.bias_asked.connect(self._go_to_filter_bias)
        self._pointing.sheet_wanted.connect(self._show_sheet)
        self._pointing.cell_shown.connect(self._begin_finding)
        self._sorting.sorted.connect(self._show_sorted)
        self._order.again_asked.connect(self._sorting.again)
        self._order.original_asked.connect(self._sorting.restore)
        self._table.range_chosen.connect(self._changing.look_ahead)
        self._table.copy_asked.connect(self.copy)
        self._table.paste_asked.connect(self.paste)
        self._table.clear_asked.connect(self.clear_cells)
        self._find.found.connect(self._pointing.choose)
        self._looking.room_changed.connect(self._bound)
        self._commands.picture_asked.connect(self._image.copy_picture)
        self._model.stored.connect(self.status)
        self._naming.named.connect(self._table.measure)
        asked = self._naming, self._looking, self._initializing, self._commands
        for tells in (self._pointing, *asked):
            tells.status.connect(self.status)
        for refuses in (*asked, self._model):
            refuses.refused.connect(self.refused)
        for unreadable in (self._model, self._image, self._description, self._edited):
            unreadable.unreadable.connect(self._tell_unreadable)
        self._description.changed.connect(self._show_statistics)
        self._edited.changed.connect(self._heading.show_edited)
        self._color_bar.limit_changed.connect(self._model.set_limit)
        self._color_bar.limit_changed.connect(self._image.set_limit)

    @property
    def sheet(self) -> Sheet | None:
        """What is shown."""
        return self._model.sheet

    @property
    def _sheet(self) -> Sheet | None:
        return self._model.sheet

    def set_document(self, document: Document | None) -> None:
        """Show the weights of another document, or none."""
        if self._document is not None:
            self._document.values_changed.disconnect(self._values_changed)
            self._document.storage_changed.disconnect(self._storage_changed)
            self._document.shapes_changed.disconnect(self._names_changed)
        self._document = document
        self._told = ""
        if document is not None:
            document.values_changed.connect(self._values_changed)
            document.storage_changed.connect(self._storage_changed)
            document.shapes_changed.connect(self._names_changed)
        self._model.show(document, None)
        self._show_weight(self._selection.weight_path)

    # Which weight

    def _weight_chosen(self, path: str) -> None:
        if self._pointing.is_choosing:
            return
        is_shown = self._sheet is not None and self._sheet.has_weight(path)
        if self._sheet is not None and is_shown and path != self._sheet.main.weight.path:
            # Perhaps only a cell of the bias is meant, which is in sight: then nothing turns.
            self._pending = path
            QTimer.singleShot(0, self._show_pending)
            return
        self._pending = ""
        if not is_shown:
            self._show_weight(path)

    def _show_pending(self) -> None:
        path, self._pending = self._pending, ""
        if path and path == self._selection.weight_path:
            self._show_weight(path)

    def _show_weight(self, path: str) -> None:
        document = self._document
        try:
            weight = document.weight(path) if document is not None and path else None
        except WeightNotFoundError:
            weight = None
        if weight is None:
            self._show_sheet(None)
            return
        self._layer = layer_of(document, weight)
        look = look_of(weight)
        if self._switches.is_textbook and can_be_turned(weight):
            look = look.swapped()
        self._show_sheet(sheet_of(weight, self._layer, look))
        self._pointing.show_cell(path, self._selection.cell)

    def _show_sheet(self, sheet: Sheet | None) -> None:
        self._table.end_editing()  # what is being typed belongs to the cell that is still shown
        before = self._sheet.main.weight if self._sheet is not None else None
        weight = sheet.main.weight if sheet is not None else None
        self._model.show(self._document, sheet)
        for widget in (self._heading, self._switches, self._panes):
            widget.setVisible(sheet is not None)
        self._empty.setVisible(sheet is None)
        self._commands.set_shown(is_shown=sheet is not None and self.isVisible())
        if weight is None or weight is not before:
            has_bias = sheet is not None and sheet.bias is not None
            self._heading.show_weight(weight, self._layer, has_bias=has_bias)
            self._edited.count(self._document, weight)
            self._description.describe(self._document, weight)
        self._order.show_sheet(sheet, self._model.names)
        self._table.measure()
        self._image.show_sheet(self._document, sheet)
        look = sheet.main.look if sheet is not None else None
        self._axes.show_look(weight, look, self._model.names)
        self._show_filter_bias()
        self._switches.show_weight(weight)
        can_turn = weight is not None and can_be_turned(weight)
        self._heading.show_turned(can_turn and self._switches.is_textbook)
        if weight is not before:
            self._find.show_weight(self._document, weight)
        self._pointing.mark_unit()
        self._arrange(self._switches.shown_as)

    def _show_filter_bias(self) -> None:
        found = filter_bias(self._sheet, self._layer) if self._sheet is not None else None
        words = ""
        if found is not None and self._document is not None:
            words = f"+ {cell_words(self._document, self._model.names, *_named(found))}"
        self._axes.show_bias(words)

    def _go_to_filter_bias(self) -> None:
        found = filter_bias(self._sheet, self._layer) if self._sheet is not None else None
        if found is not None:
            self._selection.select_cell(found[0].path, found[1])

    def _show_statistics(self, statistics: Statistics | None) -> None:
        weight = self._sheet.main.weight if self._sheet is not None else None
        self._color_bar.show_statistics(statistics, is_new=weight is not self._described)
        self._described = weight
        self._heading.show_range(range_text(statistics) if statistics is not None else "")

    # What the document tells

    def _values_changed(self, changes: tuple[Change, ...]) -> None:
        sheet = self._sheet
        if sheet is None:
            return
        self._show_filter_bias()
        if changes and not any(sheet.has_weight(change.weight.path) for change in changes):
            return
        self._model.numbers_changed(changes)
        self._description.describe(self._document, sheet.main.weight)
        self._image.refresh()
        self._edited.count(self._document, sheet.main.weight)
        self._changing.look_ahead()
        self._sorting.check()
        self._pointing.tell_selected()

    def _storage_changed(self) -> None:
        """After saving nothing counts as edited; after reloading the weight may be another one."""
        if self._document is None or self._sheet is None:
            return
        self._told = ""
        weight = self._sheet.main.weight
        if weight in self._document.all_weights:
            self._values_changed(())
        else:
            self._model.show(self._document, None)
            self._show_weight(weight.path)

    def _names_changed(self) -> None:
        """The model names its places where it knows its shapes."""
        self._model.names_changed()
        self._table.measure()

    def _tell_unreadable(self, sentence: str) -> None:
        """Tell once that the file cannot be read, not once for each piece that wanted to."""
        if sentence != self._told:
            self._told = sentence
            self.unreadable.emit(sentence)

    # How it is shown

    def _arrange(self, shown_as: str) -> None:
        self._panes.show_as(shown_as)
        self._bound()

    def _turn(self, is_textbook: bool) -> None:
        if self._sheet is not None and can_be_turned(self._sheet.main.weight):
            look = look_of(self._sheet.main.weight)
            self._look_chosen(look.swapped() if is_textbook else look)

    def _look_chosen(self, look: Slice) -> None:
        before, cell = self._sheet, self._selection.cell
        if before is None:
            return
        sheet = sheet_of(before.main.weight, self._layer, look)
        if look == before.main.look.swapped():
            rows, columns = before.column_order, before.row_order
            sheet = replace(sheet, row_order=rows, column_order=columns)
        self._show_sheet(sheet)
        path = self._selection.weight_path
        is_main = path == before.main.weight.path
        place = before.main.look.cell(cell) if cell is not None and is_main else None
        if place is not None and before.main.look.other_axes == look.other_axes:
            # A step to another slice keeps the place on it; turning keeps the cell.
            is_turned = before.main.look.row_axis != look.row_axis
            cell = look.index(*(reversed(place) if is_turned else place))
            self._pointing.choose(path, cell)
        self._pointing.outline(path, cell)

    def _show_sorted(self, sheet: Sheet) -> None:
        """Show the same cells in another order, the chosen one still chosen."""
        was_typing = self._table.end_editing()
        before = self._sheet
        self._model.show(self._document, sheet)
        self._order.show_sheet(sheet, self._model.names)
        self._bound()
        self._pointing.mark_unit()
        self._table.show_cell(self._selection.weight_path, self._selection.cell)
        if before is not None:
            rows = is_other(before.row_order, sheet.row_order)
            columns = is_other(before.column_order, sheet.column_order)
            self._table.show_start(
                rows=rows and sheet.row_order is not None,
                columns=columns and sheet.column_order is not None,
            )
            if rows or columns:
                self.status.emit(f"{self._order.words}.")
        if was_typing:
            self._sorting.check()

    def _make_room(self) -> None:
        """Give the numbers the room they need, written otherwise."""
        self._table.measure()
        self._bound()

    # Which cell

    def _cell_chosen(self, path: str, index: Index | None) -> None:
        if index is not None and path == self._pending:
            self._pending = ""
        self._pointing.show_cell(path, index)

    def _begin_finding(self, path: str, index: Index | None) -> None:
        sheet = self._sheet
        self._find.begin_at(index if sheet and path == sheet.main.weight.path else None)

    # The Edit menu

    def finish_typing(self) -> bool:
        """Store the number that is being typed into a cell; return False where it is refused."""
        return self._table.finish_typing()

    def copy(self) -> None:
        """Put the selected cells on the clipboard, exact, as tab-separated text."""
        self._commands.copy()

    def paste(self) -> None:
        """Put the numbers on the clipboard into the table, as one edit."""
        self._commands.paste()

    def clear_cells(self) -> None:
        """Set the selected cells to 0, as one edit."""
        self._commands.clear()

    def _ask_initializer(self) -> None:
        self._initializing.ask(self._document, self._sheet, self._table.selected_block())

    def cells_menu(self) -> QMenu:
        """Return the commands on the cells for the menu bar of the window."""
        return self._commands.menu_for_bar()

    def showEvent(self, event: QShowEvent) -> None:
        """Let the keys of the cells work."""
        super().showEvent(event)
        self._commands.set_shown(is_shown=self._sheet is not None)

    def hideEvent(self, event: QHideEvent) -> None:
        """Let another page of the window have the keys."""
        super().hideEvent(event)
        self._commands.set_shown(is_shown=False)

    def select_all(self) -> None:
        """Select every cell of the table."""
        self._table.selectAll()


def _named(cell: tuple[Weight, Index]) -> tuple[str, Index]:
    return cell[0].path, cell[1]
