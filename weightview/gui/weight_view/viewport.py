"""Zoom and place of a picture: which pixel shows which cell."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

LARGEST_CELL = 64.0
FITTED_CELL = 27.0
_STRETCH = 40.0


@dataclass(frozen=True)
class Viewport:
    """A map from cells to pixels.

    Attributes:
        x: where the left edge of column 0 is.
        y: where the upper edge of row 0 is.
        across: how many pixels a cell is wide.
        down: how many pixels a cell is high.
    """

    x: float
    y: float
    across: float
    down: float

    def rect(self, row: float, column: float, rows: float = 1, columns: float = 1) -> QRectF:
        """Return the pixels of a block of cells."""
        left, top = self.x + column * self.across, self.y + row * self.down
        return QRectF(left, top, columns * self.across, rows * self.down)

    def cell(self, point: QPointF) -> tuple[int, int]:
        """Return the row and column at a pixel; they may lie outside the picture."""
        return int((point.y() - self.y) // self.down), int((point.x() - self.x) // self.across)

    def zoomed(self, factor: float, point: QPointF, least: "Viewport") -> "Viewport":
        """Return the map with larger or smaller cells, the cell at ``point`` staying there."""
        across = min(max(self.across * factor, least.across), max(LARGEST_CELL, least.across))
        down = min(max(self.down * factor, least.down), max(LARGEST_CELL, least.down))
        x = point.x() - (point.x() - self.x) * across / self.across
        y = point.y() - (point.y() - self.y) * down / self.down
        return Viewport(x, y, across, down)

    def moved(self, by: QPointF) -> "Viewport":
        """Return the map shifted by pixels."""
        return Viewport(self.x + by.x(), self.y + by.y(), self.across, self.down)

    def held(self, area: QRectF, rows: int, columns: int) -> "Viewport":
        """Return the map shifted so that the picture stays in ``area``, or covers it."""
        width, height = columns * self.across, rows * self.down
        x = _hold(self.x, area.left(), area.right(), width)
        return Viewport(x, _hold(self.y, area.top(), area.bottom(), height), self.across, self.down)

    def visible(self, area: QRectF, rows: int, columns: int) -> tuple[range, range]:
        """Return the rows and columns of which something is seen in ``area``."""
        top, left = self.cell(area.topLeft())
        bottom, right = self.cell(area.bottomRight())
        return (
            range(max(0, top), max(0, min(rows, bottom + 1))),
            range(max(0, left), max(0, min(columns, right + 1))),
        )


def _hold(start: float, low: float, high: float, length: float) -> float:
    if length <= high - low:
        return low
    return min(low, max(start, high - length))


def fitted(
    area: QRectF, rows: int, columns: int, *, is_square: bool, largest: float = FITTED_CELL
) -> Viewport:
    """Return the map that shows the whole picture in ``area``, cells at most ``largest``."""
    across = min(largest, area.width() / max(1, columns))
    down = min(largest, area.height() / max(1, rows))
    if is_square:
        across = down = min(across, down)
    across, down = min(across, down * _STRETCH), min(down, across * _STRETCH)
    return Viewport(area.left(), area.top(), max(across, 1e-6), max(down, 1e-6))
