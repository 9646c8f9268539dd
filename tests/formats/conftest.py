"""What the tests of formats share: opening, and reading with Keras in a process of its own."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from weightview.core.document import Document
from weightview.formats import load

_KERAS = """
import os, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
import numpy as np
if sys.argv[1] == "tf_keras":
    import tf_keras as keras
else:
    import keras
model = keras.models.load_model(sys.argv[2], compile=False)
np.savez(sys.argv[3], *model.get_weights())
"""


@pytest.fixture(scope="session")
def open_document() -> Callable[[Path], Document]:
    def opened(path: Path) -> Document:
        found = load(path)
        return Document(found.model, found.storage, found.warnings)

    return opened


@pytest.fixture
def weights_by_keras(tmp_path: Path) -> Callable[..., list[np.ndarray]]:
    """Return a function that gives ``get_weights()`` of a file as Keras loads it."""

    def load_weights(path: Path, library: str = "keras") -> list[np.ndarray]:
        result = tmp_path / "by_keras.npz"
        command = [sys.executable, "-c", _KERAS, library, str(path), str(result)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        with np.load(result) as arrays:
            return [arrays[f"arr_{number}"] for number in range(len(arrays.files))]

    return load_weights
