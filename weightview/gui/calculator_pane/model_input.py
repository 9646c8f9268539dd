"""One input of a model as the pane offers it: what it expects, an example, the rows of a file."""

import math
from dataclasses import dataclass

import numpy as np

from weightview.calculator.inputs import input_dtypes, input_shapes, parse_input
from weightview.core.errors import InputError
from weightview.core.model import Layer, Model, Shape
from weightview.core.numbers import exact_text
from weightview.gui.calculator_pane.planes import Array

_OPEN_TIME = 8
_OPEN_SIDE = 32
_MOST_TYPED = 256
_MOST_NUMBERS = 1 << 26
_SEED = 7
_LIMIT_KEYS = {"Embedding": "input_dim", "CategoryEncoding": "num_tokens"}
_ANY_IDS = 10


@dataclass(frozen=True)
class ModelInput:
    """One input of a model.

    Attributes:
        name: as the model calls it.
        shape: with the batch axis; None for an open axis, or as a whole where nothing tells it.
        dtype: how its numbers are stored, by name.
        ids_below: for ids: whole numbers from 0 to below this; None for any numbers.
        place: which of the model's inputs it is, from 0.
    """

    name: str
    shape: Shape | None
    dtype: str
    ids_below: int | None = None
    place: int = 0

    @property
    def sizes(self) -> Shape:
        """The shape without the batch axis."""
        return self.shape[1:] if self.shape is not None else (None,)

    @property
    def is_open(self) -> bool:
        """Whether an axis besides the batch is of any length."""
        return None in self.sizes

    @property
    def step(self) -> int:
        """How many numbers the closed axes take together."""
        return math.prod(n for n in self.sizes if n is not None)

    @property
    def is_possible(self) -> bool:
        """Whether there can be such an input: a damaged config may claim any shape."""
        return all(n is None or n > 0 for n in self.sizes) and self.step <= _MOST_NUMBERS

    @property
    def facts(self) -> str:
        """What is expected, in words."""
        noun = "whole number" if self.ids_below is not None else "number"
        noun = "text" if self.is_text else noun
        if self.shape is None:
            return "the file does not tell how many numbers"
        if self.is_open:
            many = (
                f"any count of {noun}s" if self.step == 1 else f"{noun}s, {self.step:,} at a time"
            )
        else:
            many = f"{self.step:,} {noun}{'' if self.step == 1 else 's'}"
        return f"{many}, as the model expects {self.shape}"

    def field_name(self, index: tuple[int, ...]) -> str:
        """Return what one number is called: its place, with several axes all of them."""
        if len(index) == 1:
            return f"input {index[0]}"
        return f"input [{', '.join(str(i) for i in index)}]"

    def parse(self, text: str) -> Array:
        """Return the sample that a person typed.

        Raises:
            NumberError: a word is not a number.
            InputError: there are too few or too many.
        """
        if self.is_text:
            return self._words(text)
        return parse_input(text, self.shape, self._stored_dtype)

    @property
    def is_text(self) -> bool:
        """Whether it takes words instead of numbers."""
        return self.dtype == "string"

    def _words(self, text: str) -> Array:
        """Return typed words: one for the whole text, or as many as there are commas."""
        words = [text.strip()] if self.step == 1 else [word.strip() for word in text.split(",")]
        if not self.is_open and len(words) != self.step:
            raise InputError(f"Expected {self.facts}; found {len(words)}.")
        return np.array(words).reshape([-1 if n is None else n for n in self.sizes])

    @property
    def _stored_dtype(self) -> str:
        """The dtype as which the calculator takes numbers: whole ones as they are."""
        return self.dtype if self.dtype.startswith(("int", "uint")) else "float32"

    def example(self) -> Array:
        """Return a small made-up input: 10 for a single number, else seeded ones below 1."""
        side = _OPEN_TIME if self.sizes.count(None) == 1 else _OPEN_SIDE
        shape = tuple(side if n is None else n for n in self.sizes)
        if self.is_text:
            return np.full(shape, "text")
        rng = np.random.default_rng(_SEED + self.place)
        if self.ids_below is not None:
            return rng.integers(min(1, self.ids_below - 1), self.ids_below, shape)
        if self.step == 1 and not self.is_open:
            return np.full(shape, 10.0, np.float32)
        return rng.uniform(0, 1, shape).round(2).astype(np.float32)

    def rows(self, array: Array) -> Array:
        """Return the samples that an array from a file holds, along a first axis.

        Raises:
            InputError: its shape is neither that of one sample nor of several, or a number is
                beyond the dtype.
        """
        if self.is_text:
            raise InputError("This input takes text: type it into the line.")
        return self._stored(self._rows(array))

    def _stored(self, rows: Array) -> Array:
        if self._stored_dtype != "float32":
            return rows
        with np.errstate(over="ignore"):
            stored = rows.astype(np.float32)
        beyond = ~np.isfinite(stored) & np.isfinite(rows.astype(np.float64))
        if beyond.any():
            raise InputError(f"{rows[beyond][0]:g} is too large for float32.")
        return stored

    def _rows(self, array: Array) -> Array:
        if self._fits(array.shape):
            return array[np.newaxis]
        if array.ndim and self._fits(array.shape[1:]):
            return array
        if not self.is_open and array.size and array.size % self.step == 0:
            rows = array.size // self.step
            if rows == 1 or (array.ndim > 1 and array.shape[0] == rows):
                return array.reshape(rows, *(n or 0 for n in self.sizes))
        if self.is_open and self.step == 1 and array.size in array.shape:
            return array.reshape(1, -1)
        raise InputError(f"Expected {self.facts}; the file holds an array of shape {array.shape}.")

    def _fits(self, shape: tuple[int, ...]) -> bool:
        return len(shape) == len(self.sizes) and all(
            want in (None, have) for want, have in zip(self.sizes, shape, strict=True)
        )


def text_of(numbers: Array) -> str:
    """Return numbers as they would be typed; ``""`` where there are too many to type."""
    if numbers.size > _MOST_TYPED:
        return ""
    texts = (exact_text(number) for number in numbers.reshape(-1))
    return ", ".join(text.removesuffix(".0") for text in texts)


def inputs_of(model: Model) -> tuple[ModelInput, ...]:
    """Return the inputs of ``model``."""
    shapes, dtypes = input_shapes(model), input_dtypes(model)
    names = model.graph.input_names if model.graph is not None else ()
    limits = _id_limits(model, dtypes)
    return tuple(
        ModelInput(names[i] if i < len(names) else f"input {i}", shape, dtypes[i], limits[i], i)
        for i, shape in enumerate(shapes)
    )


def _id_limits(model: Model, dtypes: tuple[str, ...]) -> list[int | None]:
    """Return for each input below what its ids stay; None where any number will do."""
    whole = [dtype.startswith(("int", "uint")) for dtype in dtypes]
    limits: list[int | None] = [_ANY_IDS if is_whole else None for is_whole in whole]
    if model.graph is None:
        return limits
    layers = {layer.name: layer for layer in model.layers}
    for place, ref in enumerate(model.graph.inputs[: len(limits)]):
        users = [node.layer for node in model.graph.nodes if ref in node.inputs]
        found = [_limit(layers[name]) for name in {ref.layer, *users} if name in layers]
        known = [limit for limit in found if limit is not None]
        if known:
            limits[place] = min(known)
    return limits


def _limit(layer: Layer) -> int | None:
    key = _LIMIT_KEYS.get(layer.class_name)
    limit = layer.config.get(key) if key is not None else None
    return limit if isinstance(limit, int) and limit > 0 else None
