"""Doing an operation to the selected cells, as one undoable edit."""

import numpy as np

from weightview.core.document import Document
from weightview.core.errors import EditError
from weightview.core.numbers import parse_number
from weightview.core.operations import OPERATIONS, operate
from weightview.core.regions import Region
from weightview.core.values import Array
from weightview.gui.weight_view.sheet import Sheet

_LARGEST = 1 << 23
_MATRIX = 2
_FLOAT = np.dtype(np.float64)


def change_block(
    document: Document, sheet: Sheet, rows: range, columns: range, name: str, texts: list[str]
) -> int:
    """Do an operation on a block of the sheet, as one undoable edit, and return its cells' count.

    Raises:
        NumberError: a parameter is no number, or the formula is none; nothing was changed.
        EditError: the result does not fit the dtype, or the block is too large for one step.
    """
    count = len(rows) * len(columns)
    if count > _LARGEST:
        path = sheet.main.weight.path
        raise EditError(path, f"{count:,} cells are too many for one step; select fewer.")
    operation = OPERATIONS[name]
    numbers: list[float | str] = [
        text if parameter.is_text else float(parse_number(text, _FLOAT))
        for text, parameter in zip(texts, operation.parameters, strict=True)
    ]
    changes: list[tuple[str, Region, Array]] = []
    for part, inner_rows, inner_columns in sheet.blocks(
        slice(rows.start, rows.stop), slice(columns.start, columns.stop)
    ):
        region = part.look.region(inner_rows, inner_columns)
        table = part.look.flat(document.read(part.weight, region))
        i, j = (
            range(inner_rows.start, inner_rows.stop),
            range(inner_columns.start, inner_columns.stop),
        )
        result = operate(name, table, i, j, numbers)
        changes.append((part.weight.path, region, part.look.stored(result)))
    what = ", ".join(texts)
    label = f"{operation.label} {what}".strip()
    document.apply(f"{label}: {count:,} cells of {sheet.main.weight.path}", changes)
    return count


def transpose(document: Document, sheet: Sheet) -> None:
    """Exchange the numbers across the diagonal of a square matrix, as one undoable edit.

    Raises:
        EditError: the weight is not square; nothing was changed.
    """
    weight = sheet.main.weight
    if len(weight.shape) != _MATRIX or weight.shape[0] != weight.shape[1]:
        message = (
            f"“{weight.path}” {weight.shape} is not square: transposed it would not fit the model. "
            "To see it the other way, turn the view by the switch above; that changes no number."
        )
        raise EditError(weight.path, message)
    label = f"Transpose the numbers of {weight.path}"
    document.set_values(weight, None, document.read(weight).T, label=label)
