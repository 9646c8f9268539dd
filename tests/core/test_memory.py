"""The storage of a model that lives in memory."""

import numpy as np
import pytest

from weightview.core.errors import SaveError
from weightview.core.memory import MemoryStorage


def test_cells_are_copied(make_weight):
    array = np.arange(3, dtype=np.float32)
    storage = MemoryStorage({"a/w": array})
    read = storage.read(make_weight("a/w", (3,)), (slice(0, 2, 1),))
    read[:] = 9
    assert array.tolist() == [0, 1, 2]


def test_a_single_cell_is_an_array_without_axes(make_weight):
    storage = MemoryStorage({"a/w": np.arange(3, dtype=np.float32)})
    cell = storage.read(make_weight("a/w", (3,)), (1,))
    assert isinstance(cell, np.ndarray)
    assert cell.shape == ()


def test_there_is_no_file(tmp_path):
    storage = MemoryStorage({})
    assert storage.path is None
    assert not storage.can_save
    with pytest.raises(SaveError, match="memory") as caught:
        storage.save(tmp_path / "x.keras", ())
    assert caught.value.path == tmp_path / "x.keras"
