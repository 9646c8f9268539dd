"""The image in a person's hands: zoomed to a number, moved, copied, of any size."""

import re

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QPainter

from weightview.gui.theme import color_of, colors, theme
from weightview.gui.weight_view import image_painting

KERNEL = "layer/kernel"
CONV = ("kernel height", "kernel width", "channel", "filter")


def center(hand, path, index):
    return hand.image.cell_rect(path, index).center().toPoint()


def texts_painted(hand, monkeypatch):
    """Return the numbers that the next painting writes into cells."""
    written = []
    shown = image_painting.shown_text

    def remembered(value, *options):
        written.append(shown(value, *options))
        return written[-1]

    monkeypatch.setattr(image_painting, "shown_text", remembered)
    hand.image.grab()
    monkeypatch.setattr(image_painting, "shown_text", shown)
    return written


def test_the_wheel_zooms_around_the_pointer_to_cells_with_their_numbers(
    open_view, make_dense_document, monkeypatch
):
    document = make_dense_document((60, 40))
    document.set_values("dense_1/kernel", (31, 17), 0.625)
    hand = open_view(document, "dense_1/kernel")
    assert texts_painted(hand, monkeypatch) == []
    place = center(hand, "dense_1/kernel", (31, 17))
    hand.turn_wheel(place, 12)
    rect = hand.image.cell_rect("dense_1/kernel", (31, 17))
    assert rect.contains(QPointF(place))
    assert rect.width() >= 52
    written = texts_painted(hand, monkeypatch)
    assert "0.625" in written or "0.6250" in written
    assert len(written) < 200
    hand.turn_wheel(place, -40)
    assert hand.image.picture_rect().width() > 40
    assert texts_painted(hand, monkeypatch) == []


def test_numbers_in_sight_are_read_once_and_together(
    open_view, make_dense_document, monkeypatch, qtbot
):
    document = make_dense_document((60, 40))
    hand = open_view(document, "dense_1/kernel")
    hand.turn_wheel(center(hand, "dense_1/kernel", (31, 17)), 12)
    hand.image.grab()
    regions = []
    read = type(document).read

    def counted(self, weight, region=None):
        regions.append(region)
        return read(self, weight, region)

    monkeypatch.setattr(type(document), "read", counted)
    hand.image.grab()
    assert regions == []
    start = center(hand, "dense_1/kernel", (31, 17))
    qtbot.mousePress(hand.image, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(hand.image, start + QPoint(70, 40))
    qtbot.mouseRelease(hand.image, Qt.MouseButton.LeftButton, pos=start + QPoint(70, 40))
    regions.clear()
    hand.image.grab()
    hand.image.grab()
    assert len(regions) <= 1
    document.set_values("dense_1/kernel", (31, 17), 0.9875)
    assert "0.9875" in texts_painted(hand, monkeypatch)


@pytest.mark.parametrize(
    ("shape", "axes"),
    [((5, 4, 6), ("input", "head", "key dimension")), ((3, 3, 2, 5), CONV), ((70,), ("unit",))],
)
def test_every_number_stands_in_its_own_cell(open_view, make_document, monkeypatch, shape, axes):
    array = np.arange(np.prod(shape), dtype=np.int64).reshape(shape)
    hand = open_view(make_document("Any", {"w": array}, {"w": axes}), "layer/w", (1600, 1200))
    hand.press("shown_as_image")
    hand.image.setFocus()
    hand.turn_wheel(QPoint(5, 30), 12)
    written = []
    draw = QPainter.drawText

    def noted(painter, *where):
        if isinstance(where[-1], str) and where[-1].isdigit() and where[0].width() > 60:
            written.append((where[0].center(), int(where[-1])))
        return draw(painter, *where)

    Noting = type("Noting", (QPainter,), {"drawText": noted})  # noqa: N806 - a class
    monkeypatch.setattr("weightview.gui.weight_view.image_view.QPainter", Noting)
    hand.image.grab()
    assert written
    for place, number in written:
        index = tuple(int(i) for i in np.unravel_index(number, shape))
        assert hand.image.cell_rect("layer/w", index).contains(place)


def test_the_number_of_the_cell_is_legible_on_its_colour(open_view, dense_document):
    hand = open_view(dense_document, "dense_1/kernel", (900, 900))
    hand.press("shown_as_image")
    rect = hand.image.cell_rect("dense_1/kernel", (4, 2)).toRect().adjusted(3, 3, -3, -3)
    seen = hand.image.grab().toImage()
    inks = {
        seen.pixelColor(x, y).lightness()
        for x in range(rect.left(), rect.right())
        for y in range(rect.top(), rect.bottom())
    }
    assert max(inks) - min(inks) > 60


def test_the_value_under_the_pointer_is_told(open_view, dense_document, qtbot):
    hand = open_view(dense_document, "dense_1/kernel")
    qtbot.mouseMove(hand.image, center(hand, "dense_1/kernel", (3, 2)))
    value = dense_document.read("dense_1/kernel", (3, 2))
    assert hand.words[-1] == f"input 3, unit 2: {value:.9g}"
    qtbot.mouseMove(hand.image, center(hand, "dense_1/bias", (4,)))
    assert hand.words[-1].startswith("bias: unit 4: ")


def test_the_image_is_put_on_the_clipboard_with_its_colour_scale(open_view, dense_document):
    hand = open_view(dense_document, "dense_1/kernel")
    hand.view.findChild(object, "copy_picture").trigger()
    copied = QGuiApplication.clipboard().image()
    assert copied.width() > 2 * (hand.image.used_width() + hand.image.bar.width())
    value = float(dense_document.read("dense_1/kernel", (5, 1)))
    expected = color_of(value, hand.image._content.limit)
    places = ((x, y) for x in range(copied.width()) for y in range(copied.height()))
    assert any(copied.pixelColor(*place) == expected for place in places)


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_the_picture_follows_the_theme(open_view, dense_document, choice):
    dense_document.set_values("dense_1/kernel", (0, 0), 0)
    hand = open_view(dense_document, "dense_1/kernel")
    theme().choose(choice)
    place = center(hand, "dense_1/kernel", (0, 0))
    pixel = hand.image.grab().toImage().pixelColor(place)
    assert (pixel.lightness() < 128) == (choice == "dark")


STEP = ("kernel step", "channel", "filter")
TRANSPOSED = ("kernel height", "kernel width", "filter", "channel")
DEPTHWISE = ("kernel height", "kernel width", "channel", "multiplier")


@pytest.mark.parametrize("size", [(620, 470), (1500, 900)])
@pytest.mark.parametrize(
    ("shape", "axes", "outer", "name"),
    [
        ((3, 3, 2, 12), CONV, 3, "filter"),
        ((5, 4, 6), STEP, 2, "filter"),
        ((3, 2, 2, 2, 4), ("kernel depth", *CONV), 4, "filter"),
        ((3, 3, 7, 2), TRANSPOSED, 2, "filter"),
        ((3, 3, 9, 1), DEPTHWISE, 2, "channel"),
        ((3, 3, 4, 2), DEPTHWISE, 3, "multiplier"),
        ((6, 4, 3), ("input", "head", "key dimension"), 1, "head"),
        ((4, 3, 6), ("head", "value dimension", "output"), 0, "head"),
    ],
    ids=str,
)
def test_every_tile_is_named_and_leads_to_its_slice(
    open_view, make_document, shape, axes, outer, name, size
):
    array = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    hand = open_view(make_document("Any", {"kernel": array}, {"kernel": axes}), KERNEL, size)
    assert hand.image.mosaic.captions == tuple(f"{name} {i}" for i in range(shape[outer]))
    for tile in range(shape[outer]):
        index = [length - 1 for length in shape]
        index[outer] = tile
        hand.click_image(KERNEL, tuple(index))
        assert hand.selection.cell == tuple(index)
        current = hand.table.currentIndex()
        shown = np.float32(hand.cell_text(current.row(), current.column()))
        assert shown == array[tuple(index)]


def test_a_gru_has_borders_and_names_of_gates_and_both_its_biases(open_view, make_document, qtbot):
    rng = np.random.default_rng(4)
    arrays = {
        "kernel": rng.normal(size=(3, 12)).astype(np.float32),
        "bias": rng.normal(size=(2, 12)).astype(np.float32),
    }
    axes = {"kernel": ("input", "gate and unit"), "bias": ("input or recurrent", "gate and unit")}
    document = make_document("GRU", arrays, axes, gates=("z", "r", "h"))
    hand = open_view(document, KERNEL)
    assert hand.image.mosaic.captions == ("z", "r", "h")
    inside = (
        hand.image.cell_rect(KERNEL, (0, 3)).left() - hand.image.cell_rect(KERNEL, (0, 2)).left()
    )
    across = (
        hand.image.cell_rect(KERNEL, (0, 4)).left() - hand.image.cell_rect(KERNEL, (0, 3)).left()
    )
    assert across >= 2 * inside - 1
    for row in range(2):
        hand.click_image("layer/bias", (row, 7))
        assert (hand.selection.weight_path, hand.selection.cell) == ("layer/bias", (row, 7))


def test_an_embedding_is_shown_by_row(open_view, make_document, qtbot):
    array = np.random.default_rng(2).normal(size=(500, 8)).astype(np.float32)
    axes = {"embeddings": ("index", "dimension")}
    document = make_document("Embedding", {"embeddings": array}, axes)
    hand = open_view(document, "layer/embeddings")
    qtbot.mouseMove(hand.image, center(hand, "layer/embeddings", (321, 5)))
    place = re.match(r"index (\d+), dimension 5: ", hand.words[-1])
    assert abs(int(place[1]) - 321) <= 2
    hand.click_image("layer/embeddings", (499, 0))
    assert hand.table.currentIndex().row() == hand.selection.cell[0] >= 497


@pytest.mark.parametrize(
    ("shape", "axes"),
    [
        ((3, 3, 1400, 1400), CONV),
        ((3, 3, 1400, 1400), ("kernel height", "kernel width", "filter", "channel")),
        ((1, 1, 4200, 4200), CONV),
        ((3, 2400, 2400), ("kernel step", "channel", "filter")),
        ((3, 3, 3, 800, 800), ("kernel depth", *CONV)),
        ((2048, 64, 160), ("input", "head", "key dimension")),
        ((17_000_000,), ("unit",)),
    ],
    ids=str,
)
def test_an_array_of_any_rank_and_size_has_a_picture_made_in_the_background(
    open_view, make_document, qtbot, shape, axes
):
    last = np.linspace(-1, 1, shape[-1], dtype=np.float32)
    array = np.broadcast_to(last, shape)
    hand = open_view(make_document("Any", {"kernel": array}, {"kernel": axes}), KERNEL)
    image = hand.image
    assert image.image is None
    qtbot.waitUntil(lambda: image.image is not None, timeout=30_000)
    assert image.image.width() * image.image.height() < 4_000_000
    first, end = (0,) * len(shape), tuple(length - 1 for length in shape)
    picture, mosaic = image.image, image.mosaic
    for index, is_blue in ((first, True), (end, False)):
        y, x = mosaic.cell(index)
        seen = picture.pixelColor(
            min(picture.width() - 1, x * picture.width() // mosaic.width),
            min(picture.height() - 1, y * picture.height() // mosaic.height),
        )
        assert (seen.blue() > seen.red()) == is_blue
    hand.turn_wheel(center(hand, KERNEL, end), 60)
    assert image.view.across == 64
    hand.selection.select_cell(KERNEL, end)  # comes into sight
    spot = center(hand, KERNEL, end)
    qtbot.mouseMove(image, spot)
    assert hand.words[-1].endswith(": 1")
    qtbot.waitUntil(
        lambda: image.grab().toImage().pixelColor(spot + QPoint(-20, -9)) == color_of(1, 1),
        timeout=30_000,
    )


def test_the_outline_of_a_cell_half_out_of_sight_covers_no_bias(
    open_view, make_dense_document, qtbot
):
    hand = open_view(make_dense_document((60, 40)), "dense_1/kernel", (900, 620))
    hand.press("shown_as_image")
    hand.turn_wheel(center(hand, "dense_1/kernel", (30, 20)), 20)
    image = hand.image
    area = image.placement().area
    last = image.mosaic.index(*image.view.cell(area.bottomLeft() + QPointF(100, -1)))
    before = image.grab().toImage()
    qtbot.mouseMove(image, QPoint(int(area.left()) + 100, int(area.bottom()) - 2))
    assert image.cell_rect("dense_1/kernel", last).bottom() > area.bottom()
    after = image.grab().toImage()
    strip = range(int(area.bottom()) + 5, image.height())
    assert all(before.pixel(x, y) == after.pixel(x, y) for x in range(200) for y in strip)


@pytest.mark.parametrize("shape", [(60, 40), (1500, 900), (5000, 4000)], ids=str)
def test_an_edit_is_found_in_an_image_of_any_size(open_view, make_document, shape):
    array = np.broadcast_to(np.float32(0), shape)
    document = make_document("Dense", {"kernel": array}, {"kernel": ("input", "unit")})
    hand = open_view(document, KERNEL)
    place = shape[0] // 3, shape[1] // 2
    document.set_values(KERNEL, place, 0.25)
    spot, seen = center(hand, KERNEL, place), hand.image.grab().toImage()
    near = range(-8, 9)
    found = {seen.pixelColor(spot + QPoint(x, y)).name() for x in near for y in near}
    assert colors().edit in found
    document.undo()
    seen = hand.image.grab().toImage()
    assert colors().edit not in {
        seen.pixelColor(spot + QPoint(x, y)).name() for x in near for y in near
    }


def test_text_and_complex_numbers_have_no_picture_and_say_so(open_view, make_document):
    for array in (np.array([[1 + 2j, 3]], np.complex64), np.array([b"a", b"bc"])):
        hand = open_view(make_document("Any", {"w": array}, {"w": ()}), "layer/w")
        hand.press("shown_as_image")
        ink = hand.image.grab().toImage()
        assert len({ink.pixel(x, 8) for x in range(ink.width())}) > 1
        assert hand.image.image is None
