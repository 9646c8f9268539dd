"""The graph of the layers, as a person uses it."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QGraphicsView, QMenu

from weightview.core.document import Document
from weightview.core.memory import MemoryStorage
from weightview.core.model import Graph, Layer, Model, Node, TensorRef, Weight
from weightview.gui.graph_view import GraphView
from weightview.gui.graph_view.drawing import all_chains, draw
from weightview.gui.theme import colors, theme

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
LEFT = Qt.MouseButton.LeftButton


def dense(path):
    kernel = Weight(
        name="kernel",
        path=f"{path}/kernel",
        shape=(2, 2),
        dtype=np.dtype(np.float32),
        axes=("input", "unit"),
        keras_index=None,
        stored_name=path,
        role="kernel",
        layer_path=path,
    )
    name = path.rpartition("/")[2]
    return Layer(name, path, "Dense", {}, (kernel,), output_shape=(None, 2))


@pytest.fixture
def nested_document():
    """Return a document: an encoder called twice, in it a block; a wrapper; their sum."""
    inner = (dense("encoder/block/a"), dense("encoder/block/b"))
    graph = Graph((Node("a", 0, ()), Node("b", 0, (TensorRef("a"),))), (), ())
    block = Layer("block", "encoder/block", "Sequential", {}, (), inner, graph)
    first = dense("encoder/first")
    nodes = (Node("first", 0, ()), Node("block", 0, (TensorRef("first"),)))
    encoder = Layer(
        "encoder", "encoder", "Functional", {}, (), (first, block), Graph(nodes, (), ())
    )
    both = (dense("two_ways/forward"), dense("two_ways/backward"))
    wrapper = Layer("two_ways", "two_ways", "Bidirectional", {}, (), both)
    inputs = [Layer(name, name, "InputLayer", {}) for name in ("left", "right")]
    outer = (
        Node("left", 0, ()),
        Node("right", 0, ()),
        Node("encoder", 0, (TensorRef("left"),)),
        Node("encoder", 1, (TensorRef("right"),)),
        Node("plus", 0, (TensorRef("encoder"), TensorRef("encoder", 1))),
        Node("two_ways", 0, (TensorRef("plus"),)),
    )
    layers = (*inputs, encoder, wrapper)
    weights = tuple(weight for layer in layers for weight in layer.all_weights())
    model = Model("nested", "Functional", layers, weights, {}, Graph(outer, (), ()))
    storage = MemoryStorage({w.path: np.ones(w.shape, w.dtype) for w in weights})
    return Document(model, storage)


@pytest.fixture
def nested(qtbot, selection, nested_document):
    view = GraphView(selection)
    qtbot.addWidget(view)
    view.resize(800, 600)
    view.set_document(nested_document)
    with qtbot.waitActive(view):
        view.show()
        view.activateWindow()
    view.setFocus()
    yield view
    view.set_document(None)


def item_of(view, *names):
    """Return the box of a call by the names of what holds it, each with its call where not 0."""
    chain = tuple(name if isinstance(name, tuple) else (name, 0) for name in names)
    return next(box for box in view.boxes if box.box.chain == chain)


def names(view):
    return [box.call[0] for box in view.boxes]


def place_of(view, item):
    return view.mapFromScene(item.name_room.center())


def click(qtbot, view, item):
    qtbot.mouseClick(view.viewport(), LEFT, pos=place_of(view, item))


def double_click(qtbot, view, item):
    place = place_of(view, item)
    qtbot.mouseClick(view.viewport(), LEFT, pos=place)
    qtbot.mouseDClick(view.viewport(), LEFT, pos=place)


def current(view):
    return [box.box.chain for box in view.boxes if box.is_current]


@pytest.fixture
def graph(window, qtbot, dense_document):
    window.set_document(dense_document)
    with qtbot.waitActive(window):
        window.activateWindow()
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(window, Qt.Key.Key_G, keys)
    view = window.findChild(QGraphicsView, "graph")
    assert view.isVisible()
    return view


def middle(view, name):
    box = next(box for box in view.boxes if box.call[0] == name)
    view.centerOn(box)
    return view.mapFromScene(box.name_room.center())


def test_a_click_selects_the_layer_and_the_graph_stays(graph, window, qtbot):
    place = middle(graph, "dense_3")
    qtbot.mouseClick(graph.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert window.selection.layer_path == "dense_3"
    assert graph.isVisible()
    assert [box.call[0] for box in graph.boxes if box.is_current] == ["dense_3"]


def test_a_double_click_shows_the_layers_weight(graph, window, qtbot):
    place = middle(graph, "dense_2")
    qtbot.mouseClick(graph.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(graph.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert window.selection.weight_path == "dense_2/kernel"
    assert window.workspace.weight_view.isVisible()


def test_arrows_select_and_return_shows_the_weight(graph, window, qtbot):
    assert graph.hasFocus()
    qtbot.keyClick(graph, Qt.Key.Key_Down)
    assert window.selection.layer_path == "dense_2"
    qtbot.keyClick(graph, Qt.Key.Key_Return)
    assert window.selection.weight_path == "dense_2/kernel"
    assert not graph.isVisible()


def test_escape_leaves_and_another_model_is_drawn(graph, window, qtbot, make_dense_document):
    qtbot.keyClick(graph, Qt.Key.Key_Escape)
    assert not graph.isVisible()
    window.set_document(make_dense_document((2, 2)))
    assert [box.call[0] for box in graph.boxes] == ["inputs", "dense_1"]


def test_a_double_click_opens_a_nested_model_in_its_place_and_closes_it(nested, qtbot):
    outside = names(nested)
    double_click(qtbot, nested, item_of(nested, "encoder"))
    frame = item_of(nested, "encoder").box
    for name in ("first", "block"):
        box = item_of(nested, "encoder", name).box
        assert frame.left < box.left
        assert box.left + box.size[0] < frame.left + frame.size[0]
        assert frame.top < box.top
        assert box.top + box.size[1] < frame.top + frame.size[1]
    double_click(qtbot, nested, item_of(nested, "encoder"))
    assert names(nested) == outside


def test_return_opens_and_inside_it_again_and_each_call_opens_for_itself(nested, qtbot, selection):
    click(qtbot, nested, item_of(nested, ("encoder", 1)))
    qtbot.keyClick(nested, Qt.Key.Key_Return)
    inner = (("encoder", 1), "block")
    click(qtbot, nested, item_of(nested, *inner))
    assert selection.layer_path == "encoder/block"
    qtbot.keyClick(nested, Qt.Key.Key_Return)
    assert item_of(nested, *inner, "b")
    assert not item_of(nested, "encoder").box.is_open


def test_the_sign_opens_with_one_click_and_the_box_stays_where_it_is(nested, qtbot):
    item = item_of(nested, "encoder")
    sign = nested.mapFromScene(item.mapToScene(item.sign_room().center()))
    before = nested.mapFromScene(item.pos())
    qtbot.mouseClick(nested.viewport(), LEFT, pos=sign)
    opened = item_of(nested, "encoder")
    assert opened.box.is_open
    moved = nested.mapFromScene(opened.pos()) - before
    assert abs(moved.y()) <= 1 or not nested.verticalScrollBar().maximum()


def test_a_wrapper_shows_what_it_wraps(nested, qtbot):
    double_click(qtbot, nested, item_of(nested, "two_ways"))
    forward = item_of(nested, "two_ways", "forward").box
    assert forward.top == item_of(nested, "two_ways", "backward").box.top


def test_every_call_of_a_shared_layer_is_outlined(nested, selection):
    selection.select_layer("encoder")
    assert current(nested) == [(("encoder", 0),), (("encoder", 1),)]


def test_what_is_selected_elsewhere_is_outlined_in_what_holds_it_until_that_is_open(
    nested, selection, qtbot
):
    selection.select_layer("encoder/block/b")
    assert current(nested) == [(("encoder", 0),), (("encoder", 1),)]
    nested.reveal("encoder/block/b")
    assert current(nested) == [(("encoder", 0), ("block", 0), ("b", 0))]


def test_the_selected_layer_is_scrolled_into_sight(qtbot, selection, make_dense_document):
    view = GraphView(selection)
    qtbot.addWidget(view)
    view.resize(300, 200)
    view.set_document(make_dense_document((2,) * 20))
    view.show()
    selection.select_layer("dense_19")
    assert view.viewport().rect().contains(place_of(view, item_of(view, "dense_19")))
    selection.select_layer("dense_1")
    assert view.viewport().rect().contains(place_of(view, item_of(view, "dense_1")))
    view.set_document(None)


def test_arrows_go_to_the_nearest_box_in_their_direction(nested, qtbot, selection):
    click(qtbot, nested, item_of(nested, "left"))
    qtbot.keyClick(nested, Qt.Key.Key_Right)
    assert selection.layer_path == "right"
    qtbot.keyClick(nested, Qt.Key.Key_Down)
    assert selection.layer_path == "encoder"
    qtbot.keyClick(nested, Qt.Key.Key_Return)
    assert item_of(nested, ("encoder", 1)).box.is_open, "the call at the right, not the other one"


def test_home_and_end_go_to_the_first_and_the_last_box(nested, qtbot, selection):
    qtbot.keyClick(nested, Qt.Key.Key_End)
    assert selection.layer_path == "two_ways"
    assert nested.accessibleDescription().startswith("two_ways: Bidirectional")
    qtbot.keyClick(nested, Qt.Key.Key_Home)
    assert selection.layer_path == "left"


@pytest.mark.parametrize(
    ("key", "grows"), [(Qt.Key.Key_Plus, True), (Qt.Key.Key_Minus, False), (Qt.Key.Key_Equal, True)]
)
def test_keys_zoom_and_0_is_the_original_size(nested, qtbot, key, grows):
    qtbot.keyClick(nested, key)
    assert (nested.transform().m11() > 1) == grows
    qtbot.keyClick(nested, Qt.Key.Key_0)
    assert nested.transform().m11() == 1


def test_f_fits_everything(nested, qtbot):
    nested.resize(260, 200)
    qtbot.keyClick(nested, Qt.Key.Key_F)
    room = nested.viewport().rect().adjusted(-1, -1, 1, 1)
    assert all(room.contains(place_of(nested, box)) for box in nested.boxes)


def wheel(view, place, keys):
    event = QWheelEvent(
        QPointF(place),
        QPointF(view.viewport().mapToGlobal(place)),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.viewport(), event)


def test_ctrl_wheel_zooms_where_the_pointer_is_and_the_wheel_alone_scrolls(nested, qtbot):
    nested.resize(300, 200)
    place = place_of(nested, item_of(nested, "encoder"))
    qtbot.mouseMove(nested.viewport(), place)
    wheel(nested, place, Qt.KeyboardModifier.NoModifier)
    assert nested.transform().m11() == 1
    wheel(nested, place, Qt.KeyboardModifier.ControlModifier)
    assert nested.transform().m11() > 1


def test_dragging_the_ground_moves_the_drawing(nested, qtbot):
    nested.resize(300, 200)
    bar = nested.verticalScrollBar()
    bar.setValue(bar.minimum())
    port = nested.viewport()
    qtbot.mousePress(port, LEFT, pos=QPoint(5, 150))
    qtbot.mouseMove(port, QPoint(5, 140))
    qtbot.mouseMove(port, QPoint(5, 90))
    qtbot.mouseRelease(port, LEFT, pos=QPoint(5, 90))
    assert bar.value() > bar.minimum()


def menu_at(view, place):
    where = view.viewport().mapToGlobal(place)
    asked = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, where)
    QApplication.sendEvent(view.viewport(), asked)
    return next(menu for menu in view.findChildren(QMenu, "graph_menu") if menu.isVisible())


def choose(qtbot, menu, text):
    action = next(a for a in menu.actions() if a.text().replace("&", "").startswith(text))
    qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())


def test_the_menu_opens_all_and_closes_all(nested, qtbot):
    outside = names(nested)
    choose(qtbot, menu_at(nested, QPoint(3, 3)), "Open All")
    assert {"a", "b", "forward", "first"} <= set(names(nested))
    choose(qtbot, menu_at(nested, QPoint(3, 3)), "Close All")
    assert names(nested) == outside


def test_the_menu_of_a_nested_model_shows_its_weight(nested, qtbot, selection):
    menu = menu_at(nested, place_of(nested, item_of(nested, "encoder")))
    with qtbot.waitSignal(nested.weight_chosen):
        choose(qtbot, menu, "Show Weight")
    assert selection.weight_path == "encoder/first/kernel"


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_the_whole_graph_is_copied_as_a_picture_twice_as_fine(nested, qtbot, qapp, choice):
    theme().choose(choice)
    nested.resize(120, 80)
    nested.copy()
    image = qapp.clipboard().image()
    assert image.width() == pytest.approx(2 * nested.sceneRect().width(), abs=2)
    assert image.height() == pytest.approx(2 * nested.sceneRect().height(), abs=2)
    assert image.pixelColor(2, 2).name() == colors().window


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_the_picture_is_saved(nested, qtbot, tmp_path, monkeypatch, suffix):
    path = tmp_path / f"graph{suffix}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    with qtbot.waitSignal(nested.status) as said:
        choose(qtbot, menu_at(nested, QPoint(3, 3)), "Save Picture")
    assert said.args == [f"Saved graph{suffix}."]
    if suffix == ".png":
        assert QImage(str(path)).width() > 400
    else:
        text = path.read_text()
        assert "encoder" in text
        assert "Bidirectional" in text


def test_a_picture_that_cannot_be_saved_is_refused_in_words(nested, qtbot, monkeypatch, tmp_path):
    path = tmp_path / "none" / "graph.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    with qtbot.waitSignal(nested.refused) as said:
        choose(qtbot, menu_at(nested, QPoint(3, 3)), "Save Picture")
    assert "graph.png" in said.args[0]


def test_without_connections_the_layers_stand_side_by_side_under_a_sentence(
    qtbot, selection, nested_document
):
    nested_document.model.graph = None
    view = GraphView(selection)
    qtbot.addWidget(view)
    view.set_document(nested_document)
    view.show()
    assert names(view) == ["left", "right", "encoder", "two_ways"]
    texts = [item.text() for item in view.scene().items() if hasattr(item, "text")]
    assert texts == ["The file does not tell how the layers are connected."]
    view.set_document(None)


def test_show_in_graph_of_the_tree_opens_what_holds_the_layer(window, qtbot, nested_document):
    window.set_document(nested_document)
    tree = window.workspace.tree
    layer = nested_document.model.layer("encoder/block/b")
    index = tree.model.index_of(layer)
    tree.view.scrollTo(index)
    place = tree.view.visualRect(index).center()
    qtbot.mouseClick(tree.view.viewport(), LEFT, pos=place)
    where = tree.view.viewport().mapToGlobal(place)
    asked = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, where)
    QApplication.sendEvent(tree.view.viewport(), asked)
    choose(qtbot, tree.findChild(QMenu, "row_menu"), "Show in Graph")
    view = window.findChild(QGraphicsView, "graph")
    assert view.isVisible()
    assert current(view) == [(("encoder", 0), ("block", 0), ("b", 0))]


def test_models_in_models_are_opened_from_outside_in_up_to_a_limit():
    layer = dense("deep")
    for _ in range(12):  # each calls the one inside it twice: 4,095 calls
        calls = (Node(layer.name, 0, ()), Node(layer.name, 1, ()))
        layer = Layer("model", "model", "Functional", {}, (), (layer,), Graph(calls, (), ()))
    chains = all_chains((layer,), None, 100)
    assert len(chains) == 100
    assert (("model", 0),) in chains
    assert max(map(len, chains)) < 8
    assert len(draw((layer,), None, chains).boxes) < 300
