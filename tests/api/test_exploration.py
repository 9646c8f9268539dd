"""Exploring through the public interface gives what the calculator gives, edits included or not."""

from pathlib import Path

import numpy as np
import pytest

from weightview import api
from weightview.core.document import Document


@pytest.fixture
def line(examples: Path) -> Document:
    return api.open_document(examples / "line.keras")


def test_rows_are_evaluated_with_the_edits_or_as_saved(line: Document) -> None:
    rows = np.arange(21.0)[:, None]
    before = api.evaluate_rows(line, rows, 2 * rows + 5)
    line.set_values("dense_1/bias", 0, 9.0)
    after = api.evaluate_rows(line, rows, 2 * rows + 5)
    saved = api.evaluate_rows(line, rows, 2 * rows + 5, as_saved=True)
    assert after.measures["mean_squared_error"] > 10 * before.measures["mean_squared_error"]
    assert saved.measures == before.measures


def test_a_sweep_reaches_the_printed_ends(line: Document) -> None:
    sweep = api.sweep_input(line, np.array([10.0]), (0,), -10, 20)
    assert sweep.output[0, 0] == pytest.approx(5.339852, abs=1e-5)
    assert sweep.output[-1, 0] == pytest.approx(45.01665, abs=1e-4)


def test_a_weights_sweep_takes_its_path(line: Document) -> None:
    sweep = api.sweep_weight(line, [10.0], "dense_1/bias", (0,), 0.0, 1.0, points=3)
    assert np.diff(sweep.output[:, 0]) == pytest.approx([0.5, 0.5], abs=1e-5)


def test_the_weight_that_is_named_makes_the_output_25(line: Document) -> None:
    move = api.moves_to(line, [10.0], 25.0)[0]
    line.set_values(move.weight, move.index, move.after)
    assert api.propagate(line, [10.0]).output == pytest.approx([25.0], abs=1e-4)


@pytest.mark.referee
def test_gradients_come_from_tensorflow_where_we_have_no_reverse_pass(
    shared_models: Path,
) -> None:
    document = api.open_document(shared_models / "generated/k3.15.1_A/lstm.keras")
    expected = np.load(shared_models / "generated/k3.15.1_A/lstm.expect.npz")
    sample = expected["in__0"][0]
    output = api.propagate(document, sample).output
    index = (0,) * output.ndim
    found = api.gradients(document, sample, index)
    weight = document.model.weights[0]
    cell = np.unravel_index(np.abs(found[weight.path]).argmax(), weight.shape)
    before = float(document.read(weight, tuple(cell)))
    ends = []
    for step in (1e-2, -1e-2):
        document.set_values(weight, tuple(cell), before + step)
        ends.append(float(api.propagate(document, sample, dtype="float64").output[index]))
    assert (ends[0] - ends[1]) / 2e-2 == pytest.approx(float(found[weight.path][cell]), rel=2e-2)


def test_a_wrong_number_is_explained(line: Document) -> None:
    answer = api.explain_number(line, [10.0], "20.475")
    assert answer.findings[0].sentence == "without relu in dense"
