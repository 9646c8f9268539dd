"""A link to a cell opens the window there, however it comes in."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QInputDialog, QLineEdit

from weightview.cli.arguments import parse


@pytest.fixture
def file(examples):
    return examples / "four_layers.keras"


def kernel_of(window):
    """Return the path of the second kernel of the shown model."""
    return next(w.path for w in window.document.all_weights if w.shape == (5, 5))


def open_link(windows, window, qtbot, text):
    windows.open_files(parse([text]).files, window)
    qtbot.waitUntil(lambda: window.document is not None, timeout=20_000)


@pytest.fixture
def kernel(windows, window, qtbot, file):
    """Return a kernel's path; the window shows its file."""
    open_link(windows, window, qtbot, str(file))
    return kernel_of(window)


def test_a_link_on_the_command_line_opens_its_file_at_the_cell(
    windows, kernel, file, qtbot, window
):
    other = windows.new_window()
    window.close()
    open_link(windows, other, qtbot, f"{file}::{kernel}[3,1]")
    assert other.document.path == file
    assert (other.selection.weight_path, other.selection.cell) == (kernel, (3, 1))
    table = other.workspace.weight_view.findChild(object, "weight_table")
    assert table.model().address(table.currentIndex().row(), table.currentIndex().column())[1] == (
        3,
        1,
    )


def test_a_link_into_the_file_that_is_shown_goes_there(windows, kernel, file, qtbot, window):
    open_link(windows, window, qtbot, f"{file}::{kernel}[2,4]")
    assert windows.all == (window,)
    assert window.selection.cell == (2, 4)


def test_a_link_without_a_cell_shows_the_weight(windows, kernel, file, qtbot, window):
    open_link(windows, window, qtbot, f"{file}::{kernel}")
    assert (window.selection.weight_path, window.selection.cell) == (kernel, None)


@pytest.mark.parametrize(
    ("target", "words"),
    [("nothing/kernel[0]", "nothing/kernel"), ("{kernel}[7,0]", "outside"), ("{kernel}[1]", "out")],
)
def test_a_link_that_leads_nowhere_says_so(windows, kernel, file, qtbot, window, target, words):
    open_link(windows, window, qtbot, f"{file}::{target.format(kernel=kernel)}")
    assert words in window.messages.messages[-1].text
    assert window.selection.cell is None


def test_ctrl_l_opens_the_link_that_was_copied(windows, kernel, file, qtbot, window):
    QGuiApplication.clipboard().setText(f"{file}::{kernel}[4,2]")
    with qtbot.waitActive(window):
        window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    dialog = window.findChild(QInputDialog, "link_dialog")
    field = dialog.findChild(QLineEdit)
    assert field.text() == f"{file}::{kernel}[4,2]"
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.selection.cell == (4, 2))
    assert window.selection.weight_path == kernel


def test_what_is_copied_as_a_link_is_what_opens(windows, kernel, file, qtbot, window):
    window.selection.select_cell(kernel, (1, 3))
    menu = window.workspace.weight_view.findChild(object, "cells_link")
    menu.trigger()
    copied = QGuiApplication.clipboard().text()
    window.selection.select_cell(kernel, (0, 0))
    open_link(windows, window, qtbot, copied)
    assert window.selection.cell == (1, 3)


def test_a_copied_link_leads_back_through_odd_names(windows, window, file, qtbot, tmp_path):
    odd = tmp_path / "odd [1]::name é%20.keras"
    odd.write_bytes(file.read_bytes())
    open_link(windows, window, qtbot, str(odd))
    path = kernel_of(window)
    window.selection.select_cell(path, (2, 3))
    window.workspace.weight_view.findChild(object, "cells_link").trigger()
    text = QGuiApplication.clipboard().text()
    assert text.endswith("[2,3]")
    window.selection.select_cell(path, (0, 0))
    open_link(windows, window, qtbot, text)
    assert windows.all == (window,)
    assert window.selection.cell == (2, 3)
