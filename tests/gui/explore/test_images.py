"""A picture becomes one row of inputs, where its size is that of the input."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from weightview.core.errors import InputError, OpenError
from weightview.gui.explore.images import is_image, read_image

PIXELS = np.random.default_rng(3).integers(0, 256, (3, 5, 3), np.uint8)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    image = QImage(5, 3, QImage.Format.Format_RGB888)
    for row in range(3):
        for column in range(5):
            image.setPixelColor(column, row, QColor(*map(int, PIXELS[row, column])))
    file = tmp_path / "five.png"
    assert image.save(str(file))
    return file


@pytest.mark.parametrize("shape", [(3, 5, 3), (45,)])
def test_the_pixels_are_the_numbers(picture: Path, shape: tuple[int, ...]) -> None:
    row = read_image(picture, shape)
    assert row.shape == (1, *shape)
    np.testing.assert_array_equal(row.reshape(PIXELS.shape), PIXELS)


@pytest.mark.parametrize("shape", [(3, 5, 1), (3, 5), (15,)])
def test_one_channel_is_the_grey_of_the_picture(picture: Path, shape: tuple[int, ...]) -> None:
    grey = read_image(picture, shape).reshape(3, 5)
    weighted = PIXELS.astype(float) @ [0.299, 0.587, 0.114]  # Pillow's convert("L")
    assert np.abs(grey - weighted).max() <= 0.51


def test_a_picture_of_another_size_is_refused_and_not_stretched(picture: Path) -> None:
    with pytest.raises(InputError, match=r"3 x 5 pixels .*; the model takes 28 x 28 x 1"):
        read_image(picture, (28, 28, 1))


def test_content_tells_whether_it_is_a_picture(picture: Path, tmp_path: Path) -> None:
    table = tmp_path / "table.png"
    table.write_text("1,2\n3,4\n")
    assert is_image(picture)
    assert not is_image(table)
    with pytest.raises(OpenError):
        read_image(table, (2,))
