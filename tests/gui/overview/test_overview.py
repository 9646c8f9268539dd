"""The overview as a person uses it."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QTableView

from weightview.gui.overview import Overview
from weightview.gui.overview.table_model import COLUMNS, OverviewModel
from weightview.gui.theme import theme

NAMES = [column.name for column in COLUMNS]


@pytest.fixture
def overview(qtbot, selection, dense_document):
    kernel = dense_document.read("dense_2/kernel")
    kernel[:, 1] = 0
    kernel[0, 0] = np.nan
    dense_document.set_values("dense_2/kernel", None, kernel)
    view = Overview(selection)
    qtbot.addWidget(view)
    view.resize(1000, 400)
    view.set_document(dense_document)
    with qtbot.waitActive(view):
        view.show()
        view.activateWindow()
    qtbot.waitUntil(lambda: text_of(view, "overview_progress") == "8 weights")
    yield view
    view.set_document(None)


def text_of(view, name):
    return view.findChild(object, name).text()


def cell(view, row, name):
    table = view.findChild(QTableView, "overview_table")
    return table.model().index(row, NAMES.index(name)).data()


def click_row(qtbot, view, row):
    table = view.findChild(QTableView, "overview_table")
    place = table.visualRect(table.model().index(row, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    return table


def sort_by(qtbot, view, name):
    table = view.findChild(QTableView, "overview_table")
    header = table.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(NAMES.index(name)) + 12, header.height() // 2)
    table.horizontalScrollBar().setValue(0)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_every_weight_is_described_in_its_order(overview, dense_document):
    first = dense_document.read("dense_1/kernel")
    assert [cell(overview, row, "weight") for row in range(2)] == ["dense_1/kernel", "dense_1/bias"]
    assert cell(overview, 0, "max") == f"{first.max():.4g}"
    assert cell(overview, 0, "std") == f"{first.astype(np.float64).std():.4g}"
    assert cell(overview, 2, "NaN, ∞") == "1"
    assert cell(overview, 2, "dead units") == "1"
    assert cell(overview, 1, "dead units") == "–"


def test_a_click_on_a_column_sorts_by_it(overview, qtbot, dense_document):
    sort_by(qtbot, overview, "max")
    largest = [float(cell(overview, row, "max")) for row in range(8)]
    assert largest in (sorted(largest), sorted(largest, reverse=True))
    assert largest[0] != largest[-1]


def test_a_click_and_return_select_the_weight_and_ask_to_see_it(overview, qtbot, selection):
    with qtbot.waitSignal(overview.weight_chosen):
        table = click_row(qtbot, overview, 2)
    assert selection.weight_path == "dense_2/kernel"
    with qtbot.waitSignal(overview.weight_chosen):
        qtbot.keyClick(table, Qt.Key.Key_Return)


def test_an_edit_is_described_again(overview, qtbot, dense_document):
    dense_document.set_values("dense_1/bias", (0,), 77)
    qtbot.waitUntil(lambda: cell(overview, 1, "max") == "77")
    dense_document.undo()
    qtbot.waitUntil(lambda: cell(overview, 1, "max") != "77")


def test_nothing_is_read_before_it_is_seen(qtbot, selection, dense_document, monkeypatch):
    reads = []
    storage = dense_document.values.storage
    monkeypatch.setattr(storage, "read", lambda *args: reads.append(args))
    view = Overview(selection)
    qtbot.addWidget(view)
    view.set_document(dense_document)
    qtbot.wait(20)
    assert reads == []
    view.set_document(None)


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_histograms_are_painted_in_both_themes(overview, choice):
    theme().choose(choice)
    table = overview.findChild(QTableView, "overview_table")
    rect = table.visualRect(table.model().index(0, NAMES.index("histogram")))
    image = table.viewport().grab(rect).toImage()
    shades = {image.pixelColor(x, image.height() - 6).name() for x in range(4, image.width() - 4)}
    assert len(shades) >= 3


def test_the_model_passes_the_model_tester(qapp, dense_document):
    model = OverviewModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show(dense_document.model.weights)
    model.show(())
    assert model.rowCount() == 0
    del tester
