"""Sorted orders, against their definition."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from weightview.core.lines import order_of

lines_of_numbers = st.one_of(
    hnp.arrays(np.float32, st.integers(0, 12), elements=st.floats(width=32)),
    hnp.arrays(np.int64, st.integers(0, 12)),
    hnp.arrays(np.uint64, st.integers(0, 12)),
)


@given(lines_of_numbers, st.booleans())
def test_an_order_is_pythons_with_nan_last(line, is_descending):
    numbers = line.tolist()
    real = [place for place, number in enumerate(numbers) if not math.isnan(number)]
    expected = sorted(real, key=lambda place: numbers[place], reverse=is_descending)
    nans = [place for place in range(len(numbers)) if place not in real]
    assert order_of(line, is_descending=is_descending).tolist() == expected + nans
