"""Icons: each is drawn, in the theme's colour, paler where disabled."""

from typing import get_args

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon

from weightview.gui.icons import Name, icon, program_icon
from weightview.gui.theme import colors, theme

SIDE = QSize(32, 32)


def inks(picture, mode=QIcon.Mode.Normal):
    image = picture.pixmap(SIDE, 1.0, mode).toImage()
    pixels = (image.pixelColor(x, y) for x in range(32) for y in range(32))
    return {color.name() for color in pixels if color.alpha() == 255}


@pytest.mark.parametrize("name", get_args(Name))
@pytest.mark.parametrize("choice", ["light", "dark"])
def test_an_icon_is_drawn_in_the_colour_of_text(qapp, name, choice):
    theme().choose(choice)
    assert colors().text in inks(icon(name))
    assert colors().text not in inks(icon(name), QIcon.Mode.Disabled)


def test_a_colour_of_ones_own_can_be_given(qapp):
    assert "#ff0000" in inks(icon("save", "#ff0000"))


def test_the_program_has_an_icon_in_large(qapp):
    assert QSize(256, 256) in program_icon().availableSizes()
