"""Layers that TensorFlow checks one by one see the masks that they see in the whole model."""

import warnings

import numpy as np
import pytest

import weightview
from weightview.api.live import document_of
from weightview.core.errors import WorkerError
from weightview.worker.client import Worker

pytestmark = [
    pytest.mark.referee,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras' own
]

TOKENS = np.array([[3, 4, 0, 0], [1, 2, 5, 0]])


class UnableToBuild(Worker):
    """TensorFlow, but for whole models."""

    def layer_outputs(self, model, values, inputs, **_):
        raise WorkerError("Keras cannot build the model.")


@pytest.fixture(scope="module")
def worker():
    worker = UnableToBuild()
    yield worker
    worker.close()


@pytest.fixture(params=["keras", "tf_keras"])
def keras(request, monkeypatch):
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip(request.param)


def recurrent(layers, x):
    return layers.LSTM(3)(x)


def attending(layers, x):
    return layers.GRU(2)(layers.MultiHeadAttention(2, 3)(x, x))


def by_time(layers, x):
    return layers.LSTM(3)(layers.TimeDistributed(layers.Dense(2))(x))


def added(layers, x):
    return layers.LSTM(2)(layers.Add()([x, layers.Dense(5)(x)]))


def concatenated(layers, x):
    return layers.GRU(2)(layers.Concatenate()([x, layers.Dense(2)(x)]))


def both_ways(layers, x):
    return layers.Bidirectional(layers.GRU(2))(layers.Masking()(x))


BODIES = [recurrent, attending, by_time, added, concatenated, both_ways]


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("rows", [TOKENS, TOKENS[0]], ids=["batch", "sample"])
def test_layers_checked_one_by_one_see_their_masks(keras, worker, body, rows):
    tokens = keras.Input((4,), dtype="int32")
    x = keras.layers.Embedding(7, 5, mask_zero=True)(tokens)
    document = document_of(keras.Model(tokens, body(keras.layers, x)))
    trace = weightview.propagate(document, rows, worker=worker)
    verdicts = weightview.check_with_tensorflow(document, rows, trace=trace, worker=worker)
    expected = [step.computed_by == "numpy" or None for step in trace.steps[1:]]
    assert [v.agrees for v in verdicts[1:]] == expected, verdicts
    assert verdicts[-1].agrees
