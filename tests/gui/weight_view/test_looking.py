"""Profiles and saved pictures, as a person asks for them."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QFileDialog

from weightview.gui.weight_view.profile_chart import ProfileChart

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)

KERNEL = "dense_1/kernel"
CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def hand(open_view, dense_document):
    kernel = dense_document.read(KERNEL)
    kernel[2, 1] = np.nan
    dense_document.set_values(KERNEL, None, kernel)
    return open_view(dense_document, KERNEL)


def shown_profiles(hand, qtbot):
    hand.click_cell(0, 0)
    hand.key(Qt.Key.Key_M, CTRL_SHIFT)
    chart = hand.view.findChild(ProfileChart, "profile_chart")
    assert chart.isVisible()
    qtbot.waitUntil(lambda: chart.found is not None)
    return chart


def test_profiles_are_the_means_and_follow_edits(open_view, qtbot, dense_document):
    hand = open_view(dense_document, KERNEL)
    chart = shown_profiles(hand, qtbot)
    np.testing.assert_allclose(
        chart.found.columns, dense_document.read(KERNEL).astype(float).mean(axis=0), atol=1e-12
    )
    dense_document.set_values(KERNEL, (0, 0), 80)
    qtbot.waitUntil(lambda: chart.found.rows[0] > 10)
    assert chart.found.columns[0] == pytest.approx(dense_document.read(KERNEL)[:, 0].mean())
    hand.key(Qt.Key.Key_M, CTRL_SHIFT)
    assert not chart.isVisible()


def test_profiles_tell_the_mean_under_the_pointer_and_turn_with_the_view(
    open_view, qtbot, conv_document
):
    hand = open_view(conv_document, "layer/kernel")
    chart = shown_profiles(hand, qtbot)
    assert chart.found.rows.shape == (3,)
    qtbot.mouseMove(chart, QPoint(3, 60))
    mean = float(conv_document.read("layer/kernel")[:, 0, 0, 0].astype(np.float64).mean())
    qtbot.waitUntil(lambda: f"width 0: mean {mean:.9g}" in hand.words)
    ink = chart.grab().toImage()
    assert len({ink.pixel(x, y) for x in range(0, 200, 3) for y in range(20, 110)}) > 2


@pytest.mark.parametrize("suffix", [".png", ".svg", ""])
def test_the_picture_is_saved_as_it_is_seen(hand, tmp_path, monkeypatch, suffix):
    file = tmp_path / f"kernel{suffix}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(file), ""))
    hand.view.findChild(object, "save_picture").trigger()
    seen = hand.image.grab().toImage()
    if suffix == ".svg":
        saved = QImage(seen.size(), QImage.Format.Format_RGB32)
        painter = QPainter(saved)
        QSvgRenderer(str(file)).render(painter)
        painter.end()
    else:
        saved = QImage(str(tmp_path / "kernel.png"))
    assert saved.size() == seen.size()
    for cell in ((1, 1), (5, 3)):
        corner = hand.image.cell_rect(KERNEL, cell).topLeft().toPoint() + QPoint(4, 4)
        ours, theirs = saved.pixelColor(corner), seen.pixelColor(corner)
        assert abs(ours.red() - theirs.red()) + abs(ours.blue() - theirs.blue()) <= 6
    assert hand.words[-1] == f"Saved {(file if suffix else file.with_suffix('.png')).name}."


def test_a_picture_of_another_kind_or_place_is_refused(hand, tmp_path, monkeypatch):
    for name in ("kernel.jpeg", "absent/kernel.png"):
        answer = (str(tmp_path / name), "")
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, a=answer: a)
        hand.view.findChild(object, "save_picture").trigger()
    assert len(hand.refusals) == 2
    assert list(tmp_path.glob("kernel*")) == []
