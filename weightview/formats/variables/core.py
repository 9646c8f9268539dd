"""Variables of the core layers: Dense, EinsumDense, Embedding and what quantisation adds."""

from weightview.formats.variables.table import (
    Axes,
    Config,
    Shape,
    Table,
    Variable,
    Variables,
    bias,
    quantization_mode,
)


def _frozen(name: str, *axes: str, **more: str) -> Variable:
    return Variable(name, axes, trainable=False, **more)  # type: ignore[arg-type]  # only str fields


_FLOAT8 = tuple(
    variable
    for part in ("inputs", "kernel", "outputs_grad")
    for variable in (
        Variable(f"{part}_scale", ()),
        Variable(f"{part}_amax_history", ("step",)),
    )
)


def _loaded_order(config: Config) -> tuple[str, ...]:
    """Return the order after loading: float8 makes its scales before the kernel, not after it."""
    scales = tuple(variable.name for variable in _FLOAT8)
    if quantization_mode(config) != "float8":
        return ()
    return (*scales, "kernel", "bias")


def _per_channel(config: Config, shape: Shape) -> Axes:
    del config
    return ("group", "unit")[2 - len(shape) :]


def _lora(kind: str, first: str, last: str) -> tuple[Variable, ...]:
    on = has_lora
    return (
        Variable(f"lora_{kind}_a", (first, "rank"), on, stored=False),
        Variable(f"lora_{kind}_b", ("rank", last), on, stored=False),
    )


def has_lora(config: Config) -> bool:
    """Return whether a layer has LoRA matrices: its kernel itself then rests."""
    return bool(config.get("lora_rank"))


def _dense(config: Config) -> tuple[Variable, ...]:
    mode = quantization_mode(config)
    unit_bias = bias("unit")
    if mode == "int8":
        kernel = _frozen("kernel", "input", "unit", scale="kernel_scale")
        lora = _lora("kernel", "input", "unit")
        return (unit_bias, *lora, kernel, _frozen("kernel_scale", "unit"))
    if mode in ("int4", "gptq", "awq"):
        packed = mode == "int4"
        axes = ("input", "packed units") if packed else ("packed units", "input")
        name = "kernel"
        scale = Variable("kernel_scale", _per_channel, trainable=False)
        zero = "zero_point" if mode != "int4" else "kernel_zero"
        more = (Variable(zero, _per_channel, trainable=False),)
        awq = (_frozen("awq_scales", "input"),) if mode == "awq" else ()
        return (
            unit_bias,
            *_lora("kernel", "input", "unit"),
            _frozen(name, *axes, scale="kernel_scale"),
            scale,
            *more,
            *awq,
            _frozen("g_idx", "input"),
        )
    # With LoRA the kernel itself rests; it stays where it is in the list of weights.
    kernel = Variable("kernel", ("input", "unit"), trainable=not has_lora(config), keras1="W")
    if mode == "float8":
        return (kernel, unit_bias, *_FLOAT8)
    return (kernel, unit_bias, *_lora("kernel", "input", "unit"))


def _quantised_order(config: Config) -> tuple[str, ...]:
    """Return the order of ``variable_serialization_spec`` of Dense and EinsumDense."""
    mode = quantization_mode(config)
    lora = ("lora_kernel_a", "lora_kernel_b")
    if mode in ("gptq", "awq"):
        return ("bias", "kernel", "kernel_scale", "zero_point", "awq_scales", "g_idx", *lora)
    scales = tuple(variable.name for variable in _FLOAT8 if variable.name != "kernel_scale")
    if mode == "float8":
        return ("kernel", "bias", *(variable.name for variable in _FLOAT8), *lora)
    return ("kernel", "bias", "kernel_scale", "kernel_zero", "g_idx", *lora, *scales)


def _einsum_axes(config: Config, shape: Shape) -> Axes:
    """Name the kernel's axes: contracted with the input, or of the output, by the equation."""
    equation = config.get("equation")
    if not isinstance(equation, str) or "->" not in equation:
        return tuple(f"axis {number}" for number in range(len(shape)))
    sources, result = equation.replace(" ", "").split("->", 1)
    kernel = sources.split(",")[-1]
    words = [f"unit ({letter})" if letter in result else f"input ({letter})" for letter in kernel]
    return tuple(words)


def _einsum_bias_axes(config: Config, shape: Shape) -> Axes:
    axes = config.get("bias_axes")
    if not isinstance(axes, str):
        return ()
    letters = axes if len(axes) == len(shape) else axes.rjust(len(shape), "?")
    return tuple(f"unit ({letter})" for letter in letters[-len(shape) :]) if shape else ()


def _packed_axes(config: Config, shape: Shape) -> Axes:
    """Name the axes of a kernel that was laid out flat and packed, two numbers to a byte."""
    del config
    return tuple(f"packed axis {number + 1}" for number in range(len(shape)))


def _group_axes(config: Config, shape: Shape) -> Axes:
    """Name the axes of what belongs to groups of a quantised kernel's numbers."""
    del config
    return tuple(f"group axis {number + 1}" for number in range(len(shape)))


def _rank_axes(config: Config, shape: Shape) -> Axes:
    """Name the axes of a LoRA matrix of an EinsumDense, which no file holds."""
    del config
    return tuple(f"rank axis {number + 1}" for number in range(len(shape)))


def _indexed_axes(config: Config, shape: Shape) -> Axes:
    del config
    return ("index", "group")[: len(shape)]


def _einsum(config: Config) -> tuple[Variable, ...]:
    mode = quantization_mode(config)
    unit_bias = Variable("bias", _einsum_bias_axes, lambda c: c.get("bias_axes") is not None)
    lora = (
        Variable("lora_kernel_a", _rank_axes, has_lora, stored=False),
        Variable("lora_kernel_b", _rank_axes, has_lora, stored=False),
    )
    if mode in ("int8", "int4", "gptq", "awq"):
        kernel_axes = _einsum_axes if mode == "int8" else _packed_axes
        zero = "zero_point" if mode in ("gptq", "awq") else "kernel_zero"
        names = ["kernel_scale"] if mode == "int8" else ["kernel_scale", zero]
        names += ["awq_scales"] if mode == "awq" else []
        names += [] if mode == "int8" else ["g_idx"]
        return (
            unit_bias,
            *lora,
            Variable("kernel", kernel_axes, trainable=False, scale="kernel_scale"),
            *(Variable(name, _group_axes, trainable=False) for name in names),
        )
    kernel = Variable("kernel", _einsum_axes, trainable=not has_lora(config))
    if mode == "float8":
        return (kernel, unit_bias, *_FLOAT8)
    return (kernel, unit_bias, *lora)


def _embedding(config: Config) -> tuple[Variable, ...]:
    mode = quantization_mode(config)
    if mode in ("int8", "int4"):
        axes = ("index", "dimension") if mode == "int8" else ("index", "packed dimension")
        scale = Variable(
            "embeddings_scale", lambda _, s: ("index", "group")[: len(s)], trainable=False
        )
        more: tuple[Variable, ...] = ()
        if mode == "int4":
            more = (
                Variable("embeddings_zero", _indexed_axes, trainable=False),
                _frozen("g_idx", "dimension"),
            )
        embeddings = Variable("embeddings", axes, trainable=False, scale="embeddings_scale")
        return (*_lora("embeddings", "index", "dimension"), embeddings, scale, *more)
    return (
        Variable("embeddings", ("index", "dimension"), trainable=not has_lora(config), keras1="W"),
        *_lora("embeddings", "index", "dimension"),
    )


def _is_untied(config: Config) -> bool:
    return config.get("tie_weights") is False


def _reversible_embedding(config: Config) -> tuple[Variable, ...]:
    mode = quantization_mode(config)
    if mode in ("int8", "int4"):
        names = ["reverse_embeddings", "reverse_embeddings_scale"]
        names += ["reverse_embeddings_zero"] if mode == "int4" else []
        reverse = tuple(Variable(n, _group_axes, _is_untied, trainable=False) for n in names)
    else:
        reverse = (Variable("reverse_embeddings", ("dimension", "index"), _is_untied),)
    return (*_embedding(config), *reverse)


def _embedding_order(config: Config) -> tuple[str, ...]:
    """Return the order of ``variable_serialization_spec`` of Embedding."""
    del config
    names = ["embeddings", "embeddings_scale", "embeddings_zero", "g_idx"]
    names += ["reverse_embeddings", "reverse_embeddings_scale", "reverse_embeddings_zero"]
    return (*names, "lora_embeddings_a", "lora_embeddings_b")


TABLE: Table = {
    "Dense": Variables(_dense, stored_order=_quantised_order, loaded_order=_loaded_order),
    "EinsumDense": Variables(_einsum, stored_order=_quantised_order, loaded_order=_loaded_order),
    "Embedding": Variables(_embedding, stored_order=_embedding_order),
    "ReversibleEmbedding": Variables(_reversible_embedding, stored_order=_embedding_order),
    "PReLU": Variables((Variable("alpha", lambda _, s: _feature_axes(s), keras1="alphas"),)),
}


def _feature_axes(shape: Shape) -> Axes:
    """Name the axes of one sample: the last is the channel, those before it a place."""
    places = {1: (), 2: ("step",), 3: ("row", "column"), 4: ("depth", "row", "column")}
    if len(shape) not in places:
        return tuple(f"axis {number}" for number in range(len(shape)))
    return (*places[len(shape)], "channel")
