"""A number typed into the search is found in all weights, and a cell of them is gone to."""

import math
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QListWidget

from weightview.core import searching
from weightview.core.errors import FileChangedError
from weightview.core.memory import MemoryStorage
from weightview.gui.search import SearchField


@pytest.fixture
def document(dense_document):
    dense_document.set_values("dense_2/kernel", (3, 1), 0.9999)
    dense_document.set_values("dense_4/bias", (7,), 12.5)
    dense_document.set_values("dense_4/bias", (9,), 30)
    dense_document.set_values("dense_3/kernel", (0, 4), math.nan)
    dense_document.set_values("dense_3/bias", (2,), -math.inf)
    return dense_document


@pytest.fixture
def field(qtbot, document):
    result = SearchField()
    qtbot.addWidget(result)
    result.set_document(document)
    result.show()
    qtbot.waitExposed(result)
    result.begin()
    return result


def first_found(field):
    """Return the first line below the heading."""
    return field.results[1] if len(field.results) > 1 else ""


@pytest.mark.parametrize(
    ("typed", "heading", "first"),
    [
        ("0.99", "Nearest to 0.99", "dense_2/kernel[3, 1]   0.9999"),
        ("12.5", "Nearest to 12.5 · 1 equal it", "dense_4/bias[7]   12.5"),
        ("> 12.4999999", "2 cells are > 12.4999999, the largest first", "dense_4/bias[9]   30"),
        ("= 12.5", "1 cell is 12.5", "dense_4/bias[7]   12.5"),
        ("> 1e1", "2 cells are > 10, the largest first", "dense_4/bias[9]   30"),
        ("< -2", "1 cell is < -2, the smallest first", "dense_3/bias[2]   -inf"),
        ("NaN", "1 cell is NaN", "dense_3/kernel[0, 4]   nan"),
        ("inf", "1 cell is infinite", "dense_3/bias[2]   -inf"),
    ],
)
def test_cells_are_found_by_their_number(qtbot, field, typed, heading, first):
    qtbot.keyClicks(field, typed)
    qtbot.waitUntil(lambda: first_found(field) == first)
    assert field.results[0] == heading


def test_what_no_cell_holds_is_said(qtbot, field):
    qtbot.keyClicks(field, "> 1e9")
    qtbot.waitUntil(lambda: field.results == ("No cell is > 1000000000",))
    with qtbot.assertNotEmitted(field.chosen):
        qtbot.keyClick(field, Qt.Key.Key_Return)


def test_names_that_hold_the_number_come_first(qtbot, field):
    qtbot.keyClicks(field, "32")
    qtbot.waitUntil(lambda: any("Nearest" in text for text in field.results))
    assert field.results[0] == "dense_4   Dense   (None, 32)"
    heading = next(i for i, text in enumerate(field.results) if "Nearest" in text)
    assert heading <= 5
    assert field.results[heading + 1] == "dense_4/bias[9]   30"


def test_the_names_that_there_is_no_room_for_come_last(qtbot, field):
    qtbot.keyClicks(field, "5")
    qtbot.waitUntil(lambda: any("Nearest" in text for text in field.results))
    assert "Nearest to 5" in field.results[5]
    more = field.results.index("More layers and weights")
    assert more > 40
    assert all("5" in text for text in field.results[more + 1 :])


def test_the_arrow_keys_pass_the_heading(qtbot, field):
    qtbot.keyClicks(field, "32")
    qtbot.waitUntil(lambda: any("Nearest" in text for text in field.results))
    heading = next(i for i, text in enumerate(field.results) if "Nearest" in text)
    for _ in range(heading):
        qtbot.keyClick(field, Qt.Key.Key_Down)
    with qtbot.waitSignal(field.chosen) as chosen:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert (chosen.args[0].weight_path, chosen.args[0].index) == ("dense_4/bias", (9,))


def test_return_before_the_answer_goes_there_when_it_comes(qtbot, field):
    qtbot.keyClicks(field, "0.99")
    with qtbot.waitSignal(field.chosen) as chosen:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert chosen.args[0].index == (3, 1)


def test_a_click_on_the_heading_chooses_nothing(qtbot, field):
    qtbot.keyClicks(field, "0.99")
    qtbot.waitUntil(lambda: bool(first_found(field)))
    results = field.findChild(QListWidget)
    place = results.visualItemRect(results.item(0)).center()
    with qtbot.assertNotEmitted(field.chosen):
        qtbot.mouseClick(results.viewport(), Qt.MouseButton.LeftButton, pos=place)


@pytest.fixture
def slow(monkeypatch):
    """Let each piece wait to be let through, and be as small as can be."""
    gate = threading.Semaphore(0)
    whole, real = searching.pieces, searching.search

    def search(*arguments, cancelled, **more):
        while not gate.acquire(timeout=0.02):
            if cancelled():
                break
        return real(*arguments, cancelled=cancelled, **more)

    monkeypatch.setattr(searching, "search", search)
    monkeypatch.setattr(searching, "pieces", lambda weights: whole(weights, 64))
    return gate


def test_how_far_it_is_is_told_and_escape_stops_it(qtbot, field, slow):
    qtbot.keyClicks(field, "0.99")
    qtbot.waitUntil(lambda: "0 % of 1 kB read · Esc stops" in field.results[0])
    slow.release(4)
    qtbot.waitUntil(lambda: "Nearest to 0.99 · " in field.results[0])
    assert "% of 1 kB read · Esc stops" in field.results[0]
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.results[0] == "Nearest to 0.99 · stopped before the end"
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.results == ()


def test_what_is_typed_next_ends_the_search_before(qtbot, field, slow):
    qtbot.keyClicks(field, "0.99")
    qtbot.waitUntil(lambda: "read" in field.results[0])
    field.selectAll()
    qtbot.keyClicks(field, "= 12.5")
    slow.release(1000)
    qtbot.waitUntil(lambda: field.results == ("1 cell is 12.5", "dense_4/bias[7]   12.5"))


def test_the_window_goes_to_the_cell_and_offers_the_rest_again(window, document, qtbot):
    window.set_document(document)
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(window.search.hasFocus)
    qtbot.keyClicks(window.search, "> 10")
    qtbot.waitUntil(lambda: bool(first_found(window.search)))
    qtbot.keyClick(window.search, Qt.Key.Key_Return)
    assert window.selection.weight_path == "dense_4/bias"
    assert window.selection.cell == (9,)
    focused = QApplication.focusWidget()
    assert window.workspace.weight_view.isAncestorOf(focused)
    qtbot.keyClick(focused, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(window.search.results) == 3)
    qtbot.keyClick(window.search, Qt.Key.Key_Down)
    qtbot.keyClick(window.search, Qt.Key.Key_Return)
    assert window.selection.cell == (7,)


def test_a_file_that_changed_meanwhile_is_told_in_the_list(field, monkeypatch, qtbot):
    def read(*_):
        raise FileChangedError(Path("copy.keras"), "it became shorter.")

    monkeypatch.setattr(MemoryStorage, "read", read)
    qtbot.keyClicks(field, "0.25")
    qtbot.waitUntil(lambda: "copy.keras" in "".join(field.results))
