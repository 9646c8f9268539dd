"""A named weight brings the output to what was wanted; idle units are told with a reason."""

from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weightview.calculator import propagate
from weightview.calculator.sensitivity.gradient import gradient
from weightview.calculator.sensitivity.idle import idle_in_steps
from weightview.calculator.sensitivity.target import moves_to
from weightview.core.values import Values
from weightview.formats import load


def line() -> tuple[Any, Values]:
    path = Path(str(files("weightview") / "resources" / "examples" / "line.keras"))
    opened = load(path)
    return opened.model, Values(opened.storage)


@settings(max_examples=15, deadline=None)
@given(st.floats(20, 30))
def test_setting_the_weight_that_is_named_makes_the_output_what_was_wanted(wanted: float) -> None:
    model, values = line()
    slopes = gradient(model, values, [10.0])
    moves = moves_to(model, values, [10.0], wanted, slopes)
    assert moves
    sizes = [abs(move.after - move.before) for move in moves]
    assert sizes == sorted(sizes)
    for move in moves:
        edited = values.with_edit(move.weight, move.index, np.float32(move.after))
        output = float(propagate(model, edited, [10.0]).output[0])
        assert output == pytest.approx(wanted, abs=1e-4)
        assert output == move.output


def test_nothing_is_named_where_the_output_is_already_that() -> None:
    model, values = line()
    now = float(propagate(model, values, [10.0]).output[0])
    assert moves_to(model, values, [10.0], now, gradient(model, values, [10.0])) == ()


def test_units_that_relu_holds_at_zero_are_dead_with_the_reason() -> None:
    model, values = line()
    step = propagate(model, values, np.arange(0.0, 21.0)[:, None])["dense"]
    idle = {unit.unit: unit for unit in idle_in_steps([step])}
    dead = np.flatnonzero(~step.outputs[0].any(axis=0))
    assert [u for u, found in idle.items() if found.kind == "dead"] == list(dead)
    assert "never above" in idle[int(dead[0])].reason


def test_a_double_is_told_of_its_twin(sequential: Any) -> None:
    kernel = np.random.default_rng(0).normal(0, 1, (3, 5)).astype(np.float32)
    kernel[:, 4] = kernel[:, 1]
    bias = np.array([0, 1, 0, 3, 1], np.float32)
    kernel[:, 3] = 0
    config = {"units": 5, "activation": "tanh", "use_bias": True}
    model, values = sequential((3,), ("Dense", config, {"kernel": kernel, "bias": bias}))
    rows = np.random.default_rng(1).normal(0, 1, (20, 3))
    found = {u.unit: u for u in idle_in_steps([propagate(model, values, rows)["dense"]])}
    assert set(found) == {3, 4}
    assert found[3].kind == "constant"
    assert (found[4].kind, found[4].like) == ("duplicate", 1)


def test_one_row_tells_nothing_of_idle_units() -> None:
    model, values = line()
    assert idle_in_steps([propagate(model, values, [[1.0]])["dense"]]) == ()
