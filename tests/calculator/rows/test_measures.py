"""Losses and metrics over rows equal those of Keras."""

from typing import Any

import numpy as np
import pytest

from weightview.calculator.rows.compiled import measure_named, measures_of
from weightview.calculator.rows.measures import MEASURES

RANDOM = np.random.default_rng(1)

REAL = (
    "mean_squared_error", "mean_absolute_error", "root_mean_squared_error",
    "mean_absolute_percentage_error", "mean_squared_logarithmic_error", "huber", "log_cosh",
)  # fmt: skip


def cases() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    logits = RANDOM.normal(0, 2, (40, 5))
    softmax = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    labels = RANDOM.integers(0, 5, 40)
    sigmoid = 1 / (1 + np.exp(-RANDOM.normal(0, 3, (40, 3))))
    return {
        **{name: (RANDOM.normal(1, 2, (40, 3)), RANDOM.normal(1, 2, (40, 3))) for name in REAL},
        "binary_crossentropy": (RANDOM.integers(0, 2, (40, 3)).astype(float), sigmoid),
        "binary_accuracy": (RANDOM.integers(0, 2, (40, 3)).astype(float), sigmoid),
        "categorical_crossentropy": (np.eye(5)[labels], softmax),
        "categorical_accuracy": (np.eye(5)[labels], softmax),
        "sparse_categorical_crossentropy": (labels[:, None].astype(float), softmax),
        "sparse_categorical_accuracy": (labels[:, None].astype(float), softmax),
    }


CASES = cases()


def test_every_measure_is_compared() -> None:
    assert set(CASES) == set(MEASURES)


@pytest.mark.referee
@pytest.mark.parametrize("name", CASES)
def test_a_measure_equals_that_of_keras(name: str, keras: Any) -> None:
    expected, output = CASES[name]
    if name == "root_mean_squared_error":
        metric = keras.metrics.RootMeanSquaredError()
    else:
        metric = (
            keras.losses.get(name) if name in ("huber", "log_cosh") else keras.metrics.get(name)
        )
    theirs = np.mean(np.asarray(metric(expected.astype(np.float32), output.astype(np.float32))))
    assert MEASURES[name].over(expected, output) == pytest.approx(float(theirs), rel=1e-4)


@pytest.mark.parametrize(
    ("name", "expected", "output", "meant"),
    [
        ("mse", (4, 1), (4, 1), "mean_squared_error"),
        ("MeanSquaredError", (4, 1), (4, 1), "mean_squared_error"),
        ("BinaryCrossentropy", (4, 1), (4, 1), "binary_crossentropy"),
        ("SparseCategoricalCrossentropy", (4, 1), (4, 3), "sparse_categorical_crossentropy"),
        ("accuracy", (4, 1), (4, 1), "binary_accuracy"),
        ("accuracy", (4, 3), (4, 3), "categorical_accuracy"),
        ("accuracy", (4, 1), (4, 3), "sparse_categorical_accuracy"),
    ],
)
def test_a_name_means_what_keras_means_by_it(
    name: str, expected: tuple[int, ...], output: tuple[int, ...], meant: str
) -> None:
    found = measure_named(name, np.zeros(expected), np.zeros(output))
    assert found is not None
    assert found.name == meant


def test_a_name_of_someones_own_means_nothing() -> None:
    assert measure_named("my_loss", np.zeros((1, 1)), np.zeros((1, 1))) is None


def test_without_a_compiled_loss_squares_are_taken_and_accuracy_for_classes() -> None:
    numbers = measures_of({}, np.array([[2.0]]), np.array([[1.5]]))
    assert [m.name for m in numbers.measures] == ["mean_squared_error", "mean_absolute_error"]
    classes = measures_of({}, np.array([[1.0]]), np.array([[0.7]]))
    assert [m.name for m in classes.measures][-1] == "binary_accuracy"


def test_the_compiled_loss_and_metrics_come_first() -> None:
    compiled = {"loss": "categorical_crossentropy", "metrics": ["accuracy", "mae"]}
    found = measures_of(compiled, np.eye(3), np.eye(3))
    assert [m.name for m in found.measures] == [
        "categorical_crossentropy",
        "categorical_accuracy",
        "mean_absolute_error",
    ]


@pytest.mark.parametrize(
    "entry",
    [
        "my_loss",
        {"class_name": "function", "config": "my_loss"},
        {"class_name": "MyLoss", "config": {}},
    ],
)
def test_a_loss_of_someones_own_is_named_as_unknown(entry: Any) -> None:
    asked = measures_of({"loss": entry}, np.array([[2.0]]), np.array([[1.5]]))
    assert asked.unknown[0].replace("_", "").lower() == "myloss"
    assert asked.measures[0].name == "mean_squared_error"


def test_a_setting_that_is_not_known_here_makes_the_measure_unknown() -> None:
    loss = {"class_name": "SparseCategoricalCrossentropy", "config": {"ignore_class": 2}}
    asked = measures_of({"loss": loss}, np.array([[2.0]]), np.eye(3)[:1])
    assert asked.unknown == ("SparseCategoricalCrossentropy",)


@pytest.mark.parametrize(
    "config",
    [
        {"loss": ["mse", "mae"], "metrics": [["rmse"], ["mae"]]},
        {"loss": {"a": "mse", "b": "mae"}, "metrics": {"a": ["rmse"], "b": "mae"}},
    ],
)
def test_of_several_outputs_the_first_ones_measures_are_taken(config: Any) -> None:
    asked = measures_of(config, np.array([[2.0]]), np.array([[1.5]]), ("a", "b"))
    assert [m.name for m in asked.measures] == ["mean_squared_error", "root_mean_squared_error"]
