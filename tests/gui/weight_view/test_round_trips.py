"""Numbers through the clipboard and through files come back bit for bit, by the window's commands.

A NaN stays a NaN; which one is not told by a text.
"""

import threading

import ml_dtypes
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QProgressDialog, QPushButton

KERNEL = "dense_1/kernel"
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
DTYPES = [np.float32, np.float64, np.float16, ml_dtypes.bfloat16]
PLAIN, NAMED, NPY = "CSV (*.csv)", "CSV with row and column names (*.csv)", "NPY (*.npy)"


def any_bits(dtype, shape, seed):
    """Return an array of random bits, with both infinities, -0.0, NaN and the smallest denormal."""
    dtype = np.dtype(dtype)
    raw = np.random.default_rng(seed).integers(0, 256, (*shape, dtype.itemsize), np.uint8)
    array = raw.view(dtype)[..., 0].copy()
    flat = array.reshape(-1)
    flat[:4] = [np.inf, -np.inf, -0.0, np.nan]
    tiny = np.zeros(dtype.itemsize, np.uint8)
    tiny[0] = 1
    flat[4] = tiny.view(dtype)[0]
    return array


def assert_same_bits(found, expected):
    with np.errstate(all="ignore"):  # signalling NaNs
        nans = np.isnan(expected.astype(np.float64))
        assert np.array_equal(np.isnan(found.astype(np.float64)), nans)
    assert found[~nans].tobytes() == expected[~nans].tobytes()


@pytest.fixture
def two_weights(open_view, make_document):
    """Return a maker of a hand on the first of two weights of one shape, and their document."""

    def make(dtype, shape=(9, 7), seed=0):
        array = any_bits(dtype, shape, seed)
        axes = ("input", "unit")[-len(shape) :]
        arrays = {"a": array, "b": np.ones_like(array)}
        document = make_document("Dense", arrays, {"a": axes, "b": axes})
        return open_view(document, "layer/a"), document, array

    return make


def select_all(hand):
    hand.click_cell(0, 0)
    hand.key(Qt.Key.Key_A, CTRL)


def export_file(hand, monkeypatch, file, kind):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(file), kind))
    hand.view.findChild(QAction, "cells_export").trigger()
    hand.qtbot.waitUntil(lambda: any(word.startswith("Exported") for word in hand.words))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(9, 7), (12,)])
@pytest.mark.parametrize("command", ["Ctrl+C", "Ctrl+Shift+C"])
def test_the_clipboard_carries_every_bit(two_weights, dtype, shape, command):
    hand, document, array = two_weights(dtype, shape, seed=8)
    select_all(hand)
    if command == "Ctrl+C":
        hand.key(Qt.Key.Key_C, CTRL)
    else:
        hand.view.findChild(QAction, "cells_copy_headers").trigger()
    hand.selection.select_weight("layer/b")
    hand.click_cell(0, 0)
    hand.key(Qt.Key.Key_V, CTRL)
    assert hand.refusals == []
    assert_same_bits(document.read("layer/b"), array)
    document.undo()
    assert not document.is_modified


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(9, 7), (12,)])
@pytest.mark.parametrize("kind", [PLAIN, NAMED, NPY])
@pytest.mark.parametrize("is_selection", [True, False])
def test_an_exported_file_brings_every_bit_back(
    two_weights, dtype, shape, kind, is_selection, monkeypatch, tmp_path
):
    hand, document, array = two_weights(dtype, shape, seed=3)
    if is_selection:
        select_all(hand)
    file = tmp_path / ("numbers.npy" if kind == NPY else "numbers.csv")
    export_file(hand, monkeypatch, file, kind)
    hand.selection.select_weight("layer/b")
    hand.click_cell(0, 0)
    import_file(hand, monkeypatch, file)
    hand.qtbot.waitUntil(lambda: document.is_modified)
    assert hand.refusals == []
    assert_same_bits(document.read("layer/b"), array)
    document.undo()
    assert not document.is_modified


@pytest.mark.parametrize("kind", [PLAIN, NAMED, NPY])
def test_a_selection_goes_out_and_comes_back_as_it_is_seen(
    open_view, dense_document, monkeypatch, tmp_path, kind
):
    hand = open_view(dense_document, KERNEL)
    kernel, bias = dense_document.read(KERNEL), dense_document.read("dense_1/bias")
    hand.press("orientation_textbook")
    hand.click_cell(1, 5)
    hand.view.findChild(QAction, "sort_rows").trigger()
    hand.click_cell(0, 6)
    hand.click_cell(3, 8, SHIFT)  # two inputs and the bias of four units
    file = tmp_path / ("seen.npy" if kind == NPY else "seen.csv")
    export_file(hand, monkeypatch, file, kind)
    seen = [
        [hand.table.model().index(r, c).data(Qt.ItemDataRole.EditRole) for c in (6, 7, 8)]
        for r in range(4)
    ]
    if kind == PLAIN:
        assert [line.split(",") for line in file.read_text().splitlines()] == seen
    dense_document.set_values(KERNEL, None, 0)
    dense_document.set_values("dense_1/bias", None, 0)
    import_file(hand, monkeypatch, file)
    hand.qtbot.waitUntil(lambda: dense_document.history.position == 3)
    order = np.argsort(-kernel[5])[:4]
    expected = np.zeros_like(kernel)
    expected[6:8, order] = kernel[6:8, order]
    assert np.array_equal(dense_document.read(KERNEL), expected)
    assert np.array_equal(dense_document.read("dense_1/bias")[order], bias[order])


def test_names_head_the_exported_rows_and_columns(open_view, dense_document, monkeypatch, tmp_path):
    hand = open_view(dense_document, KERNEL)
    QGuiApplication.clipboard().setText('=HYPERLINK("x")\tb, c\t3\t-4\te')
    hand.view.findChild(QAction, "name_columns").trigger()
    export_file(hand, monkeypatch, tmp_path / "named", NAMED)
    lines = (tmp_path / "named.csv").read_text().splitlines()
    assert lines[0] == r"""input \ unit,"'=HYPERLINK(""x"")","b, c",3,'-4,e"""
    assert lines[1].startswith("input 0,")
    kernel = dense_document.read(KERNEL)
    dense_document.set_values(KERNEL, None, 0)
    import_file(hand, monkeypatch, tmp_path / "named.csv")
    hand.qtbot.waitUntil(lambda: dense_document.history.position == 2)
    assert np.array_equal(dense_document.read(KERNEL), kernel)


def test_a_kernel_of_four_axes_goes_out_as_npy_and_not_as_csv(
    open_view, conv_document, monkeypatch, tmp_path
):
    hand = open_view(conv_document, "layer/kernel")
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *_args: (str(tmp_path / "k.csv"), PLAIN)
    )
    hand.view.findChild(QAction, "cells_export").trigger()
    assert "choose NPY" in hand.refusals[0]
    export_file(hand, monkeypatch, tmp_path / "k.npy", NPY)
    kernel = conv_document.read("layer/kernel")
    assert np.array_equal(np.load(tmp_path / "k.npy"), kernel)
    conv_document.set_values("layer/kernel", None, 0)
    import_file(hand, monkeypatch, tmp_path / "k.npy")
    hand.qtbot.waitUntil(lambda: conv_document.history.position == 2)
    assert np.array_equal(conv_document.read("layer/kernel"), kernel)


def test_a_long_export_shows_how_far_it_is_and_is_cancelled(
    open_view, dense_document, monkeypatch, tmp_path
):
    from weightview.gui.weight_view import number_files

    gate = threading.Event()
    real = number_files.block_rows

    def slow(*arguments):
        for number, row in enumerate(real(*arguments)):
            if number == 2:
                gate.wait(20)
            yield row

    monkeypatch.setattr(number_files, "block_rows", slow)
    hand = open_view(dense_document, KERNEL)
    file = tmp_path / "<b>k.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(file), PLAIN))
    hand.view.findChild(QAction, "cells_export").trigger()
    dialog = hand.view.findChild(QProgressDialog, "number_file_progress")
    hand.qtbot.waitUntil(dialog.isVisible)
    assert dialog.labelText() == "Writing <b>k.csv …"
    hand.qtbot.waitUntil(lambda: dialog.value() > 0)
    hand.qtbot.mouseClick(dialog.findChild(QPushButton), Qt.MouseButton.LeftButton)
    gate.set()
    found = hand.view.findChildren
    hand.qtbot.waitUntil(lambda: not found(QProgressDialog, "number_file_progress"))
    assert list(tmp_path.glob("*.csv")) == []
    assert hand.words == []
    assert hand.refusals == []


def test_an_export_that_cannot_be_written_says_so(open_view, dense_document, monkeypatch, tmp_path):
    hand = open_view(dense_document, KERNEL)
    file = tmp_path / "none" / "k.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(file), PLAIN))
    hand.view.findChild(QAction, "cells_export").trigger()
    hand.qtbot.waitUntil(lambda: bool(hand.refusals))
    assert hand.refusals[0].startswith("k.csv")


SPREADSHEETS = {
    "LibreOffice, English": b"0.5,-1.25\n3,1e-05\n",
    "LibreOffice, German": b"0,5;-1,25\n3;1e-05\n",
    "LibreOffice, all quoted": b'"0.5","-1.25"\n"3","1e-05"\n',
    "Excel, English": b"\xef\xbb\xbf0.5,-1.25\r\n3,1.00E-05\r\n",
    "Excel, German": "\ufeff0,5;-1,25\r\n3;1,00E-05\r\n".encode(),
    "Excel, Unicode text": "0,5\t-1,25\r\n3\t1,00E-05\r\n".encode("utf-16"),
    "Excel, with its separator named": b"sep=;\r\n0.5;-1.25\r\n3;1E-05\r\n",
    "with headings in an old code page": "gr\xfcn;rot\n0,5;-1,25\n3;1e-05\n".encode("latin-1"),
}


@pytest.mark.parametrize("program", SPREADSHEETS)
def test_what_spreadsheets_save_is_understood(
    open_view, dense_document, monkeypatch, tmp_path, program
):
    hand = open_view(dense_document, KERNEL)
    (tmp_path / "table.csv").write_bytes(SPREADSHEETS[program])
    hand.click_cell(2, 1)
    import_file(hand, monkeypatch, tmp_path / "table.csv")
    hand.qtbot.waitUntil(lambda: dense_document.is_modified or bool(hand.refusals))
    found = dense_document.read(KERNEL, (slice(2, 4), slice(1, 3)))
    assert np.array_equal(found, np.array([[0.5, -1.25], [3, 1e-05]], np.float32))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1,234\t5,678", "may mean 1.234 or 1234"),
        ("1,5\t2.5", "decimal comma"),
        ("0,5", "may mean 0.5, or 0 and 5"),
        ("-1,25\r\n3,5\r\n", "may mean -1.25, or -1 and 25"),
        ("1,5e-3", "may mean 1.5e-3, or 1 and 5e-3"),
        ("1\t2\n3", "Line 2"),
        ("1\t2\t3\t4\t5\t6", "only 9 rows and 5 columns"),
        ("1e39\t2", "too large for float32"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_changes(open_view, dense_document, text, why):
    hand = open_view(dense_document, KERNEL)
    hand.click_cell(0, 0)
    QGuiApplication.clipboard().setText(text)
    hand.key(Qt.Key.Key_V, CTRL)
    assert len(hand.refusals) == 1
    assert why in hand.refusals[0]
    assert not dense_document.is_modified


def test_a_list_of_numbers_fills_a_column_or_a_row_where_it_fits(
    open_view, dense_document, monkeypatch, tmp_path
):
    hand = open_view(dense_document, KERNEL)
    (tmp_path / "list.csv").write_text("\n".join(map(str, range(7))))
    hand.click_cell(1, 2)
    import_file(hand, monkeypatch, tmp_path / "list.csv")
    hand.qtbot.waitUntil(lambda: dense_document.history.position == 1)
    assert dense_document.read(KERNEL)[1:, 2].tolist() == list(range(7))


def test_a_single_number_fills_the_whole_selection(open_view, dense_document):
    hand = open_view(dense_document, KERNEL)
    hand.click_cell(1, 1)
    hand.click_cell(2, 3, SHIFT)
    QGuiApplication.clipboard().setText("0.25")
    hand.key(Qt.Key.Key_V, CTRL)
    assert (dense_document.read(KERNEL)[1:3, 1:4] == 0.25).all()
    assert dense_document.history.position == 1


def import_file(hand, monkeypatch, file):
    answer = (str(file), "")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: answer)
    hand.view.findChild(QAction, "cells_import").trigger()


def test_a_file_of_the_same_shape_fills_the_weight(
    open_view, dense_document, qtbot, monkeypatch, tmp_path
):
    hand = open_view(dense_document, KERNEL)
    array = np.random.default_rng(0).normal(size=(8, 5)).astype(np.float32)
    np.save(tmp_path / "kernel.npy", array)
    import_file(hand, monkeypatch, tmp_path / "kernel.npy")
    qtbot.waitUntil(lambda: dense_document.is_modified)
    assert np.array_equal(dense_document.read(KERNEL), array)
    dense_document.undo()
    assert not dense_document.is_modified


def test_a_smaller_file_goes_where_the_selection_begins(
    open_view, dense_document, qtbot, monkeypatch, tmp_path
):
    hand = open_view(dense_document, KERNEL)
    (tmp_path / "some.csv").write_text("1;2\n3;4\n")
    hand.click_cell(2, 1)
    import_file(hand, monkeypatch, tmp_path / "some.csv")
    qtbot.waitUntil(lambda: dense_document.is_modified)
    assert dense_document.read(KERNEL, (slice(2, 4), slice(1, 3))).tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("name", "content"), [("bad.csv", b"a,b\nc,d\n"), ("bad.npy", b"\x93NUMPY")]
)
def test_a_file_without_numbers_is_refused(
    open_view, dense_document, qtbot, monkeypatch, tmp_path, name, content
):
    hand = open_view(dense_document, KERNEL)
    (tmp_path / name).write_bytes(content)
    import_file(hand, monkeypatch, tmp_path / name)
    qtbot.waitUntil(lambda: bool(hand.refusals))
    assert hand.refusals[0].startswith(name)
    assert not dense_document.is_modified
