"""The numbers that stand in the cells of a zoomed image, read once for each place of it."""

import math
from dataclasses import dataclass
from typing import Any

from weightview.core.document import Document
from weightview.core.model import Weight
from weightview.gui.weight_view.mosaic import Mosaic
from weightview.gui.weight_view.slicing import Index

_SPARE = 4

Cells = dict[tuple[int, int], Any]
"""The number at each row and column of a mosaic, as a scalar of the weight's dtype."""


@dataclass(frozen=True)
class _Asked:
    mosaic: Mosaic
    rows: range
    columns: range


class CellNumbers:
    """Keeps the numbers that were read last: painting happens more often than moving."""

    def __init__(self) -> None:
        """Start without numbers."""
        self._asked: _Asked | None = None
        self._cells: Cells = {}

    def forget(self) -> None:
        """Read anew: numbers changed."""
        self._asked = None

    def read(
        self, document: Document, weight: Weight, mosaic: Mosaic, rows: range, columns: range
    ) -> Cells:
        """Return the numbers of some rows and columns, without those in gaps.

        Raises:
            FileChangedError: the file on disk is no longer the one that was opened.
        """
        asked = _Asked(mosaic, rows, columns)
        if asked != self._asked:
            self._cells = _read(document, weight, mosaic, rows, columns)
            self._asked = asked
        return self._cells


def _read(document: Document, weight: Weight, mosaic: Mosaic, rows: range, columns: range) -> Cells:
    places: dict[tuple[int, int], Index] = {}
    for row in rows:
        for column in columns:
            index = mosaic.index(row, column)
            if index is not None:
                places[row, column] = index
    if not places or not weight.shape:
        return {cell: document.read(weight, index) for cell, index in places.items()}
    spans = [range(min(axis), max(axis) + 1) for axis in zip(*places.values(), strict=True)]
    if math.prod(map(len, spans)) > _SPARE * len(places):
        return {cell: document.read(weight, index) for cell, index in places.items()}
    region = tuple(slice(span.start, span.stop, 1) for span in spans)
    block = document.read(weight, region)
    starts = [span.start for span in spans]
    return {
        cell: block[tuple(i - start for i, start in zip(index, starts, strict=True))]
        for cell, index in places.items()
    }
