"""Mistakes with recurrent layers: the order of the gates, the second bias of GRU."""

import itertools
from collections.abc import Iterator

import numpy as np

from weightview.calculator.mistakes.case import Case, Mistake, mistake
from weightview.calculator.trace import Trace
from weightview.core.model import Layer
from weightview.core.values import Array

_LSTM = ("i", "f", "c", "o")
_GRU = ("z", "r", "h")
_ROLES = ("kernel", "recurrent_kernel", "bias")
_GATES = {3: _GRU, 4: _LSTM}
_DOUBLE_BIAS = 2


def _gated(case: Case) -> Iterator[tuple[Layer, tuple[str, ...]]]:
    """Yield each layer or cell whose own weights are those of an LSTM or a GRU."""
    for layer in case.model.walk():
        kernel, recurrent = layer.weight("kernel"), layer.weight("recurrent_kernel")
        if kernel is None or recurrent is None or len(recurrent.shape) != 2:  # noqa: PLR2004
            continue
        units, columns = recurrent.shape
        gates = _GATES.get(columns // units if units else 0)
        if gates is not None and columns == units * len(gates):
            yield layer, gates


def _permuted(array: Array, order: tuple[int, ...]) -> Array:
    parts = np.split(array, len(order), axis=-1)
    return np.concatenate([parts[k] for k in order], axis=-1)


@mistake("gate order")
def gate_order(case: Case, trace: Trace) -> Iterator[Mistake]:
    """Read the columns of the kernels as gates in another order."""
    del trace
    for layer, gates in _gated(case):
        for order in itertools.permutations(range(len(gates))):
            if order == tuple(range(len(gates))):
                continue

            def apply(c: Case, layer: Layer = layer, order: tuple[int, ...] = order) -> Case:
                for role in _ROLES:
                    weight = layer.weight(role)
                    if weight is not None:
                        c = c.set_weight(weight, _permuted(c.values.whole(weight), order))
                return c

            # Where the reader takes columns k for gate g, gate order[k] is read as gate k.
            read = [""] * len(gates)
            for place, taken in enumerate(order):
                read[taken] = gates[place]
            yield Mistake(
                "gate order",
                f"the gates read as {', '.join(read)} instead of {', '.join(gates)}"
                f" in {layer.path}",
                layer.path,
                apply,
            )


@mistake("second GRU bias forgotten")
def second_bias(case: Case, trace: Trace) -> Iterator[Mistake]:
    """Forget one of the two rows of a GRU's bias."""
    del trace
    for layer, _ in _gated(case):
        bias = layer.weight("bias")
        if bias is None or len(bias.shape) != 2 or bias.shape[0] != _DOUBLE_BIAS:  # noqa: PLR2004
            continue
        for row, words in ((1, "second (recurrent)"), (0, "first (input)")):

            def apply(c: Case, layer: Layer = layer, row: int = row) -> Case:
                weight = layer.weight("bias")
                assert weight is not None
                numbers = c.values.read(weight)
                numbers[row] = 0
                return c.set_weight(weight, numbers)

            yield Mistake(
                "second GRU bias forgotten",
                f"without the {words} row of the bias of {layer.path}",
                layer.path,
                apply,
            )


@mistake("update gate the other way round")
def update_gate(case: Case, trace: Trace) -> Iterator[Mistake]:
    """Mix a GRU's old and new state the other way round, as some papers do."""
    del trace
    for layer, gates in _gated(case):
        if gates is not _GRU:
            continue

        def apply(c: Case, layer: Layer = layer) -> Case:
            # sigmoid(-x) = 1 - sigmoid(x): the gate's columns change their sign.
            for role in _ROLES:
                weight = layer.weight(role)
                if weight is not None:
                    numbers = c.values.read(weight)
                    numbers[..., : numbers.shape[-1] // 3] *= -1
                    c = c.set_weight(weight, numbers)
            return c

        yield Mistake(
            "update gate the other way round",
            f"z and 1 - z exchanged in {layer.path}",
            layer.path,
            apply,
        )
