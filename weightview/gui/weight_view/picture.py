"""Makes the coloured picture of a weight, or of the part in sight; may run in another thread."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weightview.core.model import Weight
from weightview.core.numbers import holds_real_numbers
from weightview.core.sampling import as_float32, extremes, sampled_matrix
from weightview.core.values import Values
from weightview.gui.theme import diverging
from weightview.gui.weight_view.mosaic import Mosaic
from weightview.gui.weight_view.sampled_mosaic import sampled_mosaic

WHOLE_CELLS = 1 << 24
"""Up to so many numbers a weight is read as a whole; a larger one is sampled."""

AT_ONCE_CELLS = 1 << 18
"""Up to so many numbers the picture is made on the thread that paints: it takes milliseconds."""

_MOST_MARKS = 4000


@dataclass(frozen=True, eq=False)
class Picture:
    """A part of a mosaic in colours.

    Attributes:
        rows: which rows of the mosaic; its step is how many one pixel stands for.
        columns: which columns.
        rgba: ``(len(rows), len(columns), 4)``, uint8.
    """

    rows: range
    columns: range
    rgba: npt.NDArray[np.uint8]

    def covers(self, rows: range, columns: range) -> bool:
        """Return whether it shows these cells, as finely."""
        return all(
            mine.start <= asked.start and asked.stop <= mine.stop and mine.step == asked.step
            for mine, asked in ((self.rows, rows), (self.columns, columns))
        )


def can_picture(weight: Weight) -> bool:
    """Return whether there is a picture: only of numbers."""
    return holds_real_numbers(weight.dtype) and weight.size > 0


def make_picture(
    values: Values, weight: Weight, mosaic: Mosaic, rows: range, columns: range, limit: float
) -> Picture:
    """Return the picture of some rows and columns of a mosaic.

    Args:
        values: the numbers.
        weight: whose.
        mosaic: where they stand.
        rows: which rows; with a step above 1 the extreme of each run is shown.
        columns: which columns, likewise.
        limit: the magnitude of the full colour.

    Raises:
        FileChangedError: the file on disk is no longer the one that was opened.
    """
    if weight.size > WHOLE_CELLS:
        numbers = _sampled(values, weight, mosaic, rows, columns)
    else:
        part = mosaic.arrange(values.read(weight))
        part = part[rows.start : rows.stop, columns.start : columns.stop]
        numbers = extremes(extremes(part, rows.step, 0), columns.step, 1)
    rgba = diverging(numbers, limit)
    if mosaic.outer is not None and rows.step == columns.step == 1:
        rgba[mosaic.holes(rows, columns)] = 0
    return Picture(rows, columns, rgba)


def _sampled(
    values: Values, weight: Weight, mosaic: Mosaic, rows: range, columns: range
) -> npt.NDArray[np.float32]:
    if mosaic.is_swapped:
        return sampled_matrix(values, weight, columns, rows).T
    if mosaic.is_plain:
        return sampled_matrix(values, weight, rows, columns)
    return sampled_mosaic(values, weight, mosaic, rows, columns)


def edited_cells(values: Values, weight: Weight, mosaic: Mosaic) -> tuple[tuple[int, int], ...]:
    """Return the cells of a mosaic whose numbers were edited, the first few thousand."""
    places = values.edited_places(weight, _MOST_MARKS).tolist()
    cells = (mosaic.cell(tuple(place)) for place in places)
    return tuple(cell for cell in cells if cell is not None)


def strip_colors(numbers: npt.ArrayLike, limit: float) -> npt.NDArray[np.uint8]:
    """Return the colours of a few numbers."""
    return diverging(as_float32(numbers), limit)
