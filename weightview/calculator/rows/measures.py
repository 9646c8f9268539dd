"""Losses and metrics over rows, by the formulas of ``keras.losses`` and ``keras.metrics``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

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
        of_logits: the same from what the output's softmax or sigmoid was applied to. Keras takes
            it in training and evaluation, where such an activation ends the model
            (``keras.src.backend.tensorflow.nn._get_logits``).
        is_root: whether the measure is the root of the rows' mean.
    """

    name: str
    by_row: RowMeasure
    is_error: bool = True
    of_logits: RowMeasure | None = None
    is_root: bool = False

    def rows(self, expected: Array, output: Array, logits: Array | None = None) -> Array:
        """Return one number for each row, the better the smaller.

        Args:
            expected: ``(rows, ...)``, in float64.
            output: what came out, likewise.
            logits: what the last softmax or sigmoid was applied to; None where there is none.
        """
        found = self._numbers(expected, output, logits)
        if self.is_root:
            return np.sqrt(found)
        return found if self.is_error else 1 - found

    def over(self, expected: Array, output: Array, logits: Array | None = None) -> float:
        """Return the measure over all rows; arguments as in :meth:`rows`."""
        mean = float(np.mean(self._numbers(expected, output, logits)))
        return float(np.sqrt(mean)) if self.is_root else mean

    def _numbers(self, expected: Array, output: Array, logits: Array | None) -> Array:
        if logits is not None and self.of_logits is not None:
            return self.of_logits(expected, logits)
        return self.by_row(expected, output)

    def from_logits(self) -> "Measure":
        """Return the measure for a model whose output is logits."""
        assert self.of_logits is not None
        return replace(self, by_row=self.of_logits, of_logits=None)

    def smoothed(self, smoothing: float) -> "Measure":
        """Return the cross-entropy with its labels smoothed, as ``label_smoothing`` does."""
        is_binary = self.name == "binary_crossentropy"

        def soft(measure: RowMeasure, expected: Array, output: Array) -> Array:
            share = 0.5 if is_binary else 1 / output.shape[-1]
            return measure(expected * (1 - smoothing) + smoothing * share, output)

        assert self.of_logits is not None
        return replace(
            self, by_row=partial(soft, self.by_row), of_logits=partial(soft, self.of_logits)
        )


def _mean_of_row(values: Array) -> Array:
    result: Array = values.reshape(values.shape[0], -1).mean(axis=-1)
    return result


def _squared(expected: Array, output: Array) -> Array:
    return _mean_of_row((expected - output) ** 2)


def _absolute(expected: Array, output: Array) -> Array:
    return _mean_of_row(np.abs(expected - output))


def _percentage(expected: Array, output: Array) -> Array:
    size = np.maximum(np.abs(expected), _EPSILON)
    return 100 * _mean_of_row(np.abs(expected - output) / size)


def _squared_logarithmic(expected: Array, output: Array) -> Array:
    logs = (np.log1p(np.maximum(x, _EPSILON)) for x in (expected, output))
    return _squared(*logs)


def _huber(expected: Array, output: Array, delta: float = 1.0) -> Array:
    gap = np.abs(expected - output)
    return _mean_of_row(np.where(gap <= delta, gap**2 / 2, delta * gap - delta**2 / 2))


def _log_cosh(expected: Array, output: Array) -> Array:
    gap = output - expected
    return _mean_of_row(np.logaddexp(gap, -gap) - np.log(2))


def _binary_crossentropy(expected: Array, output: Array) -> Array:
    p = np.clip(output, _EPSILON, 1 - _EPSILON)
    return _mean_of_row(-(expected * np.log(p) + (1 - expected) * np.log(1 - p)))


def _binary_of_logits(expected: Array, logits: Array) -> Array:
    return _mean_of_row(np.logaddexp(0, logits) - expected * logits)


def _log_softmax(logits: Array) -> Array:
    shifted = logits - logits.max(axis=-1, keepdims=True)
    result: Array = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return result


def _log_of_probabilities(output: Array) -> Array:
    p = output / output.sum(axis=-1, keepdims=True)
    result: Array = np.log(np.clip(p, _EPSILON, 1 - _EPSILON))
    return result


def _categorical_crossentropy(expected: Array, output: Array) -> Array:
    return _mean_of_row(-(expected * _log_of_probabilities(output)).sum(axis=-1))


def _categorical_of_logits(expected: Array, logits: Array) -> Array:
    return _mean_of_row(-(expected * _log_softmax(logits)).sum(axis=-1))


def _labels(expected: Array, output: Array) -> Array:
    labels = expected[..., 0] if expected.ndim == output.ndim else expected
    return labels.astype(np.intp)


def _picked(logs: Array, expected: Array) -> Array:
    labels = _labels(expected, logs)[..., np.newaxis]
    return _mean_of_row(-np.take_along_axis(logs, labels, axis=-1))


def _sparse_crossentropy(expected: Array, output: Array) -> Array:
    return _picked(_log_of_probabilities(output), expected)


def _sparse_of_logits(expected: Array, logits: Array) -> Array:
    return _picked(_log_softmax(logits), expected)


def _binary_accuracy(expected: Array, output: Array, threshold: float = _THRESHOLD) -> Array:
    return _mean_of_row(((output > threshold) == expected).astype(np.float64))


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
        Measure("root_mean_squared_error", _squared, is_root=True),
        Measure("mean_absolute_percentage_error", _percentage),
        Measure("mean_squared_logarithmic_error", _squared_logarithmic),
        Measure("huber", _huber),
        Measure("log_cosh", _log_cosh),
        Measure("binary_crossentropy", _binary_crossentropy, of_logits=_binary_of_logits),
        Measure(
            "categorical_crossentropy",
            _categorical_crossentropy,
            of_logits=_categorical_of_logits,
        ),
        Measure(
            "sparse_categorical_crossentropy", _sparse_crossentropy, of_logits=_sparse_of_logits
        ),
        Measure("binary_accuracy", _binary_accuracy, is_error=False),
        Measure("categorical_accuracy", _categorical_accuracy, is_error=False),
        Measure("sparse_categorical_accuracy", _sparse_accuracy, is_error=False),
    )
}


def with_threshold(measure: Measure, threshold: float) -> Measure:
    """Return binary accuracy that counts an output above ``threshold`` as 1."""
    return replace(measure, by_row=partial(_binary_accuracy, threshold=threshold))


def with_delta(measure: Measure, delta: float) -> Measure:
    """Return Huber's loss that turns straight at ``delta``."""
    return replace(measure, by_row=partial(_huber, delta=delta))
