"""The history: what can be undone, merged, spilled and forgotten."""

import errno
import threading

import numpy as np
import pytest

from weightview.core import history as module
from weightview.core.history import Change, Edit, History
from weightview.core.spill import Spill


@pytest.fixture
def make_edit(make_weight):
    weights = {}

    def make(label, before=0.0, after=1.0, size=1, name="a/w"):
        weight = weights.setdefault((name, size), make_weight(name, (size,)))
        arrays = (np.full(size, value, np.float32) for value in (before, after))
        return Edit(label, (Change(weight, (slice(0, size, 1),), *arrays),))

    return make


def numbers(edit):
    (change,) = edit.changes
    return change.before.tolist(), change.after.tolist()


def test_edits_are_undone_last_first_and_redone_first_first(make_edit):
    history = History()
    for label in "abc":
        history.record(make_edit(label))
    assert [history.undo().label for _ in range(3)] == ["c", "b", "a"]
    assert [history.redo().label for _ in range(3)] == ["a", "b", "c"]
    assert history.labels == ("a", "b", "c")


def test_position_and_flags_follow(make_edit):
    history = History()
    assert (history.position, history.can_undo, history.can_redo) == (0, False, False)
    history.record(make_edit("a"))
    assert (history.position, history.can_undo, history.can_redo) == (1, True, False)
    history.undo()
    assert (history.position, history.can_undo, history.can_redo) == (0, False, True)


def test_without_an_edit_there_is_nothing_to_undo_or_redo():
    history = History()
    with pytest.raises(IndexError, match="undo"):
        history.undo()
    with pytest.raises(IndexError, match="redo"):
        history.redo()


def test_a_new_edit_forgets_what_was_undone(make_edit):
    history = History()
    history.record(make_edit("a"))
    history.undo()
    history.record(make_edit("b"))
    assert history.labels == ("b",)
    assert not history.can_redo


def test_a_drag_is_one_step_from_its_first_to_its_last_number(make_edit):
    history = History()
    history.record(make_edit("drag", 0, 1), merge_key="drag 1")
    history.record(make_edit("drag", 1, 2), merge_key="drag 1")
    history.record(make_edit("drag", 2, 3), merge_key="drag 1")
    assert history.labels == ("drag",)
    assert numbers(history.undo()) == ([0], [3])


@pytest.mark.parametrize("second", [{"merge_key": "drag 2"}, {"merge_key": None}])
def test_another_drag_is_another_step(make_edit, second):
    history = History()
    history.record(make_edit("drag", 0, 1), merge_key="drag 1")
    history.record(make_edit("drag", 1, 2), **second)
    assert len(history.labels) == 2


def test_edits_without_a_key_are_never_merged(make_edit):
    history = History()
    history.record(make_edit("a", 0, 1))
    history.record(make_edit("a", 1, 2))
    assert len(history.labels) == 2


def test_edits_of_other_cells_are_not_merged_whatever_their_key(make_edit):
    history = History()
    history.record(make_edit("a", name="a/v"), merge_key=1)
    history.record(make_edit("b", name="a/w"), merge_key=1)
    assert history.labels == ("a", "b")


def test_a_drag_that_goes_on_after_saving_leaves_the_saved_place(make_edit):
    history = History()
    history.record(make_edit("drag", 0, 1), merge_key=1)
    history.mark_saved()
    history.record(make_edit("drag", 1, 2), merge_key=1)
    assert not history.is_at_saved
    assert numbers(history.undo()) == ([1], [2])
    assert history.is_at_saved


def test_large_edits_go_to_disk_and_come_back_whole(make_edit):
    history = History(spill_bytes=100)
    history.record(make_edit("small", 1, 2, size=3))
    history.record(make_edit("large", 3, 4, size=1000))
    history.record(make_edit("larger", 5, 6, size=2000))
    assert history._spill.nbytes == 2 * 4 * 3000
    assert numbers(history.undo()) == ([5] * 2000, [6] * 2000)
    assert numbers(history.undo()) == ([3] * 1000, [4] * 1000)
    assert numbers(history.redo()) == ([3] * 1000, [4] * 1000)
    history.clear()
    assert history._spill.nbytes == 0


def test_a_long_drag_of_a_large_region_takes_the_room_of_one_edit(make_edit):
    history = History(spill_bytes=100)
    for i in range(20):
        history.record(make_edit("drag", i, i + 1, size=1000), merge_key=1)
    assert history._spill.nbytes <= 2 * 4 * 2000
    assert numbers(history.undo()) == ([0] * 1000, [20] * 1000)


def test_what_is_forgotten_gives_its_room_on_disk_back(make_edit):
    history = History(spill_bytes=100)
    for _ in range(5):
        history.record(make_edit("a", size=1000))
    for _ in range(5):
        history.undo()
    history.record(make_edit("b", size=500))
    assert history._spill.nbytes == 2 * 4 * 500


@pytest.mark.parametrize("failing", [1, 2])
def test_a_full_disk_keeps_the_edit_in_memory(make_edit, monkeypatch, failing):
    history = History(spill_bytes=100)
    calls = []
    put = Spill.put

    def full(self, array):
        calls.append(array)
        if len(calls) >= failing:
            raise OSError(errno.ENOSPC, "no space left on device")
        return put(self, array)

    monkeypatch.setattr(Spill, "put", full)
    history.record(make_edit("a", 1, 2, size=1000))
    assert calls
    assert history._spill.nbytes == 0
    assert numbers(history.undo()) == ([1] * 1000, [2] * 1000)


def test_beyond_the_limit_the_oldest_edits_are_forgotten(make_edit):
    history = History(limit_bytes=3 * 800)
    for label in "abcde":
        history.record(make_edit(label, size=100))
    assert history.labels == ("c", "d", "e")
    assert history.position == 3
    assert [history.undo().label for _ in range(3)] == ["e", "d", "c"]
    assert not history.can_undo


def test_the_last_edit_is_kept_however_large(make_edit):
    history = History(limit_bytes=10)
    history.record(make_edit("a", size=100))
    history.record(make_edit("b", size=100))
    assert history.labels == ("b",)


def test_undoing_back_to_the_saved_place_is_unmodified_again(make_edit):
    history = History()
    assert history.is_at_saved
    history.record(make_edit("a"))
    assert not history.is_at_saved
    history.undo()
    assert history.is_at_saved
    history.redo()
    history.mark_saved()
    history.record(make_edit("b"))
    history.undo()
    assert history.is_at_saved
    history.undo()
    assert not history.is_at_saved


def test_a_saved_place_that_was_undone_and_written_over_never_comes_back(make_edit):
    history = History()
    history.record(make_edit("a"))
    history.mark_saved()
    history.undo()
    history.record(make_edit("b"))
    assert not history.is_at_saved
    history.undo()
    assert not history.is_at_saved


@pytest.mark.parametrize(("saved_at", "reachable"), [(0, False), (1, False), (2, True), (3, True)])
def test_forgetting_the_oldest_edits_keeps_a_saved_place_that_is_still_there(
    make_edit, saved_at, reachable
):
    history = History(limit_bytes=3 * 800)
    for i in range(5):
        if i == saved_at:
            history.mark_saved()
        history.record(make_edit(str(i), size=100))
    seen = history.is_at_saved
    while history.can_undo:
        history.undo()
        seen |= history.is_at_saved
    assert seen == reachable


def test_an_earlier_place_can_be_marked_as_saved(make_edit):
    history = History()
    history.record(make_edit("a"))
    place = history.place
    history.record(make_edit("b"))
    history.mark_saved(place)
    assert not history.is_at_saved
    history.undo()
    assert history.is_at_saved
    assert history.place is place


def test_clearing_forgets_all_and_is_saved(make_edit):
    history = History()
    history.record(make_edit("a"))
    history.clear()
    assert history.labels == ()
    assert history.is_at_saved
    assert not history.can_undo


def test_each_step_tells_its_first_cell_and_the_reach_of_its_numbers(make_edit, make_weight):
    history = History()
    weight = make_weight("a/k", (4, 5))
    before = np.array([[1, np.nan], [-2, np.inf]], np.float32)
    region = (slice(1, 3, 1), slice(2, 4, 1))
    history.record(Edit("block", (Change(weight, region, before, np.full_like(before, 3)),)))
    history.record(Edit("cell", (Change(weight, (3, 4), np.float32(np.nan), np.float32(5)),)))
    block, cell = history.summaries
    assert (block.weight_path, block.index, block.cells) == ("a/k", (1, 2), 4)
    assert (block.before, block.after) == ((-2, 1), (3, 3))
    assert (cell.index, cell.cells, cell.after) == ((3, 4), 1, (5, 5))
    assert np.isnan(cell.before[0])


def test_a_step_of_no_cells_and_one_cell_tells_that_one(make_weight):
    history = History()
    weight = make_weight("a/k", (4,))
    none, one = np.zeros(0, np.float32), np.float32(5)
    changes = Change(weight, (slice(0, 0, 1),), none, none), Change(weight, (1,), one - 2, one)
    history.record(Edit("both", changes))
    (summary,) = history.summaries
    assert (summary.cells, summary.before, summary.after) == (1, (3, 3), (5, 5))


def test_the_saved_place_is_told_until_no_step_leads_there(make_edit):
    history = History()
    assert history.saved_position == 0
    history.record(make_edit("a"))
    history.mark_saved()
    history.record(make_edit("b"))
    assert history.saved_position == 1
    history.undo()
    history.undo()
    assert history.saved_position == 1
    history.record(make_edit("c"))
    assert history.saved_position is None


@pytest.fixture
def aside(monkeypatch):
    """Let every edit be laid down in a thread; return what waits for those threads."""
    monkeypatch.setattr(module, "_ASIDE_BYTES", 0)

    def wait():
        for thread in threading.enumerate():
            if thread.name == module.ASIDE_NAME:
                thread.join(20)

    return wait


def test_a_very_large_edit_is_laid_down_aside_and_undone_as_any(make_edit, aside):
    history = History()
    history.record(make_edit("a", 1, 2, size=3000))
    undone_at_once = history.undo()
    history.redo()
    aside()
    assert history._spill.nbytes == 2 * 4 * 3000
    assert numbers(history.undo()) == numbers(undone_at_once) == ([1] * 3000, [2] * 3000)
    history.record(make_edit("b", 1, 3, size=3000))
    aside()
    assert history._spill.nbytes == 2 * 4 * 3000
    assert numbers(history.undo()) == ([1] * 3000, [3] * 3000)


@pytest.mark.parametrize("forget", ["clear", "another way"])
def test_an_edit_forgotten_while_it_is_laid_down_leaves_nothing(
    make_edit, aside, monkeypatch, forget
):
    gate, real = threading.Event(), Spill.put

    def slow(spill, array):
        place = real(spill, array)
        gate.wait(20)
        return place

    monkeypatch.setattr(Spill, "put", slow)
    history = History()
    history.record(make_edit("a", 1, 2, size=3000))
    history.undo()
    if forget == "clear":
        history.clear()
    else:
        monkeypatch.setattr(module, "_ASIDE_BYTES", 1 << 20)
        history.record(make_edit("b", 1, 3, size=3000))
    gate.set()
    aside()
    assert history._spill.nbytes == 0
    if forget != "clear":
        assert numbers(history.undo()) == ([1] * 3000, [3] * 3000)
