"""The means beside the image: in line with their rows and columns, at any zoom."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from weightview.gui.theme import colors

KERNEL = "dense_1/kernel"
CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def show_means(hand, qtbot):
    hand.key(Qt.Key.Key_M, CTRL_SHIFT)
    qtbot.waitUntil(lambda: hand.image.profiles is not None)
    return hand.image.profiles


def color_at(hand, x, y):
    return hand.image.grab().toImage().pixelColor(int(x), int(y)).name()


def test_the_means_are_those_of_the_numbers_and_follow_edits(open_view, dense_document, qtbot):
    hand = open_view(dense_document, KERNEL)
    hand.click_cell(0, 0)
    found = show_means(hand, qtbot)
    wide = dense_document.read(KERNEL).astype(np.float64)
    np.testing.assert_allclose(found.columns, wide.mean(axis=0), atol=1e-12)
    np.testing.assert_allclose(found.rows, wide.mean(axis=1), atol=1e-12)
    hand.type_into(0, 0, "80")
    assert hand.image.profiles.rows[0] == pytest.approx(dense_document.read(KERNEL)[0].mean())
    hand.key(Qt.Key.Key_M, CTRL_SHIFT)
    assert hand.image.profiles is None


def test_bars_stand_under_their_columns_and_beside_their_rows(open_view, dense_document, qtbot):
    kernel = np.zeros((8, 5), np.float32)
    kernel[:, 1], kernel[:, 3] = 1, -1
    kernel[6] = -1
    dense_document.set_values(KERNEL, None, kernel)
    hand = open_view(dense_document, KERNEL)
    hand.click_cell(0, 0)
    show_means(hand, qtbot)
    placement = hand.image.placement()
    middle = placement.column_profile.center().y()
    for column, expected, side in ((1, colors().positive, -5), (3, colors().negative, 5)):
        x = hand.image.cell_rect(KERNEL, (0, column)).center().x()
        assert color_at(hand, x, middle + side) == expected
        assert color_at(hand, x, middle - side) not in (colors().positive, colors().negative)
    centre = placement.row_profile.center().x()
    y = hand.image.cell_rect(KERNEL, (6, 0)).center().y()
    assert color_at(hand, centre - 5, y) == colors().negative
    assert placement.column_profile.top() > hand.image.cell_rect("dense_1/bias", (0,)).bottom()


def test_the_means_keep_in_line_with_a_zoomed_and_moved_picture(
    open_view, make_dense_document, qtbot
):
    document = make_dense_document((60, 40))
    kernel = np.zeros((60, 40), np.float32)
    kernel[:, 31] = 1
    document.set_values(KERNEL, None, kernel)
    hand = open_view(document, KERNEL)
    hand.press("shown_as_image")
    hand.image.setFocus()
    hand.view.findChild(object, "profiles").trigger()
    place = hand.image.cell_rect(KERNEL, (30, 31)).center().toPoint()
    hand.turn_wheel(place, 5)
    end = place + QPoint(-60, 25)
    qtbot.mousePress(hand.image, Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseMove(hand.image, end)
    qtbot.mouseRelease(hand.image, Qt.MouseButton.LeftButton, pos=end)
    rect = hand.image.cell_rect(KERNEL, (30, 31))
    assert rect.center().toPoint() != place
    middle = hand.image.placement().column_profile.center().y()
    assert color_at(hand, rect.center().x(), middle - 5) == colors().positive
    assert color_at(hand, rect.left() - rect.width(), middle - 5) != colors().positive


def test_the_mean_under_the_pointer_is_told(open_view, lstm_document, qtbot):
    hand = open_view(lstm_document, "layer/kernel")
    hand.click_cell(0, 0)
    show_means(hand, qtbot)
    placement = hand.image.placement()
    kernel = lstm_document.read("layer/kernel").astype(np.float64)
    x = hand.image.cell_rect("layer/kernel", (0, 4)).center().x()
    qtbot.mouseMove(hand.image, QPoint(int(x), int(placement.column_profile.center().y())))
    assert hand.words[-1] == f"f · unit 1: mean {kernel[:, 4].mean():.9g}"
    y = hand.image.cell_rect("layer/kernel", (2, 0)).center().y()
    qtbot.mouseMove(hand.image, QPoint(int(placement.row_profile.center().x()), int(y)))
    assert hand.words[-1] == f"input 2: mean {kernel[2].mean():.9g}"


@pytest.mark.parametrize("path", ["layer/kernel", "layer/recurrent_kernel"])
def test_gates_keep_their_means_turned_as_well(open_view, lstm_document, qtbot, path):
    hand = open_view(lstm_document, path)
    hand.press("orientation_textbook")
    hand.click_cell(0, 0)
    found = show_means(hand, qtbot)
    wide = lstm_document.read(path).astype(np.float64)
    np.testing.assert_allclose(found.columns, wide.mean(axis=1), atol=1e-12)
    np.testing.assert_allclose(found.rows[np.isfinite(found.rows)], wide.mean(axis=0), atol=1e-12)


def test_filters_in_one_line_have_means_of_their_columns(open_view, make_document, qtbot):
    array = np.random.default_rng(2).normal(size=(3, 2, 2, 4)).astype(np.float32)
    axes = {"kernel": ("kernel height", "kernel width", "channel", "filter")}
    hand = open_view(make_document("Conv2D", {"kernel": array}, axes), "layer/kernel", (1500, 700))
    hand.click_cell(0, 0)
    found = show_means(hand, qtbot)
    mosaic = hand.image.mosaic
    assert mosaic.lines == 1
    picture = np.where(mosaic.holes(), np.nan, mosaic.arrange(array).astype(np.float64))
    for means, axis in ((found.columns, 0), (found.rows, 1)):
        is_gap = np.isnan(picture).all(axis=axis)
        assert np.array_equal(np.isnan(means), is_gap)
        expected = np.nanmean(np.compress(~is_gap, picture, axis=1 - axis), axis=axis)
        np.testing.assert_allclose(means[~is_gap], expected, atol=1e-12)


def test_each_filter_of_a_grid_has_a_mean_under_it(open_view, make_document, qtbot):
    array = np.zeros((3, 3, 1, 40), np.float32)
    array[..., 11], array[..., 12] = 1, -1
    axes = {"kernel": ("kernel height", "kernel width", "channel", "filter")}
    hand = open_view(make_document("Conv2D", {"kernel": array}, axes), "layer/kernel")
    assert hand.image.mosaic.lines > 1
    hand.click_cell(0, 0)
    found = show_means(hand, qtbot)
    assert found.tiles.tolist() == [0] * 11 + [1, -1] + [0] * 27
    for tile, color, side in ((11, colors().positive, 4), (12, colors().negative, -4)):
        rect = hand.image.cell_rect("layer/kernel", (2, 1, 0, tile))
        spot = QPoint(int(rect.center().x()) + side, int(rect.bottom()) + 2)
        assert color_at(hand, spot.x(), spot.y()) == color
        qtbot.mouseMove(hand.image, spot)
        assert hand.words[-1] == f"filter {tile}: mean {array[..., tile].mean():.9g}"


def test_a_large_weight_has_its_means_from_the_background(open_view, make_document, qtbot):
    array = np.broadcast_to(np.linspace(-1, 1, 3000, dtype=np.float32), (900, 3000))
    hand = open_view(make_document("Dense", {"kernel": array}, {"kernel": ()}), "layer/kernel")
    hand.click_cell(0, 0)
    hand.key(Qt.Key.Key_M, CTRL_SHIFT)
    assert hand.image.profiles is None
    qtbot.waitUntil(lambda: hand.image.profiles is not None)
    np.testing.assert_allclose(hand.image.profiles.columns, array[0], atol=1e-6)
    strip = hand.image.placement().column_profile
    assert color_at(hand, strip.right() - 2, strip.center().y() - 9) == colors().positive
    assert color_at(hand, strip.left() + 2, strip.center().y() + 9) == colors().negative


def test_where_no_means_are_seen_the_reason_is_told(open_view, make_document, dense_document):
    hand = open_view(dense_document, KERNEL)
    hand.press("shown_as_table")
    hand.view.findChild(object, "profiles").trigger()
    assert "stand beside the image" in hand.words[-1]
    array = np.ones(700, np.float32)
    hand = open_view(
        make_document("BatchNormalization", {"gamma": array}, {"gamma": ()}), "layer/gamma"
    )
    hand.view.findChild(object, "profiles").trigger()
    assert "a vector in lines" in hand.words[-1]


def test_so_many_rows_that_none_could_be_seen_have_no_means(open_view, make_document, qtbot):
    array = np.broadcast_to(np.float32(1), (3_000_000, 2))
    document = make_document("Embedding", {"embeddings": array}, {"embeddings": ()})
    hand = open_view(document, "layer/embeddings")
    hand.view.findChild(object, "profiles").trigger()
    assert "too many rows" in hand.words[-1]
    hand.image.grab()
    assert hand.image.profiles is None


def test_numbers_that_are_not_finite_do_not_count(open_view, dense_document, qtbot):
    dense_document.set_values(KERNEL, (slice(0, 8), 1), np.nan)
    dense_document.set_values(KERNEL, (0, 0), np.inf)
    hand = open_view(dense_document, KERNEL)
    hand.click_cell(3, 3)
    found = show_means(hand, qtbot)
    column = dense_document.read(KERNEL)[1:, 0].astype(np.float64)
    assert found.columns[0] == pytest.approx(column.mean())
    assert np.isnan(found.columns[1])
    hand.image.grab()
