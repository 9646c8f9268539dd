"""What rows and columns are called: by the model's own vocabulary, and by the person."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QLineEdit

from weightview.core.document import Document
from weightview.core.memory import MemoryStorage
from weightview.core.model import Graph, Layer, Model, Node, TensorRef, Weight

ACROSS, DOWN = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
TABLE = "table/embeddings"
WORDS = ["the", "a, b", "12", "antidisestablishmentarianism", "<b>bold</b>", "line\nbreak"]


@pytest.fixture
def document():
    """Input of words -> StringLookup -> Embedding: its rows are the words, after [UNK]."""
    array = np.arange(24, dtype=np.float32).reshape(8, 3)
    table = Weight(
        name="embeddings",
        path=TABLE,
        shape=array.shape,
        dtype=array.dtype,
        axes=("index", "dimension"),
        keras_index=0,
        stored_name=TABLE,
        role="embeddings",
        layer_path="table",
    )
    lookup = {
        "dtype": "string",
        "output_mode": "int",
        "mask_token": None,
        "num_oov_indices": 1,
        "oov_token": "[UNK]",
        "vocabulary": WORDS,
    }
    layers = (
        Layer("word", "word", "InputLayer", {"batch_shape": [None, 1], "dtype": "string"}),
        Layer("lookup", "lookup", "StringLookup", lookup),
        Layer("table", "table", "Embedding", {"dtype": "float32", "output_dim": 3}, (table,)),
    )
    nodes = (
        Node("word", 0, ()),
        Node("lookup", 0, (TensorRef("word"),)),
        Node("table", 0, (TensorRef("lookup"),)),
    )
    graph = Graph(nodes, (TensorRef("word"),), (TensorRef("table"),), ("word",), ("table",))
    model = Model("m", "Functional", layers, (table,), graph=graph, generation=3)
    return Document(model, MemoryStorage({TABLE: array}))


@pytest.fixture
def hand(open_view, document):
    return open_view(document, TABLE)


def test_rows_carry_the_words_of_the_models_vocabulary(hand):
    heads = [hand.header(row, DOWN) for row in range(8)]
    assert heads[:4] == [
        "index 0 · '[UNK]'",
        "index 1 · 'the'",
        "index 2 · 'a, b'",
        "index 3 · '12'",
    ]
    assert heads[4] == "index 4 · 'antidisestabli…'"
    assert heads[5] == "index 5 · '<b>bold</b>'"
    assert "\n" not in heads[6]
    assert heads[7] == "index 7"
    assert hand.header(0, ACROSS) == "dim 0"


def test_the_status_words_and_tooltips_say_the_name(hand):
    hand.click_cell(1, 2)
    assert hand.words[-1] == "index 1 'the', dimension 2: 5"
    index = hand.table.model().index(4, 0)
    assert "'antidisestablishmentarianism', dimension 0: 12" in index.data(
        Qt.ItemDataRole.ToolTipRole
    )
    tip = hand.table.model().headerData(4, DOWN, Qt.ItemDataRole.ToolTipRole)
    assert tip.startswith("index 4 'antidisestablishmentarianism'\n")


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("the, 2", (1, 2)),
        ("'the', dimension 1", (1, 1)),
        ("the", (1, 0)),
        ("'a, b', 2", (2, 2)),
        ("12, 1", (3, 1)),  # a name goes before a number
        ("2, 1", (2, 1)),
        ("antidisestablishmentarianism, -1", (4, 2)),
    ],
)
def test_a_cell_is_gone_to_by_name(hand, qtbot, text, cell):
    hand.table.setFocus()
    hand.key(Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    field = hand.view.findChild(QLineEdit, "find_field")
    field.clear()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert hand.selection.cell == cell
    assert hand.refusals == []


def test_a_word_that_is_no_name_is_refused(hand, qtbot):
    hand.click_cell(5, 1)
    hand.key(Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    field = hand.view.findChild(QLineEdit, "find_field")
    field.clear()
    qtbot.keyClicks(field, "nonesuch, 1")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert hand.selection.cell == (5, 1)
    assert "is written as: index, dimension" in hand.text("find_message")


def test_the_persons_names_go_before_the_models_and_are_taken_away_again(hand):
    QGuiApplication.clipboard().setText("\n".join(f"mine {row}" for row in range(8)))
    hand.view.findChild(QAction, "name_rows").trigger()
    assert hand.header(1, DOWN) == "mine 1"
    hand.click_cell(1, 0)
    assert hand.words[-1] == "index 1 mine 1, dimension 0: 3"
    QGuiApplication.clipboard().setText("")
    hand.view.findChild(QAction, "name_rows").trigger()
    assert hand.header(1, DOWN) == "index 1 · 'the'"


def test_a_sorted_table_keeps_each_word_at_its_row(hand):
    hand.click_cell(0, 1)
    hand.view.findChild(QAction, "sort_rows").trigger()
    assert hand.header(0, DOWN) == "index 7"
    assert hand.header(6, DOWN) == "index 1 · 'the'"


def test_names_that_come_with_the_shapes_are_shown(hand, document):
    document.shapes_changed.emit()
    assert hand.header(1, DOWN) == "index 1 · 'the'"


def test_a_long_name_does_not_take_the_table_and_is_whole_in_the_tooltip(hand):
    long = "a very long name of a dimension, "
    QGuiApplication.clipboard().setText(f"{long}1\n{long}2\n{long}3")
    hand.view.findChild(QAction, "name_columns").trigger()
    assert hand.table.columnWidth(0) < 200
    tip = hand.table.model().headerData(1, ACROSS, Qt.ItemDataRole.ToolTipRole)
    assert f"dimension 1 {long}2" in tip
