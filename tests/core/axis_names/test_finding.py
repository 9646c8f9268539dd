"""Named places are found by what was typed: the very name first, then its beginning."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from weightview.core.axis_names.finding import NameIndex
from weightview.core.model import Graph, Layer, Model, Node, TensorRef, Weight


def looked_up(words, rows=None):
    """Return a model whose table is fed by a lookup of ``words``."""
    rows = len(words) if rows is None else rows
    dtype = np.dtype("float32")
    axes = ("index", "dimension")
    table = Weight("embeddings", "table/embeddings", (rows, 2), dtype, axes, 0, "e", "embeddings",
                   "table")  # fmt: skip
    lookup = {
        "dtype": "string",
        "output_mode": "int",
        "mask_token": None,
        "num_oov_indices": 0,
        "oov_token": None,
        "vocabulary": words,
    }
    layers = (
        Layer("word", "word", "InputLayer", {"batch_shape": [None, 1]}),
        Layer("lookup", "lookup", "StringLookup", lookup),
        Layer("table", "table", "Embedding", {"dtype": "float32", "output_dim": 2}, (table,)),
    )
    nodes = (
        Node("word", 0, ()),
        Node("lookup", 0, (TensorRef("word"),)),
        Node("table", 0, (TensorRef("lookup"),)),
    )
    graph = Graph(nodes, (TensorRef("word"),), (TensorRef("table"),))
    return Model("m", "Functional", layers, (table,), graph=graph, generation=3)


def places(words, typed, **more):
    return [found.place for found in NameIndex(looked_up(words)).search(typed, **more)]


def test_the_very_word_comes_first_then_those_that_begin_with_it():
    words = ["bathe", "them", "the", "clothes", "Theo"]
    assert places(words, "the") == [2, 1, 4, 0, 3]
    assert places(words, "THE") == [2, 1, 4, 0, 3]


def test_a_place_tells_its_cell_and_its_name():
    (found,) = NameIndex(looked_up(["a", "cat"])).search("cat")
    assert (found.weight.path, found.axis, found.index) == ("table/embeddings", 0, (1, 0))
    assert found.name == "'cat'"


def test_no_more_are_given_than_asked_for():
    assert places([f"word{i}" for i in range(100)], "word", limit=7) == list(range(7))


def test_nothing_typed_and_nothing_named_find_nothing():
    assert places(["a", "b"], "  ") == []
    assert NameIndex(Model("m", "Sequential", (), ())).search("a") == []


@given(
    words=st.lists(st.text("abAB \n", max_size=4), min_size=1, max_size=12, unique=True),
    typed=st.text("abB ", min_size=1, max_size=3),
)
def test_every_word_that_contains_it_is_found_once(words, typed):
    wanted = typed.strip().lower()
    expected = {i for i, w in enumerate(words) if wanted and wanted in w.lower().replace("\n", " ")}
    found = places(words, typed)
    assert len(found) == len(set(found))
    assert set(found) == expected


def test_the_layers_are_walked_as_often_for_many_weights_as_for_one(monkeypatch):
    walks = []
    walk = Model.walk
    monkeypatch.setattr(Model, "walk", lambda model: walks.append(model) or walk(model))
    one = looked_up(["a", "b"])
    more = [
        Weight("kernel", f"table/{i}", (2, 2), np.dtype("float32"), ("input", "unit"), i, str(i),
               "kernel", "table")
        for i in range(1, 20)
    ]  # fmt: skip
    many = replace(one, weights=(*one.weights, *more))
    NameIndex(one).build()
    before = len(walks)
    NameIndex(many).build()
    assert 0 < len(walks) - before <= before
