"""Every number can be taken apart into its terms, and put together again."""

import numpy as np
import pytest

from weightview.calculator import derive, propagate


@pytest.fixture
def net(sequential):
    rng = np.random.default_rng(3)
    kernel, bias = rng.normal(size=(4, 3)), rng.normal(size=3)
    return sequential(
        [4],
        ("Dense", {"units": 3, "activation": "sigmoid"}, {"kernel": kernel, "bias": bias}),
        ("Dense", {"units": 2, "activation": "softmax"}, {"kernel": rng.normal(size=(3, 2))}),
    )


def test_a_unit_is_taken_apart_into_inputs_and_weights(net) -> None:
    trace = propagate(*net, [1.0, -2.0, 3.0, 0.5])
    derivation = derive(trace, "dense", 1)
    kernel = net[1].whole(net[0].weight("dense/kernel"))
    assert len(derivation.terms) == 4
    sizes = [abs(term.product) for term in derivation.terms]
    assert sizes == sorted(sizes, reverse=True)
    for term in derivation.terms:
        assert term.source is not None
        assert term.weight_source is not None
        i = term.source.index[0]
        assert term.source.kind == "input"
        assert term.label == f"input {i}"
        assert (term.weight_source.name, term.weight_source.index) == ("dense/kernel", (i, 1))
        assert term.weight == kernel[i, 1]
        assert term.product == pytest.approx(term.value * term.weight)
    assert derivation.bias is not None
    assert derivation.bias.source is not None
    assert derivation.bias.source.name == "dense/bias"
    assert derivation.evaluate() == pytest.approx(derivation.value, rel=1e-6)


def test_the_formula_has_the_numbers_in_it(net) -> None:
    trace = propagate(*net, [1.0, -2.0, 3.0, 0.5])
    z = float(trace["dense"].stage("pre_activation").value[0])
    text = derive(trace, "dense", 0).substituted
    assert text == f"sigmoid({z:.6g}) = 1 / (1 + e^{-z:.6g}) = {trace['dense'].outputs[0][0]:.6g}"


def test_a_later_layer_points_at_the_earlier_one(net) -> None:
    trace = propagate(*net, [[1.0, -2.0, 3.0, 0.5], [0.0, 1.0, 0.0, 1.0]])
    derivation = derive(trace, "dense_1", (1, 0), "weighted_sum")
    sources = {term.source.index for term in derivation.terms if term.source}
    assert sources == {(1, 0), (1, 1), (1, 2)}
    assert all(t.source and t.source.layer_path == "dense" for t in derivation.terms)
    assert all(t.source and t.source.name == "output" for t in derivation.terms)


def test_a_softmax_is_made_of_its_whole_row(net) -> None:
    trace = propagate(*net, [1.0, -2.0, 3.0, 0.5])
    derivation = derive(trace, "dense_1", 1)
    assert derivation.combine == "softmax"
    assert len(derivation.terms) == 2
    assert derivation.evaluate() == pytest.approx(derivation.value, rel=1e-6)


def test_a_number_that_is_not_there_is_refused(net) -> None:
    trace = propagate(*net, [1.0, -2.0, 3.0, 0.5])
    with pytest.raises(IndexError, match="no number"):
        derive(trace, "dense", 3)
    with pytest.raises(KeyError, match="it has: weighted_sum"):
        derive(trace, "dense", 0, "nothing")
    with pytest.raises(KeyError, match="no step"):
        derive(trace, "nowhere", 0)
