"""Numbers in about four digits, with one number of decimals for a whole weight."""

import math

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weightview.core.memory import MemoryStorage
from weightview.core.model import Weight
from weightview.core.numbers import auto_decimals, shown_text
from weightview.core.sampling import typical_magnitude
from weightview.core.values import Values


@pytest.mark.parametrize(
    ("typical", "decimals"),
    [
        (0.35, 4),
        (0.05, 5),
        (0.001, 6),
        (0.0009, None),
        (2.0, 3),
        (47.0, 2),
        (3000.0, 1),
        (2e6, None),
        (0.0, 4),
        (math.nan, 4),
    ],
)
def test_four_digits_of_a_usual_number_are_shown(typical, decimals):
    assert auto_decimals(typical) == decimals


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (np.float32(-0.63079047), 4, "-0.6308"),
        (np.float32(0.25), 4, "0.25"),
        (np.float32(0.0), 4, "0"),
        (np.float32(-0.0), 4, "-0"),
        (np.float32(1e-35), 4, "1e-35"),
        (np.float32(1.23456e-35), 4, "1.2e-35"),
        (np.float32(0.00037234), 4, "3.7e-4"),
        (np.float32(0.99999), 4, "1.0000"),
        (np.float32(123456.78), 4, "123456.8"),
        (np.float32(3.4e38), 4, "3.4e+38"),
        (np.float32(1.23456e-6), None, "1.235e-6"),
        (np.float32(np.inf), 4, "inf"),
        (np.float32(np.nan), 4, "nan"),
        (np.int8(-7), 4, "-7"),
        (np.bool_(True), 4, "True"),
        (ml_dtypes.bfloat16(0.3), 4, "0.3"),
        (np.complex64(1 + 2j), 4, "(1+2j)"),
    ],
)
def test_a_number_is_as_short_as_it_may_be(value, decimals, text):
    assert shown_text(value, "auto", decimals) == text


@given(
    number=st.floats(width=32, allow_nan=False, allow_infinity=False),
    decimals=st.none() | st.integers(1, 6),
)
def test_what_is_shown_is_never_far_from_the_number_nor_a_zero_for_one(number, decimals):
    shown = float(shown_text(np.float32(number), "auto", decimals))
    assert (shown == 0) == (number == 0)
    assert shown == pytest.approx(number, rel=0.06)


def values_of(array):
    weight = Weight(
        name="kernel",
        path="layer/kernel",
        shape=array.shape,
        dtype=array.dtype,
        axes=(),
        keras_index=0,
        stored_name="kernel",
        role="kernel",
        layer_path="layer",
        layer_index=0,
        expression="",
    )
    return Values(MemoryStorage({weight.path: array})), weight


def test_the_typical_number_is_hardly_moved_by_an_odd_one():
    array = np.full((40, 3), -0.3, np.float32)
    array[0] = [1e30, np.nan, np.inf]
    array[1:9] = 0
    assert typical_magnitude(*values_of(array)) == pytest.approx(0.3)


@pytest.mark.parametrize("shape", [(0, 4), (3,), ()])
def test_without_a_number_to_speak_of_the_typical_one_is_0(shape):
    assert typical_magnitude(*values_of(np.zeros(shape, np.float32))) == 0.0


def test_of_a_large_weight_only_pieces_are_read():
    array = np.broadcast_to(np.float32(0.5), (25_000, 4096))
    values, weight = values_of(array)
    read, seen = values.storage.read, []

    def counted(weight, region):
        seen.append(read(weight, region))
        return seen[-1]

    values.storage.read = counted
    assert typical_magnitude(values, weight) == 0.5
    assert sum(piece.size for piece in seen) <= 1 << 17
