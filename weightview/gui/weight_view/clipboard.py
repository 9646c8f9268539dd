"""Copying cells as text that loses nothing, pasting and clearing them as one undoable edit."""

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import Qt

from weightview.core.document import Document
from weightview.core.errors import EditError
from weightview.core.model import Weight
from weightview.core.numbers import exact_text, parse_block
from weightview.core.regions import Region
from weightview.core.values import Array, Values
from weightview.gui.weight_view.sheet import Sheet
from weightview.gui.weight_view.table_model import WeightTableModel
from weightview.gui.weight_view.wording import address_text

COPY_LIMIT = 2_000_000


def block_rows(values: Values, sheet: Sheet, rows: range, columns: range) -> Iterator[list[str]]:
    """Yield the cells of a block of the sheet as exact texts, a row at a time."""
    step = 64
    for start in range(rows.start, rows.stop, step):
        some = slice(start, min(start + step, rows.stop))
        texts = [[""] * len(columns) for _ in range(some.start, some.stop)]
        for part, inner_rows, inner_columns in sheet.blocks(
            some, slice(columns.start, columns.stop)
        ):
            region = part.look.region(inner_rows, inner_columns)
            block = part.look.flat(values.read(part.weight, region))
            top = part.top + inner_rows.start - some.start
            left = part.left + inner_columns.start - columns.start
            for i, row in enumerate(block):
                for j, value in enumerate(row):
                    texts[top + i][left + j] = exact_text(value)
        yield from texts


def block_text(values: Values, sheet: Sheet, rows: range, columns: range) -> str:
    """Return a block of the sheet as tab-separated text, each number exact in its dtype.

    Raises:
        EditError: the block is too large for a clipboard.
    """
    count = len(rows) * len(columns)
    if count > COPY_LIMIT:
        message = f"{count:,} cells are too many to copy; at most {COPY_LIMIT:,} can be."
        raise EditError(sheet.main.weight.path, message)
    return "\n".join("\t".join(row) for row in block_rows(values, sheet, rows, columns))


def headed_text(values: Values, model: WeightTableModel, rows: range, columns: range) -> str:
    """Return a block as :func:`block_text`, with the names of its rows and columns.

    Raises:
        EditError: the block is too large for a clipboard.
    """
    sheet = model.sheet
    if sheet is None:
        return ""
    across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
    heads = [model.corner_text(), *(str(model.headerData(c, across)) for c in columns)]
    lines = block_text(values, sheet, rows, columns).split("\n")
    named = (f"{model.headerData(r, down)}\t{line}" for r, line in zip(rows, lines, strict=True))
    return "\n".join(("\t".join(heads), *named))


def paste_text(
    document: Document, sheet: Sheet, rows: range, columns: range, text: str
) -> tuple[range, range]:
    """Put a block of text into the sheet, as one undoable edit.

    Args:
        document: what is edited.
        sheet: what the table shows of it.
        rows: the selected rows; a block starts at the first.
        columns: the selected columns. A single number fills every selected cell.
        text: numbers in rows and columns.

    Returns:
        The rows and columns that were written.

    Raises:
        EditError: the block is larger than what is left of the table; nothing was changed.
        NumberError: a cell is not a number, or not one for the dtype; nothing was changed.
    """
    main = sheet.main.weight
    parsed = {part.weight.dtype: parse_block(text, part.weight.dtype) for part in sheet.parts[:1]}
    shape = parsed[main.dtype].shape
    if shape != (1, 1):
        rows = range(rows.start, rows.start + shape[0])
        columns = range(columns.start, columns.start + shape[1])
    if rows.stop > sheet.rows or columns.stop > sheet.columns:
        fits = f"{sheet.rows - rows.start} × {sheet.columns - columns.start}"
        message = (
            f"The block has {shape[0]} × {shape[1]} numbers, but from the selected cell only "
            f"{fits} cells are left."
        )
        raise EditError(main.path, message)
    changes: list[tuple[Weight | str, Region | int | slice | None, Array]] = []
    whole = slice(rows.start, rows.stop), slice(columns.start, columns.stop)
    for part, inner_rows, inner_columns in sheet.blocks(*whole):
        dtype = part.weight.dtype
        block = parsed.get(dtype)
        if block is None:
            block = parsed[dtype] = parse_block(text, dtype)
        if shape != (1, 1):
            top = part.top + inner_rows.start - rows.start
            left = part.left + inner_columns.start - columns.start
            height = inner_rows.stop - inner_rows.start
            block = block[
                top : top + height, left : left + inner_columns.stop - inner_columns.start
            ]
            values = part.look.stored(block)
        else:
            values = block[0, 0]
        changes.append((part.weight, part.look.region(inner_rows, inner_columns), values))
    document.apply(f"Paste into {_where(sheet, rows, columns)}", changes)
    return rows, columns


def clear_block(document: Document, sheet: Sheet, rows: range, columns: range) -> None:
    """Set a block of the sheet to 0, as one undoable edit.

    Raises:
        EditError: the weight cannot be edited.
    """
    changes: list[tuple[Weight | str, Region | int | slice | None, Array]] = [
        (part.weight, part.look.region(*inner), np.zeros((), part.weight.dtype))
        for part, *inner in sheet.blocks(
            slice(rows.start, rows.stop), slice(columns.start, columns.stop)
        )
    ]
    document.apply(f"Clear {_where(sheet, rows, columns)}", changes)


def _where(sheet: Sheet, rows: range, columns: range) -> str:
    count = len(rows) * len(columns)
    weight, index = sheet.address(rows.start, columns.start)
    return address_text(weight, index) if count == 1 else f"{count:,} cells of {weight.path}"
