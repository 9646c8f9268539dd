"""A live Keras model is shown as it is, and takes over the edits made to its document."""

import os
import subprocess
import sys
import textwrap
from importlib.util import find_spec

import pytest

import weightview
from weightview.api import document_of

SCRIPT = """
import sys
import numpy as np
if sys.argv[1] == "keras":
    import keras
else:
    import tf_keras as keras
import weightview
from weightview.api import document_of, follow
from weightview.core.axis_names import own_names

layers = keras.layers
rng = np.random.default_rng(1)
inner = keras.Sequential([layers.Input((5,)), layers.Dense(4, "relu"),
                          layers.BatchNormalization()], name="inner")
x = keras.Input((5,), name="x")
one, two = inner(x), inner(layers.Activation("tanh")(x))
model = keras.Model(x, layers.Dense(2, name="last")(layers.Concatenate()([one, two])))
model.set_weights([rng.normal(size=w.shape) ** 2 for w in model.get_weights()])
document = document_of(model)
rows = rng.normal(size=(3, 5)).astype("float32")

def agree():
    ours = weightview.propagate(document, rows).output
    theirs = model.predict(rows, verbose=0)
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)
    return theirs

before = agree()
follow(document, model)
document.set_values("last/bias", 0, 7.5)
after = agree()
assert not np.allclose(before, after)
document.set_values("inner/dense/kernel", (slice(None), 1), 0.25)
agree()
document.undo()
document.undo()
np.testing.assert_array_equal(agree(), before)
recurrent = keras.Sequential([layers.Input((6, 3)), layers.Bidirectional(layers.LSTM(2)),
                              layers.Dense(1)])
shown = document_of(recurrent)
assert [shown.read(w).tolist() for w in shown.model.weights] == [
    w.tolist() for w in recurrent.get_weights()]
lookup = layers.StringLookup(mask_token="")
lookup.adapt(np.array([["b"], ["a"], ["b"]]))
word = keras.Input((2,), dtype="string")
table = layers.Embedding(6, 2, name="table")
spoken = document_of(keras.Model(word, table(lookup(word))))
names = own_names(spoken, spoken.weight("table/embeddings"), 0)
assert list(names) == ["", "[UNK]", "b", "a", "", ""] == lookup.get_vocabulary() + ["", ""]
print("done")
"""


@pytest.mark.referee
@pytest.mark.parametrize("package", ["keras", "tf_keras"])
def test_a_live_model_gives_its_numbers_and_takes_the_edits(package, tmp_path):
    if find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    script = tmp_path / "live.py"
    script.write_text(textwrap.dedent(SCRIPT))
    told = subprocess.run(
        [sys.executable, "-W", "ignore", str(script), package],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"},
    )
    assert told.stdout.strip() == "done", told.stderr[-3000:]


@pytest.mark.parametrize("thing", [3, object(), [1, 2], None])
def test_what_is_no_keras_model_is_refused_with_its_type(thing):
    with pytest.raises(weightview.WeightviewError, match=type(thing).__name__):
        document_of(thing)


def test_what_only_looks_like_a_keras_model_is_refused():
    class Pretender:
        layers = ()

        def get_config(self):
            return {}

        def get_weights(self):
            return []

    with pytest.raises(weightview.WeightviewError, match="Pretender"):
        document_of(Pretender())
