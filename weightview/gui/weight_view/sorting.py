"""Sorting the table by one of its lines: a view of the weight, which keeps its own order.

One line is read, a bounded number of cells at a time; a long one in the background.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from PySide6.QtCore import QObject, Signal

from weightview.core.errors import WeightviewError
from weightview.core.model import Weight
from weightview.core.numbers import holds_real_numbers
from weightview.core.regions import Region
from weightview.core.values import Values
from weightview.gui.background import Latest
from weightview.gui.weight_view.order import Order
from weightview.gui.weight_view.piece import Piece
from weightview.gui.weight_view.sheet import Sheet
from weightview.gui.weight_view.slicing import Array
from weightview.gui.weight_view.table_model import WeightTableModel

T = TypeVar("T")

_AT_ONCE = 1 << 16
_CHUNK = 1 << 22


@dataclass(frozen=True)
class Line:
    """A line of the table by whose numbers the lines across it are sorted.

    Attributes:
        place: which column (or row) of the unsorted table.
        is_column: whether it is a column, which sorts the rows.
    """

    place: int
    is_column: bool


class Sorting(QObject):
    """Sorts the table of a model and watches whether it still is.

    Signals:
        sorted(sheet): the table is to show this sheet, in another order.
        refused(sentence): it cannot be sorted, and why.
        status(sentence): a long line is being read.
    """

    sorted = Signal(object)
    refused = Signal(str)
    status = Signal(str)

    def __init__(self, model: WeightTableModel, parent: QObject) -> None:
        """Sort what ``model`` shows."""
        super().__init__(parent)
        self._model = model
        self._reading = {key: Latest(self) for key in itertools.product((True, False), repeat=2)}
        self._asked = {True: 0, False: 0}  # for rows by a column, for columns by a row

    def line_at(self, section: int, *, is_column: bool) -> Line:
        """Return the line that is seen at a section of the headers."""
        sheet = self._model.sheet
        if sheet is None:
            return Line(section, is_column)
        at = sheet.column_place if is_column else sheet.row_place
        return Line(at(section), is_column)

    def order_by(self, line: Line) -> Order | None:
        """Return the order that the table has by a line; None where another or none decides."""
        sheet = self._model.sheet
        if sheet is None:
            return None
        order = sheet.row_order if line.is_column else sheet.column_order
        return order if order is not None and order.line == line.place else None

    def step(self, line: Line) -> None:
        """Sort by a line: the largest first, then the smallest first, then as stored."""
        order = self.order_by(line)
        if order is None or order.is_stale:
            self.sort(line, is_descending=order is None or order.is_descending)
        elif order.is_descending:
            self.sort(line, is_descending=False)
        else:
            self.restore(is_rows=line.is_column)

    def sort(self, line: Line, *, is_descending: bool) -> None:
        """Sort by a line."""
        self._asked[line.is_column] += 1
        asked = self._asked[line.is_column]

        def arrived(order: Order) -> None:
            sheet = self._model.sheet
            if sheet is not None and asked == self._asked[line.is_column]:
                self.sorted.emit(_with_order(sheet, order, is_rows=line.is_column))

        def work(numbers: Array) -> Order:
            return Order.of(line.place, numbers, is_descending=is_descending)

        self._read(line, work, arrived, is_asked=True)

    def restore(self, *, is_rows: bool | None = None) -> None:
        """Show rows, columns or (None) both in the order in which they are stored."""
        for taken_back in (True, False) if is_rows is None else (is_rows,):
            self._asked[taken_back] += 1
        sheet = self._model.sheet
        if sheet is None or not sheet.is_sorted:
            return
        rows = sheet.row_order if is_rows is False else None
        columns = sheet.column_order if is_rows is True else None
        self.sorted.emit(replace(sheet, row_order=rows, column_order=columns))

    def again(self) -> None:
        """Sort anew by the lines that are no longer in order."""
        for is_rows in (True, False):
            order = self._order(is_rows=is_rows)
            if order is not None and order.is_stale:
                self.sort(Line(order.line, is_rows), is_descending=order.is_descending)

    def _order(self, *, is_rows: bool) -> Order | None:
        sheet = self._model.sheet
        if sheet is None:
            return None
        return sheet.row_order if is_rows else sheet.column_order

    def check(self) -> None:
        """Look whether the lines are still in order, now that numbers have changed."""
        for is_rows in (True, False):
            order = self._order(is_rows=is_rows)
            if order is not None:
                self._check(order, is_rows=is_rows)

    def _check(self, order: Order, *, is_rows: bool) -> None:
        def arrived(holds: bool) -> None:
            now, sheet = self._order(is_rows=is_rows), self._model.sheet
            if sheet is None or now is None or now.places is not order.places:
                return
            if holds == now.is_stale:
                marked = replace(now, is_stale=not holds)
                self.sorted.emit(_with_order(sheet, marked, is_rows=is_rows))

        self._read(Line(order.line, is_rows), order.holds_for, arrived, is_asked=False)

    def _read(
        self,
        line: Line,
        work: Callable[[Array], T],
        arrived: Callable[[T], None],
        *,
        is_asked: bool,
    ) -> None:
        """Work on the numbers of a line, and hand over what comes of it if the table is the same.

        A long line is read and worked on in the background.
        """
        sheet, document = self._model.sheet, self._model.document
        piece = None
        if sheet is not None:
            piece = sheet.line_piece(line.place, is_column=line.is_column)
        if sheet is None or document is None or piece is None:
            return
        if not holds_real_numbers(piece.weight.dtype):
            self.refused.emit(f"“{piece.weight.path}” holds {piece.weight.dtype}: it has no order.")
            return
        values, found = document.values, piece

        def done(result: T) -> None:
            now = self._model.sheet
            if now is not None and now.main == sheet.main and now.bias == sheet.bias:
                arrived(result)

        if len(found.rows) * len(found.columns) > _AT_ONCE:
            if is_asked:
                self.status.emit("Sorting …")
            latest = self._reading[line.is_column, is_asked]
            latest.request(lambda: work(read_line(values, found)), done, self._failed)
            return
        try:
            result = work(read_line(values, found))
        except WeightviewError as error:
            self._failed(error)
        else:
            done(result)

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, WeightviewError):
            raise error
        self.refused.emit(str(error))


def read_line(values: Values, piece: Piece) -> Array:
    """Return the numbers of a line, ``(count,)``, never holding much more than them.

    Storage reads whole rows of the array, so a line across them is read a chunk at a time.
    """
    weight = piece.weight
    width = max(1, weight.size // max(1, weight.shape[0])) if weight.shape else 1
    step = max(1, _CHUNK // width)

    def read(weight: Weight, region: Region) -> Array:
        first = region[0] if region else 0
        if not isinstance(first, slice):
            return values.read(weight, region)
        starts = range(first.start, first.stop, step)
        parts = [
            values.read(weight, (slice(start, min(start + step, first.stop)), *region[1:]))
            for start in starts
        ]
        return np.concatenate(parts)

    return piece.read(read).reshape(-1)


def _with_order(sheet: Sheet, order: Order, *, is_rows: bool) -> Sheet:
    return replace(sheet, row_order=order) if is_rows else replace(sheet, column_order=order)
