"""Saved pictures, as a person asks for them."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QMenu, QToolButton

from weightview.gui.theme import colors

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)

KERNEL = "dense_1/kernel"


@pytest.fixture
def hand(open_view, dense_document):
    kernel = dense_document.read(KERNEL)
    kernel[2, 1] = np.nan
    dense_document.set_values(KERNEL, None, kernel)
    return open_view(dense_document, KERNEL)


def colors_in(image):
    """Return the colours of a picture that are seen in it, each as one number."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    return {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}


@pytest.mark.parametrize("suffix", [".png", ".svg", ""])
def test_the_picture_is_saved_as_a_figure_without_the_selection(
    hand, tmp_path, monkeypatch, suffix
):
    hand.click_image(KERNEL, (5, 3))
    file = tmp_path / f"kernel{suffix}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(file), ""))
    hand.view.findChild(object, "save_picture").trigger()
    assert QColor(colors().accent).rgb() in colors_in(hand.image.grab().toImage())
    if suffix == ".svg":
        drawing = QSvgRenderer(str(file))
        saved = QImage(drawing.defaultSize() * 2, QImage.Format.Format_RGB32)
        painter = QPainter(saved)
        drawing.render(painter)
        painter.end()
        text = file.read_text()
        assert "dense_1/kernel" in text
        assert f"{hand.image.bar.limit:.3f}" in text
    else:
        saved = QImage(str(tmp_path / "kernel.png"))
    assert saved.width() > 2 * (hand.image.used_width() + hand.image.bar.width())
    seen = colors_in(saved)
    assert QColor(colors().accent).rgb() not in seen
    for cell in ((1, 1), (5, 3)):
        corner = hand.image.cell_rect(KERNEL, cell).topLeft().toPoint() + QPoint(4, 4)
        assert hand.image.grab().toImage().pixelColor(corner).rgb() in seen
    assert hand.words[-1] == f"Saved {(file if suffix else file.with_suffix('.png')).name}."


def test_a_right_click_in_the_image_opens_the_menu_at_its_cell(hand):
    place = hand.image.cell_rect(KERNEL, (5, 3)).center().toPoint()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, QPoint(50, 50))
    QApplication.sendEvent(hand.image, event)
    menu = hand.view.findChild(QMenu, "image_menu")
    assert menu.isVisible()
    names = {action.objectName() for action in menu.actions()}
    assert {"cells_copy", "copy_picture", "save_picture", "profiles", "fit_image"} <= names
    assert (hand.selection.weight_path, hand.selection.cell) == (KERNEL, (5, 3))
    menu.close()


def test_a_zoomed_image_says_so_and_a_button_fits_it(hand, qtbot):
    button = hand.image.findChild(QToolButton, "fit_image_button")
    assert not button.isVisible()
    before = hand.image.view
    hand.image.setFocus()
    qtbot.keyClicks(hand.image, "+++")
    assert button.isVisible()
    assert button.text() == "×2 · Fit"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not button.isVisible()
    assert hand.image.view == before


def test_the_image_beside_a_sorted_table_says_its_own_order(hand):
    words = hand.image.findChild(QLabel, "image_order")
    assert not words.isVisible()
    hand.view.findChild(object, "sort_rows").trigger()
    assert words.isVisible()
    hand.view.findChild(object, "original_order").trigger()
    assert not words.isVisible()


def test_a_picture_of_another_kind_or_place_is_refused(hand, tmp_path, monkeypatch):
    for name in ("kernel.jpeg", "absent/kernel.png"):
        answer = (str(tmp_path / name), "")
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, a=answer: a)
        hand.view.findChild(object, "save_picture").trigger()
    assert len(hand.refusals) == 2
    assert list(tmp_path.glob("kernel*")) == []


def test_the_means_are_told_in_words_with_their_scales(hand):
    hand.view.findChild(object, "profiles").trigger()
    found = hand.image.profiles
    columns, rows = np.nanmax(np.abs(found.columns)), np.nanmax(np.abs(found.rows))
    assert f"column means up to {columns:.3g}" in hand.words[-1]
    assert f"row means up to {rows:.3g}" in hand.words[-1]
