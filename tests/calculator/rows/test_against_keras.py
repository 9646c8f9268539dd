"""Measures over a table equal what ``keras.Model.evaluate`` gives for the saved, compiled model."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from weightview.calculator.rows.evaluation import evaluate
from weightview.core.values import Values

RANDOM = np.random.default_rng(8)
ROWS = RANDOM.normal(0, 1, (300, 4)).astype(np.float32)


def classes(count: int) -> np.ndarray:
    return np.eye(count, dtype=np.float32)[RANDOM.integers(0, count, len(ROWS))]


def bits(count: int) -> np.ndarray:
    return RANDOM.integers(0, 2, (len(ROWS), count)).astype(np.float32)


def numbers(count: int) -> np.ndarray:
    return RANDOM.normal(0, 2, (len(ROWS), count)).astype(np.float32)


def compilations(keras: Any) -> dict[str, tuple[Any, Any, list[Any], np.ndarray]]:
    """Return by name the last activation, loss, metrics and expected outputs."""
    loss, metrics, layers = keras.losses, keras.metrics, keras.layers
    sparse = RANDOM.integers(0, 3, (len(ROWS), 1)).astype(np.float32)
    return {
        "mse": ("linear", "mse", ["mae"], numbers(2)),
        "objects": (
            "linear", loss.MeanSquaredError(),
            [metrics.MeanAbsoluteError(), metrics.RootMeanSquaredError()], numbers(2),
        ),
        "huber": ("linear", loss.Huber(), ["mape"], numbers(1) + 20),
        "binary": (
            "sigmoid", "binary_crossentropy",
            ["accuracy", metrics.BinaryAccuracy(name="strict", threshold=0.8)], bits(1),
        ),
        "binary of several": ("sigmoid", "binary_crossentropy", ["mae"], bits(3)),
        "logits": (
            "linear", loss.BinaryCrossentropy(from_logits=True, label_smoothing=0.1),
            ["mse"], bits(1),
        ),
        "categorical": ("softmax", "categorical_crossentropy", ["accuracy", "mse"], classes(3)),
        "softmax layer": (
            layers.Softmax(), loss.CategoricalCrossentropy(label_smoothing=0.2), ["acc"],
            classes(3),
        ),
        "sparse": ("softmax", "sparse_categorical_crossentropy", ["accuracy"], sparse),
        "sparse logits": (
            "linear", loss.SparseCategoricalCrossentropy(from_logits=True), ["accuracy"], sparse,
        ),
    }  # fmt: skip


NAMES = (
    "mse", "objects", "huber", "binary", "binary of several", "logits", "categorical",
    "softmax layer", "sparse", "sparse logits",
)  # fmt: skip


def compiled(keras: Any, name: str, scale: float) -> tuple[Any, np.ndarray]:
    ending, loss, metrics, expected = compilations(keras)[name]
    width = 3 if name.startswith("sparse") else expected.shape[1]
    is_layer = not isinstance(ending, str)
    model = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(5, "tanh", name="hidden"),
            keras.layers.Dense(width, None if is_layer else ending, name="last"),
            *([ending] if is_layer else []),
        ]
    )
    for layer in model.layers:
        layer.set_weights([RANDOM.normal(0, scale, w.shape) for w in layer.get_weights()])
    model.compile(loss=loss, metrics=metrics)
    return model, expected


@pytest.mark.referee
@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("suffix", ["keras", "h5"])
@pytest.mark.parametrize("scale", [1.0, 30.0], ids=["plain", "saturated"])
@pytest.mark.parametrize("name", NAMES)
def test_measures_equal_evaluate_before_and_after_an_edit(
    name: str, scale: float, suffix: str, keras: Any, tmp_path: Path
) -> None:
    from weightview.formats import load

    theirs, expected = compiled(keras, name, scale)
    path = tmp_path / f"model.{suffix}"
    theirs.save(path)
    opened = load(path)
    weight = next(w for w in opened.model.weights if w.path.endswith("last/kernel"))
    values = Values(opened.storage)

    def compare(values: Values) -> None:
        ours = evaluate(opened.model, values, ROWS, expected)
        assert not ours.unknown
        wanted = list(theirs.evaluate(ROWS, expected, batch_size=64, verbose=0, return_dict=False))
        assert list(ours.measures.values()) == pytest.approx(wanted, rel=1e-4, abs=1e-4)

    compare(values)
    kernel, bias = theirs.get_layer("last").get_weights()
    kernel[2, 0] += 1.5
    theirs.get_layer("last").set_weights([kernel, bias])
    compare(values.with_edit(weight, (2, 0), kernel[2, 0]))


@pytest.mark.referee
def test_every_compilation_is_compared(keras: Any) -> None:
    assert set(compilations(keras)) == set(NAMES)


def regularized(keras: Any) -> Any:
    """Return a compiled model with a regularizer of every kind, on weights and on outputs."""
    layers, r = keras.layers, keras.regularizers
    frozen = layers.Dense(5, kernel_regularizer="l2", name="frozen")
    frozen.trainable = False
    model = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(
                5, "tanh", kernel_regularizer=r.L1(0.02), bias_regularizer=r.L2(0.3), name="hidden"
            ),
            frozen,
            layers.BatchNormalization(gamma_regularizer=r.L1L2(0.01, 0.02)),
            layers.ActivityRegularization(0.03, 0.04),
            layers.Reshape((5, 1)),
            layers.SeparableConv1D(
                3, 2, depthwise_regularizer="l1", pointwise_regularizer=r.L1L2(l2=0.1)
            ),
            layers.Flatten(),
            layers.Dense(2, activity_regularizer=r.L2(0.05), name="last"),
        ]
    )
    for layer in model.layers:
        layer.set_weights([RANDOM.normal(0.5, 0.4, w.shape) ** 2 for w in layer.get_weights()])
    model.compile(loss="mse", metrics=["mae"])
    return model


@pytest.mark.referee
@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("suffix", ["keras", "h5"])
def test_the_loss_with_its_penalties_equals_evaluate(
    suffix: str, keras: Any, tmp_path: Path
) -> None:
    from weightview.formats import load

    theirs = regularized(keras)
    path = tmp_path / f"model.{suffix}"
    theirs.save(path)
    opened = load(path)
    expected = RANDOM.normal(0, 1, (len(ROWS), 2))
    ours = evaluate(opened.model, Values(opened.storage), ROWS, expected)
    assert not ours.unknown
    loss, mae = theirs.evaluate(ROWS, expected, batch_size=7, verbose=0)
    assert ours.loss == pytest.approx(loss, rel=1e-5)
    assert ours.measures["mean_absolute_error"] == pytest.approx(mae, rel=1e-5)
    assert not any(path.startswith("frozen") for path in ours.penalties)
    assert len(ours.penalties) == 7
