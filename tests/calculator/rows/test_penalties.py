"""Regularizers as the configs of Keras 1, 2 and 3 write them."""

from typing import Any

import numpy as np
import pytest

from weightview.calculator.rows.evaluation import evaluate
from weightview.calculator.rows.penalties import (
    penalties_of_weights,
    regularizer_of,
    unknown_regularizers,
)

X = np.array([[1.0, -2.0], [0.5, 0.0]])


@pytest.mark.parametrize(
    ("entry", "penalty"),
    [
        ("l1", 0.035),
        ("L2", 0.0525),
        ({"class_name": "L1", "config": {"l1": 0.1}}, 0.35),
        ({"module": "keras.regularizers", "class_name": "L2", "config": {"l2": 2}}, 10.5),
        ({"class_name": "L1L2", "config": {"l1": 0.0, "l2": 2.0}}, 10.5),
        ({"class_name": "L1L2", "config": {"l1": 0.1, "l2": 2.0}}, 10.85),
        ({"name": "WeightRegularizer", "l1": 0.1, "l2": 0.0}, 0.35),
        ("l1_l2", 0.0875),
    ],
)
def test_the_penalty_is_the_formula(entry: Any, penalty: float) -> None:
    regularizer = regularizer_of(entry)
    assert regularizer is not None
    assert regularizer(X) == pytest.approx(penalty)


def test_an_unknown_regularizer_is_named_and_adds_nothing(sequential: Any) -> None:
    entry = {"class_name": "OrthogonalRegularizer", "config": {"factor": 0.01, "mode": "rows"}}
    model, values = sequential(
        [2], ("Dense", {"units": 2, "kernel_regularizer": entry}, {"kernel": X})
    )
    found = evaluate(model, values, np.eye(2), np.eye(2))
    assert found.unknown == ("OrthogonalRegularizer of dense",)
    assert found.penalties == {}


def test_the_kernel_of_a_depthwise_convolution_is_regularized_by_its_own_setting(
    sequential: Any,
) -> None:
    kernel = np.full((2, 2, 1, 1), 0.5)
    config = {"kernel_size": [2, 2], "depthwise_regularizer": "l2", "use_bias": False}
    model, values = sequential([2, 2, 1], ("DepthwiseConv2D", config, {"kernel": kernel}))
    assert unknown_regularizers(model) == ()
    (penalty,) = penalties_of_weights(model, values).values()
    assert penalty == pytest.approx(0.01)
