"""With the row of a name made zero, the output no longer depends on the input of that name."""

import numpy as np
import pytest

from weightview.core.axis_names import named_axis, own_names

pytestmark = pytest.mark.referee

NAMES = ("price", "volume", "mood")
STEPS = (6, 6)


def layers_of(layers, rank):
    """Return layers that take tensors of so many axes before the channels, by a word each."""
    if rank == 0:
        return {"Dense": layers.Dense(2)}
    if rank == 1:
        return {
            "Conv1D": layers.Conv1D(2, 3),
            "Conv1DTranspose": layers.Conv1DTranspose(2, 3),
            "DepthwiseConv1D": layers.DepthwiseConv1D(3, depth_multiplier=2),
            "SeparableConv1D": layers.SeparableConv1D(2, 3),
            "Dense": layers.Dense(2),
            "LSTM": layers.LSTM(2),
            "GRU": layers.GRU(2),
            "GRU before": layers.GRU(2, reset_after=False),
            "SimpleRNN": layers.SimpleRNN(2),
            "RNN": layers.RNN(layers.LSTMCell(2)),
            "Bidirectional": layers.Bidirectional(layers.GRU(2)),
            "TimeDistributed": layers.TimeDistributed(layers.Dense(2)),
        }
    return {
        "Conv2D": layers.Conv2D(2, 3),
        "Conv2DTranspose": layers.Conv2DTranspose(2, 3),
        "DepthwiseConv2D": layers.DepthwiseConv2D(3),
        "SeparableConv2D": layers.SeparableConv2D(2, 3),
    }


def depends_on(model, place, shape):
    """Return whether the output changes with one of the inputs."""
    rng = np.random.default_rng(5)
    base = [rng.normal(size=(1, *shape, 1)).astype(np.float32) for _ in NAMES]
    other = [value + (number == place) for number, value in enumerate(base)]
    return not np.array_equal(np.asarray(model(base)), np.asarray(model(other)))


@pytest.mark.parametrize("rank", [0, 1, 2])
def test_a_row_made_zero_takes_its_input_away(any_keras, opened, rank):
    layers, shape = any_keras.layers, STEPS[:rank]
    for kind, layer in layers_of(layers, rank).items():
        parts = [any_keras.Input((*shape, 1), name=name) for name in NAMES]
        model = any_keras.Model(parts, layer(layers.Concatenate()(parts)))
        rng = np.random.default_rng(2)
        model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
        document = opened(model)
        saved = model.get_weights()
        for number, name in enumerate(NAMES):
            changed = [array.copy() for array in saved]
            hits = 0
            for weight in document.model.weights:
                axis = named_axis(document, weight)
                names = None if axis is None else own_names(document, weight, axis)
                if names is not None:
                    place = list(names).index(name)
                    rows = np.moveaxis(changed[weight.keras_index], axis, 0)
                    rows[place] = 0
                    hits += 1
            assert hits == (2 if kind == "Bidirectional" else 1), kind
            model.set_weights(changed)
            seen = [depends_on(model, other, shape) for other in range(len(NAMES))]
            assert seen == [other != number for other in range(len(NAMES))], (kind, name)
            model.set_weights(saved)


def test_a_convolution_in_groups_has_no_names(keras, opened):
    layers = keras.layers
    parts = [keras.Input((6, 1), name=name) for name in ("price", "volume")]
    x = layers.Concatenate()(parts)
    grouped = layers.Conv1D(2, 3, groups=2, name="grouped")(x)
    document = opened(keras.Model(parts, grouped))
    weight = document.weight("grouped/kernel")
    assert all(own_names(document, weight, axis) is None for axis in range(3))
