"""Table, image and colour bar share the room: nothing covers another, nothing hangs out."""

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt

CONV = ("kernel height", "kernel width", "channel", "filter")
SHAPES = [
    ((8, 5), ("input", "unit")),
    ((1, 16), ("input", "unit")),
    ((300, 200), ("input", "unit")),
    ((3, 3, 1, 8), CONV),
    ((3, 3, 8, 8), CONV),
    ((3, 3, 128, 1), CONV),
    ((3, 3, 3, 2, 3), ("kernel depth", *CONV)),
    ((8, 2, 4), ("input", "head", "key dimension")),
    ((700,), ("unit",)),
]


def pieces(hand):
    """Return the room, and what the visible pieces take of it; of the image, its picture."""
    names = ("weight_table", "weight_image", "color_bar")
    widgets = [hand.view.findChild(object, name) for name in names]
    found = {widget.objectName(): widget.geometry() for widget in widgets if widget.isVisible()}
    if "weight_image" in found:
        picture = hand.image.picture_rect().toRect()
        found["weight_image"] = picture.translated(hand.image.pos())
    return widgets[0].parentWidget().rect(), list(found.values())


def are_apart(hand):
    room, rects = pieces(hand)
    return all(room.contains(rect) for rect in rects) and not any(
        one.intersects(other) for one, other in itertools.combinations(rects, 2)
    )


@pytest.mark.parametrize("size", [(600, 430), (900, 620), (1500, 900)])
@pytest.mark.parametrize(("shape", "axes"), SHAPES, ids=lambda value: str(value)[:24])
def test_nothing_covers_another_and_all_of_it_is_in_sight(
    open_view, make_document, qtbot, shape, axes, size
):
    array = np.ones(shape, np.float32)
    hand = open_view(make_document("Any", {"w": array}, {"w": axes}), "layer/w", size)
    for key in ("shown_as_image", "shown_as_table", "shown_as_both"):
        hand.press(key)
        qtbot.waitUntil(lambda: are_apart(hand))
    first, last = (0,) * len(shape), tuple(length - 1 for length in shape)
    for index in (first, last):
        rect = hand.image.cell_rect("layer/w", index)
        assert hand.image.rect().adjusted(0, 0, 1, 1).contains(rect.toRect())


def test_the_bar_makes_room_for_a_picture_that_is_zoomed(open_view, make_document, qtbot):
    array = np.ones((40, 3, 1, 1), np.float32)
    hand = open_view(make_document("Conv2D", {"w": array}, {"w": CONV}), "layer/w", (900, 500))
    hand.press("shown_as_image")
    qtbot.waitUntil(lambda: are_apart(hand))
    before = hand.image.picture_rect().width()
    for _ in range(12):
        qtbot.keyClick(hand.image, Qt.Key.Key_Plus)
        assert are_apart(hand)
    assert hand.image.picture_rect().width() > before + 30
    qtbot.keyClick(hand.image, Qt.Key.Key_0)
    assert are_apart(hand)


def test_filters_stand_under_a_short_table_as_large_as_fits(open_view, make_document):
    array = np.ones((3, 3, 1, 8), np.float32)
    hand = open_view(make_document("Conv2D", {"w": array}, {"w": CONV}), "layer/w", (600, 430))
    hand.press("notation_full")
    assert hand.image.y() >= hand.table.geometry().bottom()
    assert hand.image.view.across >= 15


def test_a_wide_window_shows_both_side_by_side(open_view, make_document):
    array = np.ones((3, 3, 1, 8), np.float32)
    hand = open_view(make_document("Conv2D", {"w": array}, {"w": CONV}), "layer/w", (1500, 500))
    assert hand.image.x() >= hand.table.geometry().right()
    assert hand.image.view.across == 27


def test_the_image_alone_blows_a_small_kernel_up_until_its_numbers_are_read(
    open_view, dense_document
):
    hand = open_view(dense_document, "dense_1/kernel", (900, 900))
    hand.press("shown_as_image")
    assert hand.image.view.across >= 52
    hand.press("shown_as_both")
    assert hand.image.view.across <= 27


def test_the_image_grows_with_the_window_and_lays_its_filters_out_anew(
    open_view, make_document, qtbot
):
    array = np.ones((3, 3, 4, 32), np.float32)
    hand = open_view(make_document("Conv2D", {"w": array}, {"w": CONV}), "layer/w", (600, 420))
    before = hand.image.view.across
    hand.view.resize(1500, 900)
    qtbot.waitUntil(lambda: hand.image.view.across > before)
    picture = hand.image.picture_rect().toRect()
    assert QRect(hand.image.rect()).adjusted(0, 0, 1, 1).contains(picture)


def test_the_means_leave_the_picture_wide_enough_to_be_seen(open_view, dense_document, qtbot):
    hand = open_view(dense_document, "dense_1/kernel", (600, 430))
    hand.view.findChild(object, "profiles").trigger()
    qtbot.waitUntil(lambda: are_apart(hand))
    assert hand.image.picture_rect().width() >= 72
