"""The welcome page: its examples are there, and everything on it can be clicked."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QToolButton

from weightview.gui.welcome import EXAMPLES, Card, WelcomePage, example_path, is_example


@pytest.fixture
def page(qtbot):
    result = WelcomePage()
    qtbot.addWidget(result)
    result.resize(1000, 700)
    result.show()
    qtbot.waitExposed(result)
    return result


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.file)
def test_an_example_ships_with_the_program_and_holds_what_the_card_says(example):
    from weightview.api import open_document

    path = example_path(example)
    assert is_example(path)
    units = [str(layer.output_shape[-1]) for layer in open_document(path).model.layers]
    for number in units[1:]:
        assert number in example.facts


def test_another_file_is_no_example(tmp_path):
    assert not is_example(tmp_path / EXAMPLES[0].file)


def test_a_card_opens_its_example(qtbot, page):
    cards = page.findChildren(Card)
    assert [card.example for card in cards] == list(EXAMPLES)
    with qtbot.waitSignal(page.file_chosen) as chosen:
        qtbot.mouseClick(cards[2], Qt.MouseButton.LeftButton)
    assert chosen.args == [example_path(EXAMPLES[2])]


def test_cards_work_by_key(qtbot, page):
    card = page.findChildren(Card)[1]
    card.setFocus()
    with qtbot.waitSignal(page.file_chosen):
        qtbot.keyClick(card, Qt.Key.Key_Space)


def test_the_button_asks_for_a_file(qtbot, page):
    with qtbot.waitSignal(page.open_requested):
        qtbot.mouseClick(page.findChild(QPushButton, "open_model"), Qt.MouseButton.LeftButton)


def test_recent_files_can_be_clicked(qtbot, page, tmp_path):
    path = tmp_path / "a & b.keras"
    page.set_recent([tmp_path / "x.keras"])
    page.set_recent([path])
    qtbot.waitUntil(lambda: len(page.findChildren(QToolButton, "recent_file")) == 1)
    button = page.findChild(QToolButton, "recent_file")
    assert "a && b.keras" in button.text()
    with qtbot.waitSignal(page.file_chosen) as chosen:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert chosen.args == [path]
