"""A row is found by the word it stands for: typed after Ctrl+K, chosen with Return."""

import shutil

import pytest
from PySide6.QtCore import Qt

from weightview import open_document

HEADING = "What the model calls so"


@pytest.fixture
def words(shared_models, tmp_path):
    """Return a document whose vocabulary lies beside the config, so is read in the background."""
    name = "generated/k3.15.1_A/preproc_text.keras"
    return open_document(shutil.copy(shared_models / name, tmp_path / "text.keras"))


def typed(window, qtbot, text):
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(window.search.hasFocus)
    qtbot.keyClicks(window.search, text)


def test_a_word_leads_to_its_row(window, words, qtbot):
    window.set_document(words)
    typed(window, qtbot, "cat")
    line = "'cat'   embedding/embeddings   index 7"
    qtbot.waitUntil(lambda: window.search.results == (HEADING, line))
    qtbot.keyClick(window.search, Qt.Key.Key_Return)
    assert window.selection.weight_path == "embedding/embeddings"
    assert window.selection.cell == (7, 0)


def test_return_before_the_words_are_read_goes_there_when_they_are(window, words, qtbot):
    window.set_document(words)
    typed(window, qtbot, "mat")
    qtbot.keyClick(window.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.selection.cell == (5, 0))


def test_layers_come_before_words_and_words_before_cells(window, shared_models, qtbot):
    name = "generated/k3.15.1_A/preproc_lookup.keras"
    window.set_document(open_document(shared_models / name))
    typed(window, qtbot, "e")
    qtbot.waitUntil(lambda: HEADING in window.search.results)
    results = window.search.results
    at = results.index(HEADING)
    assert results[0].startswith("embedding")
    assert at == 5
    assert "'green'   embedding/embeddings   index 2" in results[at + 1 :]


def test_what_no_word_contains_is_not_found(window, words, qtbot):
    window.set_document(words)
    typed(window, qtbot, "zebra")
    qtbot.waitUntil(lambda: window.search.results == ("Nothing is called so.",))
