"""A custom class that is named like one of Keras' is never computed as that one."""

import json
import shutil
from pathlib import Path

import h5py

from weightview import api
from weightview.formats import load


def with_class(source: Path, target: Path, before: str, after: str) -> Path:
    shutil.copy(source, target)
    with h5py.File(target, "r+") as file:
        config = json.loads(file.attrs["model_config"])
        for layer in config["config"]["layers"]:
            if layer["class_name"] == before:
                layer["class_name"] = after
        file.attrs["model_config"] = json.dumps(config)
    return target


def test_someones_own_dense_is_not_computed_as_keras_dense(examples: Path, tmp_path: Path) -> None:
    file = with_class(examples / "line.h5", tmp_path / "own.h5", "Dense", "my_pkg>Dense")
    document = api.open_document(file)
    layer = document.model.layer("dense")
    assert layer.registered_name == "my_pkg>Dense"
    trace = api.propagate(document, [10.0], elsewhere=False)
    assert trace["dense"].computed_by is None
    assert "does not know" in trace["dense"].reason


def test_its_weights_are_all_there(examples: Path, tmp_path: Path) -> None:
    file = with_class(examples / "line.h5", tmp_path / "own.h5", "Dense", "my_pkg>Dense")
    assert [weight.shape for weight in load(file).model.weights] == [(1, 16), (16,), (16, 1), (1,)]


def test_a_class_that_keras_registered_itself_is_its_own(examples: Path, tmp_path: Path) -> None:
    file = with_class(examples / "line.h5", tmp_path / "keras.h5", "Dense", "Keras>Dense")
    trace = api.propagate(api.open_document(file), [10.0], elsewhere=False)
    assert abs(float(trace.output[0]) - 25.00466) < 1e-4
