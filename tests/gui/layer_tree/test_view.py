"""The tree as a hand uses it: clicks and keys select, other views' selections are followed."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QFontMetrics
from PySide6.QtWidgets import QApplication, QMenu

from weightview.core.model import Graph, Layer, Model
from weightview.gui.layer_tree import LayerTree
from weightview.gui.layer_tree.item_model import ITEM_ROLE
from weightview.gui.layer_tree.menu import expression

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)


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


def test_typing_a_name_goes_to_it(qtbot, tree, selection):
    tree.view.setFocus()
    qtbot.keyClicks(tree.view, "dense_3")
    assert selection.layer_path == "dense_3"


def test_left_folds_a_layer_and_right_opens_it(qtbot, tree, selection, dense_document):
    click(qtbot, tree, dense_document.model.layer("dense_2"))
    index = tree.view.currentIndex()
    qtbot.keyClick(tree.view, Qt.Key.Key_Left)
    assert not tree.view.isExpanded(index)
    qtbot.keyClick(tree.view, Qt.Key.Key_Right)
    assert tree.view.isExpanded(index)


def test_return_goes_on_to_the_weight(qtbot, tree, selection, dense_document):
    click(qtbot, tree, dense_document.weight("dense_2/bias"))
    with qtbot.waitSignal(tree.weight_asked):
        qtbot.keyClick(tree.view, Qt.Key.Key_Return)
    assert selection.weight_path == "dense_2/bias"


def test_return_on_a_layer_without_weights_stays(qtbot, tree, dense_document):
    click(qtbot, tree, dense_document.model.layer("inputs"))
    with qtbot.assertNotEmitted(tree.weight_asked):
        qtbot.keyClick(tree.view, Qt.Key.Key_Return)


def menu_of(qtbot, tree, item):
    click(qtbot, tree, item)
    place = tree.view.visualRect(tree.model.index_of(item)).center()
    asked = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, place, tree.view.viewport().mapToGlobal(place)
    )
    QApplication.sendEvent(tree.view.viewport(), asked)
    return next(menu for menu in tree.findChildren(QMenu, "row_menu") if menu.isVisible())


def choose(qtbot, menu, name):
    action = menu.findChild(QAction, name)
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())


@pytest.mark.parametrize(
    ("name", "copied"),
    [
        ("copy_name", "kernel"),
        ("copy_path", "dense_2/kernel"),
        ("copy_expression", "model.get_weights()[2]"),
    ],
)
def test_the_menu_of_a_weight_copies_it(qtbot, qapp, tree, dense_document, name, copied):
    menu = menu_of(qtbot, tree, dense_document.weight("dense_2/kernel"))
    choose(qtbot, menu, name)
    assert qapp.clipboard().text() == copied


def test_the_menu_of_a_layer_copies_and_leads_on(qtbot, qapp, tree, dense_document, selection):
    layer = dense_document.model.layer("dense_3")
    choose(qtbot, menu_of(qtbot, tree, layer), "copy_expression")
    assert qapp.clipboard().text() == 'model.get_layer("dense_3")'
    with qtbot.waitSignal(tree.graph_asked):
        choose(qtbot, menu_of(qtbot, tree, layer), "show_in_graph")
    with qtbot.waitSignal(tree.weight_asked):
        choose(qtbot, menu_of(qtbot, tree, layer), "show_weight")
    choose(qtbot, menu_of(qtbot, tree, layer), "collapse_all")
    assert not tree.view.isExpanded(tree.model.index_of(layer))


def test_a_layer_inside_a_wrapper_has_no_python_expression(qtbot, tree, dense_document):
    inner = Layer("inner", "outer/inner", "Dense", {})
    outer = Layer("outer", "outer", "TimeDistributed", {}, (), (inner,))
    nested = Layer("nested", "nested", "Functional", {}, (), (inner,), graph=Graph((), (), ()))
    model = Model("m", "Functional", (outer,), (), {"name": "m"})
    assert expression(model, inner) == ""
    model = Model("m", "Functional", (nested,), (), {"name": "m"})
    assert expression(model, inner) == 'model.get_layer("nested").get_layer("inner")'


@pytest.mark.parametrize("name", ['a"b', "a'b", "a'\"b", "a\\b", "a\nb", "ä"])
def test_the_python_expression_of_an_odd_name_runs(name):
    layer = Layer(name, name, "Dense", {})
    model = Model("m", "Functional", (layer,), (), {"name": "m"})

    class Loaded:
        def get_layer(self, name):
            return name

    assert eval(expression(model, layer), {"model": Loaded()}) == name


def shown_texts(tree, monkeypatch):
    """Return what is written in the tree's rows, as it is painted."""
    texts = []
    real = QFontMetrics.elidedText
    monkeypatch.setattr(
        QFontMetrics, "elidedText", lambda *args: texts.append(real(*args)) or texts[-1]
    )
    tree.view.viewport().grab()
    return texts


def test_a_narrow_tree_writes_shapes_briefly_before_it_cuts_a_name(
    tree, dense_document, monkeypatch
):
    for place, layer in enumerate(dense_document.model.layers):
        layer.output_shape = (None, 32, 32, 16 + place)
    dense_document.shapes_changed.emit()
    wide = shown_texts(tree, monkeypatch)
    assert "(None, 32, 32, 17)" in wide
    tree.resize(215, 500)
    narrow = shown_texts(tree, monkeypatch)
    assert "dense_1" in narrow
    assert "32×32×17" in narrow
    assert "(None, 32, 32, 17)" not in narrow


def test_the_beginning_is_in_sight_though_a_row_was_chosen_without_room(
    qtbot, selection, dense_document
):
    tree = LayerTree(selection)
    qtbot.addWidget(tree)
    tree.resize(300, 60)
    tree.set_document(dense_document)
    tree.show()
    selection.select_weight("dense_3/bias", "dense_3")
    tree.resize(300, 600)
    qtbot.waitUntil(lambda: tree.view.indexAt(QPoint(60, 2)).row() == 0)
    assert tree.view.indexAt(QPoint(60, 2)).data(ITEM_ROLE) is dense_document.model.layers[0]


def test_weights_shapes_are_written_briefly_before_any_of_them_is_cut(tree, monkeypatch):
    for width in range(300, 100, -3):
        tree.resize(width, 500)
        texts = shown_texts(tree, monkeypatch)
        if "(5, 32)" not in texts:
            break
    assert {"kernel", "8×5", "5×32", "32"} <= set(texts)
    assert not any(text.startswith("(5") or text.startswith("(8") for text in texts)
