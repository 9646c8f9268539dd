"""Variables of the normalisation layers."""

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


def _over(config: Config, shape: Shape) -> Axes:
    """Name the axes that are normalised together: one is the channel."""
    del config
    if len(shape) == 1:
        return ("channel",)
    return tuple(f"normalised axis {number + 1}" for number in range(len(shape)))


_SCALE_AND_CENTER = (
    Variable("gamma", _over, flag("scale")),
    Variable("beta", _over, flag("center")),
)


def _moving(name: str, *, only_renorm: bool = False, keras1: str = "") -> Variable:
    when = flag("renorm", False) if only_renorm else always
    return Variable(name, _over, when, trainable=False, keras1=keras1)


_BATCH = Variables(
    (
        Variable("gamma", _over, flag("scale"), keras1="gamma"),
        Variable("beta", _over, flag("center"), keras1="beta"),
        _moving("moving_mean", keras1="running_mean"),
        _moving("moving_variance", keras1="running_std"),
        _moving("moving_stddev", only_renorm=True),
        _moving("renorm_mean", only_renorm=True),
        _moving("renorm_stddev", only_renorm=True),
    )
)


def _is_adapted(config: Config) -> bool:
    """Return whether ``adapt`` learned the numbers: given ones stay in the config."""
    return config.get("mean") is None


def _statistics_axes(config: Config, shape: Shape) -> Axes:
    del config
    return tuple(f"kept axis {number + 1}" for number in range(len(shape)))


def _has_group_axis(config: Config, shape: Shape) -> Axes:
    del config
    return ("channel",) if len(shape) == 1 else tuple(f"axis {n}" for n in range(len(shape)))


TABLE: Table = {
    "BatchNormalization": _BATCH,
    "SyncBatchNormalization": _BATCH,
    "BatchNormalizationV1": _BATCH,
    "BatchNormalizationV2": _BATCH,
    "LayerNormalization": Variables(_SCALE_AND_CENTER),
    "GroupNormalization": Variables(
        (
            Variable("gamma", _has_group_axis, flag("scale")),
            Variable("beta", _has_group_axis, flag("center")),
        )
    ),
    "RMSNormalization": Variables((Variable("scale", _over),)),
    "Normalization": Variables(
        (
            Variable("mean", _statistics_axes, _is_adapted, trainable=False),
            Variable("variance", _statistics_axes, _is_adapted, trainable=False),
            Variable("count", (), _is_adapted, trainable=False),
        )
    ),
}
