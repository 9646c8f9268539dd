"""The means that stand beside the image, in line with what they are the means of.

A picture in one line (or one column) of tiles has a mean for each of its rows and columns. In a
grid of tiles neither says anything: there each tile has one.
"""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject

from weightview.core.document import Document
from weightview.core.means import Means, means_along
from weightview.core.model import Weight
from weightview.core.numbers import holds_real_numbers
from weightview.core.values import Values
from weightview.gui.weight_view.mosaic import Mosaic
from weightview.gui.weight_view.mosaic_work import MosaicWork

_MOST_MEANS = 1 << 20


@dataclass(frozen=True, eq=False)
class Profiles:
    """The means of one picture; what it has none of is empty.

    Attributes:
        rows: of each row of the mosaic, ``(height,)``; NaN in gaps and where no number is finite.
        columns: of each column of the mosaic, ``(width,)``, likewise.
        tiles: of each tile.
    """

    rows: Means
    columns: Means
    tiles: Means


def scale_of(means: Means) -> float:
    """Return the largest finite magnitude, to which means are drawn; 0 where there is none."""
    return float(np.abs(means[np.isfinite(means)]).max(initial=0.0))


def has_lines(mosaic: Mosaic) -> bool:
    """Return whether the rows and the columns of the picture have means that say something."""
    is_line = mosaic.lines == 1 or mosaic.per_line == 1
    return is_line and mosaic.height + mosaic.width <= _MOST_MEANS


def has_tiles(mosaic: Mosaic) -> bool:
    """Return whether the tiles have, instead."""
    is_grid = mosaic.lines > 1 and mosaic.per_line > 1
    return is_grid and mosaic.tile_height * mosaic.tile_width > 1 and mosaic.tiles <= _MOST_MEANS


def profiles_of(values: Values, weight: Weight, mosaic: Mosaic) -> Profiles:
    """Return the means of a picture.

    Raises:
        FileChangedError: the file on disk is no longer the one that was opened.
    """
    empty: Means = np.zeros(0)
    outer = () if mosaic.outer is None else (mosaic.outer,)
    if not has_lines(mosaic):
        (tiles,) = means_along(values, weight, outer)
        return Profiles(empty, empty, tiles)
    down = (*outer, *mosaic.row_axes) if mosaic.lines > 1 else mosaic.row_axes
    across = (*outer, *mosaic.column_axes) if mosaic.lines == 1 else mosaic.column_axes
    rows, columns = means_along(values, weight, _stored(mosaic, down), _stored(mosaic, across))
    return Profiles(
        _with_gaps(rows, mosaic.lines, mosaic.gap),
        _with_gaps(columns, mosaic.per_line if mosaic.lines == 1 else 1, mosaic.gap),
        empty,
    )


def _stored(mosaic: Mosaic, axes: tuple[int, ...]) -> tuple[int, ...]:
    """Return axes of ``virtual`` as those of the array: gates and units are one in it."""
    last = len(mosaic.shape) - 1
    if last < 0:
        return ()
    return tuple(dict.fromkeys(min(axis, last) for axis in axes))


def _with_gaps(means: Means, tiles: int, gap: int) -> Means:
    """Return the means of all tiles' lines in a row, NaN between two tiles."""
    by_tile = means.reshape(tiles, -1)
    padded: Means = np.full((tiles, by_tile.shape[1] + gap), np.nan)
    padded[:, : by_tile.shape[1]] = by_tile
    flat: Means = padded.reshape(-1)
    return flat[: flat.size - gap]


class ProfileSource(MosaicWork):
    """Keeps the means of the picture that is shown."""

    def __init__(self, parent: QObject) -> None:
        """Start without any."""
        super().__init__(parent)
        self.found: Profiles | None = None

    def request(self, document: Document, weight: Weight, mosaic: Mosaic) -> None:
        """Have the means of ``mosaic`` computed; until they are there, the last ones stay."""
        if mosaic != self._mosaic:
            self.found = None
        self._mosaic = mosaic
        if not holds_real_numbers(weight.dtype) or not weight.size:
            return
        if not has_lines(mosaic) and not has_tiles(mosaic):
            return
        values = document.snapshot().values

        self._answer(weight, mosaic, lambda: profiles_of(values, weight, mosaic), self._take)

    def _take(self, found: Profiles) -> None:
        self.found = found

    def forget(self) -> None:
        """Show no means: another weight comes, or none are wanted."""
        self.found = self._mosaic = None
