"""Derivations call inputs, categories and rows of tables by the model's own names."""

import gc
import weakref

import numpy as np
import pytest

from weightview.calculator import derive, propagate
from weightview.core.memory import MemoryStorage
from weightview.core.model import Graph, Layer, Model, Node, TensorRef, Weight
from weightview.core.values import Values

RNG = np.random.default_rng(3)


def weight(path, shape, axes, index):
    name = path.rpartition("/")[2]
    dtype = np.dtype("float32")
    return Weight(name, path, shape, dtype, axes, index, path, name, path.rpartition("/")[0])


def made():
    """Return a model: height, and age as a number and in bins, into Dense; the bin embedded."""
    kernel = weight("score/kernel", (4, 2), ("input", "unit"), 0)
    bias = weight("score/bias", (2,), ("unit",), 1)
    table = weight("table/embeddings", (3, 2), ("index", "dimension"), 2)
    bins = {"bin_boundaries": [18.0, 65.0], "dtype": "float32"}
    shape = {"batch_shape": [None, 1], "dtype": "float32"}
    plain = {"dtype": "float32", "trainable": True}
    layers = (
        Layer("height", "height", "InputLayer", shape),
        Layer("age", "age", "InputLayer", shape),
        Layer("hot", "hot", "Discretization", {**bins, "output_mode": "one_hot"}),
        Layer("bin", "bin", "Discretization", {**bins, "output_mode": "int"}),
        Layer("joined", "joined", "Concatenate", {**plain, "axis": -1}),
        Layer("score", "score", "Dense", {**plain, "units": 2}, (kernel, bias)),
        Layer("table", "table", "Embedding", {**plain, "output_dim": 2}, (table,)),
    )
    refs = {layer.name: TensorRef(layer.name) for layer in layers}
    nodes = (
        Node("height", 0, ()),
        Node("age", 0, ()),
        Node("hot", 0, (refs["age"],)),
        Node("bin", 0, (refs["age"],)),
        Node("joined", 0, ([refs["height"], refs["hot"]],)),
        Node("score", 0, (refs["joined"],)),
        Node("table", 0, (refs["bin"],)),
    )
    graph = Graph(
        nodes,
        (refs["height"], refs["age"]),
        (refs["score"], refs["table"]),
        ("height", "age"),
        ("score", "table"),
    )
    weights = (kernel, bias, table)
    model = Model("visits", "Functional", layers, weights, graph=graph, generation=3)
    arrays = {w.path: RNG.normal(size=w.shape).astype(np.float32) for w in weights}
    return model, Values(MemoryStorage(arrays))


@pytest.fixture
def visits():
    return made()


def test_the_terms_of_a_unit_are_called_by_inputs_and_categories(visits):
    trace = propagate(*visits, [[1.8], [70.0]])
    terms = {t.source.index: t for t in derive(trace, "score", 0, "weighted_sum").terms}
    assert [terms[i,].label for i in range(4)] == [
        "joined[0] height",
        "joined[1] age < 18",
        "joined[2] age [18, 65)",
        "joined[3] age ≥ 65",
    ]
    assert terms[3,].value == 1
    assert terms[3,].source.called == "age ≥ 65"
    assert terms[3,].weight_source.label == "kernel[3, 0] age ≥ 65"


def test_an_input_of_one_number_is_called_by_its_name(visits):
    trace = propagate(*visits, [[1.8], [70.0]])
    (term,) = derive(trace, "joined", 0).terms
    assert (term.label, term.value) == ("height", pytest.approx(1.8))
    batch = propagate(*visits, [[[1.8]], [[70.0]]])
    (term,) = derive(batch, "joined", (0, 0)).terms
    assert term.source.called == "height"


def test_a_stage_tells_what_its_numbers_are_called(visits):
    trace = propagate(*visits, [[1.8], [70.0]])
    joined = trace["joined"].stage("output")
    names = ["height", "age < 18", "age [18, 65)", "age ≥ 65"]
    assert [joined.called((i,)) for i in range(4)] == names
    assert trace["score"].stage("output").called((0,)) == ""
    assert trace["height"].stage("output").called((0,)) == "height"


@pytest.mark.parametrize(("age", "name"), [(3.0, "< 18"), (20.0, "[18, 65)"), (65.0, "≥ 65")])
def test_a_number_that_stands_for_something_is_called_by_that(visits, age, name):
    trace = propagate(*visits, [[1.8], [age]])
    assert trace["bin"].stage("output").called((0,)) == name


def test_a_row_of_a_table_is_called_by_what_its_number_stands_for(visits):
    trace = propagate(*visits, [[1.8], [70.0]])
    derivation = derive(trace, "table", (0, 1))
    assert derivation.terms[0].label == "embeddings[2, 1] ≥ 65"


def test_a_trace_that_is_kept_does_not_keep_the_model():
    model, values = made()
    trace = propagate(model, values, [[1.8], [70.0]])
    derive(trace, "score", 0)
    seen = weakref.ref(model)
    del model
    gc.collect()
    assert seen() is None
    assert derive(trace, "score", 1).terms
