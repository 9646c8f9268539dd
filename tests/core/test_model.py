"""Descriptions of models: addresses, counts, and the walk through nested layers."""

import numpy as np
import pytest

from weightview.core.errors import WeightNotFoundError
from weightview.core.model import Layer, Model, Node, TensorRef


@pytest.fixture
def nested(make_weight):
    kernel = make_weight("outer/dense/kernel", (2, 3))
    bias = make_weight("outer/dense/bias", (3,))
    seed = make_weight("outer/dropout/seed", (2,), "uint32", kind="state")
    step = make_weight("optimizer/iteration", (), "int64", kind="optimizer")
    dense = Layer("dense", "outer/dense", "Dense", {}, (kernel, bias), role="layer")
    dropout = Layer("dropout", "outer/dropout", "Dropout", {}, (seed,))
    outer = Layer("outer", "outer", "Sequential", {}, layers=(dense, dropout))
    last = Layer("last", "last", "ReLU", {})
    return Model("m", "Sequential", (outer, last), (kernel, bias), others=(step,))


def test_layers_are_walked_outer_before_inner_in_their_order(nested):
    assert [layer.path for layer in nested.walk()] == [
        "outer",
        "outer/dense",
        "outer/dropout",
        "last",
    ]


def test_layers_and_weights_are_found_by_their_address(nested):
    assert nested.layer("outer/dense").class_name == "Dense"
    assert nested.weight("outer/dense/bias").shape == (3,)
    assert nested.weight("optimizer/iteration").kind == "optimizer"


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("outer/dense/kernle", "outer/dense/kernel"),
        ("nowhere/kernel", "outer/dense/kernel"),
        ("", "outer/dense/bias"),
        ("last/kernel", "none"),
    ],
)
def test_a_weight_that_is_missing_is_told_with_those_that_are_there(nested, address, named):
    with pytest.raises(WeightNotFoundError) as caught:
        nested.weight(address)
    assert named in str(caught.value)
    assert caught.value.address == address


def test_a_layer_that_is_missing_is_told_with_those_that_are_there(nested):
    with pytest.raises(WeightNotFoundError, match="outer/dense"):
        nested.layer("dense")


def test_parameters_count_weights_and_neither_seeds_nor_the_optimizer(nested):
    assert nested.layer("outer").parameter_count == 9
    assert nested.parameter_count == 9


def test_a_layer_finds_its_own_weights_and_inner_layers_by_role(nested):
    outer = nested.layer("outer")
    assert outer.weight("kernel") is None
    assert outer.inner("layer") is nested.layer("outer/dense")
    assert outer.inner("cell") is None
    assert nested.layer("outer/dense").weight("bias").shape == (3,)


def test_of_two_weights_with_one_address_the_first_counts(make_weight):
    first, second = make_weight("a/b", (1,)), make_weight("a/b", (2,))
    assert Model("m", "", (), (first, second)).weight("a/b") is first


@pytest.mark.parametrize(
    ("shape", "dtype", "size", "nbytes"),
    [((), "float64", 1, 8), ((3, 4), "float16", 12, 24), ((5, 0), "int8", 0, 0)],
)
def test_sizes_follow_from_shape_and_dtype(make_weight, shape, dtype, size, nbytes):
    weight = make_weight("a/b", shape, dtype)
    assert (weight.size, weight.nbytes) == (size, nbytes)


def test_a_size_beyond_32_bits_is_counted_rightly(make_weight):
    assert make_weight("a/b", (1 << 20, 1 << 20)).nbytes == 1 << 42


def test_inputs_of_a_call_come_in_the_order_of_its_arguments():
    refs = [TensorRef(name) for name in "abcd"]
    node = Node("add", 0, ([refs[0], (refs[1], 2.5)], {"x": refs[2]}), {"mask": refs[3]})
    assert node.inputs == tuple(refs)


def test_very_deep_arguments_do_not_exhaust_the_stack():
    arguments = TensorRef("a")
    for _ in range(10_000):
        arguments = [arguments]
    assert Node("x", 0, (arguments,)).inputs == (TensorRef("a"),)


def test_a_weight_is_itself_and_not_its_like(make_weight):
    assert make_weight("a/b", (1,)) != make_weight("a/b", (1,))
    assert np.dtype("float32") == make_weight("a/b", (1,)).dtype
