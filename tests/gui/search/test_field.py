"""The search field: what is found, and going there by keys and by mouse."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget

from weightview.gui.search import SearchField
from weightview.gui.search.entries import entries_of, matching


def found(document, typed):
    return [
        entry.weight_path or entry.layer_path for entry in matching(entries_of(document), typed)
    ]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("dense_2", ["dense_2", "dense_2/kernel", "dense_2/bias"]),
        ("DENSE_2 Bias", ["dense_2/bias"]),
        ("(5, 32)", ["dense_4/kernel"]),
        ("[5]", ["dense_3/bias"]),
        ("inputlayer", ["inputs"]),
        ("nothing like it", []),
        ("  ", []),
    ],
)
def test_every_word_must_be_found(dense_document, typed, expected):
    assert found(dense_document, typed) == expected


def test_names_that_begin_so_come_first(dense_document):
    assert found(dense_document, "inputs")[0] == "inputs"


def test_arrays_that_are_no_weights_are_found_too(dense_document):
    model = dense_document.model
    model.others = (model.weights[0].__class__(**{**vars(model.weights[0]), "path": "adam/m"}),)
    assert found(dense_document, "adam") == ["adam/m"]


@pytest.fixture
def field(qtbot, dense_document):
    result = SearchField()
    qtbot.addWidget(result)
    result.set_document(dense_document)
    result.show()
    qtbot.waitExposed(result)
    result.begin()
    return result


def test_without_a_document_nothing_can_be_searched(qtbot):
    field = SearchField()
    qtbot.addWidget(field)
    assert not field.isEnabled()


def test_enter_goes_to_the_first_result(qtbot, field):
    qtbot.keyClicks(field, "dense_3 bias")
    assert len(field.results) == 1
    with qtbot.waitSignal(field.chosen) as chosen:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert chosen.args[0].weight_path == "dense_3/bias"
    assert field.text() == ""
    assert field.results == ()


def test_arrow_keys_choose_another(qtbot, field):
    qtbot.keyClicks(field, "dense_2")
    qtbot.keyClick(field, Qt.Key.Key_Down)
    qtbot.keyClick(field, Qt.Key.Key_Down)
    qtbot.keyClick(field, Qt.Key.Key_Up)
    with qtbot.waitSignal(field.chosen) as chosen:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert chosen.args[0].weight_path == "dense_2/kernel"


def test_a_click_chooses(qtbot, field):
    qtbot.keyClicks(field, "dense_4")
    results = field.findChild(QListWidget)
    place = results.visualItemRect(results.item(2)).center()
    with qtbot.waitSignal(field.chosen) as chosen:
        qtbot.mouseClick(results.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args[0].weight_path == "dense_4/bias"


def test_escape_closes_the_list_then_empties_the_field(qtbot, field):
    qtbot.keyClicks(field, "dense")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert (field.results, field.text()) == ((), "dense")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == ""


def test_nothing_found_is_said_and_cannot_be_chosen(qtbot, field):
    qtbot.keyClicks(field, "convolution")
    assert field.results == ("Nothing is called so.",)
    with qtbot.assertNotEmitted(field.chosen):
        qtbot.keyClick(field, Qt.Key.Key_Return)
