"""Opening and saving: in another thread, cancelled, refused, never over what it must not touch."""

import shutil
import threading

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from weightview.core.errors import CancelledError, OpenError
from weightview.gui import files as files_module
from weightview.gui.files import Files, open_file
from weightview.gui.settings import Settings
from weightview.gui.welcome import EXAMPLES, example_path


@pytest.fixture
def parent(qtbot):
    result = QWidget()
    qtbot.addWidget(result)
    return result


@pytest.fixture
def files(parent):
    return Files(parent, Settings())


@pytest.fixture
def copy(tmp_path, examples):
    return shutil.copy(examples / "four_layers.keras", tmp_path / "copy.keras")


@pytest.fixture
def answer(monkeypatch):
    """Let the Save As dialog answer with a name, without being shown; tells what it proposed."""
    proposed = []

    def set_answer(name, chosen=""):
        def ask(parent, title, proposal, filters):
            proposed.append(proposal)
            assert filters
            return str(name), chosen

        monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
        return proposed

    return set_answer


def test_a_file_is_opened_in_another_thread(qtbot, files, copy, monkeypatch):
    threads = []
    real = open_file

    def noting(*arguments):
        threads.append(threading.current_thread())
        return real(*arguments)

    monkeypatch.setattr(files_module, "open_file", noting)
    with qtbot.waitSignals([files.began, files.opened, files.ended]):
        files.open(copy)
    assert threads[0] is not threading.main_thread()


def test_what_cannot_be_opened_is_told(qtbot, files, tmp_path):
    with qtbot.waitSignal(files.failed) as failed:
        files.open(tmp_path / "missing.keras")
    assert isinstance(failed.args[0], OpenError)
    assert not files.is_busy


def test_a_cancelled_opening_delivers_nothing(qtbot, files, copy, monkeypatch):
    may_end = threading.Event()
    real = open_file

    def slow(*arguments):
        may_end.wait(10)
        return real(*arguments)

    monkeypatch.setattr(files_module, "open_file", slow)
    files.open(copy)
    with qtbot.waitSignal(files.ended):
        files.cancel()
    assert not files.is_busy
    with qtbot.assertNotEmitted(files.opened, wait=300):
        may_end.set()


def test_a_later_opening_replaces_an_earlier_one(qtbot, files, copy, examples):
    with qtbot.waitSignal(files.opened) as opened:
        files.open(copy)
        files.open(examples / "line.keras")
    assert opened.args[0].path == examples / "line.keras"


def test_saving_writes_the_edits_into_the_same_file(qtbot, files, copy):
    document = open_file(copy).document
    document.set_values("dense_1/kernel", (0, 0), 0.5)
    done = []
    with qtbot.waitSignal(files.saved) as saved:
        files.save(document, then=lambda: done.append(True))
    assert (saved.args, done) == ([copy], [True])
    assert not document.is_modified
    assert open_file(copy).document.read("dense_1/kernel", (0, 0)) == 0.5


def test_an_edit_made_while_saving_stays_unsaved(qtbot, files, copy):
    document = open_file(copy).document
    document.set_values("dense_1/kernel", (0, 0), 0.5)
    with qtbot.waitSignal(files.saved):
        files.save(document)
        document.set_values("dense_1/kernel", (0, 1), 0.25)
    assert document.is_modified
    assert open_file(copy).document.read("dense_1/kernel", (0, 0)) == 0.5
    assert document.read("dense_1/kernel", (0, 1)) == 0.25


def test_an_example_is_saved_elsewhere(qtbot, files, tmp_path, answer):
    source = example_path(EXAMPLES[1])
    before = source.read_bytes()
    document = open_file(source).document
    document.set_values("dense/kernel", (0, 0), 0.5)
    proposed = answer(tmp_path / "mine.keras")
    with qtbot.waitSignal(files.saved):
        files.save(document)
    assert not proposed[0].startswith(str(source.parent))
    assert document.path == tmp_path / "mine.keras"
    assert source.read_bytes() == before


def test_save_as_without_a_name_does_nothing(qtbot, files, copy, answer):
    document = open_file(copy).document
    answer("")
    with qtbot.assertNotEmitted(files.began):
        files.save_as(document)


def test_a_backup_is_kept_where_it_was_asked_for(qtbot, parent, copy):
    settings = Settings()
    settings.keeps_backup = True
    files = Files(parent, settings)
    before = copy.read_bytes()
    document = open_file(copy).document
    document.set_values("dense_1/kernel", (0, 0), 0.5)
    with qtbot.waitSignal(files.saved):
        files.save(document)
    settings.keeps_backup = False
    assert copy.with_name("copy.keras.bak").read_bytes() == before


def test_a_missing_suffix_is_added(qtbot, files, copy, tmp_path, answer):
    answer(tmp_path / "other")
    with qtbot.waitSignal(files.saved) as saved:
        files.save_as(open_file(copy).document)
    assert saved.args == [tmp_path / "other.keras"]


def test_a_missing_suffix_is_that_of_the_chosen_format(qtbot, files, copy, tmp_path, answer):
    answer(tmp_path / "other", "NumPy arrays, converted (*.npz)")
    with qtbot.waitSignal(files.converted, timeout=20_000):
        files.save_as(open_file(copy).document)
    assert (tmp_path / "other.npz").exists()


def test_a_name_left_as_proposed_gives_way_to_the_chosen_format(
    qtbot, files, copy, tmp_path, answer
):
    answer(copy, "NumPy arrays, converted (*.npz)")
    before = copy.read_bytes()
    with qtbot.waitSignal(files.converted, timeout=20_000) as converted:
        files.save_as(open_file(copy).document)
    assert converted.args == [tmp_path / "copy.npz"]
    assert copy.read_bytes() == before


@pytest.mark.parametrize("button", ["Replace", "Cancel"])
def test_a_file_that_the_dialog_did_not_ask_about_is_not_written_over_unasked(
    qtbot, files, copy, tmp_path, answer, button
):
    there = tmp_path / "other.keras"
    there.write_bytes(b"precious")
    answer(tmp_path / "other")
    asked = []

    def press():
        box = QApplication.activeModalWidget()
        asked.append(box.text())
        named = {b.text().replace("&", ""): b for b in box.buttons()}
        named[button].click()

    QTimer.singleShot(0, press)
    files.save_as(open_file(copy).document)
    assert asked == ["Replace other.keras?"]
    if button == "Replace":
        qtbot.waitUntil(lambda: not files.is_saving, timeout=20_000)
    assert (there.read_bytes() == b"precious") == (button == "Cancel")


# The formats of Keras are converted by TensorFlow's process, which no test of the window starts.
@pytest.mark.parametrize("name", ["other.npz", "other.safetensors"])
def test_a_suffix_of_another_format_converts(qtbot, files, copy, tmp_path, answer, name):
    answer(tmp_path / name)
    document = open_file(copy).document
    document.set_values("dense_1/kernel", (0, 0), 0.5)
    with qtbot.waitSignal(files.converted, timeout=20_000):
        files.save_as(document)
    assert document.path == copy
    assert document.is_modified
    written = open_file(tmp_path / name).document
    assert written.values.whole(written.model.weights[0]).flat[0] == 0.5


def test_a_conversion_that_loses_something_is_refused(qtbot, files, tmp_path, examples, answer):
    source = shutil.copy(examples / "line.weights.h5", tmp_path / "line.weights.h5")
    answer(tmp_path / "other.keras")
    with qtbot.waitSignal(files.refused) as refused:
        files.save_as(open_file(source).document)
    assert "without the model's config" in refused.args[0]
    assert not (tmp_path / "other.keras").exists()


def test_a_suffix_of_no_known_format_is_refused(qtbot, files, copy, tmp_path, answer):
    answer(tmp_path / "other.onnx")
    with qtbot.waitSignal(files.refused) as refused:
        files.save_as(open_file(copy).document)
    assert "other.onnx" in refused.args[0]
    assert not (tmp_path / "other.onnx").exists()


def test_what_has_no_format_cannot_be_saved(qtbot, files, dense_document):
    with qtbot.waitSignal(files.refused):
        files.save(dense_document)


def test_a_save_that_fails_leaves_document_and_file(qtbot, files, copy, tmp_path, answer):
    document = open_file(copy).document
    document.set_values("dense_1/kernel", (0, 0), 0.5)
    answer(tmp_path / "no such folder" / "other.keras")
    with qtbot.waitSignal(files.failed) as failed:
        files.save_as(document)
    assert "other.keras" in str(failed.args[0])
    assert document.is_modified
    assert document.path == copy


def test_a_save_that_is_cancelled_leaves_document_and_file(qtbot, files, copy):
    document = open_file(copy).document
    document.set_values("dense_1/kernel", (0, 0), 0.25)
    before = copy.read_bytes()
    files.began.connect(lambda text, can_cancel: files.cancel())
    with qtbot.waitSignal(files.failed) as failed, qtbot.assertNotEmitted(files.saved):
        files.save(document)
    assert isinstance(failed.args[0], CancelledError)
    assert copy.read_bytes() == before
    assert not list(copy.parent.glob(".*weightview-tmp"))
    assert document.is_modified
    assert not files.is_busy


def test_nothing_else_begins_while_a_file_is_written(qtbot, files, copy):
    document = open_file(copy).document
    with qtbot.waitSignal(files.saved):
        files.save(document)
        with qtbot.waitSignal(files.refused):
            files.open(copy)
