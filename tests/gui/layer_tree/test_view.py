"""The tree as a hand uses it: clicks and keys select, other views' selections are followed."""

import pytest
from PySide6.QtCore import Qt

from weightview.gui.layer_tree import LayerTree
from weightview.gui.layer_tree.item_model import ITEM_ROLE


@pytest.fixture
def tree(qtbot, selection, dense_document):
    result = LayerTree(selection)
    qtbot.addWidget(result)
    result.resize(320, 500)
    result.set_document(dense_document)
    result.show()
    qtbot.waitExposed(result)
    return result


def click(qtbot, tree, item):
    index = tree.model.index_of(item)
    tree.view.scrollTo(index)
    place = tree.view.visualRect(index).center()
    qtbot.mouseClick(tree.view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_a_click_on_a_weight_selects_it_and_its_layer(qtbot, tree, selection, dense_document):
    click(qtbot, tree, dense_document.weight("dense_3/bias"))
    assert (selection.weight_path, selection.layer_path) == ("dense_3/bias", "dense_3")
    assert tree.details == "[5] = bias of dense_3 (5,)"


def test_a_click_on_a_layer_selects_it_and_shows_its_first_weight(
    qtbot, tree, selection, dense_document
):
    layer = dense_document.model.layer("dense_2")
    click(qtbot, tree, layer)
    assert (selection.layer_path, selection.weight_path) == ("dense_2", "dense_2/kernel")
    assert tree.view.currentIndex().data(ITEM_ROLE) is layer, "the tree stays on the layer"
    assert tree.details == "dense_2: Dense, (None, 5) → (None, 5), 30 parameters"


def test_a_layer_without_weights_leaves_the_weight(qtbot, tree, selection, dense_document):
    selection.select_weight("dense_4/bias", "dense_4")
    click(qtbot, tree, dense_document.model.layer("inputs"))
    assert (selection.layer_path, selection.weight_path) == ("inputs", "dense_4/bias")


def test_the_tree_follows_other_views(tree, selection, dense_document):
    selection.select_weight("dense_4/bias", "dense_4")
    assert tree.view.currentIndex().data(ITEM_ROLE) is dense_document.weight("dense_4/bias")
    selection.select_layer("dense_1")
    assert tree.view.currentIndex().data(ITEM_ROLE) is dense_document.model.layer("dense_1")
    assert selection.weight_path == "dense_4/bias", "following changes nothing"


def test_arrow_keys_move_the_selection(qtbot, tree, selection):
    selection.select_weight("dense_1/kernel", "dense_1")
    tree.view.setFocus()
    qtbot.keyClick(tree.view, Qt.Key.Key_Down)
    assert selection.weight_path == "dense_1/bias"


def test_copy_gives_the_path(qtbot, qapp, tree, selection):
    selection.select_weight("dense_1/bias", "dense_1")
    tree.copy()
    assert qapp.clipboard().text() == "dense_1/bias"


def test_all_layers_are_open_at_first(tree, dense_document):
    layer = dense_document.model.layer("dense_4")
    assert tree.view.isExpanded(tree.model.index_of(layer))
