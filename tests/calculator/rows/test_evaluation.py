"""Tables of rows: outputs, measures, scaling, the worst rows."""

from typing import Any

import numpy as np
import pytest

from weightview.calculator import propagate
from weightview.calculator.rows import scaling
from weightview.calculator.rows.evaluation import evaluate
from weightview.core.errors import CancelledError, InputError
from weightview.core.values import Values

RANDOM = np.random.default_rng(2)


@pytest.fixture
def net(sequential: Any) -> tuple[Any, Values]:
    def dense(n: int, units: int, activation: str) -> tuple[str, dict, dict]:
        arrays = {"kernel": RANDOM.normal(0, 1, (n, units)), "bias": RANDOM.normal(0, 1, units)}
        return ("Dense", {"units": units, "activation": activation, "use_bias": True}, arrays)

    return sequential((3,), dense(3, 4, "tanh"), dense(4, 2, "linear"))


def test_each_row_gives_what_it_gives_alone(net: Any) -> None:
    model, values = net
    rows = RANDOM.normal(0, 1, (600, 3))
    together = evaluate(model, values, rows).output
    for i in (0, 255, 256, 599):
        np.testing.assert_allclose(
            together[i], propagate(model, values, rows[i]).output, rtol=1e-5, atol=1e-6
        )


def test_the_worst_row_is_the_one_with_the_largest_error(net: Any) -> None:
    model, values = net
    rows = RANDOM.normal(0, 1, (9, 3))
    expected = evaluate(model, values, rows).output.copy()
    expected[4] += 3
    expected[7] -= 1
    result = evaluate(model, values, rows, expected)
    assert list(result.worst_first[:2]) == [4, 7]
    assert result.measures["mean_squared_error"] == pytest.approx((9 + 1) / 9, rel=1e-5)


def test_a_scaler_takes_part_before_and_after(net: Any) -> None:
    model, values = net
    rows = RANDOM.normal(50, 20, (30, 3))
    scaler = scaling.fitted("standard", rows)
    after = scaling.typed(10.0, 4.0)
    result = evaluate(model, values, rows, input_scaler=scaler, output_scaler=after)
    by_hand = (rows - rows.mean(0)) / rows.std(0)
    plain = evaluate(model, values, by_hand).output
    np.testing.assert_allclose(result.output, plain * 4 + 10, rtol=1e-5, atol=1e-5)


def test_rows_and_expected_outputs_of_different_number_are_refused(net: Any) -> None:
    model, values = net
    with pytest.raises(InputError, match="3 rows of inputs and 2"):
        evaluate(model, values, np.zeros((3, 3)), np.zeros((2, 2)))


def test_expected_outputs_of_another_width_are_refused(net: Any) -> None:
    model, values = net
    with pytest.raises(InputError, match="has 3 numbers; the model gives 2"):
        evaluate(model, values, np.zeros((3, 3)), np.zeros((3, 3)))


def test_a_table_without_rows_is_refused(net: Any) -> None:
    model, values = net
    with pytest.raises(InputError, match="no rows"):
        evaluate(model, values, np.zeros((0, 3)))


def test_it_can_be_cancelled_between_groups_of_rows(net: Any) -> None:
    model, values = net
    shares = []

    def progress(share: float) -> None:
        shares.append(share)
        if len(shares) == 2:
            raise CancelledError

    with pytest.raises(CancelledError):
        evaluate(model, values, np.zeros((5000, 3)), progress=progress)
    assert len(shares) == 2


@pytest.mark.parametrize("kind", ["standard", "minmax", "divide"])
def test_undoing_a_scaler_gives_the_numbers_back(kind: Any) -> None:
    rows = RANDOM.normal(5, 3, (20, 4))
    rows[:, 2] = 7.0
    scaler = scaling.fitted(kind, rows)
    np.testing.assert_allclose(scaler.undo(scaler.apply(rows)), rows)
    assert np.isfinite(scaler.apply(rows)).all()


@pytest.mark.parametrize("scale", [0.0, np.nan, np.inf])
def test_a_scale_that_cannot_be_divided_by_is_refused(scale: float) -> None:
    with pytest.raises(InputError):
        scaling.typed(0.0, scale)
