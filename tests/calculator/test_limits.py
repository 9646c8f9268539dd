"""What a file asks for beyond all reason is refused with a sentence, before memory is taken."""

import numpy as np
import pytest

from weightview.calculator import infer_shapes, propagate
from weightview.core.errors import CalculationError
from weightview.core.memory import MemoryStorage
from weightview.core.model import Graph, Layer, Model, Node, TensorRef
from weightview.core.values import Values

HUGE = 10**12


@pytest.mark.parametrize(
    ("shape", "class_name", "config"),
    [
        ([3], "RepeatVector", {"n": HUGE}),
        ([3, 2], "UpSampling1D", {"size": HUGE}),
        ([3, 2], "ZeroPadding1D", {"padding": HUGE}),
        ([3], "CategoryEncoding", {"num_tokens": HUGE, "output_mode": "one_hot"}),
        ([3, 2], "AdaptiveAveragePooling1D", {"output_size": HUGE}),
    ],
)
def test_a_huge_output_is_refused(sequential, shape, class_name, config) -> None:
    model, values = sequential(shape, (class_name, config, {}))
    infer_shapes(model)
    trace = propagate(model, values, np.ones(shape))
    assert trace.steps[-1].computed_by is None
    assert "more than can be computed" in trace.steps[-1].reason


@pytest.mark.parametrize(
    ("class_name", "config"),
    [
        ("MaxPooling1D", {"pool_size": 0}),
        ("MaxPooling1D", {"pool_size": 2, "strides": 0}),
        ("MaxPooling1D", {"pool_size": "two"}),
        ("Reshape", {"target_shape": [7, -3]}),
        ("Reshape", {}),
        ("Permute", {"dims": [1, 1]}),
        ("Cropping1D", {"cropping": [[[1]]]}),
        ("Activation", {"activation": {"class_name": "Nonsense"}}),
        ("BatchNormalization", {"axis": "last"}),
        ("UpSampling1D", {"size": -1}),
        ("LayerNormalization", {"epsilon": "small"}),
        ("MultiHeadAttention", {"num_heads": 2}),
    ],
)
def test_settings_without_sense_leave_a_reason(sequential, class_name, config) -> None:
    model, values = sequential([4, 2], (class_name, config, {}))
    infer_shapes(model)
    trace = propagate(model, values, np.ones((4, 2)))
    assert trace.steps[-1].computed_by is None
    assert trace.steps[-1].reason


def op_model(class_name: str, *arguments) -> Model:
    layers = (
        Layer("input_layer", "input_layer", "InputLayer", {"batch_shape": [None, 3]}),
        Layer("op", "op", class_name, {"name": "op"}, module="keras.src.ops.numpy"),
    )
    nodes = (Node("input_layer", 0, ()), Node("op", 0, (TensorRef("input_layer"), *arguments)))
    graph = Graph(nodes, (TensorRef("input_layer"),), (TensorRef("op"),), ("input_layer",))
    return Model("ops", "Functional", layers, (), graph=graph, generation=3)


@pytest.mark.parametrize(
    ("class_name", "argument"),
    [("Tile", [1, HUGE]), ("Repeat", HUGE), ("BroadcastTo", [HUGE, 3]), ("Pad", [[0, HUGE]] * 2)],
)
def test_a_huge_op_is_refused(class_name, argument) -> None:
    model = op_model(class_name, argument)
    infer_shapes(model)
    trace = propagate(model, Values(MemoryStorage({})), [1.0, 2.0, 3.0])
    assert trace.steps[-1].computed_by is None


def test_models_inside_models_end_somewhere() -> None:
    layer = Layer("dropout", "dropout", "Dropout", {})
    for depth in range(300):
        inside = TensorRef(layer.name)
        start = TensorRef("input")
        graph = Graph((Node(layer.name, 0, (start,)),), (start,), (inside,), ("input",))
        name = f"model_{depth}"
        layer = Layer(name, name, "Sequential", {}, layers=(layer,), graph=graph)
    graph = Graph(
        (Node(layer.name, 0, (TensorRef("input"),)),), (TensorRef("input"),),
        (TensorRef(layer.name),), ("input",),
    )  # fmt: skip
    model = Model("deep", "Sequential", (layer,), (), graph=graph, input_shape=(None, 2))
    infer_shapes(model)
    with pytest.raises(CalculationError, match="nested deeper"):
        propagate(model, Values(MemoryStorage({})), [1.0, 2.0])
