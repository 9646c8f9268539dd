"""Messages stand across the whole window, in as few lines as its width allows."""

import pytest

LONG = "The file is odd in a way that takes many words to say. " * 9


@pytest.fixture
def shown(window, dense_document, qtbot):
    window.resize(1200, 760)
    window.set_document(dense_document)
    return window


def test_without_a_message_there_is_no_room_for_one(shown):
    assert not shown.message_strip.isVisible()


def test_a_message_is_as_wide_as_the_window(shown, qtbot):
    shown.messages.show_message("warning", LONG)
    qtbot.waitUntil(lambda: shown.messages.width() > 1150)
    assert shown.messages.mapTo(shown, shown.messages.rect().topLeft()).x() < 8
    assert shown.messages.height() < 80


def test_it_is_as_high_as_its_sentences_at_the_width_of_the_window(shown, qtbot):
    shown.messages.show_message("warning", LONG)
    qtbot.waitUntil(lambda: shown.messages.width() > 1150)
    low = shown.messages.height()
    shown.columns.left.hide()
    shown.columns.right.hide()
    shown.resize(700, 760)
    qtbot.waitUntil(lambda: shown.messages.height() > low)
    (message,) = shown.messages.messages
    assert message.height() >= message.layout().totalHeightForWidth(message.width())


def test_unfolding_gives_room_and_closing_takes_it_back(shown, qtbot):
    message = shown.messages.show_message("info", "Two things.", more=["One.", "The other."])
    qtbot.waitUntil(lambda: shown.messages.width() > 1150)
    low = shown.messages.height()
    message.findChild(object, "show").click()
    qtbot.waitUntil(lambda: shown.messages.height() > low + 20)
    message.close_message()
    qtbot.waitUntil(lambda: not shown.message_strip.isVisible())


def test_a_message_that_was_there_when_the_program_ended_leaves_no_gap(
    shown, windows, dense_document, examples, qtbot
):
    shown.messages.show_message("warning", LONG, stays=True)
    shown.close()
    again = windows.new_window()
    again.open_files([examples / "line.keras"])
    qtbot.waitUntil(lambda: again.document is not None, timeout=20_000)
    assert not again.message_strip.isVisible()
