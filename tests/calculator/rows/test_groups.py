"""Rows go through in groups that can be stopped between, the smaller the larger the model is."""

from typing import Any

import numpy as np
import pytest

from weightview.calculator.rows.evaluation import evaluate, in_groups
from weightview.core.errors import CancelledError

RANDOM = np.random.default_rng(6)


def wide(sequential: Any, units: int) -> tuple[Any, Any]:
    arrays = {"kernel": RANDOM.normal(0, 1, (units, units)), "bias": np.zeros(units)}
    config = {"units": units, "activation": "relu", "use_bias": True}
    return sequential((units,), ("Dense", config, arrays))


def test_no_group_of_a_large_layer_multiplies_more_than_a_tenth_of_a_second(
    sequential: Any,
) -> None:
    model, values = wide(sequential, 4096)
    rows = np.zeros((130, 4096), np.float32)
    sizes = [len(trace.output) for trace in in_groups(model, values, rows)]
    assert sum(sizes) == 130
    assert max(sizes) * 4096**2 <= 1 << 30


def test_groups_of_a_small_model_are_large(sequential: Any) -> None:
    model, values = wide(sequential, 8)
    sizes = [len(t.output) for t in in_groups(model, values, np.zeros((1000, 8)))]
    assert max(sizes) == 256


def test_nothing_is_computed_after_the_request_to_stop(sequential: Any) -> None:
    model, values = wide(sequential, 512)
    shares: list[float] = []

    def stop(share: float) -> None:
        shares.append(share)
        if share > 0.1:
            raise CancelledError

    with pytest.raises(CancelledError):
        evaluate(model, values, np.zeros((10_000, 512), np.float32), progress=stop)
    assert sum(share > 0.1 for share in shares) == 1
    assert shares[-1] < 0.15
    assert shares == sorted(shares)
