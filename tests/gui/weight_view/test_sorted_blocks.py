"""The law of a sorted table: what is read and written is exactly the cells that are seen."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from weightview.core.errors import EditError
from weightview.core.lines import order_of
from weightview.gui.weight_view.clipboard import (
    block_text,
    cleared,
    headed_text,
    pasted,
)
from weightview.gui.weight_view.order import Order
from weightview.gui.weight_view.piece import Piece
from weightview.gui.weight_view.sheet import Part, Sheet, sheet_of
from weightview.gui.weight_view.slicing import Slice
from weightview.gui.weight_view.status_words import block_words
from weightview.gui.weight_view.table_model import WeightTableModel

ROWS, COLUMNS = 7, 6
LAWS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@dataclass
class Sorted:
    """A document, a sorted sheet of it, and what is seen, worked out by numpy alone."""

    document: object
    sheet: Sheet
    rows: np.ndarray
    columns: np.ndarray

    @property
    def seen(self):
        """All cells as they are seen, bias included, read anew."""
        kernel = self.document.read("layer/kernel").astype(np.float64)
        bias = self.document.read("layer/bias").astype(np.float64)
        if self.sheet.has_bias_columns:
            stored = np.hstack([kernel.T, bias[:, None]])
        else:
            stored = np.vstack([kernel, bias])
        return stored[self.rows][:, self.columns]


@pytest.fixture
def sorted_by(make_document):
    """Return a maker: a kernel whose numbers are their own addresses, sorted as asked."""

    def make(rows, columns, *, is_turned):
        kernel = np.arange(ROWS * COLUMNS, dtype=np.float32).reshape(ROWS, COLUMNS)
        bias = 100 + np.arange(COLUMNS, dtype=np.float32)
        axes = {"kernel": ("input", "unit"), "bias": ("unit",)}
        document = make_document("Dense", {"kernel": kernel, "bias": bias}, axes)
        weight = document.weight("layer/kernel")
        look = Slice.of(weight.shape)
        sheet = sheet_of(weight, document.model.layers[0], look.swapped() if is_turned else look)
        if is_turned:
            rows, columns = columns, rows
        sheet = replace(sheet, row_order=_order(rows), column_order=_order(columns))
        seen_rows = rows if is_turned else [*rows, ROWS]
        seen_columns = [*columns, ROWS] if is_turned else columns
        return Sorted(document, sheet, np.array(seen_rows), np.array(seen_columns))

    return make


def _order(places):
    if places == sorted(places):
        return None
    ranks = np.argsort(places)  # the numbers of a line that would be sorted this way
    return Order.of(0, ranks.astype(np.float32), is_descending=False)


ORDERS = st.tuples(st.permutations(range(ROWS)), st.permutations(range(COLUMNS)), st.booleans())


@st.composite
def blocks(draw):
    rows, columns, is_turned = draw(ORDERS)
    height, width = (COLUMNS, ROWS + 1) if is_turned else (ROWS + 1, COLUMNS)
    top = draw(st.integers(0, height - 1))
    left = draw(st.integers(0, width - 1))
    bottom = draw(st.integers(top + 1, height))
    right = draw(st.integers(left + 1, width))
    return (list(rows), list(columns), is_turned), range(top, bottom), range(left, right)


@given(block=blocks())
@LAWS
def test_the_address_of_each_cell_is_that_of_the_number_seen(qapp, sorted_by, block):
    (rows, columns, is_turned), _, _ = block
    table = sorted_by(rows, columns, is_turned=is_turned)
    model = WeightTableModel()
    model.show(table.document, table.sheet)
    seen = table.seen
    for row in range(model.rowCount()):
        for column in range(model.columnCount()):
            weight, index = model.address(row, column)
            assert table.document.read(weight, index) == seen[row, column]
            assert (
                float(model.index(row, column).data(Qt.ItemDataRole.EditRole))
                == (seen[row, column])
            )
            assert table.sheet.cell(weight.path, index) == (row, column)


@given(block=blocks())
@LAWS
def test_a_copied_block_is_the_block_seen(qapp, sorted_by, block):
    order, rows, columns = block
    table = sorted_by(*order[:2], is_turned=order[2])
    text = block_text(table.document.values, table.sheet, rows, columns)
    copied = [[float(cell) for cell in line.split("\t")] for line in text.split("\n")]
    part = table.seen[rows.start : rows.stop, columns.start : columns.stop]
    assert copied == part.tolist()
    model = WeightTableModel()
    model.show(table.document, table.sheet)
    lines = headed_text(table.document.values, table.sheet, model.names, rows, columns).split("\n")
    heads = [model.headerData(row, Qt.Orientation.Vertical) for row in rows]
    assert [line.split("\t")[0] for line in lines[1:]] == heads


@given(block=blocks(), is_single=st.booleans())
@LAWS
def test_a_pasted_block_changes_the_cells_seen_and_no_other(qapp, sorted_by, block, is_single):
    order, rows, columns = block
    table = sorted_by(*order[:2], is_turned=order[2])
    before = table.seen
    new = -1000 - np.arange(before.size, dtype=np.float64).reshape(before.shape)
    expected = before.copy()
    place = slice(rows.start, rows.stop), slice(columns.start, columns.stop)
    expected[place] = -7 if is_single else new[place]
    text = "-7" if is_single else "\n".join("\t".join(map(str, row)) for row in new[place])
    table.document.apply(*pasted(table.sheet, rows, columns, text))
    assert table.seen.tolist() == expected.tolist()
    table.document.undo()
    assert table.seen.tolist() == before.tolist()


@given(block=blocks())
@LAWS
def test_clearing_sets_the_cells_seen_to_zero_and_no_other(qapp, sorted_by, block):
    order, rows, columns = block
    table = sorted_by(*order[:2], is_turned=order[2])
    expected = table.seen
    expected[rows.start : rows.stop, columns.start : columns.stop] = 0
    table.document.apply(*cleared(table.sheet, rows, columns))
    assert table.seen.tolist() == expected.tolist()


@given(block=blocks())
@LAWS
def test_the_sum_of_a_block_is_that_of_the_cells_seen(qapp, sorted_by, block):
    order, rows, columns = block
    table = sorted_by(*order[:2], is_turned=order[2])
    seen = table.seen[rows.start : rows.stop, columns.start : columns.stop]
    main = seen[seen < 100]  # a bias is not counted
    words = block_words(table.document, table.sheet, rows, columns)
    assert (main.size > 1) == bool(words)
    if words:
        assert words.startswith(f"{main.size} cells: sum {main.sum():.6g}, ")


@given(block=blocks())
@LAWS
def test_the_image_outlines_exactly_the_cells_of_a_block(qapp, sorted_by, block):
    order, rows, columns = block
    table = sorted_by(*order[:2], is_turned=order[2])
    outlines = table.sheet.outlines(rows, columns)
    seen = table.seen[rows.start : rows.stop, columns.start : columns.stop]
    main = {divmod(int(number), COLUMNS) for number in seen[seen < 100]}
    inside = [
        (r, c)
        for (top, left), (bottom, right) in outlines
        for r in range(top, bottom + 1)
        for c in range(left, right + 1)
    ]
    assert sorted(inside) == (sorted(main) if len(main) > 1 else [])


@given(
    numbers=st.lists(st.floats(width=32) | st.just(float("nan")), min_size=1, max_size=30),
    is_descending=st.booleans(),
)
def test_an_order_holds_for_what_it_was_made_of_and_not_for_its_opposite(numbers, is_descending):
    line = np.array(numbers, np.float32)
    order = Order.of(0, line, is_descending=is_descending)
    assert order.holds_for(line)
    assert order.ranks[order.places].tolist() == list(range(line.size))
    finite = line[~np.isnan(line)]
    if len(set(finite.tolist())) > 1:
        assert not order.holds_for(-line)


def test_a_scattered_block_too_large_for_one_step_is_refused_and_changes_nothing(make_document):
    rng = np.random.default_rng(0)
    array = rng.normal(size=(600, 600)).astype(np.float32)
    document = make_document("Dense", {"kernel": array}, {"kernel": ("input", "unit")})
    weight = document.weight("layer/kernel")
    sheet = replace(
        sheet_of(weight, None),
        row_order=Order.of(0, array[:, 0], is_descending=True),
        column_order=Order.of(0, array[0], is_descending=True),
    )
    with pytest.raises(EditError, match="The table is sorted"):
        document.apply(*cleared(sheet, range(300), range(300)))
    assert not document.is_modified
    document.apply(*cleared(sheet, range(600), range(600)))  # all of it is one place
    assert not document.read("layer/kernel").any()


def test_a_scattered_block_of_a_large_weight_is_read_line_by_line(make_document):
    array = np.arange(3_000_000, dtype=np.float32).reshape(-1, 3)
    document = make_document("Dense", {"kernel": array}, {"kernel": ("input", "unit")})
    weight = document.weight("layer/kernel")
    rows = order_of(np.sin(np.arange(1_000_000) * 0.7), is_descending=True)[:64]
    regions = []

    def read(weight, region):
        regions.append(region)
        return document.values.read(weight, region)

    for columns in (range(3), np.array([2, 0])):
        piece = Piece(Part(weight, Slice.of(weight.shape)), 0, 0, rows, columns)
        assert piece.read(read).tolist() == array[rows][:, columns].tolist()
    assert len(regions) == 128
    turned = Piece(Part(weight, Slice.of(weight.shape).swapped()), 0, 0, range(3), rows)
    assert turned.read(read).tolist() == array.T[:, rows].tolist()
