"""Variables of layers whose arrays Keras 1 kept otherwise than its successors.

Its recurrent layers have an array per gate (``lstm_1_W_i``), its convolutions another name, and
three of its classes are gone.
Roles are today's words with the gate behind: ``kernel_i``.
"""

from weightview.formats.variables.table import (
    Axes,
    Config,
    Shape,
    Table,
    Variable,
    Variables,
    always,
    flag,
)

_WORDS = {"W": "kernel", "U": "recurrent_kernel", "b": "bias"}
_AXES = {"W": ("input", "unit"), "U": ("previous unit", "unit"), "b": ("unit",)}


def _gate(letter: str, gate: str) -> Variable:
    role = f"{_WORDS[letter]}_{gate}" if gate else _WORDS[letter]
    name = f"{letter}_{gate}" if gate else letter
    return Variable(name, _AXES[letter], role=role, keras1=name)


def _recurrent(gates: tuple[str, ...]) -> Variables:
    return Variables(tuple(_gate(letter, gate) for gate in gates for letter in "WUb"))


def _plain(name: str, role: str, *axes: str, when: str = "") -> Variable:
    condition = flag(when) if when else always
    return Variable(name, axes, condition, role=role, keras1=name)


_PLACES = {
    1: ("kernel step", "one"),
    2: ("kernel height", "kernel width"),
    3: ("kernel depth", "kernel height", "kernel width"),
}


def _convolution(rank: int, *, transposed: bool = False) -> Variables:
    """Return a convolution: with ``dim_ordering`` ``th`` the channels come first.

    Without a config the order is not known, and the axes get no words.
    """
    ends = ("filter", "channel") if transposed else ("channel", "filter")

    def axes(config: Config, shape: Shape) -> Axes:
        ordering = "tf" if rank == 1 and config else config.get("dim_ordering")
        if ordering == "th":
            return (*ends[::-1], *_PLACES[rank])
        if ordering == "tf":
            return (*_PLACES[rank], *ends)
        return tuple(f"axis {number}" for number in range(len(shape)))

    return Variables(
        (
            Variable("W", axes, role="kernel", keras1="W"),
            _plain("b", "bias", "filter", when="bias"),
        )
    )


_SEPARABLE = Variables(
    (
        Variable(
            "depthwise_kernel",
            ("kernel height", "kernel width", "channel", "multiplier"),
            keras1="depthwise_kernel",
        ),
        Variable(
            "pointwise_kernel",
            ("kernel height", "kernel width", "channel", "filter"),
            keras1="pointwise_kernel",
        ),
        _plain("b", "bias", "filter", when="bias"),
    )
)

TABLE: Table = {
    **{f"Convolution{rank}D": _convolution(rank) for rank in (1, 2, 3)},
    "AtrousConvolution1D": _convolution(1),
    "AtrousConvolution2D": _convolution(2),
    "Deconvolution2D": _convolution(2, transposed=True),
    "SeparableConvolution2D": _SEPARABLE,
    "LSTM": _recurrent(("i", "c", "f", "o")),
    "GRU": _recurrent(("z", "r", "h")),
    "SimpleRNN": _recurrent(("",)),
    "Highway": Variables(
        (
            _plain("W", "kernel", "input", "unit"),
            _plain("W_carry", "carry_kernel", "input", "unit"),
            _plain("b", "bias", "unit", when="bias"),
            _plain("b_carry", "carry_bias", "unit", when="bias"),
        )
    ),
    "MaxoutDense": Variables(
        (
            _plain("W", "kernel", "piece", "input", "unit"),
            _plain("b", "bias", "piece", "unit", when="bias"),
        )
    ),
    "TimeDistributedDense": Variables(
        (
            _plain("W", "kernel", "input", "unit"),
            _plain("b", "bias", "unit", when="bias"),
        )
    ),
}
