"""Low precision is rounded as Keras rounds it; float64 is float64 all the way."""

import warnings

import numpy as np
import pytest

from weightview.calculator import propagate
from weightview.calculator.precision import precision_of
from weightview.core.values import Values
from weightview.formats.registry import load


@pytest.mark.parametrize(
    ("policy", "asked", "dtype", "low"),
    [
        ("float32", "float32", "float32", ""),
        ("mixed_float16", "float32", "float32", "float16"),
        ("mixed_bfloat16", "float32", "float32", "bfloat16"),
        ("bfloat16", "float32", "float32", "bfloat16"),
        ("float64", "float32", "float64", ""),
        ("mixed_float16", "float64", "float64", ""),
        ("int8_from_mixed_bfloat16", "float32", "float32", "bfloat16"),
    ],
)
def test_a_policy_says_in_what_is_computed(policy, asked, dtype, low) -> None:
    found = precision_of(policy, asked)
    assert (found.dtype, found.low) == (np.dtype(dtype), low)


@pytest.mark.slow
@pytest.mark.referee
@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16", "float16", "bfloat16"])
def test_low_precision_is_near_what_keras_gives(keras, tmp_path, policy) -> None:
    layers = keras.layers
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = keras.Sequential(
            [
                layers.Input((6, 5)),
                # TensorFlow has no orthogonal matrices in bfloat16.
                layers.LSTM(8, return_sequences=True, dtype=policy, recurrent_initializer="normal"),
                layers.LayerNormalization(dtype=policy),
                layers.Conv1D(4, 3, padding="same", activation="relu", dtype=policy),
                layers.Flatten(dtype=policy),
                layers.Dense(3, activation="softmax", dtype=policy),
            ]
        )
        model.save(tmp_path / "low.keras")
        x = np.random.default_rng(0).normal(size=(4, 6, 5)).astype(np.float32)
        theirs = np.asarray(model(x)).astype(np.float32)
    opened = load(tmp_path / "low.keras")
    ours = propagate(opened.model, Values(opened.storage), x).output
    np.testing.assert_allclose(ours, theirs, atol=3e-2 if "b" in policy else 4e-3)


def test_float64_gives_what_exact_arithmetic_gives(sequential) -> None:
    rng = np.random.default_rng(0)
    kernel = rng.normal(size=(300, 1)).astype(np.float32)
    x = rng.normal(size=300)
    model = sequential([300], ("Dense", {"units": 1}, {"kernel": kernel}))
    exact = float(x @ kernel[:, 0].astype(np.float64))
    assert propagate(*model, x, dtype="float64").output[0] == pytest.approx(exact, rel=1e-14)
    assert propagate(*model, x).output.dtype == np.float32


@pytest.mark.slow
@pytest.mark.referee
@pytest.mark.parametrize("mode", ["int8", "int4", "float8"])
@pytest.mark.parametrize("kind", ["dense", "embedding", "einsum"])
def test_quantised_layers_give_what_keras_gives(keras, tmp_path, mode, kind) -> None:
    if kind == "embedding" and mode == "float8":
        pytest.skip("Keras has no embeddings in float8")
    if kind == "einsum" and mode != "int8":
        pytest.skip("the calculator leaves these to TensorFlow")
    layers = keras.layers
    rng = np.random.default_rng(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if kind == "dense":
            stack = [layers.Input((10,)), layers.Dense(7, activation="tanh"), layers.Dense(3)]
            x = rng.normal(size=(4, 10)).astype(np.float32)
        elif kind == "einsum":
            first = layers.EinsumDense("abc,cde->adbe", (2, None, 3))
            stack = [
                layers.Input((4, 5)),
                first,
                layers.EinsumDense("adbe,dex->abx", (None, 7), bias_axes="x"),
            ]
            x = rng.normal(size=(3, 4, 5)).astype(np.float32)
        else:
            stack = [layers.Input((5,), dtype="int32"), layers.Embedding(9, 6)]
            x = rng.integers(0, 9, (4, 5)).astype(np.int32)
        model = keras.Sequential(stack)
        model.quantize(mode)
        model.save(tmp_path / "quantised.keras")
        theirs = np.asarray(model(x))
    opened = load(tmp_path / "quantised.keras")
    trace = propagate(opened.model, Values(opened.storage), x)
    assert trace.steps[-1].computed_by == "numpy", trace.steps[-1].reason
    np.testing.assert_allclose(trace.output, theirs, atol=1e-4)


def test_lora_adds_its_product_to_the_kernel(sequential) -> None:
    rng = np.random.default_rng(0)
    kernel, a, b = rng.normal(size=(4, 3)), rng.normal(size=(4, 2)), rng.normal(size=(2, 3))
    roles = {"kernel": kernel, "lora_kernel_a": a, "lora_kernel_b": b}
    config = {"units": 3, "lora_rank": 2, "lora_alpha": 4}
    x = rng.normal(size=4).astype(np.float32)
    trace = propagate(*sequential([4], ("Dense", config, roles)), x)
    np.testing.assert_allclose(trace.output, x @ (kernel + 2 * a @ b), rtol=1e-5)


@pytest.mark.slow
@pytest.mark.referee
def test_attention_with_quantised_numbers_is_refused_and_not_guessed(keras, tmp_path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        x = keras.Input((4, 6))
        model = keras.Model(x, keras.layers.MultiHeadAttention(2, 3)(x, x))
        model.quantize("int8")
        model.save(tmp_path / "quantised.keras")
    opened = load(tmp_path / "quantised.keras")
    trace = propagate(opened.model, Values(opened.storage), np.ones((4, 6), np.float32))
    assert trace.steps[-1].computed_by is None
    assert trace.steps[-1].reason
