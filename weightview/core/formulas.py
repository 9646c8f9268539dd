"""Formulas that a person types for many numbers at once: ``w * 2``, ``where(abs(w) < 0.01, 0, w)``.

Nothing is executed as Python. The text must be one expression of numbers, the names below and
calls of the functions below, which is checked before it is handed to asteval.
"""

import ast
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from weightview.core.errors import NumberError

Array = npt.NDArray[Any]

NAMES = ("w", "i", "j", "pi", "e")
"""The number itself, its row, its column, and two constants."""

FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "abs": np.abs,
    "ceil": np.ceil,
    "clip": np.clip,
    "cos": np.cos,
    "exp": np.exp,
    "floor": np.floor,
    "isfinite": np.isfinite,
    "isnan": np.isnan,
    "log": np.log,
    "max": np.max,
    "maximum": np.maximum,
    "mean": np.mean,
    "min": np.min,
    "minimum": np.minimum,
    "round": np.round,
    "sign": np.sign,
    "sin": np.sin,
    "sqrt": np.sqrt,
    "std": np.std,
    "sum": np.sum,
    "tanh": np.tanh,
    "where": np.where,
}

_AROUND = frozenset(("max", "mean", "min", "std", "sum"))
_LONGEST = 400
_DEEPEST = 60
_NODES = (
    ast.Expression,
    ast.BinOp,
    ast.UnaryOp,
    ast.Compare,
    ast.Call,
    ast.Name,
    ast.Constant,
    ast.Load,
    ast.operator,
    ast.unaryop,
    ast.cmpop,
)
_REFUSED = (ast.In, ast.NotIn, ast.Is, ast.IsNot, ast.LShift, ast.RShift, ast.MatMult)


def looks_around(text: str) -> bool:
    """Return whether the value for one number depends on the others: ``w - mean(w)``."""
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(isinstance(node, ast.Name) and node.id in _AROUND for node in ast.walk(tree))


def evaluate(text: str, w: Array, i: Array, j: Array) -> Array:
    """Return the formula's value for each number.

    Args:
        text: the formula.
        w: the numbers, any shape; taken as float64.
        i: the row of each, broadcastable to that shape.
        j: the column of each.

    Returns:
        float64 of the shape of ``w``.

    Raises:
        NumberError: the text is not such a formula, or has no value.
    """
    source = _checked(text)
    from asteval import Interpreter

    symbols = {
        "w": w.astype(np.float64),
        "i": np.asarray(i, np.float64),
        "j": np.asarray(j, np.float64),
        "pi": np.pi,
        "e": np.e,
        **FUNCTIONS,
    }
    interpreter = Interpreter(
        symtable=symbols, minimal=True, use_numpy=False, builtins_readonly=False
    )
    with np.errstate(all="ignore"):
        value = interpreter(source, show_errors=False, raise_errors=False)
        if interpreter.error:
            raise NumberError(text, f"“{text}” has no value: {_reason(interpreter.error)}.")
        try:
            result = np.broadcast_to(np.asarray(value, np.float64), w.shape)
        except (TypeError, ValueError):
            raise NumberError(text, f"“{text}” does not give one number per cell.") from None
    return np.array(result)


def _reason(errors: list[Any]) -> str:
    """Return the last error in words, without the interpreter's own frame."""
    kind, message = errors[-1].get_error()
    last = str(message).strip().splitlines()[-1].strip() if str(message).strip() else kind
    return last.rstrip(".")


def _checked(text: str) -> str:
    """Return the formula with every number as a float, or refuse it."""
    if len(text) > _LONGEST:
        raise NumberError(text, f"The formula is longer than {_LONGEST} characters.")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        message = f"“{text}” is not a formula. One is: w * 2 + 0.1 * i"
        raise NumberError(text, message) from error
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    _check_depth(tree, text)
    for node in ast.walk(tree):
        _check_node(node, text, is_called=id(node) in called)
    return ast.unparse(tree)


def _check_depth(tree: ast.AST, text: str) -> None:
    level: list[ast.AST] = [tree]
    for _ in range(_DEEPEST):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return
    raise NumberError(text, "The formula has too many brackets inside one another.")


def _check_node(node: ast.AST, text: str, *, is_called: bool) -> None:
    if isinstance(node, _REFUSED) or not isinstance(node, _NODES):
        what = type(node).__name__
        raise NumberError(text, f"“{text}” holds what a formula cannot: {what}.")
    if isinstance(node, ast.Name):
        known: tuple[str, ...] = tuple(FUNCTIONS) if is_called else NAMES
        if node.id not in known:
            names = ", ".join((*NAMES, *FUNCTIONS))
            raise NumberError(text, f"“{node.id}” is not known in a formula; known are: {names}.")
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            raise NumberError(text, f"“{node.value!r}” is not a number.")
        # Floats overflow to an error; whole numbers of Python would grow without end.
        node.value = _as_float(node.value, text)
    if isinstance(node, ast.Call) and (node.keywords or not isinstance(node.func, ast.Name)):
        raise NumberError(text, f"“{text}” calls what is not a function of formulas.")


def _as_float(value: float, text: str) -> float:
    try:
        return float(value)
    except OverflowError:
        raise NumberError(text, f"“{text}” holds a number that is too large.") from None
