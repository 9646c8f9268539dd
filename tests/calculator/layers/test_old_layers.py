"""Layers that only older Keras has give what tf_keras, or the plainest loop, gives."""

import warnings

import numpy as np
import pytest

from weightview.calculator import derive, propagate
from weightview.core.values import Values
from weightview.formats.registry import load

RNG = np.random.default_rng(5)


def through_file(tf_keras, folder, layers, x):
    """Return our output and that of tf_keras for a model saved as .h5."""
    path = folder / "old.h5"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = tf_keras.Sequential([tf_keras.layers.InputLayer(x.shape[1:]), *layers])
        model.set_weights([RNG.normal(size=w.shape).astype(np.float32) for w in model.weights])
        model.save(path)
        theirs = model(x).numpy()
    opened = load(path)
    trace = propagate(opened.model, Values(opened.storage), x)
    for step in trace.steps:
        assert step.computed_by == "numpy", step.reason
    return trace, theirs


@pytest.mark.referee
@pytest.mark.parametrize("theta", [0.0, 0.7])
def test_thresholded_relu(tf_keras, tmp_path, theta) -> None:
    x = RNG.normal(size=(3, 4)).astype(np.float32)
    layer = tf_keras.layers.ThresholdedReLU(theta)
    trace, theirs = through_file(tf_keras, tmp_path, [layer], x)
    np.testing.assert_array_equal(trace.output, theirs)


@pytest.mark.referee
@pytest.mark.parametrize("rank", [1, 2])
@pytest.mark.parametrize("strides", [1, 2])
def test_locally_connected(tf_keras, tmp_path, rank, strides) -> None:
    x = RNG.normal(size=(2, *(6, 5)[:rank], 3)).astype(np.float32)
    cls = getattr(tf_keras.layers, f"LocallyConnected{rank}D")
    layer = cls(4, 3, strides=strides, activation="tanh")
    trace, theirs = through_file(tf_keras, tmp_path, [layer], x)
    np.testing.assert_allclose(trace.output, theirs, atol=1e-5)
    name = trace.steps[-1].layer_path
    found = derive(trace, name, (1, *(0,) * rank, 2))
    assert found.evaluate() == pytest.approx(found.value, abs=1e-5)


@pytest.mark.referee
@pytest.mark.parametrize(("name", "gates"), [("LSTM", 4), ("GRU", 3)])
def test_cudnn_layers_mean_what_keras_converts_them_to(
    tf_keras, tmp_path, sequential, name, gates
) -> None:
    from tf_keras.src.saving.legacy.hdf5_format import preprocess_weights_for_loading

    units, width = 4, 3
    shapes = [(width, gates * units), (units, gates * units), (2 * gates * units,)]
    stored = [RNG.normal(size=shape).astype(np.float32) for shape in shapes]
    x = RNG.normal(size=(2, 5, width)).astype(np.float32)
    layer = getattr(tf_keras.layers, name)(units, return_sequences=True)
    layer.build((None, 5, width))
    layer.set_weights(preprocess_weights_for_loading(layer, stored, "2.2.4", "tensorflow"))
    roles = dict(zip(("kernel", "recurrent_kernel", "bias"), stored, strict=True))
    config = {"units": units, "return_sequences": True}
    model, values = sequential([5, width], (f"CuDNN{name}", config, roles), generation=2)
    trace = propagate(model, values, x)
    np.testing.assert_allclose(trace.output, layer(x).numpy(), atol=1e-5)


def test_highway_carries_a_part_of_its_input(sequential) -> None:
    kernel, carry = RNG.normal(size=(2, 3, 3))
    bias, carry_bias = RNG.normal(size=(2, 3))
    x = RNG.normal(size=3).astype(np.float32)
    roles = {"kernel": kernel, "carry_kernel": carry, "bias": bias, "carry_bias": carry_bias}
    trace = propagate(*sequential([3], ("Highway", {"activation": "relu"}, roles), generation=1), x)
    gate = 1 / (1 + np.exp(-(x @ carry + carry_bias)))
    expected = gate * np.maximum(x @ kernel + bias, 0) + (1 - gate) * x
    np.testing.assert_allclose(trace.output, expected, rtol=1e-5)


def test_maxout_takes_the_largest_piece(sequential) -> None:
    kernel, bias = RNG.normal(size=(3, 4, 2)), RNG.normal(size=(3, 2))
    x = RNG.normal(size=4).astype(np.float32)
    model = sequential([4], ("MaxoutDense", {}, {"kernel": kernel, "bias": bias}), generation=1)
    expected = np.max([x @ k + b for k, b in zip(kernel, bias, strict=True)], axis=0)
    np.testing.assert_allclose(propagate(*model, x).output, expected, rtol=1e-5)


@pytest.mark.parametrize("mode", ["valid", "same"])
def test_convolution_of_keras_1_slides_over_rows_and_columns(sequential, mode) -> None:
    kernel = RNG.normal(size=(3, 2, 2, 4))
    x = RNG.normal(size=(5, 4, 2)).astype(np.float32)
    config = {"nb_filter": 4, "nb_row": 3, "nb_col": 2, "border_mode": mode, "subsample": [1, 1]}
    model = sequential([5, 4, 2], ("Convolution2D", config, {"kernel": kernel}), generation=1)
    padded = np.pad(x, ((1, 1), (0, 1), (0, 0))) if mode == "same" else x
    rows, columns = padded.shape[0] - 2, padded.shape[1] - 1
    expected = np.array(
        [
            [np.tensordot(padded[i : i + 3, j : j + 2], kernel, 3) for j in range(columns)]
            for i in range(rows)
        ]
    )
    np.testing.assert_allclose(propagate(*model, x).output, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("key", ["dim_ordering", "backend"])
def test_kernels_of_theano_are_not_guessed_at(sequential, key) -> None:
    config = {"filters": 1, "kernel_size": [2]}
    model, values = sequential(
        [4, 1], ("Conv1D", {**config, key: "th"}, {"kernel": np.ones((2, 1, 1))}), generation=2
    )
    if key == "backend":
        model.backend = "theano"
    trace = propagate(model, values, np.ones((4, 1)))
    assert trace.steps[-1].computed_by is None
    assert "Theano" in trace.steps[-1].reason


def test_a_convolution_of_one_dimension_keeps_its_kernel_as_two_in_keras_1(sequential) -> None:
    kernel = RNG.normal(size=(3, 1, 2, 4))
    x = RNG.normal(size=(6, 2)).astype(np.float32)
    config = {"nb_filter": 4, "filter_length": 3, "border_mode": "valid"}
    model = sequential([6, 2], ("Convolution1D", config, {"kernel": kernel}), generation=1)
    expected = [np.tensordot(x[i : i + 3], kernel[:, 0], 2) for i in range(4)]
    np.testing.assert_allclose(propagate(*model, x).output, expected, rtol=1e-4, atol=1e-5)
