"""Which pixels of the image are outlined for cells of the table."""

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QRectF

from weightview.core.model import Weight
from weightview.gui.weight_view.mosaic import Mosaic, plans
from weightview.gui.weight_view.placement import Placement
from weightview.gui.weight_view.sheet import Part, Sheet
from weightview.gui.weight_view.slicing import Index, Slice
from weightview.gui.weight_view.viewport import Viewport

KERNEL = ("kernel height", "kernel width", "channel", "filter")
GATES = ("i", "f", "g", "o")
WEIGHTS = [
    ((81,), ("unit",), ()),
    ((65,), ("unit",), ()),
    ((12,), ("gate and unit",), GATES),
    ((5, 7), ("input", "unit"), ()),
    ((3, 12), ("input", "gate and unit"), GATES),
    ((3, 3, 2, 6), KERNEL, ()),
    ((2, 3, 4, 1), (*KERNEL[:3], "multiplier"), ()),
    ((1, 1, 4, 5), KERNEL, ()),
    ((1, 3, 1, 4), KERNEL, ()),
    ((3, 2, 6), KERNEL[1:], ()),
    ((4, 2, 3), ("input", "head", "dimension"), ()),
]


def weight_of(shape: tuple[int, ...], axes: tuple[str, ...], gates: tuple[str, ...]) -> Weight:
    dtype = np.dtype(np.float32)
    return Weight("kernel", "a/kernel", shape, dtype, axes, 0, "0", "kernel", "a", gates=gates)


def mosaics(weight: Weight) -> list[Mosaic]:
    found = [plan for swapped in (False, True) for plan in plans(weight, swapped=swapped)]
    wrapped = [plan.in_lines(n) for plan in found if plan.wraps for n in range(1, plan.tiles + 1)]
    return [*found, *wrapped]


def looks(shape: tuple[int, ...]) -> list[Slice]:
    axes = itertools.permutations(range(len(shape)), 2)
    pairs = [(None, 0), (0, None)] if len(shape) == 1 else list(axes)
    return [Slice(shape, row, column, tuple(n // 2 for n in shape)) for row, column in pairs]


def outlined(placement: Placement, first: Index, last: Index) -> set[Index]:
    mosaic, found = placement.mosaic, set()
    for rect in placement.block_rects(first, last):
        for y in range(round(rect.top()), round(rect.bottom())):
            for x in range(round(rect.left()), round(rect.right())):
                index = mosaic.index(y, x)
                found |= {index} if index is not None else set()
    return found


@pytest.mark.parametrize(("shape", "axes", "gates"), WEIGHTS)
def test_just_the_cells_of_a_block_are_outlined_however_the_picture_is_wrapped(
    shape: tuple[int, ...], axes: tuple[str, ...], gates: tuple[str, ...]
) -> None:
    weight, random = weight_of(shape, axes, gates), np.random.default_rng(2)
    for mosaic, look in itertools.product(mosaics(weight), looks(shape)):
        sheet = Sheet(Part(weight, look))
        placement = Placement(sheet, mosaic, Viewport(0, 0, 1, 1), QRectF(0, 0, 500, 500))
        for _ in range(4):
            top, bottom = sorted(random.integers(look.rows, size=2).tolist())
            left, right = sorted(random.integers(look.columns, size=2).tolist())
            cells = itertools.product(range(top, bottom + 1), range(left, right + 1))
            block = look.index(top, left), look.index(bottom, right)
            assert outlined(placement, *block) == {look.index(*cell) for cell in cells}


def test_a_large_block_of_a_wrapped_vector_is_outlined_line_by_line() -> None:
    weight = weight_of((8000,), ("unit",), ())
    (mosaic,) = plans(weight)
    for look in looks(weight.shape):
        sheet = Sheet(Part(weight, look))
        placement = Placement(sheet, mosaic, Viewport(0, 0, 1, 1), QRectF(0, 0, 500, 500))
        assert outlined(placement, (3,), (7990,)) == {(place,) for place in range(3, 7991)}
        assert len(placement.block_rects((3,), (7990,))) == mosaic.lines
