"""What the window's tests share: documents without a file, a selection, settings of their own."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QSettings

from weightview.core.document import Document
from weightview.core.memory import MemoryStorage
from weightview.core.model import Graph, Layer, Model, Node, TensorRef, Weight
from weightview.gui.main_window import MainWindow
from weightview.gui.selection import Selection
from weightview.gui.settings import Settings
from weightview.gui.theme import theme
from weightview.gui.windows import Windows

UNITS = (8, 5, 5, 5, 32)

DocumentMaker = Callable[..., Document]


def weight_of(
    layer: str, name: str, shape: tuple[int, ...], axes: tuple[str, ...], index: int
) -> Weight:
    return Weight(
        name=name,
        path=f"{layer}/{name}",
        shape=shape,
        dtype=np.dtype(np.float32),
        axes=axes,
        keras_index=index,
        stored_name=f"layers/{layer}/vars/{index % 2}",
        role=name,
        layer_path=layer,
        layer_index=index % 2,
        expression=f"model.get_weights()[{index}]",
    )


def dense_layer(name: str, inputs: int, units: int, first_index: int, activation: str) -> Layer:
    config = {
        "name": name,
        "trainable": True,
        "dtype": "float32",
        "units": units,
        "activation": activation,
        "use_bias": True,
    }
    weights = (
        weight_of(name, "kernel", (inputs, units), ("input", "unit"), first_index),
        weight_of(name, "bias", (units,), ("unit",), first_index + 1),
    )
    return Layer(
        name=name,
        path=name,
        class_name="Dense",
        config=config,
        weights=weights,
        module="keras.layers",
        input_shape=(None, inputs),
        output_shape=(None, units),
    )


def dense_model(units: tuple[int, ...], activation: str) -> Model:
    pairs = list(itertools.pairwise(units))
    layers = tuple(
        dense_layer(f"dense_{i + 1}", a, b, 2 * i, activation) for i, (a, b) in enumerate(pairs)
    )
    input_layer = Layer(
        name="inputs",
        path="inputs",
        class_name="InputLayer",
        config={"name": "inputs", "batch_shape": [None, units[0]], "dtype": "float32"},
        module="keras.layers",
        input_shape=(None, units[0]),
        output_shape=(None, units[0]),
    )
    names = ["inputs", *(layer.name for layer in layers)]
    nodes = tuple(
        Node(name, 0, (TensorRef(names[i - 1]),) if i else ()) for i, name in enumerate(names)
    )
    graph = Graph(nodes, (TensorRef("inputs"),), (TensorRef(names[-1]),), ("inputs",), (names[-1],))
    return Model(
        name="four_layers",
        class_name="Sequential",
        layers=(input_layer, *layers),
        weights=tuple(weight for layer in layers for weight in layer.weights),
        config={"name": "four_layers"},
        graph=graph,
        generation=3,
        keras_version="3.15.0",
        backend="tensorflow",
        input_shape=(None, units[0]),
        output_shape=(None, units[-1]),
        format_name="Keras 3 archive (.keras)",
    )


def numbers_for(model: Model) -> dict[str, Any]:
    rng = np.random.default_rng(5)
    return {
        weight.path: rng.uniform(-0.7, 0.7, weight.shape).astype(weight.dtype)
        for weight in model.weights
    }


@pytest.fixture
def make_dense_document() -> DocumentMaker:
    """Return a maker of documents in memory: units of each layer, the activation of all."""

    def make(units: tuple[int, ...] = UNITS, activation: str = "sigmoid") -> Document:
        model = dense_model(units, activation)
        return Document(model, MemoryStorage(numbers_for(model)))

    return make


@pytest.fixture
def dense_document(make_dense_document: DocumentMaker) -> Document:
    """Return 8 -> 5 -> 5 -> 5 -> 32, all sigmoid, 297 parameters, in memory."""
    return make_dense_document()


@pytest.fixture
def selection(qapp: Any) -> Selection:
    return Selection()


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give each test settings and a log folder of its own: a person's are never touched."""
    folder = tmp_path / "settings"
    folder.mkdir()
    for variable in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(variable, str(folder))
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(folder))
    yield folder


@pytest.fixture(autouse=True)
def same_theme_afterwards(qapp: Any) -> Iterator[None]:
    yield
    if theme().choice != "system":
        theme().choose("system")


@pytest.fixture
def windows(qapp: Any, own_settings: Path) -> Iterator[Windows]:
    """Return the program's windows, none open yet; all are closed unasked at the end."""
    result = Windows(Settings())
    yield result
    for window in result.all:
        if window.document is not None:
            window.document.revert()
        window.close()
    result.deleteLater()


@pytest.fixture
def window(windows: Windows, qtbot: Any) -> MainWindow:
    """Return an empty window that is shown."""
    result = windows.new_window()
    qtbot.waitExposed(result)
    return result


@pytest.fixture(autouse=True)
def without_tensorflow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let TensorFlow be absent, so that no test starts it; each test has a worker of its own."""
    from weightview.worker import client, launching

    monkeypatch.setattr(launching, "is_installed", lambda: False)
    worker = client.Worker()
    monkeypatch.setattr(client, "shared_worker", lambda: worker)
