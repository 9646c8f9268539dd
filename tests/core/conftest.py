"""Documents made of arrays in memory, and a storage that writes them to a file."""

from pathlib import Path

import numpy as np
import pytest

from weightview.core.document import Document
from weightview.core.memory import MemoryStorage
from weightview.core.model import Layer, Model, Weight


def _weight(path, shape, dtype="float32", **more):
    layer_path, _, name = path.rpartition("/")
    axes = tuple(f"axis {i}" for i in range(len(shape)))
    fields = {
        "name": name,
        "path": path,
        "shape": tuple(shape),
        "dtype": np.dtype(dtype),
        "axes": axes,
        "keras_index": 0,
        "stored_name": path,
        "role": name,
        "layer_path": layer_path,
    }
    return Weight(**(fields | more))


def _document(storage_class=MemoryStorage, **arrays):
    """Make a document of one layer, ``dense``, that has ``arrays`` by weight name."""
    weights = tuple(
        _weight(f"dense/{name}", array.shape, array.dtype, keras_index=index, layer_index=index)
        for index, (name, array) in enumerate(arrays.items())
    )
    layer = Layer("dense", "dense", "Dense", {"name": "dense"}, weights)
    model = Model("small", "Sequential", (layer,), weights, generation=3)
    return Document(model, storage_class({f"dense/{name}": a for name, a in arrays.items()}))


class FileStorage:
    """A format for tests: one file per model, the weights' bytes one after another."""

    def __init__(self, arrays, path=None):
        self._arrays = {name: np.array(array) for name, array in arrays.items()}
        self.path = path or Path("small.bytes")
        self.can_save = True
        self.reads = []

    def read(self, weight, region):
        self.reads.append((weight.path, region))
        return np.array(self._arrays[weight.path][region], dtype=weight.dtype)

    def save(self, target, blocks):
        written = FileStorage(self._arrays, Path(target))
        for block in blocks:
            flat = written._arrays[block.weight.path].reshape(-1)
            flat[block.start : block.start + block.values.size] = block.values
        written.path.write_bytes(b"".join(a.tobytes() for a in written._arrays.values()))
        return written


@pytest.fixture(scope="session")
def make_weight():
    return _weight


@pytest.fixture(scope="session")
def make_document():
    return _document


@pytest.fixture(scope="session")
def file_storage():
    return FileStorage


@pytest.fixture
def document():
    """A document with a (3, 4) kernel 0 .. 11 and a bias of four zeros."""
    kernel = np.arange(12, dtype=np.float32).reshape(3, 4)
    return _document(kernel=kernel, bias=np.zeros(4, np.float32))


@pytest.fixture
def filed_document():
    """The same, in a storage that can save."""
    kernel = np.arange(12, dtype=np.float32).reshape(3, 4)
    return _document(FileStorage, kernel=kernel, bias=np.zeros(4, np.float32))
