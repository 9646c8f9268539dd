"""Tables of numbers as text: what a clipboard holds, and the CSV that spreadsheets write.

Tabs, semicolons, commas or spaces part the cells; quotes, a byte order mark, a line of headings, a
column of names and a decimal comma are understood. A text that could mean two numbers is refused.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from weightview.core.errors import NumberError
from weightview.core.numbers import cannot_hold, cast, is_integer, parse_number

_CORNER = " \\ "
_SEPARATOR_LINE = re.compile(r"sep=(.)", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"')
_GROUPS = re.compile(r"[+-]?\d{1,3}(?:[ \u00a0\u202f'’]\d{3})+(?:[.,]\d+)?")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+")
_ONE_THOUSAND = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_MANY_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3}){2,}")
_COMMA_GROUPS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+\.\d*(?:[eE][+-]?\d+)?")
_POINT_GROUPS = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d*(?:[eE][+-]?\d+)?)?")
_COMMA = re.compile(r"[+-]?(?:\d+,\d*|,\d+)(?:[eE][+-]?\d+)?")
_POINT = re.compile(r"[+-]?(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?")
_TRUTH = ("true", "false")
_PAIR = re.compile(r"[+-]?\d+,\d+(?:[eE][+-]?\d+)?")
_ODD = re.compile(r"[,\s\u00a0\u202f'’]")
_FLOAT = np.dtype(np.float64)
_SEPARATORS = {"\t": "tabs", ";": "semicolons", ",": "commas", " ": "spaces", "|": "bars"}


class TableError(NumberError):
    """A text is no table of numbers.

    Attributes:
        line: the line concerned, counted from 1; 0 where it is none of them.
        cause: the sentence without the line.
    """

    def __init__(self, text: str, cause: str, line: int = 0, column: int = 0) -> None:
        """Compose the sentence from the place and the cause."""
        self.line, self.cause = line, cause
        place = f"Line {line}, column {column}: " if column else f"Line {line}: " if line else ""
        super().__init__(text, f"{place}{cause}")


@dataclass(frozen=True)
class NumberTable:
    """The cells of a table, each a number as text with a decimal point.

    Attributes:
        rows: the cells; every row has as many.
        lines: in which line of the text each row stands, from 1.
        left: how many columns of names stood before.
        separator: what stands between two cells.
        has_commas: whether a cell was written with a decimal comma.
    """

    rows: tuple[list[str], ...]
    lines: tuple[int, ...]
    left: int = 0
    separator: str = " "
    has_commas: bool = False

    @property
    def words(self) -> str:
        """How the text was understood: ``2 columns separated by commas``."""
        columns = self.shape[1]
        count = "1 column" if columns == 1 else f"{columns:,} columns"
        by = (
            f" separated by {_SEPARATORS.get(self.separator, f'“{self.separator}”')}"
            if columns > 1
            else ""
        )
        return f"{count}{by}{', with decimal commas' if self.has_commas else ''}"

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.rows), len(self.rows[0])

    def array(self, dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
        """Return the numbers, each the nearest that ``dtype`` has, two-dimensional.

        Raises:
            TableError: a cell is no number of the dtype.
        """
        if is_integer(dtype) or not self._is_quick():
            return self._one_by_one(dtype)
        try:
            wide = np.array([[float(cell) for cell in row] for row in self.rows], _FLOAT)
        except ValueError:
            return self._one_by_one(dtype)
        stored = cast(wide, dtype)
        with np.errstate(all="ignore"):
            # What float64 made a tie was perhaps none: then the digits of the text decide.
            held = stored.astype(_FLOAT)
            beside = wide + (wide - held)
            is_tie = (held != wide) & (cast(beside, dtype).astype(_FLOAT) == beside)
        odd = cannot_hold(wide, stored) | _too_large(wide, self.rows) | is_tie
        for i, j in zip(*(places.tolist() for places in np.nonzero(odd)), strict=True):
            stored[i, j] = self._cell(i, j, dtype)
        return stored

    def _is_quick(self) -> bool:
        return not any("_" in cell for row in self.rows for cell in row)

    def _one_by_one(self, dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
        result = np.empty(self.shape, dtype)
        for i in range(self.shape[0]):
            for j in range(self.shape[1]):
                result[i, j] = self._cell(i, j, dtype)
        return result

    def _cell(self, row: int, column: int, dtype: np.dtype[Any]) -> Any:
        cell = self.rows[row][column]
        if not cell and self.shape[1] > 1:
            place = column + 1 + self.left
            raise TableError(cell, "the cell is empty.", self.lines[row], place)
        try:
            return parse_number(cell, dtype)
        except NumberError as error:
            place = column + 1 + self.left
            raise TableError(cell, str(error), self.lines[row], place) from error


def _too_large(wide: np.ndarray[Any, Any], rows: Sequence[Sequence[str]]) -> Any:
    """Return which infinities were written as a number that is too large."""
    result = np.isinf(wide)
    for i, j in zip(*(places.tolist() for places in np.nonzero(result)), strict=True):
        result[i, j] = any(character.isdigit() for character in rows[i][j])
    return result


def parse_block(text: str, dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    """Return the table of numbers that a ``text`` holds, as stored in ``dtype``.

    Raises:
        NumberError: a cell is not a number, or the rows differ in length.
    """
    return read_table(text).array(dtype)


def read_table(text: str) -> NumberTable:
    """Return the cells of a text without the names of rows and columns.

    Raises:
        TableError: it holds no number, its rows differ in length, or what it means is not clear.
    """
    rows, lines, separator = _cells(text)
    if not rows:
        raise TableError(text, "There is no number in the text.")
    rows, lines, left = _without_names(rows, lines)
    rows = _without_last_separator(rows)
    width = len(rows[0])
    for row, line in zip(rows, lines, strict=True):
        if len(row) != width:
            cause = f"it has {len(row)} cells where the first row has {width}."
            raise TableError(text, cause, line)
        if width == 1 and not row[0]:
            raise TableError(text, "it is empty.", line)
    _check_parted_decimals(rows, lines)
    pointed = tuple(_with_points(rows, lines))
    has_commas = any(
        "," in cell and cell != new
        for row, to in zip(rows, pointed, strict=True)
        for cell, new in zip(row, to, strict=True)
        if _COMMA.fullmatch(cell)
    )
    return NumberTable(pointed, tuple(lines), left, separator, has_commas)


def check_pairs(text: str) -> None:
    """Refuse ``0,5`` on every line: two whole numbers, or one with a decimal comma?

    Raises:
        TableError: it is so.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if lines and all(_PAIR.fullmatch(line.replace("\u2212", "-")) for line in lines):
        one, _, other = lines[0].partition(",")
        cause = (
            f"“{lines[0]}” may mean {one}.{other}, or {one} and {other}. Write decimals with a "
            "point, or part the numbers by tabs or semicolons."
        )
        raise TableError(text, cause)


def split_cells(line: str) -> list[str]:
    """Return the cells of one line: by tabs, else semicolons, else commas, else spaces."""
    separator = _separator(line)
    if separator == " ":
        return line.split() or [line]
    cells = next(csv.reader([line], delimiter=separator), [line])
    # A comma or semicolon at the end of a line closes it; a tab there is an empty cell.
    if separator != "\t" and len(cells) > 1 and not cells[-1].strip():
        cells.pop()
    return cells


def _separator(line: str) -> str:
    bare = _QUOTED.sub("", line)
    return next((separator for separator in "\t;," if separator in bare), " ")


def _cells(text: str) -> tuple[list[list[str]], list[int], str]:
    """Return the cells of each line, the number of each line, and what parts the cells."""
    texts = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    numbered = list(enumerate(texts, 1))
    while numbered and not numbered[-1][1].strip(" \u00a0"):
        numbered.pop()
    while numbered and not numbered[0][1].strip():
        numbered.pop(0)
    if not numbered:
        return [], [], " "
    told = _SEPARATOR_LINE.fullmatch(numbered[0][1].strip(" \r"))
    numbered = numbered[1:] if told else numbered
    separator = (
        told[1]
        if told
        else max((_separator(line) for _, line in numbered[:2]), key=" ,;\t".index, default=" ")
    )
    if any('"' in line for _, line in numbered):
        return (*_quoted_cells(numbered, separator), separator)
    cells = [
        line.split() or [""] if separator == " " else line.split(separator) for _, line in numbered
    ]
    rows = [[cell.strip() for cell in row] for row in cells]
    return (*_without_blank(rows, [number for number, _ in numbered]), separator)


def _quoted_cells(
    numbered: list[tuple[int, str]], separator: str
) -> tuple[list[list[str]], list[int]]:
    first = numbered[0][0]
    reader = csv.reader((f"{line}\n" for _, line in numbered), delimiter=separator)
    rows, lines = [], []
    start = first
    try:
        for row in reader:
            rows.append([cell.strip() for cell in row] or [""])
            lines.append(start)
            start = first + reader.line_num
    except csv.Error as error:
        raise TableError("", f"it is no table of cells ({error}).", start) from error
    return _without_blank(rows, lines)


def _without_blank(rows: list[list[str]], lines: list[int]) -> tuple[list[list[str]], list[int]]:
    """Leave empty lines out, except where each line is one cell."""
    if all(len(row) == 1 for row in rows):
        return rows, lines
    kept = [i for i, row in enumerate(rows) if row != [""]]
    return [rows[i] for i in kept], [lines[i] for i in kept]


def _without_names(
    rows: list[list[str]], lines: list[int]
) -> tuple[list[list[str]], list[int], int]:
    has_corner = _CORNER in rows[0][0] and len(rows) > 1
    has_names = has_corner or (len(rows) > 1 and not any(map(_looks_like_number, rows[0])))
    if has_names:
        rows, lines = rows[1:], lines[1:]
    # A single row is no place for a name: what is no number there is a slip of the hand.
    is_wide = has_names or len(rows) > 1
    is_wide = is_wide and all(len(row) > 1 and any(map(_looks_like_number, row)) for row in rows)
    if has_corner or (is_wide and not any(_looks_like_number(row[0]) for row in rows)):
        return [row[1:] or [""] for row in rows], lines, 1
    return rows, lines, 0


def _looks_like_number(cell: str) -> bool:
    if cell.lower() in _TRUTH or _looks_grouped(cell):
        return True
    try:
        parse_number(cell, _FLOAT)
    except NumberError:
        return False
    return True


def _looks_grouped(cell: str) -> bool:
    shapes = (_GROUPS, _THOUSANDS, _COMMA_GROUPS, _POINT_GROUPS, _COMMA)
    plain = cell.replace("\u2212", "-")
    return any(shape.fullmatch(plain) for shape in shapes)


def _without_last_separator(rows: list[list[str]]) -> list[list[str]]:
    """Leave the last column out where it is empty: a separator that closes each line."""
    width = len(rows[0])
    if width > 1 and all(len(row) == width and not row[-1] for row in rows):
        return [row[:-1] for row in rows]
    return rows


def _check_parted_decimals(rows: Sequence[Sequence[str]], lines: Sequence[int]) -> None:
    """Refuse ``0,05`` that was parted into 0 and 05: no number begins so.

    Raises:
        TableError: it is so.
    """
    for row, line in zip(rows, lines, strict=True):
        for cell in row[1:]:
            if len(cell) > 1 and cell[0] == "0" and cell.isdigit():
                cause = (
                    f"“{cell}” looks like the digits after a decimal comma. Write the numbers "
                    "with a point, or part them by semicolons or tabs."
                )
                raise TableError(cell, cause, line)


# Decimal commas


def _with_points(rows: list[list[str]], lines: Sequence[int]) -> Iterator[list[str]]:
    """Yield the rows with decimal points and without marks between thousands.

    Raises:
        TableError: the cells do not agree on what a comma is.
    """
    if not any(_ODD.search(cell) for row in rows for cell in row):
        yield from rows
        return
    has_comma = _first(rows, lines, _shows_comma)
    has_point = _first(rows, lines, _shows_point)
    if has_comma and has_point:
        one, other = has_comma[0], has_point[0]
        cause = f"it has “{one}” with a decimal comma, but “{other}” has a point."
        raise TableError(one, cause, has_comma[1])
    doubtful = _first(rows, lines, _ONE_THOUSAND.fullmatch)
    is_grouped = _first(rows, lines, _MANY_THOUSANDS.fullmatch)
    if doubtful and not (has_comma or has_point or is_grouped):
        number = doubtful[0]
        cause = (
            f"“{number}” may mean {number.replace(',', '.')} or {number.replace(',', '')}. "
            "Write it with a point or without a comma."
        )
        raise TableError(number, cause, doubtful[1])
    for row in rows:
        yield [_with_point(cell, is_comma=bool(has_comma)) for cell in row]


def _first(
    rows: Sequence[Sequence[str]], lines: Sequence[int], test: Any
) -> tuple[str, int] | None:
    found = (
        (cell, line)
        for row, line in zip(rows, lines, strict=True)
        for cell in row
        if test(_joined(cell))
    )
    return next(found, None)


def _joined(cell: str) -> str:
    """Return a cell without spaces or apostrophes between thousands."""
    plain = cell.replace("\u2212", "-")
    return re.sub(r"[ \u00a0\u202f'’]", "", plain) if _GROUPS.fullmatch(plain) else plain


def _shows_comma(cell: str) -> bool:
    """Return whether the comma in a cell can only be a decimal one."""
    if _POINT_GROUPS.fullmatch(cell) and "," in cell:
        return True
    return bool(_COMMA.fullmatch(cell)) and not _THOUSANDS.fullmatch(cell)


def _shows_point(cell: str) -> bool:
    """Return whether the point in a cell can only be a decimal one, or is taken for it."""
    if _COMMA_GROUPS.fullmatch(cell):
        return True
    return bool(_POINT.fullmatch(cell))


def _with_point(cell: str, *, is_comma: bool) -> str:
    joined = _joined(cell)
    if is_comma:
        if _POINT_GROUPS.fullmatch(joined):
            return joined.replace(".", "").replace(",", ".")
        return joined.replace(",", ".") if _COMMA.fullmatch(joined) else joined
    is_grouped = _COMMA_GROUPS.fullmatch(joined) or _THOUSANDS.fullmatch(joined)
    return joined.replace(",", "") if is_grouped else joined
