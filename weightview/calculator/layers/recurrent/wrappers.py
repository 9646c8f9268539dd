"""Bidirectional, TimeDistributed, and the wrappers that hand on to the layer inside."""

from typing import Any, cast

import numpy as np

from weightview.calculator.call import Call
from weightview.calculator.layers.merging import join
from weightview.calculator.layers.recurrent.convolutional import (
    CONVOLUTIONAL,
    conv_lstm_shape,
    run_convolutional,
)
from weightview.calculator.layers.recurrent.layers import inputs_of, recurrent_shape, run
from weightview.calculator.operations.elementwise import add, apply, multiply
from weightview.calculator.operations.rearranging import moved, same
from weightview.calculator.registry import forward, shape_rule
from weightview.calculator.shapes import output_shape
from weightview.calculator.tensors import Tensor, constant
from weightview.calculator.trace import Index
from weightview.core.model import Layer, Shape, Shapes

_TIME_AXES = 2
"""The axes of a mask that tells which time steps count: batch and time."""


@forward("Bidirectional")
def bidirectional(call: Call, x: Any, initial_state: Any = None, mask: Any = None) -> Any:
    """Run one layer forwards and one backwards, and merge (``keras.layers.Bidirectional``)."""
    ahead, back = call.layer.inner("forward_layer"), call.layer.inner("backward_layer")
    if ahead is None or back is None:
        raise call.refuse("the config names no layer to be run both ways")
    x, states = inputs_of(call, x, initial_state)
    mask = mask if isinstance(mask, Tensor) else x.mask
    x = call.floats(x)
    half = len(states) // 2
    sequences = bool(ahead.config.get("return_sequences"))
    results = []
    for layer, prefix, own in (
        (ahead, "forward_", states[:half]),
        (back, "backward_", states[half:]),
    ):
        if layer.class_name in CONVOLUTIONAL:
            result = run_convolutional(call, layer, x, own, mask, prefix)
        else:
            result = run(call, layer, x, own, mask, prefix, zero_output=sequences)
        formula, output = result[0]
        output = call.stage(f"{prefix}output", formula, output)
        results.append((output, result[1:]))
    (first, first_states), (second, second_states) = results
    if sequences:
        second = call.stage(
            "backward_in_order", "turned round in time", moved(lambda a: a[:, ::-1], second)
        )
    merged = _merged(call, first, second)
    merged[0].mask = mask if sequences else None
    finals = (*first_states, *second_states)
    return (*merged, *finals) if len(merged) + len(finals) > 1 else merged[0]


def _merged(call: Call, first: Tensor, second: Tensor) -> tuple[Tensor, ...]:
    match call.setting("merge_mode", default="concat"):
        case "concat":
            return (call.stage("output", "both beside each other", join([first, second], -1)),)
        case "sum":
            return (call.stage("output", "forward + backward", add(first, second)),)
        case "mul":
            return (call.stage("output", "forward × backward", multiply(first, second)),)
        case "ave":
            two = constant(2, "2", first.dtype)
            total = call.stage("sum", "forward + backward", add(first, second))
            return (call.stage("output", "sum / 2", apply(np.divide, "{x} / {n}", x=total, n=two)),)
        case None:
            return (call.stage("output", "forward", same(first)), same(second))
        case other:
            raise call.refuse(f"the calculator does not know the merge mode “{other}”")


@shape_rule("Bidirectional")
def bidirectional_shape(layer: Layer, shape: Shape, *others: Shape) -> Shapes:
    """Return the shape of the layers inside, for ``concat`` both beside each other."""
    ahead, back = layer.inner("forward_layer"), layer.inner("backward_layer")
    assert ahead is not None
    assert back is not None
    if layer.config.get("return_state") or ahead.config.get("return_state"):
        return None
    first, second = (_shape_one_way(inner, shape, others) for inner in (ahead, back))
    mode = layer.config.get("merge_mode", "concat")
    if first is None or second is None or mode is None:
        return None if first is None or second is None else (first, second)
    if mode != "concat" or first[-1] is None or second[-1] is None:
        return first
    return (*first[:-1], first[-1] + second[-1])


def _shape_one_way(inner: Layer, shape: Shape, others: tuple[Shape, ...]) -> Shape | None:
    """Return the shape of what one of the two layers inside gives, without states."""
    if inner.class_name in CONVOLUTIONAL:
        return conv_lstm_shape(inner, shape)
    return cast("Shape | None", recurrent_shape(inner, shape, *others))


@forward("TimeDistributed")
def time_distributed(call: Call, x: Tensor, mask: Any = None) -> Tensor:
    """Apply the layer inside to each time step (``keras.layers.TimeDistributed``)."""
    mask = mask if isinstance(mask, Tensor) else x.mask
    inner = call.layer.inner("layer")
    if inner is None:
        raise call.refuse("the config names no layer to be applied")
    batch, steps = x.shape[:2]
    folded = moved(lambda a: a.reshape(batch * steps, *a.shape[2:]), x)
    if mask is not None and mask.ndim > _TIME_AXES:
        folded.mask = moved(lambda m: m.reshape(batch * steps, *m.shape[2:]), mask)

    def place(index: Index) -> Index:
        return (*divmod(index[0], steps), *index[1:])

    def unfold(t: Tensor) -> Tensor:
        if not t.has_batch or t.shape[:1] != (batch * steps,):
            return same(t)
        return moved(lambda a: a.reshape(batch, steps, *a.shape[1:]), t)

    outputs = call.inner(inner, (folded,), place=place, shown=unfold)
    output = call.stage("output", "of each time step", unfold(outputs[0]))
    output.mask = mask
    if call.is_old and outputs[0].mask is not None:
        output.mask = unfold(outputs[0].mask)
    elif call.is_old and mask is not None:
        output.mask = Tensor(mask.value.reshape(batch, steps, -1).any(axis=-1))
    return output


@shape_rule("TimeDistributed")
def time_distributed_shape(layer: Layer, shape: Shape) -> Shape | None:
    """Return the inner layer's shape with the time after the batch axis."""
    inner = layer.inner("layer")
    assert inner is not None
    result = output_shape(inner, ((shape[0], *shape[2:]),))
    if result is None or (result and isinstance(result[0], tuple)):
        return None
    return (shape[0], shape[1], *result[1:])


@forward("SpectralNormalization", keeps_mask=False)
def spectral_normalization(call: Call, x: Tensor) -> Tensor:
    """Apply the layer inside: its kernel was divided by its norm in training only."""
    inner = call.layer.inner("layer")
    if inner is None:
        raise call.refuse("the config names no layer to be normalised")
    call.notes.append("At inference the kernel is taken as it is stored.")
    outputs = call.inner(inner, (x,), shown=same)
    return call.stage("output", "of the layer inside", same(outputs[0]))


@shape_rule("SpectralNormalization")
def spectral_shape(layer: Layer, shape: Shape) -> Shapes:
    """Return the inner layer's shape."""
    inner = layer.inner("layer")
    assert inner is not None
    return output_shape(inner, (shape,))
