"""Written numbers come back, and a file is whole or what it was."""

import ml_dtypes
import numpy as np
import pytest

from weightview.core.errors import CancelledError
from weightview.exports.reading import read_numbers, read_numbers_for
from weightview.exports.writing import safe_name, write_csv, write_npy


def ignore(_number):
    """Go on."""


def test_cells_are_quoted_where_need_be(tmp_path):
    write_csv(tmp_path / "a.csv", [["x", 'a "b", c'], ["1", "-0"]], ignore)
    assert (tmp_path / "a.csv").read_bytes() == b'x,"a ""b"", c"\n1,-0\n'
    assert np.signbit(read_numbers(tmp_path / "a.csv")[1])


def test_a_cancelled_export_leaves_the_file_that_was_there(tmp_path):
    (tmp_path / "a.csv").write_text("before")

    def cancel(number):
        if number == 2:
            raise CancelledError("Enough.")

    with pytest.raises(CancelledError):
        write_csv(tmp_path / "a.csv", [["1"]] * 9, cancel)
    assert (tmp_path / "a.csv").read_text() == "before"
    assert [file.name for file in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.parametrize("name", ["float32", "float64", "float16", "int64", "uint8", "bool"])
def test_an_npy_has_the_dtype_of_the_weight(tmp_path, name):
    array = np.arange(24).reshape(2, 3, 4).astype(name)
    write_npy(tmp_path / "a.npy", array.T)
    found = np.load(tmp_path / "a.npy")
    assert found.dtype == array.dtype
    assert np.array_equal(found, array.T)


@pytest.mark.parametrize("name", ["bfloat16", "float8_e4m3fn", "int4"])
def test_types_that_numpy_has_not_become_wider_ones(tmp_path, name):
    dtype = np.dtype(getattr(ml_dtypes, name))
    array = np.array([[1, -2], [3, 0]]).astype(dtype)
    write_npy(tmp_path / "a.npy", array)
    found = read_numbers_for(tmp_path / "a.npy", [dtype])[0][dtype.name]
    assert found.astype(dtype).tobytes() == array.tobytes()


def test_a_text_is_read_for_each_dtype_without_rounding_twice(tmp_path):
    beside = "1.00000005960464477540"  # just above the middle of 1 and the next float32
    (tmp_path / "a.csv").write_text(f"{beside},2\n")
    single, double = np.dtype(np.float32), np.dtype(np.float64)
    found, words = read_numbers_for(tmp_path / "a.csv", [single, double])
    assert words == "2 columns separated by commas"
    assert found["float32"][0, 0] == np.nextafter(np.float32(1), np.float32(2))
    assert found["float64"][0, 0] == float(beside)


@pytest.mark.parametrize(
    ("name", "safe"),
    [("=1+1", "'=1+1"), ("+x", "'+x"), ("-1", "'-1"), ("@a", "'@a"), ("a=b", "a=b"), ("", "")],
)
def test_no_name_is_a_formula(name, safe):
    assert safe_name(name) == safe
