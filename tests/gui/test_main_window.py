"""One window: what it shows of a document, what its commands do, what it asks before closing."""

import shutil

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QContextMenuEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QMessageBox, QPushButton, QWidget

from weightview.core.errors import FileChangedError


@pytest.fixture
def copy(tmp_path, examples):
    return shutil.copy(examples / "four_layers.keras", tmp_path / "copy.keras")


@pytest.fixture
def opened(window, copy, qtbot):
    """Return the window with a copy of the third example open."""
    window.open_files([copy])
    qtbot.waitUntil(lambda: window.document is not None, timeout=20_000)
    return window


def answer_with(button):
    """Press ``button`` in the question that is about to be asked; tells what was asked."""
    asked = []

    def press():
        box = next(iter(questions()), None)
        if box is None:
            QTimer.singleShot(10, press)
            return
        asked.append(box.text())
        (box.button(button) if not isinstance(button, str) else named(box, button)).click()

    QTimer.singleShot(0, press)
    return asked


def named(box, text):
    return next(button for button in box.buttons() if button.text().replace("&", "") == text)


def questions():
    from PySide6.QtWidgets import QApplication

    return [
        w for w in QApplication.topLevelWidgets() if isinstance(w, QMessageBox) and w.isVisible()
    ]


def test_an_empty_window_shows_the_welcome_page(window):
    assert window.welcome.isVisible()
    assert window.windowTitle() == "weightview"
    assert window.workspace is None
    for name in ("save", "save_as", "revert", "reload", "undo", "redo"):
        assert not window.commands.actions[name].isEnabled()


def test_a_window_tells_which_file_is_on_its_way(windows, copy, qtbot):
    window = windows.new_window(copy)
    opening = window.findChild(QLabel, "opening")
    assert opening.isVisible()
    assert opening.text() == "Opening copy.keras …"
    window.open_files([copy])
    assert opening.isVisible()
    assert window.progress.text == "", "said once is enough"
    window.files.cancel()
    assert window.welcome.isVisible()


def test_a_file_is_shown_with_its_first_weight(opened):
    assert opened.windowTitle() == "copy.keras[*] - weightview"
    assert opened.selection.weight_path == "dense_1/kernel"
    assert not opened.welcome.isVisible()
    assert opened.columns.left.isVisible()
    assert opened.columns.right.isVisible()
    header = opened.findChild(QLabel, "file_name")
    assert header.text() == "copy.keras"


def test_an_edit_marks_title_header_and_undo(opened):
    opened.document.set_values("dense_1/bias", (0,), 0.5, label="Set dense_1/bias[0]")
    assert opened.isWindowModified()
    assert opened.findChild(QLabel, "file_name").text() == "copy.keras •"
    undo = opened.commands.actions["undo"]
    assert undo.isEnabled()
    assert undo.text() == "&Undo Set dense_1/bias[0]"
    undo.trigger()
    assert not opened.isWindowModified()
    redo = opened.commands.actions["redo"]
    assert redo.text() == "&Redo Set dense_1/bias[0]"
    redo.trigger()
    assert opened.document.read("dense_1/bias", (0,)) == 0.5


def test_save_writes_and_takes_the_mark_away(opened, copy, qtbot):
    from weightview.api import open_document

    opened.document.set_values("dense_1/bias", (0,), 0.5)
    with qtbot.waitSignal(opened.files.saved):
        opened.commands.actions["save"].trigger()
    assert not opened.isWindowModified()
    assert open_document(copy).read("dense_1/bias", (0,)) == 0.5
    with qtbot.assertNotEmitted(opened.watch.changed, wait=500):
        pass  # one's own save is no change by another program


@pytest.mark.parametrize(
    ("button", "is_open", "is_saved"),
    [
        (QMessageBox.StandardButton.Cancel, True, False),
        (QMessageBox.StandardButton.Discard, False, False),
        (QMessageBox.StandardButton.Save, False, True),
    ],
)
def test_closing_with_edits_asks(opened, windows, copy, qtbot, button, is_open, is_saved):
    from weightview.api import open_document

    opened.document.set_values("dense_1/bias", (0,), 0.5)
    asked = answer_with(button)
    opened.close()
    assert asked == ["Save the edits to copy.keras?"]
    qtbot.waitUntil(lambda: bool(windows.all) == is_open)
    assert (open_document(copy).read("dense_1/bias", (0,)) == 0.5) == is_saved


def test_closing_without_edits_asks_nothing(opened, windows):
    opened.close()
    assert windows.all == ()


def test_revert_asks_and_drops_every_edit(opened):
    opened.document.set_values("dense_1/bias", (0,), 0.5)
    answer_with(QMessageBox.StandardButton.Cancel)
    opened.commands.actions["revert"].trigger()
    assert opened.document.is_modified
    answer_with("Revert")
    opened.commands.actions["revert"].trigger()
    assert not opened.document.is_modified


def test_a_change_by_another_program_is_told_and_reloaded(opened, copy, qtbot):
    from weightview.api import open_document

    other = open_document(copy)
    other.set_values("dense_1/bias", (0,), 0.75)
    other.save()
    qtbot.waitUntil(lambda: bool(opened.messages.messages))
    message = opened.messages.messages[0]
    assert message.text == "copy.keras was changed by another program."
    with qtbot.waitSignal(opened.files.reloaded):
        qtbot.mouseClick(message.findChild(QPushButton, "reload"), Qt.MouseButton.LeftButton)
    assert opened.document.read("dense_1/bias", (0,)) == 0.75
    assert opened.messages.messages == ()


def test_reloading_makes_unsaved_edits_again(opened, copy, qtbot):
    from weightview.api import open_document

    opened.document.set_values("dense_1/bias", (1,), 0.25)
    other = open_document(copy)
    other.set_values("dense_1/bias", (0,), 0.75)
    other.save()
    with qtbot.waitSignal(opened.files.reloaded):
        opened.commands.actions["reload"].trigger()
    assert opened.document.read("dense_1/bias", slice(0, 2)).tolist() == [0.75, 0.25]
    assert opened.isWindowModified()
    opened.document.undo()
    assert not opened.isWindowModified()


def test_keeping_leaves_the_edits(opened, copy, qtbot):
    from weightview.api import open_document

    opened.document.set_values("dense_1/bias", (1,), 0.25)
    other = open_document(copy)
    other.set_values("dense_1/bias", (0,), 0.75)
    other.save()
    qtbot.waitUntil(lambda: bool(opened.messages.messages))
    message = opened.messages.messages[0]
    assert "kept" in message.text
    qtbot.mouseClick(message.findChild(QPushButton, "keep"), Qt.MouseButton.LeftButton)
    assert opened.document.is_modified


def test_saving_over_a_changed_file_is_refused_with_the_offer_to_reload(opened, copy, qtbot):
    from weightview.api import open_document

    opened.document.set_values("dense_1/bias", (1,), 0.25)
    other = open_document(copy)
    other.set_values("dense_1/bias", (0,), 0.75)
    other.save()
    with qtbot.waitSignal(opened.files.failed):
        opened.commands.actions["save"].trigger()
    assert "changed by another program" in opened.messages.messages[-1].text
    assert open_document(copy).read("dense_1/bias").tolist()[:1] == [0.75]


def test_a_file_that_cannot_be_opened_is_told_in_the_bar(window, tmp_path, qtbot):
    (tmp_path / "text.keras").write_text("no model")
    window.open_files([tmp_path / "text.keras"])
    qtbot.waitUntil(lambda: bool(window.messages.messages))
    assert "text.keras" in window.messages.messages[0].text
    assert window.is_empty
    assert window.windowTitle() == "weightview"
    assert window.focusWidget().objectName() == "open_model"


def test_warnings_are_shown_quietly_and_together(window, make_dense_document):
    document = make_dense_document()
    document.warnings = ("One thing.", "Another thing.")
    window.set_document(document)
    assert [message.kind for message in window.messages.messages] == ["info"]
    assert "2 things" in window.messages.messages[0].text


def test_weights_alone_are_paired_with_their_architecture(
    window, examples, tmp_path, qtbot, monkeypatch
):
    weights = shutil.copy(examples / "four_layers.weights.h5", tmp_path / "w.weights.h5")
    window.open_files([weights])
    qtbot.waitUntil(lambda: window.document is not None, timeout=20_000)
    bare = window.document
    assert bare.weight("dense_1/kernel").keras_index is None
    chosen = (str(examples / "four_layers.keras"), "")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: chosen)
    window.commands.actions["pair"].trigger()
    qtbot.waitUntil(lambda: window.document is not bare, timeout=20_000)
    assert window.document.path == weights
    assert window.document.weight("dense_1/kernel").keras_index == 0
    assert not window.commands.actions["pair"].isEnabled()


def test_a_folder_is_chosen_and_opened(window, tmp_path, qtbot, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    window.commands.actions["open_folder"].trigger()
    qtbot.waitUntil(lambda: bool(window.messages.messages), timeout=20_000)
    assert "holds no saved model" in window.messages.messages[0].text


def test_a_change_noticed_while_reading_is_offered_as_a_reload(opened, copy):
    opened.reports.report(FileChangedError(copy, "it became shorter."))
    assert "was changed by another program" in opened.messages.messages[-1].text
    opened.reports.report(ZeroDivisionError("by zero"))
    assert "ZeroDivisionError" in opened.messages.messages[-1].text


def test_size_and_panels_are_the_same_after_the_next_start(opened, windows, examples, qtbot):
    opened.columns.right.hide()
    qtbot.wait(50)  # until the window may be narrower
    opened.resize(780, 700)  # smaller than the offscreen screen
    opened.close()
    again = windows.new_window()
    assert again.size().toTuple() == (780, 700)
    again.open_files([examples / "line.keras"])
    qtbot.waitUntil(lambda: again.document is not None, timeout=20_000)
    assert again.columns.left.isVisible()
    assert not again.columns.right.isVisible()


def test_a_dropped_file_is_opened(window, copy, qtbot):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(copy))])
    actions, buttons = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(QPoint(5, 5), actions, data, buttons, Qt.KeyboardModifier.NoModifier)
    window.dragEnterEvent(enter)
    assert enter.isAccepted()
    window.dropEvent(
        QDropEvent(QPointF(5, 5), actions, data, buttons, Qt.KeyboardModifier.NoModifier)
    )
    qtbot.waitUntil(lambda: window.document is not None, timeout=20_000)


def test_the_search_goes_to_a_weight(opened, qtbot):
    opened.commands.actions["find"].trigger()
    qtbot.keyClicks(opened.search, "dense_4 bias")
    qtbot.keyClick(opened.search, Qt.Key.Key_Return)
    assert opened.selection.weight_path == "dense_4/bias"


def test_recent_files_are_in_the_menu_and_open(opened, windows, copy, examples, qtbot):
    menu = opened.commands.recent_menu
    menu.aboutToShow.emit()
    assert menu.actions()[0].text() == "&1 copy.keras"
    window = windows.new_window()
    window.commands.recent_menu.aboutToShow.emit()
    window.commands.recent_menu.actions()[0].trigger()
    assert windows.active is not None
    assert window.document is None, "the file is open already: its window is shown"
    menu.actions()[-1].trigger()
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions() if action.text()] == ["Clear This List"]


def test_every_command_has_words_and_no_key_is_used_twice(window):
    keys = [
        key.toString() for action in window.commands.actions.values() for key in action.shortcuts()
    ]
    assert len(keys) == len(set(keys))
    for action in window.commands.actions.values():
        assert action.text()
        assert action.statusTip()
    expected = {"Ctrl+O": "open", "Ctrl+S": "save", "Ctrl+Shift+S": "save_as", "F5": "reload"}
    for key, name in expected.items():
        assert key in [k.toString() for k in window.commands.actions[name].shortcuts()]


def test_whatever_takes_the_focus_has_an_accessible_name(opened):
    nameless = [
        f"{type(widget).__name__} {widget.objectName()}"
        for widget in opened.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisibleTo(opened)
        and not widget.accessibleName()
        and not getattr(widget, "text", str)()
    ]
    assert nameless == []


def test_a_theme_is_chosen_and_remembered(window, windows):
    window.commands.actions["theme_dark"].trigger()
    assert windows.settings.theme == "dark"
    assert window.commands.actions["theme_dark"].isChecked()


def test_panels_are_hidden_and_reset(opened):
    opened.columns.right.toggleViewAction().trigger()
    assert not opened.columns.right.isVisible()
    opened.commands.actions["reset_layout"].trigger()
    assert opened.columns.right.isVisible()


def test_a_right_click_beside_the_views_offers_to_hide_nothing(opened):
    place = opened.menuBar().rect().center()
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, place, opened.menuBar().mapToGlobal(place)
    )
    QApplication.sendEvent(opened.menuBar(), event)
    assert QApplication.activePopupWidget() is None


def test_a_converted_copy_is_opened_from_its_message(opened, windows, examples, qtbot):
    opened.files.converted.emit(examples / "line.keras")
    (message,) = opened.messages.messages
    assert message.text == "line.keras was written; this window stays with copy.keras."
    qtbot.mouseClick(message.findChild(QPushButton, "open_it"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(windows.all) == 2)
    other = windows.all[1]
    qtbot.waitUntil(lambda: other.document is not None, timeout=20_000)
    assert other.document.path == examples / "line.keras"
