"""What stands at the head of a row or a column of the table: its place in the weight, never less.

In a sorted table a heading still says the place in the weight, and an arrow stands at the line
that decides the order.
"""

from weightview.core.model import Weight
from weightview.gui.weight_view.names import Names
from weightview.gui.weight_view.sheet import Part, Sheet
from weightview.gui.weight_view.wording import axis_word

_ARROWS = {(True, False): "▼", (False, False): "▲", (True, True): "▽", (False, True): "△"}


def heading(sheet: Sheet, names: Names, section: int, *, is_column: bool) -> str:
    """Return ``input 3``, ``unit 2``, ``+ bias``, or a name."""
    found = _place(sheet, section, is_column=is_column)
    if isinstance(found, str):
        return found
    return names.heading(*found)


def long_heading(sheet: Sheet, names: Names, section: int, *, is_column: bool) -> str:
    """Return number and name of a row or column, and how to sort by it."""
    found = _place(sheet, section, is_column=is_column)
    text = found if isinstance(found, str) else names.full(*found)
    others = "rows" if is_column else "columns"
    return f"{text}\nDouble-click: sort the {others} by it (again: the other way, then as stored)"


def line_text(sheet: Sheet, names: Names, line: int, *, is_column: bool) -> str:
    """Return what the line is called that decides an order, a place in the unsorted table."""
    found = _place(sheet.unsorted(), line, is_column=is_column)
    return found if isinstance(found, str) else names.heading(*found)


def _place(sheet: Sheet, section: int, *, is_column: bool) -> tuple[Weight, int, int] | str:
    """Return weight, axis and place of a section, or what it says where it is none of these."""
    main, bias = sheet.main, sheet.bias
    if bias is not None:
        has_bias = sheet.has_bias_columns if is_column else sheet.has_bias_rows
        first = bias.left if is_column else bias.top
        if has_bias and section >= first:
            return _bias_label(bias, section - first)
    axis = main.look.column_axis if is_column else main.look.row_axis
    if axis is None:
        return main.weight.name
    place = sheet.column_place(section) if is_column else sheet.row_place(section)
    return main.weight, axis, place


def _bias_label(part: Part, place: int) -> str:
    if len(part.weight.shape) == 1:
        return f"+ {part.weight.name}"
    return f"+ {part.weight.name} {('input', 'state')[place]}"


def arrow(sheet: Sheet, _names: Names, section: int, *, is_column: bool) -> str:
    """Return the arrow of the line by which the table is sorted: ▼ where the largest is first.

    Empty for other lines; hollow where an edit has put the line out of order since.
    """
    order = sheet.row_order if is_column else sheet.column_order
    if order is None:
        return ""
    place = sheet.column_place(section) if is_column else sheet.row_place(section)
    return _ARROWS[order.is_descending, order.is_stale] if place == order.line else ""


def begins_gate(sheet: Sheet, _names: Names, section: int, *, is_column: bool) -> bool:
    """Return whether another gate begins here; sorted units are not parted by gates."""
    weight, look = sheet.main.weight, sheet.main.look
    order = sheet.column_order if is_column else sheet.row_order
    if not weight.gates or section == 0 or order is not None:
        return False
    axis, last = (look.column_axis if is_column else look.row_axis), len(weight.shape) - 1
    if axis != last or section >= weight.shape[last]:
        return False
    return section % max(1, weight.shape[last] // len(weight.gates)) == 0


def corner_text(sheet: Sheet) -> str:
    """Return what the rows and the columns count, a backslash between."""
    weight, look = sheet.main.weight, sheet.main.look
    axes = [axis for axis in (look.row_axis, look.column_axis) if axis is not None]
    words = [axis_word(weight, axis).replace("dimension", "dim") for axis in axes]
    return " \\ ".join(words) if len(words) > 1 else ""
