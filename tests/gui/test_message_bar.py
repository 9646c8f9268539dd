"""Messages: shown once, closed, answered, copied; never as rich text."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from weightview.core.errors import OpenError
from weightview.gui.message_bar import Answer, MessageBar, sentence


@pytest.fixture
def bar(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 800)
    column = QVBoxLayout(window)
    result = MessageBar()
    column.addWidget(result)
    column.addStretch(1)
    window.show()
    yield result


def button(message, name):
    return message.findChild(QPushButton, name)


def test_the_same_sentence_is_shown_once(bar):
    bar.show_message("error", "It failed.")
    bar.show_message("error", "It failed.")
    assert [message.text for message in bar.messages] == ["It failed."]


def test_a_message_of_the_same_key_replaces_the_older(bar):
    bar.show_message("error", "First.", key="k")
    bar.show_message("warning", "Second.", key="k")
    assert [message.text for message in bar.messages] == ["Second."]


def test_the_cross_closes_only_its_own(qtbot, bar):
    first = bar.show_message("error", "First.")
    bar.show_message("error", "Second.")
    cross = first.findChild(QToolButton, "close_message")
    qtbot.mouseClick(cross, Qt.MouseButton.LeftButton)
    assert [message.text for message in bar.messages] == ["Second."]


def test_an_answer_closes_the_message_and_acts(qtbot, bar):
    done = []
    answers = (Answer("Reload", lambda: done.append("reload")), Answer("Keep", lambda: None))
    message = bar.show_message("warning", "Changed.", answers=answers)
    qtbot.mouseClick(button(message, "reload"), Qt.MouseButton.LeftButton)
    assert done == ["reload"]
    assert bar.messages == ()


def test_details_can_be_copied(qtbot, qapp, bar):
    try:
        raise OpenError("a.keras", "it is no model.")
    except OpenError as error:
        message = bar.show_error(error)
    assert message.text == "a.keras: it is no model."
    qtbot.mouseClick(button(message, "copy_details"), Qt.MouseButton.LeftButton)
    copied = qapp.clipboard().text()
    assert copied.startswith("a.keras: it is no model.")
    assert "Traceback" in copied


def test_more_sentences_are_folded_at_first(qtbot, bar):
    message = bar.show_message("info", "Two things.", more=("One.", "Two."))
    more = next(label for label in message.findChildren(QLabel) if "One." in label.text())
    assert more.isHidden()
    qtbot.mouseClick(button(message, "show"), Qt.MouseButton.LeftButton)
    assert not more.isHidden()


def test_what_a_file_says_is_never_rich_text(bar):
    message = bar.show_message("error", "<b>x</b>", more=("<img src=x>",))
    texts = [label for label in message.findChildren(QLabel) if label.text()]
    assert texts
    assert {label.textFormat() for label in texts} == {Qt.TextFormat.PlainText}


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OpenError("a.h5", "it is empty."), "a.h5: it is empty."),
        (FileNotFoundError(2, "No such file", "b.h5"), "b.h5: No such file."),
        (ZeroDivisionError("division"), "ZeroDivisionError: division"),
    ],
)
def test_every_error_becomes_a_sentence(error, said):
    assert said in sentence(error)


def test_of_many_messages_the_newest_are_shown_and_the_others_are_asked_for(bar, qtbot):
    for number in range(4):
        bar.show_message("info", f"Sentence {number}.")
    older = bar.findChild(QPushButton, "older_messages")

    def shown():
        return [message.text for message in bar.messages if message.isVisible()]

    assert shown() == ["Sentence 2.", "Sentence 3."]
    assert older.text() == "Show 2 older messages"
    bar.messages[3].close_message()
    assert shown() == ["Sentence 1.", "Sentence 2."]
    assert older.text() == "Show 1 older message"
    qtbot.mouseClick(older, Qt.MouseButton.LeftButton)
    assert shown() == ["Sentence 0.", "Sentence 1.", "Sentence 2."]
    assert not older.isVisible()
    bar.clear()
    assert shown() == []
    assert not older.isVisible()


def test_a_low_window_shows_only_the_newest(bar):
    bar.window().resize(900, 300)
    for number in range(2):
        bar.show_message("info", f"Sentence {number}.")
    assert [message.text for message in bar.messages if message.isVisible()] == ["Sentence 1."]
    assert bar.findChild(QPushButton, "older_messages").text() == "Show 1 older message"


def test_a_click_on_a_message_leaves_the_keys_where_they_are(qtbot):
    page = QWidget()
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    bar, field = MessageBar(), QLineEdit()
    for widget in (QLineEdit(), bar, field):
        column.addWidget(widget)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    message = bar.show_message("info", "A sentence.", answers=[Answer("Do It", lambda: None)])
    qtbot.mouseClick(message.findChild(QPushButton, "do_it"), Qt.MouseButton.LeftButton)
    assert bar.messages == ()
    assert field.hasFocus()
