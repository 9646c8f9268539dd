"""What is typed becomes numbers, and what does not fit is answered with a sentence."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weightview.calculator import expected_sentence, input_shapes, parse_input, propagate
from weightview.core.errors import InputError, NumberError


@pytest.mark.parametrize(
    ("text", "shape", "expected"),
    [
        ("10", (None, 1), [10]),
        ("1, 2, 3", (None, 3), [1, 2, 3]),
        ("1\n2\n3\n", (None, 3), [1, 2, 3]),
        ("1\t2\t3", (None, 3), [1, 2, 3]),
        ("1; 2;3", (None, 3), [1, 2, 3]),
        ("[[1,2],[3,4]]", (None, 2, 2), [[1, 2], [3, 4]]),
        ("1 2 3 4", (None, None, 2), [[1, 2], [3, 4]]),
        ("\u22121.5e0", (None, 1), [-1.5]),
        ("7", (None,), 7),
        ("nan inf", (None, 2), [np.nan, np.inf]),
    ],
)
def test_typed_numbers_are_understood(text, shape, expected) -> None:
    result = parse_input(text, shape)
    assert result.dtype == np.float32
    np.testing.assert_array_equal(result, np.array(expected, np.float32))


def test_a_wrong_count_says_what_is_expected_and_found() -> None:
    with pytest.raises(InputError, match=r"expects 8 numbers \(None, 8\); found 7\."):
        parse_input("1 2 3 4 5 6 7", (None, 8))


def test_a_word_is_named() -> None:
    with pytest.raises(NumberError, match="Number 2: “two” is not a number"):
        parse_input("1, two, 3", (None, 3))
    with pytest.raises(NumberError, match="too large"):
        parse_input("1e60", (None, 1))


def test_nothing_typed_says_what_is_expected() -> None:
    with pytest.raises(InputError, match=r"no number.*expected 8 numbers"):
        parse_input("  ", (None, 8))


@given(st.lists(st.floats(width=32, allow_nan=False), min_size=1, max_size=30))
def test_what_numpy_prints_is_read_back_exactly(numbers) -> None:
    array = np.array(numbers, np.float32)
    text = str([float(x) for x in array])
    np.testing.assert_array_equal(parse_input(text, (None, len(numbers))), array)


def test_the_model_says_what_it_expects(sequential) -> None:
    model, _ = sequential([8], ("Dense", {"units": 1}, {"kernel": np.ones((8, 1))}))
    assert input_shapes(model) == ((None, 8),)
    assert expected_sentence(model) == "This model expects 8 numbers (None, 8)."


@pytest.mark.parametrize("wrong", [[1.0] * 7, [[1.0] * 7], 3.0, [[[1.0] * 8]]])
def test_a_wrong_shape_is_refused_with_a_sentence(sequential, wrong) -> None:
    model, values = sequential([8], ("Dense", {"units": 1}, {"kernel": np.ones((8, 1))}))
    with pytest.raises(InputError, match=r"expects 8 numbers \(None, 8\); found"):
        propagate(model, values, wrong)


@pytest.mark.parametrize("wrong", ["text", [None] * 8, [["a"] * 8], [[1.0], [1.0, 2.0]]])
def test_what_are_no_numbers_is_refused(sequential, wrong) -> None:
    model, values = sequential([8], ("Dense", {"units": 1}, {"kernel": np.ones((8, 1))}))
    with pytest.raises(InputError):
        propagate(model, values, wrong)


def test_a_bare_number_is_the_input_of_a_model_that_takes_one(sequential) -> None:
    model, values = sequential([1], ("Dense", {"units": 1}, {"kernel": [[2.0]], "bias": [5.0]}))
    trace = propagate(model, values, 10.0)
    assert trace.output.tolist() == [25.0]
    assert not trace.is_batch


def test_a_bare_number_for_more_says_that_it_is_one(sequential) -> None:
    model, values = sequential([8], ("Dense", {"units": 1}, {"kernel": np.ones((8, 1))}))
    with pytest.raises(InputError, match=r"8 numbers \(None, 8\); found one number by itself"):
        propagate(model, values, 10.0)


def test_the_right_count_in_another_shape_says_which_shape_to_give(sequential) -> None:
    model, values = sequential([2, 3], ("Flatten", {}, {}))
    with pytest.raises(InputError, match=r"found 6 numbers, as many .* the shape \(2, 3\)"):
        propagate(model, values, np.zeros(6))
