"""Windows open within the screen, their frames included."""

import pytest
from PySide6.QtCore import QPoint, QRect, QSize

from weightview.gui.placing import beside, first_size

FRAME_TOP = 37


@pytest.mark.parametrize(
    "room", [QRect(0, 0, 1280, 800), QRect(0, 27, 1280, 693), QRect(0, 0, 1024, 600)]
)
def test_the_first_window_fits_with_its_frame(room):
    size = first_size(room)
    assert size.width() <= room.width()
    assert size.height() + FRAME_TOP <= room.height()


def test_on_a_large_screen_the_first_window_is_not_as_large_as_the_screen():
    assert first_size(QRect(0, 0, 2560, 1440)) == QSize(1280, 800)


@pytest.mark.parametrize("x", [0, 50, 300, 900, 1240])
@pytest.mark.parametrize("y", [0, 40, 300, 760])
def test_the_next_window_lies_on_the_screen_too(x, y):
    room = QRect(0, 0, 1280, 800)
    window = beside(QPoint(x, y), QSize(1272, 760), room)
    assert room.contains(window.adjusted(0, 0, 0, FRAME_TOP))
    assert window.topLeft() != QPoint(x, y)
    assert min(window.width() - 800, window.height() - 500) >= 0


def test_a_window_shown_first_lies_on_the_screen(window):
    assert window.frameGeometry().height() <= window.screen().availableGeometry().height()
    assert window.frameGeometry().width() <= window.screen().availableGeometry().width()
