"""A model on a ``FeatureSpace`` is opened without a warning and computed as Keras computes it."""

import warnings

import numpy as np
import pytest

import weightview
from weightview.worker.client import Worker

pytestmark = [
    pytest.mark.referee,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras' own
]


@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_a_model_on_a_feature_space_is_known_and_agrees(tmp_path, monkeypatch, ending):
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")
    path = tmp_path / f"model{ending}"
    given = {"age": np.array([[3.0], [2.0]], "f4"), "height": np.array([[7.0], [1.0]], "f4")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        keras = pytest.importorskip("keras")
        tf = pytest.importorskip("tensorflow")
        kind = keras.utils.FeatureSpace
        features = {"age": kind.float(), "height": kind.float_rescaled(0.5, 1.0)}
        space = kind(features=features, output_mode="concat")
        space.adapt(tf.data.Dataset.from_tensor_slices(given).batch(2))
        out = keras.layers.Dense(2)(space.get_encoded_features())
        model = keras.Model(space.get_inputs(), out)
        model.save(path)
        theirs = np.asarray(model(given))
    document = weightview.open_document(path)
    assert not [text for text in document.warnings if "TFD" in text]
    worker = Worker()
    try:
        trace = weightview.propagate(document, given, elsewhere=False)
        np.testing.assert_allclose(trace.output, theirs, rtol=1e-5)
        verdicts = weightview.check_with_tensorflow(document, given, trace=trace, worker=worker)
        assert {verdict.agrees for verdict in verdicts} == {True}, verdicts
    finally:
        worker.close()
