"""The fields of an input as an item model."""

from typing import Any

import numpy as np
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QWidget

from weightview.gui.calculator_pane.input_table import InputTableModel


def test_the_model_keeps_qts_rules(qtbot: Any) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    model = InputTableModel(owner)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, owner)
    model.set_array(np.arange(6.0))
    model.set_array(np.arange(6.0) + 1)
    model.set_array(np.zeros((2, 2)))
    assert model.index(3, 0).data() == "input [1, 1]"


def test_text_is_refused_and_changes_nothing(qtbot: Any) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    model = InputTableModel(owner)
    model.set_array(np.zeros(3))
    with qtbot.waitSignal(model.refused):
        assert not model.setData(model.index(1, 1), "x")
    assert model.index(1, 1).data() == "0"
