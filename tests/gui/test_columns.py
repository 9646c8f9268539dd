"""The columns beside the weight: hidden, put back, and the calculator in a window of its own."""

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication


@pytest.fixture
def shown(window, dense_document, qtbot):
    window.set_document(dense_document)
    qtbot.waitUntil(lambda: window.workspace.calculator.trace is not None, timeout=10_000)
    return window


@pytest.fixture
def pulled_out(shown):
    shown.commands.actions["calculator_window"].trigger()
    return shown


def test_the_calculator_is_pulled_out_and_put_back(shown):
    action = shown.commands.actions["calculator_window"]
    action.trigger()
    column = shown.columns.right
    assert column.isWindow()
    assert column.isVisible()
    assert column.windowHandle().title() == "Calculator - four_layers"
    assert action.isChecked()
    action.trigger()
    assert not column.isWindow()
    assert column.isVisible()
    assert not action.isChecked()


def test_its_window_has_the_desktops_frame(pulled_out):
    assert not pulled_out.columns.right.windowFlags() & Qt.WindowType.FramelessWindowHint


def test_closing_its_window_brings_it_back(pulled_out):
    pulled_out.columns.right.close()
    assert not pulled_out.columns.right.isWindow()
    assert pulled_out.columns.right.isVisible()


def test_a_hidden_calculator_is_shown_when_it_is_pulled_out(shown):
    shown.commands.actions["right_dock"].trigger()
    assert not shown.columns.right.isVisible()
    shown.commands.actions["calculator_window"].trigger()
    assert shown.columns.right.isVisible()
    assert shown.columns.right.isWindow()


def test_the_layout_is_reset(pulled_out):
    pulled_out.commands.actions["left_dock"].trigger()
    pulled_out.commands.actions["reset_layout"].trigger()
    assert not pulled_out.columns.right.isWindow()
    assert all(column.isVisible() for column in pulled_out.columns.both)


def test_edits_there_are_copied_and_pasted_by_the_menus_of_the_window(pulled_out, qtbot):
    field = pulled_out.workspace.calculator.findChild(object, "input_line:inputs")
    pulled_out.columns.right.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    field.selectAll()
    pulled_out.commands.actions["copy"].trigger()
    copied = field.text() if hasattr(field, "text") else field.toPlainText()
    assert QApplication.clipboard().text() == copied


def test_f6_goes_into_its_window_and_out_of_it(pulled_out, qtbot):
    pulled_out.activateWindow()
    pulled_out.workspace.tree.view.setFocus()
    pulled_out.commands.actions["previous_panel"].trigger()
    calculator = pulled_out.workspace.calculator
    qtbot.waitUntil(lambda: calculator.isAncestorOf(QApplication.focusWidget()))
    pulled_out.commands.actions["next_panel"].trigger()
    qtbot.waitUntil(pulled_out.workspace.tree.view.hasFocus)


def widen(qtbot, window, width):
    window.resize(width, 900)
    qtbot.waitUntil(lambda: window.columns.right.geometry().right() == width - 1)


def widths(window):
    return [column.width() for column in window.columns.both]


def test_the_columns_grow_and_shrink_with_the_text(shown, windows, qtbot):
    widen(qtbot, shown, 1920)
    shown.columns.reset()
    qtbot.waitUntil(lambda: widths(shown) == [304, 376])
    for _ in range(5):
        windows.zoom(1)
    qtbot.waitUntil(lambda: widths(shown) == pytest.approx([456, 564], abs=4))
    windows.zoom(0)
    qtbot.waitUntil(lambda: widths(shown) == pytest.approx([304, 376], abs=4))


def test_the_weight_keeps_two_fifths_of_the_window_however_large_the_text(shown, windows, qtbot):
    widen(qtbot, shown, 1280)
    shown.columns.reset()
    for _ in range(5):
        windows.zoom(1)
    qtbot.waitUntil(lambda: sum(widths(shown)) > 750)
    assert shown.centralWidget().width() >= 0.39 * shown.width()
    windows.zoom(0)


def test_larger_text_widens_the_first_columns_of_the_next_start(windows, dense_document, qtbot):
    windows.zoom(0)
    for _ in range(5):
        windows.zoom(1)
    window = windows.new_window()
    window.resize(1920, 900)
    qtbot.waitUntil(lambda: window.centralWidget().width() == 1920)
    window.set_document(dense_document)
    qtbot.waitUntil(lambda: widths(window) == pytest.approx([456, 564], abs=4))
    windows.zoom(0)


def test_a_file_dropped_on_the_window_of_the_calculator_is_opened(
    pulled_out, windows, examples, qtbot
):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(examples / "line.keras"))])
    action, button, none = (
        Qt.DropAction.CopyAction,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    column = pulled_out.columns.right
    enter = QDragEnterEvent(QPoint(5, 5), action, data, button, none)
    QApplication.sendEvent(column, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(column, QDropEvent(QPointF(5, 5), action, data, button, none))
    qtbot.waitUntil(lambda: windows.all[-1].file_name == "line.keras", timeout=20_000)
    assert len(windows.all) == 2
