"""Which plan of a picture shows its numbers largest in the room there is."""

import math
from dataclasses import dataclass

from weightview.gui.weight_view.mosaic import Mosaic
from weightview.gui.weight_view.viewport import FITTED_CELL

_AROUND = 3
_WORTH_ANOTHER_PLAN = 1.1
_WORTH_ANOTHER_LINE = 1.03


@dataclass(frozen=True)
class Room:
    """Where a picture may stand, in pixels.

    Attributes:
        width: how wide, captions and bias set aside.
        height: how high, the bias set aside.
        caption: how high a line of captions is.
        largest: up to which size small pictures are blown up, a cell's side.
    """

    width: float
    height: float
    caption: float = 0.0
    largest: float = FITTED_CELL

    def cell(self, mosaic: Mosaic) -> tuple[float, float]:
        """Return the width and the height of a cell when all of ``mosaic`` is shown."""
        across = min(self.largest, self.width / max(1, mosaic.width))
        down = min(self.largest, self._below_caption(mosaic) / max(1, mosaic.height))
        if mosaic.is_square:
            across = down = min(across, down)
        return max(across, 1e-6), max(down, 1e-6)

    def _below_caption(self, mosaic: Mosaic) -> float:
        return max(1.0, self.height - (self.caption if mosaic.captions else 0.0))

    def size(self, mosaic: Mosaic) -> tuple[float, float]:
        """Return the width and the height that ``mosaic`` then takes, captions included."""
        across, down = self.cell(mosaic)
        caption = self.caption if mosaic.captions else 0.0
        return across * mosaic.width, down * mosaic.height + caption

    def side(self, mosaic: Mosaic) -> float:
        """Return how large its cells are, a single number to compare by."""
        across, down = self.cell(mosaic)
        # Lines are chosen for cells that are about square; a matrix has only this one way.
        return min(across, down) if mosaic.wraps else math.sqrt(across * down)


def arranged(plans: tuple[Mosaic, ...], room: Room) -> Mosaic:
    """Return the plan, wrapped into the number of lines, that shows the largest cells.

    An earlier plan and fewer lines are preferred where they make little difference.
    """
    best = _wrapped(plans[0], room)
    for plan in plans[1:]:
        other = _wrapped(plan, room)
        if room.side(other) > _WORTH_ANOTHER_PLAN * room.side(best):
            best = other
    return best


def _wrapped(plan: Mosaic, room: Room) -> Mosaic:
    if not plan.wraps or not plan.tiles:
        return plan
    found = [plan.in_lines(lines) for lines in _numbers_of_lines(plan, room)]
    best = found[0]
    for other in found[1:]:
        if room.side(other) > _WORTH_ANOTHER_LINE * room.side(best):
            best = other
    return best


def _numbers_of_lines(plan: Mosaic, room: Room) -> list[int]:
    """Return which numbers of lines are worth a try: few, and those near the room's shape."""
    pitch = max(1, plan.tile_width + plan.gap)
    shape = (plan.tile_height + plan.gap) / pitch
    per_line = math.sqrt(plan.tiles * shape * max(1.0, room.width) / max(1.0, room.height))
    near = round(plan.tiles / max(1.0, per_line))
    largest = math.ceil(plan.tiles * pitch * room.largest / max(1.0, room.width))
    numbers = {n + away for n in (1, near, largest) for away in range(-_AROUND, _AROUND + 1)}
    return sorted(number for number in numbers if 1 <= number <= plan.tiles)
