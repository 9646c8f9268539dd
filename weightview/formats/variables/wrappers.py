"""Variables of layers that wrap another one."""

from weightview.formats.variables.table import Axes, Config, Shape, Table, Variable, Variables


def _wrapped_kernel(config: Config, shape: Shape) -> Axes:
    del config
    return tuple(f"axis {number}" for number in range(len(shape)))


TABLE: Table = {
    # The wrapper keeps the wrapped layer's kernel (or embeddings) as an attribute of its own.
    "SpectralNormalization": Variables(
        (
            Variable("kernel", _wrapped_kernel, alias="layer"),
            Variable("vector_u", ("one", "filter"), trainable=False),
        )
    ),
}
