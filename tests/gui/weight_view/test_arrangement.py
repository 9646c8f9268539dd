"""Of several plans the one is taken that shows the numbers largest in the room there is."""

from dataclasses import replace

import numpy as np
import pytest

from weightview.gui.weight_view.arrangement import Room, arranged
from weightview.gui.weight_view.mosaic import plans


@pytest.fixture
def weight(make_document):
    def make(shape, axes, gates=()):
        array = np.zeros(shape, np.float32)
        found = make_document("Any", {"w": array}, {"w": axes}).weight("layer/w")
        return replace(found, gates=gates)

    return make


CONV = ("kernel height", "kernel width", "channel", "filter")


@pytest.mark.parametrize(("width", "height"), [(540, 140), (120, 400), (300, 300), (900, 60)])
@pytest.mark.parametrize("shape", [(3, 3, 1, 8), (3, 3, 8, 8), (5, 5, 3, 64), (3, 3, 128, 1)])
def test_no_other_number_of_lines_shows_larger_cells(weight, shape, width, height):
    found = plans(weight(shape, CONV))
    room = Room(width, height, caption=15)
    best = room.side(arranged(found, room))
    for lines in range(1, found[0].tiles + 1):
        assert room.side(found[0].in_lines(lines)) <= best * 1.04


def test_eight_filters_fill_a_low_and_wide_room(weight):
    kernel = weight((3, 3, 1, 8), CONV)
    room = Room(540, 140)
    before, after = room.side(plans(kernel)[0]), room.side(arranged(plans(kernel), room))
    assert after > 1.4 * before


def test_what_fits_at_full_size_stands_in_one_line(weight):
    assert arranged(plans(weight((3, 3, 1, 8), CONV)), Room(900, 400)).lines == 1


def test_channels_run_along_where_there_is_no_room_below(weight):
    kernel = weight((3, 3, 16, 4), CONV)
    assert arranged(plans(kernel), Room(200, 900)).tile_height == 48
    assert arranged(plans(kernel), Room(900, 80)).tile_height == 3


@pytest.mark.parametrize(
    ("shape", "axes", "filters"),
    [
        ((3, 3, 2, 5), ("kernel height", "kernel width", "channel", "filter"), 5),
        ((3, 3, 5, 2), ("kernel height", "kernel width", "filter", "channel"), 5),
        ((5, 2, 3, 3), ("filter", "channel", "kernel height", "kernel width"), 5),
        ((3, 5, 2), ("kernel step", "filter", "channel"), 5),
        (
            (2, 3, 3, 2, 4),
            ("kernel depth", "kernel height", "kernel width", "channel", "filter"),
            4,
        ),
    ],
)
def test_the_filters_are_the_tiles_wherever_their_axis_stands(weight, shape, axes, filters):
    for plan in plans(weight(shape, axes)):
        assert plan.tiles == filters
        assert plan.captions[-1] == f"filter {filters - 1}"


def test_each_channel_is_a_block_of_its_own(weight):
    down, along = plans(weight((3, 2, 4, 5), CONV))
    assert (down.block, along.block) == ((3, 2), (3, 2))
    assert (down.tile_height, down.tile_width) == (12, 2)
    assert (along.tile_height, along.tile_width) == (3, 8)


def test_gates_and_matrices_stand_in_one_way_only(weight):
    gated = weight((5, 12), ("input", "gate and unit"), ("i", "f", "c", "o"))
    for kernel in (gated, weight((30, 4), ("input", "unit"))):
        for room in (Room(900, 40), Room(40, 900)):
            assert arranged(plans(kernel), room) == plans(kernel)[0]


def test_a_long_vector_takes_the_shape_of_the_room(weight):
    found = plans(weight((512,), ("channel",)))
    wide, tall = (arranged(found, Room(*size)) for size in ((800, 100), (100, 800)))
    assert wide.width > 4 * wide.height
    assert tall.height > 4 * tall.width
