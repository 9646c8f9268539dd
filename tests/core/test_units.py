"""Swapping units with what is tied to them leaves the model's function as it was."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import weightview
from weightview.core.document import Document
from weightview.core.errors import EditError, WeightNotFoundError
from weightview.core.memory import MemoryStorage
from weightview.core.model import Graph, Layer, Model, Node, TensorRef, Weight
from weightview.core.units import copy_unit, swap_units, unit_count


def weight_of(layer, role, shape, index=0):
    return Weight(role, f"{layer}/{role}", shape, np.dtype(np.float32), (), index, "", role, layer)


def layer_of(name, class_name, shapes, **config):
    weights = tuple(weight_of(name, role, shape) for role, shape in shapes.items())
    return Layer(name, name, class_name, {"name": name, **config}, weights, module="keras.layers")


def dense(name, inputs, units, activation="tanh"):
    shapes = {"kernel": (inputs, units), "bias": (units,)}
    return layer_of(name, "Dense", shapes, units=units, activation=activation, use_bias=True)


def chain(*layers, input_shape=(None, 3), seed=0):
    """Return a document of ``layers`` one after another, with random numbers."""
    first = layer_of("x", "InputLayer", {}, batch_shape=list(input_shape))
    layers = (first, *layers)
    nodes = [Node("x", 0, ())]
    nodes += [Node(b.name, 0, (TensorRef(a.name),)) for a, b in itertools.pairwise(layers)]
    end = (TensorRef(layers[-1].name),)
    graph = Graph(tuple(nodes), (TensorRef("x"),), end, ("x",), ("y",))
    weights = tuple(weight for layer in layers for weight in layer.weights)
    model = Model("m", "Functional", layers, weights, graph=graph, generation=3)
    model.input_shape = input_shape
    rng = np.random.default_rng(seed)
    arrays = {w.path: rng.uniform(0.1, 1, w.shape).astype(np.float32) for w in weights}
    return Document(model, MemoryStorage(arrays))


@given(
    units=st.integers(2, 7),
    pair=st.tuples(st.integers(0, 6), st.integers(0, 6)),
    seed=st.integers(0, 50),
    activation=st.sampled_from(["relu", "sigmoid", "tanh", "softmax", "linear"]),
)
@settings(deadline=None, max_examples=40)
def test_a_swap_leaves_the_output_unchanged(units, pair, seed, activation):
    first, second = pair[0] % units, pair[1] % units
    if first == second:
        second = (first + 1) % units
    document = chain(dense("a", 3, units, activation), dense("b", units, 2), seed=seed)
    sample = np.random.default_rng(seed).normal(size=3)
    before = weightview.propagate(document, sample)
    swap_units(document, "a", first, second)
    after = weightview.propagate(document, sample)
    assert after.output == pytest.approx(before.output, rel=1e-5, abs=1e-6)
    assert after["a"].outputs[0][first] == pytest.approx(before["a"].outputs[0][second])
    document.undo()
    assert not document.is_modified


def norm_of(units):
    roles = ("gamma", "beta", "moving_mean", "moving_variance")
    shapes = dict.fromkeys(roles, (units,))
    return layer_of("n", "BatchNormalization", shapes, axis=[1], epsilon=1e-3)


@pytest.mark.parametrize(
    "between",
    [
        [norm_of(4)],
        [layer_of("r", "ReLU", {}), layer_of("d", "Dropout", {}, rate=0.5)],
        [layer_of("p", "PReLU", {"alpha": (4,)}), norm_of(4)],
        [layer_of("f", "Flatten", {})],
    ],
    ids=lambda layers: "-".join(layer.class_name for layer in layers),
)
def test_what_stands_between_is_carried_along(between):
    document = chain(dense("a", 3, 4), *between, dense("b", 4, 2))
    before = weightview.propagate(document, [1.0, -2.0, 3.0]).output
    swap_units(document, "a", 1, 3)
    after = weightview.propagate(document, [1.0, -2.0, 3.0]).output
    assert after == pytest.approx(before, rel=1e-5)


def test_filters_are_swapped_through_a_flattened_image():
    kernel = {"kernel": (2, 2, 1, 3), "bias": (3,)}
    config = {"filters": 3, "kernel_size": [2, 2], "strides": [1, 1], "padding": "valid"}
    conv = layer_of("c", "Conv2D", kernel, activation="relu", use_bias=True, **config)
    flat = layer_of("f", "Flatten", {})
    document = chain(conv, flat, dense("b", 27, 2), input_shape=(None, 4, 4, 1))
    image = np.random.default_rng(3).normal(size=(4, 4, 1))
    before = weightview.propagate(document, image)
    swap_units(document, "c", 0, 2)
    after = weightview.propagate(document, image)
    assert after.output == pytest.approx(before.output, rel=1e-5)
    assert np.array_equal(after["c"].outputs[0][..., 0], before["c"].outputs[0][..., 2])


@pytest.mark.parametrize(
    ("layers", "layer", "pair", "why"),
    [
        ([dense("a", 3, 4)], "a", (0, 1), "the model's output"),
        ([dense("a", 3, 4), dense("b", 4, 2)], "a", (0, 4), "no unit 4"),
        ([dense("a", 3, 4), dense("b", 4, 2)], "a", (1, 1), "different"),
        ([dense("a", 3, 4), layer_of("r", "Reshape", {}), dense("b", 4, 2)], "a", (0, 1), "known"),
        ([dense("a", 3, 4, "glu"), dense("b", 2, 2)], "a", (0, 1), "mix"),
        ([layer_of("e", "Embedding", {"embeddings": (5, 4)})], "e", (0, 1), "Embedding"),
    ],
)
def test_what_cannot_be_traced_is_refused_and_nothing_changes(layers, layer, pair, why):
    document = chain(*layers)
    with pytest.raises(EditError, match=why):
        swap_units(document, layer, *pair)
    assert not document.is_modified


def test_a_layer_used_twice_is_refused():
    document = chain(dense("a", 4, 4), dense("b", 4, 2), input_shape=(None, 4))
    graph = document.model.graph
    nodes = (
        graph.nodes[0],
        Node("a", 0, (TensorRef("x"),)),
        Node("a", 1, (TensorRef("a", 0),)),
        Node("b", 0, (TensorRef("a", 1),)),
    )
    document.model.graph = Graph(nodes, graph.inputs, graph.outputs)
    with pytest.raises(EditError, match="more than once"):
        swap_units(document, "a", 0, 1)


def test_an_unknown_layer_is_named():
    with pytest.raises(WeightNotFoundError):
        swap_units(chain(dense("a", 3, 4)), "nowhere", 0, 1)


def test_a_copied_unit_computes_the_same():
    document = chain(dense("a", 3, 4), dense("b", 4, 2))
    copy_unit(document, "a", 0, 2)
    output = weightview.propagate(document, [1.0, 2.0, 3.0])["a"].outputs[0]
    assert output[2] == output[0]
    assert unit_count(document.model.layer("a")) == 4


@pytest.mark.slow
def test_filters_of_a_real_network_are_swapped(shared_models):
    document = weightview.open_document(shared_models / "real" / "mlperf_tiny_resnet8.h5")
    image = np.random.default_rng(0).uniform(0, 255, (32, 32, 3))
    before = weightview.propagate(document, image).output
    swap_units(document, "conv2d_1", 2, 9)
    assert document.is_modified
    after = weightview.propagate(document, image).output
    assert after == pytest.approx(before, rel=1e-4, abs=1e-5)
