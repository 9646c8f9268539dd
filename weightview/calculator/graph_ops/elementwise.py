"""Ops on numbers one by one: arithmetic, comparisons, functions, and the activations of ops.nn."""

from collections.abc import Callable
from typing import Any

import numpy as np

from weightview.calculator.activations import ACTIVATIONS, Activation, with_parameters
from weightview.calculator.call import Call
from weightview.calculator.operations.activating import activate
from weightview.calculator.operations.elementwise import add, apply, subtract
from weightview.calculator.registry import operation
from weightview.calculator.tensors import Tensor, constant, number_text


def as_tensor(x: Any, like: Tensor | None = None) -> Tensor:
    """Return an argument of an op as a tensor; numbers take the dtype of ``like``."""
    if isinstance(x, Tensor):
        return x
    array = np.asarray(x)
    whole_among_floats = like is not None and like.dtype.kind == "f" and array.dtype.kind in "iub"
    if like is not None and (array.dtype.kind == like.dtype.kind or whole_among_floats):
        array = array.astype(like.dtype)
    single = array.ndim == 0 and array.dtype.kind in "iuf"
    name = number_text(float(array)) if single else "constant"
    return constant(array, name)


def pair(x: Any, y: Any) -> tuple[Tensor, Tensor]:
    """Return both arguments of an op as tensors of one kind."""
    tensor = x if isinstance(x, Tensor) else y if isinstance(y, Tensor) else None
    return as_tensor(x, tensor), as_tensor(y, tensor)


def named_result(call: Call, formula: str, result: Tensor) -> Tensor:
    """Make the op's result its stage ``output``."""
    return call.stage("output", formula, result)


@operation("Add")
def add_op(call: Call, x1: Any, x2: Any) -> Tensor:
    """Return ``x1 + x2``."""
    return named_result(call, "x1 + x2", add(*pair(x1, x2)))


@operation("Subtract")
def subtract_op(call: Call, x1: Any, x2: Any) -> Tensor:
    """Return ``x1 - x2``."""
    return named_result(call, "x1 - x2", subtract(*pair(x1, x2)))


BINARY: dict[str, tuple[Callable[..., Any], str, str]] = {
    "Multiply": (np.multiply, "{x1} × {(x2)}", "product"),
    "Divide": (np.true_divide, "{x1} / {(x2)}", "quotient"),
    "TrueDivide": (np.true_divide, "{x1} / {(x2)}", "quotient"),
    "FloorDivide": (np.floor_divide, "whole part of {x1} / {(x2)}", "function"),
    "Mod": (np.mod, "rest of {x1} / {(x2)}", "function"),
    "Power": (np.power, "{(x1)}^{x2}", "function"),
    "Maximum": (np.maximum, "max({x1}, {x2})", "max"),
    "Minimum": (np.minimum, "min({x1}, {x2})", "min"),
    "Arctan2": (np.arctan2, "arctan2({x1}, {x2})", "function"),
    "Equal": (np.equal, "{x1} = {x2}", "comparison"),
    "NotEqual": (np.not_equal, "{x1} ≠ {x2}", "comparison"),
    "Less": (np.less, "{x1} < {x2}", "comparison"),
    "LessEqual": (np.less_equal, "{x1} ≤ {x2}", "comparison"),
    "Greater": (np.greater, "{x1} > {x2}", "comparison"),
    "GreaterEqual": (np.greater_equal, "{x1} ≥ {x2}", "comparison"),
    "LogicalAnd": (np.logical_and, "{x1} and {x2}", "comparison"),
    "LogicalOr": (np.logical_or, "{x1} or {x2}", "comparison"),
    "LogicalXor": (np.logical_xor, "either {x1} or {x2}", "comparison"),
    "SquaredDifference": (lambda a, b: (a - b) * (a - b), "({x1} - {(x2)})²", "function"),
}


def _binary(name: str) -> None:
    function, template, combine = BINARY[name]

    def op(call: Call, x1: Any, x2: Any) -> Tensor:
        left, right = pair(x1, x2)
        result = apply(function, template, combine, x1=left, x2=right)
        return named_result(call, name, result)

    operation(name)(op)


def _rsqrt(x: Any) -> Any:
    return 1 / np.sqrt(x)


def _erf(x: Any) -> Any:
    from scipy.special import erf

    return erf(x)


UNARY: dict[str, tuple[Callable[[Any], Any], str]] = {
    "Negative": (np.negative, "-{(x)}"),
    "Absolute": (np.abs, "|{x}|"),
    "Abs": (np.abs, "|{x}|"),
    "Exp": (np.exp, "e^{x}"),
    "Exp2": (np.exp2, "2^{x}"),
    "Expm1": (np.expm1, "e^{x} - 1"),
    "Log": (np.log, "log({x})"),
    "Log2": (np.log2, "log2({x})"),
    "Log10": (np.log10, "log10({x})"),
    "Log1p": (np.log1p, "log(1 + {x})"),
    "Sqrt": (np.sqrt, "√{x}"),
    "Rsqrt": (_rsqrt, "1 / √{x}"),
    "Square": (np.square, "{(x)}²"),
    "Reciprocal": (np.reciprocal, "1 / {x}"),
    "Sin": (np.sin, "sin({x})"),
    "Cos": (np.cos, "cos({x})"),
    "Tan": (np.tan, "tan({x})"),
    "Arcsin": (np.arcsin, "arcsin({x})"),
    "Arccos": (np.arccos, "arccos({x})"),
    "Arctan": (np.arctan, "arctan({x})"),
    "Sinh": (np.sinh, "sinh({x})"),
    "Cosh": (np.cosh, "cosh({x})"),
    "Arcsinh": (np.arcsinh, "arcsinh({x})"),
    "Arccosh": (np.arccosh, "arccosh({x})"),
    "Arctanh": (np.arctanh, "arctanh({x})"),
    "Floor": (np.floor, "⌊{x}⌋"),
    "Ceil": (np.ceil, "⌈{x}⌉"),
    "Trunc": (np.trunc, "whole part of {x}"),
    "Sign": (np.sign, "sign({x})"),
    "Erf": (_erf, "erf({x})"),
    "Isnan": (np.isnan, "{x} is not a number"),
    "Isinf": (np.isinf, "{x} is infinite"),
    "Isfinite": (np.isfinite, "{x} is finite"),
    "LogicalNot": (np.logical_not, "not {x}"),
}


def _unary(name: str) -> None:
    function, template = UNARY[name]

    def op(call: Call, x: Any) -> Tensor:
        return named_result(call, name, apply(function, template, x=as_tensor(x)))

    operation(name)(op)


ACTIVATION_OPS: dict[str, str] = {
    "Relu": "relu", "Relu6": "relu6", "Sigmoid": "sigmoid", "Tanh": "tanh", "Softplus": "softplus",
    "Softsign": "softsign", "Silu": "silu", "Selu": "selu", "Elu": "elu",
    "Celu": "celu", "Gelu": "gelu", "LeakyRelu": "leaky_relu", "LogSigmoid": "log_sigmoid",
    "HardSigmoid": "hard_sigmoid", "HardSilu": "hard_silu", "HardTanh": "hard_tanh",
    "TanhShrink": "tanh_shrink", "SoftShrink": "soft_shrink", "HardShrink": "hard_shrink",
    "Squareplus": "squareplus", "SparsePlus": "sparse_plus", "SparseSigmoid": "sparse_sigmoid",
    "Softmax": "softmax", "LogSoftmax": "log_softmax", "Sparsemax": "sparsemax", "Glu": "glu",
    "Threshold": "threshold",
}  # fmt: skip

_PARAMETERS = ("negative_slope", "alpha", "approximate", "threshold", "default_value", "b", "axis")


def chosen_activation(call: Call, name: str, settings: dict[str, Any]) -> Activation:
    """Return an activation with the parameters that the op's config or keywords give."""
    base = ACTIVATIONS[name]
    given = {
        key: settings.get(key, call.config.get(key))
        for key in _PARAMETERS
        if key in base.parameters and settings.get(key, call.config.get(key)) is not None
    }
    if "axis" in given and isinstance(given["axis"], list):
        given["axis"] = tuple(given["axis"])
    if name == "gelu" and "approximate" not in given:
        # keras.ops.gelu is approximate unless told otherwise, the activation of that name is not.
        given["approximate"] = True
    return with_parameters(base, **given) if given else base


def _activation(op_name: str) -> None:
    name = ACTIVATION_OPS[op_name]

    def op(call: Call, x: Any, *values: Any, **settings: Any) -> Tensor:
        if values:
            first = next(iter(ACTIVATIONS[name].parameters), "axis")
            settings = {first: values[0], **settings}
        activation = chosen_activation(call, name, settings)
        return named_result(call, activation.name, activate(as_tensor(x), activation))

    operation(op_name)(op)


for _name in BINARY:
    _binary(_name)
for _name in UNARY:
    _unary(_name)
for _name in ACTIVATION_OPS:
    _activation(_name)


@operation("Round")
def round_op(call: Call, x: Any, decimals: int = 0) -> Tensor:
    """Return ``x`` rounded, halves to the even neighbour."""
    places = int(call.setting("decimals", default=decimals))

    def function(x: Any) -> Any:
        return np.round(x, places)

    return named_result(call, "rounded", apply(function, "round({x})", x=as_tensor(x)))


@operation("Clip")
def clip_op(call: Call, x: Any, x_min: Any = None, x_max: Any = None) -> Tensor:
    """Return ``x`` cut to a range."""
    tensor = as_tensor(x)
    low = as_tensor(call.setting("x_min", default=x_min), tensor)
    high = as_tensor(call.setting("x_max", default=x_max), tensor)

    def function(x: Any, low: Any, high: Any) -> Any:
        return np.minimum(np.maximum(x, low), high)

    template = "min(max({x}, {low}), {high})"
    return named_result(call, "cut", apply(function, template, x=tensor, low=low, high=high))


@operation("Where")
def where_op(call: Call, condition: Any, x1: Any = None, x2: Any = None) -> Tensor:
    """Return ``x1`` where the condition holds, else ``x2``."""
    if x1 is None or x2 is None:
        raise call.refuse("the calculator knows “where” with three arguments only")
    left, right = pair(x1, x2)
    test = as_tensor(condition)
    template = "{x1} if {condition}, else {x2}"
    return named_result(
        call, "chosen", apply(np.where, template, condition=test, x1=left, x2=right)
    )


@operation("Cast")
def cast_op(call: Call, x: Any, dtype: Any = None) -> Tensor:
    """Return ``x`` in another dtype; low precisions are rounded and kept as float32."""
    name = str(dtype if dtype is not None else call.setting("dtype"))
    wanted = np.float32 if name in ("float16", "bfloat16") else np.dtype(name)
    tensor = as_tensor(x)
    if np.dtype(wanted).kind == "f" and tensor.dtype.kind == "f":
        wanted = tensor.dtype if call.plan.dtype == "float64" else wanted

    def function(x: Any) -> Any:
        return np.asarray(x).astype(wanted)

    return named_result(call, f"as {name}", apply(function, f"{name}({{x}})", x=tensor))
