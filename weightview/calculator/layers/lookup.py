"""Embedding: rows looked up in a table, and the masks that leave time steps out."""

from typing import Any

import numpy as np

from weightview.calculator.call import Call
from weightview.calculator.layers.quantised import embeddings_of
from weightview.calculator.operations.elementwise import Function, apply
from weightview.calculator.operations.summing import matmul
from weightview.calculator.registry import forward, shape_rule
from weightview.calculator.tensors import Tensor, constant
from weightview.calculator.trace import Index
from weightview.core.model import Layer, Shape


class Looked:
    """Rows of a table, chosen by whole numbers."""

    __slots__ = ("ids", "table")

    def __init__(self, table: Tensor, ids: Tensor) -> None:
        """Keep the table ``(rows, dimensions)`` and the row numbers."""
        self.table = table
        self.ids = ids

    def origin(self, index: Index) -> tuple[Tensor, Index]:
        """Return the cell of the table."""
        *place, dimension = index
        return self.table, (int(self.ids.value[tuple(place)]), dimension)


@forward("Embedding")
def embedding(call: Call, x: Tensor) -> Tensor:
    """Return the row of each number (``keras.layers.Embedding``)."""
    ids = whole_numbers(x)
    table = embeddings_of(call)
    rows = ids.value
    wrong = rows[(rows < 0) | (rows >= table.shape[0])]
    if wrong.size:
        raise call.refuse(
            f"its input holds {wrong.flat[0]}, and the table has the rows 0 to {table.shape[0] - 1}"
        )
    output = call.stage(
        "output", "row of each number", Tensor(table.value[rows], Looked(table, ids))
    )
    if call.setting("mask_zero", default=False):
        zero = constant(0, "0", rows.dtype)
        output.mask = call.mask("number ≠ 0", apply(np.not_equal, "{x} ≠ {zero}", x=ids, zero=zero))
    return output


def whole_numbers(x: Tensor) -> Tensor:
    """Return ``x`` as int32, fractions cut off, as Keras casts indices."""
    if x.dtype.kind in "iu":
        return x
    made = Function(np.trunc, (x,), ("x",), "whole part of {x}")
    return Tensor(x.value.astype(np.int32), made, None, x.has_batch)


@shape_rule("Embedding")
def embedding_shape(layer: Layer, shape: Shape) -> Shape:
    """Return the input's shape with the dimensions last."""
    return (*shape, int(layer.config["output_dim"]))


@forward("ReversibleEmbedding")
def reversible_embedding(call: Call, x: Tensor, reverse: Any = False) -> Tensor:
    """Look rows up, or with ``reverse`` multiply by the table turned round."""
    if not reverse:
        return embedding(call, x)
    x = call.floats(x)
    table = call.weight("reverse_embeddings")
    if table is not None and call.plan.mode(call.layer):
        raise call.refuse("the calculator does not know quantised reverse embeddings")
    if table is None:
        from weightview.calculator.operations.rearranging import moved

        table = moved(lambda t: t.T, embeddings_of(call), has_batch=False)
    z = matmul(x, table)
    cap = call.setting("logit_soft_cap")
    if cap is None:
        return call.stage("output", "x @ embeddings turned round", z)
    z = call.stage("logits", "x @ embeddings turned round", z)
    limit = constant(cap, "logit_soft_cap", x.dtype)

    def function(x: Any, cap: Any) -> Any:
        return np.tanh(x / cap) * cap

    capped = apply(function, "tanh({x} / {cap}) · {cap}", x=z, cap=limit)
    return call.stage("output", "softly cut at logit_soft_cap", capped)


@forward("Masking")
def masking(call: Call, x: Tensor) -> Tensor:
    """Leave out the time steps that hold nothing but the mask value (``keras.layers.Masking``)."""
    x = call.floats(x)
    value = call.number(float(call.setting("mask_value", default=0.0)))
    keep = np.any(x.value != value, axis=-1)
    mask = call.mask("any number ≠ mask_value", Tensor(keep, _AnyOther(x, float(value))))

    def function(x: Any, mask: Any) -> Any:
        return x * mask

    kept = Tensor(
        x.value * keep[..., np.newaxis],
        Function(function, (x, _spread(mask)), ("x", "mask"), "{x} × {mask}", "product"),
    )
    output = call.stage("output", "0 where left out", kept)
    output.mask = mask
    return output


def _spread(mask: Tensor) -> Tensor:
    from weightview.calculator.operations.rearranging import moved

    return moved(lambda m: m[..., np.newaxis], mask)


class _AnyOther:
    """Whether any number of a row differs from a value."""

    __slots__ = ("value", "x")

    def __init__(self, x: Tensor, value: float) -> None:
        self.x = x
        self.value = value

    def explain(self, index: Index, look: Any) -> Any:
        """Return the row's numbers as terms."""
        from weightview.calculator.tensors import Explanation

        terms = tuple(look.term(self.x, (*index, i)) for i in range(self.x.shape[-1]))

        def evaluator(terms: Any, bias: Any) -> float:
            del bias
            return float(any(term.value != self.value for term in terms))

        text = f"any of {len(terms)} numbers ≠ {self.value:g}: {bool(evaluator(terms, None))}"
        return Explanation(f"any of x ≠ {self.value:g}", text, terms, "any", evaluator=evaluator)


@shape_rule("Masking")
def masking_shape(layer: Layer, shape: Shape) -> Shape:
    """Return the input's shape."""
    del layer
    return shape
