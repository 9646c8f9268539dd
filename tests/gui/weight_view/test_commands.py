"""The menu of the cells: copies with names, as code, as a link; the look of numbers."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QInputDialog, QMenu, QSpinBox

from weightview.core.document import Document
from weightview.core.links import parse_link
from weightview.core.memory import MemoryStorage
from weightview.core.model import Model

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)

KERNEL = "dense_1/kernel"
SHIFT = Qt.KeyboardModifier.ShiftModifier


def clipboard():
    return QGuiApplication.clipboard().text()


def choose(hand, name):
    """Click an entry of the menu that the right button opens, or of a menu inside it."""
    place = hand.table.viewport().rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, QPoint(50, 50))
    QApplication.sendEvent(hand.table.viewport(), event)
    menu = next(menu for menu in hand.view.findChildren(QMenu, "cells_menu") if menu.isVisible())
    action = hand.view.findChild(QAction, name)
    if action not in menu.actions():
        menu.close()
        menu = hand.view.findChild(QMenu, "display_menu")
        menu.popup(QPoint(50, 50))
    # A menu ignores a click where the pointer was when it opened: keys are surer.
    menu.setActiveAction(action)
    hand.qtbot.keyClick(menu, Qt.Key.Key_Return)


def command_text(hand, name):
    """Open the menu, and return what an entry says there."""
    place = hand.table.viewport().rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, QPoint(50, 50))
    QApplication.sendEvent(hand.table.viewport(), event)
    menu = next(menu for menu in hand.view.findChildren(QMenu, "cells_menu") if menu.isVisible())
    words = hand.view.findChild(QAction, name).text()
    menu.close()
    return words


def reason(hand, name):
    """Open the menu, and return what a greyed out entry says."""
    place = hand.table.viewport().rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, QPoint(50, 50))
    QApplication.sendEvent(hand.table.viewport(), event)
    menu = next(menu for menu in hand.view.findChildren(QMenu, "cells_menu") if menu.isVisible())
    action = hand.view.findChild(QAction, name)
    assert not action.isEnabled()
    words = action.toolTip()
    menu.close()
    return words


def test_copied_names_head_rows_and_columns(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    hand.click_cell(7, 1)
    hand.click_cell(8, 2, SHIFT)
    choose(hand, "cells_copy_headers")
    lines = [line.split("\t") for line in clipboard().split("\n")]
    assert lines[0] == ["input \\ unit", "unit 1", "unit 2"]
    assert [line[0] for line in lines[1:]] == ["input 7", "+ bias"]
    assert np.float32(lines[2][2]) == dense_document.read("dense_1/bias", (2,))


def test_the_expression_that_fetches_a_cell_is_copied(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    hand.click_cell(3, 2)
    choose(hand, "cells_fetching")
    assert clipboard() == "model.get_weights()[0][3, 2]"


def test_the_code_that_writes_a_cell_writes_it(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    hand.type_into(3, 2, "0.9")
    choose(hand, "cells_writing")

    class Model:
        weights = (np.zeros((8, 5), np.float32), np.zeros(5, np.float32))

        def get_weights(self):
            return [array.copy() for array in self.weights]

        def set_weights(self, weights):
            self.weights = weights

    model = Model()
    exec(clipboard(), {"model": model})
    assert model.weights[0][3, 2] == np.float32(0.9)


def test_what_set_weights_does_not_reach_says_so(open_view, make_document):
    array = np.ones((2, 3), np.float32)
    made = make_document("Dense", {"velocity": array}, {"velocity": ("input", "unit")})
    weight = replace(made.model.weights[0], kind="optimizer", expression="")
    model = Model("m", "Sequential", (), (), others=(weight,))
    document = Document(model, MemoryStorage({weight.path: array}))
    hand = open_view(document, "layer/velocity")
    hand.click_cell(1, 1)
    choose(hand, "cells_writing")
    assert hand.refusals == ["“layer/velocity” is the optimizer's: set_weights does not reach it."]


def test_a_link_leads_to_the_cell(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    hand.click_cell(3, 2)
    choose(hand, "cells_link")
    assert clipboard().endswith("::dense_1/kernel[3,2]")
    link = parse_link(f"model.keras{clipboard()}")
    assert (link.weight, link.index) == (KERNEL, (3, 2))


def test_more_decimals_are_shown(open_view, dense_document):
    dense_document.set_values(KERNEL, (0, 0), -0.0625)
    hand = open_view(dense_document, KERNEL)
    choose(hand, "decimals_6")
    assert hand.shown(0, 0) == "-0.062500"
    hand.press("notation_scientific")
    assert hand.shown(0, 0) == "-6.250000e-02"


def test_colours_can_fill_the_cells(open_view, dense_document):
    dense_document.set_values(KERNEL, (0, 0), 5)
    hand = open_view(dense_document, KERNEL)
    rect = hand.cell_rect(0, 0)
    place = rect.topLeft() + QPoint(4, 4)
    before = hand.table.viewport().grab().toImage().pixelColor(place)
    choose(hand, "fill_cells")
    after = hand.table.viewport().grab().toImage().pixelColor(place)
    assert after != before
    assert after.red() > after.blue() + 50


def test_two_units_are_swapped_by_selecting_from_one_to_the_other(open_view, dense_document):
    import weightview

    hand = open_view(dense_document, KERNEL)
    sample = np.linspace(-1, 1, 8)
    before = weightview.propagate(dense_document, sample).output
    kernel = dense_document.read(KERNEL)
    hand.click_cell(0, 1)
    hand.click_cell(0, 3, SHIFT)
    choose(hand, "swap_units")
    assert np.array_equal(dense_document.read(KERNEL), kernel[:, [0, 3, 2, 1, 4]])
    after = weightview.propagate(dense_document, sample).output
    assert after == pytest.approx(before, rel=1e-5)
    assert hand.words[-1] == "Swapped units 1 and 3 of dense_1."


def test_units_of_the_output_are_not_swapped(open_view, dense_document):
    hand = open_view(dense_document, "dense_4/kernel")
    hand.click_cell(0, 1)
    hand.click_cell(0, 2, SHIFT)
    choose(hand, "swap_units")
    assert "the model's output" in hand.refusals[0]
    assert not dense_document.is_modified


def answer(qtbot, number, key=Qt.Key.Key_Return):
    """Type a number into the question that is about to be asked."""

    def press():
        box = QApplication.activeModalWidget()
        if isinstance(box, QInputDialog):
            asked.append(box.labelText())
            field = box.findChild(QSpinBox)
            field.selectAll()
            qtbot.keyClicks(field, str(number))
            qtbot.keyClick(field, key)
        elif not asked:
            QTimer.singleShot(10, press)

    asked = []
    QTimer.singleShot(0, press)
    return asked


def test_with_one_unit_selected_it_is_asked_which_other_to_swap_with(
    open_view, dense_document, qtbot
):
    hand = open_view(dense_document, KERNEL)
    kernel = dense_document.read(KERNEL)
    hand.click_cell(0, 1)
    assert command_text(hand, "swap_units") == "Swap Unit 1 with …"
    asked = answer(qtbot, 4)
    choose(hand, "swap_units")
    assert asked == ["Swap unit 1 with unit (0 to 4):"]
    assert np.array_equal(dense_document.read(KERNEL), kernel[:, [0, 4, 2, 3, 1]])
    assert hand.words[-1] == "Swapped units 1 and 4 of dense_1."


@pytest.mark.parametrize(("number", "key"), [(3, Qt.Key.Key_Escape), (1, Qt.Key.Key_Return)])
def test_no_other_unit_swaps_nothing(open_view, dense_document, qtbot, number, key):
    hand = open_view(dense_document, KERNEL)
    hand.click_cell(0, 1)
    asked = answer(qtbot, number, key)
    choose(hand, "swap_units")
    assert len(asked) == 1
    assert not dense_document.is_modified


def test_the_menu_says_which_units_are_meant(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    assert command_text(hand, "swap_units") == "Swap Units"
    hand.click_cell(0, 0)
    hand.click_cell(3, 2, SHIFT)
    assert command_text(hand, "swap_units") == "Swap Units 0 and 2"
    assert command_text(hand, "copy_unit") == "Copy Unit 0 to Unit 2"
    assert hand.view.findChild(QAction, "swap_units").text() == "Swap Units", "the menu is closed"


@pytest.mark.parametrize(
    ("weight", "cells", "pair"),
    [
        ("kernel", ((0, 1), (0, 5)), (1, 2)),  # unit 1 of the first gate, unit 2 of the second
        ("recurrent_kernel", ((0, 4), (2, 4)), (0, 2)),  # rows, within one column
        ("bias", ((0, 0), (0, 2)), (0, 2)),
    ],
)
def test_recurrent_units_are_told_by_gate_row_or_bias(
    open_view, lstm_document, weight, cells, pair
):
    hand = open_view(lstm_document, f"layer/{weight}")
    hand.click_cell(*cells[0])
    hand.click_cell(*cells[1], SHIFT)
    assert command_text(hand, "swap_units") == f"Swap Units {pair[0]} and {pair[1]}"


def test_two_gates_of_one_unit_are_no_two_units(open_view, lstm_document):
    hand = open_view(lstm_document, "layer/kernel")
    hand.click_cell(0, 1)
    hand.click_cell(0, 4, SHIFT)
    assert command_text(hand, "swap_units") == "Swap Unit 1 with …"


def test_a_copied_unit_has_the_numbers_of_the_other(open_view, lstm_document):
    hand = open_view(lstm_document, "layer/kernel")
    kernel = lstm_document.read("layer/kernel")
    hand.click_cell(0, 0)
    hand.click_cell(0, 2, SHIFT)
    choose(hand, "copy_unit")
    for gate in range(4):
        assert np.array_equal(
            lstm_document.read("layer/kernel")[:, 3 * gate + 2], kernel[:, 3 * gate]
        )
    assert hand.words[-1] == "Unit 2 of layer is now a copy of unit 0."


def test_a_block_copied_with_names_is_pasted_without_them(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    source = dense_document.read(KERNEL, (slice(0, 2), slice(0, 2)))
    hand.click_cell(0, 0)
    hand.click_cell(1, 1, SHIFT)
    choose(hand, "cells_copy_headers")
    hand.click_cell(5, 2)
    hand.view.paste()
    target = dense_document.read(KERNEL, (slice(5, 7), slice(2, 4)))
    assert target.tobytes() == source.tobytes()


def test_the_image_is_copied_as_a_figure_with_its_colours_and_without_the_selection(
    open_view, dense_document
):
    hand = open_view(dense_document, KERNEL)
    choose(hand, "copy_picture")
    figure = QGuiApplication.clipboard().image()
    shown = hand.image.grab().toImage()
    used = {figure.pixel(x, y) for x in range(figure.width()) for y in range(figure.height())}
    for index in np.ndindex(dense_document.weight(KERNEL).shape):
        middle = hand.image.cell_rect(KERNEL, index).center().toPoint()
        assert shown.pixel(middle) in used, index
    assert figure.width() > shown.width() * figure.devicePixelRatio(), "the key to the colours"
    hand.click_cell(2, 1)
    choose(hand, "copy_picture")
    assert QGuiApplication.clipboard().image() == figure


def test_a_square_kernel_is_transposed_in_one_step(open_view, dense_document):
    hand = open_view(dense_document, "dense_2/kernel")
    before = dense_document.read("dense_2/kernel")
    choose(hand, "transpose")
    assert np.array_equal(dense_document.read("dense_2/kernel"), before.T)
    dense_document.undo()
    assert not dense_document.is_modified


def test_an_oblong_kernel_is_not_transposed_and_the_switch_is_named(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    assert "use the switch" in reason(hand, "transpose")
    assert not dense_document.is_modified
