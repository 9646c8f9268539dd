"""Variables of convolutions, also transposed, depthwise, separable and locally connected."""

from weightview.formats.variables.core import has_lora
from weightview.formats.variables.table import Table, Variable, Variables, bias

_PLACES = {
    1: ("kernel step",),
    2: ("kernel height", "kernel width"),
    3: ("kernel depth", "kernel height", "kernel width"),
}


def _plain(rank: int) -> Variables:
    places, axes = _PLACES[rank], ("channel", "filter")
    return Variables(
        lambda config: (
            Variable("kernel", (*places, *axes), trainable=not has_lora(config)),
            bias("filter"),
            Variable("lora_kernel_a", (*places, "channel", "rank"), has_lora, stored=False),
            Variable("lora_kernel_b", ("rank", "filter"), has_lora, stored=False),
        )
    )


def _transposed(rank: int) -> Variables:
    return Variables((Variable("kernel", (*_PLACES[rank], "filter", "channel")), bias("filter")))


def _depthwise(rank: int) -> Variables:
    kernel = Variable(
        "kernel", (*_PLACES[rank], "channel", "multiplier"), keras2="depthwise_kernel"
    )
    return Variables((kernel, bias("filter")))


def _separable(rank: int) -> Variables:
    return Variables(
        (
            Variable("depthwise_kernel", (*_PLACES[rank], "channel", "multiplier")),
            Variable("pointwise_kernel", (*_PLACES[rank], "channel", "filter")),
            bias("filter"),
        )
    )


_LOCAL_1D = Variables(
    (
        Variable("kernel", lambda _, shape: _local_steps(len(shape))),
        bias("output step", "filter"),
    )
)
_LOCAL_2D = Variables(
    (
        Variable("kernel", lambda _, shape: _local_axes(len(shape))),
        bias("output row", "output column", "filter"),
    )
)


def _local_steps(rank: int) -> tuple[str, ...]:
    """Name a LocallyConnected1D kernel's axes: implementation 2 keeps all pairs of steps."""
    if rank == 4:  # noqa: PLR2004 - the four axes named here
        return ("input step", "channel", "output step", "filter")
    return ("output step", "window", "filter") if rank == 3 else ("entry",)  # noqa: PLR2004


def _local_axes(rank: int) -> tuple[str, ...]:
    """Name a LocallyConnected2D kernel's axes: implementation 1 stores one matrix per place."""
    if rank == 3:  # noqa: PLR2004 - the three axes named here
        return ("place", "window", "filter")
    return tuple(f"axis {number}" for number in range(rank))


TABLE: Table = {
    **{f"Conv{rank}D": _plain(rank) for rank in (1, 2, 3)},
    **{f"Conv{rank}DTranspose": _transposed(rank) for rank in (1, 2, 3)},
    **{f"DepthwiseConv{rank}D": _depthwise(rank) for rank in (1, 2)},
    **{f"SeparableConv{rank}D": _separable(rank) for rank in (1, 2)},
    "LocallyConnected1D": _LOCAL_1D,
    "LocallyConnected2D": _LOCAL_2D,
}
