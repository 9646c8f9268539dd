"""Operations that only move numbers: reshape, transpose, slice, pad, join."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from weightview.calculator.tensors import Array, Tensor, constant
from weightview.calculator.trace import Index


class Moved:
    """Numbers moved by a function that treats them all alike.

    Where a number came from is found by sending the cells' own addresses through the same
    function, so any rearrangement that numpy can express explains itself.
    """

    __slots__ = ("fill", "function", "operands")

    def __init__(
        self, function: Callable[..., Array], operands: Sequence[Tensor], fill: float = 0.0
    ) -> None:
        """Keep ``function``, which takes one array per operand; ``fill`` is what padding puts."""
        self.function = function
        self.operands = tuple(operands)
        self.fill = fill

    def origin(self, index: Index) -> tuple[Tensor, Index]:
        """Return which cell of which operand stands at ``index``; a constant for padding."""
        addresses: list[Any] = []
        first = 1
        for operand in self.operands:
            size = int(np.prod(operand.shape, dtype=np.int64))
            addresses.append(np.arange(first, first + size).reshape(operand.shape))
            first += size
        address = int(self.function(*addresses)[index])
        if address <= 0:
            return constant(self.fill, "padding"), ()
        for operand, cells in zip(self.operands, addresses, strict=True):
            if cells.size and address <= cells.flat[-1]:
                at = np.unravel_index(address - int(cells.flat[0]), operand.shape)
                return operand, tuple(int(i) for i in at)
        raise AssertionError("the function made an address that no operand has")


class Same:
    """The very same numbers under another name."""

    __slots__ = ("operand",)

    def __init__(self, operand: Tensor) -> None:
        """Keep the one operand."""
        self.operand = operand

    def origin(self, index: Index) -> tuple[Tensor, Index]:
        """Return the same cell of the operand."""
        return self.operand, index


class Part:
    """A basic slice of an operand, whose cells are found by counting, without a search."""

    __slots__ = ("key", "operand")

    def __init__(self, operand: Tensor, key: tuple[int | slice, ...]) -> None:
        """Keep ``key``: one int or slice (no None, no step backwards) per leading axis."""
        self.operand = operand
        self.key = key

    def origin(self, index: Index) -> tuple[Tensor, Index]:
        """Return the cell of the operand."""
        cell: list[int] = []
        rest = list(index)
        for axis, length in enumerate(self.operand.shape):
            entry = self.key[axis] if axis < len(self.key) else slice(None)
            if isinstance(entry, slice):
                cell.append(range(length)[entry][rest.pop(0)])
            else:
                cell.append(entry % length)
        return self.operand, tuple(cell)


def same(x: Tensor) -> Tensor:
    """Return the numbers of ``x`` as a tensor of its own, which may get another name."""
    return Tensor(x.value, Same(x), None, x.has_batch, x.mask)


def part(x: Tensor, *key: int | slice) -> Tensor:
    """Return ``x[key]``; an int on axis 0 takes the batch axis away."""
    has_batch = x.has_batch and not (key and isinstance(key[0], int))
    return Tensor(x.value[key], Part(x, key), None, has_batch)


def moved(
    function: Callable[..., Array],
    *operands: Tensor,
    fill: float = 0.0,
    has_batch: bool | None = None,
) -> Tensor:
    """Return ``function`` of the operands' arrays; it may only move numbers.

    Args:
        function: takes one array per operand; cells that come from none of them must be 0 in an
            integer array.
        operands: the arrays.
        fill: the number that such cells hold; then ``function`` is called with ``fill=`` too.
        has_batch: whether the result has a batch axis; as the operands where None.
    """
    values = [operand.value for operand in operands]
    result = function(*values, fill=fill) if fill else function(*values)
    batch = any(o.has_batch for o in operands) if has_batch is None else has_batch
    return Tensor(result, Moved(function, operands, fill), None, batch)
