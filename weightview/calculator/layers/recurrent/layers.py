"""LSTM, GRU, SimpleRNN, and RNN around any known cell or a stack of them."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from weightview.calculator.call import Call
from weightview.calculator.layers.recurrent.cells import (
    Cell,
    Result,
    last,
    lstm,
    simple,
)
from weightview.calculator.layers.recurrent.gru import gru
from weightview.calculator.operations.rearranging import moved, same
from weightview.calculator.operations.stepping import Held
from weightview.calculator.registry import forward, shape_rule
from weightview.calculator.tensors import Array, Tensor
from weightview.core.model import Layer, Shape, Shapes

CellFunction = Callable[[Cell, Tensor, list[Tensor]], Result]

CELLS: dict[str, CellFunction] = {
    "LSTM": lstm,
    "CuDNNLSTM": lstm,
    "LSTMCell": lstm,
    "GRU": gru,
    "CuDNNGRU": gru,
    "GRUCell": gru,
    "SimpleRNN": simple,
    "SimpleRNNCell": simple,
}
"""What computes each class of cell, or of layer that is a cell of its own."""

_STATES = {"LSTM": 2, "CuDNNLSTM": 2, "LSTMCell": 2}


@forward("LSTM", "GRU", "SimpleRNN", "RNN", "CuDNNLSTM", "CuDNNGRU")
def recurrent(
    call: Call, x: Any, initial_state: Any = None, mask: Any = None, **others: Any
) -> Any:
    """Return the last output or all, and the states where asked for (``keras.layers.RNN``)."""
    if others:
        raise call.refuse(f"the calculator does not know its argument “{next(iter(others))}”")
    x, states = inputs_of(call, x, initial_state)
    mask = mask if isinstance(mask, Tensor) else x.mask
    outputs = run(call, call.layer, call.floats(x), states, mask)
    result = [*outputs]
    result[0] = call.stage("output", result[0][0], result[0][1])
    return tuple(result) if len(result) > 1 else result[0]


def inputs_of(call: Call, x: Any, initial_state: Any) -> tuple[Tensor, list[Tensor]]:
    """Return the sequence and the initial states, which Keras 2 gives in one list."""
    given = list(x) if isinstance(x, (list, tuple)) else [x]
    states = initial_state if initial_state is not None else given[1:]
    states = list(states) if isinstance(states, (list, tuple)) else [states]
    return given[0], [call.floats(s) for s in _flat(states)]


def _flat(states: Sequence[Any]) -> list[Tensor]:
    flat: list[Tensor] = []
    for state in states:
        flat.extend(_flat(state) if isinstance(state, (list, tuple)) else [state])
    return flat


def cells_of(call: Call, layer: Layer) -> list[tuple[Layer, str]]:
    """Return the cells of a layer with the prefix of their stages.

    Raises:
        CalculationError: a cell is of a class that is not known here.
    """
    if layer.class_name in CELLS:
        return [(layer, "")]
    cell = layer.inner("cell")
    if cell is None:
        cells = [inner for inner in layer.layers if inner.role == "cells"]
    else:
        cells = list(cell.layers) if cell.class_name == "StackedRNNCells" else [cell]
    for inner in cells:
        if inner.class_name not in CELLS:
            raise call.refuse(f"the calculator does not know the cell {inner.class_name}")
    if not cells:
        raise call.refuse("the config names no cell")
    single = len(cells) == 1
    return [(inner, "" if single else f"cell_{i}_") for i, inner in enumerate(cells)]


def run(
    call: Call,
    layer: Layer,
    x: Tensor,
    states: list[Tensor],
    mask: Tensor | None,
    prefix: str = "",
    zero_output: bool | None = None,
) -> list[Any]:
    """Return ``(formula, output)`` and the final states where the config asks for them.

    Args:
        call: the call.
        layer: the recurrent layer, which may be inside a wrapper.
        x: ``(batch, time, ...)``.
        states: the initial states of all cells, or nothing.
        mask: which steps count.
        prefix: put before the names of the stages.
        zero_output: whether a step left out gives zeros; as the config says where None.
    """
    config = layer.config
    if config.get("time_major"):
        raise call.refuse("the calculator does not know sequences with the time axis first")
    steps: Array | None = mask.value.astype(np.bool_) if mask is not None else None
    if config.get("go_backwards"):
        call.notes.append(f"{layer.name} reads the sequence from its end.")
        x = moved(lambda a: a[:, ::-1], x)
        steps = steps[:, ::-1] if steps is not None else None
    if steps is not None:
        call.notes.append("Steps that the mask leaves out keep the states of the step before.")
    finals: list[Tensor] = []
    sequence, given = x, list(states)
    for cell, name in cells_of(call, layer):
        count = _STATES.get(cell.class_name, 1)
        own, given = given[:count], given[count:]
        work = Cell(call, cell, f"{prefix}{name}", steps)
        sequence, last_states = CELLS[cell.class_name](work, sequence, own)
        finals.extend(last_states)
    zero = bool(config.get("zero_output_for_mask")) if zero_output is None else zero_output
    if steps is not None and (zero or states):
        sequence = _shown(sequence, steps, zero)
    if config.get("return_sequences"):
        output = same(sequence)
        output.mask = mask
        result: list[Any] = [("hidden state of each step", output)]
    else:
        result = [("hidden state after the last step", last(sequence))]
    if config.get("return_state"):
        for number, state in enumerate(finals):
            result.append(call.stage(f"{prefix}state_{number}", "after the last step", state))
    return result


def _shown(hidden: Tensor, mask: Array, zero: bool) -> Tensor:
    """Return the outputs: at a step left out zeros, or the output of the step before."""
    value = np.empty_like(hidden.value)
    before = np.zeros_like(value[:, 0])
    for t in range(value.shape[1]):
        count = mask[:, t].reshape(-1, *(1,) * (before.ndim - 1))
        now = np.where(count, hidden.value[:, t], 0 if zero else before)
        value[:, t] = before = now
    result = Tensor(value)
    from weightview.calculator.operations.rearranging import Same
    from weightview.calculator.operations.stepping import step_before

    earlier = None if zero else step_before(result, None)
    result.made = Held(Same(hidden), earlier, mask)
    return result


def units_of(layer: Layer) -> int:
    """Return how many units a recurrent layer's output has."""
    if layer.class_name == "RNN":
        cell = layer.inner("cell")
        cells = [i for i in layer.layers if i.role == "cells"] if cell is None else [cell]
        if cell is not None and cell.class_name == "StackedRNNCells":
            cells = list(cell.layers)
        return int(cells[-1].config["units"])
    return int(layer.config.get("units", layer.config.get("output_dim", 0)))


@shape_rule("LSTM", "GRU", "SimpleRNN", "RNN", "CuDNNLSTM", "CuDNNGRU")
def recurrent_shape(layer: Layer, shape: Shape, *others: Shape) -> Shapes:
    """Return the units, after the time where all steps are returned; then the states."""
    del others
    units = units_of(layer)
    output: Shape = (
        (*shape[:2], units) if layer.config.get("return_sequences") else (shape[0], units)
    )
    if not layer.config.get("return_state"):
        return output
    if layer.class_name == "RNN":
        return None
    return (output, *((shape[0], units),) * _STATES.get(layer.class_name, 1))
