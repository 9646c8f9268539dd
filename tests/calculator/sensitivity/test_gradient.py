"""Gradients by our own reverse pass: against differences, and against TensorFlow's tape."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from weightview.calculator import propagate
from weightview.calculator.sensitivity.gradient import gradient
from weightview.calculator.sensitivity.rules import rules
from weightview.core.errors import CalculationError
from weightview.core.values import Values

RANDOM = np.random.default_rng(4)


def draw(*shape: int) -> np.ndarray:
    return RANDOM.normal(0, 0.7, shape).astype(np.float32)


def dense(n: int, units: int, activation: str = "linear") -> tuple[str, dict, dict]:
    config = {"units": units, "activation": activation, "use_bias": True}
    return ("Dense", config, {"kernel": draw(n, units), "bias": draw(units)})


NORM = (
    "BatchNormalization",
    {"axis": -1, "epsilon": 1e-3},
    {
        "gamma": draw(4) + 1,
        "beta": draw(4),
        "moving_mean": draw(4),
        "moving_variance": np.abs(draw(4)) + 0.5,
    },
)
CHAINS = {
    "dense": [dense(3, 4, "tanh"), dense(4, 2, "sigmoid")],
    "relu": [dense(3, 4, "relu"), dense(4, 2, "softmax")],
    "layers of activation": [
        dense(3, 4),
        ("ReLU", {"negative_slope": 0.1, "trainable": True}, {}),
        dense(4, 2),
        ("Softmax", {"axis": -1, "trainable": True}, {}),
    ],
    "norm": [dense(3, 4, "gelu"), NORM, ("Dropout", {"rate": 0.5}, {}), dense(4, 2, "log_softmax")],
    "channels first": [
        dense(3, 40, "tanh"),
        ("Reshape", {"target_shape": [2, 5, 4], "trainable": True}, {}),
        (
            "Conv2D",
            {
                "filters": 3,
                "kernel_size": [2, 3],
                "strides": [2, 1],
                "padding": "same",
                "data_format": "channels_first",
                "activation": "tanh",
            },
            {"kernel": draw(2, 3, 2, 3), "bias": draw(3)},
        ),
        ("MaxPooling2D", {"pool_size": [2, 2], "data_format": "channels_first"}, {}),
        ("ZeroPadding2D", {"padding": [1, 0], "data_format": "channels_first"}, {}),
        ("GlobalMaxPooling2D", {"data_format": "channels_first"}, {}),
        dense(3, 2),
    ],
    "reshaped": [
        dense(3, 4, "selu"),
        ("Reshape", {"target_shape": [2, 2], "trainable": True}, {}),
        dense(2, 3, "softplus"),
        ("Flatten", {"trainable": True}, {}),
        dense(6, 2),
    ],
}


OF_EACH_RANK = (
    "Conv",
    "MaxPooling",
    "AveragePooling",
    "GlobalMaxPooling",
    "ZeroPadding",
    "Cropping",
)


@pytest.mark.parametrize("name", CHAINS)
def test_the_gradient_is_what_differences_give(name: str, sequential: Any) -> None:
    model, values = sequential((3,), *CHAINS[name])
    x = [0.3, -0.8, 1.1]
    found = gradient(model, values, x, (1,))
    assert set(found) == {weight.path for weight in model.weights}
    for weight in model.weights:
        cells = list(np.ndindex(weight.shape))
        for cell in [cells[0], cells[len(cells) // 2], cells[-1]]:
            number = float(values.read(weight, cell))
            ends = []
            for h in (1e-3, -1e-3):
                moved = values.with_edit(weight, cell, np.float32(number + h))
                at = float(moved.read(weight, cell))
                ends.append((at, propagate(model, moved, x, dtype="float64").output[1]))
            slope = (ends[0][1] - ends[1][1]) / (ends[0][0] - ends[1][0])
            assert found[weight.path][cell] == pytest.approx(slope, rel=2e-3, abs=1e-6)


def test_a_layer_without_a_reverse_pass_is_refused_by_name(sequential: Any) -> None:
    model, values = sequential((4,), ("RepeatVector", {"n": 2}, {}))
    with pytest.raises(CalculationError, match="vector: RepeatVector has no reverse pass"):
        gradient(model, values, draw(4), (0, 0))


def test_weights_beside_the_kernel_are_refused_not_left_out(sequential: Any) -> None:
    class_name, config, arrays = dense(3, 4)
    arrays |= {"lora_kernel_a": draw(3, 2), "lora_kernel_b": draw(2, 4)}
    model, values = sequential((3,), (class_name, {**config, "lora_rank": 2}, arrays))
    with pytest.raises(CalculationError, match="Dense with lora_kernel_a has no reverse pass"):
        gradient(model, values, draw(3), (0,))


def recurrent(class_name: str, **config: Any) -> tuple[str, dict, dict]:
    """Return a recurrent layer of 3 units over 2 features."""
    gates = {"LSTM": 4, "GRU": 3, "SimpleRNN": 1}[class_name]
    entries = {"units": 3, "activation": "tanh", "recurrent_activation": "sigmoid", **config}
    bias = draw(2, 3 * gates) if config.get("reset_after") else draw(3 * gates)
    arrays = {"kernel": draw(2, 3 * gates), "recurrent_kernel": draw(3, 3 * gates), "bias": bias}
    return (class_name, entries, arrays)


@pytest.mark.parametrize(
    ("layer", "sentence"),
    [
        (recurrent("LSTM", return_state=True), "states from outside"),
        (recurrent("GRU", stateful=True), "states from outside"),
    ],
)
def test_states_that_are_given_on_are_refused(layer: Any, sentence: str, sequential: Any) -> None:
    model, values = sequential((4, 2), layer)
    with pytest.raises(CalculationError, match=sentence):
        gradient(model, values, draw(4, 2), (0,))


def test_a_mask_is_refused_where_it_changes_the_result(sequential: Any) -> None:
    table = ("Embedding", {"input_dim": 5, "output_dim": 2, "mask_zero": True},
             {"embeddings": draw(5, 2)})  # fmt: skip
    model, values = sequential((4,), table, recurrent("SimpleRNN"))
    with pytest.raises(CalculationError, match="SimpleRNN with a mask has no reverse pass"):
        gradient(model, values, [1, 2, 0, 0], (0,))


def _models(keras: Any) -> dict[str, Any]:
    layers = keras.layers
    inputs = keras.Input((5,))
    a = layers.Dense(4, "tanh")(inputs)
    b = layers.Dense(4, "relu")(inputs)
    merged = layers.Concatenate()(
        [layers.Add()([a, b]), layers.Subtract()([a, b]), layers.Multiply()([a, b])]
    )
    chain: list[Any] = [keras.Input((5,)), layers.Dense(6, "elu"), layers.BatchNormalization()]
    chain += [layers.LeakyReLU(), layers.Dense(6), layers.ReLU(), layers.Dense(6), layers.ELU()]
    chain += [layers.Dense(6), layers.Activation("mish"), layers.Reshape((2, 3))]
    chain += [layers.Dropout(0.5), layers.Flatten(), layers.Dense(3), layers.Softmax()]
    places: list[Any] = [keras.Input((5,)), layers.Dense(24, "tanh"), layers.Reshape((2, 3, 4))]
    places += [layers.PReLU(shared_axes=[1, 2]), layers.Permute((2, 3, 1)), layers.Dense(4)]
    places += [layers.PReLU(), layers.GlobalAveragePooling2D(), layers.Dense(12)]
    places += [layers.Reshape((3, 4)), layers.GlobalAveragePooling1D(keepdims=True)]
    places += [layers.Reshape((2, 2, 1, 1)), layers.GlobalAveragePooling3D(), layers.Dense(3)]
    images: list[Any] = [keras.Input((5,)), layers.Dense(192, "tanh"), layers.Reshape((8, 6, 4))]
    images += [layers.Conv2D(6, 3, strides=2, padding="same", activation="tanh", groups=2)]
    images += [
        layers.ZeroPadding2D(((1, 2), (0, 1))),
        layers.DepthwiseConv2D(2, depth_multiplier=2),
    ]
    images += [layers.Conv2D(5, 2, dilation_rate=2, padding="same", use_bias=False)]
    images += [layers.SeparableConv2D(6, (3, 2), padding="same", activation="sigmoid")]
    images += [layers.MaxPooling2D(2, strides=1), layers.AveragePooling2D(3, 2, padding="same")]
    images += [layers.Cropping2D(((0, 1), (0, 0))), layers.GlobalMaxPooling2D(), layers.Dense(3)]
    lines: list[Any] = [keras.Input((5,)), layers.Dense(36, "tanh"), layers.Reshape((12, 3))]
    lines += [layers.Conv1D(4, 3, padding="causal", dilation_rate=2, activation="relu")]
    lines += [layers.DepthwiseConv1D(3, padding="same"), layers.SeparableConv1D(6, 2)]
    lines += [layers.MaxPooling1D(3, 2, padding="same"), layers.ZeroPadding1D((1, 2))]
    lines += [layers.AveragePooling1D(2), layers.Cropping1D(1), layers.GlobalMaxPooling1D()]
    lines += [layers.Dense(48, "tanh"), layers.Reshape((4, 3, 2, 2)), layers.ZeroPadding3D(1)]
    lines += [layers.Conv3D(4, 2, padding="same", strides=(1, 2, 1)), layers.Cropping3D((1, 0, 1))]
    lines += [layers.MaxPooling3D((2, 1, 1)), layers.AveragePooling3D((1, 2, 1))]
    lines += [layers.GlobalMaxPooling3D(keepdims=True), layers.Flatten(), layers.Dense(3)]
    steps: list[Any] = [keras.Input((5,)), layers.Dense(24, "tanh"), layers.Reshape((6, 4))]
    steps += [layers.LSTM(4, return_sequences=True), layers.SimpleRNN(3, return_sequences=True)]
    steps += [layers.GRU(4, return_sequences=True, go_backwards=True, recurrent_activation="tanh")]
    steps += [layers.GRU(3, return_sequences=True, reset_after=False, use_bias=False)]
    steps += [layers.LSTM(4, "elu", go_backwards=True, use_bias=False), layers.Dense(3)]
    _, state = layers.SimpleRNN(4, return_state=True)(layers.Reshape((5, 1))(inputs))
    mean = layers.Average()([a, b, layers.Dense(1)(inputs)])
    return {
        "images": keras.Sequential(images),
        "lines": keras.Sequential(lines),
        "steps": keras.Sequential(steps),
        "state": keras.Model(inputs, layers.Dense(3)(state)),
        "words": keras.Sequential(
            [
                keras.Input((5,), dtype="int32"),
                layers.Embedding(7, 3),
                layers.SimpleRNN(4, "relu", return_sequences=True),
                layers.GRU(3, reset_after=False),
                layers.Dense(3, "softmax"),
            ]
        ),
        "places": keras.Sequential(places),
        "averaged": keras.Model(inputs, layers.Dense(3, "tanh")(mean)),
        "merged": keras.Model(inputs, layers.Dense(3, "softmax")(merged)),
        "chain": keras.Sequential(chain),
    }


@pytest.mark.referee
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_another_output_than_the_first_is_refused(keras: Any, tmp_path: Path) -> None:
    from weightview.formats import load

    path = tmp_path / "model.keras"
    _models(keras)["state"].save(path)
    opened = load(path)
    with pytest.raises(CalculationError, match="no reverse pass for its other outputs"):
        gradient(opened.model, Values(opened.storage), draw(5), (1,))


@pytest.mark.referee
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize(
    "name", ["merged", "chain", "places", "averaged", "images", "lines", "steps", "words"]
)
def test_gradients_equal_those_of_tensorflow(name: str, keras: Any, tmp_path: Path) -> None:
    import tensorflow as tf

    from weightview.formats import load

    keras.utils.set_random_seed(3)
    theirs = _models(keras)[name]
    for layer in theirs.layers:
        layer.set_weights([w + RANDOM.uniform(0.05, 0.3, w.shape) for w in layer.get_weights()])
    path = tmp_path / "model.keras"
    theirs.save(path)
    opened = load(path)
    x = RANDOM.normal(0, 1, (1, 5)).astype(np.float32)
    if name == "words":
        x = np.array([[2, 0, 6, 2, 1]], np.int32)
    with tf.GradientTape() as tape:
        variables = [v.value for v in theirs.weights]
        for variable in variables:
            tape.watch(variable)
        number = theirs(x, training=False)[0, 1]
    expected = tape.gradient(number, variables)
    found = gradient(opened.model, Values(opened.storage), x[0], (1,))
    for weight, theirs_gradient in zip(opened.model.weights, expected, strict=True):
        want = np.asarray(tf.convert_to_tensor(theirs_gradient))
        scale = max(np.abs(want).max(), 1e-6)
        assert np.abs(found[weight.path] - want).max() <= 1e-3 * scale, weight.path


def test_every_class_with_a_reverse_pass_is_among_those_compared() -> None:
    from weightview.calculator.layers.core import IN_TRAINING_ONLY

    compared = {
        "InputLayer", "Dense", "BatchNormalization", "LeakyReLU", "ReLU", "ELU", "Activation",
        "Reshape", "Flatten", "Softmax", "Add", "Subtract", "Multiply", "Concatenate",
        "LSTM", "GRU", "SimpleRNN", "Embedding",
        "PReLU", "Permute", "GlobalAveragePooling1D", "GlobalAveragePooling2D",
        "GlobalAveragePooling3D", "Average",
        *(f"{kind}{n}D" for n in (1, 2, 3) for kind in OF_EACH_RANK),
        "DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D",
    }  # fmt: skip
    identity = {"ThresholdedReLU", *IN_TRAINING_ONLY}  # a ReLU of Keras 2; and x itself
    of_keras_1 = {"Convolution1D", "Convolution2D"}  # Conv1D and Conv2D
    assert set(rules()) == compared | identity | of_keras_1
