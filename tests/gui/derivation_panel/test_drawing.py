"""A number that the window cuts shows that it is cut."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from weightview.gui.derivation_panel.drawing import draw_number


def drawn(text: str, edge: int) -> QImage:
    image = QImage(200, 30, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    draw_number(painter, QRect(0, 0, 180, 30), text, edge)
    painter.end()
    return image


def test_a_number_at_the_edge_ends_in_an_ellipsis_and_another_is_whole(qtbot: QtBot) -> None:
    del qtbot
    whole, cut = drawn("-123456.75", 180), drawn("-123456.75", 150)
    assert whole != cut
    assert cut.copy(0, 0, 150, 30) != whole.copy(0, 0, 150, 30), "it is not merely clipped"
