"""The public interface computes the numbers that were asked about."""

import numpy as np
import pytest

import weightview


@pytest.fixture
def line(examples):
    return weightview.open_document(examples / "line.keras")


@pytest.mark.parametrize(
    ("x", "y"), [(10, 25.00466), (0, 4.88489), (20, 45.01665), (1, 6.896864), (-10, 5.339852)]
)
def test_the_line_gives_what_was_asked(line, x, y):
    trace = weightview.propagate(line, [float(x)])
    np.testing.assert_allclose(trace.output, [y], atol=6e-6)


def test_without_relu_it_gives_what_was_asked_wrongly(line):
    trace = weightview.propagate(line, [10.0], activations={"dense": "linear"})
    np.testing.assert_allclose(trace.output, [20.47502], atol=6e-6)


def test_without_biases_it_gives_the_other_wrong_number(line):
    trace = weightview.propagate(line, [10.0], without_bias=("dense", "dense_1"))
    np.testing.assert_allclose(trace.output, [19.99596], atol=6e-6)


def test_a_batch_gives_what_its_samples_give(line):
    rows = np.array([[10.0], [0.0], [-3.5]])
    together = weightview.propagate(line, rows).output
    alone = [weightview.propagate(line, row).output for row in rows]
    np.testing.assert_allclose(together, alone, rtol=1e-6)


def test_an_edit_reaches_the_next_propagation_and_a_snapshot_does_not_hear_it(line):
    before = line.snapshot()
    bias = float(line.read("dense_1/bias")[0])
    line.set_values("dense_1/bias", 0, bias + 1)
    np.testing.assert_allclose(weightview.propagate(line, [10.0]).output, [26.00466], atol=6e-6)
    np.testing.assert_allclose(weightview.propagate(before, [10.0]).output, [25.00466], atol=6e-6)


def test_a_derivation_evaluates_to_the_number_it_explains(line):
    trace = weightview.propagate(line, [10.0])
    derivation = weightview.derive(trace, "dense_1", 0, stage="pre_activation")
    assert derivation.evaluate() == pytest.approx(25.00466, abs=6e-6)
    assert len(derivation.terms) == 16


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_both_containers_of_an_example_give_the_same(examples, suffix):
    document = weightview.open_document(str(examples / f"line{suffix}"))
    assert weightview.propagate(document, [10.0]).output[0] == np.float32(25.004662)


def test_an_input_that_does_not_fit_is_refused_with_what_is_expected(line):
    with pytest.raises(weightview.WeightviewError, match="expects 1 number"):
        weightview.propagate(line, [1.0, 2.0, 3.0])
