"""F6 goes through the panels, and comes out of the table of numbers."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication


def panel_of(window, widget):
    return next(
        (p.objectName() for p in window.workspace.panels if p is widget or p.isAncestorOf(widget)),
        None,
    )


def test_f6_goes_round_and_shift_f6_back(window, dense_document, qtbot):
    window.set_document(dense_document)
    window.activateWindow()
    window.workspace.tree.view.setFocus()
    qtbot.waitUntil(lambda: window.workspace.calculator.trace is not None, timeout=10_000)
    there, back = [], []
    for visited, modifiers in (
        (there, Qt.KeyboardModifier.NoModifier),
        (back, Qt.KeyboardModifier.ShiftModifier),
    ):
        for _ in range(5):
            visited.append(panel_of(window, QApplication.focusWidget()))
            qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F6, modifiers)
            if panel_of(window, QApplication.focusWidget()) == "left_column":
                break
    assert there == ["left_column", "weight_view", "explaining", "calculator_pane"]
    assert back[1:] == there[:0:-1]


def test_the_keys_go_past_the_switches_to_what_a_panel_is_there_for(window, dense_document, qtbot):
    window.set_document(dense_document)
    window.activateWindow()
    terms = window.findChild(object, "derivation_terms")
    qtbot.waitUntil(terms.isVisible, timeout=10_000)
    window.search.setFocus()
    stops = []
    for _ in range(3):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F6)
        stops.append(QApplication.focusWidget().objectName())
    assert stops == ["layer_view", "weight_table", "derivation_terms"]


def test_return_in_the_tree_goes_on_to_the_numbers(window, dense_document, qtbot):
    window.set_document(dense_document)
    window.activateWindow()
    tree = window.workspace.tree.view
    qtbot.waitUntil(tree.hasFocus)
    qtbot.keyClick(tree, Qt.Key.Key_Return)
    qtbot.waitUntil(window.findChild(object, "weight_table").hasFocus)


def test_a_panel_gives_the_keys_back_to_what_had_them_last(window, dense_document, qtbot):
    window.set_document(dense_document)
    window.activateWindow()
    table = window.findChild(object, "weight_table")
    table.setFocus()
    qtbot.waitUntil(table.hasFocus)
    window.commands.actions["next_panel"].trigger()
    assert not table.hasFocus()
    window.commands.actions["previous_panel"].trigger()
    assert table.hasFocus()


def test_without_a_document_there_are_no_panels(window):
    window.commands.actions["next_panel"].trigger()
    assert window.workspace is None


def test_tab_goes_from_the_tree_to_the_weight_before_the_calculator(window, dense_document):
    window.set_document(dense_document)
    widget, order = window.workspace.tree.view, []
    for _ in range(2000):
        widget = widget.nextInFocusChain()
        name = panel_of(window, widget)
        if name and name not in order:
            order.append(name)
    assert order == ["left_column", "weight_view", "explaining", "calculator_pane"]
