"""Masks find their way through graphs as in Keras: merged, folded, taken away, handed elsewhere."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import weightview

pytestmark = [pytest.mark.slow, pytest.mark.referee]

WORDS = np.asarray([[6, 6, 3, 0, 0], [8, 2, 5, 6, 8]])
OTHERS = np.asarray([[3, 2, 0, 8, 3], [1, 0, 0, 0, 0]])


def masked(layers: Any, keras: Any, words: np.ndarray) -> tuple[Any, Any]:
    given = keras.Input(words.shape[1:], dtype="int32")
    return given, layers.Embedding(9, 4, mask_zero=True)(given)


@pytest.fixture(params=["keras", "tf_keras"])
def library(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)


@pytest.fixture
def agrees(tmp_path) -> Callable[..., None]:
    """Return a check that a saved model gives here what its Keras gives."""

    def check(keras: Any, inputs: list[Any], outputs: Any, arrays: list[np.ndarray]) -> None:
        model = keras.Model(inputs, outputs)
        rng = np.random.default_rng(3)
        model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
        theirs = model.predict(arrays, verbose=0)
        path = tmp_path / "masked.keras"
        model.save(path)
        given = arrays if len(arrays) > 1 else arrays[0]
        trace = weightview.propagate(weightview.open_document(path), given)
        assert all(step.computed_by for step in trace.steps), [s.reason for s in trace.steps]
        expected = theirs if isinstance(theirs, list) else [theirs]
        assert len(trace.outputs) == len(expected)
        for ours, other in zip(trace.outputs, expected, strict=True):
            np.testing.assert_allclose(ours, other, rtol=1e-4, atol=1e-5)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield check


MERGING = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate")


@pytest.mark.parametrize("name", MERGING)
def test_two_masks_are_merged_as_keras_merges_them(library, agrees, name) -> None:
    layers = library.layers
    first, x = masked(layers, library, WORDS)
    second, y = masked(layers, library, OTHERS)
    both = getattr(layers, name)()([x, y])
    one = getattr(layers, name)()([x, layers.Dense(4)(layers.Reshape((5, 4))(y))])
    outputs = [layers.LSTM(2)(both), layers.LSTM(2)(one), both]
    agrees(library, [first, second], outputs, [WORDS, OTHERS])


def test_the_layer_of_each_time_step_is_given_its_mask(library, agrees) -> None:
    layers = library.layers
    words = np.stack([WORDS, OTHERS], axis=1)
    given, x = masked(layers, library, words)
    each = layers.TimeDistributed(layers.GRU(3))(x)
    outputs = [each, layers.TimeDistributed(layers.Bidirectional(layers.LSTM(2)))(x)]
    agrees(library, [given], outputs, [words])


def test_a_model_of_words_in_a_model_of_sentences_knows_which_words_count(library, agrees) -> None:
    layers = library.layers
    words = np.stack([WORDS, OTHERS], axis=1)
    given = library.Input(words.shape[1:], dtype="int32")
    sentence = library.Sequential(
        [
            library.Input((5,), dtype="int32"),
            layers.Embedding(9, 4, mask_zero=True),
            layers.Dense(3, activation="tanh"),
            layers.GRU(2),
        ]
    )
    outputs = layers.LSTM(3)(layers.TimeDistributed(sentence)(given))
    agrees(library, [given], outputs, [words])


def test_attention_of_keras_3_takes_the_masks_of_its_inputs_away(library, agrees) -> None:
    layers = library.layers
    first, x = masked(layers, library, WORDS)
    for _ in range(2):
        attended = layers.MultiHeadAttention(2, 3)(x, x)
        x = layers.LayerNormalization()(layers.Add()([x, attended]))
        x = layers.LayerNormalization()(layers.Add()([x, layers.Dense(4)(x)]))
    second, y = masked(layers, library, OTHERS)
    across = layers.MultiHeadAttention(2, 3)(y, x, use_causal_mask=True)
    outputs = [layers.LSTM(2)(x), layers.Attention()([across, x]), layers.Multiply()([across, y])]
    agrees(library, [first, second], outputs, [WORDS, OTHERS])


@pytest.mark.parametrize("is_before", [False, True])
def test_what_comes_before_attention_in_keras_order_still_sees_the_masks(
    keras, agrees, is_before
) -> None:
    layers = keras.layers
    first, x = masked(layers, keras, WORDS)
    second, y = masked(layers, keras, OTHERS)
    attended = layers.MultiHeadAttention(2, 3)(x, y)
    product = layers.Multiply()([x, y])
    outputs = [attended, product] if is_before else [product, attended]
    agrees(keras, [first, second], outputs, [WORDS, OTHERS])


def test_a_mask_goes_with_its_numbers_to_tensorflow_and_comes_back(keras, agrees) -> None:
    layers = keras.layers
    given, x = masked(layers, keras, WORDS)
    # The calculator leaves batch normalisation under a mask to Keras.
    handed = layers.BatchNormalization()(x)
    outputs = [layers.Attention()([handed, handed]), layers.LSTM(2)(handed)]
    agrees(keras, [given], outputs, [WORDS])


def test_the_attention_of_old_tensorflow_says_causal_in_its_config(tf_keras, agrees) -> None:
    layers = tf_keras.layers

    class Attention(layers.Attention):
        def get_config(self) -> dict[str, Any]:
            return {**super().get_config(), "causal": True}

    Attention.__module__ = layers.Attention.__module__
    first, second = tf_keras.Input((5, 4)), tf_keras.Input((5, 4))
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=(2, 5, 4)).astype(np.float32) for _ in range(2)]
    output = Attention(causal=True)([first, second])
    agrees(tf_keras, [first, second], output, arrays)
