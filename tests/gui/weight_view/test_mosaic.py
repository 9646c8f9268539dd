"""In the picture every number stands once, and its place leads back to it."""

from dataclasses import replace

import numpy as np
import pytest

from weightview.gui.weight_view.mosaic import plans

CASES = [
    ((), (), (), {}),
    ((5,), ("unit",), (), {}),
    ((70,), ("unit",), (), {}),
    ((12,), ("unit",), ("i", "f", "c", "o"), {}),
    ((8, 5), ("input", "unit"), (), {}),
    ((8, 5), ("input", "unit"), (), {"swapped": True}),
    ((5, 12), ("input", "unit"), ("i", "f", "c", "o"), {}),
    ((5, 12), ("input", "unit"), ("i", "f", "c", "o"), {"swapped": True}),
    ((5, 12), ("input", "unit"), ("i", "f", "c", "o"), {"plain": True}),
    ((3, 4, 7), ("length", "input", "filter"), (), {}),
    ((3, 2, 4, 7), ("height", "width", "input", "filter"), (), {}),
    ((2, 3, 4, 3), ("kernel height", "kernel width", "filter", "channel"), (), {}),
    ((3, 3, 6, 1), ("height", "width", "input", "multiplier"), (), {}),
    ((2, 3, 2, 2, 5), ("depth", "height", "width", "input", "filter"), (), {}),
    ((6, 2, 3), ("input", "head", "unit"), (), {}),
    ((2, 3, 6), ("head", "unit", "output"), (), {}),
]


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0]}{case[2] and '-gates'}{case[3] or ''}")
def case(request, make_document):
    shape, axes, gates, options = request.param
    array = np.arange(1, int(np.prod(shape)) + 1, dtype=np.float32).reshape(shape)
    weight = make_document("Any", {"w": array}, {"w": axes}).weight("layer/w")
    found = plans(replace(weight, gates=gates), **options)
    return array, [
        plan.in_lines(lines) if plan.wraps else plan for plan in found for lines in (1, 2, 5)
    ]


def test_every_number_stands_where_its_index_says(case):
    array, mosaics = case
    for mosaic in mosaics:
        check_places(array, mosaic)


def check_places(array, mosaic):
    picture = mosaic.arrange(array)
    assert picture.shape == (mosaic.height, mosaic.width)
    for index in np.ndindex(array.shape):
        y, x = mosaic.cell(index)
        assert picture[y, x] == array[index]
        assert mosaic.index(y, x) == index


def test_what_is_no_number_is_a_hole(case):
    array, mosaics = case
    for mosaic in mosaics:
        check_holes(array, mosaic)


def check_holes(array, mosaic):
    holes = mosaic.holes()
    assert np.count_nonzero(~holes) == array.size
    for y, x in np.argwhere(holes):
        assert mosaic.index(int(y), int(x)) is None
    assert (mosaic.arrange(array)[holes] == 0).all()
