"""Dense and the layers that hand their input on: Keras' core and regularization layers."""

import numpy as np

from weightview.calculator.call import Call
from weightview.calculator.operations.rearranging import same
from weightview.calculator.operations.summing import add_bias, matmul
from weightview.calculator.registry import forward, shape_rule
from weightview.calculator.tensors import Array, LazyTensor, Tensor
from weightview.core.model import Layer, Shape

_FEW = 0.25
"""Above this share of changed units it is quicker to compute all of them."""


@forward("InputLayer", keeps_mask=True)
def input_layer(call: Call, x: Tensor) -> Tensor:
    """Hand the model's input on; what comes after points at the input itself."""
    del call
    return x


@shape_rule("InputLayer", "Dropout", "GaussianNoise", "GaussianDropout", "AlphaDropout",
            "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "ActivityRegularization",
            "Identity")  # fmt: skip
def same_shape(layer: Layer, shape: Shape) -> Shape:
    """Return the input's shape."""
    del layer
    return shape


@forward("Dropout", "GaussianNoise", "GaussianDropout", "AlphaDropout", "SpatialDropout1D",
         "SpatialDropout2D", "SpatialDropout3D", "ActivityRegularization", "Identity",
         keeps_mask=True)  # fmt: skip
def unchanged(call: Call, x: Tensor) -> Tensor:
    """Hand the input on: these layers act in training only."""
    return call.stage("output", "x", same(x))


@forward("Dense", keeps_mask=True)
def dense(call: Call, x: Tensor) -> Tensor:
    """Return ``activation(x @ kernel + bias)`` over the last axis (``keras.layers.Dense``)."""
    kernel = call.need("kernel")
    x = call.floats(x)
    z = call.stage("weighted_sum", "x @ kernel", _weighted_sum(call, x, kernel))
    bias = call.weight("bias")
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
    return (*shape[:-1], int(units) if units else kernel.shape[-1] if kernel else None)
