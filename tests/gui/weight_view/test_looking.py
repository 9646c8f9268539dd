"""Sorted views, profiles and saved pictures, as a person asks for them."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QFileDialog, QMenu, QTableView, QToolButton

from weightview.gui.weight_view.profile_chart import ProfileChart
from weightview.gui.weight_view.sorted_view import SortedModel

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)

KERNEL = "dense_1/kernel"
CTRL_ALT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def column_of(table, column):
    model = table.model()
    return [model.index(row, column).data() for row in range(model.rowCount())]


def sorted_table(hand):
    table = hand.view.findChild(QTableView, "sorted_table")
    assert table is not None
    assert table.isVisible()
    return table


def sort_by_header(hand, qtbot, section, orientation):
    """Right-click a header and choose its entry."""
    header = hand.table.column_header
    place = QPoint(header.sectionViewportPosition(section) + 8, 8)
    if orientation == Qt.Orientation.Vertical:
        header = hand.table.row_header
        place = QPoint(8, header.sectionViewportPosition(section) + 8)
    header.customContextMenuRequested.emit(place)
    menu = hand.table.findChild(QMenu, "header_menu")
    menu.setActiveAction(menu.actions()[0])
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    return sorted_table(hand)


@pytest.fixture
def hand(open_view, dense_document):
    kernel = dense_document.read(KERNEL)
    kernel[2, 1] = np.nan
    dense_document.set_values(KERNEL, None, kernel)
    return open_view(dense_document, KERNEL)


def test_rows_are_sorted_by_a_column_and_the_weight_is_untouched(hand, qtbot, dense_document):
    before = dense_document.read(KERNEL)
    table = sort_by_header(hand, qtbot, 1, Qt.Orientation.Horizontal)
    order = np.argsort(-before[:, 1])  # NaN last
    cells = [hand.cell_text(row, 1) for row in (*order, 8)]  # the bias stays under them
    assert column_of(table, 1) == cells
    headings = [table.model().headerData(r, Qt.Orientation.Vertical) for r in range(9)]
    assert headings == [hand.header(int(r), Qt.Orientation.Vertical) for r in (*order, 8)]
    assert dense_document.read(KERNEL).tobytes() == before.tobytes()
    assert "Only this view is sorted" in hand.text("sorted_words")


def test_columns_are_sorted_by_a_row(hand, qtbot, dense_document):
    values = dense_document.read(KERNEL)
    table = sort_by_header(hand, qtbot, 3, Qt.Orientation.Vertical)
    order = np.argsort(-values[3])
    shown = [table.model().index(3, column).data() for column in range(5)]
    assert shown == [hand.cell_text(3, int(column)) for column in order]


def test_the_smallest_come_first_by_a_click_and_edits_sort_anew(hand, qtbot, dense_document):
    hand.click_cell(0, 0)
    hand.key(Qt.Key.Key_R, CTRL_ALT)
    table = sorted_table(hand)
    turn = hand.view.findChild(QToolButton, "sorted_turn")
    qtbot.mouseClick(turn, Qt.MouseButton.LeftButton)
    order = np.argsort(dense_document.read(KERNEL)[:, 0])
    assert column_of(table, 0)[:8] == [hand.cell_text(int(row), 0) for row in order]
    dense_document.set_values(KERNEL, (6, 0), -9)
    assert column_of(table, 0)[0] == hand.cell_text(6, 0)


def test_a_click_in_the_sorted_view_goes_to_the_cell(hand, qtbot, dense_document, selection):
    table = sort_by_header(hand, qtbot, 0, Qt.Orientation.Horizontal)
    largest = int(np.argmax(dense_document.read(KERNEL)[:, 0]))
    place = table.visualRect(table.model().index(0, 2)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert (selection.weight_path, selection.cell) == (KERNEL, (largest, 2))


def test_a_sorted_view_closes_with_its_weight(hand, qtbot, selection):
    sort_by_header(hand, qtbot, 0, Qt.Orientation.Horizontal)
    selection.select_weight("dense_2/kernel")
    qtbot.waitUntil(lambda: hand.view.findChild(QTableView, "sorted_table") is None)


def test_the_sorted_model_passes_the_model_tester(hand):
    model = SortedModel(hand.table.model())
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.sort_by(1, Qt.Orientation.Horizontal, is_descending=True)
    model.sort_by(8, Qt.Orientation.Vertical, is_descending=False)
    assert model.rowCount() == 9
    del tester


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
