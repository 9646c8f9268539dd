"""Unsaved edits outlive a crash and are offered at the next start."""

import shutil
import subprocess
import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from weightview.formats.journal import pending, state_folder
from weightview.gui.recovery import Offers

CRASH = """
import os, sys
from weightview.api import open_document
from weightview.formats.journal import Journal
document = open_document(sys.argv[1])
journal = Journal.begin(document)
document.set_values("dense_1/bias", (0,), 0.5)
document.set_values("dense_1/bias", (1,), 0.25)
journal.flush()
os._exit(9)
"""


@pytest.fixture
def copy(tmp_path, examples):
    return shutil.copy(examples / "four_layers.keras", tmp_path / "copy.keras")


@pytest.fixture
def crashed(copy):
    """Leave behind what a process leaves that ended in the middle of two edits."""
    done = subprocess.run([sys.executable, "-c", CRASH, str(copy)], timeout=60, check=False)
    assert done.returncode == 9


@pytest.fixture
def offered(crashed, windows, window, qtbot):
    """Return the message that offers the edits."""
    Offers(windows).look()
    qtbot.waitUntil(lambda: bool(window.messages.messages), timeout=20_000)
    return window.messages.messages[0]


def press(qtbot, message, name):
    qtbot.mouseClick(message.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


def test_the_journals_lie_in_the_tests_own_folder(own_settings):
    assert own_settings in state_folder().parents


def test_kept_edits_are_restored_as_undoable_unsaved_edits(offered, window, copy, qtbot):
    assert offered.text.startswith("2 unsaved edits of copy.keras from ")
    press(qtbot, offered, "restore")
    qtbot.waitUntil(lambda: window.document is not None, timeout=20_000)
    qtbot.waitUntil(lambda: window.document.is_modified)
    assert window.document.path == copy
    assert window.document.read("dense_1/bias", slice(0, 2)).tolist() == [0.5, 0.25]
    window.document.undo()
    window.document.undo()
    assert not window.document.is_modified


def test_discarded_edits_are_not_offered_again(offered, window, qtbot):
    press(qtbot, offered, "discard")
    assert window.messages.messages == ()
    assert pending() == []


def test_the_offer_stays_while_another_file_is_opened(offered, window, examples, qtbot):
    window.open_files([examples / "line.keras"])
    qtbot.waitUntil(lambda: window.document is not None, timeout=20_000)
    assert offered in window.messages.messages


def test_a_file_that_is_gone_is_told_and_the_edits_are_still_offered(offered, window, copy, qtbot):
    copy.unlink()
    press(qtbot, offered, "restore")
    qtbot.waitUntil(lambda: len(window.messages.messages) == 2, timeout=20_000)
    assert any("is gone" in message.text for message in window.messages.messages)
    assert any("were kept" in message.text for message in window.messages.messages)


def test_edits_of_an_open_window_are_kept_and_forgotten_when_it_is_closed(
    windows, window, copy, qtbot
):
    window.open_files([copy])
    qtbot.waitUntil(lambda: window.document is not None, timeout=20_000)
    window.document.set_values("dense_1/bias", (0,), 0.5)
    assert window.keeping._journal.flush()
    assert [path.stat().st_size > 0 for path in state_folder().iterdir()] == [True]
    window.document.revert()
    window.close()
    assert list(state_folder().iterdir()) == []


def test_trouble_in_writing_is_told_and_taken_back(window, qtbot):
    window.keeping._trouble.emit("The disk is full: edits are not kept.")
    assert [message.text for message in window.messages.messages] == [
        "The disk is full: edits are not kept."
    ]
    window.keeping._trouble.emit("")
    assert window.messages.messages == ()


HOLD = """
import sys
from weightview.api import open_document
from weightview.formats.journal import Journal
journal = Journal.begin(open_document(sys.argv[1]))
journal.flush()
print("open", flush=True)
sys.stdin.read()
journal.close()
"""


def test_a_file_that_another_process_has_open_is_noticed(copy, window, qtbot):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(copy)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout.readline() == b"open\n"
        window.open_files([copy])

        def is_told():
            return any("another weightview" in m.text for m in window.messages.messages)

        qtbot.waitUntil(is_told, timeout=20_000)
        other.stdin.close()
