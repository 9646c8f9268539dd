"""The config panel: a layer's facts and config, to be read and copied."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QTreeWidget

from weightview.gui.layer_panel import LayerPanel


@pytest.fixture
def panel(qtbot, selection, dense_document):
    result = LayerPanel(selection)
    qtbot.addWidget(result)
    result.set_document(dense_document)
    result.show()
    return result


def test_without_a_layer_the_model_is_described(panel):
    lines = dict(panel.lines)
    assert lines["file"] == "Keras 3 archive (.keras)"
    assert lines["parameters"] == "297"
    assert lines["keras_version"] == "3.15.0"


def test_a_layer_tells_class_shapes_count_and_config(panel, selection):
    selection.select_layer("dense_1")
    assert panel.lines[:5] == (
        ("class", "Dense"),
        ("module", "keras.layers"),
        ("input_shape", "(None, 8)"),
        ("output_shape", "(None, 5)"),
        ("parameters", "45"),
    )
    assert ("activation", "sigmoid") in panel.lines
    assert ("units", "5") in panel.lines


def test_shapes_learned_later_are_shown(panel, selection, dense_document):
    layer = dense_document.model.layer("dense_1")
    layer.output_shape = None
    selection.select_layer("dense_1")
    assert dict(panel.lines)["output_shape"] == "?"
    layer.output_shape = (None, 5)
    dense_document.shapes_changed.emit()
    assert dict(panel.lines)["output_shape"] == "(None, 5)"


def test_the_config_is_copied_as_json(panel, selection, dense_document, qtbot, qapp):
    selection.select_layer("dense_2")
    qtbot.mouseClick(panel.findChild(QToolButton, "copy_config"), Qt.MouseButton.LeftButton)
    assert json.loads(qapp.clipboard().text()) == dense_document.model.layer("dense_2").config


def test_chosen_lines_are_copied_by_key(panel, selection, qtbot, qapp):
    selection.select_layer("dense_1")
    pairs = panel.findChild(QTreeWidget)
    pairs.setFocus()
    pairs.topLevelItem(0).setSelected(True)
    pairs.topLevelItem(4).setSelected(True)
    qtbot.keyClick(pairs, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert qapp.clipboard().text() == "class\tDense\nparameters\t45"


def row_height(panel, key):
    pairs = panel.findChild(QTreeWidget)
    item = pairs.findItems(key, Qt.MatchFlag.MatchExactly, 0)[0]
    return pairs.visualItemRect(item).height()


def test_a_long_value_is_shown_whole_and_copied_unbroken(
    panel, selection, dense_document, qtbot, qapp
):
    config = dense_document.model.layer("dense_1").config
    values = {"mean": 0.0, "stddev": 0.05, "seed": None}
    config["initializer"] = {"class_name": "TruncatedNormal", "config": values}
    panel.resize(240, 700)
    selection.select_layer("dense_1")
    qtbot.waitUntil(lambda: row_height(panel, "initializer") > 2 * row_height(panel, "units"))
    panel.resize(900, 700)
    qtbot.waitUntil(lambda: row_height(panel, "initializer") == row_height(panel, "units"))
    pairs = panel.findChild(QTreeWidget)
    item = pairs.findItems("initializer", Qt.MatchFlag.MatchExactly, 0)[0]
    text = "TruncatedNormal(mean=0.0, stddev=0.05, seed=None)"
    assert item.toolTip(1) == f"initializer: {text}"
    item.setSelected(True)
    pairs.setFocus()
    qtbot.keyClick(pairs, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert qapp.clipboard().text() == f"initializer\t{text}"


def test_a_vocabulary_of_thousands_takes_a_few_lines(panel, selection, dense_document):
    config = dense_document.model.layer("dense_1").config
    config["vocabulary"] = [f"word{i}" for i in range(20_000)]
    selection.select_layer("dense_1")
    assert row_height(panel, "vocabulary") < 12 * row_height(panel, "units")


def test_a_value_that_looks_like_html_is_told_literally(panel, selection, dense_document):
    dense_document.model.layer("dense_1").config["note"] = "<img src=x>"
    selection.select_layer("dense_1")
    item = panel.findChild(QTreeWidget).findItems("note", Qt.MatchFlag.MatchExactly, 0)[0]
    assert "&lt;img" in item.toolTip(1)


def test_values_are_broken_anew_where_another_layer_has_longer_keys(
    panel, selection, dense_document, qtbot
):
    second = dense_document.model.layer("dense_2").config
    second["a_key_that_is_quite_long_indeed"] = 1
    second["name"] = "BatchNormalization_of_the_first_block"
    panel.resize(300, 700)
    selection.select_layer("dense_1")
    one_line = row_height(panel, "units")
    selection.select_layer("dense_2")
    qtbot.waitUntil(lambda: row_height(panel, "name") >= 2 * one_line - 4)
    pairs = panel.findChild(QTreeWidget)
    assert pairs.columnWidth(0) <= 0.6 * pairs.viewport().width()
