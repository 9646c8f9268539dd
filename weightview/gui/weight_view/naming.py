"""Giving rows and columns names of the person's own: from the clipboard or from a CSV header."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from weightview.core.errors import EditError, WeightviewError
from weightview.core.name_lists import names_for
from weightview.gui.background import run
from weightview.gui.weight_view.table_model import WeightTableModel

_AXES = (("rows", Qt.Orientation.Vertical), ("columns", Qt.Orientation.Horizontal))
_KINDS = "Names (*.csv *.tsv *.txt);;All files (*)"


class Naming(QObject):
    """The menu “Names”, and what it does.

    Signals:
        named(): rows or columns are called otherwise.
        refused(sentence): there are no such names, and why.
        status(sentence): what was done.
    """

    named = Signal()
    refused = Signal(str)
    status = Signal(str)

    def __init__(self, model: WeightTableModel, owner: QWidget) -> None:
        """Name what ``model`` shows."""
        super().__init__(owner)
        self._model, self._owner = model, owner
        self.menu = QMenu("Names", owner)
        self.menu.setObjectName("names_menu")
        self.menu.setToolTipsVisible(True)
        for word, orientation in _AXES:
            tip = f"Head the {word} with the names on the clipboard: a line, or one a line"
            name = f"{word.capitalize()} from Clipboard"
            self._add(f"name_{word}", name, tip, partial(self._from_clipboard, orientation))
        for word, orientation in _AXES:
            tip = f"Head the {word} with the first line of a CSV file, or with its first column"
            name = f"{word.capitalize()} from a CSV File …"
            self._add(f"name_{word}_file", name, tip, partial(self._choose_file, orientation))
        self.menu.addSeparator()
        tip = "Head rows and columns by their numbers (and the model's own names)"
        self._add("names_away", "Without Names of My Own", tip, self._take_away)

    def _add(self, name: str, text: str, tip: str, do: Callable[[], None]) -> None:
        action = QAction(text, self.menu)
        action.setObjectName(name)
        action.setToolTip(tip)
        action.triggered.connect(lambda _on=False: do())
        self.menu.addAction(action)

    def _from_clipboard(self, orientation: Qt.Orientation) -> None:
        self._give(orientation, QGuiApplication.clipboard().text(), "the clipboard")

    def _choose_file(self, orientation: Qt.Orientation) -> None:
        name, _ = QFileDialog.getOpenFileName(self._owner, "Names from a file", "", _KINDS)
        if not name:
            return
        before = self._model.sheet

        def read() -> str:
            from weightview.exports.reading import read_text

            return read_text(name)

        def arrived(text: str) -> None:
            now = self._model.sheet
            if before is None or now is None or before.main.weight is not now.main.weight:
                self.refused.emit(f"{Path(name).name} was not read: another weight is shown now.")
            else:
                self._give(orientation, text, Path(name).name)

        run(self, read, arrived, self._failed)

    def _give(self, orientation: Qt.Orientation, text: str, source: str) -> None:
        sheet = self._model.sheet
        if sheet is None:
            return
        look = sheet.main.look
        count = look.columns if orientation == Qt.Orientation.Horizontal else look.rows
        names = names_for(text, count)
        try:
            if not names:
                raise EditError(sheet.main.weight.path, f"There are no names: {source} is empty.")
            self._model.set_names(orientation, names)
        except WeightviewError as error:
            self.refused.emit(str(error))
            return
        self.named.emit()
        self.status.emit(f"{count:,} names from {source}.")

    def _take_away(self) -> None:
        sheet = self._model.sheet
        if sheet is None:
            return
        look = sheet.main.look
        for axis, (_, orientation) in zip((look.row_axis, look.column_axis), _AXES, strict=True):
            if axis is not None:
                self._model.set_names(orientation, ())
        self.named.emit()

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, WeightviewError):
            raise error
        self.refused.emit(str(error))
