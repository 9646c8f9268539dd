"""What rows and columns are called: by the model's own vocabulary, and by the person."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMenu

from weightview.core.document import Document
from weightview.core.memory import MemoryStorage
from weightview.core.model import Graph, Layer, Model, Node, TensorRef, Weight

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)

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


def choose(hand, name):
    """Choose an entry of the menu “Names” by its key."""
    menu = hand.view.findChild(QMenu, "names_menu")
    menu.popup(QPoint(50, 50))
    menu.setActiveAction(hand.view.findChild(QAction, name))
    hand.qtbot.keyClick(menu, Qt.Key.Key_Return)


def choose_file(hand, monkeypatch, name, file):
    answer = (str(file), "")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: answer)
    choose(hand, name)


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
    choose(hand, "name_rows")
    assert hand.header(1, DOWN) == "mine 1"
    hand.click_cell(1, 0)
    assert hand.words[-1] == "index 1 mine 1, dimension 0: 3"
    choose(hand, "names_away")
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
    long = "a very long name of a dimension "
    QGuiApplication.clipboard().setText(f"{long}1\n{long}2\n{long}3")
    choose(hand, "name_columns")
    assert hand.table.columnWidth(0) < 200
    tip = hand.table.model().headerData(1, ACROSS, Qt.ItemDataRole.ToolTipRole)
    assert f"dimension 1 {long}2" in tip


KERNEL = "dense_1/kernel"


@pytest.mark.parametrize("text", ["a\nb\nc\nd\ne", "a,b,c,d,e", "a\tb\tc\td\te\r\n"])
def test_units_can_have_names_of_their_own(open_view, dense_document, text):
    hand = open_view(dense_document, KERNEL)
    QGuiApplication.clipboard().setText(text)
    choose(hand, "name_columns")
    assert [hand.header(unit, ACROSS) for unit in range(5)] == list("abcde")
    hand.press("orientation_textbook")
    assert hand.header(1, DOWN) == "b"
    choose(hand, "names_away")
    assert hand.header(1, DOWN) == "unit 1"


def test_columns_and_rows_are_named_by_a_csv_file(
    open_view, dense_document, qtbot, monkeypatch, tmp_path
):
    hand = open_view(dense_document, KERNEL)
    file = tmp_path / "data.csv"
    lines = ["age,job,sex,pay,sum", *(f"row {row},1,2,3,4" for row in range(8))]
    Path(file).write_text("\n".join(lines), encoding="utf-8")
    choose_file(hand, monkeypatch, "name_columns_file", file)
    qtbot.waitUntil(lambda: hand.header(0, ACROSS) == "age")
    assert [hand.header(unit, ACROSS) for unit in range(5)] == ["age", "job", "sex", "pay", "sum"]
    assert hand.words[-1] == "5 names from data.csv."
    choose_file(hand, monkeypatch, "name_rows_file", file)
    qtbot.waitUntil(lambda: hand.header(7, DOWN) == "row 7")
    hand.click_cell(3, 1)
    assert hand.words[-1].startswith("input 3 row 3, unit 1 job: ")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"a,b,c", "3 names for 8 rows"), (b"", "is empty"), (b"\x00\x01", "neither a text")],
)
def test_a_file_without_such_names_is_refused(
    open_view, dense_document, qtbot, monkeypatch, tmp_path, content, sentence
):
    hand = open_view(dense_document, KERNEL)
    (tmp_path / "names.csv").write_bytes(content)
    choose_file(hand, monkeypatch, "name_rows_file", tmp_path / "names.csv")
    qtbot.waitUntil(lambda: bool(hand.refusals))
    assert sentence in hand.refusals[0]
    assert hand.header(0, DOWN) == "input 0"


def test_too_few_names_are_refused(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    QGuiApplication.clipboard().setText("a\nb")
    choose(hand, "name_rows")
    assert "2 names for 8 rows" in hand.refusals[0]
    assert hand.header(0, DOWN) == "input 0"


def test_an_empty_clipboard_names_nothing_and_says_so(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    QGuiApplication.clipboard().setText("")
    choose(hand, "name_rows")
    assert "the clipboard is empty" in hand.refusals[0]
