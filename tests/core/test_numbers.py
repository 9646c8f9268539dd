"""Numbers as text and back, bit for bit."""

import decimal
import math
from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weightview.core.errors import NumberError
from weightview.core.numbers import (
    cast,
    exact_text,
    is_integer,
    parse_number,
    shorten,
    shown_text,
)

SMALL_FLOATS = [
    "float8_e3m4",
    "float8_e4m3",
    "float8_e4m3b11fnuz",
    "float8_e4m3fn",
    "float8_e4m3fnuz",
    "float8_e5m2",
    "float8_e5m2fnuz",
    "float8_e8m0fnu",
]
SMALL_INTEGERS = {"int4": (-8, 7), "uint4": (0, 15), "int2": (-2, 1), "uint2": (0, 3)}
INTEGERS = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]


def dtype_of(name):
    return np.dtype(getattr(ml_dtypes, name, name))


def assert_round_trip(value):
    text = exact_text(value)
    again = parse_number(text, value.dtype)
    if math.isnan(float(value)):
        assert text == "nan"
        assert math.isnan(float(again))
    else:
        assert np.asarray(again).tobytes() == np.asarray(value).tobytes(), text


@pytest.mark.parametrize("name", ["float16", "bfloat16", *SMALL_FLOATS])
def test_every_number_of_a_small_dtype_comes_back_bit_for_bit(name):
    dtype = dtype_of(name)
    whole = np.uint16 if dtype.itemsize == 2 else np.uint8
    bits = np.arange(np.iinfo(whole).max + 1, dtype=whole)
    for value in bits.view(dtype):
        assert_round_trip(value)


@given(st.integers(0, 2**32 - 1))
def test_any_float32_comes_back_bit_for_bit(bits):
    assert_round_trip(np.uint32(bits).view(np.float32))


@given(st.integers(0, 2**64 - 1))
def test_any_float64_comes_back_bit_for_bit(bits):
    assert_round_trip(np.uint64(bits).view(np.float64))


@pytest.mark.parametrize("name", ["float16", "float32", "float64"])
@pytest.mark.parametrize("which", ["inf", "-inf", "nan", "-0.0", "0.0", "tiny", "largest"])
def test_the_odd_numbers_come_back(name, which):
    info = np.finfo(name)
    values = {"tiny": info.smallest_subnormal, "largest": info.max}
    value = np.dtype(name).type(values.get(which, which if which not in values else 0))
    assert_round_trip(value)


@pytest.mark.parametrize("name", INTEGERS)
def test_whole_numbers_come_back_to_the_last_digit(name):
    info = np.iinfo(name)
    for number in {info.min, info.max, info.max - 1, 0, 1}:
        value = np.dtype(name).type(number)
        assert exact_text(value) == str(number)
        assert_round_trip(value)


@pytest.mark.parametrize("name", SMALL_INTEGERS)
def test_the_small_integers_come_back(name):
    low, high = SMALL_INTEGERS[name]
    for number in range(low, high + 1):
        value = dtype_of(name).type(number)
        assert exact_text(value) == str(number)
        assert int(parse_number(str(number), dtype_of(name))) == number
    for number in (low - 1, high + 1):
        with pytest.raises(NumberError, match=f"{low} to {high}"):
            parse_number(str(number), dtype_of(name))


@pytest.mark.parametrize("value", [True, False])
def test_truth_comes_back(value):
    assert parse_number(exact_text(np.bool_(value)), np.dtype(bool)) == value


@given(st.integers(0, 2**32 - 1))
def test_exact_text_needs_nine_digits_at_most(bits):
    value = np.uint32(bits).view(np.float32)
    digits = exact_text(value).partition("e")[0].replace("-", "").replace(".", "").strip("0")
    assert len(digits) <= 9


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.float32(0.1), "0.1"),
        (np.float64(0.1), "0.1"),
        (np.float32(1) / 3, "0.33333334"),
        (np.float32(25.004662), "25.004662"),
        (np.float32(5), "5"),
        (np.float32(-0.0), "-0"),
        (np.float32(1e-6), "1e-06"),
        (np.float32(123456790), "123456790"),
        (np.float32(1e20), "1e+20"),
        (ml_dtypes.bfloat16(0.1), "0.1"),
        (np.float16(0.1), "0.1"),
        (0.1, "0.1"),
        (7, "7"),
        ("text", "text"),
        (np.float32(np.inf), "inf"),
    ],
)
def test_exact_text_is_short_and_plain(value, text):
    assert exact_text(value) == text


@pytest.mark.parametrize(
    ("value", "notation", "text"),
    [
        (np.float32(0.12345678), "full", "0.12345678"),
        (np.float32(0.12345678), "fixed", "0.123"),
        (np.float32(0.12345678), "scientific", "1.235e-01"),
        (np.float32(-1234.5), "fixed", "-1234.500"),
        (np.float32(np.nan), "fixed", "nan"),
        (np.float32(-np.inf), "scientific", "-inf"),
        (np.int8(5), "fixed", "5"),
        (np.bool_(True), "scientific", "True"),
        (np.str_("a"), "fixed", "a"),
        (ml_dtypes.bfloat16(0.5), "fixed", "0.500"),
    ],
)
def test_a_view_shows_a_number_in_its_notation(value, notation, text):
    assert shown_text(value, notation) == text


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1),
        (" 1.5 ", 1.5),
        ("+1.5", 1.5),
        (".5", 0.5),
        ("5.", 5),
        ("1e3", 1000),
        ("-2", -2),
        ("\u22122", -2),
        ("\u00a03", 3),
        ("Inf", math.inf),
        ("-infinity", -math.inf),
        ("∞", math.inf),
        ("1e-400", 0),
        ("9007199254740993", 9007199254740992),
    ],
)
def test_a_person_may_type_a_number_in_several_ways(text, number):
    assert parse_number(text, np.dtype(np.float64)) == number


@pytest.mark.parametrize("name", ["float32", "float64", "float16", "bfloat16", "float8_e8m0fnu"])
@pytest.mark.parametrize("text", ["9223372036854775807", "-18446744073709551615", "9" * 30])
def test_a_long_whole_number_is_a_number_for_any_floating_dtype(text, name):
    dtype = dtype_of(name)
    with np.errstate(all="ignore"):
        nearest = np.asarray(float(text)).astype(dtype)
    if np.isfinite(nearest.astype(np.float64)):
        assert np.asarray(parse_number(text, dtype)).tobytes() == nearest.tobytes()
    else:
        with pytest.raises(NumberError, match="too large"):
            parse_number(text, dtype)


@pytest.mark.parametrize("text", ["nan", "NaN", "-nan"])
def test_a_nan_may_be_typed(text):
    assert np.isnan(parse_number(text, np.dtype(np.float32)))


@pytest.mark.parametrize("text", ["-0", "-0.0", "\u22120", "-0e0"])
def test_the_sign_of_zero_is_kept(text):
    assert np.signbit(parse_number(text, np.dtype(np.float32)))


@pytest.mark.parametrize(
    ("text", "dtype", "words"),
    [
        ("", "float32", "not a number"),
        ("abc", "float32", "“abc” is not a number"),
        ("1,5", "float32", "Write 1.5 with a point"),
        ("1_000", "float32", "not a number"),
        ("0x10", "float32", "not a number"),
        ("--1", "float32", "not a number"),
        ("+-inf", "float32", "not a number"),
        ("1 2", "float32", "not a number"),
        ("1e39", "float32", "too large for float32"),
        ("-65520", "float16", "too large for float16"),
        ("1e400", "float32", "too large"),
        ("9" * 400, "float32", "too large"),
        ("9" * 5000, "int8", "too large"),
        ("500", "float8_e4m3fn", "too large for float8_e4m3fn"),
        ("inf", "float8_e4m3fn", "“inf” is not a number of float8_e4m3fn"),
        ("128", "int8", "“128” is outside int8, which holds -128 to 127"),
        ("-1", "uint8", "which holds 0 to 255"),
        ("0.5", "int8", "not a whole number"),
        ("inf", "int8", "not a whole number"),
        ("nan", "int8", "not a whole number"),
        ("18446744073709551616", "uint64", "is outside uint64"),
        ("1e300", "int64", "is outside int64"),
        ("2", "bool", "not 0 or 1"),
        ("nan", "bool", "not 0 or 1"),
    ],
)
def test_what_is_no_number_of_the_dtype_is_refused_with_the_reason(text, dtype, words):
    with pytest.raises(NumberError, match=words) as caught:
        parse_number(text, dtype_of(dtype))
    assert caught.value.text == text
    assert len(str(caught.value)) < 200


@given(st.text(max_size=30), st.sampled_from(["float32", "int8", "bool", "bfloat16", "uint64"]))
def test_no_text_raises_anything_but_a_number_error(text, name):
    dtype = dtype_of(name)
    try:
        number = parse_number(text, dtype)
    except NumberError:
        return
    assert np.asarray(number).dtype == dtype


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("name", ["float16", "float32", "bfloat16", "float8_e4m3fn"])
@given(data=st.data())
def test_a_text_is_rounded_once_and_not_by_way_of_float64(name, sign, data):
    dtype = dtype_of(name)
    bits = np.dtype(f"uint{8 * dtype.itemsize}")
    largest = int(np.asarray(ml_dtypes.finfo(dtype).max, dtype).view(bits))
    first = data.draw(st.integers(0, largest - 1))
    low, high = (float(np.asarray(b, bits).view(dtype)) * sign for b in (first, first + 1))
    middle = decimal.Decimal((low + high) / 2)
    assert 2 * Fraction(middle) == Fraction(low) + Fraction(high)
    with decimal.localcontext(prec=800):
        further = middle + middle / 10**40
        nearer = middle - middle / 10**40
    assert float(further) == float(nearer) == float(middle)
    assert float(parse_number(f"{further}", dtype)) == high
    assert float(parse_number(f"{nearer}", dtype)) == low
    assert float(parse_number(f"{middle}", dtype)) in (low, high)


@pytest.mark.parametrize("name", ["bfloat16", *SMALL_FLOATS[:-1]])  # the last has powers only
def test_a_number_just_beside_the_middle_of_two_goes_to_the_nearer(name):
    dtype = dtype_of(name)
    bits = np.uint16 if dtype.itemsize == 2 else np.uint8
    with np.errstate(all="ignore"):
        held = np.arange(np.iinfo(bits).max + 1, dtype=bits).view(dtype).astype(np.float64)
    held = np.unique(held[np.isfinite(held)])
    low, high = held[:-1], held[1:]
    middle = low + (high - low) / 2
    beside = (high - low) * 2.0**-20
    np.testing.assert_array_equal(cast(middle + beside, dtype).astype(np.float64), high)
    np.testing.assert_array_equal(cast(middle - beside, dtype).astype(np.float64), low)
    np.testing.assert_array_equal(cast(held, dtype).astype(np.float64), held)


@given(st.floats(allow_nan=False), st.sampled_from(["float16", "float32", "bfloat16"]))
def test_a_typed_number_is_stored_as_the_nearest(number, name):
    dtype = dtype_of(name)
    nearest = cast(np.asarray(number), dtype)
    if math.isfinite(number) and not np.isfinite(nearest.astype(np.float64)):
        with pytest.raises(NumberError, match="too large"):
            parse_number(repr(number), dtype)
    else:
        assert np.asarray(parse_number(repr(number), dtype)).tobytes() == nearest.tobytes()


@pytest.mark.parametrize(
    ("name", "whole"),
    [("int8", True), ("bool", True), ("int4", True), ("float32", False), ("bfloat16", False)],
)
def test_whole_dtypes_are_known(name, whole):
    assert is_integer(dtype_of(name)) == whole


def test_long_and_invisible_text_is_shown_short_and_visible():
    assert shorten("a\nb\x00\u202e") == "a\\nb\\x00\\u202e"
    assert shorten("x" * 100) == "x" * 59 + "…"
    assert len(shorten("\n" * 100, 10)) == 10
