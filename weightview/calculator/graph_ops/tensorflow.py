"""TensorFlow functions in functional graphs of Keras 2 (``TFOpLambda``, ``SlicingOpLambda``)."""

from typing import Any

from weightview.calculator.call import Call
from weightview.calculator.registry import operation, operations

NAMES: dict[str, str] = {
    "__operators__.add": "Add",
    "__operators__.getitem": "GetItem",
    "math.add": "Add",
    "math.subtract": "Subtract",
    "math.multiply": "Multiply",
    "math.divide": "Divide",
    "math.truediv": "Divide",
    "math.floordiv": "FloorDivide",
    "math.pow": "Power",
    "math.floormod": "Mod",
    "math.maximum": "Maximum",
    "math.minimum": "Minimum",
    "math.squared_difference": "SquaredDifference",
    "math.equal": "Equal",
    "math.not_equal": "NotEqual",
    "math.less": "Less",
    "math.less_equal": "LessEqual",
    "math.greater": "Greater",
    "math.greater_equal": "GreaterEqual",
    "math.logical_and": "LogicalAnd",
    "math.logical_or": "LogicalOr",
    "math.logical_not": "LogicalNot",
    "math.negative": "Negative",
    "math.abs": "Absolute",
    "math.exp": "Exp",
    "math.expm1": "Expm1",
    "math.log": "Log",
    "math.log1p": "Log1p",
    "math.sqrt": "Sqrt",
    "math.rsqrt": "Rsqrt",
    "math.square": "Square",
    "math.reciprocal": "Reciprocal",
    "math.sin": "Sin",
    "math.cos": "Cos",
    "math.tan": "Tan",
    "math.sinh": "Sinh",
    "math.cosh": "Cosh",
    "math.floor": "Floor",
    "math.ceil": "Ceil",
    "math.round": "Round",
    "math.sign": "Sign",
    "math.erf": "Erf",
    "math.tanh": "Tanh",
    "math.sigmoid": "Sigmoid",
    "math.softplus": "Softplus",
    "math.reduce_sum": "Sum",
    "math.reduce_mean": "Mean",
    "math.reduce_max": "Max",
    "math.reduce_min": "Min",
    "math.reduce_prod": "Prod",
    "math.reduce_std": "Std",
    "math.reduce_variance": "Var",
    "math.reduce_logsumexp": "Logsumexp",
    "math.argmax": "Argmax",
    "math.argmin": "Argmin",
    "math.cumsum": "Cumsum",
    "linalg.matmul": "Matmul",
    "concat": "Concatenate",
    "stack": "Stack",
    "reshape": "Reshape",
    "transpose": "Transpose",
    "expand_dims": "ExpandDims",
    "squeeze": "Squeeze",
    "reverse": "Flip",
    "roll": "Roll",
    "repeat": "Repeat",
    "tile": "Tile",
    "broadcast_to": "BroadcastTo",
    "where": "Where",
    "cast": "Cast",
    "identity": "Identity",
    "clip_by_value": "Clip",
    "nn.relu": "Relu",
    "nn.relu6": "Relu6",
    "nn.leaky_relu": "LeakyRelu",
    "nn.elu": "Elu",
    "nn.selu": "Selu",
    "nn.silu": "Silu",
    "nn.gelu": "Gelu",
    "nn.softsign": "Softsign",
    "nn.softmax": "Softmax",
    "nn.log_softmax": "LogSoftmax",
    "nn.tanh": "Tanh",
    "nn.sigmoid": "Sigmoid",
}
"""The op that does what a TensorFlow function does, by the function's name."""

_OTHER_NAMES = {"floor_div": "math.floordiv", "mod": "math.floormod", "pow": "math.pow"}
"""What a function is also stored as."""

_CONSTANT = "_CONSTANT_VALUE"

_KEYWORDS = {
    "y": "x2",
    "keep_dims": "keepdims",
    "clip_value_min": "x_min",
    "clip_value_max": "x_max",
}


@operation("TFOpLambda", "SlicingOpLambda")
def tensorflow_function(call: Call, *arguments: Any, **keywords: Any) -> Any:
    """Do what a function of TensorFlow does, where an op here does the same."""
    name = str(call.setting("function", default=""))
    # Functions stand under several names: math.sin, sin, compat.v1.math.sin.
    short = name.removeprefix("compat.v1.")
    short = _OTHER_NAMES.get(short, short)
    found = NAMES.get(short) or NAMES.get(f"math.{short}") or NAMES.get(f"nn.{short}")
    if found is None:
        raise call.refuse(f"the calculator does not know tf.{name}")
    plain = []
    for argument in arguments:
        # Keras 2 writes a first argument that is no tensor as [_CONSTANT, -1, value, {...}].
        if isinstance(argument, list) and argument[:1] == [_CONSTANT]:
            _, _, value, more = argument
            plain.append(value)
            keywords = {**keywords, **more}
        else:
            plain.append(argument)
    given = {
        _KEYWORDS.get(key, key): value
        for key, value in keywords.items()
        if key != "name" and value is not None
    }
    if found == "Where" and "x" in given:
        given["x1"] = given.pop("x")
    if found == "Gelu":
        given.setdefault("approximate", False)
    if found == "Matmul":
        given = {"x2" if key == "b" else key: value for key, value in given.items()}
        if any(given.pop(key, False) for key in ("transpose_a", "transpose_b")):
            raise call.refuse("the calculator does not know a product of turned matrices")
    return operations()[found].function(call, *plain, **given)
