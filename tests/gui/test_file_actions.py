"""The File menu: examples, and closing a file, after which the last window offers them again."""

import shutil

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox, QWidget

from weightview.gui.welcome import EXAMPLES, example_path


@pytest.fixture
def opened(window, examples, tmp_path, qtbot):
    copy = shutil.copy(examples / "four_layers.keras", tmp_path / "copy.keras")
    window.open_files([copy])
    qtbot.waitUntil(lambda: window.document is not None, timeout=20_000)
    window.activateWindow()
    return window


def answer(button):
    """Press ``button`` in the question that is about to be asked."""

    def press():
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            box.button(button).click()
        else:
            QTimer.singleShot(10, press)

    QTimer.singleShot(0, press)


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
@pytest.mark.parametrize("place", range(len(EXAMPLES)))
def test_the_menu_opens_each_example(window, qtbot, place):
    menu = window.findChild(QMenu, "examples_menu")
    assert [action.statusTip().partition(":")[0] for action in menu.actions()] == [
        example.file for example in EXAMPLES
    ]
    menu.popup(window.pos())
    qtbot.keyClick(menu, Qt.Key(Qt.Key.Key_1 + place))
    qtbot.waitUntil(lambda: window.document is not None, timeout=20_000)
    assert window.document.path == example_path(EXAMPLES[place])


def test_closing_the_last_file_shows_the_welcome_page_again(opened, windows, qtbot):
    qtbot.keyClick(opened, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert windows.all == (opened,)
    assert opened.isVisible()
    assert opened.welcome.isVisible()
    assert opened.windowTitle() == "weightview"
    assert opened.document is None
    assert not any(column.isVisible() for column in opened.columns.both)
    assert not opened.search.isEnabled()
    for name in ("save", "undo", "overview", "calculator_window", "right_dock"):
        assert not opened.commands.actions[name].isEnabled(), name


def test_what_else_was_open_of_the_file_goes_with_it(opened):
    for name in ("explore", "history", "calculator_window"):
        opened.commands.actions[name].trigger()
    others = [w for w in opened.findChildren(QWidget) if w.isWindow() and w.isVisible()]
    assert len(others) == 3
    opened.commands.actions["close"].trigger()
    assert not any(other.isVisible() for other in others)


def test_another_file_is_opened_where_one_was_closed(opened, windows, qtbot):
    opened.columns.left.toggleViewAction().trigger()
    opened.commands.actions["close"].trigger()
    qtbot.mouseClick(opened.welcome.findChild(object, "example_line"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: opened.document is not None, timeout=20_000)
    assert windows.all == (opened,)
    assert opened.windowTitle() == "line.keras[*] - weightview"
    assert opened.columns.right.isVisible()
    assert not opened.columns.left.isVisible(), "hidden by the person before"
    assert opened.selection.weight_path == "dense/kernel"
    opened.commands.actions["left_dock"].trigger()
    assert opened.columns.left.isVisible()


def test_closing_on_the_welcome_page_closes_the_window(opened, windows):
    opened.commands.actions["close"].trigger()
    opened.commands.actions["close"].trigger()
    assert windows.all == ()


def test_closing_one_of_two_files_closes_its_window(opened, windows, examples, qtbot):
    windows.open_files([examples / "line.keras"])
    other = windows.all[1]
    qtbot.waitUntil(lambda: other.document is not None, timeout=20_000)
    other.commands.actions["close"].trigger()
    assert windows.all == (opened,)
    assert opened.document is not None


@pytest.mark.parametrize(
    ("button", "is_left", "is_saved"),
    [
        (QMessageBox.StandardButton.Cancel, False, False),
        (QMessageBox.StandardButton.Discard, True, False),
        (QMessageBox.StandardButton.Save, True, True),
    ],
)
def test_closing_the_last_file_asks_about_its_edits(
    opened, windows, qtbot, button, is_left, is_saved
):
    from weightview.api import open_document

    path = opened.document.path
    opened.document.set_values("dense_1/bias", (0,), 0.5)
    answer(button)
    opened.commands.actions["close"].trigger()
    qtbot.waitUntil(lambda: opened.welcome.isVisible() == is_left)
    assert windows.all == (opened,)
    assert (open_document(path).read("dense_1/bias", (0,)) == 0.5) == is_saved


def test_edits_that_were_dropped_are_not_offered_at_the_next_start(opened, qtbot):
    from weightview.formats.journal import pending

    opened.document.set_values("dense_1/bias", (0,), 0.5)
    answer(QMessageBox.StandardButton.Discard)
    opened.commands.actions["close"].trigger()
    assert opened.welcome.isVisible()
    assert pending() == []


def test_the_windows_own_button_closes_it_with_its_file(opened, windows):
    opened.close()
    assert windows.all == ()
