"""The code that is copied fetches and writes the cell in Keras itself."""

import json
import subprocess
import sys
from zipfile import ZipFile

import numpy as np
import pytest

import weightview
from weightview.core.errors import EditError
from weightview.core.model import Weight
from weightview.gui.weight_view.python_code import fetching_code, writing_code

FILES = [
    "mlp_relu.keras",
    "nested_model.keras",
    "nested_same_names.keras",
    "transfer_frozen.keras",
    "odd_names.keras",
    "bidirectional.keras",
    "stacked_rnn.keras",
    "rnn_cells.keras",
    "time_distributed.keras",
    "siamese_shared_model.keras",
    "multi_io.keras",
    "attention_layers.keras",
    "transformer_block.keras",
    "depthwise_separable.keras",
    "batchnorm.keras",
]
WITH_KERAS = """
import json, sys
import keras, numpy
told = []
for file, cells in json.load(open(sys.argv[1])):
    model = keras.models.load_model(file, compile=False)
    names = {"model": model}
    for fetch, write in cells:
        before = float(eval(fetch, names))
        exec(write, names)
        told.append([before, float(eval(fetch, names))])
json.dump(told, open(sys.argv[2], "w"))
"""


def cell_of(document, weight):
    """Return an index in the middle, and a value that no cell has."""
    index = tuple(length // 2 for length in weight.shape)
    return index, np.float32(document.read(weight, index)) + np.float32(0.375)


@pytest.mark.referee
def test_keras_gets_and_sets_the_cell_by_the_copied_code(shared_models, tmp_path):
    folder = shared_models / "generated" / "k3.15.1_A"
    files = [folder / name for name in FILES]
    asked, expected, wrapped = [], [], 0
    for file in files:
        document = weightview.open_document(file)
        cells = []
        for weight in document.model.weights:
            if weight.kind != "weight" or weight.dtype != np.float32 or not weight.expression:
                continue
            index, value = cell_of(document, weight)
            write = writing_code(weight, index, lambda *_, value=value: value)
            cells.append([fetching_code(weight, index), write])
            expected.append([float(document.read(weight, index)), float(value)])
            wrapped += weight.layer_path.count("/")
        asked.append([str(file), cells])
    assert wrapped
    question, answer = tmp_path / "question.json", tmp_path / "answer.json"
    question.write_text(json.dumps(asked))
    command = [sys.executable, "-c", WITH_KERAS, str(question), str(answer)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(answer.read_text()) == expected


def weight_with(path="l/kernel", expression='model.get_layer("l").get_weights()[0]', **more):
    return Weight(
        "kernel",
        path,
        (2, 2),
        np.dtype("f4"),
        (),
        0,
        "",
        "kernel",
        "l",
        expression=expression,
        **more,
    )


class OneLayer:
    """A model of one layer, as far as the copied code sees it."""

    def __init__(self, name):
        self.name, self.weights = name, [np.zeros((2, 2), np.float32)]

    def get_layer(self, name):
        assert name == self.name
        return self

    def get_weights(self):
        return [array.copy() for array in self.weights]

    def set_weights(self, weights):
        self.weights = weights


@pytest.mark.parametrize("value", [0.1, -0.0, np.inf, -np.inf, np.nan, 1e-45, 3.4e38, 16777216.0])
def test_every_number_is_written_bit_for_bit(value):
    value, model = np.float32(value), OneLayer("l")
    exec(writing_code(weight_with(), (1, 0), lambda *_: value), {"model": model})
    assert model.weights[0][1, 0].tobytes() == value.tobytes()


@pytest.mark.parametrize("name", ["it's", 'a "quote"', "back\\slash", "line\nbreak", "é [0]"])
def test_a_layers_odd_name_is_quoted(examples, tmp_path, name):
    odd = tmp_path / "odd.keras"
    with ZipFile(examples / "line.keras") as source, ZipFile(odd, "w") as target:
        for member in source.infolist():
            data = source.read(member)
            if member.filename == "config.json":
                text = data.decode().replace('"dense"', json.dumps(name))
                assert text != data.decode()
                data = text.encode()
            target.writestr(member, data)
    weight = weightview.open_document(odd).model.weights[0]
    model = OneLayer(name)
    code = writing_code(weight, (0, 1), lambda *_: np.float32(2))
    exec(code, {"model": model})
    assert model.weights[0][0, 1] == 2
    assert eval(fetching_code(weight, (0, 1)), {"model": model}) == 2


@pytest.mark.parametrize("kind", ["optimizer", "metric", "other"])
def test_what_set_weights_does_not_reach_is_refused(kind):
    weight = weight_with("optimizer/velocity", "", kind=kind)
    with pytest.raises(EditError, match="set_weights does not reach it"):
        writing_code(weight, (0, 0), lambda *_: np.float32(1))
    assert fetching_code(weight, (0, 1)) == 'document.read("optimizer/velocity")[0, 1]'
