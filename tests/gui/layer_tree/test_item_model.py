"""The rows of the tree: what they say, and that they follow the document."""

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from weightview.core.document import Document
from weightview.core.memory import MemoryStorage
from weightview.core.model import Layer, Model, Weight
from weightview.gui.layer_tree.item_model import (
    ASIDE_ROLE,
    EDITED_ROLE,
    ITEM_ROLE,
    STRIP_ROLE,
    Column,
    LayerTreeModel,
)


@pytest.fixture
def model(qapp):
    result = LayerTreeModel()
    QAbstractItemModelTester(result, QAbstractItemModelTester.FailureReportingMode.Fatal, result)
    return result


def weight(path: str, layer_path: str, kind="weight", shape=(2,), index=None) -> Weight:
    return Weight(
        name=path.rpartition("/")[2],
        path=path,
        shape=shape,
        dtype=np.dtype(np.float32),
        axes=("unit",) * len(shape),
        keras_index=index,
        stored_name=path,
        role=path.rpartition("/")[2],
        layer_path=layer_path,
        kind=kind,
    )


def document_of(model: Model) -> Document:
    arrays = {w.path: np.ones(w.shape, w.dtype) for w in (*model.weights, *model.others)}
    return Document(model, MemoryStorage(arrays))


@pytest.fixture
def nested_document():
    inner_weight = weight("outer/inner/kernel", "outer/inner", index=0)
    inner = Layer("inner", "outer/inner", "Dense", {}, (inner_weight,))
    outer = Layer("outer", "outer", "Functional", {}, (), (inner,))
    others = (weight("optimizer/m", "", "optimizer"), weight("seed", "", "state"))
    return document_of(Model("nested", "Functional", (outer,), (inner_weight,), others=others))


def texts(model, parent=QModelIndex(), depth=0):  # noqa: B008 - an invalid index is a constant
    result = []
    for place in range(model.rowCount(parent)):
        index = model.index(place, 0, parent)
        cells = [model.index(place, column, parent).data() for column in Column]
        result.append((depth, *cells))
        result += texts(model, index, depth + 1)
    return result


def test_rows_are_layers_with_their_weights_in_order(model, dense_document):
    model.set_document(dense_document)
    assert texts(model)[:4] == [
        (0, "inputs", "(None, 8)", ""),
        (0, "dense_1", "(None, 5)", "45"),
        (1, "kernel", "(8, 5)", "[0]"),
        (1, "bias", "(5,)", "[1]"),
    ]
    assert texts(model)[-1] == (1, "bias", "(32,)", "[7]")


def test_nested_layers_are_nested_rows_and_other_arrays_stand_apart(model, nested_document):
    model.set_document(nested_document)
    assert [(row[0], row[1]) for row in texts(model)] == [
        (0, "outer"),
        (1, "inner"),
        (2, "kernel"),
        (0, "Optimizer"),
        (1, "optimizer/m"),
        (0, "States (random seeds and the like)"),
        (1, "seed"),
    ]


def test_a_weight_of_no_layer_is_still_a_row(model):
    lost = weight("lost", "", index=0)
    model.set_document(document_of(Model("m", "", (), (lost,))))
    assert [row[1] for row in texts(model)] == ["lost"]


def test_no_document_means_no_rows(model, dense_document):
    model.set_document(dense_document)
    model.set_document(None)
    assert model.rowCount() == 0


def test_an_edit_marks_the_weight_and_its_layer_until_it_is_undone(model, dense_document, qtbot):
    model.set_document(dense_document)
    kernel = dense_document.weight("dense_2/kernel")
    layer = dense_document.model.layer("dense_2")
    with qtbot.waitSignal(model.dataChanged):
        dense_document.set_values("dense_2/kernel", (0, 0), 9.0)
    assert model.index_of(kernel).data(EDITED_ROLE)
    assert model.index_of(layer).data(EDITED_ROLE)
    assert not model.index_of(dense_document.weight("dense_2/bias")).data(EDITED_ROLE)
    dense_document.undo()
    assert not model.index_of(kernel).data(EDITED_ROLE)
    assert not model.index_of(layer).data(EDITED_ROLE)


def test_revert_takes_every_mark_away(model, dense_document):
    model.set_document(dense_document)
    kernel = dense_document.weight("dense_2/kernel")
    dense_document.set_values("dense_2/kernel", None, 1.0)
    assert model.index_of(kernel).data(EDITED_ROLE)
    dense_document.revert()
    assert not model.index_of(kernel).data(EDITED_ROLE)


def test_the_tooltip_is_a_full_sentence(model, dense_document):
    model.set_document(dense_document)
    index = model.index_of(dense_document.weight("dense_1/bias"))
    assert index.data(Qt.ItemDataRole.ToolTipRole) == (
        "[1] in get_weights() = bias of dense_1 (5,): one number per unit."
    )


def test_the_class_stands_beside_the_name(model, dense_document):
    model.set_document(dense_document)
    assert model.index_of(dense_document.model.layer("dense_1")).data(ASIDE_ROLE) == "Dense"
    assert model.index_of(dense_document.weight("dense_1/bias")).data(ASIDE_ROLE) == ""


def test_learned_shapes_are_told(model, dense_document, qtbot):
    layer = dense_document.model.layer("dense_1")
    layer.output_shape = None
    model.set_document(dense_document)
    index = model.index_of(layer, Column.SHAPE)
    assert index.data() == "?"
    layer.output_shape = (None, 5)
    with qtbot.waitSignal(model.dataChanged):
        dense_document.shapes_changed.emit()
    assert index.data() == "(None, 5)"


def test_a_reloaded_model_of_other_layers_gets_new_rows(model, dense_document, make_dense_document):
    model.set_document(dense_document)
    other = make_dense_document((3, 2))
    dense_document.reload(other.model, other.values.storage, ())
    assert [row[1] for row in texts(model)] == ["inputs", "dense_1", "kernel", "bias"]
    assert model.index_of(other.weight("dense_1/kernel")).data(ITEM_ROLE).shape == (3, 2)


def test_a_strip_comes_after_it_was_asked_for(model, dense_document, qtbot):
    model.set_document(dense_document)
    index = model.index_of(dense_document.weight("dense_1/kernel"))
    assert index.data(STRIP_ROLE) is None
    qtbot.waitUntil(lambda: index.data(STRIP_ROLE) is not None)
    assert index.data(STRIP_ROLE).height() == 1


def test_another_document_is_no_longer_followed(model, dense_document, make_dense_document, qtbot):
    model.set_document(dense_document)
    model.set_document(make_dense_document((2, 2)))
    with qtbot.assertNotEmitted(model.dataChanged):
        dense_document.set_values("dense_1/kernel", (0, 0), 9.0)


def test_a_name_that_looks_like_html_is_told_literally(model):
    layer = Layer("<img src=x>", "<img src=x>", "Dense", {})
    model.set_document(document_of(Model("m", "", (layer,), ())))
    assert "&lt;img src=x&gt;" in model.index_of(layer).data(Qt.ItemDataRole.ToolTipRole)
