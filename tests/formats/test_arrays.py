"""A region of a stored array is read exactly, and little more of the file than it needs."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from weightview.core.errors import FileChangedError
from weightview.core.regions import normalise
from weightview.formats import arrays
from weightview.formats.arrays import FileStorage, StoredArray, read_region
from weightview.formats.source import SourceFile

OFFSET = 5


class CountingSource(SourceFile):
    """A file that counts the bytes that are read."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.count = 0

    def read(self, offset, size):
        self.count += size
        return super().read(offset, size)


def stored(folder, array):
    file = folder / "numbers"
    file.write_bytes(b"x" * OFFSET + array.tobytes())
    return CountingSource(file), StoredArray("numbers", array.shape, array.dtype, OFFSET)


@st.composite
def shapes_and_regions(draw):
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=5))
    region = []
    for length in shape:
        first, last = draw(st.integers(0, length)), draw(st.integers(0, length))
        step = draw(st.integers(1, 3))
        some = slice(min(first, last), max(first, last), step)
        region.append(draw(st.sampled_from([slice(None), some, min(first, length - 1)])))
    return shape, normalise(tuple(region), shape)


@pytest.mark.parametrize("large", [0, 40, 1 << 18])
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=shapes_and_regions())
def test_a_region_is_what_numpy_picks(tmp_path, monkeypatch, large, case):
    shape, region = case
    monkeypatch.setattr(arrays, "_LARGE_ROW", large)
    array = np.arange(np.prod(shape), dtype=np.int32).reshape(shape)
    source, plan = stored(tmp_path, array)
    found = read_region(source, plan, OFFSET, region)
    expected = array[region]
    assert found.shape == np.shape(expected)
    assert np.array_equal(found, expected)
    assert source.count <= array.nbytes


def test_a_slice_of_a_large_kernel_is_read_without_the_rest(tmp_path):
    array = np.arange(3 * 3 * 400 * 500, dtype=np.int32).reshape(3, 3, 400, 500)
    source, plan = stored(tmp_path, array)
    region = normalise((slice(None), slice(None), 7, 11), array.shape)
    assert np.array_equal(read_region(source, plan, OFFSET, region), array[:, :, 7, 11])
    assert source.count == 9 * 4


def test_a_packed_array_is_unpacked_once_for_many_looks_and_another_after_it(tmp_path):
    loads = []

    def packed(name, fill):
        def load(_source):
            loads.append(name)
            return np.full((4, 3), fill, np.float32)

        return StoredArray(name, (4, 3), np.dtype(np.float32), None, load)

    (tmp_path / "numbers").write_bytes(b"x")
    plans = {name: packed(name, fill) for name, fill in (("a", 1), ("b", 2))}
    storage = FileStorage(SourceFile(tmp_path / "numbers"), plans, None)
    region = (slice(1, 3, 1), 2)
    for name, fill in (("a", 1), ("a", 1), ("b", 2), ("b", 2), ("a", 1)):
        found = storage.read(SimpleNamespace(stored_name=name), region)
        assert found.tolist() == [fill, fill]
        found[:] = 9  # it is the reader's own
    assert loads == ["a", "b", "a"]


def test_a_packed_array_is_not_read_from_memory_once_its_file_has_changed(tmp_path):
    file = tmp_path / "numbers"
    file.write_bytes(b"x")

    def load(_source):
        return np.zeros(3, np.float32)

    plan = StoredArray("a", (3,), np.dtype(np.float32), None, load)
    storage = FileStorage(SourceFile(file), {"a": plan}, None)
    weight = SimpleNamespace(stored_name="a")
    storage.read(weight, (slice(0, 3, 1),))
    file.write_bytes(b"longer than before")
    with pytest.raises(FileChangedError):
        storage.read(weight, (slice(0, 3, 1),))
