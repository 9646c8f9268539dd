"""How long the calculator takes, beside Keras' predict, plain call and tf.function, in one run.

    pytest tests/benchmarks/test_calculator_benchmarks.py --benchmark-only

Groups hold what is to be compared. The inputs change from round to round, so nothing is remembered.
"""

import itertools
import os
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import weightview
from weightview.core.document import Document

SHAPES = {"mlp_2000": (2000,), "mlp_4096": (784,), "lstm_128": (100, 16)}
MODELS = (*SHAPES, "resnet8")
WAYS = ("weightview", "predict", "call", "function")


@pytest.fixture(scope="module")
def keras() -> Any:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("keras")


def build(keras: Any, name: str) -> Any:
    layers = keras.layers
    stacks = {
        "mlp_2000": [layers.Dense(32, "relu"), layers.Dense(1, "sigmoid")],
        "mlp_4096": [
            layers.Dense(4096, "relu"),
            layers.Dense(4096, "relu"),
            layers.Dense(10, "softmax"),
        ],
        "lstm_128": [layers.LSTM(128)],
    }
    return keras.Sequential([layers.Input(SHAPES[name]), *stacks[name]])


@pytest.fixture(scope="module")
def both(keras, tmp_path_factory) -> Callable[[str, Path], tuple[Any, Document]]:
    made: dict[str, tuple[Any, Document]] = {}

    def get(name: str, models: Path) -> tuple[Any, Document]:
        if name not in made:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                if name == "resnet8":
                    path = models / "real" / "mlperf_tiny_resnet8.h5"
                    model = keras.saving.load_model(path, compile=False)
                else:
                    path = tmp_path_factory.mktemp("models") / f"{name}.keras"
                    model = build(keras, name)
                    model.save(path)
            made[name] = model, weightview.open_document(path)
        return made[name]

    return get


def samples(shape: tuple[int, ...]) -> Iterator[np.ndarray]:
    rng = np.random.default_rng(0)
    return itertools.cycle([rng.normal(size=shape).astype(np.float32) for _ in range(16)])


# Keras warns when a model with a list of inputs is called with one array, as everybody calls it.
@pytest.mark.filterwarnings("ignore:The structure of")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", MODELS)
def test_one_input_through_the_model(benchmark, both, shared_models, name, way) -> None:
    import tensorflow as tf

    benchmark.group = f"one input, {name}"
    model, document = both(name, shared_models)
    inputs = samples(tuple(model.input_shape[1:]))
    if way == "weightview":
        benchmark(lambda: weightview.propagate(document, next(inputs)))
    elif way == "predict":
        benchmark(lambda: model.predict(next(inputs)[np.newaxis], verbose=0))
    elif way == "call":
        benchmark(lambda: model(next(inputs)[np.newaxis], training=False))
    else:
        function = tf.function(lambda x: model(x, training=False))
        benchmark(lambda: function(tf.constant(next(inputs)[np.newaxis])))


@pytest.mark.parametrize("name", ["mlp_2000", "mlp_4096"])
def test_an_edit_to_the_new_output(benchmark, both, shared_models, name) -> None:
    benchmark.group = f"edit to new output, {name}"
    _, document = both(name, shared_models)
    x = next(samples(SHAPES[name]))
    kernel = document.model.weights[0]
    weightview.propagate(document, x)
    numbers = itertools.count(1)

    def edit() -> None:
        document.set_values(kernel, (3, 5), next(numbers) * 1e-3)
        weightview.propagate(document, x)

    benchmark(edit)


@pytest.mark.parametrize("name", ["mlp_4096", "lstm_128"])
def test_deriving_a_number(benchmark, both, shared_models, name) -> None:
    benchmark.group = f"one derivation, {name}"
    _, document = both(name, shared_models)
    trace = weightview.propagate(document, next(samples(SHAPES[name])))
    step = trace.steps[-2 if name == "mlp_4096" else -1]
    stage = "output" if name == "mlp_4096" else "recurrent_sum"
    index = tuple(n // 2 for n in step.stage(stage).value.shape)
    benchmark(lambda: weightview.derive(trace, step.layer_path, index, stage))
