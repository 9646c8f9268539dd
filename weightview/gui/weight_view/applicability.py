"""Why a command on the cells cannot be done now, in words; a menu greys it out and says so."""

from weightview.core.errors import WeightviewError
from weightview.core.model import Weight
from weightview.core.numbers import holds_real_numbers, is_integer
from weightview.gui.weight_view.changing import Block
from weightview.gui.weight_view.sheet import Sheet
from weightview.gui.weight_view.unit_commands import selected_units

NOTHING_SHOWN = "No weight is shown: select one in the tree."
_OF_CELLS = ("cells_copy", "cells_copy_headers", "cells_writing", "sort_rows", "sort_columns")
_CHANGING_CELLS = ("cells_paste", "cells_clear", "change_cells")
_CHANGING = (*_CHANGING_CELLS, "cells_import", "initialise", "transpose", "swap_units", "copy_unit")
_MATRIX = 2


def why_not(name: str, sheet: Sheet | None, block: Block | None) -> str:
    """Return why a command cannot be done, ``""`` where it can.

    Args:
        name: the command's name.
        sheet: what the table shows.
        block: the cells that are selected.
    """
    if sheet is None:
        return NOTHING_SHOWN
    weight = sheet.main.weight
    needs_cells = name in (*_OF_CELLS, *_CHANGING_CELLS)
    if name in _CHANGING and not (weight.editable and holds_real_numbers(weight.dtype)):
        return f"“{weight.path}” can be looked at but not edited."
    if block is None and needs_cells:
        return "Select cells first (Ctrl+A selects all)."
    if name in ("swap_units", "copy_unit"):
        return _why_no_units(block)
    return _why_not_whole(name, sheet, weight)


def _why_no_units(block: Block | None) -> str:
    try:
        selected_units(block)
    except WeightviewError as error:
        return str(error)
    return ""


def _why_not_whole(name: str, sheet: Sheet, weight: Weight) -> str:
    if name == "transpose" and (len(weight.shape) != _MATRIX or len(set(weight.shape)) > 1):
        return "Only a square matrix still fits the model. To see this one turned, use the switch."
    if name == "initialise" and (is_integer(weight.dtype) or not weight.shape):
        return f"“{weight.path}” is nothing that an initializer of Keras draws."
    if name == "original_order" and not sheet.is_sorted:
        return "The table is not sorted."
    return ""
