"""ConvLSTM: an LSTM whose matrix products are convolutions (``keras.layers.ConvLSTM2D``)."""

from typing import Any

import numpy as np

from weightview.calculator.call import Call
from weightview.calculator.layers.convolution import channels_first, convolution_shape, settings
from weightview.calculator.layers.recurrent.cells import Cell, last, run_lstm
from weightview.calculator.operations.convolving import convolve
from weightview.calculator.operations.geometry import windows
from weightview.calculator.operations.rearranging import moved, same
from weightview.calculator.operations.summing import Pairs, Products, add_bias
from weightview.calculator.registry import forward, shape_rule
from weightview.calculator.tensors import Array, Tensor
from weightview.calculator.trace import Index
from weightview.core.model import Layer, Shape

CONVOLUTIONAL = ("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
_GATES = 4


@forward(*CONVOLUTIONAL)
def conv_lstm(call: Call, x: Any, initial_state: Any = None, mask: Any = None) -> Any:
    """Return the last hidden state or all of them, and the states where asked for."""
    from weightview.calculator.layers.recurrent.layers import inputs_of

    x, states = inputs_of(call, x, initial_state)
    mask = mask if isinstance(mask, Tensor) else x.mask
    result = run_convolutional(call, call.layer, call.floats(x), states, mask, "")
    result[0] = call.stage("output", *result[0])
    return tuple(result) if len(result) > 1 else result[0]


def _last(layer: Layer, x: Tensor, axis: int) -> Tensor:
    return moved(lambda a: np.moveaxis(a, axis, -1), x) if channels_first(layer.config) else x


def run_convolutional(
    call: Call,
    layer: Layer,
    x: Tensor,
    states: list[Tensor],
    mask: Tensor | None,
    prefix: str,
) -> list[Any]:
    """Return ``(formula, output)`` and the final states where the config asks for them."""
    steps: Array | None = mask.value.astype(np.bool_) if mask is not None else None
    x = _last(layer, x, 2)
    if layer.config.get("go_backwards"):
        call.notes.append(f"{layer.name} reads the sequence from its end.")
        x = moved(lambda a: a[:, ::-1], x)
        steps = steps[:, ::-1] if steps is not None else None
    cell = Cell(call, layer, prefix, steps)
    initial = [_last(layer, s, 1) for s in states]
    hidden, finals = _run(cell, x, initial)
    back = channels_first(layer.config)
    if layer.config.get("return_sequences"):
        output = moved(lambda a: np.moveaxis(a, -1, 2), hidden) if back else same(hidden)
        output.mask = mask
        result: list[Any] = [("hidden state of each step", output)]
    else:
        output = last(hidden)
        output = moved(lambda a: np.moveaxis(a, -1, 1), output) if back else output
        result = [("hidden state after the last step", output)]
    if layer.config.get("return_state"):
        for number, state in enumerate(finals):
            given = moved(lambda a: np.moveaxis(a, -1, 1), state) if back else state
            result.append(call.stage(f"{prefix}state_{number}", "after the last step", given))
    return result


def _silent(share: float) -> None:
    """Tell nobody: one step of many is not worth a report."""
    del share


def _run(cell: Cell, x: Tensor, initial: list[Tensor]) -> Any:
    kernel, recurrent, bias = cell.weights("")
    rank = x.ndim - 3
    batch, steps = x.shape[:2]
    sizes = x.shape[2:-1]
    w = windows(sizes, *settings(cell.layer.config, rank, kernel.shape[:-2]))
    folded = moved(lambda a: a.reshape(batch * steps, *a.shape[2:]), x)
    conv = convolve(folded, kernel, w, 1, cell.call.report)
    shape = (batch, steps, *conv.shape[1:])
    xk = cell.stage(
        "input_sum", "sum over each window × kernel", moved(lambda a: a.reshape(shape), conv)
    )
    if bias is not None:
        xk = cell.stage("biased_input_sum", "+ bias", add_bias(xk, bias))
    ones = (1,) * rank
    inner = windows(w.places, recurrent.shape[:-2], ones, ones, "same")

    def recur(h: Array, t: int) -> Array:
        del t
        return convolve(Tensor(h), recurrent, inner, 1, _silent).value

    def explain(before: Tensor, value: Array) -> Tensor:
        def pairs(index: Index) -> Pairs:
            b, t, *place, unit = index
            for tap, cell_at in inner.covered(tuple(place)):
                for channel in range(recurrent.shape[-2]):
                    yield (b, t, *cell_at, channel), (*tap, channel, unit)

        formula = "Σ h[place + tap, channel] · recurrent_kernel[tap, channel, gate]"
        return Tensor(value, Products(before, recurrent, pairs, formula))

    filters = kernel.shape[-1] // _GATES
    return run_lstm(cell, xk, (batch, *w.places, filters), initial, recur, explain)


@shape_rule(*CONVOLUTIONAL)
def conv_lstm_shape(layer: Layer, shape: Shape) -> Shape | None:
    """Return the convolution's shape, with the time where all steps are returned."""
    if layer.config.get("return_state"):
        return None
    inner = convolution_shape(layer, (shape[0], *shape[2:]))
    if layer.config.get("return_sequences"):
        return (shape[0], shape[1], *inner[1:])
    return inner
