"""Which two units of a layer a person means by the cells that are selected."""

from weightview.core.errors import EditError
from weightview.core.units import unit_at, unit_count
from weightview.gui.weight_view.changing import Block
from weightview.gui.weight_view.sheet import layer_of


def selected_units(block: Block | None) -> tuple[str, int, int]:
    """Return the layer's path and the units at the first and the last of the selected cells.

    Raises:
        EditError: nothing is selected, or the two ends are not cells of two units.
    """
    if block is None:
        raise EditError("", "Select cells from one unit to another first.")
    document, sheet, rows, columns = block
    piece = next(iter(sheet.pieces(rows, columns)))
    weight, look = piece.weight, piece.part.look
    layer = layer_of(document, weight)
    if layer is None:
        raise EditError(weight.path, f"“{weight.path}” belongs to no layer: it has no units.")
    same = None
    for axis, places in ((look.column_axis, piece.columns), (look.row_axis, piece.rows)):
        if axis is None:
            continue
        first, last = (unit_at(layer, weight, axis, int(places[end])) for end in (0, -1))
        if first is not None and last is not None:
            same = first
            if first != last:
                return layer.path, first, last
    if same is not None:
        message = f"Both ends of the selection are of unit {same}: select on to another unit."
    elif unit_count(layer):
        message = "Select cells from one unit to another: their two ends are meant."
    else:
        message = f"“{layer.path}” is a {layer.class_name}: it has no units to be moved."
    raise EditError(weight.path, message)
