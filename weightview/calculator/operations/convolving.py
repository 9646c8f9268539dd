"""Convolutions of arrays with channels last, of any number of spatial axes.

As Keras and TensorFlow mean them: the kernel is not turned round.
"""

from collections.abc import Callable

import numpy as np

from weightview.calculator.operations.geometry import Windows
from weightview.calculator.operations.products import product
from weightview.calculator.operations.summing import Pairs, Products
from weightview.calculator.tensors import Array, Tensor
from weightview.calculator.trace import Index

Report = Callable[[float], None]
_CHUNK_NUMBERS = 4_000_000


def convolve(x: Tensor, kernel: Tensor, w: Windows, groups: int, report: Report) -> Tensor:
    """Return the convolution.

    Args:
        x: ``(batch, *sizes, channels)``.
        kernel: ``(*window, channels / groups, filters)``.
        w: where the windows lie.
        groups: into how many parts the channels are cut.
        report: told how much is done.
    """
    per_group = kernel.shape[-2]
    filters = kernel.shape[-1] // groups

    def pairs(index: Index) -> Pairs:
        batch, *place, unit = index
        first = unit // filters * per_group
        for tap, cell in w.covered(tuple(place)):
            for channel in range(per_group):
                yield (batch, *cell, first + channel), (*tap, channel, unit)

    if x.shape[-1] != per_group * groups:
        raise ValueError(f"the kernel takes {per_group * groups} channels, not {x.shape[-1]}")
    value = _convolved(x.value, kernel.value, w, groups, report)
    made = Products(x, kernel, pairs, "Σ x[place + tap, channel] · kernel[tap, channel, filter]")
    return Tensor(value, made)


def _convolved(x: Array, kernel: Array, w: Windows, groups: int, report: Report) -> Array:
    padded = w.padded(x)
    view = w.view(padded)
    per_group, filters = kernel.shape[-2], kernel.shape[-1]
    taps = int(np.prod(w.window))
    result = np.empty((x.shape[0], *w.places, filters), np.result_type(x, kernel))
    first = w.places[0]
    row_numbers = max(1, view[0, :1].size)
    rows = max(1, _CHUNK_NUMBERS // row_numbers)
    matrices = kernel.reshape(taps, per_group, groups, filters // groups)
    total = len(x) * first
    for batch in range(len(x)):
        for start in range(0, first, rows):
            part = view[batch, start : start + rows]
            shape = part.shape[: len(w.places)]
            for group in range(groups):
                channels = slice(group * per_group, (group + 1) * per_group)
                patches = part[..., channels].reshape(-1, taps * per_group)
                matrix = matrices[:, :, group].reshape(taps * per_group, -1)
                out = slice(group * matrix.shape[1], (group + 1) * matrix.shape[1])
                result[batch, start : start + rows, ..., out] = product(patches, matrix).reshape(
                    *shape, -1
                )
            if total > 1:
                report((batch * first + start) / total)
    return result


def convolve_depthwise(x: Tensor, kernel: Tensor, w: Windows, report: Report) -> Tensor:
    """Return each channel convolved alone: output channel ``c * multiplier + m``.

    Args:
        x: ``(batch, *sizes, channels)``.
        kernel: ``(*window, channels, multiplier)``.
        w: where the windows lie.
        report: told how much is done.
    """
    multiplier = kernel.shape[-1]

    def pairs(index: Index) -> Pairs:
        batch, *place, out = index
        channel, m = divmod(out, multiplier)
        for tap, cell in w.covered(tuple(place)):
            yield (batch, *cell, channel), (*tap, channel, m)

    if x.shape[-1] != kernel.shape[-2]:
        raise ValueError(f"the kernel takes {kernel.shape[-2]} channels, not {x.shape[-1]}")
    padded = w.padded(x.value)
    shape = (len(x.value), *w.places, x.shape[-1], multiplier)
    result = np.zeros(shape, np.result_type(x.value, kernel.value))
    taps = int(np.prod(w.window))
    for number, tap in enumerate(np.ndindex(*w.window)):
        result += w.tap(padded, tap)[..., np.newaxis] * kernel.value[tap]
        report(number / taps)
    made = Products(x, kernel, pairs, "Σ x[place + tap, channel] · kernel[tap, channel, m]")
    return Tensor(result.reshape(*shape[:-2], -1), made)


def convolve_transposed(x: Tensor, kernel: Tensor, w: Windows, report: Report) -> Tensor:
    """Return the transposed convolution: what a convolution over ``w`` would spread backwards.

    Args:
        x: ``(batch, *w.places, channels)``.
        kernel: ``(*window, filters, channels)``.
        w: the windows of the convolution from the output (``w.sizes``) to ``x``.
        report: told how much is done.
    """

    def pairs(index: Index) -> Pairs:
        batch, *cell, unit = index
        for tap, place in _spreading(w, tuple(cell)):
            for channel in range(kernel.shape[-1]):
                yield (batch, *place, channel), (*tap, unit, channel)

    if x.shape[-1] != kernel.shape[-1]:
        raise ValueError(f"the kernel takes {kernel.shape[-1]} channels, not {x.shape[-1]}")
    full = tuple(
        max(b + n, (p - 1) * s + (k - 1) * d + 1)
        for b, n, p, s, k, d in zip(
            w.before, w.sizes, w.places, w.strides, w.window, w.dilation, strict=True
        )
    )
    dtype = np.result_type(x.value, kernel.value)
    result = np.zeros((len(x.value), *full, kernel.shape[-2]), dtype)
    taps = int(np.prod(w.window))
    for number, tap in enumerate(np.ndindex(*w.window)):
        w.tap(result, tap)[...] += product(x.value, kernel.value[tap].T)
        report(number / taps)
    inside = tuple(slice(b, b + n) for b, n in zip(w.before, w.sizes, strict=True))
    made = Products(x, kernel, pairs, "Σ x[place, channel] · kernel[tap, filter, channel]")
    return Tensor(np.ascontiguousarray(result[(slice(None), *inside)]), made)


def _spreading(w: Windows, cell: Index) -> list[tuple[Index, Index]]:
    """Return each tap and place whose window covers ``cell``."""
    found = []
    for tap in np.ndindex(*w.window):
        place = []
        for axis, at in enumerate(cell):
            offset = at + w.before[axis] - tap[axis] * w.dilation[axis]
            if offset % w.strides[axis] or not 0 <= offset // w.strides[axis] < w.places[axis]:
                break
            place.append(offset // w.strides[axis])
        else:
            found.append((tap, tuple(place)))
    return found
