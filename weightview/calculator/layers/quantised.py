"""Dense and Embedding with quantised numbers, and LoRA: kernels as they are when multiplied.

Sources: ``keras.layers.Dense._int8_call``, ``_int4_call``, ``_float8_call`` and
``keras.quantizers``.
"""

from typing import Any

import numpy as np

from weightview.calculator.call import Call
from weightview.calculator.operations.elementwise import apply
from weightview.calculator.operations.rearranging import moved
from weightview.calculator.operations.reducing import reduce_axes
from weightview.calculator.operations.summing import einsum, matmul
from weightview.calculator.precision import precision_of
from weightview.calculator.tensors import Array, Tensor, constant

_EPSILON = 1e-7
_INT8_MOST = 127
_FLOAT8_MOST = 448.0
_HALF_BYTE = 15
_SIGN = 8


def embeddings_of(call: Call) -> Tensor:
    """Return the table of an Embedding in floats; a stage where it is not stored so."""
    table = call.need("embeddings")
    mode = call.plan.mode(call.layer)
    if mode not in ("int8", "int4"):
        return adapted(call, table, "embeddings")
    if mode == "int4":
        numbers = unpacked(table, int(call.config["output_dim"]))
        table = call.stage("unpacked", "two numbers of each byte", numbers)
    scale = call.need("embeddings_scale")
    zero, groups = call.weight("embeddings_zero"), call.weight("g_idx")
    if zero is not None and groups is not None and scale.ndim > 1:
        chosen = groups.value.astype(np.intp)
        result = apply(
            _grouped, "({(x)} - {zero}) · {scale}", x=table,
            zero=moved(lambda z: z[:, chosen], zero), scale=moved(lambda s: s[:, chosen], scale),
        )  # fmt: skip
    else:
        wide = moved(lambda s: s[:, np.newaxis], scale, has_batch=False)
        result = apply(np.divide, "{x} / {scale}", x=table, scale=wide)
    result.has_batch = False
    table = call.stage("table", "embeddings in floats", result)
    return adapted(call, table, "embeddings")


def _grouped(x: Any, zero: Any, scale: Any) -> Any:
    return (x - zero) * scale


def adapted(call: Call, kernel: Tensor, name: str) -> Tensor:
    """Return ``kernel`` with its LoRA product added, where the layer has one."""
    a = call.weight(f"lora_{name}_a")
    if a is None:
        return kernel
    b = call.need(f"lora_{name}_b")
    rank = a.shape[-1]
    alpha = call.setting("lora_alpha", default=rank)
    product = call.stage("lora", f"lora_{name}_a @ lora_{name}_b", matmul(a, b))
    share = constant(float(alpha) / rank, "lora_alpha / lora_rank", kernel.dtype)

    def function(kernel: Any, product: Any, share: Any) -> Any:
        return kernel + share * product

    template = "{kernel} + {share} · {(product)}"
    result = apply(function, template, kernel=kernel, product=product, share=share)
    return call.stage("adapted", f"{name} + lora_alpha / lora_rank · lora", result)


def unpacked(packed: Tensor, size: int) -> Tensor:
    """Return the numbers from -8 to 7 of which two lie in each byte, along the last axis."""

    def low(x: Any) -> Any:
        return ((np.asarray(x).astype(np.int64) & _HALF_BYTE) ^ _SIGN) - _SIGN

    def high(x: Any) -> Any:
        return (((np.asarray(x).astype(np.int64) >> 4) & _HALF_BYTE) ^ _SIGN) - _SIGN

    first = apply(low, "low half of {x}", x=packed)
    second = apply(high, "high half of {x}", x=packed)
    shape = (*packed.shape[:-1], packed.shape[-1] * 2)

    def interleave(a: Array, b: Array) -> Array:
        return np.stack([a, b], axis=-1).reshape(shape)[..., :size]

    result = moved(interleave, first, second, has_batch=False)
    dtype = packed.dtype
    return Tensor(result.value.astype(dtype), result.made, None, False)


def quantised_sum(call: Call, x: Tensor, mode: str) -> Tensor:
    """Return ``x @ kernel`` of a quantised Dense, as Keras computes it.

    Raises:
        CalculationError: the mode is one that is not computed here.
    """
    if mode == "float8":
        return _float8(call, x)
    kernel = call.need("kernel")
    scale = call.need("kernel_scale")
    if mode == "int4":
        numbers = unpacked(kernel, int(call.config["units"]))
        kernel = call.stage("unpacked_kernel", "two numbers of each byte", numbers)
        zero, groups = call.weight("kernel_zero"), call.weight("g_idx")
        if zero is not None and groups is not None and scale.ndim > 1:
            return _by_groups(call, x, kernel, scale, zero, groups)
    elif mode != "int8":
        raise call.refuse(f"the calculator does not know Dense quantised by “{mode}”")
    if _inputs_stay(call):
        z = call.stage("whole_sum", "x @ kernel", matmul(x, kernel))
        return call.stage("weighted_sum", "/ kernel_scale", _divided(z, scale))
    rows, row_scale = _whole_input(call, x, (x.ndim - 1,))
    z = call.stage("whole_sum", "whole x @ kernel", matmul(rows, kernel))

    def function(z: Any, scale: Any, row_scale: Any) -> Any:
        return z / (scale * row_scale)

    template = "{z} / ({scale} · {row_scale})"
    result = apply(function, template, z=z, scale=scale, row_scale=row_scale)
    return call.stage("weighted_sum", "/ (kernel_scale · input_scale)", result)


def quantised_einsum(call: Call, x: Tensor, equation: str, mode: str) -> Tensor:
    """Return the sums of a quantised EinsumDense (``keras.layers.EinsumDense._int8_call``).

    Raises:
        CalculationError: the mode is not int8.
    """
    if mode != "int8":
        raise call.refuse(f"the calculator does not know EinsumDense quantised by “{mode}”")
    kernel, scale = call.need("kernel"), call.need("kernel_scale")
    if _inputs_stay(call):
        z = call.stage("whole_sum", f"einsum {equation}", einsum(equation, x, kernel))
        return call.stage("weighted_sum", "/ kernel_scale", _divided(z, scale))
    left, out = equation.partition(",")[0], equation.partition("->")[2]
    axes = tuple(i for i, label in enumerate(left) if label not in out)
    whole, factor = _whole_input(call, x, axes)
    kept = [label for label in left if label in out]
    order = [kept.index(label) for label in out if label in kept]

    def align(a: Array) -> Array:
        a = a.reshape([n for i, n in enumerate(a.shape) if i not in axes]).transpose(order)
        new = tuple(i for i, label in enumerate(out) if label not in kept)
        return np.expand_dims(a, new)

    z = call.stage("whole_sum", f"einsum {equation} of whole x", einsum(equation, whole, kernel))
    result = apply(
        _scaled_back, "{z} / ({scale} · {factor})", z=z, scale=scale, factor=moved(align, factor)
    )
    return call.stage("weighted_sum", "/ (kernel_scale · input_scale)", result)


def _scaled_back(z: Any, scale: Any, factor: Any) -> Any:
    return z / (scale * factor)


def _divided(z: Tensor, scale: Tensor) -> Tensor:
    return apply(np.divide, "{z} / {scale}", z=z, scale=scale)


def _inputs_stay(call: Call) -> bool:
    """Return whether only the weights are quantised."""
    config = call.config.get("quantization_config")
    inner = config.get("config") if isinstance(config, dict) else None
    return isinstance(inner, dict) and inner.get("activation_quantizer", 1) is None


def _whole_input(call: Call, x: Tensor, axes: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Return the input as whole numbers up to 127, and the factor over each of ``axes``."""
    size = np.max(np.abs(x.value), axis=axes, keepdims=True)
    largest = apply(np.abs, "|{x}|", x=x)
    largest = call.stage("input_size", "|x|", largest)
    most = call.stage("largest_input", "max |x|", reduce_axes(largest, "max", axes, True, size))
    epsilon = constant(_EPSILON, "epsilon", x.dtype)

    def to_scale(most: Any, epsilon: Any) -> Any:
        return _INT8_MOST / (most + epsilon)

    scale = apply(to_scale, "127 / ({most} + {epsilon})", most=most, epsilon=epsilon)
    scale = call.stage("input_scale", "127 / max |x|", scale)

    def rounded(x: Any, scale: Any) -> Any:
        return np.clip(np.round(x * scale), -_INT8_MOST, _INT8_MOST)

    rows = apply(rounded, "round({(x)} · {scale})", x=x, scale=scale)
    return call.stage("whole_input", "round(x · input_scale)", rows), scale


def _by_groups(
    call: Call, x: Tensor, kernel: Tensor, scale: Tensor, zero: Tensor, groups: Tensor
) -> Tensor:
    chosen = groups.value.astype(np.intp)
    floats = apply(
        _grouped, "({(x)} - {zero}) · {scale}", x=kernel,
        zero=moved(lambda z: z[chosen], zero, has_batch=False),
        scale=moved(lambda s: s[chosen], scale, has_batch=False),
    )  # fmt: skip
    kernel = call.stage("kernel", "(kernel - zero) · scale", floats)
    return call.stage("weighted_sum", "x @ kernel", matmul(x, kernel))


def _float8(call: Call, x: Tensor) -> Tensor:
    """Return the product of input and kernel, both rounded to float8 numbers."""
    import ml_dtypes

    most = _FLOAT8_MOST

    def rounded(x: Any, scale: Any) -> Any:
        dtype = np.asarray(x).dtype
        eight = np.clip(x / scale, -most, most).astype(ml_dtypes.float8_e4m3fn)
        return eight.astype(dtype) * scale

    template = "float8({(x)} / {scale}) · {scale}"
    inputs = apply(rounded, template, x=x, scale=call.need("inputs_scale"))
    inputs = call.stage("rounded_input", "x rounded to float8", inputs)
    kernel = apply(rounded, template, x=call.need("kernel"), scale=call.need("kernel_scale"))
    kernel.has_batch = False
    kernel = call.stage("rounded_kernel", "kernel rounded to float8", kernel)
    return call.stage("weighted_sum", "x @ kernel", matmul(inputs, kernel))


def float8_bias(call: Call, bias: Tensor) -> Tensor:
    """Return the bias rounded to bfloat16, as Keras adds it after a float8 product."""
    if call.precision.low or call.precision.dtype != np.float32:
        return bias
    low = precision_of("bfloat16", "float32")

    def function(bias: Any) -> Any:
        return low.fit(np.asarray(bias, dtype=np.float32))

    rounded = apply(function, "bfloat16({bias})", bias=bias)
    rounded.has_batch = False
    return call.stage("rounded_bias", "bias rounded to bfloat16", rounded)
