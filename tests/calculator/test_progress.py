"""Long calculations tell how far they are, and end when the person cancels."""

import numpy as np
import pytest

from weightview.calculator import propagate
from weightview.core.errors import CancelledError

RNG = np.random.default_rng(0)


def long_models(sequential):
    kernel = {"kernel": RNG.normal(size=(3, 3, 2, 4))}
    yield sequential([40, 40, 2], ("Conv2D", {"filters": 4, "kernel_size": [3, 3]}, kernel))
    gates = {"kernel": RNG.normal(size=(2, 12)), "recurrent_kernel": RNG.normal(size=(3, 12))}
    yield sequential([60, 2], ("LSTM", {"units": 3, "activation": "tanh"}, gates))


def test_progress_grows_and_names_the_layer(sequential) -> None:
    for model, values in long_models(sequential):
        seen: list[tuple[float, str]] = []
        shape = (2, *(n or 1 for n in model.layers[0].config["batch_shape"][1:]))
        propagate(
            model,
            values,
            np.ones(shape, np.float32),
            progress=lambda share, path, seen=seen: seen.append((share, path)),
        )
        assert all(0 <= share <= 1 for share, _ in seen)
        assert len({path for _, path in seen}) == 2
        assert len(seen) > 2


def test_cancelling_ends_the_calculation_and_leaves_nothing_behind(sequential) -> None:
    def cancel(share: float, path: str) -> None:
        if path != "input_layer":
            raise CancelledError("cancelled")

    for model, values in long_models(sequential):
        x = np.ones([n or 1 for n in model.layers[0].config["batch_shape"][1:]], np.float32)
        with pytest.raises(CancelledError):
            propagate(model, values, x, progress=cancel)
        assert propagate(model, values, x).outputs
