"""The overview as a person uses it."""

import threading

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QColor, QContextMenuEvent, QFontMetrics
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QMenu, QProgressBar, QTableView, QToolButton

from weightview.core.errors import FileChangedError, OpenError
from weightview.gui.overview import Overview, reading
from weightview.gui.overview.columns import COLUMNS
from weightview.gui.overview.table_model import OverviewModel, Role
from weightview.gui.selection import Selection
from weightview.gui.theme import colors, small_font, theme

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)

NAMES = [column.name for column in COLUMNS]
DONE = "8 weights · 1 NaN or infinite · 1 dead unit"


@pytest.fixture
def document(dense_document):
    kernel = dense_document.read("dense_2/kernel")
    kernel[:, 1] = 0
    kernel[0, 0] = np.nan
    dense_document.set_values("dense_2/kernel", None, kernel)
    return dense_document


@pytest.fixture
def unread(qtbot, selection, document):
    view = Overview(selection)
    qtbot.addWidget(view)
    view.resize(1000, 400)
    view.set_document(document)
    yield view
    view.set_document(None)


@pytest.fixture
def overview(unread, qtbot):
    with qtbot.waitActive(unread):
        unread.show()
        unread.activateWindow()
    qtbot.waitUntil(lambda: progress(unread) == DONE)
    return unread


def progress(view):
    return view.findChild(object, "overview_progress").text()


def table_of(view):
    return view.findChild(QTableView, "overview_table")


def index_of(view, row, name):
    return table_of(view).model().index(row, NAMES.index(name))


def cell(view, row, name):
    return index_of(view, row, name).data()


def column(view, name):
    return [cell(view, row, name) for row in range(table_of(view).model().rowCount())]


def click_row(qtbot, view, row, keys=Qt.KeyboardModifier.NoModifier):
    table = table_of(view)
    place = table.visualRect(table.model().index(row, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, keys, place)
    return table


def sort_by(qtbot, view, name):
    header = table_of(view).horizontalHeader()
    place = QPoint(header.sectionViewportPosition(NAMES.index(name)) + 12, header.height() // 2)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)


def choose(qtbot, menu, text):
    action = next(a for a in menu.actions() if a.text().replace("&", "").startswith(text))
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())


def test_every_weight_is_described_in_its_order(overview, document):
    first = document.read("dense_1/kernel").astype(np.float64)
    assert column(overview, "weight")[:2] == ["dense_1/kernel", "dense_1/bias"]
    assert cell(overview, 0, "shape") == "8×5"
    assert float(cell(overview, 0, "min")) == pytest.approx(first.min(), rel=1e-2)
    assert float(cell(overview, 0, "max")) == pytest.approx(first.max(), rel=1e-2)
    assert float(cell(overview, 0, "mean")) == pytest.approx(first.mean(), rel=1e-2)
    assert float(cell(overview, 0, "std")) == pytest.approx(first.std(), rel=1e-2)
    assert float(cell(overview, 0, "norm")) == pytest.approx(np.linalg.norm(first), rel=1e-2)
    assert cell(overview, 2, "zeros") == "5"
    assert cell(overview, 2, "NaN") == "1"
    assert cell(overview, 2, "dead") == "1"
    assert cell(overview, 1, "dead") == "–"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (1.0, "1.00"),
        (-0.5, "-0.500"),
        (0.00123456, "0.00123"),
        (-0.00068649, "-6.86e-4"),
        (17.25, "17.2"),
        (6904.4, "6904"),
        (123456.0, "1.23e5"),
        (-3.4e38, "-3.40e38"),
        (5e-45, "5.61e-45"),
    ],
)
def test_figures_are_brief(unread, qtbot, document, number, text):
    unread.show()
    document.set_values("dense_1/bias", None, np.full(5, number))
    qtbot.waitUntil(lambda: cell(unread, 1, "max") == text)


def test_what_is_not_finite_is_red_and_said_above(overview):
    table = table_of(overview)

    def reddest(row):
        image = table.viewport().grab(table.visualRect(index_of(overview, row, "NaN"))).toImage()
        places = [(x, y) for x in range(image.width()) for y in range(image.height())]
        shades = (image.pixelColor(x, y) for x, y in places)
        return max(shade.red() - shade.green() for shade in shades)

    assert reddest(2) > 80
    assert reddest(1) < 20
    label = overview.findChild(object, "overview_progress")
    assert QColor(colors().error).name() in label.styleSheet()


def test_a_click_on_a_head_sorts_the_largest_above_then_turns_then_ends(overview, qtbot, document):
    sort_by(qtbot, overview, "max")
    largest = [float(text) for text in column(overview, "max")]
    assert largest == sorted(largest, reverse=True)
    sort_by(qtbot, overview, "max")
    largest = [float(text) for text in column(overview, "max")]
    assert largest == sorted(largest)
    assert largest[0] != largest[-1]
    sort_by(qtbot, overview, "max")
    assert column(overview, "weight") == [weight.path for weight in document.model.weights]


def test_what_has_no_units_comes_last_however_it_is_sorted(overview, qtbot):
    sort_by(qtbot, overview, "dead")
    assert column(overview, "dead") == ["1", "0", "0", "0", *(["–"] * 4)]
    sort_by(qtbot, overview, "dead")
    assert column(overview, "dead") == ["0", "0", "0", "1", *(["–"] * 4)]


def test_names_are_sorted_by_their_numbers(qtbot, selection, make_dense_document):
    view = Overview(selection)
    qtbot.addWidget(view)
    view.set_document(make_dense_document((2,) * 13))
    view.show()
    sort_by(qtbot, view, "weight")
    names = column(view, "weight")
    assert names.index("dense_2/kernel") < names.index("dense_10/kernel")
    view.set_document(None)


def test_space_sorts_by_the_column_that_the_keys_are_in(overview, qtbot, selection):
    table = table_of(overview)
    selection.select_weight("dense_3/kernel", "dense_3")
    for _ in range(NAMES.index("norm")):
        qtbot.keyClick(table, Qt.Key.Key_Right)
    qtbot.keyClick(table, Qt.Key.Key_Space)
    norms = [float(text) for text in column(overview, "norm")]
    assert norms == sorted(norms, reverse=True)
    assert table.currentIndex() == index_of(overview, 0, "norm")


def test_a_click_and_return_select_the_weight_and_ask_to_see_it(overview, qtbot, selection):
    with qtbot.waitSignal(overview.weight_chosen):
        table = click_row(qtbot, overview, 2)
    assert selection.weight_path == "dense_2/kernel"
    qtbot.keyClick(table, Qt.Key.Key_Down)
    with qtbot.waitSignal(overview.weight_chosen):
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert selection.weight_path == "dense_2/bias"


def test_the_row_of_the_weight_selected_elsewhere_is_the_current_one(overview, selection):
    selection.select_weight("dense_4/bias", "dense_4")
    assert table_of(overview).currentIndex().data(Role.WEIGHT).path == "dense_4/bias"


def test_ctrl_c_copies_the_whole_table_in_full(overview, qtbot, qapp, document):
    qtbot.keyClick(table_of(overview), Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = [line.split("\t") for line in qapp.clipboard().text().split("\n")]
    assert lines[0][:4] == ["weight", "shape", "min", "max"]
    assert len(lines) == 9
    row = dict(zip(lines[0], lines[1], strict=True))
    kernel = document.read("dense_1/kernel").astype(np.float64)
    assert (row["weight"], row["shape"]) == ("dense_1/kernel", "(8, 5)")
    assert float(row["max"]) == kernel.max()
    assert float(row["standard deviation"]) == pytest.approx(kernel.std(), rel=1e-14)
    assert (row["dead units"], dict(zip(lines[0], lines[2], strict=True))["dead units"]) == (
        "0",
        "",
    )


def test_several_chosen_rows_are_copied_alone(overview, qtbot, qapp):
    with qtbot.assertNotEmitted(overview.weight_chosen):
        click_row(qtbot, overview, 1, Qt.KeyboardModifier.ControlModifier)
        click_row(qtbot, overview, 3, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(table_of(overview), Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    names = [line.split("\t")[0] for line in qapp.clipboard().text().split("\n")]
    assert names[-2:] == ["dense_1/bias", "dense_2/bias"]
    assert len(names) in (3, 4)  # the row that was current already may be chosen too


def test_the_menu_of_a_row_copies_it(overview, qtbot, qapp, selection):
    selection.select_weight("dense_3/bias", "dense_3")
    table = table_of(overview)
    place = table.visualRect(table.currentIndex()).center()
    where = table.viewport().mapToGlobal(place)
    asked = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, where)
    QApplication.sendEvent(table.viewport(), asked)
    choose(qtbot, overview.findChild(QMenu, "overview_menu"), "Copy Rows")
    assert [line.split("\t")[0] for line in qapp.clipboard().text().split("\n")] == [
        "weight",
        "dense_3/bias",
    ]


def toggle_column(qtbot, view, name):
    menu = view.findChild(QToolButton, "overview_columns_button").menu()
    menu.popup(view.mapToGlobal(QPoint(10, 10)))
    spot = menu.actionGeometry(menu.findChild(QAction, f"column_{name}")).center()
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=spot)


def test_columns_can_be_left_out_and_shown_again(overview, qtbot):
    table, place = table_of(overview), NAMES.index("norm")
    for is_hidden in (True, False):
        toggle_column(qtbot, overview, "norm")
        assert table.isColumnHidden(place) == is_hidden


def test_columns_left_out_are_left_out_after_the_next_start(overview, qtbot, document):
    for name in ("norm", "NaN", "min", "min"):
        toggle_column(qtbot, overview, name)
    again = Overview(Selection())
    qtbot.addWidget(again)
    again.resize(1000, 400)
    again.set_document(document)
    again.show()
    hidden = {name for i, name in enumerate(NAMES) if table_of(again).isColumnHidden(i)}
    assert hidden == {"norm", "NaN"}
    menu = again.findChild(QToolButton, "overview_columns_button").menu()
    unticked = {action.objectName() for action in menu.actions() if not action.isChecked()}
    assert unticked == {"column_norm", "column_NaN"}
    again.set_document(None)


def test_all_columns_fit_beside_one_another_in_a_narrow_window(overview, qtbot):
    table = table_of(overview)
    one_line = table.rowHeight(0)
    assert not table.isColumnHidden(NAMES.index("shape"))
    overview.resize(600, 400)
    qtbot.waitUntil(lambda: table.rowHeight(0) > one_line)
    assert table.isColumnHidden(NAMES.index("shape")), "the shape stands below the name"
    qtbot.waitUntil(lambda: table.horizontalScrollBar().maximum() == 0)
    assert table.horizontalHeader().length() <= table.viewport().width()
    overview.resize(1000, 400)
    qtbot.waitUntil(lambda: table.rowHeight(0) == one_line)


def test_an_edit_is_described_again(overview, qtbot, document):
    document.set_values("dense_1/bias", (0,), 77)
    qtbot.waitUntil(lambda: cell(overview, 1, "max") == "77.0")
    document.undo()
    qtbot.waitUntil(lambda: cell(overview, 1, "max") != "77.0")


@pytest.mark.parametrize("width", [600, 1000])
def test_an_edited_weight_is_orange_until_that_is_undone(overview, qtbot, document, width):
    overview.resize(width, 400)

    def is_orange(row):
        table = table_of(overview)
        image = table.viewport().grab(table.visualRect(index_of(overview, row, "weight"))).toImage()
        places = [(x, y) for x in range(image.width()) for y in range(image.height())]
        edit = QColor(colors().edit)
        shades = (image.pixelColor(x, y) for x, y in places)
        return min(abs(s.red() - edit.red()) + abs(s.blue() - edit.blue()) for s in shades) < 60

    assert not is_orange(7)
    document.set_values("dense_4/bias", (0,), 77)
    qtbot.waitUntil(lambda: is_orange(7))
    document.undo()
    qtbot.waitUntil(lambda: not is_orange(7))


def test_nothing_is_read_before_it_is_seen(unread, qtbot, document, monkeypatch):
    reads = []
    storage = document.values.storage
    monkeypatch.setattr(storage, "read", lambda *args: reads.append(args))
    qtbot.wait(20)
    assert reads == []


def test_reading_is_stopped_and_goes_on_with_what_is_missing(unread, qtbot, document, monkeypatch):
    monkeypatch.setattr(reading, "_AT_ONCE", 2)
    storage, gate = document.values.storage, threading.Event()
    real = storage.read

    def slow(weight, region):
        if weight.path == "dense_3/kernel":
            assert gate.wait(10)
        return real(weight, region)

    monkeypatch.setattr(storage, "read", slow)
    unread.show()
    button = unread.findChild(QToolButton, "overview_stop")
    qtbot.waitUntil(lambda: progress(unread) == "4 of 8 read")
    assert button.text() == "Stop"
    bar = unread.findChild(QProgressBar, "overview_bar")
    assert bar.isVisible()
    assert 0.5 <= bar.value() / bar.maximum() < 1
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.text() == "Go on"
    gate.set()
    qtbot.wait(30)
    assert progress(unread) == "4 of 8 read"
    assert cell(unread, 4, "max") == "…"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: progress(unread) == DONE)
    assert not button.isVisible()
    assert not bar.isVisible()


def test_the_bar_moves_while_a_large_weight_is_read(
    qtbot, selection, monkeypatch, make_dense_document
):
    document = make_dense_document((2000, 2000))
    storage, gate = document.values.storage, threading.Event()
    real = storage.read

    def slow(weight, region):
        if region[0].start > 1000:
            assert gate.wait(10)
        return real(weight, region)

    monkeypatch.setattr(storage, "read", slow)
    view = Overview(selection)
    qtbot.addWidget(view)
    view.set_document(document)
    view.show()
    bar = view.findChild(QProgressBar, "overview_bar")
    qtbot.waitUntil(lambda: 0 < bar.value() < bar.maximum())
    assert progress(view) == "0 of 2 read"
    gate.set()
    qtbot.waitUntil(lambda: "all finite" in progress(view))
    view.set_document(None)


def test_a_damaged_weight_is_told_in_its_row_and_the_others_are_read(
    unread, qtbot, document, monkeypatch
):
    storage = document.values.storage
    real = storage.read

    def damaged(weight, region):
        if weight.path == "dense_3/kernel":
            raise OpenError("model.keras", "the data of dense_3/kernel is damaged.")
        return real(weight, region)

    monkeypatch.setattr(storage, "read", damaged)
    with qtbot.assertNotEmitted(unread.refused):
        unread.show()
        qtbot.waitUntil(lambda: "1 cannot be read" in progress(unread))
    assert cell(unread, 4, "max") == "–"
    tip = index_of(unread, 4, "max").data(Qt.ItemDataRole.ToolTipRole)
    assert "dense_3/kernel is damaged" in tip
    assert cell(unread, 7, "max") != "–"


def test_a_file_that_changed_is_refused_and_nothing_more_is_read(
    unread, qtbot, document, monkeypatch
):
    def changed(weight, region):
        raise FileChangedError("model.keras", "it changed on disk.")

    monkeypatch.setattr(document.values.storage, "read", changed)
    with qtbot.waitSignal(unread.refused) as said:
        unread.show()
    assert "changed on disk" in said.args[0]


def test_rows_are_sorted_while_they_are_read(unread, qtbot, document, monkeypatch):
    monkeypatch.setattr(reading, "_AT_ONCE", 1)
    unread.show()
    sort_by(qtbot, unread, "norm")
    qtbot.waitUntil(lambda: progress(unread) == DONE)

    def is_sorted():
        norms = column(unread, "norm")
        return "…" not in norms and norms == sorted(norms, key=float, reverse=True)

    qtbot.waitUntil(is_sorted)


@pytest.mark.parametrize("choice", ["light", "dark"])
@pytest.mark.parametrize("width", [600, 1000])
def test_histograms_are_painted_in_both_themes(overview, choice, width):
    theme().choose(choice)
    overview.resize(width, 400)
    table = table_of(overview)
    rect = table.visualRect(index_of(overview, 0, "spread"))
    image = table.viewport().grab(rect).toImage()
    shades = {image.pixelColor(x, image.height() - 7).name() for x in range(4, image.width() - 4)}
    assert {QColor(colors().negative).name(), QColor(colors().positive).name()} <= shades


def test_the_models_pass_the_model_tester(qapp, dense_document):
    model = OverviewModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show(dense_document.model.weights)
    model.show(())
    assert model.rowCount() == 0
    del tester


@pytest.mark.parametrize(
    ("numbers", "shades"),
    [
        ([0.5] * 5, {"positive"}),
        ([-0.5] * 5, {"negative"}),
        ([0.5, 0, 0, 0, 0], {"positive", "muted"}),
        ([-0.5, 0, -0.0, 0, 0.5], {"negative", "positive", "muted"}),
    ],
)
def test_every_number_is_in_the_histogram_and_0_is_neither_blue_nor_red(
    unread, qtbot, document, numbers, shades
):
    document.set_values("dense_1/bias", None, np.array(numbers))
    unread.show()
    qtbot.waitUntil(lambda: progress(unread) == DONE)
    table = table_of(unread)
    image = table.viewport().grab(table.visualRect(index_of(unread, 1, "spread"))).toImage()
    places = [(x, y) for x in range(image.width()) for y in range(image.height())]
    seen = {image.pixelColor(x, y).name() for x, y in places}
    kinds = {
        kind: QColor(getattr(colors(), kind)).name() for kind in ("negative", "positive", "muted")
    }
    assert {kind for kind, shade in kinds.items() if shade in seen} == shades


def test_a_narrow_table_keeps_room_for_the_name_of_a_weight(overview, qtbot):
    overview.resize(420, 400)
    needed = QFontMetrics(small_font()).horizontalAdvance("moving_variance")
    qtbot.waitUntil(lambda: table_of(overview).horizontalScrollBar().maximum() > 0)
    assert table_of(overview).columnWidth(0) >= needed
