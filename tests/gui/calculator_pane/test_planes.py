"""How arrays of several axes are cut into pictures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weightview.gui.calculator_pane.planes import is_line, planes_of

shapes = st.lists(st.integers(1, 4), min_size=2, max_size=5).map(tuple)


@given(shapes, st.booleans(), st.data())
def test_every_number_stands_at_its_place_in_its_plane(
    shape: tuple[int, ...], leading: bool, data: st.DataObject
) -> None:
    value = np.arange(np.prod(shape)).reshape(shape)
    planes = planes_of(value, leading=leading)
    index = tuple(data.draw(st.integers(0, n - 1)) for n in shape)
    number, row, column = planes.place(index)
    assert planes.plane(number)[row, column] == value[index]
    assert planes.index(number, row, column) == index
    assert planes.count * np.prod(planes.size) == value.size


@pytest.mark.parametrize(
    ("shape", "leading", "count", "size"),
    [
        ((10, 4), False, 1, (4, 10)),
        ((28, 30, 8), False, 8, (28, 30)),
        ((8, 28, 30), True, 8, (28, 30)),
        ((6, 7), True, 1, (6, 7)),
        ((3, 28, 30, 8), False, 24, (28, 30)),
    ],
)
def test_sequences_run_across_and_channels_stand_apart(
    shape: tuple[int, ...], leading: bool, count: int, size: tuple[int, int]
) -> None:
    planes = planes_of(np.zeros(shape), leading=leading)
    assert (planes.count, planes.size) == (count, size)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [((), True), ((5,), True), ((1, 5), True), ((2, 5), False), ((1, 1, 1), True)],
)
def test_one_long_axis_is_a_line(shape: tuple[int, ...], expected: bool) -> None:
    assert is_line(np.zeros(shape)) is expected
