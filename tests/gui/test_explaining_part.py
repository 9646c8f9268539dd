"""The explanations below the weight: whole where there is room, scrolled in a low window."""

import pytest
from PySide6.QtWidgets import QScrollArea

from weightview import open_document

LONG = "The file is odd in a way that takes many words to say, and more than one line. " * 2


@pytest.fixture
def shown(window, dense_document, qtbot):
    window.resize(1280, 800)
    window.set_document(dense_document)
    qtbot.waitUntil(lambda: window.selection.number is not None, timeout=10_000)
    return window


def part_of(window):
    return window.findChild(QScrollArea, "explaining")


def test_two_messages_leave_the_status_bar_on_a_small_screen(shown, qtbot):
    shown.resize(1024, 600)
    for key in ("one", "other"):
        shown.messages.show_message("warning", LONG, key=key)
    qtbot.waitUntil(lambda: shown.message_strip.height() > 60)
    assert shown.height() == 600
    assert shown.minimumSizeHint().height() <= 600
    assert shown.statusBar().geometry().bottom() < 600


def test_a_derivation_is_shown_whole_where_there_is_room(shown, qtbot):
    bar = part_of(shown).verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() == 0)
    assert part_of(shown).widget().height() <= part_of(shown).viewport().height()


def test_a_long_derivation_gives_way_to_its_sum_and_the_question_below(window, examples, qtbot):
    window.resize(1280, 800)
    window.set_document(open_document(examples / "two_thousand_inputs.keras"))
    qtbot.waitUntil(lambda: window.selection.number is not None, timeout=10_000)
    part = part_of(window)
    terms = window.workspace.derivation.terms
    qtbot.waitUntil(lambda: terms.model().rowCount() == 32)
    qtbot.waitUntil(lambda: terms.verticalScrollBar().maximum() > 0)
    assert part.verticalScrollBar().maximum() == 0
    question = window.workspace.mismatch
    bottom = question.mapTo(part.viewport(), question.rect().bottomLeft()).y()
    assert bottom < part.viewport().height()


def test_what_does_not_fit_is_scrolled(shown, qtbot):
    shown.resize(1024, 460)
    bar = part_of(shown).verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)


def test_the_line_stays_where_the_hand_put_it(shown, qtbot):
    shown.resize(1280, 600)
    centre = shown.workspace.centre
    qtbot.waitUntil(lambda: centre.height() < 540)
    bar = part_of(shown).verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() == 0)
    centre.moveSplitter(centre.height() - 100, 1)  # what a handle does while it is dragged
    put = centre.sizes()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    with qtbot.waitSignal(part_of(shown).need_changed):
        shown.workspace.derivation.updateGeometry()
    assert centre.sizes() == put
