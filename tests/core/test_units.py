"""Swapping units with what is tied to them leaves the model's function as it was."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import weightview
from weightview.core.document import Document
from weightview.core.errors import EditError, WeightNotFoundError, WeightviewError
from weightview.core.memory import MemoryStorage
from weightview.core.model import Graph, Layer, Model, Node, TensorRef, Weight
from weightview.core.units import copy_unit, swap_units, unit_at, unit_count


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


def shaped(layer, *shape, output=None):
    layer.input_shape, layer.output_shape = (None, *shape), (None, *(output or shape))
    return layer


def norm_of(units, name="n", axis=-1):
    roles = ("gamma", "beta", "moving_mean", "moving_variance")
    shapes = dict.fromkeys(roles, (units,))
    return layer_of(name, "BatchNormalization", shapes, axis=[axis], epsilon=1e-3)


@pytest.mark.parametrize(
    "between",
    [
        [norm_of(4)],
        [shaped(norm_of(4, axis=1), 4)],
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


def conv(name, channels, filters, kind="Conv2D", **config):
    ends = (filters, channels) if "Transpose" in kind else (channels, filters)
    shapes = {"kernel": (2, 2, *ends), "bias": (filters,)}
    config = {"kernel_size": [2, 2], "strides": [1, 1], "padding": "same", **config}
    return layer_of(name, kind, shapes, filters=filters, activation="relu", use_bias=True, **config)


def depthwise(name, channels, times):
    shapes = {"kernel": (2, 2, channels, times), "bias": (channels * times,)}
    config = {"kernel_size": [2, 2], "strides": [1, 1], "padding": "same"}
    config |= {"depth_multiplier": times, "activation": "relu", "use_bias": True}
    return layer_of(name, "DepthwiseConv2D", shapes, **config)


def separable(name, channels, times, filters):
    shapes = {
        "depthwise_kernel": (2, 2, channels, times),
        "pointwise_kernel": (1, 1, channels * times, filters),
        "bias": (filters,),
    }
    config = {"kernel_size": [2, 2], "strides": [1, 1], "padding": "same", "filters": filters}
    config |= {"depth_multiplier": times, "activation": "tanh", "use_bias": True}
    return layer_of(name, "SeparableConv2D", shapes, **config)


IMAGE = (4, 4, 2)
FLAT = layer_of("f", "Flatten", {})


@given(seed=st.integers(0, 30), pair=st.permutations(range(3)))
@settings(deadline=None, max_examples=8)
@pytest.mark.parametrize(
    "layers",
    [
        [conv("a", 2, 3), FLAT, dense("b", 48, 2)],
        [conv("a", 2, 3), conv("m", 3, 2), FLAT, dense("b", 32, 2)],
        [conv("a", 2, 3), conv("m", 3, 2, "Conv2DTranspose"), FLAT, dense("b", 32, 2)],
        [conv("a", 2, 3, "Conv2DTranspose"), conv("m", 3, 2), FLAT, dense("b", 32, 2)],
        [conv("a", 2, 3), depthwise("m", 3, 1), FLAT, dense("b", 48, 2)],
        [conv("a", 2, 3), depthwise("m", 3, 2), norm_of(6), FLAT, dense("b", 96, 2)],
        [conv("a", 2, 3), separable("m", 3, 2, 2), FLAT, dense("b", 32, 2)],
        [separable("a", 2, 2, 3), FLAT, dense("b", 48, 2)],
        [conv("m", 2, 3), depthwise("a", 3, 1), FLAT, dense("b", 48, 2)],
    ],
    ids=lambda layers: "-".join(layer.class_name for layer in layers),
)
def test_filters_are_swapped_with_all_that_is_tied_to_them(layers, seed, pair):
    document = chain(*layers, input_shape=(None, *IMAGE), seed=seed)
    image = np.random.default_rng(seed).normal(size=IMAGE)
    before = weightview.propagate(document, image)
    swap_units(document, "a", *pair[:2])
    after = weightview.propagate(document, image)
    assert after.output == pytest.approx(before.output, rel=1e-4, abs=1e-5)
    order = list(range(3))
    order[pair[0]], order[pair[1]] = pair[1], pair[0]
    outputs = after["a"].outputs[0], before["a"].outputs[0][..., order]
    assert outputs[0] == pytest.approx(outputs[1], rel=1e-5, abs=1e-6)


def recurrent(name, kind, inputs, units, **config):
    gates = {"LSTM": 4, "GRU": 3, "SimpleRNN": 1}[kind]
    bias = (2, 3 * units) if kind == "GRU" else (gates * units,)
    shapes = {
        "kernel": (inputs, gates * units),
        "recurrent_kernel": (units, gates * units),
        "bias": bias,
    }
    config = {"units": units, "activation": "tanh", "use_bias": True, **config}
    more = {"recurrent_activation": "sigmoid", "reset_after": True} if gates > 1 else {}
    return layer_of(name, kind, shapes, **config, **more)


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "SimpleRNN"])
@pytest.mark.parametrize("follower", ["Dense", "LSTM", "GRU", "SimpleRNN"])
@given(seed=st.integers(0, 30), pair=st.permutations(range(3)))
@settings(deadline=None, max_examples=5)
def test_recurrent_units_are_swapped_with_all_their_gates(kind, follower, seed, pair):
    is_last = follower == "Dense"
    first = recurrent("a", kind, 2, 3, return_sequences=not is_last)
    second = dense("b", 3, 2) if is_last else recurrent("b", follower, 3, 2)
    document = chain(first, second, input_shape=(None, 5, 2), seed=seed)
    steps = np.random.default_rng(seed).normal(size=(5, 2))
    before = weightview.propagate(document, steps)
    swap_units(document, "a", *pair[:2])
    after = weightview.propagate(document, steps)
    assert after.output == pytest.approx(before.output, rel=1e-5, abs=1e-6)
    order = list(range(3))
    order[pair[0]], order[pair[1]] = pair[1], pair[0]
    outputs = after["a"].outputs[0], before["a"].outputs[0][..., order]
    assert outputs[0] == pytest.approx(outputs[1], rel=1e-5, abs=1e-6)


def test_dimensions_of_an_embedding_are_swapped():
    embedding = layer_of("a", "Embedding", {"embeddings": (7, 4)}, input_dim=7, output_dim=4)
    document = chain(embedding, recurrent("b", "GRU", 4, 2), input_shape=(None, 5))
    words = np.array([3, 0, 6, 6, 1])
    before = weightview.propagate(document, words).output
    table = document.read("a/embeddings")
    swap_units(document, "a", 0, 3)
    assert np.array_equal(document.read("a/embeddings"), table[:, [3, 1, 2, 0]])
    assert weightview.propagate(document, words).output == pytest.approx(before, rel=1e-5)


def graph_of(layers, calls, input_shape=(None, 3)):
    """Return a document of a graph: by layer, the layers whose outputs each call takes."""
    document = chain(*layers, input_shape=input_shape)
    nodes = [Node("x", 0, ())]
    for name, sources in calls.items():
        refs = [TensorRef(source) for source in sources]
        nodes.append(Node(name, 0, (refs,) if len(refs) > 1 else tuple(refs)))
    ends = (TensorRef("x"),), (TensorRef(nodes[-1].layer),)
    document.model.graph = Graph(tuple(nodes), *ends, ("x",), ("y",))
    return document


def merging(name, kind, *shape, **config):
    return shaped(layer_of(name, kind, {}, **config), *shape)


@pytest.mark.parametrize("unit", ["a", "b"])
@pytest.mark.parametrize("after", ["Dense", "Flatten"])
def test_units_are_found_beside_others(unit, after):
    first, second = (
        shaped(dense("a", 3, 4), 3, output=(4,)),
        shaped(dense("b", 3, 5), 3, output=(5,)),
    )
    both = merging("c", "Concatenate", 9, axis=-1)
    layers, calls = [first, second, both], {"a": ["x"], "b": ["x"], "c": ["a", "b"]}
    if after == "Flatten":
        layers.append(layer_of("f", "Flatten", {}))
        calls |= {"f": ["c"], "d": ["f"]}
    else:
        calls |= {"d": ["c"]}
    document = graph_of([*layers, dense("d", 9, 2)], calls)
    before = weightview.propagate(document, [1.0, -2.0, 3.0]).output
    kernel = document.read("d/kernel")
    swap_units(document, unit, 1, 3)
    start = 0 if unit == "a" else 4
    moved = np.flatnonzero((document.read("d/kernel") != kernel).any(axis=1)).tolist()
    assert moved == [start + 1, start + 3]
    after = weightview.propagate(document, [1.0, -2.0, 3.0]).output
    assert after == pytest.approx(before, rel=1e-5)


@pytest.mark.parametrize("kind", ["Add", "Multiply", "Average", "Maximum", "Subtract"])
def test_what_is_merged_place_by_place_moves_together(kind):
    layers = [shaped(dense(name, 3, 4), 3, output=(4,)) for name in "ab"]
    layers += [merging("m", kind, 4), dense("d", 4, 2)]
    document = graph_of(layers, {"a": ["x"], "b": ["x"], "m": ["a", "b"], "d": ["m"]})
    before = weightview.propagate(document, [1.0, -2.0, 3.0]).output
    other = document.read("b/kernel")
    swap_units(document, "a", 0, 2)
    assert np.array_equal(document.read("b/kernel"), other[:, [2, 1, 0, 3]])
    after = weightview.propagate(document, [1.0, -2.0, 3.0]).output
    assert after == pytest.approx(before, rel=1e-5)
    document.undo()
    assert not document.is_modified


def test_a_way_around_a_layer_moves_both_its_sides():
    around = shaped(dense("b", 4, 4), 4)
    layers = [shaped(dense("a", 3, 4), 3, output=(4,)), around, merging("m", "Add", 4)]
    calls = {"a": ["x"], "b": ["a"], "m": ["a", "b"], "d": ["m"]}
    document = graph_of([*layers, dense("d", 4, 2)], calls)
    before = weightview.propagate(document, [1.0, -2.0, 3.0]).output
    kernel = document.read("b/kernel")
    swap_units(document, "b", 0, 3)
    order = [3, 1, 2, 0]
    assert np.array_equal(document.read("b/kernel"), kernel[order][:, order])
    after = weightview.propagate(document, [1.0, -2.0, 3.0]).output
    assert after == pytest.approx(before, rel=1e-5)


def test_what_the_input_is_added_to_is_refused():
    layers = [shaped(dense("a", 3, 3), 3), merging("m", "Add", 3), dense("d", 3, 2)]
    document = graph_of(layers, {"a": ["x"], "m": ["a", "x"], "d": ["m"]})
    document.model.layers[0].output_shape = (None, 3)
    with pytest.raises(EditError, match="the model's input"):
        swap_units(document, "a", 0, 1)


def test_a_layer_used_twice_moves_all_that_follows_from_either_use():
    document = chain(dense("a", 3, 4), dense("b", 4, 2), dense("c", 4, 2), dense("d", 2, 1))
    calls = (
        Node("x", 0, ()),
        Node("a", 0, (TensorRef("x"),)),
        Node("a", 1, (TensorRef("x"),)),
        Node("b", 0, (TensorRef("a", 0),)),
        Node("c", 0, (TensorRef("a", 1),)),
        Node("m", 0, ([TensorRef("b"), TensorRef("c")],)),
    )
    model = document.model
    for name in "bc":
        model.layer(name).output_shape = (None, 2)
    model.layers = (*model.layers, merging("m", "Add", 2))
    model.graph = Graph(calls, (TensorRef("x"),), (TensorRef("m"),), ("x",), ("y",))
    before = weightview.propagate(document, [1.0, -2.0, 3.0]).output
    swap_units(document, "a", 0, 1)
    assert document.values.is_edited(document.weight("c/kernel"))
    after = weightview.propagate(document, [1.0, -2.0, 3.0]).output
    assert after == pytest.approx(before, rel=1e-5)


@pytest.mark.parametrize(
    ("layers", "layer", "pair", "why"),
    [
        ([dense("a", 3, 4)], "a", (0, 1), "the model's output"),
        ([dense("a", 3, 4), dense("b", 4, 2)], "a", (0, 4), "no unit 4"),
        ([dense("a", 3, 4), dense("b", 4, 2)], "a", (1, 1), "different"),
        ([dense("a", 3, 4), layer_of("r", "Reshape", {}), dense("b", 4, 2)], "a", (0, 1), "known"),
        ([dense("a", 3, 4, "glu"), dense("b", 2, 2)], "a", (0, 1), "mix"),
        ([norm_of(4, "e")], "e", (0, 1), "BatchNormalization"),
        ([dense("a", 3, 4), norm_of(4, axis=1), dense("b", 4, 2)], "a", (0, 1), "which axis"),
        ([depthwise("a", 3, 2)], "a", (0, 1), "DepthwiseConv2D"),
        (
            [conv("a", 2, 3, data_format="channels_first"), FLAT, dense("b", 48, 2)],
            "a",
            (0, 1),
            "channels first",
        ),
        ([conv("a", 2, 4), conv("b", 2, 4, groups=2), FLAT], "a", (0, 1), "groups"),
        (
            [dense("a", 3, 4), layer_of("n", "GroupNormalization", {}), dense("b", 4, 2)],
            "a",
            (0, 1),
            "groups",
        ),
    ],
)
def test_what_cannot_be_traced_is_refused_and_nothing_changes(layers, layer, pair, why):
    document = chain(*layers)
    with pytest.raises(EditError, match=why):
        swap_units(document, layer, *pair)
    assert not document.is_modified


def test_a_layer_that_takes_its_own_output_is_refused():
    document = chain(dense("a", 4, 4), dense("b", 4, 2), input_shape=(None, 4))
    graph = document.model.graph
    nodes = (
        graph.nodes[0],
        Node("a", 0, (TensorRef("x"),)),
        Node("a", 1, (TensorRef("a", 0),)),
        Node("b", 0, (TensorRef("a", 1),)),
    )
    document.model.graph = Graph(nodes, graph.inputs, graph.outputs)
    with pytest.raises(EditError, match="the model's input"):
        swap_units(document, "a", 0, 1)
    assert not document.is_modified


@pytest.mark.parametrize(
    ("module", "why"),
    [("my.layers", "not of Keras' own class"), ("keras.src.ops.nn", "is an operation")],
)
def test_a_class_of_the_same_name_is_refused(module, why):
    document = chain(dense("a", 3, 4), layer_of("s", "Softmax", {}), dense("b", 4, 2))
    document.model.layer("s").module = module
    with pytest.raises(EditError, match=why):
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


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "SimpleRNN"])
def test_a_copied_recurrent_unit_computes_the_same_at_every_step(kind):
    document = chain(recurrent("a", kind, 2, 3, return_sequences=True), input_shape=(None, 5, 2))
    copy_unit(document, "a", 2, 0)
    steps = np.random.default_rng(1).normal(size=(5, 2))
    output = weightview.propagate(document, steps)["a"].outputs[0]
    assert np.array_equal(output[..., 0], output[..., 2])


def test_a_filter_with_an_input_of_its_own_is_not_copied():
    document = chain(depthwise("a", 3, 1), input_shape=(None, 4, 4, 3))
    with pytest.raises(EditError, match="input of its own"):
        copy_unit(document, "a", 0, 1)


@pytest.mark.parametrize(
    ("layer", "role", "axis", "place", "unit"),
    [
        (dense("a", 3, 4), "kernel", 1, 2, 2),
        (dense("a", 3, 4), "kernel", 0, 2, None),
        (dense("a", 3, 4), "bias", 0, 3, 3),
        (recurrent("a", "LSTM", 2, 3), "kernel", 1, 7, 1),
        (recurrent("a", "LSTM", 2, 3), "recurrent_kernel", 0, 2, 2),
        (recurrent("a", "GRU", 2, 3), "bias", 1, 8, 2),
        (conv("a", 2, 3, "Conv2DTranspose"), "kernel", 2, 1, 1),
        (depthwise("a", 3, 1), "kernel", 2, 2, 2),
        (norm_of(3), "gamma", 0, 1, None),
    ],
)
def test_a_place_in_a_weight_belongs_to_a_unit(layer, role, axis, place, unit):
    assert unit_at(layer, layer.weight(role), axis, place) == unit


def test_what_masks_an_attention_is_not_moved():
    layers = [dense("a", 3, 4), dense("b", 3, 4), layer_of("m", "MultiHeadAttention", {})]
    document = chain(*layers, dense("d", 4, 2))
    a, b, x = TensorRef("a"), TensorRef("b"), TensorRef("x")
    nodes = (
        Node("x", 0, ()),
        Node("a", 0, (x,)),
        Node("b", 0, (x,)),
        Node("m", 0, (b, b), {"attention_mask": a}),
        Node("d", 0, (TensorRef("m"),)),
    )
    document.model.graph = Graph(nodes, (x,), (TensorRef("d"),), ("x",), ("y",))
    with pytest.raises(EditError, match="for a mask"):
        swap_units(document, "a", 0, 1)


def test_units_are_followed_through_attention_and_what_is_added_around_it(shared_models):
    file = shared_models / "generated" / "k3.15.1_A" / "transformer_block.keras"
    document = weightview.open_document(file)
    words = np.array([3.0, 0, 7, 7, 1, 11])
    before = weightview.propagate(document, words).output
    for path, pair in {"tok": (1, 5), "dense": (1, 5), "dense_1": (2, 6)}.items():
        swap_units(document, path, *pair)
        after = weightview.propagate(document, words).output
        assert after == pytest.approx(before, rel=1e-5, abs=1e-6)
    assert document.is_edited("mha/query/kernel")
    assert document.is_edited("mha/attention_output/kernel")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "swapped"),
    [
        ("ner_lstm.keras", 3),
        ("face_mini_xception_emotion.hdf5", 14),
        ("mlperf_tiny_resnet8.h5", 9),
    ],
)
def test_units_of_every_hidden_layer_of_a_real_network_are_swapped(shared_models, name, swapped):
    document = weightview.open_document(shared_models / "real" / name)
    sample = sample_for(document.model)
    before = weightview.propagate(document, sample).output
    layers = [layer for layer in document.model.walk() if unit_count(layer) > 1]
    assert len(layers) == swapped + 1
    for layer in layers[:-1]:
        swap_units(document, layer.path, 0, unit_count(layer) - 1)
        assert document.is_modified
        after = weightview.propagate(document, sample).output
        assert after == pytest.approx(before, rel=1e-4, abs=1e-5)
        document.undo()
    with pytest.raises(EditError, match="the model's output"):
        swap_units(document, layers[-1].path, 0, 1)


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["k1.2.2_A", "k3.15.1_A"])
def test_swapped_units_of_any_generated_model_leave_its_output(shared_models, folder):
    """Every layer of every model: swapped, or refused with a sentence."""
    swapped = set()
    for file in sorted((shared_models / "generated" / folder).iterdir()):
        if (document := opened(file)) is None:
            continue
        sample = sample_for(document.model)
        try:
            before = weightview.propagate(document, sample).outputs
        except WeightviewError:
            continue
        for layer in document.model.walk():
            count = unit_count(layer)
            if count < 2 or not set(layer.weights) <= set(document.model.weights):
                continue
            try:
                swap_units(document, layer.path, 0, count - 1)
            except EditError as refusal:
                assert str(refusal).endswith(".")
                continue
            swapped.add(layer.class_name)
            after = weightview.propagate(document, sample).outputs
            for one, other in zip(before, after, strict=True):
                is_low = one.dtype.itemsize < 4 or "16" in file.name or "mixed" in file.name
                margin = 1e-2 if is_low else 1e-4
                np.testing.assert_allclose(
                    other.astype("f8"), one.astype("f8"), margin, margin / 10, err_msg=str(file)
                )
            document.undo()
    assert {"Dense", "Embedding"} <= swapped


def opened(file):
    try:
        document = weightview.open_document(file)
    except WeightviewError:
        return None
    return document if document.model.input_shape else None


def sample_for(model):
    rng = np.random.default_rng(1)
    shapes = model.input_shape
    shapes = shapes if isinstance(shapes[0], tuple) else (shapes,)
    shapes = [[4 if n is None else n for n in shape[1:]] for shape in shapes]
    is_words = any(layer.class_name == "Embedding" for layer in model.walk())
    samples = [rng.integers(0, 3, s) * 1.0 if is_words else rng.normal(size=s) for s in shapes]
    return samples[0] if len(samples) == 1 else samples
