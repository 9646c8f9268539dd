"""A number that is being typed into a cell is an edit: no command of the window drops it."""

import shutil

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QMessageBox, QToolButton

from weightview.api import open_document
from weightview.gui.theme import theme

CONTROL, LEFT = Qt.KeyboardModifier.ControlModifier, Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier
KERNEL = "dense/kernel"


@pytest.fixture
def opened(window, examples, tmp_path, qtbot):
    copy = shutil.copy(examples / "four_layers.keras", tmp_path / "copy.keras")
    window.resize(1280, 800)
    window.open_files([copy])
    qtbot.waitUntil(lambda: window.document is not None, timeout=20_000)
    window.activateWindow()
    qtbot.waitActive(window)
    yield window
    if editor(window) is not None:
        qtbot.keyClick(editor(window), Qt.Key.Key_Escape)
    window.commands.actions["normal"].trigger()


def table(window):
    return window.workspace.weight_view.findChild(object, "weight_table")


def editor(window):
    editors = window.findChildren(QLineEdit, "cell_editor")
    return next((found for found in editors if found.isVisible()), None)


def type_without_return(window, qtbot, text, row=2, column=1):
    index = table(window).model().index(row, column)
    place = table(window).visualRect(index).center()
    qtbot.mouseClick(table(window).viewport(), LEFT, pos=place)
    qtbot.keyClick(table(window), text[0])
    qtbot.keyClicks(editor(window), text[1:])
    assert editor(window).text() == text


def number(document, row=2, column=1):
    weight = document.all_weights[0]
    return float(document.read(weight, (row, column)))


def answer(button, asked):
    def press():
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            asked.append(box.text())
            box.button(button).click()
        elif not asked:
            QTimer.singleShot(10, press)

    QTimer.singleShot(0, press)


def press_save(window, qtbot):
    qtbot.keyClick(editor(window), Qt.Key.Key_S, CONTROL)


def click_save(window, qtbot):
    buttons = window.top_bar.findChildren(QToolButton)
    save = window.commands.actions["save"]
    qtbot.mouseClick(next(b for b in buttons if b.defaultAction() is save), LEFT)


@pytest.mark.parametrize("save", [press_save, click_save])
def test_what_is_typed_is_saved_without_return(opened, qtbot, save):
    type_without_return(opened, qtbot, "1.5")
    with qtbot.waitSignal(opened.files.saved, timeout=20_000):
        save(opened, qtbot)
    assert editor(opened) is None
    assert number(open_document(opened.document.path)) == 1.5
    assert not opened.document.is_modified


def test_saving_under_another_name_takes_what_is_typed(opened, qtbot, tmp_path, monkeypatch):
    from weightview.gui.files import QFileDialog

    other = tmp_path / "other.keras"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(other), ""))
    type_without_return(opened, qtbot, "1.5")
    with qtbot.waitSignal(opened.files.saved, timeout=20_000):
        qtbot.keyClick(editor(opened), Qt.Key.Key_S, CONTROL | SHIFT)
    assert number(open_document(other)) == 1.5


def test_what_is_refused_is_not_saved_and_stays_to_be_corrected(opened, qtbot):
    path = opened.document.path
    before = path.read_bytes()
    type_without_return(opened, qtbot, "1.5e")
    with qtbot.assertNotEmitted(opened.files.began):
        press_save(opened, qtbot)
    assert editor(opened).text() == "1.5e"
    assert any("1.5e" in message.text for message in opened.messages.messages)
    assert opened.statusBar().currentMessage().startswith("Not saved")
    qtbot.keyClicks(editor(opened), "1")
    with qtbot.waitSignal(opened.files.saved, timeout=20_000):
        press_save(opened, qtbot)
    assert path.read_bytes() != before
    assert number(opened.document) == 15


@pytest.mark.parametrize("leave", ["W", "Q", "close"])
def test_leaving_asks_about_a_number_that_is_only_typed(opened, qtbot, windows, leave):
    asked = []
    type_without_return(opened, qtbot, "1.7")
    answer(QMessageBox.StandardButton.Cancel, asked)
    if leave == "close":
        opened.close()
    else:
        qtbot.keyClick(editor(opened), getattr(Qt.Key, f"Key_{leave}"), CONTROL)
    assert len(asked) == 1
    assert windows.all == (opened,)
    assert opened.document is not None
    assert number(opened.document) == pytest.approx(1.7)


def test_undo_by_the_button_takes_back_what_is_typed(opened, qtbot):
    opened.document.set_values(opened.document.all_weights[0], (2, 1), 0.5)
    type_without_return(opened, qtbot, "1.7")
    opened.commands.actions["undo"].trigger()
    assert editor(opened) is None
    assert number(opened.document) == 0.5
    assert opened.document.history.can_redo


def larger(window, qtbot):
    qtbot.keyClick(editor(window), Qt.Key.Key_Plus, CONTROL)


def dark(window, qtbot):
    theme().choose("dark" if theme().choice != "dark" else "light")


def fit_colors(window, qtbot):
    bar = window.workspace.weight_view.findChild(object, "color_bar")
    bar.limit_changed.emit(0.125)


def edit_elsewhere(window, qtbot):
    window.document.set_values(window.document.all_weights[0], (0, 0), 0.5)


def edit_here(window, qtbot):
    window.document.set_values(window.document.all_weights[0], (2, 1), 0.5)


@pytest.mark.parametrize("happens", [larger, dark, fit_colors, edit_elsewhere, edit_here])
def test_what_is_typed_stays_until_the_person_ends_it(opened, qtbot, happens):
    type_without_return(opened, qtbot, "1.625")
    happens(opened, qtbot)
    qtbot.wait(0)
    assert editor(opened) is not None
    assert editor(opened).text() == "1.625"
    qtbot.keyClick(editor(opened), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: number(opened.document) == 1.625)


def test_an_editor_in_which_nothing_is_typed_follows_the_number(opened, qtbot):
    type_without_return(opened, qtbot, "9")
    qtbot.keyClick(editor(opened), Qt.Key.Key_Escape)
    qtbot.keyClick(table(opened), Qt.Key.Key_F2)
    edit_here(opened, qtbot)
    assert editor(opened).text() == "0.5"


@pytest.mark.parametrize("column", [0, 1, 4])
def test_the_line_is_as_wide_as_the_number_in_full(opened, qtbot, column):
    opened.document.set_values(opened.document.all_weights[0], (2, column), 0.60027206)
    index = table(opened).model().index(2, column)
    table(opened).scrollTo(index)
    cell = table(opened).visualRect(index)
    qtbot.mouseClick(table(opened).viewport(), LEFT, pos=cell.center())
    qtbot.keyClick(table(opened), Qt.Key.Key_F2)
    line = editor(opened)
    assert line.text() == "0.60027206"
    assert line.fontMetrics().horizontalAdvance(line.text()) < line.width() - 6
    assert line.cursorRect().right() < line.width()
    qtbot.keyClick(line, Qt.Key.Key_End)
    qtbot.keyClicks(line, "12345")
    assert line.fontMetrics().horizontalAdvance(line.text()) < line.width() - 6
    assert table(opened).viewport().rect().contains(line.geometry())
    assert line.geometry().intersects(cell)


def test_undo_after_a_change_takes_the_change_back(opened, qtbot):
    qtbot.mouseClick(
        table(opened).viewport(),
        LEFT,
        pos=table(opened).visualRect(table(opened).model().index(2, 1)).center(),
    )
    before = number(opened.document)
    qtbot.keyClick(table(opened), Qt.Key.Key_E, CONTROL)
    field = opened.findChild(QLineEdit, "change_field_0")
    qtbot.waitUntil(field.hasFocus)
    choice = opened.findChild(QComboBox, "change_operation")
    choice.setCurrentIndex(choice.findData("add"))
    field.selectAll()
    qtbot.keyClicks(field, "0.25")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert number(opened.document) == pytest.approx(before + 0.25)
    qtbot.keyClick(field, Qt.Key.Key_Z, CONTROL)
    assert number(opened.document) == before
    assert field.text() == "0.25"
    qtbot.keyClick(field, Qt.Key.Key_Z, CONTROL | SHIFT)
    assert number(opened.document) == pytest.approx(before + 0.25)
    qtbot.keyClicks(field, "9")
    qtbot.keyClick(field, Qt.Key.Key_Z, CONTROL)
    assert field.text() != "0.259"
    assert number(opened.document) == pytest.approx(before + 0.25)


def test_a_command_on_the_cells_takes_what_is_typed(opened, qtbot):
    type_without_return(opened, qtbot, "1.5")
    opened.findChild(QAction, "cells_copy_headers").trigger()
    assert number(opened.document) == 1.5
    assert "1.5" in QGuiApplication.clipboard().text()


def test_a_paste_that_does_not_fit_names_rows_columns_and_the_bias(opened, qtbot):
    rows = table(opened).model().rowCount()
    index = table(opened).model().index(rows - 2, 4)
    table(opened).scrollTo(index)
    qtbot.mouseClick(table(opened).viewport(), LEFT, pos=table(opened).visualRect(index).center())
    QGuiApplication.clipboard().setText("1\n2\n3")
    qtbot.keyClick(table(opened), Qt.Key.Key_V, CONTROL)
    assert [message.text for message in opened.messages.messages] == [
        "The block has 3 rows and 1 column, but from the selected cell on the table has only "
        "2 rows and 1 column; the last row is the bias."
    ]
    assert not opened.document.is_modified
