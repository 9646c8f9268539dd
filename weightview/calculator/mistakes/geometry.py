"""Mistakes with places: flatten order, a flipped kernel, padding on the wrong side."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from weightview.calculator.mistakes.case import Case, Mistake, layers_of, mistake
from weightview.calculator.mistakes.surgery import (
    can_insert,
    insert_before,
    made_layer,
    with_config,
)
from weightview.calculator.trace import Trace
from weightview.core.model import Layer, Model

_ORDERS: Mapping[int, Mapping[tuple[int, ...], str]] = {
    2: {(2, 1): "column by column"},
    3: {
        (3, 1, 2): "channel by channel (channels first)",
        (2, 1, 3): "columns before rows",
        (3, 2, 1): "in column-major order",
    },
    4: {(4, 1, 2, 3): "channel by channel (channels first)", (4, 3, 2, 1): "in column-major order"},
}
_CONVOLUTIONS = {"Conv1D": 1, "Conv2D": 2, "Conv3D": 3, "DepthwiseConv1D": 1, "DepthwiseConv2D": 2}
_OLD_CONVOLUTIONS = {"Convolution1D": 1, "Convolution2D": 2, "Convolution3D": 3}


@mistake("flatten order")
def flatten_order(case: Case, trace: Trace) -> Iterator[Mistake]:
    """Flatten the axes in another order."""
    for layer in layers_of(case.model, "Flatten"):
        step = next((step for step in trace.steps if step.layer_path == layer.path), None)
        if step is None or not step.inputs or not can_insert(case.model, layer.path):
            continue
        rank = step.inputs[0].ndim - (1 if trace.is_batch else 0)
        for order, words in _ORDERS.get(rank, {}).items():
            extra = made_layer(layer, "order", "Permute", dims=list(order))
            yield Mistake(
                "flatten order",
                f"flattened {words} in {layer.path}",
                layer.path,
                partial(Case.changed, change=partial(insert_before, path=layer.path, layer=extra)),
            )


@mistake("kernel flipped")
def flipped(case: Case, trace: Trace) -> Iterator[Mistake]:
    """Flip the kernel, as the mathematician's convolution does and Keras does not."""
    del trace
    for layer in layers_of(case.model, *_CONVOLUTIONS, *_OLD_CONVOLUTIONS):
        rank = {**_CONVOLUTIONS, **_OLD_CONVOLUTIONS}[layer.class_name]
        kernel = layer.weight("kernel")
        if kernel is None or max(kernel.shape[:rank]) == 1:
            continue
        axes = tuple(range(rank))
        yield Mistake(
            "kernel flipped",
            f"the kernel flipped in {layer.path}",
            layer.path,
            partial(Case.map_weight, weight=kernel, change=partial(np.flip, axis=axes)),
        )


def _numbers(value: Any, rank: int) -> list[int]:
    if isinstance(value, Sequence):
        return [int(entry) for entry in value]
    return [int(value)] * rank


@mistake("padding on the wrong side")
def padding_side(case: Case, trace: Trace) -> Iterator[Mistake]:
    """Put the odd cell of ``same`` padding in front, or pad both sides alike."""
    for layer in layers_of(case.model, *_CONVOLUTIONS):
        if str(layer.config.get("padding", "valid")).lower() not in ("same", "causal"):
            continue
        step = next((step for step in trace.steps if step.layer_path == layer.path), None)
        if step is None or not step.inputs or not can_insert(case.model, layer.path):
            continue
        x = step.inputs[0]
        spatial = x.shape[1:] if trace.is_batch else x.shape
        for words, pads in _wrong_pads(layer, spatial):
            yield Mistake(
                "padding on the wrong side",
                f"padded {words} in {layer.path}",
                layer.path,
                _padded(layer, pads),
            )


def _wrong_pads(
    layer: Layer, shape: tuple[int, ...]
) -> Iterator[tuple[str, tuple[tuple[int, int], ...]]]:
    rank = _CONVOLUTIONS[layer.class_name]
    first = layer.config.get("data_format") == "channels_first"
    lengths = shape[1:] if first else shape[:rank]
    kernel = layer.weight("kernel")
    if kernel is None or first:
        return
    strides = _numbers(layer.config.get("strides", 1), rank)
    dilations = _numbers(layer.config.get("dilation_rate", 1), rank)
    totals, reaches = [], []
    for n, k, s, d in zip(lengths, kernel.shape[:rank], strides, dilations, strict=True):
        reach = d * (k - 1)
        reaches.append(reach)
        totals.append(max((-(-n // s) - 1) * s + reach + 1 - n, 0))
    if layer.config.get("padding") == "causal":
        yield "at the end instead of the beginning", tuple((0, reach) for reach in reaches)
        yield (
            "on both sides instead of the beginning",
            tuple((reach // 2, reach - reach // 2) for reach in reaches),
        )
        return
    own = tuple((total // 2, total - total // 2) for total in totals)
    front = tuple((total - total // 2, total // 2) for total in totals)
    if front != own:
        yield "with the odd cell in front instead of at the end", front
    even = tuple((reach // 2, reach // 2) for reach in reaches)
    same_size = all(
        (n + 2 * (reach // 2) - reach - 1) // s == -(-n // s) - 1
        for n, reach, s in zip(lengths, reaches, strides, strict=True)
    )
    if same_size and even not in (own, front):
        yield "by half the kernel on both sides", even


def _padded(layer: Layer, pads: tuple[tuple[int, int], ...]) -> Callable[[Case], Case]:
    rank = len(pads)
    entry: Any = list(pads[0]) if rank == 1 else [list(pair) for pair in pads]
    extra = made_layer(layer, "padding", f"ZeroPadding{rank}D", padding=entry)

    def change(model: Model) -> Model:
        changed = insert_before(model, layer.path, extra)
        return with_config(changed, layer.path, padding="valid")

    return lambda c: c.changed(change)
