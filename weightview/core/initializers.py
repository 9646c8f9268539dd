"""The initializers of Keras that a weight can be drawn anew by, with their settings.

Names, defaults and limits are those of ``keras.initializers`` in Keras 3; the numbers themselves
are drawn by Keras (see :mod:`weightview.worker`).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from weightview.core.errors import NumberError
from weightview.core.model import Layer, Weight
from weightview.core.numbers import exact_text, parse_number

_MATRIX = 2


@dataclass(frozen=True)
class Setting:
    """One setting of an initializer.

    Attributes:
        name: as Keras calls it.
        default: what Keras takes where nothing is said, as text.
        choices: the words it may be; empty for a number.
        lowest: the number it must not be below, or None.
        is_above: whether it must not be :attr:`lowest` itself either.
    """

    name: str
    default: str
    choices: tuple[str, ...] = ()
    lowest: float | None = None
    is_above: bool = False


class SettingError(NumberError):
    """A setting of an initializer is not what it can be.

    Attributes:
        setting: its name.
    """

    def __init__(self, setting: str, text: str, message: str) -> None:
        """Keep the setting's name beside the sentence."""
        self.setting = setting
        super().__init__(text, message)


@dataclass(frozen=True)
class Initializer:
    """One of Keras' initializers.

    Attributes:
        class_name: its class in ``keras.initializers``.
        config: its settings without the seed; empty for Keras' defaults.
    """

    class_name: str
    config: Mapping[str, Any] = field(default_factory=dict)


_MEAN = Setting("mean", "0.0")
_STDDEV = Setting("stddev", "0.05", lowest=0.0)
_GAIN = Setting("gain", "1.0")

SETTINGS: Mapping[str, tuple[Setting, ...]] = {
    "GlorotUniform": (),
    "GlorotNormal": (),
    "HeUniform": (),
    "HeNormal": (),
    "LecunUniform": (),
    "LecunNormal": (),
    "RandomUniform": (Setting("minval", "-0.05"), Setting("maxval", "0.05")),
    "RandomNormal": (_MEAN, _STDDEV),
    "TruncatedNormal": (_MEAN, _STDDEV),
    "VarianceScaling": (
        Setting("scale", "1.0", lowest=0.0, is_above=True),
        Setting("mode", "fan_in", ("fan_in", "fan_out", "fan_avg")),
        Setting(
            "distribution",
            "truncated_normal",
            ("truncated_normal", "untruncated_normal", "uniform"),
        ),
    ),
    "Orthogonal": (_GAIN,),
    "Identity": (_GAIN,),
    "Constant": (Setting("value", "0.0"),),
    "Zeros": (),
    "Ones": (),
}
"""Every initializer that is offered, with its settings in Keras' order."""

UNSEEDED = frozenset(("Identity", "Constant", "Zeros", "Ones"))
"""Those that draw nothing by chance."""

_OTHER_NAMES = {"OrthogonalInitializer": "Orthogonal", "IdentityInitializer": "Identity"}
_OTHER_WORDS = {"normal": "truncated_normal"}


def own_initializer(layer: Layer | None, weight: Weight) -> Initializer | None:
    """Return the initializer that the layer's config names for a weight; None where it does not."""
    stored = layer.config.get(f"{weight.role}_initializer") if layer is not None else None
    if isinstance(stored, str):
        stored = {"class_name": "".join(part.capitalize() for part in stored.split("_"))}
    if not isinstance(stored, Mapping):
        return None
    name = str(stored.get("class_name"))
    name = _OTHER_NAMES.get(name, name)
    if name not in SETTINGS:
        return None
    config = stored.get("config")
    config = config if isinstance(config, Mapping) else {}
    return Initializer(name, {s.name: config[s.name] for s in SETTINGS[name] if s.name in config})


def texts_of(initializer: Initializer) -> dict[str, str]:
    """Return what stands in the fields of an initializer's settings, by their names."""
    texts = {}
    for setting in SETTINGS[initializer.class_name]:
        value = initializer.config.get(setting.name, setting.default)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        text = exact_text(np.float64(value)) if is_number else str(value)
        texts[setting.name] = _OTHER_WORDS.get(text, text)
    return texts


def initializer_of(
    class_name: str, texts: Mapping[str, str], shape: tuple[int, ...]
) -> Initializer:
    """Return the initializer that a person describes, for a weight of ``shape``.

    Args:
        class_name: a key of :data:`SETTINGS`.
        texts: what was typed for each of its settings, by name.
        shape: the weight's.

    Raises:
        SettingError: a setting is none, or they contradict one another; ``setting`` is ``""``
            where the initializer itself does not fit the shape.
    """
    config = {s.name: _value(s, texts[s.name]) for s in SETTINGS[class_name]}
    if class_name == "RandomUniform" and not config["minval"] <= config["maxval"]:
        message = f"maxval must not be below minval, {texts['minval'].strip()}."
        raise SettingError("maxval", texts["maxval"], message)
    if class_name == "Identity" and len(shape) != _MATRIX:
        raise SettingError("", "", f"Identity draws matrices only; this weight is {shape}.")
    if class_name == "Orthogonal" and len(shape) < _MATRIX:
        raise SettingError("", "", f"Orthogonal needs two axes at least; this weight is {shape}.")
    return Initializer(class_name, config)


def _value(setting: Setting, text: str) -> Any:
    if setting.choices:
        if text not in setting.choices:
            raise SettingError(setting.name, text, f"It is one of {', '.join(setting.choices)}.")
        return text
    try:
        number = float(parse_number(text, np.dtype(np.float64)))
    except NumberError as error:
        message = str(error) if text.strip() else "A number is needed here."
        raise SettingError(setting.name, text, message) from error
    if not math.isfinite(number):
        raise SettingError(setting.name, text, f"{setting.name} must be a finite number.")
    lowest = setting.lowest
    if lowest is not None and (number < lowest or (setting.is_above and number == lowest)):
        limit = f"above {lowest:g}" if setting.is_above else f"{lowest:g} or more"
        raise SettingError(setting.name, text, f"{setting.name} must be {limit}.")
    return number
