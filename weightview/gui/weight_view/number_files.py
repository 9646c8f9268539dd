"""Numbers from a file into the weight, and from the weight into a file."""

from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from weightview.core.document import Document
from weightview.core.errors import EditError
from weightview.core.values import Array, Values
from weightview.gui.background import Watch
from weightview.gui.weight_view.changing import Block
from weightview.gui.weight_view.clipboard import Making, block_rows, imported
from weightview.gui.weight_view.headings import corner_text, heading
from weightview.gui.weight_view.names import Names
from weightview.gui.weight_view.putting import Working
from weightview.gui.weight_view.sheet import Part, Sheet
from weightview.gui.weight_view.slicing import Slice
from weightview.gui.weight_view.table_model import WeightTableModel

_READ_KINDS = "Numbers (*.csv *.tsv *.txt *.npy *.npz);;All files (*)"
_CSV, _NAMED_CSV, _NPY = "CSV (*.csv)", "CSV with row and column names (*.csv)", "NPY (*.npy)"
_MATRIX = 2
_MOST_NAMES = 200_000


class NumberFiles(QObject):
    """Imports and exports in the background, with progress and Cancel.

    Signals:
        refused(sentence): nothing was changed or written, and why.
        status(sentence): what was done.
    """

    refused = Signal(str)
    status = Signal(str)

    def __init__(
        self, owner: QWidget, model: WeightTableModel, block: Callable[[], Block | None]
    ) -> None:
        """Ask above ``owner``; ``block`` returns the cells that are selected."""
        super().__init__(owner)
        self._owner, self._model, self._block = owner, model, block
        self._working = Working(owner)
        self._working.refused.connect(self.refused)

    # Into the weight

    def choose_and_import(self) -> None:
        """Let the person choose a file of numbers, and put them in as one edit."""
        name, _ = QFileDialog.getOpenFileName(self._owner, "Import numbers", "", _READ_KINDS)
        if name:
            self._import(Path(name))

    def _import(self, file: Path) -> None:
        before = self._model.sheet
        if before is None:
            return
        dtypes = tuple(part.weight.dtype for part in before.parts)

        def read(_watch: Watch) -> tuple[dict[str, Array], str]:
            from weightview.exports.reading import read_numbers_for

            return read_numbers_for(file, dtypes)

        def arrived(found: tuple[dict[str, Array], str]) -> None:
            sheet, document = self._model.sheet, self._model.document
            if document is None or sheet is None:
                return
            if sheet.main.weight is not before.main.weight:
                self.refused.emit(f"{file.name} was not put in: another weight is shown now.")
                return
            self._put(document, sheet, *found, file.name)

        self._working.in_background(read, arrived, f"Reading {file.name} …")

    def _put(
        self,
        document: Document,
        sheet: Sheet,
        arrays: dict[str, Array],
        words: str,
        source: str,
    ) -> None:
        block = self._block()
        rows, columns = block[2:] if block is not None else (range(1), range(1))

        def make() -> Making:
            try:
                return imported(sheet, rows, columns, arrays, source)
            except EditError as error:
                how = f" {source} was read as {words}." if words else ""
                raise EditError(sheet.main.weight.path, f"{error}{how}") from error

        def done() -> None:
            how = f": {words}" if words else ""
            self.status.emit(f"{document.history.labels[-1]}{how}.")

        cells = arrays[sheet.main.weight.dtype.name].size
        self._working.edit(document, make, cells, f"Putting in {source} …", done)

    # Out of the weight

    def choose_and_export(self) -> None:
        """Let the person choose a file for the selected cells, or for the whole weight."""
        sheet, document = self._model.sheet, self._model.document
        if sheet is None or document is None:
            return
        block = self._block()
        is_part = block is not None and len(block[2]) * len(block[3]) > 1
        what = "the selected cells" if is_part else "the whole weight"
        suggested = f"{sheet.main.weight.path.replace('/', '_')}.csv"
        kinds = ";;".join((_CSV, _NAMED_CSV, _NPY))
        name, kind = QFileDialog.getSaveFileName(self._owner, f"Export {what}", suggested, kinds)
        if not name:
            return
        file = Path(name)
        is_npy = file.suffix.lower() == ".npy" or (kind == _NPY and not file.suffix)
        if not file.suffix:
            file = file.with_name(f"{file.name}{'.npy' if is_npy else '.csv'}")
        names = self._model.names if kind == _NAMED_CSV and not is_npy else None
        selected = block if is_part else None
        try:
            export = (
                _npy(document, sheet, selected)
                if is_npy
                else _csv(document, sheet, selected, names)
            )
        except EditError as error:
            self.refused.emit(str(error))
            return

        def done(count: int) -> None:
            self.status.emit(f"Exported {count:,} numbers to {file.name}.")

        self._working.in_background(
            lambda watch: export(file, watch), done, f"Writing {file.name} …"
        )


_Export = Callable[[Path, Watch], int]


def _npy(document: Document, sheet: Sheet, block: Block | None) -> _Export:
    """Return what writes the selected cells, or the whole weight, to an NPY in another thread."""
    values, weight = document.values, sheet.main.weight

    def write(file: Path, _watch: Watch) -> int:
        from weightview.exports.writing import write_npy

        array = values.read(weight) if block is None else _seen(values, sheet, *block[2:])
        write_npy(file, array)
        return int(array.size)

    return write


def _csv(document: Document, sheet: Sheet, block: Block | None, names: Names | None) -> _Export:
    """Return what writes the selected cells, or the whole weight, to a CSV in another thread.

    Raises:
        EditError: the weight is no table, or there are too many rows to be named.
    """
    values, weight = document.values, sheet.main.weight
    if block is not None:
        rows, columns = block[2:]
    elif len(weight.shape) > _MATRIX:
        message = (
            f"A CSV holds a table, and “{weight.path}” {weight.shape} is none: choose NPY, or "
            "select the cells of one slice."
        )
        raise EditError(weight.path, message)
    else:
        sheet = Sheet(Part(weight, Slice.of(weight.shape)))  # as stored, however it is seen
        rows, columns = range(sheet.rows), range(sheet.columns)
    heads = None if names is None else _headings(sheet, names, rows, columns)

    def lines() -> Iterator[list[str]]:
        cells = block_rows(values, sheet, rows, columns)
        if heads is None:
            yield from cells
            return
        yield heads[0]
        for name, line in zip(heads[1], cells, strict=True):
            yield [name, *line]

    def write(file: Path, watch: Watch) -> int:
        from weightview.exports.writing import write_csv

        write_csv(file, lines(), lambda number: watch(number / (len(rows) + 1)))
        return len(rows) * len(columns)

    return write


def _headings(
    sheet: Sheet, names: Names, rows: range, columns: range
) -> tuple[list[str], list[str]]:
    """Return the line of headings and the names of the rows.

    Raises:
        EditError: they are too many.
    """
    from weightview.exports.writing import safe_name

    if len(rows) + len(columns) > _MOST_NAMES:
        message = f"{len(rows):,} rows are too many to be named: choose the CSV without names."
        raise EditError(sheet.main.weight.path, message)

    def name(section: int, *, is_column: bool) -> str:
        text = heading(sheet, names, section, is_column=is_column)
        return safe_name(text.removeprefix("+ "))

    corner = corner_text(sheet) or f"{sheet.main.weight.name} \\ name"
    across = [name(column, is_column=True) for column in columns]
    return [corner, *across], [name(row, is_column=False) for row in rows]


def _seen(values: Values, sheet: Sheet, rows: range, columns: range) -> Array:
    """Return the cells as they are seen.

    Raises:
        EditError: a kernel and its bias have different dtypes.
    """
    import numpy as np

    pieces = list(sheet.pieces(rows, columns))
    dtypes = {piece.weight.dtype for piece in pieces}
    if len(dtypes) > 1:
        path = sheet.main.weight.path
        raise EditError(path, f"“{path}” and its bias have two dtypes: select cells of one.")
    result = np.zeros((len(rows), len(columns)), dtypes.pop())
    for piece in pieces:
        result[piece.where] = piece.read(values.read)
    return result
