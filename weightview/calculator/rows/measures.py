"""Losses and metrics over rows, by the formulas of ``keras.losses`` and ``keras.metrics``."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from weightview.core.values import Array

_EPSILON = 1e-7  # keras.config.epsilon()
_THRESHOLD = 0.5  # keras.metrics.binary_accuracy

RowMeasure = Callable[[Array, Array], Array]
"""Takes what was expected and what came out, each ``(rows, ...)``, in float64; one number a row."""


@dataclass(frozen=True)
class Measure:
    """One loss or metric.

    Attributes:
        name: as Keras' history calls it, such as ``mean_squared_error``.
        by_row: one number for each row; the measure is their mean.
        is_error: whether less is better.
    """

    name: str
    by_row: RowMeasure
    is_error: bool = True

    def over(self, expected: Array, output: Array) -> float:
        """Return the measure over all rows."""
        return float(np.mean(self.by_row(expected, output)))


def _mean_of_row(values: Array) -> Array:
    result: Array = values.reshape(values.shape[0], -1).mean(axis=-1)
    return result


def _squared(expected: Array, output: Array) -> Array:
    return _mean_of_row((expected - output) ** 2)


def _absolute(expected: Array, output: Array) -> Array:
    return _mean_of_row(np.abs(expected - output))


def _binary_crossentropy(expected: Array, output: Array) -> Array:
    p = np.clip(output, _EPSILON, 1 - _EPSILON)
    return _mean_of_row(-(expected * np.log(p) + (1 - expected) * np.log(1 - p)))


def _categorical_crossentropy(expected: Array, output: Array) -> Array:
    p = output / output.sum(axis=-1, keepdims=True)
    p = np.clip(p, _EPSILON, 1 - _EPSILON)
    return _mean_of_row(-(expected * np.log(p)).sum(axis=-1))


def _labels(expected: Array, output: Array) -> Array:
    labels = expected[..., 0] if expected.ndim == output.ndim else expected
    return labels.astype(np.intp)


def _sparse_crossentropy(expected: Array, output: Array) -> Array:
    p = output / output.sum(axis=-1, keepdims=True)
    p = np.clip(p, _EPSILON, 1 - _EPSILON)
    labels = _labels(expected, output)[..., np.newaxis]
    return _mean_of_row(-np.log(np.take_along_axis(p, labels, axis=-1)))


def _binary_accuracy(expected: Array, output: Array) -> Array:
    return _mean_of_row(((output > _THRESHOLD) == expected).astype(np.float64))


def _categorical_accuracy(expected: Array, output: Array) -> Array:
    same = expected.argmax(axis=-1) == output.argmax(axis=-1)
    return _mean_of_row(np.atleast_1d(same).astype(np.float64))


def _sparse_accuracy(expected: Array, output: Array) -> Array:
    same = _labels(expected, output) == output.argmax(axis=-1)
    return _mean_of_row(same.astype(np.float64))


MEASURES: Mapping[str, Measure] = {
    measure.name: measure
    for measure in (
        Measure("mean_squared_error", _squared),
        Measure("mean_absolute_error", _absolute),
        Measure("binary_crossentropy", _binary_crossentropy),
        Measure("categorical_crossentropy", _categorical_crossentropy),
        Measure("sparse_categorical_crossentropy", _sparse_crossentropy),
        Measure("binary_accuracy", _binary_accuracy, is_error=False),
        Measure("categorical_accuracy", _categorical_accuracy, is_error=False),
        Measure("sparse_categorical_accuracy", _sparse_accuracy, is_error=False),
    )
}

_ALIASES = {"mse": "mean_squared_error", "mae": "mean_absolute_error"}
_WORDS = {"MeanSquaredError": "mean_squared_error", "MeanAbsoluteError": "mean_absolute_error"}


def measure_named(name: str, expected: Array, output: Array) -> Measure | None:
    """Return the measure that Keras means by ``name`` for arrays of these shapes, or None.

    ``accuracy`` is binary for one number, sparse for labels, else categorical, as in
    ``keras.src.trainers.compile_utils``.
    """
    word = _WORDS.get(name, _snake(name)).lower()
    word = _ALIASES.get(word, word)
    if word in ("accuracy", "acc", "crossentropy", "ce"):
        kind = _kind(expected, output)
        word = f"{kind}_accuracy" if word.startswith("acc") else f"{kind}_crossentropy"
    return MEASURES.get(word)


def _snake(name: str) -> str:
    letters = [("_" + c if c.isupper() and i else c) for i, c in enumerate(name)]
    return "".join(letters) if "_" not in name else name


def _kind(expected: Array, output: Array) -> str:
    if output.shape[-1] == 1:
        return "binary"
    is_sparse = expected.ndim < output.ndim or expected.shape[-1] == 1
    return "sparse_categorical" if is_sparse else "categorical"


def measures_of(
    compile_config: Mapping[str, Any], expected: Array, output: Array
) -> tuple[Measure, ...]:
    """Return the measures of the compiled model; without any, MSE, and accuracy for classes.

    Args:
        compile_config: what the file says of loss and metrics, or empty.
        expected: what was expected, ``(rows, ...)``.
        output: what came out.
    """
    names = [_name(compile_config.get("loss"))]
    names += [_name(entry) for entry in _flat(compile_config.get("metrics"))]
    found = [measure_named(name, expected, output) for name in names if name]
    unique = {measure.name: measure for measure in found if measure is not None}
    if unique:
        return tuple(unique.values())
    own = [MEASURES["mean_squared_error"], MEASURES["mean_absolute_error"]]
    looks_like_classes = bool(np.isin(expected, (0, 1)).all()) and bool(
        ((output >= 0) & (output <= 1)).all()
    )
    if looks_like_classes:
        accuracy = measure_named("accuracy", expected, output)
        own += [accuracy] if accuracy is not None else []
    return tuple(own)


def _name(entry: Any) -> str:
    if isinstance(entry, str):
        return entry
    if isinstance(entry, Mapping):
        config = entry.get("config")
        class_name = entry.get("class_name")
        if isinstance(config, Mapping) and class_name == "MeanMetricWrapper":
            return str(config.get("fn", config.get("name", "")))
        return class_name if isinstance(class_name, str) else ""
    return ""


def _flat(entries: Any) -> Sequence[Any]:
    if isinstance(entries, Mapping):
        if "class_name" in entries:
            return [entries]
        return [item for entry in entries.values() for item in _flat(entry)]
    if isinstance(entries, (list, tuple)):
        return [item for entry in entries for item in _flat(entry)]
    return [entries] if entries is not None else []
