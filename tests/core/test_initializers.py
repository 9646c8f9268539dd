"""What a person says of an initializer becomes Keras' config, or is refused at its setting."""

import pytest

from weightview.core.initializers import (
    SETTINGS,
    Initializer,
    SettingError,
    initializer_of,
    own_initializer,
    texts_of,
)
from weightview.core.model import Layer, Weight

SHAPE = (8, 5)


def layer_with(stored):
    import numpy as np

    weight = Weight("kernel", "l/kernel", SHAPE, np.dtype("f4"), (), 0, "", "kernel", "l")
    return Layer("l", "l", "Dense", {"kernel_initializer": stored}, (weight,)), weight


@pytest.mark.parametrize("name", SETTINGS)
def test_the_fields_begin_with_keras_own_defaults(name):
    chosen = initializer_of(name, texts_of(Initializer(name)), SHAPE)
    assert chosen.config == {
        s.name: s.default if s.choices else float(s.default) for s in SETTINGS[name]
    }


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (
            {"class_name": "RandomUniform", "config": {"minval": -2, "maxval": 1e-7, "seed": 3}},
            ("RandomUniform", {"minval": "-2", "maxval": "1e-07"}),
        ),
        (
            {"class_name": "VarianceScaling", "config": {"scale": 2.0, "distribution": "normal"}},
            (
                "VarianceScaling",
                {"scale": "2", "mode": "fan_in", "distribution": "truncated_normal"},
            ),
        ),
        ({"class_name": "OrthogonalInitializer", "config": {}}, ("Orthogonal", {"gain": "1"})),
        ("glorot_uniform", ("GlorotUniform", {})),
    ],
)
def test_the_layers_own_initializer_fills_the_fields(stored, expected):
    own = own_initializer(*layer_with(stored))
    texts = {name: f"{float(t):g}" if t[-1].isdigit() else t for name, t in texts_of(own).items()}
    assert (own.class_name, texts) == expected
    initializer_of(own.class_name, texts_of(own), SHAPE)


@pytest.mark.parametrize("stored", [None, 3, "nonsense", {"class_name": "Mine"}, {"config": {}}])
def test_an_initializer_that_keras_has_not_is_not_offered(stored):
    assert own_initializer(*layer_with(stored)) is None


@pytest.mark.parametrize(
    ("name", "texts", "setting", "why"),
    [
        ("RandomNormal", {"mean": "0", "stddev": "-1"}, "stddev", "0 or more"),
        ("RandomNormal", {"mean": "x", "stddev": "1"}, "mean", "not a number"),
        ("RandomNormal", {"mean": "", "stddev": "1"}, "mean", "needed"),
        ("RandomNormal", {"mean": "inf", "stddev": "1"}, "mean", "finite"),
        ("RandomNormal", {"mean": "0,5", "stddev": "1"}, "mean", "0.5 with a point"),
        ("RandomUniform", {"minval": "1", "maxval": "0"}, "maxval", "below minval, 1"),
        (
            "VarianceScaling",
            {"scale": "0", "mode": "fan_in", "distribution": "uniform"},
            "scale",
            "above 0",
        ),
        (
            "VarianceScaling",
            {"scale": "1", "mode": "fan", "distribution": "uniform"},
            "mode",
            "one of",
        ),
    ],
)
def test_a_wrong_setting_is_refused_by_name(name, texts, setting, why):
    with pytest.raises(SettingError, match=why) as caught:
        initializer_of(name, texts, SHAPE)
    assert caught.value.setting == setting


@pytest.mark.parametrize(("name", "shape"), [("Identity", (2, 2, 2)), ("Orthogonal", (4,))])
def test_a_shape_that_it_cannot_draw_is_refused(name, shape):
    with pytest.raises(SettingError, match="this weight is") as caught:
        initializer_of(name, {"gain": "1"}, shape)
    assert caught.value.setting == ""
