"""Dense and the layers that hand their input on: Keras' core and regularization layers."""

import numpy as np

from weightview.calculator.call import Call
from weightview.calculator.layers.biases import biased
from weightview.calculator.layers.quantised import (
    adapted,
    float8_bias,
    quantised_einsum,
    quantised_sum,
)
from weightview.calculator.operations.rearranging import same
from weightview.calculator.operations.summing import add_bias, einsum, matmul
from weightview.calculator.precision import quantisation_mode
from weightview.calculator.registry import forward, shape_rule
from weightview.calculator.tensors import Array, LazyTensor, Tensor
from weightview.core.model import Layer, Shape

IN_TRAINING_ONLY = (
    "Dropout", "GaussianNoise", "GaussianDropout", "AlphaDropout", "SpatialDropout1D",
    "SpatialDropout2D", "SpatialDropout3D", "ActivityRegularization", "Identity", "RandomFlip",
    "RandomRotation", "RandomZoom", "RandomTranslation", "RandomContrast", "RandomBrightness",
    "TFDIdentity",
)  # fmt: skip
"""Layers that hand their input on unless the model is in training."""

_PACKED = ("int4", "gptq", "awq")
"""Where several numbers lie in one byte, so that a kernel's shape is not that of the equation."""

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FEW = 0.25
"""Above this share of changed units it is quicker to compute all of them."""


@forward("InputLayer", keeps_mask=True)
def input_layer(call: Call, x: Tensor) -> Tensor:
    """Hand the model's input on; what comes after points at the input itself."""
    del call
    return x


@shape_rule("InputLayer", *IN_TRAINING_ONLY)
def same_shape(layer: Layer, shape: Shape) -> Shape:
    """Return the input's shape."""
    del layer
    return shape


@forward(*IN_TRAINING_ONLY, keeps_mask=True)
def unchanged(call: Call, x: Tensor) -> Tensor:
    """Hand the input on: these layers act in training only."""
    return call.stage("output", "x", same(x))


@forward("Dense", keeps_mask=True)
def dense(call: Call, x: Tensor) -> Tensor:
    """Return ``activation(x @ kernel + bias)`` over the last axis (``keras.layers.Dense``)."""
    x = call.floats(x)
    bias = call.weight("bias")
    mode = call.plan.mode(call.layer)
    if mode:
        z = quantised_sum(call, x, mode)
        bias = float8_bias(call, bias) if bias is not None and mode == "float8" else bias
    else:
        kernel = adapted(call, call.need("kernel"), "kernel")
        z = call.stage("weighted_sum", "x @ kernel", _weighted_sum(call, x, kernel))
    if bias is not None:
        z = call.stage("pre_activation", "+ bias", add_bias(z, bias))
    return call.activate(z)


def _weighted_sum(call: Call, x: Tensor, kernel: Tensor) -> Tensor:
    """Return ``x @ kernel``; where few units of the kernel changed, only these are computed."""
    if call.before is not None and isinstance(kernel, LazyTensor):
        patched = _patched(call, x)
        if patched is not None:
            return matmul(x, kernel, patched)
    return matmul(x, kernel)


def _patched(call: Call, x: Tensor) -> Array | None:
    weight = call.layer.weight("kernel")
    assert call.before is not None
    if weight is None or weight.dtype != x.dtype or call.precision.low:
        return None
    columns = call.values.changed_columns(call.before.values, weight)
    if columns is None or columns.size > _FEW * weight.shape[-1]:
        return None
    value = np.array(call.before.stages["weighted_sum"].value)
    for column in columns:
        kernel = call.values.read(weight, (slice(None), int(column)))
        value[..., column] = x.value @ kernel
    return value


@shape_rule("Dense")
def dense_shape(layer: Layer, shape: Shape) -> Shape:
    """Return the input's shape with the units last."""
    kernel = layer.weight("kernel")
    units = layer.config.get("units") or layer.config.get("output_dim")
    last = int(units) if units else kernel.shape[-1] if kernel else None
    return activated_shape(layer, (*shape[:-1], last))


def activated_shape(layer: Layer, shape: Shape) -> Shape:
    """Return the shape after the layer's activation: glu halves the last axis."""
    if layer.config.get("activation") == "glu" and shape[-1] is not None:
        return (*shape[:-1], shape[-1] // 2)
    return shape


@forward("EinsumDense")
def einsum_dense(call: Call, x: Tensor) -> Tensor:
    """Return ``activation(einsum(equation, x, kernel) + bias)`` (``keras.layers.EinsumDense``)."""
    x = call.floats(x)
    equation = full_equation(str(call.config["equation"]), x.ndim)
    mode = call.plan.mode(call.layer)
    if mode:
        z = quantised_einsum(call, x, equation, mode)
    else:
        if call.weight("lora_kernel_a") is not None:
            raise call.refuse("the calculator does not know EinsumDense with LoRA")
        kernel = call.need("kernel")
        z = call.stage("weighted_sum", f"einsum {equation}", einsum(equation, x, kernel))
    bias = call.weight("bias")
    if bias is not None:
        z = call.stage("pre_activation", "+ bias", biased(call, z, bias))
    return call.activate(z)


def full_equation(equation: str, ndim: int) -> str:
    """Return an equation whose dots are replaced by letters, for an input of ``ndim`` axes."""
    equation = equation.replace(" ", "")
    if "..." not in equation:
        return equation
    inputs, output = equation.split("->")
    left, right = inputs.split(",")
    free = [c for c in _LETTERS if c not in equation]
    dots = "".join(free[: ndim - len(left.replace("...", ""))])
    return f"{left.replace('...', dots)},{right}->{output.replace('...', dots)}"


@shape_rule("EinsumDense")
def einsum_dense_shape(layer: Layer, shape: Shape) -> Shape:
    """Return the sizes that the equation names for the output."""
    equation = full_equation(str(layer.config["equation"]), len(shape))
    inputs, output = equation.split("->")
    left, right = inputs.split(",")
    kernel = layer.weight("kernel")
    assert kernel is not None
    sizes: dict[str, int | None]
    if quantisation_mode(layer) in _PACKED:
        told = layer.config.get("output_shape")
        named = [told] if isinstance(told, int) else list(told or ())
        pairs = zip(output[len(output) - len(named) :], named, strict=True)
        sizes = {letter: size for letter, size in pairs if size is not None}
    else:
        sizes = dict(zip(right, kernel.shape, strict=True))
    sizes.update({c: n for c, n in zip(left, shape, strict=True) if c not in sizes})
    return activated_shape(layer, tuple(sizes[c] for c in output))
