"""Write the example models that ship with the program, from the numbers in example_weights.json.

Run by hand, in an environment with Keras 3::

    uv run --extra test python packaging/write_examples.py

The arrays are the same on every run, and so are the files' bytes while Keras and h5py stay the
same: what Keras fills in from the clock and from memory addresses is replaced by fixed text.

* ``two_thousand_inputs``: 2000 -> Dense(32, relu) -> Dense(1, sigmoid). Two rows of the first
  kernel are known, the rest is drawn as Keras' ``glorot_uniform`` does, with a fixed seed.
* ``line``: y = 2x + 5, learned by Dense(16, relu) -> Dense(1).
* ``four_layers``: 8 -> 5 -> 5 -> 5 -> 32, all sigmoid.
"""

import io
import json
import os
import re
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parent / "weightview" / "resources" / "examples"
DATE = "2026-11-21@00:00:00"
SEED = 2000
KNOWN_ROWS = "dense_1/kernel, rows 0 and 1"

Array = np.ndarray[Any, np.dtype[np.float32]]


def glorot_uniform(rng: np.random.Generator, shape: tuple[int, int]) -> Array:
    """Return numbers of the range of Keras' ``GlorotUniform``: ±sqrt(6 / (inputs + units))."""
    limit = np.sqrt(6.0 / sum(shape))
    return rng.uniform(-limit, limit, shape).astype(np.float32)


def weights_of(name: str) -> dict[str, Array]:
    """Return the arrays of one example by their path, ``dense/kernel``."""
    numbers = json.loads((HERE / "example_weights.json").read_text(encoding="utf-8"))[name]
    known = {path: np.array(values, dtype=np.float32) for path, values in numbers.items()}
    if KNOWN_ROWS not in known:
        return known
    rng = np.random.default_rng(SEED)
    kernel = glorot_uniform(rng, (2000, 32))
    kernel[:2] = known[KNOWN_ROWS]
    return {
        "dense_1/kernel": kernel,
        "dense_1/bias": np.zeros(32, dtype=np.float32),
        "dense_2/kernel": glorot_uniform(rng, (32, 1)),
        "dense_2/bias": np.zeros(1, dtype=np.float32),
    }


def architectures() -> dict[str, Any]:
    """Return the three models as Keras builds them, compiled as they were trained."""
    from keras import Input, Sequential
    from keras.layers import Dense

    first = Sequential(
        [
            Input((2000,), name="inputs"),
            Dense(32, activation="relu", name="dense_1"),
            Dense(1, activation="sigmoid", name="dense_2"),
        ],
        name="two_thousand_inputs",
    )
    first.compile("sgd", "binary_crossentropy")
    second = Sequential(
        [
            Input((1,), name="x"),
            Dense(16, activation="relu", name="dense"),
            Dense(1, name="dense_1"),
        ],
        name="line",
    )
    second.compile("adam", "mean_squared_error", metrics=["mse"])
    third = Sequential(
        [
            Input((8,), name="inputs"),
            *(Dense(5, activation="sigmoid", name=f"dense_{i}") for i in (1, 2, 3)),
            Dense(32, activation="sigmoid", name="dense_4"),
        ],
        name="four_layers",
    )
    third.compile("adam", "mean_squared_error", metrics=["acc"])
    return {model.name: model for model in (first, second, third)}


def without_addresses(config: str) -> str:
    """Return a config in which Keras' ``shared_object_id`` (a memory address) is counted from 1."""
    numbers: dict[str, str] = {}

    def counted(match: re.Match[str]) -> str:
        number = numbers.setdefault(match[2], str(len(numbers) + 1))
        return f"{match[1]}{number}"

    return re.sub(r'("shared_object_id": )(\d+)', counted, config)


def write_archive(model: Any, target: Path) -> None:
    """Save ``model`` as ``.keras``, with fixed dates in the ZIP and in ``metadata.json``."""
    with tempfile.TemporaryDirectory() as folder:
        saved = Path(folder) / target.name
        model.save(saved)
        with zipfile.ZipFile(saved) as archive:
            members = {info.filename: archive.read(info) for info in archive.infolist()}
    metadata = json.loads(members["metadata.json"])
    metadata["date_saved"] = DATE
    members["metadata.json"] = json.dumps(metadata).encode()
    members["config.json"] = without_addresses(members["config.json"].decode()).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)  # dated 1980-01-01
    target.write_bytes(buffer.getvalue())


def write_examples(folder: Path) -> None:
    """Write all examples into ``folder``; the large one as ``.keras`` only."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, model in architectures().items():
        arrays = weights_of(name)
        paths = [
            f"{layer.name}/{weight.name}" for layer in model.layers for weight in layer.weights
        ]
        model.set_weights([arrays[path] for path in paths])
        write_archive(model, folder / f"{name}.keras")
        if model.count_params() < 1000:  # noqa: PLR2004 - small
            model.save(folder / f"{name}.h5")
            model.save_weights(folder / f"{name}.weights.h5")


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    write_examples(Path(sys.argv[1]) if len(sys.argv) > 1 else EXAMPLES)
