"""Sweeps: curves, kinks and dead ranges, held against the line example's own numbers."""

from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from weightview.calculator import input_shapes, propagate
from weightview.calculator.rows.scaling import typed
from weightview.calculator.rows.sweep import sweep_input, sweep_weight
from weightview.core.errors import InputError
from weightview.core.values import Values
from weightview.formats import load


@pytest.fixture
def line() -> tuple[Any, Values]:
    path = Path(str(files("weightview") / "resources" / "examples" / "line.keras"))
    opened = load(path)
    return opened.model, Values(opened.storage)


def test_the_line_holds_from_0_to_20_and_breaks_below(line: Any) -> None:
    sweep = sweep_input(*line, np.array([10.0]), (0,), -10, 20, points=301)
    error = np.abs(sweep.output[:, 0] - (2 * sweep.places + 5))
    assert error[sweep.places >= 0].max() < 0.12
    assert sweep.output[0, 0] == pytest.approx(5.339852, abs=1e-5)


def test_kinks_are_where_a_unit_begins_to_pass(line: Any) -> None:
    model, values = line
    sweep = sweep_input(model, values, np.array([10.0]), (0,), -10, 20, layer_path="dense")
    kernel = values.whole(model.weight("dense/kernel"))[0].astype(float)
    bias = values.whole(model.weight("dense/bias")).astype(float)
    places = -bias / kernel
    inside = sorted({round(p, 2) for p in places if -10 < p < 20})
    assert sorted({round(k, 2) for k in sweep.kinks}) == pytest.approx(inside, abs=0.02)


def test_a_dead_range_is_where_relu_gives_nothing(line: Any) -> None:
    sweep = sweep_input(*line, np.array([10.0]), (0,), -10, 20, layer_path="dense")
    assert sweep.units is not None
    for found in sweep.dead:
        inside = (sweep.places >= found.start) & (sweep.places <= found.stop)
        assert not sweep.units[inside, found.unit].any()
    assert sum(len(sweep.places[(sweep.places >= d.start) & (sweep.places <= d.stop)])
               for d in sweep.dead) >= (sweep.units == 0).sum() - sweep.units.shape[1]  # fmt: skip


def test_a_weights_sweep_gives_what_setting_it_gives(line: Any) -> None:
    model, values = line
    weight = model.weight("dense_1/kernel")
    sweep = sweep_weight(model, values, [10.0], weight, (5, 0), -2, 2, points=9, layer_path="dense")
    for place, output in zip(sweep.places, sweep.output, strict=True):
        edited = values.with_edit(weight, (5, 0), np.float32(place))
        assert output == pytest.approx(propagate(model, edited, [10.0]).output)


@pytest.mark.parametrize(("start", "stop", "points"), [(1, 1, 10), (0, np.inf, 10), (0, 1, 1)])
def test_a_sweep_of_nothing_is_refused(line: Any, start: float, stop: float, points: int) -> None:
    with pytest.raises(InputError):
        sweep_input(*line, np.array([10.0]), (0,), start, stop, points=points)


def test_words_are_not_swept(line: Any) -> None:
    with pytest.raises(InputError, match="holds words: only numbers can be swept"):
        sweep_input(*line, np.array(["cat"]), (0,), 0, 1)


def test_a_scaler_is_applied_to_each_swept_value(line) -> None:
    scaler = typed(4.0, 2.0)
    swept = sweep_input(*line, np.array([10.0]), (0,), -10, 20, points=7, scaler=scaler)
    scaled = sweep_input(*line, np.array([3.0]), (0,), -7, 8, points=7)
    np.testing.assert_array_equal(swept.places, np.linspace(-10, 20, 7))
    np.testing.assert_array_equal(swept.output, scaled.output)


def test_one_of_several_inputs_is_swept_and_the_others_stay(shared_models: Path) -> None:
    opened = load(sorted(shared_models.glob("generated/k3*/multi_io.keras"))[-1])
    values = Values(opened.storage)
    shapes = input_shapes(opened.model)
    which = next(i for i, shape in enumerate(shapes) if shape is not None and len(shape) == 2)
    samples = [np.ones([n or 3 for n in (shape or ())[1:]]) for shape in shapes]
    swept = sweep_input(opened.model, values, samples, (1,), -2, 3, points=3, which=which)
    for place, output in zip(swept.places, swept.output, strict=True):
        samples[which][1] = place
        expected = propagate(opened.model, values, samples).output.reshape(-1)
        np.testing.assert_allclose(output, expected, rtol=1e-5, atol=1e-6)
