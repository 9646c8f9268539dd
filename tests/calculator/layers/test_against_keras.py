"""Each class of layer, drawn at random, gives what Keras gives, and each stage its derivation."""

import os
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from weightview.calculator import derive, infer_shapes, propagate
from weightview.calculator.registry import layer_classes
from weightview.core.values import Values
from weightview.formats.registry import load

pytestmark = [pytest.mark.slow, pytest.mark.referee]

EXAMPLES = int(os.environ.get("WEIGHTVIEW_EXAMPLES", "4"))
"""How many layers are drawn of each class; a long run may ask for more."""

# Only in Keras 1 or 2: compared in test_old_layers.
OLD = {
    "Convolution1D", "Convolution2D", "CuDNNGRU", "CuDNNLSTM", "Highway", "LocallyConnected1D",
    "LocallyConnected2D", "MaxoutDense", "Merge", "ThresholdedReLU",
}  # fmt: skip


def test_no_class_is_left_out(drawn_layers) -> None:
    assert set(layer_classes()) == set(drawn_layers) | OLD


@pytest.mark.parametrize("name", sorted(set(layer_classes()) - OLD))
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    database=None,
    # Shrinking would build hundreds of Keras models.
    phases=[Phase.generate],
)
@given(data=st.data())
def test_a_layer_gives_what_keras_gives(keras, drawn_layers, drawer, name, data) -> None:
    layer, arrays = drawn_layers[name](drawer(data))
    with warnings.catch_warnings(), TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")
        model = functional(keras, layer, arrays)
        theirs = model(arrays if len(arrays) > 1 else arrays[0], training=False)
        path = Path(folder) / "layer.keras"
        model.save(path)
        opened = load(path)
        compare(opened, arrays, [np.asarray(t) for t in keras.tree.flatten(theirs)], data)
    keras.backend.clear_session(free_memory=False)


def functional(keras, layer, arrays):
    inputs = [keras.Input(array.shape[1:], dtype=str(array.dtype)) for array in arrays]
    model = keras.Model(inputs, layer(*inputs))
    rng = np.random.default_rng(7)
    changed = []
    for weight in model.weights:
        array = np.asarray(weight)
        if array.dtype.kind != "f":
            changed.append(array)
        elif weight.name in ("moving_variance", "variance"):
            changed.append(rng.uniform(0.5, 2, array.shape).astype(array.dtype))
        else:
            changed.append((rng.normal(size=array.shape) * 0.7).astype(array.dtype))
    if not any(isinstance(inner, keras.layers.Normalization) for inner in model.layers):
        model.set_weights(changed)
    return model


def compare(opened, arrays, theirs, data) -> None:
    model = opened.model
    infer_shapes(model)
    trace = propagate(model, Values(opened.storage), arrays if len(arrays) > 1 else arrays[0])
    for step in trace.steps:
        assert step.computed_by == "numpy", f"{step.layer_path}: {step.reason}"
    assert len(trace.outputs) == len(theirs)
    for ours, expected in zip(trace.outputs, theirs, strict=True):
        assert ours.shape == expected.shape
        size = max(float(np.max(np.abs(expected), initial=0)), 1.0)
        np.testing.assert_allclose(ours, expected, atol=2e-5 * size, rtol=0)
    shapes = model.output_shape
    if shapes is not None:
        several = shapes and isinstance(shapes[0], tuple)
        for shape, expected in zip(shapes if several else [shapes], theirs, strict=True):
            assert shape[1:] == expected.shape[1:]
    for step in trace.steps:
        for stage in step.stages:
            if stage.value.size and stage.value.dtype.kind in "fiub":
                check_derivation(trace, step, stage, data)


def check_derivation(trace, step, stage, data) -> None:
    index = tuple(data.draw(st.integers(0, n - 1)) for n in stage.value.shape)
    found = derive(trace, step.layer_path, index, stage.name, step.node)
    assert found.formula
    assert found.substituted
    assert found.value == stage.value[index]
    terms = [*found.terms, *([found.bias] if found.bias else [])]
    assert all(term.source is not None for term in terms), (step.layer_path, stage.name)
    size = max([abs(term.product) for term in terms] + [abs(found.value), 1.0])
    assert found.evaluate() == pytest.approx(found.value, abs=1e-4 * size), stage.name
