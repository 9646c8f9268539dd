"""Copying cells as text that loses nothing; the edits of pasting, importing and clearing.

Nothing here touches a document: all of it may run in another thread.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from weightview.core.errors import EditError
from weightview.core.model import Weight
from weightview.core.number_tables import check_pairs, read_table
from weightview.core.numbers import exact_text
from weightview.core.regions import Region
from weightview.core.values import Array, Values
from weightview.gui.weight_view.headings import corner_text, heading
from weightview.gui.weight_view.names import Names
from weightview.gui.weight_view.sheet import Sheet
from weightview.gui.weight_view.wording import address_text

Making = tuple[str, list[tuple[Weight, Region, Array]]]
"""What the Undo entry says, and the changes: weight, region and numbers of each."""

COPY_LIMIT = 2_000_000
_LONGEST_NAME = 40


def block_rows(values: Values, sheet: Sheet, rows: range, columns: range) -> Iterator[list[str]]:
    """Yield the cells of a block of the sheet as exact texts, a row at a time."""
    step = len(rows) if sheet.is_sorted else 64  # a sorted table's rows are not neighbours
    for start in range(rows.start, rows.stop, step):
        some = range(start, min(start + step, rows.stop))
        texts = [[""] * len(columns) for _ in some]
        for piece in sheet.pieces(some, columns):
            for i, row in enumerate(piece.read(values.read)):
                for j, value in enumerate(row):
                    texts[piece.top + i][piece.left + j] = exact_text(value)
        yield from texts


def block_text(values: Values, sheet: Sheet, rows: range, columns: range) -> str:
    """Return a block of the sheet as tab-separated text, each number exact in its dtype.

    Raises:
        EditError: the block is too large for a clipboard.
    """
    count = len(rows) * len(columns)
    if count > COPY_LIMIT:
        message = (
            f"{count:,} cells are too many to copy; at most {COPY_LIMIT:,} can be. "
            "Export Numbers writes any count to a file."
        )
        raise EditError(sheet.main.weight.path, message)
    return "\n".join("\t".join(row) for row in block_rows(values, sheet, rows, columns))


def headed_text(values: Values, sheet: Sheet, names: Names, rows: range, columns: range) -> str:
    """Return a block as :func:`block_text`, with the names of its rows and columns.

    Raises:
        EditError: the block is too large for a clipboard.
    """
    across = (heading(sheet, names, column, is_column=True) for column in columns)
    down = (heading(sheet, names, row, is_column=False) for row in rows)
    lines = block_text(values, sheet, rows, columns).split("\n")
    named = (f"{name}\t{line}" for name, line in zip(down, lines, strict=True))
    return "\n".join(("\t".join((corner_text(sheet), *across)), *named))


def pasted(sheet: Sheet, rows: range, columns: range, text: str) -> Making:
    """Return the edit that puts a block of text into the sheet.

    Args:
        sheet: what the table shows.
        rows: the selected rows; a block starts at the first.
        columns: the selected columns. A single number fills every selected cell.
        text: numbers in rows and columns.

    Raises:
        EditError: the block is larger than what is left of the table.
        NumberError: a cell is not a number, or not one for the dtype.
    """
    check_pairs(text)
    table = read_table(text)
    parsed: dict[np.dtype[Any], Array] = {}

    def block_for(dtype: np.dtype[Any]) -> Array:
        if dtype not in parsed:
            parsed[dtype] = table.array(dtype)
        return parsed[dtype]

    return _block_put(sheet, rows, columns, block_for, "Paste into")


def _block_put(
    sheet: Sheet,
    rows: range,
    columns: range,
    block_for: Callable[[np.dtype[Any]], Array],
    label: str,
) -> Making:
    """Return the edit that puts a block of numbers into the sheet.

    Args:
        sheet: what the table shows.
        rows: the selected rows; the block starts at the first.
        columns: the selected columns. A single number fills every selected cell.
        block_for: returns the block, two-dimensional, for a weight of this dtype.
        label: what the Undo entry begins with.

    Raises:
        EditError: the block is larger than what is left of the table, or does not fit the dtype.
    """
    shape = block_for(sheet.main.weight.dtype).shape
    is_single = shape == (1, 1)
    if not is_single:
        rows = range(rows.start, rows.start + shape[0])
        columns = range(columns.start, columns.start + shape[1])
    if rows.stop > sheet.rows or columns.stop > sheet.columns:
        message = (
            f"The block has {_size(*shape)}, but from the selected cell on the table has only "
            f"{_size(sheet.rows - rows.start, sheet.columns - columns.start)}{_with_bias(sheet)}."
        )
        raise EditError(sheet.main.weight.path, message)
    changes: list[tuple[Weight, Region, Array]] = []
    for piece in sheet.pieces(rows, columns):
        block = block_for(piece.weight.dtype)
        changes.extend(piece.changes(block[0, 0] if is_single else block[piece.where]))
    return f"{label} {_where(sheet, rows, columns)}", changes


def _size(rows: int, columns: int) -> str:
    down = "1 row" if rows == 1 else f"{rows:,} rows"
    return f"{down} and {'1 column' if columns == 1 else f'{columns:,} columns'}"


def _with_bias(sheet: Sheet) -> str:
    if sheet.bias is None:
        return ""
    return f"; the last {'row' if sheet.has_bias_rows else 'column'} is the bias"


def imported(
    sheet: Sheet, rows: range, columns: range, arrays: Mapping[str, Array], source: str
) -> Making:
    """Return the edit that puts an array from a file into the selection or the whole weight.

    It goes to where it has the shape of; where it has neither's, to where the selection begins.

    Args:
        sheet: what the table shows.
        rows: the selected rows.
        columns: the selected columns.
        arrays: the array, for each dtype on the sheet, by its name.
        source: the file's name, for the Undo entry.

    Raises:
        EditError: it has neither the weight's shape nor fits at the selection.
    """
    weight = sheet.main.weight
    array = arrays[weight.dtype.name]
    is_selection = array.shape == (len(rows), len(columns)) and array.size > 1
    is_whole = _without_ones(array.shape) == _without_ones(weight.shape)
    if is_whole and not is_selection:
        whole: Region = tuple(slice(0, length, 1) for length in weight.shape)
        changes = [(weight, whole, array.reshape(weight.shape))]
        return f"Import {source} into {weight.path}", changes
    if array.ndim > 2:  # noqa: PLR2004 - rows and columns
        message = f"{source} holds {array.shape}; {weight.path} is {weight.shape}."
        raise EditError(weight.path, message)
    block_for = partial(_as_block, arrays, sheet, rows, columns)
    return _block_put(sheet, rows, columns, block_for, f"Import {source} into")


def _as_block(
    arrays: Mapping[str, Array], sheet: Sheet, rows: range, columns: range, dtype: np.dtype[Any]
) -> Array:
    """Return the array as rows and columns; a list lies along or down, where there is room."""
    array = arrays[dtype.name]
    table = array.reshape(1, -1) if array.ndim < 2 else array  # noqa: PLR2004 - rows, columns
    if 1 not in table.shape:
        return table
    fits_along = columns.start + array.size <= sheet.columns
    fits_down = rows.start + array.size <= sheet.rows
    if table.shape[0] == 1:
        return table if fits_along or not fits_down else table.T
    return table if fits_down or not fits_along else table.T


def _without_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(length for length in shape if length != 1)


def cleared(sheet: Sheet, rows: range, columns: range) -> Making:
    """Return the edit that sets a block of the sheet to 0.

    Raises:
        EditError: the cells lie in too many places of the weight for one step.
    """
    changes = [
        change
        for piece in sheet.pieces(rows, columns)
        for change in piece.changes(np.zeros((), piece.weight.dtype))
    ]
    return f"Clear {_where(sheet, rows, columns)}", changes


def _where(sheet: Sheet, rows: range, columns: range) -> str:
    count = len(rows) * len(columns)
    weight, index = sheet.address(rows.start, columns.start)
    return address_text(weight, index) if count == 1 else f"{count:,} cells of {weight.path}"
