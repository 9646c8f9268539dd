"""The cells over a whole sequence: LSTM and SimpleRNN, with a stage for each gate.

Arrays are ``(batch, time, ...)``. Sources: ``keras.layers.LSTMCell``,
``SimpleRNNCell``; the order of the gates is that in which Keras stores them.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from weightview.calculator.activations import Activation, get
from weightview.calculator.call import Call
from weightview.calculator.operations.activating import activation_of
from weightview.calculator.operations.elementwise import Sum, multiply
from weightview.calculator.operations.rearranging import moved, part
from weightview.calculator.operations.stepping import (
    SumOfProducts,
    by_gate,
    masked,
    spread,
    step_before,
)
from weightview.calculator.operations.summing import add_bias, matmul
from weightview.calculator.tensors import Array, Tensor
from weightview.core.model import Layer

LSTM_GATES = "ifco"
REPORT_EVERY = 16
_MATRIX = 2


@dataclass(frozen=True, eq=False)
class Cell:
    """One cell at work.

    Attributes:
        call: the call it belongs to.
        layer: the layer that holds its config and weights.
        prefix: put before the names of its stages.
        mask: which steps count, ``(batch, time)``, or None.
    """

    call: Call
    layer: Layer
    prefix: str
    mask: Array | None

    def stage(self, name: str, formula: str, x: Tensor) -> Tensor:
        """Make ``x`` a stage of the call."""
        return self.call.stage(f"{self.prefix}{name}", formula, x)

    def activation(self, entry: str, *old: str, default: str) -> Activation:
        """Return the activation that the config's ``entry`` (or its old name) means."""
        config = self.layer.config
        if entry == "activation" and self.layer.path in self.call.plan.activations:
            return self.call.plan.activations[self.layer.path]
        for name in (entry, *old):
            if name in config:
                found = get(config[name], self.call.generation)
                break
        else:
            found = get(default, self.call.generation)
        if found.note and found.note not in self.call.notes:
            self.call.notes.append(found.note)
        return found

    def recurrent_activation(self) -> Activation:
        """Return the activation of the gates; without an entry what its time took."""
        cudnn = self.layer.class_name.startswith("CuDNN")
        default = "hard_sigmoid" if self.call.is_old and not cudnn else "sigmoid"
        return self.activation("recurrent_activation", "inner_activation", default=default)

    def weights(self, gates: str) -> tuple[Tensor, Tensor, Tensor | None]:
        """Return kernel, recurrent kernel and bias; of Keras 1 those of the gates, joined.

        Raises:
            CalculationError: the file holds no kernel.
        """
        found = [self._weight(role, gates) for role in ("kernel", "recurrent_kernel", "bias")]
        kernel, recurrent, bias = found
        if kernel is None or recurrent is None:
            raise self.call.refuse("the file holds no kernel for this layer")
        if self.layer.class_name.startswith("CuDNN"):
            units = recurrent.shape[0]
            kernel = moved(lambda k: _of_cudnn(k, units), kernel, has_batch=False)
            recurrent = moved(lambda k: _of_cudnn(k, units), recurrent, has_batch=False)
        return kernel, recurrent, bias

    def _weight(self, role: str, gates: str) -> Tensor | None:
        whole = self.call.weight(role, self.layer)
        if whole is not None or not gates:
            return whole
        parts = [self.call.weight(f"{role}_{gate}", self.layer) for gate in gates]
        tensors = [part for part in parts if part is not None]
        if len(tensors) != len(gates):
            return None
        return moved(lambda *a: np.concatenate(a, axis=-1), *tensors, has_batch=False)


def _of_cudnn(kernel: Array, units: int) -> Array:
    """Return a CuDNN kernel as the plain layers store it: each gate's numbers row for column."""
    gates = np.split(kernel, kernel.shape[1] // units, axis=1)
    return np.concatenate([g.T.reshape(g.shape, order="F") for g in gates], axis=1)


Result = tuple[Tensor, tuple[Tensor, ...]]
"""The sequence of outputs ``(batch, time, units)``, and the final states."""


def last(states: Tensor) -> Tensor:
    """Return the states after the last step."""
    return part(states, slice(None), states.shape[1] - 1)


def simple(cell: Cell, x: Tensor, initial: list[Tensor]) -> Result:
    """Return ``h = activation(x @ kernel + bias + h' @ recurrent_kernel)`` for each step."""
    kernel, recurrent, bias = cell.weights("")
    activation = cell.activation("activation", default="tanh")
    cell.call.note_activation(activation)
    first = initial[0] if initial else None
    xk = cell.stage("input_sum", "x @ kernel", matmul(x, kernel))
    if bias is not None:
        xk = cell.stage("biased_input_sum", "+ bias", add_bias(xk, bias))
    steps = x.shape[1]
    h = _zeros(x, recurrent.shape[0], first)
    sums, rec, hidden = (np.empty((*x.shape[:2], h.shape[-1]), h.dtype) for _ in range(3))
    fit = cell.call.precision.fit
    for t in range(steps):
        rec[:, t] = fit(h @ recurrent.value)
        sums[:, t] = fit(xk.value[:, t] + rec[:, t])
        h = hold(cell.mask, t, fit(activation.apply(sums[:, t])), h)
        hidden[:, t] = h
        report(cell, t, steps)
    states = Tensor(hidden)
    before = step_before(states, first)
    rec_stage = cell.stage(
        "recurrent_sum", "previous hidden @ recurrent_kernel", matmul(before, recurrent, rec)
    )
    total = cell.stage("sum", "input_sum + recurrent_sum", added(sums, xk, rec_stage))
    states.made = masked(activation_of(total, activation), before, cell.mask)
    states = cell.stage("hidden_state", activation.name, states)
    return states, (last(states),)


def _zeros(x: Tensor, units: int, initial: Tensor | None) -> Array:
    return initial.value if initial is not None else np.zeros((x.shape[0], units), x.dtype)


def hold(mask: Array | None, t: int, new: Array, old: Array) -> Array:
    """Return the new state, or the old one where the mask leaves step ``t`` out."""
    return new if mask is None else np.where(spread(mask[:, t], new.ndim), new, old)


def report(cell: Cell, t: int, steps: int) -> None:
    """Tell now and then how many steps are done."""
    if t % REPORT_EVERY == 0:
        cell.call.report(t / steps)


def added(value: Array, *parts: Tensor) -> Tensor:
    """Return ``value``, which is the sum of ``parts``."""
    return Tensor(value, Sum(parts, [1.0] * len(parts)))


def lstm(cell: Cell, x: Tensor, initial: list[Tensor]) -> Result:
    """Return ``c = f c' + i g`` and ``h = o activation(c)`` for each step (``LSTMCell``)."""
    kernel, recurrent, bias = cell.weights(LSTM_GATES)
    xk = cell.stage("input_sum", "x @ kernel", matmul(x, kernel))
    if bias is not None:
        if bias.shape[0] == 2 * kernel.shape[1]:
            bias = _cudnn_bias(cell, bias)
        xk = cell.stage("biased_input_sum", "+ bias", add_bias(xk, bias))
    units = recurrent.shape[0]

    def recur(h: Array, t: int) -> Array:
        del t
        return h @ recurrent.value

    def explain(before: Tensor, value: Array) -> Tensor:
        return matmul(before, recurrent, value)

    return run_lstm(cell, xk, (x.shape[0], units), initial, recur, explain)


def _cudnn_bias(cell: Cell, bias: Tensor) -> Tensor:
    half = bias.shape[0] // 2
    first, second = part(bias, slice(0, half)), part(bias, slice(half, None))
    total = added(first.value + second.value, first, second)
    total.has_batch = False
    return cell.stage("bias", "input bias + recurrent bias", total)


def run_lstm(
    cell: Cell,
    xk: Tensor,
    shape: tuple[int, ...],
    initial: list[Tensor],
    recur: Any,
    explain: Any,
) -> Result:
    """Return an LSTM's states, for plain and convolutional ones alike.

    Args:
        cell: the cell.
        xk: what the input gives to the gates, ``(batch, time, ..., 4 * units)``.
        shape: that of a state, ``(batch, ..., units)``.
        initial: hidden and cell state before the first step, or nothing.
        recur: what a hidden state gives to the gates.
        explain: makes of the hidden states before and the computed array a tensor.
    """
    activation = cell.activation("activation", default="tanh")
    gate = cell.recurrent_activation()
    cell.call.note_activation(activation)
    h0, c0 = (initial[0], initial[1]) if initial else (None, None)
    batch, steps = xk.shape[:2]
    units = shape[-1]
    h = h0.value if h0 is not None else np.zeros(shape, xk.dtype)
    c = c0.value if c0 is not None else np.zeros(shape, xk.dtype)
    rec, sums = np.empty_like(xk.value), np.empty_like(xk.value)
    i, f, g, o, cs, acs, hs = np.empty((7, batch, steps, *shape[1:]), xk.dtype)
    fit = cell.call.precision.fit
    for t in range(steps):
        rec[:, t] = fit(recur(h, t))
        z = sums[:, t] = fit(xk.value[:, t] + rec[:, t])
        i[:, t] = fit(gate.apply(z[..., :units]))
        f[:, t] = fit(gate.apply(z[..., units : 2 * units]))
        g[:, t] = fit(activation.apply(z[..., 2 * units : 3 * units]))
        o[:, t] = fit(gate.apply(z[..., 3 * units :]))
        c = hold(cell.mask, t, fit(f[:, t] * c + i[:, t] * g[:, t]), c)
        acs[:, t] = fit(activation.apply(c))
        h = hold(cell.mask, t, fit(o[:, t] * acs[:, t]), h)
        cs[:, t], hs[:, t] = c, h
        report(cell, t, steps)
    hidden, carried = Tensor(hs), Tensor(cs)
    h_before, c_before = step_before(hidden, h0), step_before(carried, c0)
    recurrent_sum = cell.stage(
        "recurrent_sum", "previous hidden state × recurrent_kernel", explain(h_before, rec)
    )
    total = cell.stage("gate_sums", "input_sum + recurrent_sum", added(sums, xk, recurrent_sum))
    gates = _gates(cell, total, (i, f, g, o), gate, activation)
    carried.made = masked(
        SumOfProducts("forget · previous cell state + input · candidate",
                      (c_before, gates[1]), (gates[2], gates[0])), c_before, cell.mask)  # fmt: skip
    carried = cell.stage("cell_state", "forget · previous + input · candidate", carried)
    activated = cell.stage(
        "activated_cell_state", activation.name, Tensor(acs, activation_of(carried, activation))
    )
    product = multiply(gates[3], activated)
    assert product.made is not None
    hidden.made = masked(product.made, h_before, cell.mask)  # type: ignore[arg-type]  # a Function
    hidden = cell.stage("hidden_state", "output gate · activated cell state", hidden)
    h_before.made.states = hidden  # type: ignore[union-attr]  # low precision makes new tensors
    c_before.made.states = carried  # type: ignore[union-attr]  # as above
    return hidden, (last(hidden), last(carried))


def _gates(
    cell: Cell, total: Tensor, values: tuple[Array, ...], gate: Activation, activation: Activation
) -> list[Tensor]:
    names = ("input_gate", "forget_gate", "candidate", "output_gate")
    used = (gate, gate, activation, gate)
    made = []
    parts = zip(names, by_gate(total, 4), values, used, strict=True)
    for name, z, value, function in parts:
        made.append(cell.stage(name, function.name, Tensor(value, activation_of(z, function))))
    return made
