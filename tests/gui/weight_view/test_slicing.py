"""A look at an array and its cells lead to one another."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from weightview.gui.weight_view.slicing import Slice


@st.composite
def looks(draw):
    shape = tuple(draw(st.lists(st.integers(1, 4), min_size=2, max_size=4)))
    axes = draw(st.permutations(range(len(shape))))
    fixed = tuple(draw(st.integers(0, n - 1)) for n in shape)
    return Slice(shape, axes[0], axes[1], fixed)


@given(looks())
def test_index_and_cell_are_inverse(look):
    for row in range(look.rows):
        for column in range(look.columns):
            assert look.cell(look.index(row, column)) == (row, column)


@given(looks())
def test_what_is_read_flat_stands_where_its_index_says_and_goes_back(look):
    array = np.arange(int(np.prod(look.shape))).reshape(look.shape)
    region = look.region(slice(0, look.rows), slice(0, look.columns))
    flat = look.flat(array[region])
    assert flat.shape == (look.rows, look.columns)
    for row in range(look.rows):
        for column in range(look.columns):
            assert flat[row, column] == array[look.index(row, column)]
    assert np.array_equal(look.stored(flat), array[region])


@given(looks())
def test_choosing_an_axis_twice_exchanges_rows_and_columns(look):
    assert look.with_axes(look.row_axis, look.row_axis) == look.swapped()


def test_a_cell_of_another_slice_is_not_on_this_one():
    look = Slice.of((3, 3, 2))
    assert look.cell((1, 1, 1)) is None
    assert look.at((1, 1, 1)).cell((1, 1, 1)) == (1, 1)
