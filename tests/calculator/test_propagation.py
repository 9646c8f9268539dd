"""Carrying an input through a model gives Keras' numbers, stage by stage, whatever was edited."""

import json

import numpy as np
import pytest

from weightview.calculator import infer_shapes, propagate
from weightview.core.errors import CalculationError, InputError, WeightNotFoundError, WorkerError


@pytest.fixture
def line(sequential, shared_models):
    """The net of y = 2x + 5 with its printed weights."""
    import h5py

    with h5py.File(shared_models / "seed" / "seed2_1-16-1.h5") as file:
        found: dict = {"dense": {}, "dense_1": {}}
        for name, roles in found.items():
            file["model_weights"][name].visititems(
                lambda path, item, roles=roles: (
                    roles.__setitem__(path.split("/")[-1].split(":")[0], item[()])
                    if isinstance(item, h5py.Dataset)
                    else None
                )
            )
    return sequential(
        [1],
        ("Dense", {"units": 16, "activation": "relu"}, found["dense"]),
        ("Dense", {"units": 1, "activation": "linear"}, found["dense_1"]),
    )


def test_ten_gives_twenty_five(line) -> None:
    output = propagate(*line, [10.0]).output
    assert output.dtype == np.float32
    assert output == pytest.approx([25.004662], abs=1e-6)


def test_without_relu_and_without_biases_ten_gives_other_numbers(line) -> None:
    assert propagate(*line, [10.0], activations={"dense": "linear"}).output == pytest.approx(
        [20.475021], abs=2e-6
    )
    both = ("dense", "dense_1")
    assert propagate(*line, [10.0], without_bias=both).output == pytest.approx(
        [19.995956], abs=2e-6
    )


def test_a_table_of_inputs_agrees_with_keras_and_with_float64(line, shared_models) -> None:
    expected = json.loads((shared_models / "seed" / "seed2_1-16-1.expect.json").read_text())
    inputs = np.array(expected["inputs"])[:, np.newaxis]
    single = propagate(*line, inputs)
    np.testing.assert_allclose(single.output[:, 0], expected["with_relu"], rtol=3e-7)
    double = propagate(*line, inputs, dtype="float64")
    assert double.output.dtype == np.float64
    np.testing.assert_allclose(double.output[:, 0], expected["hand_float64_with_relu"], rtol=1e-7)


def test_a_sample_has_no_batch_axis_and_a_batch_has_one(line) -> None:
    sample, batch = propagate(*line, [10.0]), propagate(*line, [[10.0], [0.0]])
    assert sample["dense"].stage("pre_activation").value.shape == (16,)
    assert batch["dense"].stage("pre_activation").value.shape == (2, 16)
    assert not sample.is_batch
    assert batch.is_batch


def test_stages_stand_in_order_with_the_output_last(line) -> None:
    step = propagate(*line, [10.0])["dense"]
    assert [s.name for s in step.stages] == ["weighted_sum", "pre_activation", "output"]
    assert [s.formula for s in step.stages] == ["x @ kernel", "+ bias", "relu"]
    assert (step.activation, step.own_activation, step.computed_by) == ("relu", "relu", "numpy")


def wide(sequential, rng):
    return sequential(
        [6],
        ("Dense", {"units": 9, "activation": "tanh"}, kernel_and_bias(rng, 6, 9)),
        ("Dense", {"units": 9, "activation": "relu"}, kernel_and_bias(rng, 9, 9)),
        ("Dense", {"units": 2, "activation": "softmax"}, kernel_and_bias(rng, 9, 2)),
    )


def kernel_and_bias(rng, inputs: int, units: int):
    return {"kernel": rng.normal(size=(inputs, units)), "bias": rng.normal(size=units)}


@pytest.mark.parametrize("path", ["dense/kernel", "dense_1/kernel", "dense_1/bias"])
@pytest.mark.parametrize("batch", [False, True])
def test_an_edit_gives_what_a_fresh_calculation_gives(sequential, path, batch) -> None:
    rng = np.random.default_rng(1)
    model, values = wide(sequential, rng)
    x = rng.normal(size=(5, 6) if batch else 6).astype(np.float32)
    first = propagate(model, values, x)
    weight = model.weight(path)
    edited = values.with_edit(weight, tuple(2 for _ in weight.shape), np.float32(7.5))
    after = propagate(model, edited, x)
    fresh_model, _ = wide(sequential, np.random.default_rng(1))
    fresh = propagate(fresh_model, edited, x)
    assert not np.array_equal(first.output, after.output)
    for ours, theirs in zip(after.steps, fresh.steps, strict=True):
        for stage, other in zip(ours.stages, theirs.stages, strict=True):
            np.testing.assert_allclose(stage.value, other.value, rtol=1e-5, atol=1e-6)
    again = propagate(model, values, x)
    np.testing.assert_array_equal(first.output, again.output)


def test_what_an_edit_does_not_touch_is_not_computed_again(sequential) -> None:
    model, values = wide(sequential, np.random.default_rng(1))
    x = np.ones(6, np.float32)
    first = propagate(model, values, x)
    kernel = model.weight("dense_1/kernel")
    after = propagate(model, values.with_edit(kernel, (0, 0), np.float32(1)), x)
    assert after["dense"] is first["dense"]
    assert after["dense_1"] is not first["dense_1"]


def test_a_changed_input_array_does_not_change_an_earlier_trace(line) -> None:
    x = np.array([10.0], np.float32)
    trace = propagate(*line, x)
    x[0] = 0
    assert trace.inputs[0][0] == 10
    assert propagate(*line, x).output == pytest.approx([4.884887], abs=1e-6)


def test_a_layer_that_is_skipped_hands_on_its_input(sequential) -> None:
    kernel = {"kernel": np.full((2, 2), 3.0)}
    model, values = sequential([2], ("Dense", {"units": 2}, kernel))
    assert propagate(model, values, [1, 2], skip=["dense"]).output.tolist() == [1, 2]


def test_options_that_name_no_layer_are_refused(line) -> None:
    with pytest.raises(WeightNotFoundError, match="nowhere"):
        propagate(*line, [1.0], activations={"nowhere": "relu"})
    with pytest.raises(WeightNotFoundError):
        propagate(*line, [1.0], without_bias=["nowhere"])
    with pytest.raises(InputError, match="no activation"):
        propagate(*line, [1.0], activations={"input_layer": "relu"})
    with pytest.raises(CalculationError, match="There is no activation"):
        propagate(*line, [1.0], activations={"dense": "rulu"})


def with_an_unknown_layer(sequential):
    return sequential(
        [2],
        ("Mystery", {}, {}),
        ("Dense", {"units": 1}, {"kernel": np.ones((2, 1))}),
    )


def test_an_unknown_layer_leaves_a_reason_and_so_do_those_after_it(sequential) -> None:
    trace = propagate(*with_an_unknown_layer(sequential), [1.0, 2.0])
    assert trace["mystery"].computed_by is None
    assert "does not know Mystery" in trace["mystery"].reason
    assert trace["dense"].reason == "needs the output of mystery"
    assert trace.outputs == ()
    with pytest.raises(CalculationError, match="Mystery"):
        _ = trace.output


def test_an_unknown_layer_is_computed_elsewhere(sequential) -> None:
    def elsewhere(layer, arguments, keywords):
        assert layer.class_name == "Mystery"
        return (arguments[0] * 10,)

    trace = propagate(*with_an_unknown_layer(sequential), [1.0, 2.0], elsewhere=elsewhere)
    assert trace["mystery"].computed_by == "tensorflow"
    assert trace.output.tolist() == [30]


def test_what_needed_an_unknown_layer_is_computed_once_it_is_known_elsewhere(sequential) -> None:
    def elsewhere(layer, arguments, keywords):
        return (np.asarray(arguments[0]) * 10,)

    model, values = with_an_unknown_layer(sequential)
    before = propagate(model, values, [1.0, 2.0])
    assert not before.outputs
    after = propagate(model, values, [1.0, 2.0], elsewhere=elsewhere)
    assert after.output.tolist() == [30]


def test_elsewhere_may_fail_with_its_own_reason(sequential) -> None:
    def elsewhere(layer, arguments, keywords):
        raise WorkerError("TensorFlow is not there.")

    trace = propagate(*with_an_unknown_layer(sequential), [1.0, 2.0], elsewhere=elsewhere)
    assert "TensorFlow is not there." in trace["mystery"].reason


def test_shapes_are_known_without_computing(line) -> None:
    model, _ = line
    infer_shapes(model)
    assert model.output_shape == (None, 1)
    assert [layer.output_shape for layer in model.layers] == [(None, 1), (None, 16), (None, 1)]
