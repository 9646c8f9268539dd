"""The activation layers."""

from typing import Any

import numpy as np

from weightview.calculator.call import Call
from weightview.calculator.layers.core import activated_shape
from weightview.calculator.operations.activating import activate
from weightview.calculator.operations.elementwise import apply
from weightview.calculator.registry import forward, shape_rule
from weightview.calculator.tensors import Array, Tensor
from weightview.core.model import Layer, Shape

_MASKED_OUT = -3e38
_MASKED_OUT_FLOAT16 = -3e4
_OLD, _OLD_FLOAT16 = -1e9, -32752.0


@forward("Activation", "ReLU", "LeakyReLU", "ELU", "ThresholdedReLU", keeps_mask=True)
def activation(call: Call, x: Tensor) -> Tensor:
    """Apply the activation that the layer's class and config mean."""
    return call.activate(call.floats(x))


@forward("Softmax", keeps_mask=True)
def softmax(call: Call, x: Tensor, mask: Any = None) -> Tensor:
    """Apply softmax; what the mask leaves out is moved to minus infinity first."""
    x = call.floats(x)
    mask = mask if isinstance(mask, Tensor) else x.mask
    if mask is not None:
        x = call.stage("masked", "x where the mask is set, else far below", masked(call, x, mask))
    return call.activate(x)


def masked(call: Call, x: Tensor, mask: Tensor) -> Tensor:
    """Return ``x``, far below everything where ``mask`` is 0 (``keras.layers.Softmax``)."""
    low = far_below(call)

    def function(x: Array, mask: Array) -> Array:
        return x + (1 - np.asarray(mask, dtype=x.dtype)) * low

    return apply(function, f"{{x}} + (1 - {{mask}}) · {low:g}", x=x, mask=mask)


def far_below(call: Call) -> float:
    """Return what hides a number from softmax; a row of hidden ones shows which it was.

    Keras 2 adds -1e9, to which float32 rounds the numbers in steps of 64 (a robust_masking that
    its layer may have puts it in their place); Keras 3 puts it in their place.
    """
    if call.is_old and not call.setting("robust_masking", default=False):
        return _OLD_FLOAT16 if call.precision.low == "float16" else _OLD
    return _MASKED_OUT_FLOAT16 if call.precision.low == "float16" else _MASKED_OUT


@forward("PReLU", keeps_mask=True)
def prelu(call: Call, x: Tensor) -> Tensor:
    """Return ``x`` where positive, else ``alpha`` of it (``keras.layers.PReLU``)."""
    x = call.floats(x)
    own = call.activation()
    call.note_activation(own)
    if call.layer.path in call.plan.activations and own.name != "leaky_relu":
        return call.stage("output", own.name, activate(x, own))

    def function(x: Array, alpha: Array) -> Array:
        result: Array = np.maximum(x, 0) - alpha * np.maximum(-x, 0)
        return result

    alpha = call.need("alpha")
    result = apply(function, "max({x}, 0) - {(alpha)} · max({-x}, 0)", x=x, alpha=alpha)
    return call.stage("output", "x if x > 0, else alpha · x", result)


@shape_rule("Activation")
def activation_shape(layer: Layer, shape: Shape) -> Shape:
    """Return the input's shape; glu halves the last axis."""
    return activated_shape(layer, shape)


@shape_rule("ReLU", "LeakyReLU", "ELU", "ThresholdedReLU", "Softmax", "PReLU")
def same_shape(layer: Layer, shape: Shape) -> Shape:
    """Return the input's shape."""
    del layer
    return shape
