"""Numbers from files: CSV, NPY, NPZ, and what is refused."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weightview.core.errors import OpenError
from weightview.exports.reading import read_numbers


def written(folder: Path, text: str, name: str = "numbers.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1, 2, 3\n", [1, 2, 3]),
        ("1\n2\n3\n", [1, 2, 3]),
        ("1,2\n3,4\n", [[1, 2], [3, 4]]),
        ("a,b\n1,2\n3,4\n", [[1, 2], [3, 4]]),
        ("1;2\n3;4\n", [[1, 2], [3, 4]]),
        ("1\t2\r\n3\t4\r\n", [[1, 2], [3, 4]]),
        ("1 2\n3   4\n", [[1, 2], [3, 4]]),
        ('"x","y"\n"1.5","-2e3"\n', [1.5, -2000]),
        ("1,2,\n3,4,\n", [[1, 2], [3, 4]]),
        ("\ufeff10\n", [10]),
        ("\n1,2\n\n3,4\n\n", [[1, 2], [3, 4]]),
        ("\u22121, nan\n", [-1, np.nan]),
    ],
)
def test_text_is_read_as_a_table_of_numbers(
    tmp_path: Path, text: str, expected: list[float]
) -> None:
    np.testing.assert_array_equal(read_numbers(written(tmp_path, text)), np.array(expected))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("a,b\nc,d\n", "line 2: “c” is not a number"),
        ("1,2\n3\n", "line 2: it has 1 cells where the first row has 2"),
        ("x\n1\nhello\n", "line 3: “hello” is not a number"),
        ("1,2\n3,\n", "line 2"),
    ],
)
def test_text_that_is_no_table_is_refused_with_its_line(
    tmp_path: Path, text: str, words: str
) -> None:
    with pytest.raises(OpenError, match=r"numbers\.csv") as caught:
        read_numbers(written(tmp_path, text))
    assert words in str(caught.value)


@given(
    st.lists(
        st.lists(st.floats(allow_nan=False, width=64), min_size=2, max_size=2),
        min_size=2,
        max_size=6,
    )
)
def test_a_table_written_as_text_comes_back_bit_for_bit(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[float]]
) -> None:
    text = "\n".join(",".join(repr(value) for value in row) for row in rows)
    read = read_numbers(written(tmp_path_factory.mktemp("csv"), text))
    assert read.tobytes() == np.array(rows).tobytes()


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "uint8", "bool"])
def test_npy_keeps_shape_and_dtype(tmp_path: Path, dtype: str) -> None:
    array = np.arange(24).reshape(2, 3, 4).astype(dtype)
    np.save(tmp_path / "a.npy", array)
    read = read_numbers(tmp_path / "a.npy")
    assert read.dtype == array.dtype
    np.testing.assert_array_equal(read, array)


def test_the_content_decides_and_not_the_name(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.arange(3.0))
    renamed = (tmp_path / "a.npy").rename(tmp_path / "a.csv")
    np.testing.assert_array_equal(read_numbers(renamed), np.arange(3.0))


def test_npz_gives_the_array_of_the_name_asked_for(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", left=np.arange(2.0), right=np.arange(3.0))
    np.testing.assert_array_equal(read_numbers(tmp_path / "a.npz", "right"), np.arange(3.0))


def test_npz_with_one_array_needs_no_name(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "a.npz", np.arange(3.0))
    np.testing.assert_array_equal(read_numbers(tmp_path / "a.npz", "x"), np.arange(3.0))


def test_npz_with_several_arrays_and_another_name_lists_them(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", left=np.arange(2.0), right=np.arange(3.0))
    with pytest.raises(OpenError, match=r"2 arrays \(left, right\); none is called “up”"):
        read_numbers(tmp_path / "a.npz", "up")


def test_pickled_objects_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([{"a": 1}]), allow_pickle=True)
    with pytest.raises(OpenError, match="not numbers"):
        read_numbers(tmp_path / "a.npy")


def test_a_header_that_claims_more_than_is_there_allocates_nothing(tmp_path: Path) -> None:
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        head, {"descr": "<f4", "fortran_order": False, "shape": (1 << 20, 1 << 20)}
    )
    (tmp_path / "a.npy").write_bytes(head.getvalue())
    with pytest.raises(OpenError, match="more than are read at once"):
        read_numbers(tmp_path / "a.npy")


def test_a_cut_off_npy_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.arange(100.0))
    data = (tmp_path / "a.npy").read_bytes()
    (tmp_path / "a.npy").write_bytes(data[:-8])
    with pytest.raises(OpenError, match="shorter than its header says"):
        read_numbers(tmp_path / "a.npy")


@pytest.mark.parametrize("data", [b"\x93NUMPY\x01", b"PK\x03\x04rubbish", b"\xff\xfe\x00\x81"])
def test_rubbish_is_refused_as_a_sentence(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.bin").write_bytes(data)
    with pytest.raises(OpenError, match=r"a\.bin"):
        read_numbers(tmp_path / "a.bin")


def test_an_archive_without_arrays_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(OpenError, match="without NPY arrays"):
        read_numbers(tmp_path / "a.npz")


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(OpenError, match=r"none\.csv: it cannot be read"):
        read_numbers(tmp_path / "none.csv")
