"""The item model of the weight table."""

import ml_dtypes
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from weightview.core.numbers import parse_number
from weightview.gui.weight_view.sheet import sheet_of
from weightview.gui.weight_view.slicing import Slice
from weightview.gui.weight_view.table_model import WeightTableModel


@pytest.fixture
def model(qapp):
    return WeightTableModel()


def show(model, document, path, look=None):
    weight = document.weight(path)
    layer = document.model.layer(weight.layer_path)
    model.show(document, sheet_of(weight, layer, look))


def test_it_passes_the_model_tester_through_all_that_happens(model, dense_document, conv_document):
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    show(model, dense_document, "dense_1/kernel")
    model.set_notation("fixed")
    model.set_limit(1.0)
    model.setData(model.index(0, 0), "3")
    model.numbers_changed(())
    show(model, dense_document, "dense_1/kernel", Slice.of((8, 5)).swapped())
    show(model, conv_document, "layer/kernel")
    model.show(None, None)
    assert model.rowCount() == 0
    del tester


@pytest.mark.parametrize(
    "dtype", [np.float32, np.float64, np.float16, ml_dtypes.bfloat16, np.int8, np.uint8]
)
@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_what_is_shown_in_full_is_read_as_the_same_bits(model, make_document, dtype, data):
    width = np.dtype(dtype).itemsize
    raw = data.draw(st.binary(min_size=6 * width, max_size=6 * width))
    array = np.frombuffer(raw, dtype).reshape(2, 3)
    document = make_document("Dense", {"kernel": array}, {"kernel": ("input", "unit")})
    model.set_notation("full")
    show(model, document, "layer/kernel")
    for row in range(2):
        for column in range(3):
            text = model.index(row, column).data()
            again = np.asarray(parse_number(text, array.dtype))
            original = array[row, column]
            if np.isnan(float(original)):  # a NaN stays a NaN
                assert np.isnan(float(again))
            else:
                assert again.tobytes() == original.tobytes()


def test_a_huge_kernel_is_read_a_block_at_a_time(model, make_document):
    array = np.broadcast_to(np.float32(0.5), (25088, 4096))
    document = make_document("Dense", {"kernel": array}, {"kernel": ("input", "unit")})
    seen = []
    read = document.values.storage.read

    def counted(weight, region):
        result = read(weight, region)
        seen.append(result.size)
        return result

    document.values.storage.read = counted
    show(model, document, "layer/kernel")
    assert (model.rowCount(), model.columnCount()) == (25088, 4096)
    assert model.index(25087, 4095).data() == "0.5"
    assert max(seen) <= 64 * 64


def test_gates_are_named_in_the_headers(model, lstm_document):
    show(model, lstm_document, "layer/kernel")
    across = Qt.Orientation.Horizontal
    names = [model.headerData(column, across) for column in (0, 2, 3, 11)]
    assert names == ["i · unit 0", "i · unit 2", "f · unit 0", "o · unit 2"]


def test_a_weight_that_cannot_be_edited_has_no_editable_cell(model, make_document):
    from dataclasses import replace

    document = make_document("Dense", {"kernel": np.zeros((2, 2), np.float32)}, {"kernel": ()})
    weight = replace(document.weight("layer/kernel"), editable=False)
    model.show(document, sheet_of(weight, None))
    assert not model.flags(model.index(0, 0)) & Qt.ItemFlag.ItemIsEditable


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 3, 4), (2, 3, 1, 2, 2)])
def test_every_rank_is_a_table(model, make_document, shape):
    array = np.arange(int(np.prod(shape)), dtype=np.float32).reshape(shape)
    document = make_document("Custom", {"value": array}, {"value": ()})
    show(model, document, "layer/value")
    for row in range(model.rowCount()):
        for column in range(model.columnCount()):
            _, index = model.address(row, column)
            assert float(model.index(row, column).data()) == array[index]


def test_a_gru_has_two_biases_under_its_kernel(model, make_document):
    arrays = {
        "kernel": np.zeros((4, 6), np.float32),
        "bias": np.arange(12, dtype=np.float32).reshape(2, 6),
    }
    axes = {"kernel": ("input", "unit"), "bias": ("side", "unit")}
    document = make_document("GRU", arrays, axes, gates=("z", "r", "h"))
    show(model, document, "layer/kernel")
    down = Qt.Orientation.Vertical
    assert model.rowCount() == 6
    assert [model.headerData(row, down) for row in (4, 5)] == ["+ bias input", "+ bias state"]
    assert model.index(5, 2).data() == "8"
