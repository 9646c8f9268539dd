"""Documents: edits with undo, refusals that change nothing, saving."""

from pathlib import Path

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from weightview.core.document import Document, write
from weightview.core.errors import EditError, SaveError, WeightNotFoundError
from weightview.core.memory import MemoryStorage
from weightview.core.model import Model

KERNEL = np.arange(12, dtype=np.float32).reshape(3, 4)


def all_bytes(document):
    return {w.path: document.read(w).tobytes() for w in document.all_weights}


def test_numbers_are_read_by_address_and_by_region(document):
    np.testing.assert_array_equal(document.read("dense/kernel"), KERNEL)
    np.testing.assert_array_equal(document.read("dense/kernel", (1, slice(0, 2))), [4, 5])
    np.testing.assert_array_equal(document.read(document.weight("dense/bias"), 0), 0)


def test_what_was_read_may_be_written_into_without_effect(document):
    document.read("dense/kernel")[...] = 9
    np.testing.assert_array_equal(document.read("dense/kernel"), KERNEL)


def test_an_unknown_address_is_refused_by_reading_and_by_editing(document):
    with pytest.raises(WeightNotFoundError, match="dense/kernel"):
        document.read("dense/kernle")
    with pytest.raises(WeightNotFoundError, match="dense/kernel"):
        document.set_values("dense/kernle", (0, 0), 1)
    assert not document.is_modified


@pytest.mark.parametrize(
    ("region", "new"),
    [
        ((1, 2), 0.5),
        ((slice(0, 2), 1), [7.0, 8.0]),
        ((slice(None), slice(None, None, 2)), np.ones((3, 2))),
        (None, -1),
        (2, np.float16([1, 2, 3, 4])),
    ],
)
def test_one_edit_is_what_numpy_does_and_undo_takes_it_back(document, region, new):
    expected = KERNEL.copy()
    expected[() if region is None else region] = new
    before = all_bytes(document)
    document.set_values("dense/kernel", region, new)
    np.testing.assert_array_equal(document.read("dense/kernel"), expected)
    np.testing.assert_array_equal(
        document.saved_values.read(document.weight("dense/kernel")), KERNEL
    )
    assert document.is_modified
    assert document.is_edited("dense/kernel")
    assert not document.is_edited("dense/bias")
    document.undo()
    assert all_bytes(document) == before
    assert not document.is_modified
    assert not document.is_edited("dense/kernel")
    document.redo()
    np.testing.assert_array_equal(document.read("dense/kernel"), expected)


def test_undo_and_redo_without_an_edit_do_nothing(document):
    revision = document.revision
    document.undo()
    document.redo()
    assert document.revision == revision


def test_several_changes_are_one_step_and_overlapping_ones_come_back(document):
    before = all_bytes(document)
    document.apply(
        "two",
        [("dense/kernel", (0, 0), 5), ("dense/kernel", None, 6), ("dense/bias", 0, 7)],
    )
    after = all_bytes(document)
    assert document.history.labels == ("two",)
    document.undo()
    assert all_bytes(document) == before
    document.redo()
    assert all_bytes(document) == after


def test_no_change_at_all_is_no_edit(document):
    document.apply("nothing", [])
    assert not document.is_modified
    assert document.history.labels == ()


def test_the_label_names_the_weight_where_none_is_given(document):
    document.set_values("dense/bias", 0, 1)
    document.set_values("dense/bias", 0, 2, label="Clear")
    assert document.history.labels == ("Set dense/bias", "Clear")


def test_dragging_a_cell_is_one_step(document):
    for value in (1, 2, 3):
        document.set_values("dense/bias", 1, value, merge_key="drag 1")
    assert document.read("dense/bias").tolist() == [0, 3, 0, 0]
    document.undo()
    assert document.read("dense/bias").tolist() == [0, 0, 0, 0]
    assert not document.is_modified


REFUSED = [
    ("float32", (0,), "text", "takes numbers"),
    ("float32", (0,), None, "takes numbers"),
    ("float32", (0,), 1j, "takes numbers"),
    ("float32", (0,), [[1], [2, 3]], "differ in length"),
    ("float32", (slice(0, 2),), [1, 2, 3], r"\(3,\) do not fit the cells, \(2,\)"),
    ("float32", (0,), [1, 2], "do not fit"),
    ("float32", (9,), 1, "index 9 is outside axis 0"),
    ("float32", (0, 0), 1, "2 indices for an array of 1 axes"),
    ("float32", (0.5,), 1, "neither an index nor a slice"),
    ("float32", (slice(None, None, -1),), 1, "runs backwards"),
    ("float32", (0,), 1e39, "too large"),
    ("float32", (0,), 10**400, "too large"),
    ("float16", (0,), 65520.0, "too large"),
    (ml_dtypes.bfloat16, (0,), 3.4e38, "too large"),
    (ml_dtypes.float8_e4m3fn, (0,), 1000.0, "too large"),
    (ml_dtypes.float8_e4m3fn, (0,), np.inf, "inf is not one of them"),
    (ml_dtypes.float8_e8m0fnu, (0,), -1.0, "float8_e8m0fnu"),
    (ml_dtypes.float4_e2m1fn, (0,), 7.0, "too large"),
    (ml_dtypes.float4_e2m1fn, (0,), np.nan, "nan is not one of them"),
    ("int8", (0,), 128, "128 is not one of them"),
    ("int8", (0,), 0.5, "0.5 is not one of them"),
    ("int8", (0,), np.nan, "nan is not one of them"),
    ("int64", (0,), 1e19, "not one of them"),
    ("uint8", (0,), -1, "-1 is not one of them"),
    (ml_dtypes.int4, (0,), 8, "8 is not one of them"),
    ("bool", (0,), 2, "2 is not one of them"),
    ("complex64", (0,), 1.0, "complex64, which is not edited"),
    ("S3", (0,), 1, "which is not edited"),
]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("dtype", "region", "new", "words"), REFUSED)
def test_a_refused_edit_says_why_and_changes_nothing(make_document, dtype, region, new, words):
    document = make_document(w=np.zeros(4, dtype), other=np.zeros(2, np.float32))
    before = all_bytes(document)
    told = []
    document.values_changed.connect(told.append)
    with pytest.raises(EditError, match=words) as caught:
        document.apply("both", [("dense/other", 0, 1), ("dense/w", region, new)])
    assert caught.value.weight_path == "dense/w"
    assert "“dense/w”" in str(caught.value)
    assert all_bytes(document) == before
    assert document.revision == 0
    assert not document.is_modified
    assert told == []


def test_a_weight_that_cannot_be_written_back_is_not_edited(make_weight):
    weight = make_weight("a/text", (2,), editable=False)
    storage = MemoryStorage({"a/text": np.zeros(2, np.float32)})
    document = Document(Model("m", "", (), (weight,)), storage)
    with pytest.raises(EditError, match="looked at but not edited"):
        document.set_values("a/text", 0, 1)


@pytest.mark.parametrize(
    ("dtype", "new", "stored"),
    [
        ("float32", 0.1, np.float32(0.1)),
        ("float32", np.inf, np.inf),
        ("float32", 10**30, np.float32(1e30)),
        ("float32", [10**30], np.float32(1e30)),
        ("float32", np.array(0.1, ml_dtypes.bfloat16), float(ml_dtypes.bfloat16(0.1))),
        ("float16", 65519.0, 65504.0),
        (ml_dtypes.bfloat16, 0.1, float(ml_dtypes.bfloat16(0.1))),
        (ml_dtypes.float8_e5m2, -np.inf, -np.inf),
        ("int64", 2**53 + 1, 2**53 + 1),
        ("uint64", 2**64 - 1, 2**64 - 1),
        ("int8", 3.0, 3),
        ("int8", True, 1),
        ("bool", 1, True),
        (ml_dtypes.int4, -8, -8),
    ],
)
def test_what_the_dtype_can_hold_is_stored_as_the_nearest(make_document, dtype, new, stored):
    document = make_document(w=np.zeros(1, dtype))
    document.set_values("dense/w", None, new)
    assert document.read("dense/w")[0] == stored
    assert document.read("dense/w").dtype == np.dtype(dtype)


def test_a_nan_and_a_negative_zero_are_stored_as_such(make_document):
    document = make_document(w=np.zeros(2, np.float32))
    document.set_values("dense/w", None, [np.nan, -0.0])
    stored = document.read("dense/w")
    assert np.isnan(stored[0])
    assert np.signbit(stored[1])
    assert document.is_edited("dense/w")


def test_edits_are_told_with_what_was_and_what_came(document):
    told = []
    document.values_changed.connect(told.append)
    document.set_values("dense/bias", slice(1, 3), [1, 2])
    document.undo()
    document.redo()
    assert len(told) == 3
    for (change,) in told:
        assert change.weight.path == "dense/bias"
        assert change.region == (slice(1, 3, 1),)
        assert (change.before.tolist(), change.after.tolist()) == ([0, 0], [1, 2])


def test_a_snapshot_stays_what_it_was(document):
    document.set_values("dense/bias", 0, 1)
    snapshot = document.snapshot()
    assert document.snapshot() is snapshot
    document.set_values("dense/bias", 0, 2)
    assert snapshot.values.read(document.weight("dense/bias")).tolist() == [1, 0, 0, 0]
    assert document.snapshot() is not snapshot
    assert document.snapshot().revision > snapshot.revision


def test_revert_drops_edits_and_history(document):
    told = []
    document.values_changed.connect(told.append)
    document.set_values("dense/kernel", None, 0)
    document.revert()
    np.testing.assert_array_equal(document.read("dense/kernel"), KERNEL)
    assert not document.is_modified
    assert not document.history.can_undo
    assert told[-1] == ()


def test_a_model_in_memory_cannot_be_saved(document, tmp_path):
    document.set_values("dense/bias", 0, 1)
    with pytest.raises(SaveError, match="Save As"):
        document.save()
    with pytest.raises(SaveError, match="memory"):
        document.save_as(tmp_path / "x.keras")
    assert not document.can_save
    assert document.is_modified
    assert list(tmp_path.iterdir()) == []


def test_saving_makes_the_edits_the_stored_numbers(filed_document, tmp_path):
    document, target = filed_document, tmp_path / "saved"
    told = []
    document.storage_changed.connect(lambda: told.append(document.path))
    document.set_values("dense/kernel", (0, 0), 5)
    document.set_values("dense/bias", 3, 6)
    after = all_bytes(document)
    document.save_as(target)
    assert target.read_bytes() == b"".join(after.values())
    assert document.path == target
    assert told == [target]
    assert all_bytes(document) == after
    assert not document.is_modified
    assert not document.is_edited("dense/kernel")
    document.undo()
    assert document.is_modified
    assert document.read("dense/bias").tolist() == [0, 0, 0, 0]
    document.save()
    assert target.read_bytes() == b"".join(all_bytes(document).values())
    assert not document.is_modified


def test_edits_made_while_saving_stay_unsaved_edits(filed_document, tmp_path):
    document = filed_document
    document.set_values("dense/bias", 0, 1)
    snapshot = document.snapshot()
    document.set_values("dense/bias", 1, 2)
    document.saved_to(write(snapshot, tmp_path / "saved"), snapshot)
    assert document.read("dense/bias").tolist() == [1, 2, 0, 0]
    assert document.saved_values.read(document.weight("dense/bias")).tolist() == [1, 0, 0, 0]
    assert document.is_modified
    document.undo()
    assert not document.is_modified
    assert not document.is_edited("dense/bias")
    document.undo()
    assert document.is_modified
    assert document.read("dense/bias").tolist() == [0, 0, 0, 0]
    document.save()
    assert (tmp_path / "saved").read_bytes() == b"".join(all_bytes(document).values())


def test_an_edit_undone_while_saving_is_not_taken_for_saved(filed_document, tmp_path):
    document = filed_document
    document.set_values("dense/bias", 0, 1)
    snapshot = document.snapshot()
    document.undo()
    document.saved_to(write(snapshot, tmp_path / "saved"), snapshot)
    assert document.is_modified
    assert document.is_edited("dense/bias")
    document.redo()
    assert not document.is_modified
    assert not document.is_edited("dense/bias")


def test_a_drag_that_goes_on_while_saving_stays_unsaved(filed_document, tmp_path):
    document = filed_document
    document.set_values("dense/bias", 0, 1, merge_key=1)
    snapshot = document.snapshot()
    document.set_values("dense/bias", 0, 2, merge_key=1)
    document.saved_to(write(snapshot, tmp_path / "saved"), snapshot)
    assert document.is_modified
    document.undo()
    assert document.is_modified
    assert document.read("dense/bias").tolist() == [0, 0, 0, 0]


def test_a_failed_save_leaves_edits_and_path(filed_document, tmp_path):
    document = filed_document
    document.set_values("dense/bias", 0, 1)
    path = document.path
    with pytest.raises(OSError, match="nowhere"):
        document.save_as(tmp_path / "nowhere" / "saved")
    assert document.path == path
    assert document.is_modified


def test_reloading_becomes_the_newly_opened_document(document, make_weight):
    weight = make_weight("new/kernel", (2,))
    storage = MemoryStorage({"new/kernel": np.ones(2, np.float32)})
    document.set_values("dense/bias", 0, 1)
    told = []
    document.storage_changed.connect(lambda: told.append(1))
    document.reload(Model("m", "", (), (weight,)), storage, ["It was odd."])
    assert document.read("new/kernel").tolist() == [1, 1]
    assert document.warnings == ("It was odd.",)
    assert not document.is_modified
    assert told == [1]


class EditingSession(RuleBasedStateMachine):
    """Edits, undo, redo and saving in any order, beside a list of whole copies."""

    make_document = None
    file_storage = None

    def __init__(self):
        super().__init__()
        self.document = type(self).make_document(
            type(self).file_storage, kernel=KERNEL, bias=np.zeros(4, np.float32)
        )
        self.copies = [all_bytes(self.document)]
        self.at = 0
        self.on_disk = self.copies[0]

    @rule(data=st.data(), value=st.floats(width=32, allow_nan=False))
    def edit(self, data, value):
        name, shape = data.draw(st.sampled_from([("kernel", (3, 4)), ("bias", (4,))]))
        region = tuple(
            data.draw(st.one_of(st.integers(0, n - 1), st.just(slice(0, n, 2)))) for n in shape
        )
        self.document.set_values(f"dense/{name}", region, value)
        self.copies[self.at + 1 :] = [all_bytes(self.document)]
        self.at += 1

    @precondition(lambda self: self.at > 0)
    @rule()
    def undo(self):
        self.document.undo()
        self.at -= 1

    @precondition(lambda self: self.at + 1 < len(self.copies))
    @rule()
    def redo(self):
        self.document.redo()
        self.at += 1

    @rule(edit_meanwhile=st.booleans())
    def save(self, edit_meanwhile):
        snapshot = self.document.snapshot()
        saved = self.copies[self.at]
        if edit_meanwhile:
            self.document.set_values("dense/bias", 0, self.at)
            self.copies[self.at + 1 :] = [all_bytes(self.document)]
            self.at += 1
        self.document.saved_to(write(snapshot, Path("/dev/null")), snapshot)
        self.on_disk = saved

    @invariant()
    def holds_the_numbers_of_the_copy(self):
        assert all_bytes(self.document) == self.copies[self.at]

    @invariant()
    def stores_what_was_saved(self):
        saved = {w.path: self.document.saved_values.read(w) for w in self.document.all_weights}
        assert {path: array.tobytes() for path, array in saved.items()} == self.on_disk

    @invariant()
    def says_unmodified_only_where_the_numbers_are_on_disk(self):
        if not self.document.is_modified:
            assert self.copies[self.at] == self.on_disk
        edited = {w.path for w in self.document.all_weights if self.document.is_edited(w)}
        differing = {p for p, data in self.copies[self.at].items() if data != self.on_disk[p]}
        assert edited == differing


def test_any_order_of_edits_undo_redo_and_saves_keeps_every_byte(make_document, file_storage):
    EditingSession.make_document = staticmethod(make_document)
    EditingSession.file_storage = file_storage
    case = EditingSession.TestCase()
    case.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
    case.runTest()


@given(st.binary(min_size=16, max_size=16))
def test_any_bits_come_back_after_undo(make_document, data):
    array = np.frombuffer(data, np.float32)
    document = make_document(w=array)
    document.set_values("dense/w", None, 0)
    document.undo()
    assert document.read("dense/w").tobytes() == data
    document.redo()
    document.set_values("dense/w", None, array)
    assert document.read("dense/w").tobytes() == data
    assert not document.is_edited("dense/w")
