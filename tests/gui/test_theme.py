"""Colours of numbers: zero in the middle, both signs alike, nothing lost at the ends."""

import ml_dtypes
import numpy as np
import pytest

from weightview.gui.theme import color_of, colors, diverging, palette, text_on, theme


@pytest.fixture(params=["light", "dark"], autouse=True)
def each_theme(request, qapp):
    theme().choose(request.param)


def test_zero_is_the_middle_colour_for_any_limit():
    for limit in (0.0, 1e-30, 1.0, 1e30):
        assert color_of(0.0, limit).name() == colors().zero


def test_the_ends_are_reached_at_the_limit_and_kept_beyond():
    limit = 0.5
    numbers = np.array([-9, -0.5, 0.5, 9], np.float32)
    below, low, high, above = diverging(numbers, limit).tolist()
    assert (below, above) == (low, high)
    assert low[2] > low[0]
    assert high[0] > high[2]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, ml_dtypes.bfloat16, np.int8])
def test_every_kind_of_number_has_a_colour(dtype):
    image = diverging(np.array([[-1, 0, 1]], dtype), 1.0)
    assert image.shape == (1, 3, 4)
    assert image.dtype == np.uint8
    assert len({tuple(pixel) for pixel in image[0].tolist()}) == 3


@pytest.mark.parametrize(
    ("value", "limit"),
    [(np.float32(3e38), 1e-30), (np.float64(1e300), 1e-300), (np.float64(1e300), 1e300)],
)
def test_huge_numbers_are_at_the_end_and_finite(value, limit):
    assert color_of(value, limit) == color_of(1.0, 1.0)


def test_what_is_not_finite_has_its_own_colour():
    pixels = diverging(np.array([np.nan, np.inf, -np.inf, 1.0], np.float32), 1.0).tolist()
    assert pixels[0] == pixels[1] == pixels[2] != pixels[3]


def test_text_is_readable_on_every_ground():
    def luminance(color):
        parts = [
            c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
            for c in (color.redF(), color.greenF(), color.blueF())
        ]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    for value in np.linspace(-1, 1, 41):
        ground = color_of(value, 1.0)
        light, dark = sorted((luminance(ground), luminance(text_on(ground))), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 3, f"{value} on {ground.name()}"


def test_the_palette_follows_the_theme():
    assert palette(colors()).window().color().name() == colors().window
