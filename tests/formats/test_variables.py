"""The tables of variables against Keras itself: every layer class that it can build.

A process with Keras makes a model of each layer in several configurations, gives its variables
random numbers, and saves it as ``.keras``, ``.h5`` and ``.weights.h5``. What is opened here must
have the variables' real names, order and numbers.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from weightview.core.document import Document
from weightview.formats.variables.lookup import table, variables_of

pytestmark = [pytest.mark.referee, pytest.mark.slow]

_MAKE = Path(__file__).with_name("layers_by_keras.py")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    folder = tmp_path_factory.mktemp("layers")
    command = [sys.executable, str(_MAKE), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return folder, json.loads((folder / "results.json").read_text())


def problems_of(document: Document, case: dict, expected: list[np.ndarray]) -> list[str]:
    weights = document.model.weights
    names = [weight.name for weight in weights]
    if names != case["names"]:
        return [f"names {names}, expected {case['names']}"]
    found = []
    for weight, array, trainable in zip(weights, expected, case["trainable"], strict=True):
        values = np.asarray(document.read(weight)).astype(np.float64)
        if values.shape != array.shape or not np.array_equal(values, array):
            found.append(f"{weight.path}: other numbers, {values.shape} and {array.shape}")
        if weight.trainable != trainable:
            found.append(f"{weight.path}: trainable {weight.trainable}")
        if any(word.startswith("axis ") for word in weight.axes) and "scale" not in weight.name:
            found.append(f"{weight.path}: axes without words, {weight.axes}")
    return found


def test_every_layer_keras_builds_has_its_variables_named(
    made: tuple[Path, dict], open_document: Callable[[Path], Document]
) -> None:
    folder, results = made
    failed = {name: case["error"] for name, case in results["cases"].items() if "error" in case}
    assert failed == {}
    problems: dict[str, object] = {}
    for name, case in results["cases"].items():
        with np.load(folder / f"{name}.npz") as arrays:
            expected = [arrays[f"arr_{n}"] for n in range(len(arrays.files))]
        for suffix in (".keras", ".h5"):
            path = Path(case["paths"][suffix])
            if path.is_file():
                found = problems_of(open_document(path), case, expected)
                if found:
                    problems[f"{name}{suffix}"] = found
    assert problems == {}


def test_weights_alone_are_named_with_their_architecture(
    made: tuple[Path, dict], open_document: Callable[[Path], Document]
) -> None:
    from weightview.formats import load

    _, results = made
    for name, case in results["cases"].items():
        weights, whole = (Path(case["paths"][suffix]) for suffix in (".weights.h5", ".keras"))
        if weights.is_file() and whole.is_file():
            found = load(weights, architecture=whole)
            names = [weight.name for weight in found.model.weights]
            assert names == case["names"], name


def test_no_layer_class_with_weights_is_left_out(made: tuple[Path, dict]) -> None:
    _, results = made
    with_weights = {name for name, has in results["classes"].items() if has}
    # The parents of others, and layers that hold code instead of variables known beforehand.
    abstract = {"Layer", "RNN", "JaxLayer", "TFSMLayer"}
    assert {name for name in with_weights - abstract if variables_of(name) is None} == set()


def test_tables_name_every_variable_once() -> None:
    for class_name, entry in table().items():
        for config in ({}, {"use_bias": False}, {"renorm": True}):
            names = [variable.name for variable in entry.of(config)]
            assert len(names) == len(set(names)), class_name
            stored = [variable.name for variable in entry.stored(config)]
            assert sorted(stored) == sorted(v.name for v in entry.of(config) if v.stored)
