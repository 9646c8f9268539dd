"""Names of weights' places without Keras: configs as a file holds them, and as none should."""

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weightview.core.axis_names import output_names, own_names
from weightview.core.document import Document
from weightview.core.memory import MemoryStorage
from weightview.core.model import Graph, Layer, Model, Node, TensorRef, Weight

SPECIALS = {"mask_token": None, "num_oov_indices": 1, "oov_token": "[UNK]"}


def chained(lookup: dict[str, Any], rows: int = 5, words=None, **more: Any) -> Model:
    """Return input -> StringLookup -> Embedding as a file would describe it."""
    table = Weight(
        "embeddings", "table/embeddings", (rows, 2), np.dtype("float32"), ("index", "dimension"),
        0, "table/embeddings", "embeddings", "table",
    )  # fmt: skip
    layers = (
        Layer("word", "word", "InputLayer", {"batch_shape": [None, 1], "dtype": "string"}),
        Layer(
            "lookup",
            "lookup",
            "StringLookup",
            {"dtype": "string", "output_mode": "int", **SPECIALS, **lookup},
            words=words,
        ),
        Layer("table", "table", "Embedding", {"dtype": "float32", "output_dim": 2}, (table,)),
    )
    nodes = (
        Node("word", 0, ()),
        Node("lookup", 0, (TensorRef("word"),)),
        Node("table", 0, (TensorRef("lookup"),)),
    )
    graph = Graph(nodes, (TensorRef("word"),), (TensorRef("table"),), ("word",), ("table",))
    fields = {"generation": 3, **more}
    return Model("m", "Functional", layers, (table,), graph=graph, **fields)


def names_in(model: Model) -> list[str] | None:
    found = own_names(model, model.weight("table/embeddings"), 0)
    return None if found is None else list(found)


def test_a_document_and_its_snapshot_are_asked_like_the_model():
    model = chained({"vocabulary": ["a", "b"]})
    document = Document(model, MemoryStorage({"table/embeddings": np.zeros((5, 2), np.float32)}))
    weight = document.weight("table/embeddings")
    for source in (model, document, document.snapshot()):
        assert list(own_names(source, weight, 0)) == ["[UNK]", "a", "b", "", ""]
    assert own_names(document, weight, -2)[1] == "a"
    assert own_names(document, weight, 1) is None
    assert own_names(document, weight, 2) is None


def test_a_vocabulary_longer_than_the_table_names_the_rows_there_are():
    assert names_in(chained({"vocabulary": ["a", "b", "c"]}, rows=3)) == ["[UNK]", "a", "b"]


def test_a_name_is_found_where_it_stands_first():
    model = chained({"vocabulary": ["a", "b"]}, rows=4)
    names = own_names(model, model.weight("table/embeddings"), 0)
    assert [names.index(name) for name in ("[UNK]", "b", "")] == [0, 2, 3]
    for absent in ("c", 3, None):
        with pytest.raises(ValueError):
            names.index(absent)
    assert "b" in names
    assert "c" not in names


def test_words_beside_the_config_are_read_once_and_only_when_asked_for():
    asked = []

    def words():
        asked.append(1)
        return ("[UNK]", "a", "b")

    model = chained({"vocabulary": None}, words=words)
    assert not asked
    assert names_in(model) == names_in(model) == ["[UNK]", "a", "b", "", ""]
    assert len(asked) == 1


def test_a_million_words_name_a_row_without_naming_all():
    words = tuple(f"w{i}" for i in range(1_000_000))
    model = chained({"vocabulary": None}, rows=1_000_003, words=lambda: ("[UNK]", *words))
    names = own_names(model, model.weight("table/embeddings"), 0)
    assert (len(names), names[1_000_000], names[-1]) == (1_000_003, "w999999", "")


@pytest.mark.parametrize(
    "lookup",
    [
        {"vocabulary": None},
        {"vocabulary": []},
        {"vocabulary": "words.txt"},
        {"vocabulary": ["a", 3]},
        {"vocabulary": ["a", None]},
        {"vocabulary": ["a"], "vocabulary_size": 7},
        {"vocabulary": ["a"], "num_oov_indices": -1},
        {"vocabulary": ["a"], "num_oov_indices": True},
        {"vocabulary": ["a"], "num_oov_indices": 10**12},
        {"vocabulary": ["a"], "output_mode": "embedding"},
        {"vocabulary": ["a"], "invert": True},
    ],
    ids=str,
)
def test_a_config_that_does_not_settle_the_words_gives_none(lookup):
    assert names_in(chained(lookup)) is None


def test_a_lookup_of_an_early_keras_is_not_trusted():
    lookup = {"vocabulary": ["a"]}
    assert names_in(chained(lookup, generation=2, keras_version="2.5.0")) is None
    assert names_in(chained(lookup, generation=2, keras_version="2.12.0")) is not None


def test_a_custom_layer_called_like_one_of_keras_gives_none():
    model = chained({"vocabulary": ["a"]})
    model.layer("lookup").module = "my_package.layers"
    assert names_in(model) is None


TURNED = {"invert": True, "vocabulary": ["x", "y"]}

anything = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 2**40) | st.text(max_size=3) | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)
KEYS = (
    *("output_mode", "vocabulary", "num_oov_indices", "mask_token", "oov_token", "axis"),
    *("vocabulary_size", "target_shape", "dims", "n", "activation", "units", "batch_shape"),
    *("num_tokens", "bin_boundaries", "max_tokens", "pad_to_max_tokens", "output_dim", "scale"),
    *("output_sequence_length", "data_format", "mean", "invert", "function", "groups"),
)
CLASSES = (
    *("StringLookup", "IntegerLookup", "TextVectorization", "Discretization", "Reshape"),
    *("CategoryEncoding", "Permute", "RepeatVector", "Activation", "Concatenate", "Rescaling"),
    *("Normalization", "Dense", "InputLayer", "Flatten", "Embedding", "BatchNormalization"),
    *("TFOpLambda", "LSTM", "Conv1D", "Hashing", "Softmax"),
)


@given(
    configs=st.tuples(*[st.dictionaries(st.sampled_from(KEYS), anything, max_size=6)] * 3),
    classes=st.tuples(*[st.sampled_from(CLASSES)] * 3),
    inverted=st.booleans(),
)
def test_no_config_makes_it_fail(configs, classes, inverted):
    model = chained({"vocabulary": ["a", "b"]})
    for layer, config, class_name in zip(model.layers, configs, classes, strict=True):
        layer.config = {**layer.config, **config}
        layer.class_name = class_name
    if inverted:  # the table's numbers go through an argmax and a lookup turned round
        last = Layer("last", "last", "StringLookup", model.layer("lookup").config | TURNED)
        largest = Layer("largest", "largest", "Argmax", {"axis": -1}, module="keras.src.ops.numpy")
        nodes = (
            *model.graph.nodes,
            Node("largest", 0, (TensorRef("table"),)),
            Node("last", 0, (TensorRef("largest"),)),
        )
        model.graph = replace(model.graph, nodes=nodes)
        model.layers = (*model.layers, largest, last)
    weight = model.weight("table/embeddings")
    for axis, role in itertools.product(range(2), ("embeddings", "kernel", "gamma")):
        found = own_names(model, replace(weight, role=role), axis)
        assert found is None or len(list(found)) == weight.shape[axis]
    for layer in model.layers:
        output_names(model, layer.path)
