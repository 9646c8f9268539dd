"""Colours of numbers: zero in the middle, both signs alike, nothing lost at the ends."""

import ml_dtypes
import numpy as np
import pytest

from weightview.gui.theme import (
    beyond_colors,
    color_of,
    colors,
    diverging,
    palette,
    text_on,
    theme,
)


@pytest.fixture(params=["light", "dark"], autouse=True)
def each_theme(request, qapp):
    theme().choose(request.param)


def test_zero_is_the_middle_colour_for_any_limit():
    for limit in (0.0, 1e-30, 1.0, 1e30):
        assert color_of(0.0, limit).name() == colors().zero


def test_the_ends_are_reached_at_the_limit_and_what_is_beyond_is_marked():
    limit = 0.5
    numbers = np.array([-9, -0.51, -0.5, 0.5, 0.51, 9], np.float32)
    below, too_low, low, high, too_high, above = diverging(numbers, limit).tolist()
    assert below == too_low != low
    assert above == too_high != high
    assert [tuple(below[:3]), tuple(above[:3])] == [c.getRgb()[:3] for c in beyond_colors()]
    assert low[2] > low[0]
    assert high[0] > high[2]


def test_a_limit_that_is_rounded_marks_nothing():
    numbers = np.random.default_rng(3).normal(size=500).astype(np.float32)
    limit = float(np.abs(numbers).max())
    assert np.array_equal(diverging(numbers, limit), diverging(numbers, np.float32(limit)))
    pixels = diverging(numbers.astype(np.float64) * 0.1, limit * 0.1)[:, :3].tolist()
    assert not {c.getRgb()[:3] for c in beyond_colors()} & {tuple(pixel) for pixel in pixels}


def lightness(rgba):
    """CIE L* of sRGB colours, 0 to 100."""
    parts = rgba[..., :3].astype(np.float64) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    y = linear @ (0.2126, 0.7152, 0.0722)
    return np.where(y > 0.008856, 116 * np.cbrt(y) - 16, 903.3 * y)


def test_lightness_goes_one_way_from_zero_to_either_end_and_beyond():
    numbers = np.concatenate([np.linspace(0, 1, 200), [1.5]])
    away = 1 if theme().choice == "dark" else -1
    for sign in (-1, 1):
        steps = np.diff(lightness(diverging(sign * numbers, 1.0))) * away
        assert (steps > -0.2).all(), "rounding to 8 bits apart"
        assert steps.sum() > 30


def test_both_signs_are_about_as_light_and_stay_apart_for_the_colour_blind():
    # Viénot, Brettel, Mollon 1999: linear sRGB as a deuteranope sees it.
    deuteranopia = np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]])
    numbers = np.linspace(0.25, 1, 7)
    low, high = diverging(-numbers, 1.0), diverging(numbers, 1.0)
    assert (abs(lightness(low) - lightness(high)) < 12).all()
    seen = [(rgba[:, :3] / 255.0) ** 2.2 @ deuteranopia.T for rgba in (low, high)]
    blueness = [rgb[:, 2] - rgb[:, 0] for rgb in seen]
    assert (blueness[0] > 0).all()
    assert (blueness[1] < 0).all()


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
def test_huge_numbers_are_at_the_end_or_beyond_and_finite(value, limit):
    assert color_of(value, limit) in (color_of(1.0, 1.0), beyond_colors()[1])


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
