"""The cells of a table, read a block at a time as they are looked at.

Only blocks of cells that a view asks for are read, and a few hundred of them are kept; so a kernel
of a hundred million numbers opens as quickly as one of forty.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from weightview.core.document import Document
from weightview.core.model import Weight
from weightview.core.numbers import holds_real_numbers
from weightview.core.sampling import as_float32
from weightview.gui.theme import diverging
from weightview.gui.weight_view.sheet import Part, Sheet
from weightview.gui.weight_view.slicing import Array

BLOCK = 64
_KEPT_BLOCKS = 400


@dataclass
class _Block:
    values: Array
    edited: Array
    colors: Array
    texts: dict[tuple[int, int], str] = field(default_factory=dict)


class Cell(NamedTuple):
    """One cell as it was read.

    Attributes:
        value: a numpy scalar of the weight's dtype.
        is_edited: whether it differs from what is stored.
        color: its colour in the map, 0xAARRGGBB; 0 for none.
        texts: the texts of its block, by :attr:`key`, for whoever writes them.
        key: where it stands in its block.
    """

    value: Any
    is_edited: bool
    color: int
    texts: dict[tuple[int, int], str]
    key: tuple[int, int]


class CellBlocks:
    """What was read of a sheet."""

    def __init__(self) -> None:
        """Start without any."""
        self._blocks: OrderedDict[tuple[int, int, int], _Block] = OrderedDict()

    def forget(self) -> None:
        """Read everything anew."""
        self._blocks.clear()

    def forget_texts(self) -> None:
        """Write the numbers anew."""
        for block in self._blocks.values():
            block.texts.clear()

    def cell(self, document: Document, sheet: Sheet, limit: float, row: int, column: int) -> Cell:
        """Return a cell, ``limit`` being the magnitude of the full colour.

        Raises:
            WeightviewError: it cannot be read.
        """
        part = sheet.part_at(row, column)
        down, across = row - part.top, column - part.left
        key = (id(part), down // BLOCK, across // BLOCK)
        block = self._blocks.get(key)
        if block is None:
            block = self._blocks[key] = _read(document, sheet, part, down, across, limit)
            if len(self._blocks) > _KEPT_BLOCKS:
                self._blocks.popitem(last=False)
        place = down % BLOCK, across % BLOCK
        edited, color = bool(block.edited[place]), int(block.colors[place])
        return Cell(block.values[place], edited, color, block.texts, place)


def _read(
    document: Document, sheet: Sheet, part: Part, down: int, across: int, limit: float
) -> _Block:
    top, left = down // BLOCK * BLOCK, across // BLOCK * BLOCK
    rows = range(part.top + top, part.top + min(top + BLOCK, part.look.rows))
    columns = range(part.left + left, part.left + min(left + BLOCK, part.look.columns))
    piece = next(sheet.pieces(rows, columns))
    values = piece.read(document.values.read)
    edited = piece.read(document.values.edited_mask)
    return _Block(values, edited, _colors(part.weight, values, limit))


def _colors(weight: Weight, values: Array, limit: float) -> Array:
    if not holds_real_numbers(weight.dtype):
        return np.zeros(values.shape, np.uint32)
    rgba = diverging(as_float32(values), limit).astype(np.uint32)
    packed = (rgba[..., 3] << 24) | (rgba[..., 0] << 16) | (rgba[..., 1] << 8) | rgba[..., 2]
    return np.asarray(packed)
