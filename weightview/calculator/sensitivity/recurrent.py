"""The reverse passes of LSTM, GRU and SimpleRNN, step by step from the last, and of Embedding.

The forward steps are computed again in float64: all that the way back needs is one step's sums.
Sources: ``keras.layers.LSTMCell``, ``GRUCell``, ``SimpleRNNCell``.
"""

from dataclasses import dataclass, field

import numpy as np

from weightview.calculator.sensitivity.rules import Passed, reverse, through
from weightview.core.errors import CalculationError
from weightview.core.values import Array


@dataclass(eq=False)
class _Walk:
    """One call of a recurrent layer: what went in, in the order in which it is read.

    Attributes:
        passed: the call.
        x: the sequence, ``(batch, time, features)``.
        outward: the gradient of each step's hidden state from outside, ``(batch, time, units)``.
        kernel: ``(features, gates * units)``.
        recurrent: ``(units, gates * units)``.
        of_input: filled in: the gradient of what the input gives to the gates.
        of_recurrent: filled in: that of the recurrent kernel.
    """

    passed: Passed
    x: Array
    outward: Array
    kernel: Array
    recurrent: Array
    of_input: Array = field(init=False)
    of_recurrent: Array = field(init=False)

    def __post_init__(self) -> None:
        self.of_input = np.zeros((*self.x.shape[:2], self.kernel.shape[-1]))
        self.of_recurrent = np.zeros(self.recurrent.shape)

    @property
    def start(self) -> Array:
        """The state before the first step."""
        return np.zeros((len(self.x), len(self.recurrent)))

    @property
    def backwards(self) -> range:
        """The steps, the last first."""
        return range(self.x.shape[1] - 1, -1, -1)

    def sums(self, bias: Array | None) -> Array:
        """Return what the input gives to the gates: ``x @ kernel + bias``."""
        result: Array = self.x @ self.kernel
        return result if bias is None else result + bias

    def inward(self, bias: Array | None = None) -> tuple[Array, ...]:
        """Note the gradients of the weights and return that of the input.

        Args:
            bias: the gradient of the whole bias; None where it is the sum over all steps.
        """
        passed, flat = self.passed, self.of_input.reshape(-1, self.kernel.shape[-1])
        passed.add("kernel", self.x.reshape(-1, self.x.shape[-1]).T @ flat)
        passed.add("recurrent_kernel", self.of_recurrent)
        if passed.layer.weight("bias") is not None:
            passed.add("bias", flat.sum(axis=0) if bias is None else bias)
        back = self.of_input @ self.kernel.T
        return (back[:, ::-1] if passed.layer.config.get("go_backwards") else back,)


def _walk(passed: Passed, gradient: Array) -> _Walk:
    """Return the call ready to be walked back.

    Raises:
        CalculationError: it has states that are given or returned, or weights of another layout.
    """
    config = passed.layer.config
    kernel, recurrent = passed.weight("kernel"), passed.weight("recurrent_kernel")
    if len(passed.inputs) > 1 or config.get("return_state") or config.get("stateful"):
        raise CalculationError("", "there is no reverse pass with states from outside")
    if kernel is None or recurrent is None or "activation" not in config:
        raise CalculationError("", "there is no reverse pass for this layout of weights")
    x = passed.inputs[0]
    x = x[:, ::-1] if config.get("go_backwards") else x
    outward = gradient
    if not config.get("return_sequences"):
        outward = np.zeros((*x.shape[:2], gradient.shape[-1]))
        outward[:, -1] = gradient
    return _Walk(passed, x, outward, kernel, recurrent)


@reverse("SimpleRNN")
def simple(passed: Passed, gradient: Array) -> tuple[Array, ...]:
    """Pass ``h = activation(x @ kernel + bias + h' @ recurrent_kernel)``."""
    walk = _walk(passed, gradient)
    activation = passed.activation_of("activation")
    xk, states, sums = walk.sums(passed.weight("bias")), [walk.start], []
    for t in range(walk.x.shape[1]):
        sums.append(xk[:, t] + states[-1] @ walk.recurrent)
        states.append(activation.apply(sums[-1]))
    carried = walk.start
    for t in walk.backwards:
        dz = through(activation, sums[t], walk.outward[:, t] + carried)
        walk.of_input[:, t] = dz
        walk.of_recurrent += states[t].T @ dz
        carried = dz @ walk.recurrent.T
    return walk.inward()


@reverse("LSTM")
def lstm(passed: Passed, gradient: Array) -> tuple[Array, ...]:
    """Pass ``c = f c' + i g`` and ``h = o activation(c)``, the gates in the order i f g o."""
    walk = _walk(passed, gradient)
    activation = passed.activation_of("activation")
    gate = passed.activation_of("recurrent_activation")
    functions = (gate, gate, activation, gate)
    xk, hidden, cells = walk.sums(passed.weight("bias")), [walk.start], [walk.start]
    sums: list[list[Array]] = []
    gates: list[list[Array]] = []
    for t in range(walk.x.shape[1]):
        sums.append(np.split(xk[:, t] + hidden[-1] @ walk.recurrent, 4, axis=-1))
        gates.append([f.apply(z) for f, z in zip(functions, sums[-1], strict=True)])
        i, f, g, o = gates[-1]
        cells.append(f * cells[-1] + i * g)
        hidden.append(o * activation.apply(cells[-1]))
    dh, dc = walk.start, walk.start
    for t in walk.backwards:
        i, f, g, o = gates[t]
        dh = dh + walk.outward[:, t]
        dc = dc + through(activation, cells[t + 1], dh * o)
        slopes = (dc * g, dc * cells[t], dc * i, dh * activation.apply(cells[t + 1]))
        parts = zip(functions, sums[t], slopes, strict=True)
        dz = np.concatenate([through(*part) for part in parts], axis=-1)
        walk.of_input[:, t] = dz
        walk.of_recurrent += hidden[t].T @ dz
        dh, dc = dz @ walk.recurrent.T, dc * f
    return walk.inward()


@reverse("GRU")
def gru(passed: Passed, gradient: Array) -> tuple[Array, ...]:
    """Pass ``h = z h' + (1 - z) g``, the reset gate applied after or before the product."""
    walk = _walk(passed, gradient)
    if bool(passed.layer.config.get("reset_after", False)):
        return _reset_after(passed, walk)
    return _reset_before(passed, walk)


def _reset_after(passed: Passed, walk: _Walk) -> tuple[Array, ...]:
    activation = passed.activation_of("activation")
    gate = passed.activation_of("recurrent_activation")
    bias = passed.weight("bias")
    own = np.zeros(walk.kernel.shape[-1]) if bias is None else bias[1]
    xk, states = walk.sums(None if bias is None else bias[0]), [walk.start]
    kept: list[tuple[Array, ...]] = []
    for t in range(walk.x.shape[1]):
        h, (xz, xr, xg) = states[-1], np.split(xk[:, t], 3, axis=-1)
        hz, hr, hg = np.split(h @ walk.recurrent + own, 3, axis=-1)
        z, r = gate.apply(xz + hz), gate.apply(xr + hr)
        total = xg + r * hg
        g = activation.apply(total)
        kept.append((xz + hz, xr + hr, total, z, r, g, hg))
        states.append(z * h + (1 - z) * g)
    dh, of_own = walk.start, np.zeros(own.shape)
    for t in walk.backwards:
        sum_z, sum_r, total, z, r, g, hg = kept[t]
        dh = dh + walk.outward[:, t]
        dg = through(activation, total, dh * (1 - z))
        dz = through(gate, sum_z, dh * (states[t] - g))
        dr = through(gate, sum_r, dg * hg)
        walk.of_input[:, t] = np.concatenate([dz, dr, dg], axis=-1)
        of_product = np.concatenate([dz, dr, dg * r], axis=-1)
        walk.of_recurrent += states[t].T @ of_product
        of_own += of_product.sum(axis=0)
        dh = dh * z + of_product @ walk.recurrent.T
    return walk.inward(np.stack([walk.of_input.sum(axis=(0, 1)), of_own]))


def _reset_before(passed: Passed, walk: _Walk) -> tuple[Array, ...]:
    activation = passed.activation_of("activation")
    gate = passed.activation_of("recurrent_activation")
    units = len(walk.recurrent)
    first, second = walk.recurrent[:, : 2 * units], walk.recurrent[:, 2 * units :]
    xk, states = walk.sums(passed.weight("bias")), [walk.start]
    kept: list[tuple[Array, ...]] = []
    for t in range(walk.x.shape[1]):
        h, xt = states[-1], xk[:, t]
        sum_z, sum_r = np.split(xt[:, : 2 * units] + h @ first, 2, axis=-1)
        z, r = gate.apply(sum_z), gate.apply(sum_r)
        total = xt[:, 2 * units :] + (r * h) @ second
        g = activation.apply(total)
        kept.append((sum_z, sum_r, total, z, r, g))
        states.append(z * h + (1 - z) * g)
    dh = walk.start
    for t in walk.backwards:
        (sum_z, sum_r, total, z, r, g), h = kept[t], states[t]
        dh = dh + walk.outward[:, t]
        dg = through(activation, total, dh * (1 - z))
        of_held = dg @ second.T
        dz = through(gate, sum_z, dh * (h - g))
        both = np.concatenate([dz, through(gate, sum_r, of_held * h)], axis=-1)
        walk.of_input[:, t] = np.concatenate([both, dg], axis=-1)
        walk.of_recurrent[:, : 2 * units] += h.T @ both
        walk.of_recurrent[:, 2 * units :] += (r * h).T @ dg
        dh = dh * z + both @ first.T + of_held * r
    return walk.inward()


@reverse("Embedding")
def embedding(passed: Passed, gradient: Array) -> tuple[Array, ...]:
    """Give each row of the table the gradients of the places where it was looked up."""
    table = passed.weight("embeddings")
    if table is None:
        raise CalculationError("", "there is no reverse pass for this layout of weights")
    ids = np.trunc(passed.inputs[0]).astype(np.intp)
    slopes = np.zeros(table.shape)
    np.add.at(slopes, ids, gradient)
    passed.add("embeddings", slopes)
    return (np.zeros(ids.shape),)
