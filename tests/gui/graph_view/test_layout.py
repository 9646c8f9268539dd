"""The laws of the graph's layout: below what is needed, never one on another, straight trunks."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weightview.core.model import Graph, Node, TensorRef
from weightview.gui.graph_view.layout import GAP, lay_out

BOX = (100.0, 40.0)
LARGE = (500.0, 300.0)


def graph_of(needs):
    nodes = tuple(
        Node(f"n{i}", 0, tuple(TensorRef(f"n{j}") for j in before)) for i, before in needs
    )
    return Graph(nodes, (), ())


def laid_out(needs, large=()):
    return lay_out(graph_of(needs), lambda call: LARGE if int(call[0][1:]) in large else BOX)


@st.composite
def graphs(draw):
    count = draw(st.integers(1, 9))
    needs = [(0, ())]
    for i in range(1, count):
        needs.append((i, tuple(draw(st.sets(st.integers(0, i - 1), max_size=3)))))
    return needs


@given(graphs(), st.sets(st.integers(0, 8), max_size=3))
def test_boxes_stand_below_what_they_need_and_never_on_one_another(needs, large):
    layout = laid_out(needs, large)
    sizes = {i: LARGE if i in large else BOX for i, _ in needs}
    edges = {
        i: (x - sizes[i][0] / 2, y - sizes[i][1] / 2, x + sizes[i][0] / 2, y + sizes[i][1] / 2)
        for i, _ in needs
        for x, y in (layout.places[f"n{i}", 0],)
    }
    for i, before in needs:
        for j in before:
            assert edges[j][3] + GAP[1] <= edges[i][1] + 1e-6
    for one, other in itertools.combinations(edges.values(), 2):
        beside = one[2] <= other[0] + 1e-6 or other[2] <= one[0] + 1e-6
        assert beside or one[3] <= other[1] + 1e-6 or other[3] <= one[1] + 1e-6
    assert all(a >= 0 and c <= layout.size[0] + 1e-6 for a, _, c, _ in edges.values())
    assert max(bottom for *_, bottom in edges.values()) <= layout.size[1] + 1e-6


@given(graphs(), st.sets(st.integers(0, 8), max_size=3))
def test_each_connection_is_one_line_down_beside_the_boxes(needs, large):
    layout = laid_out(needs, large)
    assert len(layout.lines) == sum(len(set(before)) for _, before in needs)
    for source, target, stops in layout.lines:
        assert stops[0][0] == layout.places[source][0]
        assert stops[-1][0] == layout.places[target][0]
        heights = [height for _, top, bottom in stops for height in (top, bottom)]
        assert heights == sorted(heights)
        for (name, _), (x, y) in layout.places.items():
            width, height = LARGE if int(name[1:]) in large else BOX
            for across, top, bottom in stops[1:-1]:
                if top < y + height / 2 and bottom > y - height / 2:
                    assert abs(across - x) >= width / 2


def test_a_branch_and_its_sum_are_side_by_side_and_centred():
    layout = laid_out([(0, ()), (1, (0,)), (2, (0,)), (3, (1, 2))])
    left, right = layout.places["n1", 0], layout.places["n2", 0]
    assert abs(right[0] - left[0]) == pytest.approx(BOX[0] + GAP[0])
    assert layout.places["n3", 0][0] == pytest.approx((left[0] + right[0]) / 2)


def test_a_chain_with_short_cuts_is_a_straight_trunk():
    needs = [(0, ())]
    for block in range(6):
        first = 3 * block
        needs += [(first + 1, (first,)), (first + 2, (first + 1,)), (first + 3, (first + 2, first))]
    layout = laid_out(needs)
    across = [x for x, _ in layout.places.values()]
    assert max(across) - min(across) < 1


def test_branches_of_different_length_do_not_make_the_trunk_drift():
    needs = [(0, ())]
    for block in range(8):
        first = 4 * block
        needs += [
            (first + 1, (first,)),
            (first + 2, (first + 1,)),
            (first + 3, (first,)),
            (first + 4, (first + 2, first + 3)),
        ]
    layout = laid_out(needs)
    trunk = [layout.places[f"n{4 * block}", 0][0] for block in range(9)]
    assert max(trunk) - min(trunk) < BOX[0]


def test_a_thousand_layers_are_laid_out():
    needs = [(0, ()), *((i, (i - 1, max(0, i - 5))) for i in range(1, 1200))]
    assert len(laid_out(needs).places) == 1200
