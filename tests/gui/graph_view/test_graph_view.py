"""The graph of the layers, as a person uses it, and its layout's laws."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGraphicsView

from weightview.core.model import Graph, Node, TensorRef
from weightview.gui.graph_view.layout import lay_out


def graph_of(needs):
    nodes = tuple(
        Node(f"n{i}", 0, tuple(TensorRef(f"n{j}") for j in before)) for i, before in needs
    )
    return Graph(nodes, (), ())


@st.composite
def graphs(draw):
    count = draw(st.integers(1, 9))
    needs = [(0, ())]
    for i in range(1, count):
        needs.append((i, tuple(draw(st.sets(st.integers(0, i - 1), max_size=3)))))
    return needs


@given(graphs())
def test_boxes_stand_below_what_they_need_and_never_on_one_another(needs):
    layout = lay_out(graph_of(needs))
    for i, before in needs:
        for j in before:
            assert layout.places[f"n{j}", 0][1] < layout.places[f"n{i}", 0][1]
    assert len(layout.lines) == sum(len(set(before)) for _, before in needs)
    places = sorted((row, column) for column, row in layout.places.values())
    for (row, column), (next_row, next_column) in itertools.pairwise(places):
        assert row < next_row or next_column - column >= 1 - 1e-9
    for source, target, points in layout.lines:
        assert points[0] == layout.places[source]
        assert points[-1] == layout.places[target]
        assert [row for _, row in points] == list(range(points[0][1], points[-1][1] + 1))


def test_a_branch_and_its_sum_are_side_by_side_and_centred():
    layout = lay_out(graph_of([(0, ()), (1, (0,)), (2, (0,)), (3, (1, 2))]))
    left, right = layout.places["n1", 0][0], layout.places["n2", 0][0]
    assert abs(right - left) == pytest.approx(1)
    assert layout.places["n3", 0] == pytest.approx(((left + right) / 2, 2))
    assert layout.rows == 3


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
    return view.mapFromScene(box.pos())


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
