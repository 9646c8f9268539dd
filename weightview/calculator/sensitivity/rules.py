"""The reverse pass of each layer class that has one: from the output's gradient to the inputs'.

A rule takes the :class:`Passed` call and the gradient of one number with respect to the call's
output, ``(batch, ...)`` in float64. It returns the gradients with respect to the inputs and adds
those of the weights to :attr:`Passed.weights`.
"""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from weightview.calculator.activations import Activation
from weightview.calculator.layers.core import IN_TRAINING_ONLY
from weightview.core.errors import CalculationError
from weightview.core.model import Layer, Weight
from weightview.core.values import Array

_STEP = 1e-5
_KINK = 1e-2


@dataclass(eq=False)
class Passed:
    """One call of the forward pass.

    Attributes:
        layer: the layer.
        inputs: its inputs, ``(batch, ...)`` in float64.
        output: what it gave.
        before_activation: what its activation was applied to; None for a layer without one.
        activation: the activation in use, or None.
        read: gives a weight's numbers in float64.
        activation_of: gives the activation that an entry of the config means.
        weights: the gradients by weight path; filled in by the rule.
    """

    layer: Layer
    inputs: tuple[Array, ...]
    output: Array
    before_activation: Array | None
    activation: Activation | None
    read: Callable[[Weight], Array]
    activation_of: Callable[[str], Activation]
    weights: dict[str, Array] = field(default_factory=dict)

    def weight(self, role: str) -> Array | None:
        """Return the numbers of the layer's weight with this role, or None."""
        weight = self.layer.weight(role)
        return None if weight is None else self.read(weight)

    def add(self, role: str, gradient: Array) -> None:
        """Note the gradient of the layer's weight with this role."""
        weight = self.layer.weight(role)
        assert weight is not None
        self.weights[weight.path] = gradient.reshape(weight.shape)

    def through_activation(self, gradient: Array) -> Array:
        """Return the gradient before the layer's activation."""
        if self.activation is None or self.before_activation is None:
            return gradient
        return through(self.activation, self.before_activation, gradient)


Rule = Callable[[Passed, Array], tuple[Array, ...]]
_RULES: dict[str, Rule] = {}


def reverse(*class_names: str) -> Callable[[Rule], Rule]:
    """Register the reverse pass of layer classes."""

    def register(rule: Rule) -> Rule:
        for name in class_names:
            _RULES[name] = rule
        return rule

    return register


def rules() -> Mapping[str, Rule]:
    """Return the reverse pass of every class that has one."""
    for name in ("convolving", "recurrent"):
        importlib.import_module(f"weightview.calculator.sensitivity.{name}")
    return _RULES


def through(activation: Activation, z: Array, gradient: Array) -> Array:
    """Return the gradient with respect to ``z``, given that with respect to ``activation(z)``.

    Softmax and log_softmax by their formulas; an activation of single numbers by its slope, taken
    from the left at a kink, as TensorFlow takes relu's at 0.

    Raises:
        CalculationError: the activation has no reverse pass here.
    """
    if activation.axis is None:
        return gradient * _slope(activation, z)
    if activation.name not in ("softmax", "log_softmax") or isinstance(activation.axis, tuple):
        raise CalculationError("", f"{activation.name} has no reverse pass here")
    axis = activation.axis
    if activation.name == "softmax":
        p = activation.apply(z)
        result: Array = p * (gradient - (gradient * p).sum(axis=axis, keepdims=True))
        return result
    p = np.exp(activation.apply(z))
    back: Array = gradient - p * gradient.sum(axis=axis, keepdims=True)
    return back


def _slope(activation: Activation, z: Array) -> Array:
    if activation.is_linear:
        return np.ones_like(z)
    h = _STEP * np.maximum(1, np.abs(z))
    middle, left, right = (activation.apply(x) for x in (z, z - h, z + h))
    from_left, from_right = (middle - left) / h, (right - middle) / h
    bends = np.abs(from_left - from_right) > _KINK * np.maximum(1, np.abs(from_left))
    result: Array = np.where(bends, from_left, (from_left + from_right) / 2)
    return result


@reverse("InputLayer", "Identity", *IN_TRAINING_ONLY)
def unchanged(passed: Passed, gradient: Array) -> tuple[Array, ...]:
    """Hand the gradient back as it is."""
    del passed
    return (gradient,)


@reverse("Activation", "ReLU", "LeakyReLU", "ELU", "ThresholdedReLU", "Softmax")
def activated(passed: Passed, gradient: Array) -> tuple[Array, ...]:
    """Pass the activation of the class and config."""
    assert passed.activation is not None
    return (through(passed.activation, passed.inputs[0], gradient),)


@reverse("Dense")
def dense(passed: Passed, gradient: Array) -> tuple[Array, ...]:
    """Pass ``activation(x @ kernel + bias)``."""
    (x,), kernel = passed.inputs, passed.weight("kernel")
    assert kernel is not None
    dz = passed.through_activation(gradient)
    flat = dz.reshape(-1, dz.shape[-1])
    passed.add("kernel", x.reshape(-1, x.shape[-1]).T @ flat)
    if passed.layer.weight("bias") is not None:
        passed.add("bias", flat.sum(axis=0))
    return (dz @ kernel.T,)


@reverse("Flatten", "Reshape")
def reshaped(passed: Passed, gradient: Array) -> tuple[Array, ...]:
    """Put the gradient into the input's shape."""
    x = passed.inputs[0]
    if passed.layer.config.get("data_format") == "channels_first" and x.ndim > 2:  # noqa: PLR2004
        last = np.moveaxis(x, 1, -1).shape
        return (np.moveaxis(gradient.reshape(last), -1, 1),)
    return (gradient.reshape(x.shape),)


@reverse("BatchNormalization")
def batch_normalization(passed: Passed, gradient: Array) -> tuple[Array, ...]:
    """Pass ``(x - mean) / sqrt(variance + epsilon) * gamma + beta`` with moving statistics."""
    x = passed.inputs[0]
    entry: Any = passed.layer.config.get("axis", -1)
    axis = (entry[0] if isinstance(entry, (list, tuple)) else entry) % x.ndim
    others = tuple(k for k in range(x.ndim) if k != axis)
    shape = [1] * x.ndim
    shape[axis] = x.shape[axis]
    mean, variance = passed.weight("moving_mean"), passed.weight("moving_variance")
    assert mean is not None
    assert variance is not None
    epsilon = float(passed.layer.config.get("epsilon", 1e-3))
    root = np.sqrt(variance + epsilon)
    normalised = (x - mean.reshape(shape)) / root.reshape(shape)
    gamma = passed.weight("gamma")
    factor = 1 / root if gamma is None else gamma / root
    summed = gradient.sum(axis=others)
    passed.add("moving_mean", -summed * factor)
    scale = np.ones_like(root) if gamma is None else gamma
    passed.add("moving_variance", -(gradient * normalised).sum(axis=others) * scale / (2 * root**2))
    if gamma is not None:
        passed.add("gamma", (gradient * normalised).sum(axis=others))
    if passed.layer.weight("beta") is not None:
        passed.add("beta", summed)
    return (gradient * factor.reshape(shape),)


@reverse("PReLU")
def learned_slope(passed: Passed, gradient: Array) -> tuple[Array, ...]:
    """Pass ``max(0, x) + alpha * min(0, x)``; alpha is shared along the axes where it has 1."""
    x, alpha = passed.inputs[0], passed.weight("alpha")
    assert alpha is not None
    passed.add("alpha", _unrepeated(gradient * np.minimum(x, 0), alpha.shape))
    return (gradient * np.where(x > 0, 1.0, np.where(x < 0, alpha, 0.0)),)


@reverse("Permute")
def permuted(passed: Passed, gradient: Array) -> tuple[Array, ...]:
    """Put the axes back in their order."""
    order = (0, *[int(axis) for axis in passed.layer.config["dims"]])
    return (gradient.transpose(np.argsort(order)),)


@reverse("GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D")
def averaged_over_places(passed: Passed, gradient: Array) -> tuple[Array, ...]:
    """Give every place its share of the mean's gradient."""
    x = passed.inputs[0]
    is_first = passed.layer.config.get("data_format") == "channels_first"
    axes = tuple(range(2, x.ndim)) if is_first else tuple(range(1, x.ndim - 1))
    count = int(np.prod([x.shape[axis] for axis in axes]))
    if gradient.ndim < x.ndim:
        gradient = np.expand_dims(gradient, axes)
    return (np.broadcast_to(gradient / count, x.shape),)


@reverse("Average")
def averaged(passed: Passed, gradient: Array) -> tuple[Array, ...]:
    """Give every operand its share of the gradient."""
    share = gradient / len(passed.inputs)
    return tuple(_unrepeated(share, x.shape) for x in passed.inputs)


@reverse("Add")
def added(passed: Passed, gradient: Array) -> tuple[Array, ...]:
    """Give every operand the gradient, summed over the axes along which it was repeated."""
    return tuple(_unrepeated(gradient, x.shape) for x in passed.inputs)


@reverse("Subtract")
def subtracted(passed: Passed, gradient: Array) -> tuple[Array, ...]:
    """Give the second operand the negative gradient."""
    left, right = passed.inputs
    return _unrepeated(gradient, left.shape), _unrepeated(-gradient, right.shape)


@reverse("Multiply")
def multiplied(passed: Passed, gradient: Array) -> tuple[Array, ...]:
    """Give each operand the gradient times all the others."""
    result = []
    for i, x in enumerate(passed.inputs):
        others = np.ones_like(gradient)
        for j, other in enumerate(passed.inputs):
            others = others * other if j != i else others
        result.append(_unrepeated(gradient * others, x.shape))
    return tuple(result)


@reverse("Concatenate")
def concatenated(passed: Passed, gradient: Array) -> tuple[Array, ...]:
    """Cut the gradient where the inputs were joined."""
    axis = int(passed.layer.config.get("axis", -1))
    ends = np.cumsum([x.shape[axis] for x in passed.inputs])[:-1]
    return tuple(np.split(gradient, ends, axis=axis))


def _unrepeated(gradient: Array, shape: tuple[int, ...]) -> Array:
    extra = gradient.ndim - len(shape)
    gradient = gradient.sum(axis=tuple(range(extra)))
    axes = tuple(i for i, n in enumerate(shape) if n == 1 and gradient.shape[i] != 1)
    result: Array = gradient.sum(axis=axes, keepdims=True)
    return result
