"""Variables of convolutions, also transposed, depthwise, separable and locally connected."""

from weightview.formats.variables.table import Table, Variable, Variables, bias

_PLACES = {
    1: ("kernel step",),
    2: ("kernel height", "kernel width"),
    3: ("kernel depth", "kernel height", "kernel width"),
}


def _plain(rank: int) -> Variables:
    return Variables((Variable("kernel", (*_PLACES[rank], "channel", "filter")), bias("filter")))


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
    (Variable("kernel", ("output step", "window", "filter")), bias("output step", "filter"))
)
_LOCAL_2D = Variables(
    (
        Variable("kernel", lambda _, shape: _local_axes(len(shape))),
        bias("output row", "output column", "filter"),
    )
)


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
