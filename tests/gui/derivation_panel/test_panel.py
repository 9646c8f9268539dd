"""The derivation panel as a hand uses it: following terms down to the input, and back."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton

import weightview
from weightview.core.document import Document
from weightview.gui.derivation_panel import DerivationPanel
from weightview.gui.derivation_panel.terms import Columns
from weightview.gui.selection import NumberAddress, Selection

DocumentMaker = Callable[..., Document]
OUTPUT = NumberAddress("dense_3", 0, "output", (2,))


@pytest.fixture
def document(make_dense_document: DocumentMaker) -> Document:
    return make_dense_document()


@pytest.fixture
def panel(document: Document, selection: Selection, qtbot: Any) -> DerivationPanel:
    panel = DerivationPanel(selection)
    qtbot.addWidget(panel)
    panel.resize(760, 320)
    panel.set_document(document)
    panel.set_trace(weightview.propagate(document, np.linspace(0, 1, 8)))
    panel.show()
    return panel


def show(qtbot: Any, panel: DerivationPanel, selection: Selection, address: NumberAddress) -> None:
    selection.select_number(address)
    qtbot.waitUntil(lambda: panel.account is not None and panel.account.address == address)


def click_part(qtbot: Any, panel: DerivationPanel, row: int, part: str) -> None:
    view = panel.terms
    box = getattr(view.columns(), part)
    at = QPoint(box.center().x(), view.visualRect(view.terms.index(row)).center().y())
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_it_invites_while_no_number_is_selected(panel: DerivationPanel) -> None:
    assert "Click a number" in panel.subtitle.text()
    assert not panel.title.isVisible()


def test_a_selected_number_is_explained(
    panel: DerivationPanel, selection: Selection, qtbot: Any
) -> None:
    show(qtbot, panel, selection, OUTPUT)
    assert panel.title.text().startswith("How dense_3 unit 2 came to 0.")
    assert "click a term to go to its weight; sorted by size" in panel.subtitle.text()
    assert panel.terms.terms.rowCount() == 5
    assert panel.closing.texts()[-1] == panel.title.text().rpartition(" ")[2]


def test_clicking_the_weight_of_a_term_selects_its_cell(
    panel: DerivationPanel, selection: Selection, qtbot: Any
) -> None:
    show(qtbot, panel, selection, OUTPUT)
    assert panel.account is not None
    source = panel.account.terms[1].weight_source
    assert source is not None
    click_part(qtbot, panel, 1, "weight")
    assert (selection.weight_path, selection.cell) == ("dense_3/kernel", source.index)
    assert source.index[1] == 2
    assert selection.number == OUTPUT


def test_clicking_the_value_of_a_term_goes_back_a_layer_and_the_trail_returns(
    panel: DerivationPanel, selection: Selection, qtbot: Any
) -> None:
    show(qtbot, panel, selection, OUTPUT)
    click_part(qtbot, panel, 0, "value")
    assert selection.number is not None
    assert selection.number.layer_path == "dense_2"
    qtbot.waitUntil(lambda: panel.title.text().startswith("How dense_2"))
    click_part(qtbot, panel, 0, "value")
    qtbot.waitUntil(lambda: panel.title.text().startswith("How dense_1"))
    links = [link.accessibleName() for link in panel.trail.findChildren(QPushButton)]
    assert links[0] == "Back to dense_3 unit 2"
    first = panel.trail.findChild(QPushButton, "derivation_trail_0")
    qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.title.text().startswith("How dense_3 unit 2"))
    assert not panel.trail.isVisible()


def test_a_value_from_the_input_leads_to_the_input(
    panel: DerivationPanel, selection: Selection, qtbot: Any
) -> None:
    first = NumberAddress("dense_1", 0, "output", (2,))
    show(qtbot, panel, selection, first)
    assert panel.account is not None
    source = panel.account.terms[0].source
    assert source is not None
    with qtbot.waitSignal(selection.input_requested) as heard:
        click_part(qtbot, panel, 0, "value")
    assert heard.args == [0, source.index]
    assert selection.number == first


def test_keys_follow_a_term_and_go_back(
    panel: DerivationPanel, selection: Selection, qtbot: Any
) -> None:
    show(qtbot, panel, selection, OUTPUT)
    view = panel.terms
    view.setFocus()
    view.setCurrentIndex(view.terms.index(3))
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert selection.weight_path == "dense_3/kernel"
    qtbot.keyClick(view, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: panel.title.text().startswith("How dense_2"))
    qtbot.keyClick(panel, Qt.Key.Key_Backspace)
    qtbot.waitUntil(lambda: panel.title.text().startswith("How dense_3 unit 2"))


def test_left_and_right_move_between_units(
    panel: DerivationPanel, selection: Selection, qtbot: Any
) -> None:
    show(qtbot, panel, selection, OUTPUT)
    qtbot.keyClick(panel.terms, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: panel.title.text().startswith("How dense_3 unit 3"))
    qtbot.keyClick(panel.terms, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: panel.title.text().startswith("How dense_3 unit 2"))
    assert not panel.trail.isVisible()


def test_there_is_no_unit_beyond_the_last(
    panel: DerivationPanel, selection: Selection, qtbot: Any
) -> None:
    last = NumberAddress("dense_3", 0, "output", (4,))
    show(qtbot, panel, selection, last)
    qtbot.keyClick(panel.terms, Qt.Key.Key_Right)
    assert selection.number == last


def test_the_bias_line_leads_to_the_bias(
    panel: DerivationPanel, selection: Selection, qtbot: Any
) -> None:
    show(qtbot, panel, selection, OUTPUT)
    place = QPoint(10, 4 + 20 + 10)
    assert panel.closing.line_at(place) == 1
    qtbot.mouseClick(panel.closing, Qt.MouseButton.LeftButton, pos=place)
    assert (selection.weight_path, selection.cell) == ("dense_3/bias", (2,))


def test_a_new_calculation_changes_the_numbers_and_keeps_the_place(
    panel: DerivationPanel, document: Document, selection: Selection, qtbot: Any
) -> None:
    show(qtbot, panel, selection, OUTPUT)
    before = panel.closing.texts()[-1]
    document.set_values("dense_3/bias", (2,), 3.0)
    panel.set_trace(weightview.propagate(document, np.linspace(0, 1, 8)))
    qtbot.waitUntil(lambda: panel.closing.texts()[-1] != before)
    assert panel.closing.texts()[1].startswith("3.0")


def test_a_number_that_the_new_model_has_not_is_forgotten(
    panel: DerivationPanel,
    make_dense_document: DocumentMaker,
    selection: Selection,
    qtbot: Any,
) -> None:
    show(qtbot, panel, selection, OUTPUT)
    panel.set_trace(weightview.propagate(make_dense_document((8, 2)), np.zeros(8)))
    qtbot.waitUntil(lambda: panel.account is None)
    assert not panel.title.isVisible()


def test_the_list_of_terms_keeps_qts_rules(
    panel: DerivationPanel, selection: Selection, qtbot: Any
) -> None:
    QAbstractItemModelTester(
        panel.terms.terms, QAbstractItemModelTester.FailureReportingMode.Fatal, panel
    )
    show(qtbot, panel, selection, OUTPUT)
    show(qtbot, panel, selection, NumberAddress("dense_1", 0, "output", (1,)))
    assert panel.terms.terms.index(0).data().count("×") == 1


def test_thousands_of_terms_are_a_list_that_scrolls(
    make_dense_document: DocumentMaker, selection: Selection, qtbot: Any
) -> None:
    document = make_dense_document((3000, 2))
    panel = DerivationPanel(selection)
    qtbot.addWidget(panel)
    panel.resize(700, 260)
    panel.set_document(document)
    panel.set_trace(weightview.propagate(document, np.ones(3000)))
    panel.show()
    show(qtbot, panel, selection, NumberAddress("dense_1", 0, "output", (1,)))
    assert panel.terms.terms.rowCount() == 3000
    assert panel.terms.verticalScrollBar().maximum() > 0
    assert panel.height() == 260


@pytest.mark.parametrize("width", [320, 480, 1200])
def test_any_width_can_be_painted(
    panel: DerivationPanel, selection: Selection, qtbot: Any, width: int
) -> None:
    show(qtbot, panel, selection, OUTPUT)
    panel.resize(width, 300)
    assert not panel.grab().isNull()


def test_return_in_the_calculator_gives_the_keys_to_the_terms_and_escape_gives_them_back(
    panel: DerivationPanel, selection: Selection, qtbot: Any
) -> None:
    calculator = QLineEdit(panel)
    calculator.show()
    show(qtbot, panel, selection, OUTPUT)
    panel.activateWindow()
    calculator.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is calculator)
    selection.explanation_requested.emit()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is panel.terms)
    assert panel.terms.currentIndex().row() == 0
    qtbot.keyClick(panel.terms, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is calculator)


def narrowed(
    qtbot: Any, panel: DerivationPanel, selection: Selection, width: int, *, scrolls: bool
) -> Columns:
    show(qtbot, panel, selection, OUTPUT)
    panel.resize(width, 320)
    bar = panel.terms.horizontalScrollBar()

    def is_laid_out() -> bool:
        hidden = panel.terms.columns().total - panel.terms.viewport().width()
        return (hidden > 0) == scrolls and bar.maximum() == max(0, hidden)

    qtbot.waitUntil(is_laid_out)
    return panel.terms.columns()


def test_where_room_is_short_the_bars_go_first_and_no_number_is_cut(
    panel: DerivationPanel, selection: Selection, qtbot: Any
) -> None:
    show(qtbot, panel, selection, OUTPUT)
    needed = panel.terms.columns().product.right() - panel.terms.columns().label
    columns = narrowed(qtbot, panel, selection, needed + 100, scrolls=False)
    assert columns.product.right() <= panel.terms.viewport().width()
    assert columns.bar.width() < 20


def test_where_not_even_the_numbers_fit_they_are_scrolled_with_the_sum_under_them(
    panel: DerivationPanel, selection: Selection, qtbot: Any
) -> None:
    columns = narrowed(qtbot, panel, selection, 290, scrolls=True)
    bar = panel.terms.horizontalScrollBar()
    hidden = bar.maximum()
    assert hidden >= columns.product.right() - panel.terms.viewport().width()
    bar.setValue(hidden)
    click_at = QPoint(columns.weight.center().x() - hidden, 4)
    qtbot.mouseClick(panel.terms.viewport(), Qt.MouseButton.LeftButton, pos=click_at)
    assert selection.weight_path == "dense_3/kernel"
    before = panel.closing.grab().toImage()
    bar.setValue(0)
    assert panel.closing.grab().toImage() != before
