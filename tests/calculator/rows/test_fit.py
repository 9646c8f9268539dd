"""Which it is: expected outputs that were computed wrongly, or a model that was trained poorly."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from weightview.calculator import propagate
from weightview.calculator.rows import scaling
from weightview.calculator.rows.evaluation import evaluate
from weightview.calculator.rows.fit import fit_of
from weightview.core.errors import InputError
from weightview.core.values import Values
from weightview.formats import load


@pytest.fixture
def line(examples: Path) -> tuple[Any, Values]:
    opened = load(examples / "line.keras")
    return opened.model, Values(opened.storage)


@pytest.mark.parametrize("step", [1.0, 5.0])
def test_the_line_is_trained_poorly_below_0(line: Any, step: float) -> None:
    rows = np.arange(-10, 20 + step, step)[:, None]
    fit = fit_of(*line, rows, evaluate(*line, rows, 2 * rows + 5))
    assert (fit.start, fit.stop) == (0, 20)
    assert fit.within == pytest.approx(0.115, abs=0.001)
    assert fit.mistake == ""
    assert fit.sentence.startswith("Trained poorly, not computed wrongly")
    assert "from 0 to 20 and leaves them beyond: row 0 gives 5.34 instead of -15" in fit.sentence


@pytest.mark.parametrize(
    ("options", "mistake"),
    [
        ({"activations": {"dense": "linear"}}, "without relu in dense"),
        ({"without_bias": ["dense", "dense_1"]}, "without any bias"),
    ],
)
def test_outputs_of_a_mistake_are_computed_wrongly(line: Any, options: Any, mistake: str) -> None:
    rows = np.linspace(-10, 20, 13)[:, None]
    wrong = propagate(*line, rows, **options).output
    fit = fit_of(*line, rows, evaluate(*line, rows, wrong))
    assert fit.mistake == mistake
    assert fit.sentence.startswith("Computed wrongly")


def test_a_mistake_is_found_behind_scalers(line: Any) -> None:
    rows = np.linspace(-10, 20, 13)[:, None]
    scaler, after = scaling.fitted("standard", rows), scaling.typed(4.0, 2.5)
    wrong = after.undo(propagate(*line, scaler.apply(rows), activations={"dense": "linear"}).output)
    scalers: Any = {"input_scaler": scaler, "output_scaler": after}
    fit = fit_of(*line, rows, evaluate(*line, rows, wrong, **scalers), **scalers)
    assert fit.mistake == "without relu in dense"


def test_the_models_own_outputs_are_what_was_expected(line: Any) -> None:
    rows = np.linspace(-10, 20, 13)[:, None]
    own = propagate(*line, rows).output
    fit = fit_of(*line, rows, evaluate(*line, rows, own))
    assert fit.is_exact
    assert fit.sentence == "The model gives what was expected."


def test_rows_that_keep_to_it_here_and_there_are_counted(line: Any) -> None:
    rows = np.linspace(0, 20, 20)[:, None]
    expected = propagate(*line, rows).output + 0.01
    expected[[4, 9]] += 7
    fit = fit_of(*line, rows, evaluate(*line, rows, expected))
    assert (fit.keeping, fit.rows, fit.start) == (18, 20, None)
    assert "in 18 of 20 rows" in fit.sentence


def test_labels_are_no_outputs_to_judge(line: Any) -> None:
    rows = np.linspace(0, 20, 5)[:, None]
    with pytest.raises(InputError, match="as many outputs"):
        fit_of(*line, rows, evaluate(*line, rows))
