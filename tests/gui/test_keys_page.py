"""Help > Keyboard Shortcuts lists every key that does something, and each does something."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from weightview.gui.key_list import VIEW_KEYS, sections_of
from weightview.gui.keys_page import KeysPage

_NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def shown(window, dense_document, qtbot):
    window.resize(1272, 760)
    window.set_document(dense_document)
    window.activateWindow()
    terms = window.findChild(QWidget, "derivation_terms")
    qtbot.waitUntil(terms.isVisible, timeout=10_000)
    return window


@pytest.fixture
def page(shown, qtbot):
    qtbot.keyClick(shown, Qt.Key.Key_F1)
    result = shown.findChild(KeysPage)
    qtbot.waitExposed(result)
    return result


def listed(window):
    return {key for section in sections_of(window) for line in section.lines for key in line.keys}


def visible_texts(page):
    return [label.text() for label in page.findChildren(QLabel) if label.isVisible()]


def test_every_action_and_shortcut_with_a_key_is_listed(shown):
    native = QKeySequence.SequenceFormat.NativeText
    actions = {
        key.toString(native): action.text()
        for action in shown.findChildren(QAction)
        for key in action.shortcuts()
    }
    others = {short.key().toString(native): "" for short in shown.findChildren(QShortcut)}
    assert len(actions) > 25
    assert (actions | others).keys() - listed(shown) == set()


def test_no_key_is_listed_twice_in_one_place(shown):
    for section in sections_of(shown):
        keys = [key for line in section.lines for key in line.keys]
        assert len(keys) == len(set(keys)), section.title


@pytest.mark.parametrize("name", VIEW_KEYS)
def test_each_view_takes_the_keys_that_are_listed_for_it(shown, qtbot, name):
    view = shown.findChild(QWidget, name)
    if not view.isVisible():
        shown.findChild(QWidget, "layout_both").click()
    qtbot.waitUntil(view.isVisible)
    view.setFocus()
    unknown = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_F11, _NONE)
    assert not (QApplication.sendEvent(view, unknown) and unknown.isAccepted())
    for line in VIEW_KEYS[name].lines:
        for key in line.keys:
            pressed = QKeySequence(key)[0]
            event = QKeyEvent(QEvent.Type.KeyPress, pressed.key(), pressed.keyboardModifiers())
            QApplication.sendEvent(view, event)
            # Return in the tree goes on to the table, and is not accepted by Qt all the same.
            assert event.isAccepted() or not view.hasFocus(), key
            if editor := view.findChild(QWidget, "cell_editor"):
                qtbot.keyClick(editor, Qt.Key.Key_Escape)
                view.setFocus()


def test_the_page_shows_keys_beside_what_they_do(page):
    texts = visible_texts(page)
    assert "File" in texts
    assert "Save" in texts
    assert texts[texts.index("Save") + 1] == "Ctrl+S"
    assert "Undo" in texts


def test_the_page_is_searched_by_words_and_by_keys(page, qtbot):
    field = page.findChild(QWidget, "keys_search")
    qtbot.keyClicks(field, "save as")
    assert visible_texts(page) == ["File", "Save As", "Ctrl+Shift+S"]
    field.clear()
    qtbot.keyClicks(field, "f6")
    assert visible_texts(page) == ["View", "Next Panel", "F6", "Previous Panel", "Shift+F6"]
    field.clear()
    qtbot.keyClicks(field, "no such thing")
    assert visible_texts(page) == ["No key does that."]
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert not page.isVisible()


def test_it_is_there_without_a_file_too(window, qtbot):
    window.commands.actions["keys"].trigger()
    page = window.findChild(KeysPage)
    qtbot.waitExposed(page)
    assert "Go to Cell" in visible_texts(page)
    assert window.welcome.isVisible()
