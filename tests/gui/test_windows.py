"""One window per file."""

import pytest
from PySide6.QtWidgets import QDialog


@pytest.fixture
def document_of(qtbot):
    def wait(window):
        qtbot.waitUntil(lambda: window.document is not None, timeout=20_000)
        return window.document

    return wait


def test_the_first_file_fills_an_empty_window_and_the_second_gets_its_own(
    windows, window, examples, document_of
):
    windows.open_files([examples / "line.keras", examples / "four_layers.keras"], window)
    assert len(windows.all) == 2
    assert document_of(window).path == examples / "line.keras"
    assert document_of(windows.all[1]).path == examples / "four_layers.keras"


def test_a_file_that_is_open_is_shown_not_reopened(windows, window, examples, document_of, qtbot):
    windows.open_files([examples / "line.keras"], window)
    document = document_of(window)
    windows.open_files([examples / ".." / "examples" / "line.keras"])
    qtbot.wait(50)
    assert windows.all == (window,)
    assert window.document is document


def test_a_file_that_is_being_opened_is_not_opened_twice(windows, window, examples, document_of):
    windows.open_files([examples / "line.keras"], window)
    windows.open_files([examples / "line.keras"], window)
    assert windows.all == (window,)
    document_of(window)


def test_quit_closes_all(windows, window):
    windows.new_window()
    windows.quit()
    assert windows.all == ()


def test_zoom_changes_the_font_and_is_remembered(windows, window, qapp):
    before = qapp.font().pointSizeF()
    window.commands.actions["larger"].trigger()
    assert qapp.font().pointSizeF() > before
    assert windows.settings.zoom == 110
    window.commands.actions["normal"].trigger()
    assert qapp.font().pointSizeF() == pytest.approx(before)


def test_a_model_in_memory_is_shown(windows, dense_document):
    window = windows.show_document(dense_document)
    assert window.windowTitle() == "four_layers[*] - weightview"
    assert not window.commands.actions["reload"].isEnabled()


def test_what_belongs_to_a_window_counts_as_that_window(windows, window, qtbot):
    windows.new_window()
    window.commands.actions["keys"].trigger()
    page = window.findChild(QDialog, "keys_page")
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    assert windows.active is window
