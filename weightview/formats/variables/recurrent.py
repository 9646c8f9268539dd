"""Variables of the recurrent layers and their cells, with the order of their gates."""

from weightview.formats.variables.table import (
    Axes,
    Shape,
    Table,
    Variable,
    Variables,
    flag,
)

_LSTM_GATES = ("i", "f", "c", "o")
_GRU_GATES = ("z", "r", "h")


def _gated(
    kernel: Axes, recurrent: Axes, gates: tuple[str, ...], last: str = "gate and unit"
) -> tuple[Variable, ...]:
    return (
        Variable("kernel", (*kernel, last), gates=gates),
        Variable("recurrent_kernel", (*recurrent, last), gates=gates),
        Variable("bias", lambda _, shape: _bias_axes(shape, last), flag("use_bias"), gates=gates),
    )


def _bias_axes(shape: Shape, last: str) -> Axes:
    """Name a bias' axes: GRU with ``reset_after`` keeps one for the input, one for the state."""
    return (last,) if len(shape) == 1 else ("input or recurrent", last)


_LSTM = _gated(("input",), ("previous unit",), _LSTM_GATES)
_GRU = _gated(("input",), ("previous unit",), _GRU_GATES)
_SIMPLE = _gated(("input",), ("previous unit",), (), "unit")

_PLACES = {
    1: ("kernel step",),
    2: ("kernel height", "kernel width"),
    3: ("kernel depth", "kernel height", "kernel width"),
}


def _conv_lstm(rank: int) -> tuple[Variable, ...]:
    places = _PLACES[rank]
    return _gated(
        (*places, "channel"), (*places, "previous filter"), _LSTM_GATES, "gate and filter"
    )


def _cudnn(gates: tuple[str, ...]) -> Variables:
    return Variables(
        (
            Variable("kernel", ("input", "gate and unit"), gates=gates),
            Variable("recurrent_kernel", ("previous unit", "gate and unit"), gates=gates),
            Variable("bias", ("input or recurrent, gate and unit",)),
        ),
        folder="cell",
    )


TABLE: Table = {
    "LSTM": Variables(_LSTM, folder="cell"),
    "GRU": Variables(_GRU, folder="cell"),
    "SimpleRNN": Variables(_SIMPLE, folder="cell"),
    "LSTMCell": Variables(_LSTM),
    "GRUCell": Variables(_GRU),
    "SimpleRNNCell": Variables(_SIMPLE),
    "CuDNNLSTM": _cudnn(_LSTM_GATES),
    "CuDNNGRU": _cudnn(_GRU_GATES),
    **{f"ConvLSTM{rank}D": Variables(_conv_lstm(rank), folder="cell") for rank in (1, 2, 3)},
    **{f"ConvLSTM{rank}DCell": Variables(_conv_lstm(rank)) for rank in (1, 2, 3)},
}
