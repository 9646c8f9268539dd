"""Every activation gives what Keras gives, and is found by every name that Keras takes."""

import numpy as np
import pytest

from weightview.calculator.activations import ACTIVATIONS, get, names, of_layer
from weightview.core.errors import CalculationError

GRID = np.concatenate(
    [np.linspace(-12, 12, 193), [0.0, -0.0, 1e-6, -1e-6, -90.0, 90.0, 0.5, -0.5, 1, -1, 3, -3]]
).astype(np.float32)


@pytest.mark.referee
@pytest.mark.parametrize("name", names(3))
def test_each_name_gives_what_keras_gives(keras, name: str) -> None:
    x = GRID[:204].reshape(6, 34)
    ours = get(name)(x)
    theirs = np.asarray(keras.activations.get(name)(x))
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours, theirs, rtol=3e-6, atol=1e-6)


@pytest.mark.referee
def test_no_name_of_keras_is_missing(keras) -> None:
    from keras.src.activations import ALL_OBJECTS_DICT

    theirs = {name for name in ALL_OBJECTS_DICT if isinstance(name, str)}
    assert theirs - set(names(3)) <= {"threshold", "ReLU"} | {
        name for name in theirs if name[0].isupper()
    }


@pytest.mark.referee
@pytest.mark.parametrize("name", names(2))
def test_each_old_name_gives_what_keras_2_gives(tf_keras, name: str) -> None:
    x = GRID[:204].reshape(6, 34)
    theirs = tf_keras.activations.get(name)(tf_keras.backend.constant(x)).numpy()
    np.testing.assert_allclose(get(name, 2)(x), theirs, rtol=3e-6, atol=1e-6)


def test_hard_sigmoid_has_another_meaning_in_old_files() -> None:
    one = np.array([1.0], np.float32)
    assert get("hard_sigmoid", 3)(one)[0] == pytest.approx(4 / 6)
    assert get("hard_sigmoid", 2)(one)[0] == pytest.approx(0.7)
    assert "Keras 1 and 2" in get("hard_sigmoid", 2).note


def test_an_unknown_name_is_answered_with_near_ones() -> None:
    with pytest.raises(CalculationError, match="relu"):
        get("reluu")
    with pytest.raises(CalculationError, match="two parameters"):
        get("threshold")


def test_a_stored_layer_serves_as_an_activation() -> None:
    config = {
        "class_name": "LeakyReLU",
        "module": "keras.layers",
        "config": {"negative_slope": 0.5},
    }
    assert get(config)(np.array([-2.0], np.float32))[0] == -1.0


@pytest.mark.parametrize("name", [n for n in ACTIVATIONS if ACTIVATIONS[n].axis is None])
def test_float32_stays_float32_and_float64_float64(name: str) -> None:
    activation = ACTIVATIONS[name]
    if name == "threshold":
        activation = of_layer("ThresholdedReLU", {"theta": 0.7}, 2)
    assert activation is not None
    for dtype in (np.float32, np.float64):
        assert activation(np.linspace(-2, 2, 9, dtype=dtype)).dtype == dtype


@pytest.mark.referee
@pytest.mark.parametrize("slope", [0.0, 0.25])
@pytest.mark.parametrize("limit", [None, 2.0])
@pytest.mark.parametrize("threshold", [0.0, 0.5])
def test_the_relu_layer_cuts_and_slopes_as_keras_does(keras, slope, limit, threshold) -> None:
    config = {"negative_slope": slope, "max_value": limit, "threshold": threshold}
    ours = of_layer("ReLU", config, 3)
    assert ours is not None
    theirs = np.asarray(keras.layers.ReLU(limit, slope, threshold)(GRID))
    np.testing.assert_allclose(ours(GRID), theirs, rtol=1e-6)
