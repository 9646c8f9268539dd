"""Configs of Keras 1 become those of Keras 2, word by word."""

import pytest

from weightview.core.errors import WorkerError
from weightview.worker.keras1 import translated, translated_layer


def entry(class_name, **config):
    return {"class_name": class_name, "config": {"name": "x", **config}}


@pytest.mark.parametrize(
    ("old", "class_name", "config"),
    [
        (
            entry("Dense", output_dim=6, bias=False, init="uniform", W_regularizer=None),
            "Dense",
            {"units": 6, "use_bias": False},
        ),
        (
            entry(
                "Convolution2D", nb_filter=4, nb_row=3, nb_col=5, subsample=[2, 1],
                border_mode="same", dim_ordering="th",
            ),
            "Conv2D",
            {
                "filters": 4, "kernel_size": [3, 5], "strides": [2, 1], "padding": "same",
                "data_format": "channels_first",
            },
        ),
        (
            entry("Convolution1D", nb_filter=4, filter_length=3, subsample_length=2),
            "Conv1D",
            {"filters": 4, "kernel_size": 3, "strides": 2},
        ),
        (
            entry("LSTM", output_dim=2, inner_activation="hard_sigmoid", dropout_W=0.5,
                  consume_less="cpu", inner_init="orthogonal"),
            "LSTM",
            {"units": 2, "recurrent_activation": "hard_sigmoid"},
        ),
        (
            entry("Embedding", input_dim=20, output_dim=6, input_dtype="int32", input_length=7),
            "Embedding",
            {"input_dim": 20, "output_dim": 6},
        ),
        (entry("Dropout", p=0.3), "Dropout", {"rate": 0.3}),
        (entry("BatchNormalization", mode=0, epsilon=0.01, axis=1), "BatchNormalization",
         {"epsilon": 0.01, "axis": 1}),
        (entry("InputLayer", batch_input_shape=[None, 7], input_dtype="int32"), "InputLayer",
         {"batch_input_shape": [None, 7], "dtype": "int32", "sparse": False}),
        (entry("Merge", mode="concat", concat_axis=1, dot_axes=-1), "Concatenate",
         {"axis": 1, "trainable": True}),
        (entry("Merge", mode="sum", arguments={}), "Add", {"trainable": True}),
        (entry("Merge", mode="cos", dot_axes=[1, 1]), "Dot",
         {"axes": [1, 1], "normalize": True, "trainable": True}),
    ],
)  # fmt: skip
def test_a_layer_becomes_todays(old, class_name, config):
    new = translated_layer(old)
    assert new["class_name"] == class_name
    assert new["config"] == {"name": "x", **config}


def test_wrapped_and_nested_layers_become_todays_too():
    dense = entry("Dense", output_dim=3)
    wrapped = translated_layer(entry("TimeDistributed", layer=dense))
    assert wrapped["config"]["layer"]["config"]["units"] == 3
    nested = translated({"layers": [{"class_name": "Sequential", "config": [dense]}]})
    assert nested["layers"][0]["config"]["layers"][0]["config"]["units"] == 3


@pytest.mark.parametrize(
    "old",
    [
        entry("Highway"),
        entry("MaxoutDense", output_dim=2),
        entry("BatchNormalization", mode=1),
        entry("Merge", mode=["a", "lambda"]),
        entry("Merge", mode="unheard of"),
    ],
)
def test_what_keras_2_has_not_is_told_with_the_layers_name(old):
    with pytest.raises(WorkerError, match="“x”"):
        translated_layer(old)


@pytest.mark.parametrize(
    "old",
    [
        entry("Convolution2D", nb_filter=4),
        entry("Embedding"),
        entry("Bidirectional", layer=3),
        {"class_name": "Dense"},
        {"class_name": "Dense", "config": 3},
        {"config": {}},
        {"class_name": "Sequential", "config": {"layers": 3}},
        entry("LeakyReLU", alpha="much"),
    ],
)
def test_a_damaged_config_is_our_error(old):
    with pytest.raises(WorkerError):
        translated_layer(old)
    with pytest.raises(WorkerError):
        translated({"layers": [old]})


def test_the_original_stays():
    old = entry("Convolution2D", nb_filter=1, nb_row=1, nb_col=1)
    before = {**old["config"]}
    translated_layer(old)
    assert old["config"] == before
