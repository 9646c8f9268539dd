"""Opening, saving, and learning shapes through the public interface."""

import shutil

import numpy as np
import pytest

import weightview
from weightview.api import lacks_shapes, learn_shapes, save
from weightview.api.graphs import arguments_of
from weightview.core.errors import CalculationError


@pytest.fixture
def line_copy(examples, tmp_path):
    path = tmp_path / "line.keras"
    shutil.copy(examples / "line.keras", path)
    return path


def test_a_snapshot_is_saved_and_the_document_goes_on_with_the_file(line_copy, tmp_path):
    document = weightview.open_document(line_copy)
    document.set_values("dense_1/bias", 0, 7.0)
    snapshot = document.snapshot()
    target = tmp_path / "other.keras"
    document.saved_to(save(snapshot, str(target)), snapshot)
    assert document.path == target
    assert not document.is_modified
    assert weightview.open_document(target).read("dense_1/bias")[0] == 7.0
    assert weightview.open_document(line_copy).read("dense_1/bias")[0] != 7.0


def test_a_file_of_weights_alone_takes_its_architecture_from_another(examples):
    document = weightview.open_document(
        examples / "line.weights.h5", architecture=examples / "line.keras"
    )
    np.testing.assert_allclose(weightview.propagate(document, [10.0]).output, [25.00466], atol=6e-6)


def test_without_its_architecture_it_opens_but_cannot_be_calculated(examples):
    document = weightview.open_document(examples / "line.weights.h5")
    assert len(document.model.weights) == 4
    with pytest.raises(CalculationError):
        weightview.propagate(document, [10.0])


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04" + b"x" * 40])
def test_what_is_no_model_is_refused_with_its_name(tmp_path, content):
    path = tmp_path / "odd.keras"
    path.write_bytes(content)
    with pytest.raises(weightview.WeightviewError, match=r"odd\.keras"):
        weightview.open_document(path)


def test_shapes_that_keras_tells_fill_only_what_is_open(examples):
    document = weightview.open_document(examples / "line.keras")
    layers = {layer.path: layer for layer in document.model.layers}
    heard = []

    def listen():
        heard.append(True)

    document.shapes_changed.connect(listen)
    assert not lacks_shapes(document)
    learn_shapes(document, {"dense": ((None, 9), (None, 9))})
    assert layers["dense"].output_shape == (None, 16)
    assert heard == []
    layers["dense"].output_shape = None
    document.model.output_shape = None
    assert lacks_shapes(document)
    learn_shapes(document, {"dense": ((None, 9), (None, 16)), "no_such_layer": (None, None)})
    assert layers["dense"].output_shape == (None, 16)
    assert layers["dense"].input_shape == (None, 1)
    assert document.model.output_shape == (None, 1)
    assert heard == [True]


def test_the_arguments_of_a_call_are_filled_in_their_order(shared_models):
    path = shared_models / "generated" / "k3.15.1_A" / "nested_model.keras"
    model = weightview.open_document(path).model
    add = model.layer("middle/inner_fun/add")
    first, second = np.zeros(1), np.ones(1)
    arguments, keywords = arguments_of(model, add, 0, [first, second])
    assert keywords == {}
    assert arguments[0][0] is first
    assert arguments[0][1] is second
    with pytest.raises(CalculationError, match="takes 2 tensors; found 1"):
        arguments_of(model, add, 0, [first])
