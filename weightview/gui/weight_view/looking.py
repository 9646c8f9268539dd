"""The commands that only look: sorting, profiles, the picture as a file."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHeaderView, QMenu

from weightview.core.errors import WeightviewError
from weightview.gui.weight_view.commands import Commands
from weightview.gui.weight_view.image import WeightImage
from weightview.gui.weight_view.picture_file import KINDS, save_picture
from weightview.gui.weight_view.profile_painting import scale_words
from weightview.gui.weight_view.sheet import Sheet
from weightview.gui.weight_view.sorting import Line, Sorting
from weightview.gui.weight_view.table import WeightTable
from weightview.gui.weight_view.table_model import WeightTableModel


class Looking(QObject):
    """What a person can do without changing a number.

    Signals:
        refused(sentence): the picture could not be saved, or the file not be read.
        status(sentence): what was done.
        room_changed(): the means were shown or hidden.
    """

    refused = Signal(str)
    status = Signal(str)
    room_changed = Signal()

    def __init__(self, model: WeightTableModel, table: WeightTable, image: WeightImage) -> None:
        """Look at the numbers of ``model``; the headers of ``table`` get a menu."""
        super().__init__(table)
        self._model, self._table, self._image = model, table, image
        self.sorting = Sorting(model, self)
        self.sorting.refused.connect(self.refused)
        self.sorting.status.connect(self.status)
        self.sorting.sorted.connect(self._show_order)
        self._menu = QMenu(table)
        self._image_menu: QMenu | None = None
        self._menu.setObjectName("header_menu")
        image.mean_hovered.connect(self.status)
        for header in (table.column_header, table.row_header):
            header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            header.customContextMenuRequested.connect(partial(self._open_menu, header))
            header.sort_asked.connect(partial(self._step, header.orientation()))

    def add_to(self, commands: Commands) -> None:
        """Add these commands to those of the cells."""
        again = "again: smallest first, then as stored; the weight keeps its order"
        tip = f"Largest number of this column first ({again})"
        commands.add("sort_rows", "Sort Rows by This Column", tip, self._sort_rows, "Ctrl+Alt+R")
        tip = f"Largest number of this row first ({again})"
        keys = "Ctrl+Alt+C"
        commands.add("sort_columns", "Sort Columns by This Row", tip, self._sort_columns, keys)
        tip = "Rows and columns as the weight stores them"
        commands.add("original_order", "Original Order", tip, self._restore, "Ctrl+Alt+0")
        tip = "Show or hide the mean of each row and of each column beside the image"
        commands.add("profiles", "Row and Column Means", tip, self._toggle, "Ctrl+Shift+M")
        tip = "Save the image with its title and colour scale, as PNG or SVG"
        commands.add("save_picture", "Save Picture …", tip, self._save)
        commands.add("fit_image", "Fit Image", "Show the whole image", self._image.fit)
        self._image.menu_asked.connect(partial(self._open_image_menu, commands))

    def _show_order(self, sheet: Sheet) -> None:
        self._image.show_order(is_sorted=sheet.is_sorted)

    def _open_image_menu(self, commands: Commands, place: QPoint) -> None:
        if self._image_menu is None:  # only now are all commands there
            self._image_menu = commands.menu()
            self._image_menu.setObjectName("image_menu")
        self._image_menu.popup(place)

    # Sorting

    def _open_menu(self, header: QHeaderView, place: QPoint) -> None:
        section = header.logicalIndexAt(place)
        if section < 0 or self._model.sheet is None:
            return
        is_column = header.orientation() == Qt.Orientation.Horizontal
        line = self.sorting.line_at(section, is_column=is_column)
        what = "Rows" if is_column else "Columns"
        name = self._model.headerData(section, header.orientation())
        order = self.sorting.order_by(line)
        self._menu.clear()
        for words, is_descending in (("Largest", True), ("Smallest", False)):
            action = self._menu.addAction(
                f"Sort {what} by {name}, {words} First".replace("&", "&&")
            )
            action.setObjectName(f"sort_{words.lower()}_first")
            action.setCheckable(True)
            action.setChecked(
                order is not None and not order.is_stale and order.is_descending == is_descending
            )
            action.triggered.connect(partial(self._sort, line, is_descending))
        self._menu.addSeparator()
        action = self._menu.addAction("Original Order")
        action.setObjectName("header_original")
        action.setEnabled(self._model.sheet.is_sorted)
        action.triggered.connect(self._restore)
        self._menu.popup(header.mapToGlobal(place))

    def _sort(self, line: Line, is_descending: bool) -> None:
        self._table.end_editing()
        self.sorting.sort(line, is_descending=is_descending)

    def _restore(self) -> None:
        self._table.end_editing()
        self.sorting.restore()

    def _step(self, orientation: Qt.Orientation, section: int) -> None:
        self._table.end_editing()
        is_column = orientation == Qt.Orientation.Horizontal
        self.sorting.step(self.sorting.line_at(section, is_column=is_column))

    def _sort_rows(self) -> None:
        self._step(Qt.Orientation.Horizontal, max(0, self._table.currentIndex().column()))

    def _sort_columns(self) -> None:
        self._step(Qt.Orientation.Vertical, max(0, self._table.currentIndex().row()))

    # The profiles and the picture

    def _toggle(self) -> None:
        self._image.show_profiles(shown=not self._image.shows_profiles)
        self.room_changed.emit()
        words = self._image.told_of_profiles()
        if not words and self._image.profiles is not None:
            words = scale_words(self._image.profiles)
        if words:
            self.status.emit(words)

    def _save(self) -> None:
        bar = self._image.bar
        if self._model.sheet is None or bar is None:
            return
        name = self._model.sheet.main.weight.path.replace("/", "_")
        chosen, _ = QFileDialog.getSaveFileName(self._table, "Save picture", f"{name}.png", KINDS)
        if not chosen:
            return
        try:
            path = save_picture(self._image, bar, Path(chosen))
        except WeightviewError as error:
            self.refused.emit(str(error))
        else:
            self.status.emit(f"Saved {path.name}.")
