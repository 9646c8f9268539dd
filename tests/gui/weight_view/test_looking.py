"""Saved pictures, as a person asks for them."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QFileDialog

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)

KERNEL = "dense_1/kernel"


@pytest.fixture
def hand(open_view, dense_document):
    kernel = dense_document.read(KERNEL)
    kernel[2, 1] = np.nan
    dense_document.set_values(KERNEL, None, kernel)
    return open_view(dense_document, KERNEL)


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
