"""Pictures as files: both kinds look alike, and nothing half-written is left."""

import pytest
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from weightview.core.errors import SaveError
from weightview.gui.picture_file import Picture, save

SIZE = QSize(200, 60)


def paint(painter):
    painter.fillRect(QRectF(0, 0, 200, 60), Qt.GlobalColor.white)
    painter.drawText(QRectF(0, 0, 200, 60), "weight weight weight")


@pytest.fixture
def picture(qapp):
    def image():
        result = QPixmap(SIZE)
        painter = QPainter(result)
        paint(painter)
        painter.end()
        return result

    return Picture("A picture", SIZE, image, paint)


def ink(image):
    """Return how far to the right something dark stands."""
    places = [(x, y) for x in range(image.width()) for y in range(image.height())]
    return max(x for x, y in places if image.pixelColor(x, y).lightness() < 160)


def test_text_is_as_large_in_the_svg_as_in_the_png(picture, tmp_path):
    png = QImage(str(save(picture, tmp_path / "a.png")))
    drawn = QSvgRenderer(str(save(picture, tmp_path / "a.svg")))
    svg = QImage(SIZE, QImage.Format.Format_RGB32)
    painter = QPainter(svg)
    drawn.render(painter, QRectF(0, 0, 200, 60))
    painter.end()
    assert ink(svg) == pytest.approx(ink(png), rel=0.1)


def test_a_name_without_a_suffix_becomes_a_png(picture, tmp_path):
    assert save(picture, tmp_path / "a").name == "a.png"


def test_another_suffix_is_refused_and_the_file_stays(picture, tmp_path):
    path = tmp_path / "a.bmp"
    path.write_text("kept")
    with pytest.raises(SaveError, match=r"\.png or \.svg"):
        save(picture, path)
    assert path.read_text() == "kept"


def test_a_folder_that_is_not_there_is_told(picture, tmp_path):
    with pytest.raises(SaveError, match="could not be written"):
        save(picture, tmp_path / "none" / "a.png")
