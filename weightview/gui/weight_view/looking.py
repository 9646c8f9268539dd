"""The commands that only look: sorted views, profiles, the picture as a file."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHeaderView, QMenu, QWidget

from weightview.core.errors import WeightviewError
from weightview.gui.weight_view.commands import Commands
from weightview.gui.weight_view.image import WeightImage
from weightview.gui.weight_view.picture_file import KINDS, save_picture
from weightview.gui.weight_view.profile_chart import ProfileChart
from weightview.gui.weight_view.sorted_view import SortedView
from weightview.gui.weight_view.table import WeightTable
from weightview.gui.weight_view.table_model import WeightTableModel

_SORTED_BY = {
    Qt.Orientation.Horizontal: "Rows Sorted by This Column …",
    Qt.Orientation.Vertical: "Columns Sorted by This Row …",
}


class Looking(QObject):
    """What a person can do without changing a number.

    Signals:
        cell_chosen(path, index): a cell of a sorted view was clicked.
        refused(sentence): the picture could not be saved, or the file not be read.
        status(sentence): what was done.
        room_changed(): the profiles were shown or hidden.
    """

    cell_chosen = Signal(str, object)
    refused = Signal(str)
    status = Signal(str)
    room_changed = Signal()

    def __init__(
        self, model: WeightTableModel, table: WeightTable, image: WeightImage, chart: ProfileChart
    ) -> None:
        """Look at the numbers of ``model``; the headers of ``table`` get a menu."""
        super().__init__(table)
        self._model, self._table, self._image, self._chart = model, table, image, chart
        self._menu = QMenu(table)
        self._menu.setObjectName("header_menu")
        chart.status.connect(self.status)
        chart.unreadable.connect(self.refused)
        for header in (table.column_header, table.row_header):
            header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            header.customContextMenuRequested.connect(partial(self._open_menu, header))

    def add_to(self, commands: Commands) -> None:
        """Add these commands to those of the cells."""
        tip = "See the rows in the order of this column's numbers; the weight keeps its order"
        commands.add(
            "sort_rows", _SORTED_BY[Qt.Orientation.Horizontal], tip, self._sort_rows, "Ctrl+Alt+R"
        )
        tip = "See the columns in the order of this row's numbers; the weight keeps its order"
        commands.add("sort_columns", _SORTED_BY[Qt.Orientation.Vertical], tip, self._sort_columns)
        tip = "Show or hide the mean of each row and of each column under the table"
        commands.add("profiles", "Row and Column Means", tip, self._toggle, "Ctrl+Shift+M")
        tip = "Save the image as it is seen, as PNG or SVG"
        commands.add("save_picture", "Save Picture …", tip, self._save)

    # Sorted views

    def _open_menu(self, header: QHeaderView, place: QPoint) -> None:
        section = header.logicalIndexAt(place)
        if section < 0 or self._model.sheet is None:
            return
        orientation = header.orientation()
        self._menu.clear()
        action = self._menu.addAction(_SORTED_BY[orientation])
        action.triggered.connect(lambda: self._show_sorted(section, orientation))
        self._menu.popup(header.mapToGlobal(place))

    def _sort_rows(self) -> None:
        self._show_sorted(max(0, self._table.currentIndex().column()), Qt.Orientation.Horizontal)

    def _sort_columns(self) -> None:
        self._show_sorted(max(0, self._table.currentIndex().row()), Qt.Orientation.Vertical)

    def _show_sorted(self, line: int, orientation: Qt.Orientation) -> None:
        if self._model.sheet is None:
            return
        owner: QWidget = self._table
        view = SortedView(self._model, line, orientation, owner)
        view.cell_chosen.connect(self.cell_chosen)
        view.unreadable.connect(self.refused)
        view.show()

    # The profiles and the picture

    def _toggle(self) -> None:
        self._chart.setVisible(self._chart.isHidden())
        self.room_changed.emit()

    def _save(self) -> None:
        if self._model.sheet is None:
            return
        name = self._model.sheet.main.weight.path.replace("/", "_")
        chosen, _ = QFileDialog.getSaveFileName(self._table, "Save picture", f"{name}.png", KINDS)
        if not chosen:
            return
        try:
            path = save_picture(self._image, Path(chosen))
        except WeightviewError as error:
            self.refused.emit(str(error))
        else:
            self.status.emit(f"Saved {path.name}.")
