"""Numbers of a row in one common notation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from weightview.core.numbers import aligned_texts


@pytest.mark.parametrize(
    ("values", "digits", "expected"),
    [
        ([25.004662], 7, ["25.00466"]),
        ([0.386431], 7, ["0.386431"]),
        ([-0.071, 1.327], 4, ["-0.071", "1.327"]),
        ([0.00143, -0.0009], 4, ["0.00143", "-0.00090"]),
        ([4e-6, -1.5e-5], 4, ["4.0e-06", "-1.5e-05"]),
        ([12345.678, 1.0], 4, ["1.2e+04", "1.0e+00"]),
        ([0.0, 0.0], 4, ["0.000", "0.000"]),
        ([np.nan, np.inf, 1.0], 4, ["nan", "inf", "1.000"]),
        ([], 4, []),
    ],
)
def test_a_row_has_one_notation(values: list[float], digits: int, expected: list[str]) -> None:
    assert aligned_texts(values, digits) == expected


def test_whole_numbers_stay_whole() -> None:
    assert aligned_texts(np.array([1, -20, 300])) == ["1", "-20", "300"]


@given(
    arrays.arrays(
        np.float32, st.integers(1, 8), elements=st.floats(-(2.0**100), 2.0**100, width=32)
    ),
    st.integers(4, 9),
)
def test_each_text_is_the_number_to_the_digits_of_the_largest(
    values: np.ndarray, digits: int
) -> None:
    texts = aligned_texts(values, digits)
    step = float(np.abs(values).max()) * 10.0 ** -(digits - 3)
    for text, value in zip(texts, values, strict=True):
        assert abs(float(text) - float(value)) <= step
    assert len({len(text.partition(".")[2]) for text in texts if "e" not in text}) <= 1
