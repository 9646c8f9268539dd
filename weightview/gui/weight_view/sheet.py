"""What one table shows: a look at a weight, with the bias of its units beside it.

Position says what a bias is: it stands as one more row under the units it belongs to, or, where
the units run down, as one more column. Where the table is sorted, the bias stays at the end.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from weightview.core.document import Document
from weightview.core.errors import WeightNotFoundError
from weightview.core.model import Layer, Weight
from weightview.gui.weight_view.mosaic import head_axis
from weightview.gui.weight_view.order import Order
from weightview.gui.weight_view.piece import Line, Piece
from weightview.gui.weight_view.slicing import Index, Slice

_MOST_OUTLINES = 400
_GRU_BIASES = 2  # a GRU with reset_after has one bias for the input, one for the state


@dataclass(frozen=True)
class Part:
    """A look at one weight, placed on the sheet.

    Attributes:
        weight: whose numbers.
        look: which of them.
        top: the sheet's row of its first row.
        left: the sheet's column of its first column.
    """

    weight: Weight
    look: Slice
    top: int = 0
    left: int = 0

    @property
    def bottom(self) -> int:
        """The sheet's row after its last."""
        return self.top + self.look.rows

    @property
    def right(self) -> int:
        """The sheet's column after its last."""
        return self.left + self.look.columns


@dataclass(frozen=True)
class Sheet:
    """The weight itself and, where it is shown with it, the bias.

    Rows and columns of the table are those seen; places are those of the weight (and after them
    the bias). Only in a sorted table they differ.

    Attributes:
        main: the weight.
        bias: the bias, under or to the right of it, or None.
        row_order: how the weight's rows are sorted; None as stored.
        column_order: how its columns are sorted; None as stored.
    """

    main: Part
    bias: Part | None = None
    row_order: Order | None = None
    column_order: Order | None = None

    @property
    def parts(self) -> tuple[Part, ...]:
        """The weight, then the bias."""
        return (self.main,) if self.bias is None else (self.main, self.bias)

    @property
    def rows(self) -> int:
        """How many rows the table has, the bias included."""
        return max(part.bottom for part in self.parts)

    @property
    def columns(self) -> int:
        """How many columns the table has, the bias included."""
        return max(part.right for part in self.parts)

    @property
    def has_bias_rows(self) -> bool:
        """Whether a bias stands under the weight."""
        return self.bias is not None and self.bias.top > 0

    @property
    def has_bias_columns(self) -> bool:
        """Whether a bias stands to the right of the weight."""
        return self.bias is not None and self.bias.left > 0

    def part_at(self, row: int, column: int) -> Part:
        """Return which part a cell belongs to."""
        if self.bias is not None and row >= self.bias.top and column >= self.bias.left:
            return self.bias
        return self.main

    def row_place(self, row: int) -> int:
        """Return the place of the row that is seen at ``row``."""
        return _place(self.row_order, row)

    def column_place(self, column: int) -> int:
        """Return the place of the column that is seen at ``column``."""
        return _place(self.column_order, column)

    def row_at(self, place: int) -> int:
        """Return the row at which a place is seen."""
        return _rank(self.row_order, place)

    def column_at(self, place: int) -> int:
        """Return the column at which a place is seen."""
        return _rank(self.column_order, place)

    def address(self, row: int, column: int) -> tuple[Weight, Index]:
        """Return the weight and the index in it of a cell."""
        part = self.part_at(row, column)
        place = self.row_place(row) - part.top, self.column_place(column) - part.left
        return part.weight, part.look.index(*place)

    def cell(self, path: str, index: Index) -> tuple[int, int] | None:
        """Return where a number of a weight is seen, or None where it is not on the sheet."""
        for part in self.parts:
            if part.weight.path == path:
                found = part.look.cell(index)
                if found is None:
                    return None
                return self.row_at(found[0] + part.top), self.column_at(found[1] + part.left)
        return None

    @property
    def is_sorted(self) -> bool:
        """Whether rows or columns are seen in another order than the stored one."""
        return self.row_order is not None or self.column_order is not None

    def unsorted(self) -> "Sheet":
        """Return the same cells in the order in which they are stored."""
        return replace(self, row_order=None, column_order=None)

    def has_weight(self, path: str) -> bool:
        """Return whether numbers of this weight stand here."""
        return any(part.weight.path == path for part in self.parts)

    def outlines(self, rows: range, columns: range) -> tuple[tuple[Index, Index], ...]:
        """Return the first and the last cell of each block that a block of the table is there.

        They are of the main weight; in a sorted table they may be several. None for one cell, and
        where they are very many.
        """
        piece = self.main_piece(rows, columns)
        if piece is None or len(piece.rows) * len(piece.columns) == 1:
            return ()
        return piece.corners(_MOST_OUTLINES)

    def pieces(self, rows: range, columns: range) -> Iterator[Piece]:
        """Yield the share of each weight in a block of the table, wherever its cells lie."""
        for part in self.parts:
            top, bottom = max(rows.start, part.top), min(rows.stop, part.bottom)
            left, right = max(columns.start, part.left), min(columns.stop, part.right)
            if top < bottom and left < right:
                # A bias beside the weight follows the order of its units, not its own.
                down = self.row_order if part.top == 0 else None
                across = self.column_order if part.left == 0 else None
                yield Piece(
                    part,
                    top - rows.start,
                    left - columns.start,
                    _line(down, range(top - part.top, bottom - part.top)),
                    _line(across, range(left - part.left, right - part.left)),
                )

    def main_piece(self, rows: range, columns: range) -> Piece | None:
        """Return the share of the weight itself in a block; None where all of it is bias."""
        return next((p for p in self.pieces(rows, columns) if p.part is self.main), None)

    def line_piece(self, line: int, *, is_column: bool) -> Piece | None:
        """Return the numbers of a column (or row) of the unsorted table, without a bias' own end.

        They are those by which the weight's rows (or columns) can be sorted.
        """
        look = self.main.look
        along = range(look.rows if is_column else look.columns)
        across = range(line, line + 1)
        block = (along, across) if is_column else (across, along)
        return next(self.unsorted().pieces(*block), None)


def _place(order: Order | None, seen: int) -> int:
    return seen if order is None or seen >= order.places.size else int(order.places[seen])


def _rank(order: Order | None, place: int) -> int:
    return place if order is None or place >= order.places.size else int(order.ranks[place])


def _line(order: Order | None, seen: range) -> Line:
    return seen if order is None else order.places[seen.start : seen.stop]


def sheet_of(weight: Weight, layer: Layer | None, look: Slice | None = None) -> Sheet:
    """Return the sheet of a weight; ``look`` is how it opens where None.

    Args:
        weight: what is shown.
        layer: the layer that owns it, for its bias; None for arrays without a layer.
        look: which axes lie flat.
    """
    look = look or look_of(weight)
    main = Part(weight, look)
    bias = bias_of(weight, layer)
    if bias is None:
        return Sheet(main)
    units = unit_axis(weight)
    if look.column_axis == units:
        return Sheet(main, Part(bias, Slice.of(bias.shape), top=look.rows))
    if look.row_axis == units:
        return Sheet(main, Part(bias, Slice.of(bias.shape).swapped(), left=look.columns))
    return Sheet(main)


def layer_of(document: Document | None, weight: Weight) -> Layer | None:
    """Return the layer that owns a weight; None for arrays beside the model's weights."""
    if document is None or weight.kind != "weight":
        return None
    try:
        return document.model.layer(weight.layer_path)
    except WeightNotFoundError:
        return None


def look_of(weight: Weight) -> Slice:
    """Return the look that a weight opens with."""
    return Slice.of(weight.shape, apart=head_axis(weight))


def unit_axis(weight: Weight) -> int:
    """Return the axis that counts a kernel's units: the last; of a transposed one, the filters."""
    last = len(weight.shape) - 1
    words = weight.axes[: last + 1]
    return words.index("filter") if words.count("filter") == 1 else last


def bias_of(weight: Weight, layer: Layer | None) -> Weight | None:
    """Return the bias that is added to what this kernel gives, one number per unit, or None."""
    is_kernel = layer is not None and weight.role == "kernel" and len(weight.shape) > 1
    if layer is None or not is_kernel:
        return None
    bias = layer.weight("bias")
    if bias is None or not bias.shape or bias.shape[-1] != weight.shape[unit_axis(weight)]:
        return None
    is_plain = len(bias.shape) == 1
    is_pair = len(bias.shape) == len(weight.shape) and bias.shape[:-1] == (_GRU_BIASES,)
    return bias if is_plain or is_pair else None


def filter_bias(sheet: Sheet, layer: Layer | None) -> tuple[Weight, Index] | None:
    """Return the bias of the one filter that a sheet shows; None where it shows several."""
    main = sheet.main
    bias = bias_of(main.weight, layer)
    units = unit_axis(main.weight)
    if bias is None or units not in main.look.other_axes or len(bias.shape) != 1:
        return None
    return bias, (main.look.fixed[units],)


def moved_to(sheet: Sheet, path: str, index: Index) -> Sheet:
    """Return the sheet, its look moved so that a number of the main weight stands on it."""
    if path != sheet.main.weight.path or len(index) != len(sheet.main.weight.shape):
        return sheet
    main = replace(sheet.main, look=sheet.main.look.at(index))
    return replace(sheet.unsorted(), main=main)


def unit_section(sheet: Sheet, layer_path: str, unit: int) -> tuple[int, int]:
    """Return the row or the column of a layer's unit, -1 for the other or where there is none."""
    weight, look = sheet.main.weight, sheet.main.look
    units = unit_axis(weight)
    if weight.layer_path != layer_path or weight.gates or units < 0 or unit >= weight.shape[units]:
        return -1, -1
    row = sheet.row_at(unit) if look.row_axis == units else -1
    return row, sheet.column_at(unit) if look.column_axis == units else -1
