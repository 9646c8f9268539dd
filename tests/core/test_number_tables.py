"""Tables of numbers as text: what spreadsheets write, what is understood, what is refused."""

import math

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weightview.core.errors import NumberError
from weightview.core.number_tables import parse_block, read_table, split_cells
from weightview.core.numbers import exact_text, parse_number


def dtype_of(name):
    return np.dtype(getattr(ml_dtypes, name, name))


@pytest.mark.parametrize(
    ("line", "cells"),
    [("a\tb,c", ["a", "b,c"]), ("a;b,c", ["a", "b,c"]), ("a,b c", ["a", "b c"]), ("", [""])],
)
def test_cells_are_split_by_the_strongest_separator(line, cells):
    assert split_cells(line) == cells


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("1", [[1]]),
        ("1\t2\n3\t4\n", [[1, 2], [3, 4]]),
        ("1\t2\r\n3\t4\r\n", [[1, 2], [3, 4]]),
        ("1\r3", [[1], [3]]),
        ("1, 2, 3", [[1, 2, 3]]),
        ("1;2;\n3;4;", [[1, 2], [3, 4]]),
        ("1 2  3", [[1, 2, 3]]),
        ("  1 2", [[1, 2]]),
        ("1,2,", [[1, 2]]),
        ("1e3\t-inf\n\n\n", [[1000, -math.inf]]),
        ("1,5;2,5\n-0,25;3\n", [[1.5, 2.5], [-0.25, 3]]),
        ("1,5\t2,5", [[1.5, 2.5]]),
        ("0,125\t1,234", [[0.125, 1.234]]),
        ("1.234,5;2,5e-3", [[1234.5, 0.0025]]),
        ("1.234.567;2,5", [[1234567, 2.5]]),
        ('"1,234.5","2.5"\n"1,234","-7"', [[1234.5, 2.5], [1234, -7]]),
        ('"1,5","2,5"', [[1.5, 2.5]]),
        ("1 234,5;2,5", [[1234.5, 2.5]]),
        ("1\u202f234,5;1\u00a0000", [[1234.5, 1000]]),
        ("1'234.5\t2.5", [[1234.5, 2.5]]),
        ("1,000,000\t1,234", [[1000000, 1234]]),
        ("\ufeffsep=;\r\n1;2\r\n", [[1, 2]]),
        ('"a ""b""";"c;d"\n1;2\n3;4', [[1, 2], [3, 4]]),
        ('"two\nlines",x\n1,2', [[1, 2]]),
        ("input \\ unit\tunit 0\tunit 1\ninput 0\t1\t2", [[1, 2]]),
        ("input \\ unit,0,1\n7,1,2\n8,3,4", [[1, 2], [3, 4]]),
        ("a,b\n1,2\n3,4", [[1, 2], [3, 4]]),
        ("a,1,2\nb,3,4", [[1, 2], [3, 4]]),
        ("1,2,\n\n3,4,\n", [[1, 2], [3, 4]]),
        ("\u22121;\u22122,5", [[-1, -2.5]]),
    ],
)
def test_a_pasted_block_becomes_a_table(text, table):
    parsed = parse_block(text, np.dtype(np.float32))
    assert parsed.dtype == np.float32
    np.testing.assert_array_equal(parsed, np.array(table, np.float32))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no number"),
        ("\n\n", "no number"),
        ("1\t2\n3", "Line 2: it has 1 cells where the first row has 2"),
        ("1\t2\n3\tx", "Line 2, column 2: “x” is not a number"),
        ("1\t\t3", "Line 1, column 2: the cell is empty."),
        ("1,5\t2,5\n3.5\t4", "“1,5” with a decimal comma, but “3.5” has a point"),
        ("1,500\t2,500", "“1,500” may mean 1.500 or 1500"),
        ("1,234;5,678", "may mean"),
        ("0,05\n0,07", "“05” looks like the digits after a decimal comma"),
        ("1.234;2,5", "“2,5” with a decimal comma, but “1.234” has a point"),
        ('"1\n2', "Line 1"),
        ("1\n\n3", "Line 2: it is empty"),
    ],
)
def test_a_block_that_is_no_table_of_numbers_says_where(text, words):
    with pytest.raises(NumberError, match=words):
        parse_block(text, np.dtype(np.float32))


@pytest.mark.parametrize("name", ["float16", "float32", "float64", "bfloat16", "int8", "bool"])
@given(data=st.data())
def test_a_copied_block_is_pasted_bit_for_bit(name, data):
    dtype = dtype_of(name)
    rows, columns = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4))
    size = rows * columns * dtype.itemsize
    raw = np.frombuffer(data.draw(st.binary(min_size=size, max_size=size)), np.uint8)
    table = (raw & 1 if dtype.kind == "b" else raw).view(dtype).reshape(rows, columns)
    text = "\n".join("\t".join(exact_text(cell) for cell in row) for row in table)
    pasted = parse_block(text, dtype)
    with np.errstate(all="ignore"):  # signalling NaNs
        nan = np.isnan(table.astype(np.float64))
    np.testing.assert_array_equal(np.isnan(pasted.astype(np.float64)), nan)
    assert pasted[~nan].tobytes() == table[~nan].tobytes()


@pytest.mark.parametrize("name", ["float16", "float32", "float64", "bfloat16"])
@given(
    texts=st.lists(
        st.decimals(allow_nan=False, allow_infinity=False, places=30, min_value=-9, max_value=9),
        min_size=1,
        max_size=4,
    )
)
def test_every_cell_is_rounded_once_as_if_it_were_typed(name, texts):
    dtype = dtype_of(name)
    cells = [format(text, "f") for text in texts]
    found = parse_block("\t".join(cells), dtype)
    assert found.tobytes() == np.array([parse_number(c, dtype) for c in cells]).tobytes()


def test_a_number_beside_a_tie_is_not_rounded_twice():
    beside = "1.00000005960464477540"  # just above the middle of 1 and the next float32
    assert parse_block(f"{beside}\t1", np.dtype("f4"))[0, 0] == np.nextafter(np.float32(1), 2)


@pytest.mark.parametrize("text", ["1_0\t2", "1e999\t1", "1e39\t1", "0x10\t1"])
def test_what_is_no_number_of_the_dtype_is_refused_in_a_block_too(text):
    with pytest.raises(NumberError, match="column 1"):
        parse_block(text, np.dtype("f4"))


@given(st.text(alphabet="0123456789.,;\t -+eE'\"\n\u00a0infa\\ ", max_size=40))
def test_any_text_is_a_table_or_refused_with_a_sentence(text):
    try:
        table = parse_block(text, np.dtype(np.float64))
    except NumberError as error:
        assert str(error).rstrip().endswith((".", "commas", "tabs"))
    else:
        assert table.ndim == 2
        assert table.shape == read_table(text).shape
