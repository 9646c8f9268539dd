"""The activations Keras knows: their functions, formulas, names, and what old files meant by them.

``get("relu")`` gives an :class:`Activation`; ``names()`` those that a person may choose. A new
activation is one function in :mod:`weightview.calculator.activations.functions` and one line here.
"""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from weightview.calculator.activations import functions as f
from weightview.core.errors import CalculationError

Array = npt.NDArray[Any]
FIRST_WITH_NEW_MEANINGS = 3


@dataclass(frozen=True)
class Activation:
    """One activation, as it is applied.

    Attributes:
        name: the Keras name.
        function: of an array of floats; gives one of the same dtype.
        formula: in ``{x}`` and the parameters' names, as
            :func:`weightview.calculator.operations.elementwise.fill_formula` takes it.
        parameters: the keyword arguments of ``function``.
        pieces: for a function in pieces the formula of each, with the upper end of its range (the
            last one has inf); a number on the border belongs to the lower piece.
        axis: over which axis (or axes) a vector function works; None where it takes single numbers.
        note: what a person should know, as a sentence, or ``""``.
    """

    name: str
    function: Callable[..., Array]
    formula: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    pieces: tuple[tuple[float | str, str], ...] = ()
    axis: int | tuple[int, ...] | None = None
    note: str = ""

    def __call__(self, x: Array) -> Array:
        """Return the function of ``x``; an overflow to inf is an answer, not a warning."""
        with np.errstate(over="ignore", invalid="ignore"):
            return self.apply(x)

    def apply(self, x: Array) -> Array:
        """Return the function of ``x``; numpy may warn of an overflow to inf."""
        return self.function(x, **self.parameters) if self.parameters else self.function(x)

    @property
    def is_linear(self) -> bool:
        """Whether it leaves every number as it is."""
        return self.function is f.linear

    def piece(self, x: float) -> str:
        """Return the formula that holds at ``x``."""
        for end, formula in self.pieces:
            if x <= (
                self.parameters[end.lstrip("-")] * (-1 if end[0] == "-" else 1)
                if isinstance(end, str)
                else end
            ):
                return formula
        return self.pieces[-1][1] if self.pieces else self.formula


_INF = float("inf")


def _plain(
    name: str, formula: str, *pieces: tuple[float | str, str], **parameters: Any
) -> Activation:
    return Activation(name, getattr(f, name), formula, parameters, pieces)


def _vector(name: str, formula: str) -> Activation:
    return Activation(name, getattr(f, name), formula, {"axis": -1}, axis=-1)


_SHRINK = (("-threshold", "{x} + {threshold}"), ("threshold", "0"), (_INF, "{x} - {threshold}"))

ACTIVATIONS: dict[str, Activation] = {
    activation.name: activation
    for activation in (
        _plain("linear", "{x}"),
        _plain("relu", "max({x}, 0)"),
        _plain("sigmoid", "1 / (1 + e^{-x})"),
        _plain("tanh", "tanh({x})"),
        _vector("softmax", "e^x[i] / Σ e^x[k]"),
        _plain(
            "leaky_relu",
            "x if x > 0, else {negative_slope} · x",
            (0, "{negative_slope} · {(x)}"),
            (_INF, "{x}"),
            negative_slope=0.2,
        ),
        _plain("relu6", "min(max({x}, 0), 6)"),
        _plain(
            "elu",
            "x if x > 0, else {alpha} · (e^x - 1)",
            (0, "{alpha} · (e^{x} - 1)"),
            (_INF, "{x}"),
            alpha=1.0,
        ),
        _plain(
            "selu",
            "1.05070098 · (x if x > 0, else 1.67326324 · (e^x - 1))",
            (0, "1.05070098 · 1.67326324 · (e^{x} - 1)"),
            (_INF, "1.05070098 · {x}"),
        ),
        _plain("celu", "max({x}, 0) + {alpha} · (e^(min({x}, 0) / {alpha}) - 1)", alpha=1.0),
        _plain(
            "gelu",
            "0.5 · x · (1 + erf(x / √2))",
            (_INF, "0.5 · {(x)} · (1 + erf({x} / √2))"),
            approximate=False,
        ),
        _plain("silu", "{x} / (1 + e^{-x})"),
        _plain("mish", "{x} · tanh(log(1 + e^{x}))"),
        _plain("softplus", "log(1 + e^{x})"),
        _plain("softsign", "{x} / (1 + |{x}|)"),
        _plain("exponential", "e^{x}"),
        _plain("hard_sigmoid", "min(max({x} + 3, 0), 6) / 6"),
        _plain("hard_silu", "{x} · min(max({x} + 3, 0), 6) / 6"),
        _plain("hard_tanh", "min(max({x}, -1), 1)"),
        _plain("tanh_shrink", "{x} - tanh({x})"),
        _plain("soft_shrink", "x moved towards 0 by {threshold}", *_SHRINK, threshold=0.5),
        _plain("hard_shrink", "x if |x| > {threshold}, else 0", threshold=0.5),
        _plain("log_sigmoid", "-log(1 + e^{-x})"),
        _plain("squareplus", "({x} + √({(x)}² + {b})) / 2", b=4),
        _plain(
            "sparse_plus",
            "0 if x ≤ -1, (x + 1)² / 4 if x < 1, else x",
            (-1, "0"),
            (1, "({x} + 1)² / 4"),
            (_INF, "{x}"),
        ),
        _plain(
            "sparse_sigmoid",
            "0 if x ≤ -1, (x + 1) / 2 if x < 1, else 1",
            (-1, "0"),
            (1, "({x} + 1) / 2"),
            (_INF, "1"),
        ),
        _plain(
            "threshold",
            "x if x > {threshold}, else {default_value}",
            ("threshold", "{default_value}"),
            (_INF, "{x}"),
            threshold=None,
            default_value=None,
        ),
        _vector("log_softmax", "x[i] - log(Σ e^x[k])"),
        replace(
            _vector("sparsemax", "max(x[i] - (Σ S - 1) / k, 0), S the cumulative sums that count"),
            note="sparsemax is computed as Keras does, which is not quite as its paper defines it.",
        ),
        _vector("glu", "x[i] / (1 + e^-x[i + n])"),
    )
}
"""Every activation by its Keras 3 name."""

ALIASES: dict[str, str] = {
    "swish": "silu",
    "hard_swish": "hard_silu",
    "softmax_v2": "softmax",
    "log_softmax_v2": "log_softmax",
}

_OLD: dict[str, Activation] = {
    "hard_sigmoid": Activation(
        "hard_sigmoid",
        f.old_hard_sigmoid,
        "min(max(0.2 · {(x)} + 0.5, 0), 1)",
        note="hard_sigmoid keeps its meaning of Keras 1 and 2: 0.2 x + 0.5, cut to 0 ... 1.",
    )
}
_OLD_NAMES = (
    "linear", "relu", "sigmoid", "tanh", "softmax", "elu", "selu", "gelu", "silu", "mish",
    "softplus", "softsign", "exponential", "hard_sigmoid",
)  # fmt: skip
_ALIASES_3 = {"swish": "silu", "hard_swish": "hard_silu"}


def names(generation: int | None = 3) -> tuple[str, ...]:
    """Return the names that a Keras of this generation accepts, aliases included.

    ``threshold`` is left out: it cannot be used by its name alone.
    """
    if generation is not None and generation < FIRST_WITH_NEW_MEANINGS:
        return (*_OLD_NAMES, "swish")
    return (*(name for name in ACTIVATIONS if name != "threshold"), *_ALIASES_3)


def get(identifier: Any, generation: int | None = 3) -> Activation:
    """Return the activation that a config's entry means.

    Args:
        identifier: a name, None (linear), or the dict by which Keras stores an activation with
            parameters or an activation layer.
        generation: the major version of Keras that wrote the file; None is taken as the newest.

    Raises:
        CalculationError: Keras has no such activation; the sentence names those that are near.
    """
    if identifier is None:
        return ACTIVATIONS["linear"]
    if isinstance(identifier, Mapping):
        return _from_config(identifier, generation)
    name = str(identifier)
    name = ALIASES.get(name, name)
    if generation is not None and generation < FIRST_WITH_NEW_MEANINGS and name in _OLD:
        return _OLD[name]
    found = ACTIVATIONS.get(name)
    if found is None or name == "threshold":
        raise CalculationError("", _unknown(str(identifier)))
    return found


def _unknown(name: str) -> str:
    if name == "threshold":
        return "The activation “threshold” needs two parameters and cannot be used by name alone."
    near = difflib.get_close_matches(name.lower(), names(), n=3)
    hint = f" Do you mean {' or '.join(near)}?" if near else f" Keras has: {', '.join(names())}."
    return f"There is no activation “{name}”.{hint}"


def _from_config(config: Mapping[str, Any], generation: int | None) -> Activation:
    """Return the activation of a config such as ``{"class_name": "ReLU", "config": {...}}``."""
    inner = config.get("config")
    class_name = str(config.get("class_name", ""))
    if class_name == "function" and isinstance(inner, str):
        return get(inner, generation)
    settings = inner if isinstance(inner, Mapping) else {}
    if config.get("module") in (None, "keras.layers", "keras.activations", "builtins"):
        if class_name == "Activation":
            return get(settings.get("activation"), generation)
        found = of_layer(class_name, settings, generation)
        if found is not None:
            return found
        name = str(inner) if isinstance(inner, str) else class_name
        if ALIASES.get(name, name) in ACTIVATIONS:
            return get(name, generation)
    raise CalculationError("", f"The activation “{class_name or config}” is not one of Keras' own.")


def with_parameters(activation: Activation, **parameters: Any) -> Activation:
    """Return ``activation`` with other parameters."""
    axis = parameters.get("axis", activation.axis)
    return replace(activation, parameters={**activation.parameters, **parameters}, axis=axis)


def of_layer(
    class_name: str, config: Mapping[str, Any], generation: int | None
) -> Activation | None:
    """Return what an activation layer without weights applies; None for other classes."""
    match class_name:
        case "ReLU" | "ThresholdedReLU":
            return _of_relu_layer(class_name, config)
        case "LeakyReLU":
            slope = config.get("negative_slope", config.get("alpha", 0.3))
            return with_parameters(ACTIVATIONS["leaky_relu"], negative_slope=_number(slope, 0.3))
        case "ELU":
            return with_parameters(ACTIVATIONS["elu"], alpha=_number(config.get("alpha"), 1.0))
        case "Softmax":
            axis = config.get("axis", -1)
            axes = tuple(axis) if isinstance(axis, (list, tuple)) else axis
            return with_parameters(get("softmax", generation), axis=axes)
        case _:
            return None


def _of_relu_layer(class_name: str, config: Mapping[str, Any]) -> Activation:
    if class_name == "ThresholdedReLU":
        theta = _number(config.get("theta"), 1.0)
        return with_parameters(ACTIVATIONS["threshold"], threshold=theta, default_value=0.0)
    slope = _number(config.get("negative_slope"), 0.0)
    limit = config.get("max_value")
    limit = None if limit is None else _number(limit, 0.0)
    threshold = _number(config.get("threshold"), 0.0)
    if not slope and limit is None and not threshold:
        return ACTIVATIONS["relu"]
    above = "{x}" if limit is None else "min({x}, {max_value})"
    below = "-{negative_slope} · ({threshold} - {(x)})"
    return Activation(
        "relu",
        f.relu,
        f"{above} if x > {{threshold}}, else {below}",
        {"negative_slope": slope, "max_value": limit, "threshold": threshold},
        (("threshold", below if slope else "0"), (_INF, above)),
    )


def _number(value: Any, default: float) -> float:
    """Return a config's number; Keras 2 wraps arrays as ``{"class_name": "__ndarray__"...}``."""
    if isinstance(value, Mapping):
        value = value.get("config", value).get("value", default)
    if value is None:
        return default
    return float(np.asarray(value).reshape(-1)[0])
