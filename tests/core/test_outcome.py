"""What an operation makes of many cells is the same in pieces, watched, and told truly."""

from dataclasses import dataclass, replace

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weightview.core import outcome as module
from weightview.core.document import Document
from weightview.core.errors import CancelledError, EditError, NumberError
from weightview.core.memory import MemoryStorage
from weightview.core.model import Layer, Model, Weight
from weightview.core.operations import OPERATIONS
from weightview.core.outcome import outcome
from weightview.core.preparing import prepare


@dataclass(frozen=True)
class Block:
    weight: Weight
    rows: range
    columns: range

    def within(self, rows, columns):
        return replace(self, rows=self.rows[rows], columns=self.columns[columns])

    @property
    def region(self):
        return tuple(slice(r.start, r.stop) for r in (self.rows, self.columns))

    def read(self, read):
        return read(self.weight, self.region)

    def changes(self, table):
        yield self.weight, self.region, table


def document_of(array):
    weight = Weight("k", "l/k", array.shape, array.dtype, (), 0, "k", "kernel", "l")
    layer = Layer("l", "l", "Dense", {}, (weight,))
    return Document(Model("m", "Sequential", (layer,), (weight,)), MemoryStorage({"l/k": array}))


def work(array, name, texts, block=None, progress=lambda share: None):
    document = document_of(array)
    weight = document.weight("l/k")
    rows, columns = block or (range(array.shape[0]), range(array.shape[1]))
    cells = Block(weight, rows, columns)
    found = outcome(document.values, [cells], name, texts, keeps=True, progress=progress)
    document.adopt(prepare(document.values, "do", found.changes))
    return found, document.read(weight)


def defaults(name):
    return [parameter.default for parameter in OPERATIONS[name].parameters]


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("formula", ["w * i - j", "w - mean(w)", "max(w) + w"])
@given(shape=st.tuples(st.integers(1, 9), st.integers(1, 9)), seed=st.integers(0, 99))
def test_pieces_give_what_the_whole_gives(name, formula, shape, seed):
    array = np.random.default_rng(seed).normal(size=shape).astype(np.float32)
    texts = [formula] if name == "formula" else defaults(name)
    with pytest.MonkeyPatch.context() as patch:
        whole, expected = work(array, name, texts)
        patch.setattr(module, "_PIECE_CELLS", 5)
        pieces, found = work(array, name, texts)
    assert found.tobytes() == expected.tobytes()
    assert pieces.changed == whole.changed == int((found.view("u4") != array.view("u4")).sum())
    assert (pieces.before, pieces.after) == (whole.before, whole.after)
    assert pieces.after.highest == found.max()
    assert pieces.before.lowest == array.min()


def test_only_the_block_is_changed_and_its_own_places_count():
    array = np.zeros((4, 5), np.float32)
    found, after = work(array, "formula", ["10 * i + j"], (range(1, 3), range(2, 4)))
    expected = np.zeros((4, 5))
    expected[1:3, 2:4] = [[12, 13], [22, 23]]
    assert np.array_equal(after, expected)
    assert (found.cells, found.changed, found.after.highest) == (4, 4, 23)


def test_numbers_that_are_lost_are_counted():
    found, after = work(np.array([[-1, 4, np.nan]], np.float32), "formula", ["sqrt(w)"])
    assert found.lost == 1
    assert np.isnan(after[0, 0])
    assert after[0, 1] == 2
    assert found.after.lowest == found.after.highest == 2


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, ml_dtypes.bfloat16])
def test_set_stores_what_typing_into_the_cell_would(dtype):
    text = "0.10000000149011612050"  # beside the middle of two float32
    _, after = work(np.ones((2, 2), dtype), "set", [text])
    from weightview.core.numbers import parse_number

    assert after.tobytes() == np.full((2, 2), parse_number(text, np.dtype(dtype))).tobytes()


@pytest.mark.parametrize(
    ("array", "name", "texts", "error", "why"),
    [
        (np.ones((2, 2), np.float16), "multiply", ["1e6"], EditError, "too large"),
        (np.ones((2, 2), np.int32), "multiply", ["0.5"], EditError, "not one of them"),
        (np.ones((2, 2), np.int32), "formula", ["w / 0"], EditError, "not one of them"),
        (np.full((2, 2), 2**60 + 1), "add", ["1"], EditError, "beyond 2\\^53"),
        (np.ones((2, 2), np.float32), "add", ["two"], NumberError, "not a number"),
        (np.ones((2, 2), np.float32), "formula", ["w +"], NumberError, "not a formula"),
    ],
)
def test_what_does_not_fit_is_refused(array, name, texts, error, why):
    with pytest.raises(error, match=why):
        work(array, name, texts)


def test_too_many_cells_are_refused_before_they_are_read(monkeypatch):
    monkeypatch.setattr(module, "MOST_CELLS", 3)
    with pytest.raises(EditError, match="too many for one step"):
        work(np.ones((2, 2), np.float32), "add", ["1"])
    monkeypatch.setattr(module, "MOST_CELLS", 9)
    monkeypatch.setattr(module, "MOST_TOGETHER", 3)
    work(np.ones((2, 2), np.float32), "add", ["1"])
    with pytest.raises(EditError, match="at most 3"):
        work(np.ones((2, 2), np.float32), "formula", ["w - mean(w)"])


def test_the_share_grows_and_the_work_can_be_broken_off(monkeypatch):
    monkeypatch.setattr(module, "_PIECE_CELLS", 4)
    shares = []

    def watch(share):
        shares.append(share)
        if share > 0.5:
            raise CancelledError("Enough.")

    with pytest.raises(CancelledError):
        work(np.ones((8, 4), np.float32), "add", ["1"], progress=watch)
    assert shares == [i / 8 for i in range(6)]


@pytest.mark.parametrize("name", OPERATIONS)
def test_signalling_nans_are_no_reason_to_warn(name):
    raw = np.full((2, 3), 0x7F800001, np.uint32)
    raw[0, 0] = 0x3F800000  # 1.0
    found, after = work(raw.view(np.float32), name, defaults(name))
    assert found.cells == 6
    assert after.shape == (2, 3)
