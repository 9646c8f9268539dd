"""The calculator's input: which shape a model expects, and what was typed or given."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weightview.core.errors import InputError, NumberError
from weightview.core.model import Layer, Model, Shape
from weightview.core.numbers import parse_number, shorten

Array = npt.NDArray[Any]
_CELLS = re.compile(r"[\s,;\[\]()]+")
_MOST_CELLS = 50_000_000


def input_shapes(model: Model) -> tuple[Shape | None, ...]:
    """Return the shape of each input, None for the batch axis; None where nothing tells it."""
    count = len(model.graph.inputs) if model.graph is not None else 1
    known = model.input_shape
    if known is not None:
        if known and isinstance(known[0], tuple):
            return tuple(known)
        if count == 1:
            return (known,)  # type: ignore[return-value]  # one shape: its entries are no tuples
    if model.graph is None:
        return (None,)
    by_name = {layer.name: layer for layer in model.layers}
    shapes = [_declared(by_name.get(ref.layer)) for ref in model.graph.inputs]
    if count == 1 and shapes[0] is None and model.graph.nodes:
        shapes[0] = _declared(by_name.get(model.graph.nodes[0].layer))
    return tuple(shapes)


def _declared(layer: Layer | None) -> Shape | None:
    """Return the input shape that a layer's config or first kernel tells."""
    if layer is None:
        return None
    for name in ("batch_shape", "batch_input_shape"):
        shape = layer.config.get(name)
        if isinstance(shape, (list, tuple)) and all(_is_size(n) for n in shape):
            return tuple(shape)
    built = layer.build_config.get("input_shape")
    if isinstance(built, (list, tuple)) and all(_is_size(n) for n in built):
        return tuple(built)
    if layer.graph is not None and layer.graph.inputs:
        by_name = {inner.name: inner for inner in layer.layers}
        first = by_name.get(layer.graph.inputs[0].layer)
        if first is None and layer.graph.nodes:
            first = by_name.get(layer.graph.nodes[0].layer)
        return _declared(first)
    if layer.class_name == "Dense":
        kernel = layer.weight("kernel")
        size = layer.config.get("input_dim") or (kernel.shape[0] if kernel is not None else None)
        return (None, size) if size else None
    return None


def _is_size(value: Any) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool))


def input_dtypes(model: Model) -> tuple[str, ...]:
    """Return the dtype that each input layer names; ``float32`` where nothing tells it."""
    if model.graph is None:
        return ("float32",)
    by_name = {layer.name: layer for layer in model.layers}
    return tuple(_dtype_name(by_name.get(ref.layer)) for ref in model.graph.inputs)


def _dtype_name(layer: Layer | None) -> str:
    if layer is None or layer.class_name != "InputLayer":
        return "float32"
    name = layer.config.get("dtype")
    return name if isinstance(name, str) else "float32"


def expected_sentence(model: Model) -> str:
    """Return what the model expects: ``This model expects 8 numbers (None, 8)``."""
    shapes = input_shapes(model)
    if len(shapes) == 1:
        return f"This model expects {_expected(shapes[0])}."
    names = model.graph.input_names if model.graph is not None else ()
    each = [
        f"{names[i] if i < len(names) else f'input {i + 1}'}: {_expected(shape)}"
        for i, shape in enumerate(shapes)
    ]
    return f"This model expects {len(shapes)} inputs – {'; '.join(each)}."


def _expected(shape: Shape | None) -> str:
    if shape is None:
        return "an input whose shape the file does not tell"
    sizes = shape[1:]
    if not sizes:
        return f"1 number {_shape_text(shape)}"
    if None in sizes:
        axes = " × ".join("any number" if n is None else str(n) for n in sizes)
        return (
            f"{axes} of numbers {_shape_text(shape)}"
            if len(sizes) == 1
            else (f"{axes} numbers {_shape_text(shape)}")
        )
    count = int(np.prod([n or 0 for n in sizes]))
    return f"{count} number{'s' if count != 1 else ''} {_shape_text(shape)}"


def _shape_text(shape: Shape) -> str:
    return str(tuple(shape))


@dataclass(frozen=True)
class ExpectedInput:
    """One input of a model: its shape with the batch axis (or None), and its dtype's name."""

    shape: Shape | None
    dtype: str


def expected_inputs(model: Model) -> tuple[ExpectedInput, ...]:
    """Return what is known of each input of ``model``."""
    shapes, dtypes = input_shapes(model), input_dtypes(model)
    return tuple(ExpectedInput(s, d) for s, d in zip(shapes, dtypes, strict=True))


def prepare_inputs(
    model: Model, expected: tuple[ExpectedInput, ...], inputs: Any, dtype: str
) -> tuple[tuple[Array, ...], bool]:
    """Return the inputs as arrays with a batch axis, and whether they were a batch.

    Args:
        model: the model.
        expected: what :func:`expected_inputs` says of it.
        inputs: one sample or a batch; for several inputs a list or a dict of them.
        dtype: the floating type of the calculation.

    Raises:
        InputError: they do not fit; the sentence says what is expected and what was found.
    """
    arrays: list[Array] = []
    batches: list[bool] = []
    for values, one in zip(_per_input(model, inputs, len(expected)), expected, strict=True):
        array = _as_array(values, one.dtype, dtype)
        if one.shape is None:
            is_batch = array.ndim > 1
        else:
            if array.ndim == 0 and all(n == 1 for n in one.shape[1:]):
                array = array.reshape([1] * (len(one.shape) - 1))  # a bare number is a sample
            is_batch = _is_batch(model, array, one.shape, len(expected))
        arrays.append(array if is_batch else array[np.newaxis])
        batches.append(is_batch)
    if len(arrays) > 1 and len(set(batches)) > 1:
        raise InputError("Some inputs are one sample and others a batch; give all alike.")
    if len(arrays) > 1 and len({len(array) for array in arrays}) > 1:
        sizes = ", ".join(str(len(array)) for array in arrays)
        raise InputError(f"The inputs have different numbers of samples: {sizes}.")
    return tuple(arrays), batches[0] if batches else False


def _per_input(model: Model, inputs: Any, count: int) -> Sequence[Any]:
    names = model.graph.input_names if model.graph is not None else ()
    if isinstance(inputs, Mapping):
        missing = [name for name in names if name not in inputs]
        if missing or len(inputs) != count:
            found = ", ".join(map(str, inputs)) or "none"
            raise InputError(f"The inputs are called {', '.join(names)}; found {found}.")
        return [inputs[name] for name in names]
    if count == 1:
        return [inputs]
    if isinstance(inputs, (list, tuple)) and len(inputs) == count:
        return inputs
    found = f"{len(inputs)}" if isinstance(inputs, (list, tuple)) else "one array"
    raise InputError(f"{expected_sentence(model)} Give a list of {count} or a dict; found {found}.")


def _as_array(values: Any, name: str, dtype: str) -> Array:
    if isinstance(values, np.ndarray) and values.dtype == dtype and name == "float32":
        # A copy: the caller may write into the array while the trace lives.
        return values.copy()
    try:
        array = np.array(values)
    except ValueError as error:
        raise InputError(f"The input is not a regular table of numbers ({error}).") from None
    if name == "string" or array.dtype.kind in "SU":
        if name != "string":
            raise InputError("The input holds text, and this model takes numbers.")
        return array
    if array.dtype.kind not in "biufV" or array.dtype.hasobject:
        raise InputError(f"The input holds {array.dtype}, and this model takes numbers.")
    if name.startswith(("int", "uint")):
        return _integers(array, name)
    return array.astype(np.bool_ if name == "bool" else dtype)


def _integers(array: Array, name: str) -> Array:
    if array.dtype.kind == "f" and not np.array_equal(array, np.trunc(array)):
        raise InputError(f"This model takes whole numbers ({name}); the input has a fraction.")
    return array.astype(name)


def _is_batch(model: Model, array: Array, shape: Shape, count: int) -> bool:
    found = array.shape
    sizes = shape[1:]
    if found == sizes or (len(found) == len(sizes) and _fits(found, sizes)):
        return False
    if len(found) == len(shape) and _fits(found[1:], sizes):
        return True
    text = _found(array)
    if array.size == math.prod(n if n is not None else 0 for n in sizes):
        text += f", as many as one sample has: give them the shape {sizes}"
    if count > 1:
        raise InputError(f"{expected_sentence(model)} One input has {text}.")
    raise InputError(f"{expected_sentence(model)[:-1]}; found {text}.")


def _fits(found: Sequence[int], sizes: Shape) -> bool:
    return all(n is None or n == m for n, m in zip(sizes, found, strict=True))


def _found(array: Array) -> str:
    if array.ndim == 0:
        return "one number by itself"
    many = f"{array.size} number{'' if array.size == 1 else 's'}"
    return many if array.ndim == 1 else f"{many} of shape {array.shape}"


def parse_input(text: str, shape: Shape | None, dtype: str = "float32") -> Array:
    """Return one sample that a person typed or pasted.

    Numbers may stand apart by commas, semicolons, spaces, tabs or lines, in brackets or not; only
    their order counts, and how many there are.

    Args:
        text: what was typed: ``10``, ``1, 2, 3``, ``[[1, 2], [3, 4]]``, a column.
        shape: the model's input shape with the batch axis; None where nothing tells it.
        dtype: how the numbers are stored.

    Returns:
        An array of the input's shape without the batch axis.

    Raises:
        NumberError: a word is not a number.
        InputError: there are too few or too many.
    """
    words = [word for word in _CELLS.split(text) if word]
    if not words:
        expected = f"; expected {_expected(shape)}" if shape is not None else ""
        raise InputError(f"There is no number in the input{expected}.")
    if len(words) > _MOST_CELLS:
        raise InputError(f"The input has {len(words)} numbers, which is more than can be handled.")
    numbers = _numbers(words, np.dtype(dtype))
    if shape is None:
        return numbers
    sizes = shape[1:]
    wanted = _sample_shape(sizes, numbers.size)
    if wanted is None:
        raise InputError(f"This model expects {_expected(shape)}; found {numbers.size}.")
    return numbers.reshape(wanted)


def _numbers(words: list[str], dtype: np.dtype[Any]) -> Array:
    if dtype.kind == "f":
        try:
            numbers = np.array(words, dtype=np.float64)
        except ValueError:
            pass  # The slow way below names the word that is not a number.
        else:
            with np.errstate(over="ignore"):
                stored = numbers.astype(dtype)
            if np.isfinite(stored).all():
                return stored
    result = np.empty(len(words), dtype)
    for i, word in enumerate(words):
        try:
            result[i] = parse_number(word, dtype)
        except NumberError as error:
            place = f"Number {i + 1}: " if len(words) > 1 else ""
            raise NumberError(shorten(word), f"{place}{error}") from None
    return result


def _sample_shape(sizes: Shape, count: int) -> tuple[int, ...] | None:
    """Return ``sizes`` with an open axis filled; None where ``count`` does not fit."""
    known = int(np.prod([n for n in sizes if n is not None], dtype=np.int64))
    open_axes = sum(n is None for n in sizes)
    if not open_axes:
        return tuple(n or 0 for n in sizes) if known == count else None
    if not known or count % known:
        return None
    # Of several open axes the first takes all: the others are one long.
    rest = count // known
    filled: list[int] = []
    for n in sizes:
        filled.append(rest if n is None else n)
        rest = 1 if n is None else rest
    return tuple(filled)
