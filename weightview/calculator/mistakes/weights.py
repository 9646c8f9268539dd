"""Mistakes with kernels and biases: left out, transposed, of another layer."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from weightview.calculator.mistakes.case import Case, Mistake, layers_of, mistake
from weightview.calculator.trace import Trace
from weightview.core.model import Layer, Weight
from weightview.core.values import Array

_MATRIX, _IMAGE = 2, 4


def _biased(case: Case) -> list[Layer]:
    """Return every layer that has a bias of its own."""
    return [layer for layer in case.model.walk() if layer.weight("bias") is not None]


@mistake("bias left out")
def left_out(case: Case, trace: Trace) -> Iterator[Mistake]:
    """Leave the bias out, in one layer or in all."""
    del trace
    layers = _biased(case)
    for layer in layers:
        yield Mistake(
            "bias left out",
            f"without the bias of {layer.path}",
            layer.path,
            partial(Case.unbiased, paths=(layer.path,)),
        )
    if len(layers) > 1:
        paths = tuple(layer.path for layer in layers)
        yield Mistake("bias left out", "without any bias", "", partial(Case.unbiased, paths=paths))


@mistake("wrong layer's bias")
def of_another_layer(case: Case, trace: Trace) -> Iterator[Mistake]:
    """Add another layer's bias of the same length."""
    del trace
    biases = [weight for layer in _biased(case) if (weight := layer.weight("bias")) is not None]
    for own in biases:
        for other in biases:
            if other is own or other.shape != own.shape:
                continue
            yield Mistake(
                "wrong layer's bias",
                f"the bias of {other.layer_path} added in {own.layer_path}",
                own.layer_path,
                partial(_with_bias_of, own=own, other=other),
            )


def _with_bias_of(case: Case, own: Weight, other: Weight) -> Case:
    return case.set_weight(own, case.values.whole(other))


@mistake("kernel transposed", "kernel reshaped wrongly")
def turned(case: Case, trace: Trace) -> Iterator[Mistake]:
    """Read a Dense kernel the other way round: transposed, or column by column."""
    del trace
    for layer in layers_of(case.model, "Dense"):
        kernel = layer.weight("kernel")
        if kernel is None or len(kernel.shape) != _MATRIX or 1 in kernel.shape:
            continue
        if kernel.shape[0] == kernel.shape[1]:
            yield _kernel_mistake(
                layer, kernel, "kernel transposed", "the kernel transposed", lambda k: k.T
            )
        else:
            yield _kernel_mistake(
                layer,
                kernel,
                "kernel reshaped wrongly",
                "the kernel's numbers filled in column by column",
                lambda k: k.reshape(k.shape[::-1]).T,
            )


@mistake("kernel transposed", "kernel reshaped wrongly")
def turned_window(case: Case, trace: Trace) -> Iterator[Mistake]:
    """Read a convolution's kernel with rows and columns exchanged, or in another layout."""
    del trace
    for layer in layers_of(case.model, "Conv1D", "Conv2D", "Conv3D"):
        kernel = layer.weight("kernel")
        if kernel is None or len(kernel.shape) <= _MATRIX:
            continue
        if len(kernel.shape) == _IMAGE and kernel.shape[0] == kernel.shape[1] > 1:
            words = "rows and columns of the kernel exchanged"
            yield _kernel_mistake(
                layer, kernel, "kernel transposed", words, lambda k: k.swapaxes(0, 1)
            )
        if sum(n > 1 for n in kernel.shape) > 1:
            words = "the kernel's numbers filled in as (out, in, places)"
            yield _kernel_mistake(layer, kernel, "kernel reshaped wrongly", words, _as_out_first)


def _as_out_first(kernel: Array) -> Array:
    """Fill the numbers in as programs do that put the filters first, such as PyTorch."""
    *places, inputs, filters = kernel.shape
    filled = kernel.reshape(filters, inputs, *places)
    return np.moveaxis(filled, (0, 1), (-1, -2))


def _kernel_mistake(
    layer: Layer, kernel: Weight, kind: str, words: str, change: Callable[[Array], Array]
) -> Mistake:
    return Mistake(
        kind,
        f"{words} in {layer.path}",
        layer.path,
        partial(Case.map_weight, weight=kernel, change=change),
    )
