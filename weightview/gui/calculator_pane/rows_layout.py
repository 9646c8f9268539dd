"""Where the cells and pictures of rows stand in a given width; no painting here."""

from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QFontMetrics

from weightview.gui.calculator_pane.number_row import FEW_CHARACTERS, NumberRow
from weightview.gui.calculator_pane.planes import Index
from weightview.gui.theme import number_font, small_font

WIDE_DIGITS = 7
NARROW_DIGITS = 4
MOST_CELLS = 64
PICTURE_HEIGHT = 44
_INPUT_PICTURE_HEIGHT = 96
CELL_PADDING = 10
GAP = 1
LABEL_GAP = 6
_LABEL_INSET = 3  # the frame of the focus stands beside the words, not in them
_ROW_PADDING = 6
_PICTURE_GAP = 2
_TYPED_CHARACTERS = 4
_LEAST_PIXEL = 3


@dataclass(frozen=True)
class Cells:
    """The cells of all lines.

    Attributes:
        first: the place of the number in the first cell.
        count: how many cells stand in a row.
        width: of a cell in pixels, the gap included.
        texts: of each row what stands in its cells; empty for a row that is not a line.
    """

    first: int = 0
    count: int = 0
    width: int = 1
    texts: tuple[tuple[str, ...], ...] = ()


class RowsLayout:
    """The geometry of rows; made anew when rows, width, font or the first cell change."""

    def __init__(
        self, rows: tuple[NumberRow, ...], width: int, label_width: int, first: int
    ) -> None:
        """Lay out ``rows``; ``first`` is the number that lines should begin with."""
        self._rows = rows
        self._width = width
        self._label_width = label_width
        self._metrics = QFontMetrics(number_font(small_font().pointSizeF()))
        self._line_height = self._metrics.height() + _ROW_PADDING + GAP
        longest = max((row.value.size for row in rows), default=0)
        self._count_width = QFontMetrics(small_font()).horizontalAdvance(f"+{longest}") + 8
        self._first = first

    @cached_property
    def cells(self) -> Cells:
        """The cells of all lines: with many digits where all fit, else those that fit with few.

        They have the same width in all rows and begin at the same place.
        """
        first = self._first
        longest = max((row.value.size for row in self._rows if row.is_line), default=0)
        if not longest:
            return Cells()
        room = max(1, self._width - self._label_width)
        if longest <= MOST_CELLS:
            wide = self._cells(WIDE_DIGITS, 0, longest)
            if wide.width * longest <= room:
                return wide
        fits = room // self._cells(NARROW_DIGITS, 0, MOST_CELLS).width
        if fits >= longest:
            return self._cells(NARROW_DIGITS, 0, longest)
        narrow = self._cells(NARROW_DIGITS, min(first, longest - 1), MOST_CELLS)
        fits = max(1, (room - self._count_width) // narrow.width)
        return self._cells(NARROW_DIGITS, max(0, min(first, longest - fits)), fits)

    def _cells(self, digits: int, first: int, count: int) -> Cells:
        texts = tuple(row.texts(first, count, digits) for row in self._rows)
        longest = max((len(text) for row in texts for text in row), default=1)
        least = FEW_CHARACTERS if self._label_width else _TYPED_CHARACTERS
        width = self._metrics.horizontalAdvance("0") * max(longest, least) + CELL_PADDING
        return Cells(first, count, width, texts)

    @property
    def height(self) -> int:
        """Of all rows."""
        return self.top(len(self._rows))

    def row_height(self, row: int) -> int:
        """Return the height of a row, the gap below it included."""
        given = self._rows[row]
        if given.value.size and not given.is_line:
            return self._picture_height(given) + 4
        return self._line_height

    def _picture_height(self, row: NumberRow) -> int:
        """Return how high a picture is: places in space are seen larger in an input."""
        is_space = not self._label_width and bool(row.planes.aside)
        return _INPUT_PICTURE_HEIGHT if is_space else PICTURE_HEIGHT

    def top(self, row: int) -> int:
        """Return where a row begins."""
        return sum(self.row_height(i) for i in range(row))

    def label_box(self, row: int) -> QRect:
        """Return where the label of a row stands."""
        height = self.row_height(row) - GAP
        left = _LABEL_INSET if self._label_width else 0
        return QRect(left, self.top(row), self._label_width - left - LABEL_GAP, height)

    def row_box(self, row: int) -> QRect:
        """Return the whole place of a row, without the gap."""
        return QRect(0, self.top(row), self._width, self.row_height(row) - GAP)

    def note_box(self, row: int) -> QRect:
        """Return where a row says something in place of numbers."""
        return self.row_box(row).adjusted(self._label_width, 0, 0, 0)

    def cell_box(self, row: int, column: int) -> QRect:
        """Return where the cell at ``column`` of a line stands."""
        left = self._label_width + column * self.cells.width
        return QRect(left, self.top(row), self.cells.width - GAP, self.row_height(row) - GAP)

    def picture_box(self, row: int, number: int) -> QRect:
        """Return where plane ``number`` of a row stands; empty where it does not fit."""
        planes = self._rows[row].planes
        height, width = planes.size
        high = self._picture_height(self._rows[row])
        room = max(high, self._width - self._label_width - self._count_width)
        natural = high * width // max(1, height)
        if not planes.aside:
            wide = min(room, max(high, width * 8))
        elif planes.count == 1:
            wide = min(room, max(high // 4, natural))
            high = max(1, min(high, wide * height // width))
        else:
            wide = min(2 * high, max(high // 2, natural))
        offset = number * (wide + _PICTURE_GAP)
        if number and offset + wide > room:
            return QRect()
        return QRect(self._label_width + offset, self.top(row), wide, high)

    def number_box(self, row: int, index: Index) -> QRect:
        """Return where a number stands; empty where it is out of sight."""
        given = self._rows[row]
        if given.is_line:
            column = given.place(index) - self.cells.first
            return self.cell_box(row, column) if 0 <= column < self.cells.count else QRect()
        number, at_row, at_column = given.planes.place(index)
        box = self.picture_box(row, number)
        if box.isEmpty():
            return box
        height, width = given.planes.size
        left = box.left() + at_column * box.width() // width
        top = box.top() + at_row * box.height() // height
        wide = max(_LEAST_PIXEL, box.width() // width)
        return QRect(left, top, wide, max(_LEAST_PIXEL, box.height() // height))

    def row_at(self, point: QPoint) -> int | None:
        """Return the row under ``point``, or None."""
        for row in range(len(self._rows)):
            if 0 <= point.y() - self.top(row) < self.row_height(row):
                return row
        return None

    def number_at(self, point: QPoint) -> tuple[int, Index] | None:
        """Return row and index of the number under ``point``, or None."""
        row = self.row_at(point)
        if row is None or not self._rows[row].value.size:
            return None
        index = self._cell_at(row, point) if self._rows[row].is_line else self._pixel(row, point)
        return (row, index) if index is not None else None

    def _cell_at(self, row: int, point: QPoint) -> Index | None:
        column = (point.x() - self._label_width) // self.cells.width
        place = self.cells.first + column
        inside = 0 <= column < self.cells.count and place < self._rows[row].value.size
        return self._rows[row].index(place) if inside else None

    def _pixel(self, row: int, point: QPoint) -> Index | None:
        planes = self._rows[row].planes
        for number in range(planes.count):
            box = self.picture_box(row, number)
            if box.isEmpty():
                return None
            if box.contains(point):
                height, width = planes.size
                at_row = (point.y() - box.top()) * height // box.height()
                at_column = (point.x() - box.left()) * width // box.width()
                return planes.index(number, at_row, at_column)
        return None
