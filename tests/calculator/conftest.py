"""Models in memory, built by hand or from a live Keras model's config and weights."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from weightview.core.memory import MemoryStorage
from weightview.core.model import Graph, Layer, Model, Node, TensorRef, Weight
from weightview.core.values import Values

LayerSpec = tuple[str, Mapping[str, Any], Mapping[str, Any]]


def build_layer(
    class_name: str,
    name: str,
    config: Mapping[str, Any],
    arrays: Mapping[str, Any],
    store: dict[str, np.ndarray],
) -> Layer:
    weights = []
    for index, (role, array) in enumerate(arrays.items()):
        values = np.asarray(array)
        values = values.astype(np.float32) if values.dtype.kind in "if" else values
        path = f"{name}/{role}"
        axes = tuple(f"axis {i}" for i in range(values.ndim))
        weights.append(
            Weight(role, path, values.shape, values.dtype, axes, None, path, role, name, index)
        )
        store[path] = values
    return Layer(name, name, class_name, {"name": name, **config}, tuple(weights))


def build_sequential(
    input_shape: Sequence[int | None], *specs: LayerSpec, generation: int = 3
) -> tuple[Model, Values]:
    """Return a model of layers in a row, each ``(class_name, config, weights by role)``."""
    store: dict[str, np.ndarray] = {}
    batch_shape = [None, *input_shape]
    layers = [Layer("input_layer", "input_layer", "InputLayer", {"batch_shape": batch_shape})]
    nodes = [Node("input_layer", 0, ())]
    last = TensorRef("input_layer")
    counts: dict[str, int] = {}
    for class_name, config, arrays in specs:
        number = counts.get(class_name, 0)
        counts[class_name] = number + 1
        base = class_name.lower()
        name = str(config.get("name", f"{base}_{number}" if number else base))
        layers.append(build_layer(class_name, name, config, arrays, store))
        nodes.append(Node(name, 0, (last,)))
        last = TensorRef(name)
    graph = Graph(tuple(nodes), (TensorRef("input_layer"),), (last,), ("input_layer",), ("out",))
    weights = tuple(w for layer in layers for w in layer.weights)
    model = Model(
        "sequential", "Sequential", tuple(layers), weights, graph=graph, generation=generation
    )
    return model, Values(MemoryStorage(store))


@pytest.fixture
def sequential() -> Callable[..., tuple[Model, Values]]:
    return build_sequential


@pytest.fixture(scope="session")
def keras() -> Any:
    """Return Keras 3 itself, the referee; only for tests marked ``referee``."""
    import os
    import warnings

    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("keras")


@pytest.fixture(scope="session")
def tf_keras() -> Any:
    """Return the legacy Keras 2, the referee of old meanings."""
    import os
    import warnings

    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("tf_keras")
