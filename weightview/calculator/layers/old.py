"""Layers that only older Keras has: Highway, MaxoutDense, locally connected ones."""

import numpy as np

from weightview.calculator.activations import ACTIVATIONS
from weightview.calculator.call import Call
from weightview.calculator.layers.convolution import (
    as_given,
    channels_first,
    channels_last,
    convolution_shape,
    settings,
)
from weightview.calculator.operations.activating import activate
from weightview.calculator.operations.elementwise import apply
from weightview.calculator.operations.geometry import each, windows
from weightview.calculator.operations.rearranging import moved
from weightview.calculator.operations.reducing import reduce_axes
from weightview.calculator.operations.stepping import SumOfProducts
from weightview.calculator.operations.summing import (
    Pairs,
    Products,
    add_bias,
    einsum,
    matmul,
)
from weightview.calculator.registry import forward, shape_rule
from weightview.calculator.tensors import Array, Tensor
from weightview.calculator.trace import Index
from weightview.core.model import Layer, Shape


@forward("Highway")
def highway(call: Call, x: Tensor) -> Tensor:
    """Return ``t · activation(x @ W + b) + (1 - t) · x`` with the gate ``t`` (Keras 1)."""
    x = call.floats(x)
    gate = call.stage("gate_sum", "x @ carry kernel", matmul(x, call.need("carry_kernel")))
    carry_bias, bias = call.weight("carry_bias"), call.weight("bias")
    if carry_bias is not None:
        gate = call.stage("gate_pre_activation", "+ carry bias", add_bias(gate, carry_bias))
    gate = call.stage("gate", "sigmoid", activate(gate, ACTIVATIONS["sigmoid"]))
    z = call.stage("weighted_sum", "x @ kernel", matmul(x, call.need("kernel")))
    if bias is not None:
        z = call.stage("pre_activation", "+ bias", add_bias(z, bias))
    activation = call.activation()
    call.note_activation(activation)
    z = call.stage("activated", activation.name, activate(z, activation))

    def less(gate: Array) -> Array:
        return 1 - gate

    rest = call.stage("rest", "1 - gate", apply(less, "1 - {gate}", gate=gate))
    made = SumOfProducts("gate · activated + (1 - gate) · x", (z, gate), (x, rest))
    value = z.value * gate.value + rest.value * x.value
    return call.stage("output", "gate · activated + rest · x", Tensor(value, made))


@forward("MaxoutDense")
def maxout_dense(call: Call, x: Tensor) -> Tensor:
    """Return the largest of several linear pieces (Keras 1)."""
    x = call.floats(x)
    z = einsum("ai,kio->ako", x, call.need("kernel"))
    z = call.stage("weighted_sums", "x @ kernel of each piece", z)
    bias = call.weight("bias")
    if bias is not None:
        z = call.stage("pieces", "+ bias", add_bias(z, bias))
    return call.stage(
        "output", "largest piece", reduce_axes(z, "max", (1,), False, z.value.max(axis=1))
    )


@shape_rule("Highway")
def highway_shape(layer: Layer, shape: Shape) -> Shape:
    """Return the input's shape."""
    del layer
    return shape


@shape_rule("MaxoutDense")
def maxout_shape(layer: Layer, shape: Shape) -> Shape:
    """Return the batch axis and the units."""
    return (shape[0], int(layer.config["output_dim"]))


@forward("LocallyConnected1D", "LocallyConnected2D")
def locally_connected(call: Call, x: Tensor) -> Tensor:
    """Return the windows' sums, each place with its own kernel (Keras 2)."""
    if int(call.setting("implementation", default=1)) != 1:
        raise call.refuse("the calculator knows locally connected layers of implementation 1 only")
    kernel = call.need("kernel")
    x = channels_last(call, x)
    rank = x.ndim - 2
    window = each(call.setting("kernel_size"), rank)
    w = windows(x.shape[1:-1], *settings(call.config, rank, window))
    channels = x.shape[-1]
    first = channels_first(call.config)

    def row(tap: Index, channel: int) -> int:
        number = int(np.ravel_multi_index(tap, window))
        taps = int(np.prod(window))
        return channel * taps + number if first else number * channels + channel

    def pairs(index: Index) -> Pairs:
        batch, *place, unit = index
        at = int(np.ravel_multi_index(tuple(place), w.places))
        for tap, cell in w.covered(tuple(place)):
            for channel in range(channels):
                yield (batch, *cell, channel), (at, row(tap, channel), unit)

    patches = w.view(w.padded(x.value))
    if first:
        patches = np.moveaxis(patches, -1, 1 + rank)
    flat = patches.reshape(len(x.value), int(np.prod(w.places)), -1)
    value = np.einsum("bpi,pio->bpo", flat, kernel.value, optimize=True)
    made = Products(x, kernel, pairs, "Σ x[place + tap, channel] · kernel[place, tap and channel]")
    z = Tensor(value.reshape(len(x.value), *w.places, -1), made)
    z = call.stage("window_sum", "sum over each window × its own kernel", as_given(call, z))
    bias = call.weight("bias")
    if bias is not None:
        if first:
            bias = moved(lambda b: np.moveaxis(b, -1, 0), bias, has_batch=False)
        z = call.stage("pre_activation", "+ bias of the place", add_bias(z, bias))
    return call.activate(z)


@shape_rule("LocallyConnected1D", "LocallyConnected2D")
def locally_connected_shape(layer: Layer, shape: Shape) -> Shape:
    """Return how many windows there are, and the filters."""
    return convolution_shape(layer, shape)
