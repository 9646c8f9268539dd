"""What the tests of formats share: the files of the sets, opening, and what Keras itself reads."""

import functools
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
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


_SETS = (
    Path(__file__).resolve().parents[1] / "data",
    Path(
        os.environ.get(
            "WEIGHTVIEW_MODELS", Path(__file__).resolve().parents[3] / "shared" / "models"
        )
    ),
)
"""A selection that is part of the project, and the large set, which may be absent."""


@dataclass(frozen=True)
class Entry:
    """One file or folder of the set with what is expected of it."""

    path: Path
    kind: str
    expect: Path | None
    architecture: Path | None
    classes: frozenset[str]

    @property
    def needs_tensorflow(self) -> bool:
        """Whether TensorFlow's process reads it."""
        return any(word in self.kind for word in ("Saved", "checkpoint", "Saver"))

    def __str__(self) -> str:
        name = str(self.path.relative_to(self.path.parents[1]))
        return f"data/{name}" if _SETS[0] in self.path.parents else name


@functools.cache
def entries() -> list[Entry]:
    return [entry for folder in _SETS for entry in entries_of(folder)]


def entries_of(models: Path) -> list[Entry]:
    if not (models / "INDEX.json").is_file():
        return []
    found = []
    for entry in json.loads((models / "INDEX.json").read_text())["entries"]:
        folder = (models / entry["file"]).parent
        files = entry.get("files") or {Path(entry["file"]).name: {"kind": entry.get("kind", "")}}
        described = [name for name in files if is_whole(name, files[name]["kind"])]
        for name, about in files.items():
            if about["kind"] == "architecture json":
                continue
            expect = models / entry["expect"] if entry.get("expect") else None
            architecture = folder / described[0] if described else None
            classes = frozenset(entry.get("layer_classes") or ()) | {str(entry.get("model_class"))}
            found.append(Entry(folder / name, about["kind"], expect, architecture, classes))
    return found


def is_whole(name: str, kind: str) -> bool:
    if kind in ("SavedModel", "TF checkpoint") or "checkpoint" in kind or "Saved" in kind:
        return False
    return "weights" not in name


def parameters() -> list[object]:
    absent = pytest.mark.skip("the large set of models is absent (set WEIGHTVIEW_MODELS)")
    known = (_SETS[1] / "INDEX.json").is_file()
    referee = [pytest.mark.referee]
    found = [
        pytest.param(entry, id=str(entry), marks=referee if entry.needs_tensorflow else [])
        for entry in entries()
    ]
    return found if known else [*found, pytest.param(None, id="the large set", marks=absent)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that takes an ``entry`` for each file of the sets."""
    if "entry" in metafunc.fixturenames:
        metafunc.parametrize("entry", parameters())


@pytest.fixture(scope="session")
def open_document() -> Callable[..., Document]:
    def opened(path: Path, architecture: Path | None = None) -> Document:
        found = load(path, architecture=architecture)
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
