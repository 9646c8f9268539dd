"""The rows of a strip: inner layers under their names, labels without what the heading says."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox

import weightview
from weightview.calculator.trace import Stage, Step
from weightview.core.model import Layer
from weightview.gui.calculator_pane import CalculatorPane
from weightview.gui.calculator_pane.stage_rows import stage_rows

PaneMaker = Callable[..., CalculatorPane]


def wrapper(class_name: str, **inner: str) -> Layer:
    """Return a layer around others, by the config's entry for them."""
    layers = tuple(
        Layer(name, f"around/{name}", "LSTM", {"units": 4}, role=role)
        for role, name in inner.items()
    )
    return Layer("around", "around", class_name, {}, layers=layers)


def step_of(*stages: str) -> Step:
    made = tuple(Stage(name, "x @ kernel", np.ones(3)) for name in stages)
    return Step("around", "Bidirectional", 0, made, ())


def test_the_stages_of_both_ways_stand_under_their_layers_and_the_merge_under_both() -> None:
    layer = wrapper("Bidirectional", forward_layer="ahead", backward_layer="back")
    step = step_of("forward_input_sum", "forward_output", "backward_output", "output")
    rows = stage_rows(layer, step, bias_kept=True)
    assert [name for name, _ in rows] == [
        "", "forward_input_sum", "forward_output", "", "backward_output", "", "output",
    ]  # fmt: skip
    assert [row.label for _, row in rows if row.is_heading] == ["ahead", "back", "both"]
    assert rows[0][1].note == "LSTM, 4 units, forward"
    assert rows[1][1].label == "input sum"


def test_the_layer_at_each_time_step_is_named() -> None:
    layer = wrapper("TimeDistributed", layer="inside")
    rows = stage_rows(layer, step_of("weighted_sum", "output"), bias_kept=True)
    assert rows[0][1].label == "inside"
    assert rows[0][1].note == "LSTM, 4 units, at each time step"
    assert [name for name, _ in rows[1:]] == ["weighted_sum", "output"]


def test_a_layer_without_inner_ones_has_no_heading() -> None:
    rows = stage_rows(Layer("dense", "dense", "Dense", {}), step_of("output"), bias_kept=True)
    assert not any(row.is_heading for _, row in rows)


def test_the_keys_pass_over_a_heading(
    shared_models: Path, make_pane: PaneMaker, qtbot: Any
) -> None:
    found = sorted(shared_models.glob("generated/*/bidirectional.keras"))
    if not found:
        pytest.skip("there is no bidirectional model")
    pane = make_pane(weightview.open_document(found[-1]))
    assert pane.content is not None
    strip = next(s for s in pane.content.strips if s.layer.class_name == "Bidirectional")
    heading = next(i for i, row in enumerate(strip.numbers.rows) if row.is_heading and i)
    index = strip.numbers.rows[heading - 1].index(0)
    strip.numbers.set_selected(heading - 1, index)
    qtbot.keyClick(strip.numbers, Qt.Key.Key_Down)
    assert strip.numbers.selected is not None
    assert strip.numbers.selected[0] == heading + 1


def test_the_activation_and_bias_of_a_layer_inside_a_wrapper_can_be_chosen(
    shared_models: Path, make_pane: PaneMaker, qtbot: Any
) -> None:
    found = sorted(shared_models.glob("generated/k3*/time_distributed.keras"))
    if not found:
        pytest.skip("there is no model with a TimeDistributed")
    pane = make_pane(weightview.open_document(found[-1]))
    assert pane.content is not None
    strip = next(s for s in pane.content.strips if s.layer.path == "td_dense")
    box, tick = strip.header.box, strip.findChild(QCheckBox)
    assert box is not None
    assert tick is not None
    assert box.itemText(0).startswith("linear")
    before = pane.trace
    box.setFocus()
    qtbot.keyClicks(box, "tanh")
    qtbot.waitUntil(lambda: pane.trace is not before)
    choices = pane.content.calculator.choices
    assert list(choices.activations.values()) == ["tanh"]
    assert pane.trace is not None
    z = pane.trace["td_dense"].stage("pre_activation").value
    np.testing.assert_allclose(pane.trace["td_dense"].outputs[0], np.tanh(z), rtol=1e-5)
    between = pane.trace
    qtbot.keyClick(tick, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: pane.trace is not between)
    assert "pre_activation" not in [stage.name for stage in pane.trace["td_dense"].stages]


def test_one_choice_holds_for_both_ways(
    shared_models: Path, make_pane: PaneMaker, qtbot: Any
) -> None:
    found = sorted(shared_models.glob("generated/k3*/bidirectional.keras"))
    if not found:
        pytest.skip("there is no bidirectional model")
    pane = make_pane(weightview.open_document(found[-1]))
    assert pane.content is not None
    strip = next(s for s in pane.content.strips if s.layer.path == "bi_concat")
    tick = strip.findChild(QCheckBox)
    assert tick is not None
    assert "both ways" in tick.toolTip()
    before = pane.trace
    qtbot.keyClick(tick, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: pane.trace is not before)
    assert pane.trace is not None
    names = [stage.name for stage in pane.trace["bi_concat"].stages]
    assert not any("biased" in name for name in names)
    assert not tick.isChecked()
