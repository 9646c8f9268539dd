"""The GRU over a whole sequence, its reset gate applied after or before the matrix product.

Arrays are ``(batch, time, ...)``. Source: ``keras.layers.GRUCell``; the gates are stored in the
order update, reset, candidate.
"""

from typing import Any

import numpy as np

from weightview.calculator.layers.recurrent.cells import Cell, Result, added, hold, last, report
from weightview.calculator.operations.activating import activation_of
from weightview.calculator.operations.elementwise import apply, multiply
from weightview.calculator.operations.rearranging import moved, part
from weightview.calculator.operations.stepping import (
    SumOfProducts,
    by_gate,
    masked,
    step_before,
)
from weightview.calculator.operations.summing import add_bias, matmul
from weightview.calculator.tensors import Array, Tensor

GRU_GATES = "zrh"
_MATRIX = 2


def gru(cell: Cell, x: Tensor, initial: list[Tensor]) -> Result:
    """Return ``h = z h' + (1 - z) g`` for each step (``GRUCell``), reset before or after."""
    kernel, recurrent, bias = cell.weights(GRU_GATES)
    cudnn = cell.layer.class_name == "CuDNNGRU"
    reset_after = cudnn or bool(cell.layer.config.get("reset_after", False))
    if bias is not None and cudnn and bias.ndim == 1:
        bias = moved(lambda b: b.reshape(2, -1), bias, has_batch=False)
    xk = cell.stage("input_sum", "x @ kernel", matmul(x, kernel))
    own_bias = None
    if bias is not None:
        own_bias = part(bias, 1) if bias.ndim == _MATRIX else None
        first = part(bias, 0) if bias.ndim == _MATRIX else bias
        xk = cell.stage("biased_input_sum", "+ bias", add_bias(xk, first))
    cell.call.notes.append(
        "The reset gate is applied after the matrix product (reset_after)."
        if reset_after
        else "The reset gate is applied before the matrix product (reset_after=False)."
    )
    run = _GRU(cell, xk, recurrent, own_bias if reset_after else None, initial)
    return run.after() if reset_after else run.before()


class _GRU:
    """A GRU's steps; the two ways to reset share the update."""

    def __init__(
        self,
        cell: Cell,
        xk: Tensor,
        recurrent: Tensor,
        bias: Tensor | None,
        initial: list[Tensor],
    ) -> None:
        self.cell = cell
        self.xk = xk
        self.recurrent = recurrent
        self.bias = bias
        self.initial = initial[0] if initial else None
        self.activation = cell.activation("activation", default="tanh")
        self.gate = cell.recurrent_activation()
        cell.call.note_activation(self.activation)
        self.units = recurrent.shape[0]
        self.fit = cell.call.precision.fit

    def _arrays(self, *widths: int) -> list[Array]:
        return [np.empty((*self.xk.shape[:2], w), self.xk.dtype) for w in widths]

    def _start(self) -> Array:
        if self.initial is not None:
            return self.initial.value
        return np.zeros((self.xk.shape[0], self.units), self.xk.dtype)

    def after(self) -> Result:
        """Compute with the reset gate after the product."""
        u, fit = self.units, self.fit
        rec, plain = self._arrays(3 * u, 3 * u)
        zr, cand_sum, cand, hs = self._arrays(2 * u, u, u, u)
        zr_act = np.empty_like(zr)
        h, steps = self._start(), self.xk.shape[1]
        for t in range(steps):
            plain[:, t] = rec[:, t] = fit(h @ self.recurrent.value)
            if self.bias is not None:
                rec[:, t] = fit(rec[:, t] + self.bias.value)
            xt, rt = self.xk.value[:, t], rec[:, t]
            zr[:, t] = fit(xt[:, : 2 * u] + rt[:, : 2 * u])
            zr_act[:, t] = fit(self._gated(zr[:, t]))
            z, r = zr_act[:, t, :u], zr_act[:, t, u:]
            cand_sum[:, t] = fit(xt[:, 2 * u :] + fit(r * rt[:, 2 * u :]))
            cand[:, t] = fit(self.activation.apply(cand_sum[:, t]))
            h = hold(self.cell.mask, t, fit(z * h + (1 - z) * cand[:, t]), h)
            hs[:, t] = h
            report(self.cell, t, steps)
        hidden = Tensor(hs)
        before = step_before(hidden, self.initial)
        stage = self.cell.stage
        recurrent_sum = stage(
            "recurrent_sum", "previous hidden state @ recurrent_kernel",
            matmul(before, self.recurrent, plain),
        )  # fmt: skip
        if self.bias is not None:
            recurrent_sum = stage(
                "biased_recurrent_sum", "+ recurrent bias", add_bias(recurrent_sum, self.bias, rec)
            )
        update, reset = self._two_gates(recurrent_sum, zr, zr_act)
        third = slice(2 * u, 3 * u)
        x_part = part(self.xk, slice(None), slice(None), third)
        h_part = part(recurrent_sum, slice(None), slice(None), third)
        made = SumOfProducts("input + reset · recurrent", (x_part, None), (h_part, reset))
        total = stage("candidate_sum", "input + reset · recurrent", Tensor(cand_sum, made))
        return self._updated(hidden, before, update, total, cand)

    def before(self) -> Result:
        """Compute with the reset gate before the product."""
        u, fit = self.units, self.fit
        first, second = self.recurrent.value[:, : 2 * u], self.recurrent.value[:, 2 * u :]
        rec, zr, zr_act = self._arrays(2 * u, 2 * u, 2 * u)
        kept, rec_h, cand_sum, cand, hs = self._arrays(u, u, u, u, u)
        h, steps = self._start(), self.xk.shape[1]
        for t in range(steps):
            xt = self.xk.value[:, t]
            rec[:, t] = fit(h @ first)
            zr[:, t] = fit(xt[:, : 2 * u] + rec[:, t])
            zr_act[:, t] = fit(self._gated(zr[:, t]))
            z, r = zr_act[:, t, :u], zr_act[:, t, u:]
            kept[:, t] = fit(r * h)
            rec_h[:, t] = fit(kept[:, t] @ second)
            cand_sum[:, t] = fit(xt[:, 2 * u :] + rec_h[:, t])
            cand[:, t] = fit(self.activation.apply(cand_sum[:, t]))
            h = hold(self.cell.mask, t, fit(z * h + (1 - z) * cand[:, t]), h)
            hs[:, t] = h
            report(self.cell, t, steps)
        hidden = Tensor(hs)
        before = step_before(hidden, self.initial)
        stage = self.cell.stage
        kernel = part(self.recurrent, slice(None), slice(0, 2 * u))
        recurrent_sum = stage(
            "recurrent_sum", "previous hidden state @ recurrent_kernel",
            matmul(before, kernel, rec),
        )  # fmt: skip
        update, reset = self._two_gates(recurrent_sum, zr, zr_act)
        product = multiply(before, reset)
        held = stage("reset_hidden_state", "reset · previous hidden state",
                     Tensor(kept, product.made))  # fmt: skip
        kernel = part(self.recurrent, slice(None), slice(2 * u, 3 * u))
        inner = stage("reset_sum", "reset hidden state @ recurrent_kernel",
                      matmul(held, kernel, rec_h))  # fmt: skip
        x_part = part(self.xk, slice(None), slice(None), slice(2 * u, 3 * u))
        total = stage("candidate_sum", "input + reset_sum", added(cand_sum, x_part, inner))
        return self._updated(hidden, before, update, total, cand)

    def _two_gates(self, recurrent_sum: Tensor, zr: Array, act: Array) -> tuple[Tensor, Tensor]:
        u = self.units
        both = slice(0, 2 * u)
        parts = [
            t if t.shape[-1] == 2 * u else part(t, slice(None), slice(None), both)
            for t in (self.xk, recurrent_sum)
        ]
        sums = self.cell.stage("gate_sums", "input + recurrent", added(zr, *parts))
        z, r = by_gate(sums, 2)
        update = Tensor(act[..., :u], activation_of(z, self.gate))
        reset = Tensor(act[..., u:], activation_of(r, self.gate))
        return (
            self.cell.stage("update_gate", self.gate.name, update),
            self.cell.stage("reset_gate", self.gate.name, reset),
        )

    def _gated(self, sums: Array) -> Array:
        """Return both gates side by side; each is activated by itself, as softmax minds."""
        if self.gate.axis is None:
            return self.gate.apply(sums)
        return np.concatenate([self.gate.apply(part) for part in np.split(sums, 2, -1)], axis=-1)

    def _updated(
        self, hidden: Tensor, before: Tensor, update: Tensor, total: Tensor, cand: Array
    ) -> Result:
        stage = self.cell.stage
        candidate = stage(
            "candidate", self.activation.name, Tensor(cand, activation_of(total, self.activation))
        )
        rest = stage("rest", "1 - update", apply(_rest, "1 - {z}", z=update))
        made = SumOfProducts(
            "update · previous hidden state + (1 - update) · candidate",
            (before, update), (candidate, rest),
        )  # fmt: skip
        hidden.made = masked(made, before, self.cell.mask)
        hidden = stage("hidden_state", "update · previous + rest · candidate", hidden)
        before.made.states = hidden  # type: ignore[union-attr]  # low precision makes new tensors
        return hidden, (last(hidden),)


def _rest(z: Any) -> Any:
    return 1 - z
