"""A lookup that learned its words is computed with those that its file keeps beside the config."""

import os
import warnings

import numpy as np
import pytest

import weightview
from weightview.worker.description import describe_model

pytestmark = pytest.mark.referee


@pytest.fixture(params=["keras", "tf_keras"])
def any_keras(request):
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip(request.param)


def saved(keras, tmp_path, layer, dtype):
    """Return the path of a model of a learned lookup in a nested model, and the model."""
    inner = keras.Input((2,), dtype=dtype)
    nested = keras.Model(inner, keras.layers.Embedding(9, 3)(layer(inner)), name="nested")
    x = keras.Input((2,), dtype=dtype)
    model = keras.Model(x, keras.layers.Dense(2)(nested(x)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save(tmp_path / "words.keras")
    return tmp_path / "words.keras", model


@pytest.mark.parametrize(("mask", "count"), [(None, 1), ("", 2)])
def test_learned_words_reach_tensorflow(any_keras, tmp_path, mask, count):
    import tensorflow as tf

    layer = any_keras.layers.StringLookup(mask_token=mask, num_oov_indices=count)
    layer.adapt(np.array([["b"], ["a"], ["b"], ["ü c"]]))
    path, model = saved(any_keras, tmp_path, layer, "string")
    trace = weightview.propagate(weightview.open_document(path), np.array([["b", "ü c"]]))
    expected = np.asarray(model(tf.constant([["b", "ü c"]])))
    np.testing.assert_allclose(trace.output, expected, rtol=1e-5, atol=1e-7)
    assert trace[f"nested/{layer.name}"].computed_by == "tensorflow"


def test_learned_numbers_reach_tensorflow(any_keras, tmp_path):
    layer = any_keras.layers.IntegerLookup(mask_token=0)
    layer.adapt(np.array([[12], [1138], [42], [12]]))
    path, model = saved(any_keras, tmp_path, layer, "int64")
    document = weightview.open_document(path)
    trace = weightview.propagate(document, np.array([[42, 7]]))
    np.testing.assert_allclose(
        trace.output, np.asarray(model(np.array([[42, 7]]))), rtol=1e-5, atol=1e-7
    )
    verdicts = weightview.check_with_tensorflow(document, np.array([[42, 7]]))
    assert all(verdict.agrees is not False for verdict in verdicts)


def test_the_words_stand_in_what_tensorflow_is_told(any_keras, tmp_path):
    layer = any_keras.layers.StringLookup()
    layer.adapt(np.array([["b"], ["a"], ["b"]]))
    path, _ = saved(any_keras, tmp_path, layer, "string")
    document = weightview.open_document(path)
    told = str(describe_model(document.model)["config"])
    assert "['[UNK]', 'b', 'a']" in told
    assert document.model.layer("nested").layers[1].config["vocabulary"] is None


def test_a_number_that_tensorflow_looked_up_is_called_by_its_word(any_keras, tmp_path):
    layer = any_keras.layers.StringLookup()
    layer.adapt(np.array([["b"], ["a"], ["b"]]))
    path, _ = saved(any_keras, tmp_path, layer, "string")
    document = weightview.open_document(path)
    trace = weightview.propagate(document, np.array(["a", "nobody"]))
    output = trace[f"nested/{layer.name}"].stage("output")
    assert [output.called((place,)) for place in range(2)] == ["'a'", "'[UNK]'"]
    assert [float(number) for number in output.value] == [2, 0]
    assert trace.steps[0].stage("output").called((0,)) == ""
    table = next(s for s in trace.steps if s.class_name == "Embedding")
    (term,) = weightview.derive(trace, table.layer_path, (0, 1)).terms
    assert term.label == "embeddings[2, 1] 'a'"
