"""Models put together oddly give what Keras gives, weight for weight and number for number."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import weightview

pytestmark = [pytest.mark.slow, pytest.mark.referee]

RNG = np.random.default_rng(11)


def numbers(*shape: int) -> np.ndarray:
    return RNG.normal(size=(2, *shape)).astype(np.float32)


@pytest.fixture(params=["keras", "tf_keras"])
def library(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)


@pytest.fixture
def opened(tmp_path) -> Callable[..., Any]:
    """Return a function that gives random numbers to a model, saves and opens it."""

    def save(model: Any, name: str = "odd.keras", *, random: bool = True) -> Any:
        if random:
            arrays = [RNG.normal(size=w.shape) * 0.7 for w in model.get_weights()]
            model.set_weights([np.abs(a) if a.ndim == 1 else a for a in arrays])
        model.save(tmp_path / name)
        document = weightview.open_document(tmp_path / name)
        assert len(document.model.weights) == len(model.get_weights())
        for weight, array in zip(document.model.weights, model.get_weights(), strict=True):
            np.testing.assert_array_equal(document.read(weight), array, err_msg=weight.path)
            np.testing.assert_array_equal(eval(weight.expression, {"model": model}), array)
        return document

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield save


def agree(trace: Any, theirs: Any) -> None:
    assert all(step.computed_by for step in trace.steps), [s.reason for s in trace.steps]
    assert len(trace.outputs) == len(theirs)
    for ours, other in zip(trace.outputs, theirs, strict=True):
        np.testing.assert_allclose(ours, np.asarray(other), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_dicts_of_inputs_and_outputs_are_taken_by_key(library, opened, suffix) -> None:
    layers = library.layers
    x, y = library.Input((3,), name="zeta"), library.Input((4,), name="alpha")
    both = layers.Concatenate()([x, y])
    ends = {"wide": layers.Dense(5)(both), "narrow": layers.Dense(2)(x)}
    inner = library.Model({"zeta": x, "alpha": y}, ends, name="inner")
    m, k = library.Input((3,), name="m"), library.Input((4,), name="k")
    found = inner({"zeta": m, "alpha": k})
    outputs = {"b": layers.Dense(3)(found["narrow"]), "a": layers.Dense(1)(found["wide"])}
    model = library.Model({"m": m, "k": k}, outputs)
    document = opened(model, f"dicts{suffix}")
    given = {"m": numbers(3), "k": numbers(4)}
    theirs = model.predict(given, verbose=0)
    agree(weightview.propagate(document, given), [theirs["a"], theirs["b"]])


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_outputs_of_several_calls_of_a_model_inside_are_told_apart(library, opened, suffix) -> None:
    layers = library.layers
    i, j = library.Input((3,)), library.Input((4,))
    both = layers.Concatenate()([i, j])
    inner = library.Model([i, j], [layers.Dense(2)(i), layers.Dense(5)(both)], name="two")
    x, y = library.Input((3,)), library.Input((4,))
    first, second = inner([x, y])
    third, fourth = inner([layers.Dense(3)(second), layers.Dense(4)(first)])
    model = library.Model([x, y], [first, fourth, layers.Add()([second, fourth]), third])
    document = opened(model, f"calls{suffix}")
    arrays = [numbers(3), numbers(4)]
    agree(weightview.propagate(document, arrays), model.predict(arrays, verbose=0))


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_softmax_inside_recurrent_layers_runs_over_each_gate(library, opened, suffix) -> None:
    layers = library.layers
    x = library.Input((4, 3))
    outputs = [
        layers.LSTM(3, activation="softmax", recurrent_activation="softmax")(x),
        layers.GRU(3, activation="softmax", recurrent_activation="softmax")(x),
        layers.GRU(3, recurrent_activation="softmax", reset_after=False)(x),
        layers.SimpleRNN(3, activation="softmax")(x),
    ]
    model = library.Model(x, outputs)
    document = opened(model, f"softmax{suffix}")
    array = numbers(4, 3)
    trace = weightview.propagate(document, array)
    agree(trace, model.predict(array, verbose=0))
    for step in trace.steps:
        for stage in step.stages:
            index = tuple(n - 1 for n in stage.value.shape)
            found = weightview.derive(trace, step.layer_path, index, stage.name)
            assert found.evaluate() == pytest.approx(found.value, abs=1e-5), stage.name


def test_a_bidirectional_convolution_over_time_tells_its_shape(library, opened) -> None:
    layers = library.layers
    x = library.Input((3, 5, 4, 2))
    inner = layers.ConvLSTM2D(2, 2, padding="same", return_sequences=True)
    model = library.Model(x, layers.Bidirectional(inner)(x))
    assert opened(model).model.layers[-1].output_shape == (None, 3, 5, 4, 4)


def test_normalisation_over_several_axes_names_its_weights(tf_keras, opened) -> None:
    x = tf_keras.Input((3, 4, 2))
    model = tf_keras.Model(x, tf_keras.layers.BatchNormalization(axis=[1, 3])(x))
    names = [weight.name for weight in opened(model).model.weights]
    assert names == ["gamma", "beta", "moving_mean", "moving_variance"]


@pytest.mark.parametrize("implementation", [1, 2, 3])
def test_locally_connected_kernels_are_named_however_they_lie(
    tf_keras, opened, implementation
) -> None:
    x = tf_keras.Input((7, 2))
    layer = tf_keras.layers.LocallyConnected1D(3, 3, strides=2, implementation=implementation)
    weights = opened(tf_keras.Model(x, layer(x))).model.weights
    assert [weight.name for weight in weights] == ["kernel", "bias"]


def test_lora_matrices_of_convolutions_are_found_and_added(keras, opened) -> None:
    layers = keras.layers
    plain, groups = layers.Conv1D(3, 2, name="plain"), layers.Conv2D(4, 3, groups=2)
    x, y = keras.Input((6, 2)), keras.Input((5, 6, 4))
    model = keras.Model([x, y], [plain(x), groups(y)])
    plain.enable_lora(2, lora_alpha=5)
    document = opened(model, "lora.h5")
    arrays = [numbers(6, 2), numbers(5, 6, 4)]
    agree(weightview.propagate(document, arrays), model.predict(arrays, verbose=0))


@pytest.mark.parametrize("mode", ["int8", "int4"])
def test_lora_matrices_stand_before_a_kernel_that_was_quantised(keras, opened, mode) -> None:
    layers = keras.layers
    words = layers.Embedding(9, 8)
    einsum, dense = layers.EinsumDense("abc,cd->abd", (None, 4), bias_axes="d"), layers.Dense(6)
    x = keras.Input((6,), dtype="int32")
    model = keras.Model(x, dense(einsum(words(x))))
    model.quantize(mode)
    for layer in (words, einsum, dense):
        layer.enable_lora(2)
    opened(model, "lora.h5", random=False)


def test_the_shape_of_a_packed_einsum_is_that_of_its_equation(keras, opened) -> None:
    x = keras.Input((5, 7))
    layer = keras.layers.EinsumDense("abc,cd->abd", (None, 3), bias_axes="d")
    model = keras.Model(x, layer(x))
    model.quantize("int4")
    assert opened(model, random=False).model.layers[-1].output_shape == (None, 5, 3)


def test_arrays_among_the_arguments_of_an_op_reach_tensorflow_as_arrays(keras, opened) -> None:
    x = keras.Input((6, 4))
    kernel = np.arange(24, dtype=np.float32).reshape(2, 4, 3)
    model = keras.Model(x, keras.ops.conv(x, kernel))
    document = opened(model)
    array = numbers(6, 4)
    agree(weightview.propagate(document, array), [model.predict(array, verbose=0)])


def test_an_expression_quotes_whatever_a_layer_is_called(keras, opened) -> None:
    given = x = keras.Input((3,))
    for name in ('it\'s "so"', "back\\slash", "größer"):
        x = keras.layers.Dense(3, name=name)(x)
    opened(keras.Model(given, x))


def test_a_layer_stored_in_two_models_is_told(tf_keras, tmp_path) -> None:
    layers = tf_keras.layers
    shared = layers.Dense(4, name="shared")
    inner = tf_keras.Sequential([tf_keras.Input((4,)), shared], name="inner")
    x = tf_keras.Input((4,))
    path = tmp_path / "shared.h5"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tf_keras.Model(x, inner(shared(x))).save(path)
    (warning,) = weightview.open_document(path).warnings
    assert warning.startswith("“shared” and “inner/shared” are one layer")


@pytest.mark.parametrize("mode", ["concat", "sum"])
def test_two_ways_of_different_widths_tell_their_shape(library, opened, mode) -> None:
    layers = library.layers
    x = library.Input((4, 3))
    back = layers.SimpleRNN(5 if mode == "concat" else 2, go_backwards=True)
    both = layers.Bidirectional(layers.SimpleRNN(2), merge_mode=mode, backward_layer=back)(x)
    model = library.Model(x, both)
    shape = opened(model).model.layers[-1].output_shape
    # Keras 3 tells twice the first width beforehand, and gives both beside each other.
    assert shape[1:] == model.predict(numbers(4, 3), verbose=0).shape[1:]
