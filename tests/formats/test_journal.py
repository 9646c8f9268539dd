"""The recovery journal: what was edited comes back, whatever happened to the process."""

import gc
import os
import shutil
import struct
import subprocess
import sys
import time
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weightview.core.document import Document, write
from weightview.core.model import Layer, Model, Weight
from weightview.formats.journal import Journal, Recovery, pending, pending_for
from weightview.formats.journal.filestate import content_hash, look_at
from weightview.formats.journal.owners import Owner
from weightview.formats.journal.recovery import STALE_DAYS

SHAPES = {"dense/kernel": (4, 3), "dense/bias": (3,), "scale": (), "odd": (2, 0)}
DTYPES = {"dense/bias": np.dtype(ml_dtypes.bfloat16), "scale": np.dtype(">f8")}


class RawStorage:
    """Arrays one after another in a plain file: the least that is a format."""

    def __init__(self, path, weights):
        self.path = Path(path)
        self.can_save = True
        self.weights = tuple(weights)

    def _arrays(self):
        data, position = self.path.read_bytes(), 0
        for weight in self.weights:
            yield (
                weight,
                np.frombuffer(data, weight.dtype, weight.size, position).reshape(weight.shape),
            )
            position += weight.nbytes

    def read(self, weight, region):
        array = next(array for own, array in self._arrays() if own is weight)
        return np.array(array[region], dtype=weight.dtype)

    def save(self, target, blocks):
        arrays = {weight: array.copy() for weight, array in self._arrays()}
        for block in blocks:
            flat = arrays[block.weight].reshape(-1)
            flat[block.start : block.start + block.values.size] = block.values
        data = b"".join(array.tobytes() for array in arrays.values())
        beside = target.with_suffix(".tmp")
        beside.write_bytes(data)
        beside.replace(target)
        return RawStorage(target, self.weights)


def described(shapes=SHAPES):
    return [
        Weight(
            name=path.rpartition("/")[2],
            path=path,
            shape=shape,
            dtype=DTYPES.get(path, np.dtype(np.float32)),
            axes=("",) * len(shape),
            keras_index=None,
            stored_name=path,
            role="",
            layer_path="dense",
        )
        for path, shape in shapes.items()
    ]


def opened(path, shapes=SHAPES):
    weights = described(shapes)
    if not path.exists():
        path.write_bytes(bytes(range(256)) * (sum(weight.nbytes for weight in weights) // 256 + 1))
    layer = Layer("dense", "dense", "Dense", {}, tuple(weights))
    return Document(Model("m", "Sequential", (layer,), tuple(weights)), RawStorage(path, weights))


def numbers(document):
    return {weight.path: document.read(weight).tobytes() for weight in document.all_weights}


def left_behind(journal, folder):
    """End the journal as a kill would, and return what the next start is offered."""
    assert journal.flush()
    journal.close(keep=True)
    return pending(folder)


def recovered(path, recovery, shapes=SHAPES):
    document = opened(path, shapes)
    applied = recovery.apply(document)
    return document, applied


def test_an_edit_comes_back(tmp_path):
    document = opened(tmp_path / "m.raw")
    journal = Journal.begin(document, tmp_path / "state")
    document.set_values("dense/kernel", (3, 0), 0.5)
    (recovery,) = left_behind(journal, tmp_path / "state")
    assert (recovery.path, recovery.edits) == (tmp_path / "m.raw", 1)
    again, applied = recovered(tmp_path / "m.raw", recovery)
    assert (applied.edits, applied.refused, applied.is_complete) == (1, (), True)
    assert numbers(again) == numbers(document)
    assert again.history.labels == ("Set dense/kernel",)
    again.undo()
    assert not again.is_modified


def test_a_journal_closed_by_a_decision_is_removed(tmp_path):
    document = opened(tmp_path / "m.raw")
    journal = Journal.begin(document, tmp_path / "state")
    document.set_values("dense/kernel", (3, 0), 0.5)
    assert journal.flush()
    journal.close()
    assert list((tmp_path / "state").iterdir()) == []


@pytest.mark.parametrize("edit_after_saving", [False, True])
def test_what_was_saved_is_not_offered(tmp_path, edit_after_saving):
    document = opened(tmp_path / "m.raw")
    journal = Journal.begin(document, tmp_path / "state")
    document.set_values("dense/kernel", (3, 0), 0.5)
    document.save()
    if edit_after_saving:
        document.set_values("scale", None, 8.0)
        document.undo()
    assert journal.flush()
    shutil.copytree(tmp_path / "state", tmp_path / "copy")
    assert pending(tmp_path / "copy") == []
    assert list((tmp_path / "copy").iterdir()) == []
    journal.close()


def test_a_saved_edit_that_was_taken_back_is_taken_back_again(tmp_path):
    document = opened(tmp_path / "m.raw")
    before = numbers(document)
    journal = Journal.begin(document, tmp_path / "state")
    document.set_values("dense/bias", None, 0.5)
    document.save()
    document.undo()
    (recovery,) = left_behind(journal, tmp_path / "state")
    again, applied = recovered(tmp_path / "m.raw", recovery)
    assert applied.edits == 1
    assert numbers(again) == before
    assert again.is_modified


def test_edits_come_back_to_a_file_that_was_moved(tmp_path):
    document = opened(tmp_path / "m.raw")
    journal = Journal.begin(document, tmp_path / "state")
    document.set_values("dense/kernel", (3, 0), 0.5)
    (recovery,) = left_behind(journal, tmp_path / "state")
    expected = numbers(document)
    moved = (tmp_path / "m.raw").rename(tmp_path / "renamed.raw")
    assert recovery.find() == moved
    elsewhere = tmp_path / "other" / "x.raw"
    elsewhere.parent.mkdir()
    moved.rename(elsewhere)
    assert recovery.find() is None
    assert recovery.matches(elsewhere)
    assert pending_for(elsewhere, [recovery]) == [recovery]
    again, _ = recovered(elsewhere, recovery)
    assert numbers(again) == expected


def test_a_file_of_the_same_size_but_other_content_is_not_the_edited_one(tmp_path):
    document = opened(tmp_path / "m.raw")
    journal = Journal.begin(document, tmp_path / "state")
    document.set_values("dense/kernel", (3, 0), 0.5)
    (recovery,) = left_behind(journal, tmp_path / "state")
    other = tmp_path / "other.raw"
    other.write_bytes(bytes(document.path.stat().st_size))
    assert not recovery.matches(other)
    assert pending_for(other, [recovery]) == []


def test_a_large_file_is_told_apart_by_all_of_its_content(tmp_path):
    path = tmp_path / "large.raw"
    shapes = {"large": (1 << 20,)}
    document = opened(path, shapes)
    journal = Journal.begin(document, tmp_path / "state")
    document.set_values("large", (7,), 0.5)
    assert journal.flush()
    deadline = time.monotonic() + 60
    while b"content" not in journal.path.read_bytes() and time.monotonic() < deadline:
        time.sleep(0.01)
    (recovery,) = left_behind(journal, tmp_path / "state")
    copy = shutil.copy(path, tmp_path / "copy.raw")
    assert recovery.matches(copy)
    with copy.open("r+b") as file:  # where no sample is taken
        file.seek(100_000)
        file.write(b"\xff")
    assert look_at(copy).may_be_same_content(look_at(path))
    assert not recovery.matches(copy)


def test_a_kill_between_saving_and_noting_it_offers_nothing_twice(tmp_path):
    document = opened(tmp_path / "m.raw")
    journal = Journal.begin(document, tmp_path / "state")
    document.set_values("dense/kernel", (3, 0), 0.5)
    document.set_values("scale", None, 2.0)
    document.set_values("scale", None, 3.0)
    (recovery,) = left_behind(journal, tmp_path / "state")
    document.undo()
    document.save()  # nobody listens any more
    again, applied = recovered(tmp_path / "m.raw", recovery)
    assert applied.edits == 1
    assert again.read("scale") == 3.0
    again.undo()
    assert numbers(again) == numbers(document)


def test_edits_are_kept_where_another_program_changed_the_file(tmp_path):
    document = opened(tmp_path / "m.raw")
    journal = Journal.begin(document, tmp_path / "state")
    document.set_values("dense/kernel", (3, 0), 0.5)
    (recovery,) = left_behind(journal, tmp_path / "state")
    data = bytearray((tmp_path / "m.raw").read_bytes())
    data[:4] = struct.pack("<f", 77.0)
    (tmp_path / "m.raw").write_bytes(data)
    again, applied = recovered(tmp_path / "m.raw", recovery)
    assert applied.edits == 1
    assert again.read("dense/kernel")[0, 0] == 77.0
    assert again.read("dense/kernel")[3, 0] == 0.5


def test_edits_of_weights_that_changed_their_shape_are_left_out_and_named(tmp_path):
    document = opened(tmp_path / "m.raw")
    journal = Journal.begin(document, tmp_path / "state")
    document.apply("both", [("dense/kernel", (3, 0), 0.5), ("dense/bias", None, 1.0)])
    document.set_values("scale", None, 2.0)
    (recovery,) = left_behind(journal, tmp_path / "state")
    other = {"dense/kernel": (3, 4), "dense/bias": (3,)}
    again, applied = recovered(tmp_path / "m.raw", recovery, other)
    assert applied.edits == 1
    assert [sentence.split("”")[0] for sentence in applied.refused] == ["“dense/kernel", "“scale"]
    assert (again.read("dense/bias") == 1).all()


def test_reverting_leaves_nothing_to_recover(tmp_path):
    document = opened(tmp_path / "m.raw")
    journal = Journal.begin(document, tmp_path / "state")
    document.set_values("dense/kernel", (3, 0), 0.5)
    document.revert()
    document.set_values("scale", None, 2.0)
    document.undo()
    assert left_behind(journal, tmp_path / "state") == []


def test_edits_before_a_renewed_journal_can_still_be_taken_back(tmp_path, monkeypatch):
    monkeypatch.setattr("weightview.formats.journal.recording._RENEWAL_BYTES", 0)
    document = opened(tmp_path / "m.raw")
    journal = Journal.begin(document, tmp_path / "state")
    document.set_values("scale", None, 1.0)
    document.set_values("scale", None, 2.0)
    assert journal.flush()
    first = journal.path
    document.save()
    assert journal.flush()
    assert journal.path != first
    assert not first.exists()
    document.undo()
    document.undo()
    document.redo()
    (recovery,) = left_behind(journal, tmp_path / "state")
    again, _ = recovered(tmp_path / "m.raw", recovery)
    assert again.read("scale") == 1.0


def test_a_model_in_memory_has_no_journal(tmp_path):
    from weightview.core.memory import MemoryStorage

    weights = described()
    storage = MemoryStorage({w.path: np.zeros(w.shape, w.dtype) for w in weights})
    document = Document(Model("m", "Sequential", (), tuple(weights)), storage)
    journal = Journal.begin(document, tmp_path / "state")
    document.set_values("scale", None, 1.0)
    assert journal.flush()
    assert journal.path is None
    assert journal.opened_elsewhere() == ()
    journal.close()
    assert not (tmp_path / "state").exists()


def test_a_second_window_on_the_file_is_noticed(tmp_path):
    state = tmp_path / "state"
    first = Journal.begin(opened(tmp_path / "m.raw"), state)
    assert first.opened_elsewhere() == ()
    (tmp_path / "link.raw").symlink_to(tmp_path / "m.raw")
    second = Journal.begin(opened(tmp_path / "link.raw"), state)
    (owner,) = second.opened_elsewhere()
    assert owner.process == os.getpid()
    (tmp_path / "hard.raw").hardlink_to(tmp_path / "m.raw")
    other = Journal.begin(opened(tmp_path / "hard.raw"), state)
    assert len(other.opened_elsewhere()) == 2
    first.close()
    other.close()
    assert second.opened_elsewhere() == ()
    second.close()


OTHER_PROCESS = """
import sys, time
sys.path[:0] = [{tests!r}]
from pathlib import Path
import test_journal
document = test_journal.opened(Path({path!r}))
journal = test_journal.Journal.begin(document, Path({state!r}))
document.set_values("scale", None, 4.0)
journal.flush()
print("ready", flush=True)
time.sleep(60)
"""


def test_another_process_is_noticed_while_it_lives_and_its_edits_are_offered_after(tmp_path):
    path, state = tmp_path / "m.raw", tmp_path / "state"
    mine = Journal.begin(opened(path), state)
    tests = str(Path(__file__).parent)
    code = OTHER_PROCESS.format(tests=tests, path=str(path), state=str(state))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"ready\n"
        (owner,) = mine.opened_elsewhere()
        assert owner.process == process.pid
        assert owner.is_here
        assert owner.may_be_alive
        assert pending(state) == []
        process.kill()
        process.wait()
    assert mine.opened_elsewhere() == ()
    (recovery,) = pending(state)
    assert recovery.owner.process == process.pid
    assert not recovery.owner.may_be_alive
    assert pending(state) == []  # it is offered to one window only
    recovery.release()
    (recovery,) = pending(state)
    recovery.discard()
    assert pending(state) == []
    mine.close()


def test_a_process_number_given_anew_is_not_the_owner():
    here = Owner.this_process(0.0)
    assert here.may_be_alive
    if here.started:
        assert not Owner(os.getpid(), "another start", here.host, 0.0).may_be_alive
    assert Owner(1 << 22, "", "another computer", 0.0).may_be_alive


def test_a_forgotten_journal_leaves_its_edits_to_be_offered(tmp_path):
    document = opened(tmp_path / "m.raw")
    journal = Journal.begin(document, tmp_path / "state")
    document.set_values("scale", None, 4.0)
    assert journal.flush()
    assert pending(tmp_path / "state") == []
    thread = journal._writer._thread
    del journal
    gc.collect()
    thread.join(60)
    (recovery,) = pending(tmp_path / "state")
    assert recovery.edits == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows has no mode bits")
def test_nobody_else_may_read_a_journal(tmp_path):
    journal = Journal.begin(opened(tmp_path / "m.raw"), tmp_path / "state")
    assert journal.flush()
    assert journal.path.stat().st_mode & 0o077 == 0
    assert journal.path.parent.stat().st_mode & 0o077 == 0
    journal.close()


def test_journals_that_nobody_wanted_for_months_are_removed(tmp_path):
    document = opened(tmp_path / "m.raw")
    journal = Journal.begin(document, tmp_path / "state")
    document.set_values("scale", None, 4.0)
    (recovery,) = left_behind(journal, tmp_path / "state")
    recovery.release()
    (file,) = (tmp_path / "state").iterdir()
    old = time.time() - (STALE_DAYS + 1) * 86_400
    os.utime(file, (old, old))
    unnamed = tmp_path / "state" / "x.journal-new"
    unnamed.write_bytes(b"")
    os.utime(unnamed, (old, old))
    assert pending(tmp_path / "state") == []
    assert list((tmp_path / "state").iterdir()) == []


def test_a_journal_that_cannot_be_written_is_reported_once_and_goes_on_later(tmp_path):
    told = []
    (tmp_path / "state").write_bytes(b"")  # a file where the folder should be
    document = opened(tmp_path / "m.raw")
    journal = Journal.begin(document, tmp_path / "state", told.append)
    document.set_values("scale", None, 4.0)
    deadline = time.monotonic() + 60
    while not told and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not journal.flush(0.01)
    (tmp_path / "state").unlink()
    assert journal.flush(60)
    assert len(told) == 2
    assert told[0].startswith("Edits cannot be kept for recovery: ")
    assert told[1] == ""
    (recovery,) = left_behind(journal, tmp_path / "state")
    assert recovery.edits == 1


def test_a_record_that_found_no_room_is_written_again(tmp_path, monkeypatch):
    from weightview.formats.journal import writing

    document = opened(tmp_path / "m.raw")
    journal = Journal.begin(document, tmp_path / "state")
    assert journal.flush()
    failing = [3]

    class Full:
        def __init__(self, file):
            self._file = file

        def __getattr__(self, name):
            return getattr(self._file, name)

        def write(self, data):
            if failing[0]:
                failing[0] -= 1
                self._file.write(data[: len(data) // 2])
                raise OSError(28, "No space left on device")
            return self._file.write(data)

    monkeypatch.setattr(writing, "_RETRY_SECONDS", 0.01)
    journal._writer._file = Full(journal._writer._file)
    for value in range(5):
        document.set_values("dense/kernel", None, value)
    (recovery,) = left_behind(journal, tmp_path / "state")
    assert recovery.edits == 5
    again, _ = recovered(tmp_path / "m.raw", recovery)
    assert numbers(again) == numbers(document)


def test_large_edits_come_back_bit_for_bit(tmp_path):
    shapes = {"large": (1500, 1000)}
    document = opened(tmp_path / "m.raw", shapes)
    journal = Journal.begin(document, tmp_path / "state")
    new = np.random.default_rng(7).integers(0, 1 << 32, (1500, 1000), dtype=np.uint32)
    document.set_values("large", None, new.view(np.float32))
    document.set_values("large", (slice(3, 1400, 7), slice(None)), 0.25)
    (recovery,) = left_behind(journal, tmp_path / "state")
    again, _ = recovered(tmp_path / "m.raw", recovery, shapes)
    assert numbers(again) == numbers(document)


def test_a_model_folder_is_told_by_its_files(tmp_path):
    folder = tmp_path / "model"
    (folder / "inner").mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    (folder / "inner" / "weights").write_bytes(bytes(100_000))
    (folder / "link").symlink_to("/etc/hostname")
    state, content = look_at(folder), content_hash(folder)
    copy = shutil.copytree(folder, tmp_path / "copy", symlinks=True)
    assert look_at(copy).may_be_same_content(state)
    assert content_hash(copy) == content
    (copy / "inner" / "weights").write_bytes(bytes(99_999) + b"1")
    assert content_hash(copy) != content
    assert look_at(tmp_path / "absent") is None
    assert content_hash(tmp_path / "absent") is None


# What a person may do, as hypothesis draws it.
_PLACES = st.sampled_from(
    [("dense/kernel", (i, j)) for i in range(2) for j in range(2)]
    + [("dense/kernel", (slice(1, 4, 2),)), ("dense/bias", (slice(0, 2),)), ("scale", ())]
)
_EDITS = st.tuples(st.just("edit"), _PLACES, st.integers(-9, 9), st.booleans())
_MOVES = st.sampled_from([("undo",), ("undo",), ("redo",), ("snapshot",), ("saved",), ("revert",)])
_STORIES = st.lists(st.one_of(_EDITS, _EDITS, _MOVES), max_size=25)


class Story:
    """Does what was drawn, and knows the document's numbers after each step."""

    def __init__(self, document):
        self.document = document
        self.states = [numbers(document)]
        self._snapshot = None

    def act(self, step):
        document = self.document
        match step:
            case ("edit", (path, region), value, merges):
                key = "drag" if merges else None
                document.set_values(path, region, value, merge_key=key)
            case ("undo",):
                document.undo()
            case ("redo",):
                document.redo()
            case ("revert",):
                document.revert()
                self._snapshot = None
            case ("snapshot",):
                self._snapshot = document.snapshot()
            case ("saved",):
                self._save(self._snapshot or document.snapshot())
                self._snapshot = None
        self.states.append(numbers(document))

    def _save(self, snapshot):
        self.document.saved_to(write(snapshot, self.document.path), snapshot)


@settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(story=_STORIES, renewal=st.sampled_from([0, 1 << 24]))
def test_replay_equals_the_document(tmp_path_factory, story, renewal):
    from weightview.formats.journal import recording

    folder = tmp_path_factory.mktemp("story")
    document = opened(folder / "m.raw")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recording, "_RENEWAL_BYTES", renewal)
        journal = Journal.begin(document, folder / "state")
        told = Story(document)
        for step in story:
            told.act(step)
        offered = left_behind(journal, folder / "state")
    if numbers(opened(folder / "m.raw")) != numbers(document):
        assert offered
    for recovery in offered:
        again, applied = recovered(folder / "m.raw", recovery)
        assert applied.is_complete
        assert applied.refused == ()
        assert numbers(again) == numbers(document)
        assert applied.edits == recovery.edits
        while again.history.can_undo:
            again.undo()
        assert numbers(again) == numbers(opened(folder / "m.raw"))
        recovery.discard()


def test_a_journal_cut_at_any_byte_gives_a_prefix_of_the_edits(tmp_path):
    document = opened(tmp_path / "m.raw")
    journal = Journal.begin(document, tmp_path / "state")
    story = Story(document)
    place = ("dense/kernel", (0, 1))
    for step in [
        ("edit", place, 5, False),
        ("edit", ("dense/bias", (slice(0, 2),)), 3, False),
        ("undo",),
        ("edit", place, 7, True),
        ("edit", place, 8, True),
        ("undo",),
        ("redo",),
    ]:
        story.act(step)
    assert journal.flush()
    journal.close(keep=True)
    (file,) = (tmp_path / "state").iterdir()
    whole, reached = file.read_bytes(), 0
    cut = tmp_path / "cut"
    cut.mkdir()
    for length in range(len(whole) + 1):
        (cut / "x.journal").write_bytes(whole[:length])
        offered = pending(cut)
        seen = story.states[0]
        for recovery in offered:
            again, applied = recovered(tmp_path / "m.raw", recovery)
            assert applied.is_complete
            seen = numbers(again)
            recovery.discard()
        place = next(i for i in range(reached, len(story.states)) if story.states[i] == seen)
        assert place - reached <= 1
        reached = place
        assert not any(cut.iterdir())
    assert reached == len(story.states) - 1


@settings(
    deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_damaged_journal_gives_a_prefix_of_the_edits_and_never_fails(
    tmp_path_factory, data, damaged_journal
):
    path, whole, states = damaged_journal
    folder = tmp_path_factory.mktemp("damaged")
    mutant = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(mutant) - 1))
        mutant[place] ^= data.draw(st.integers(1, 255))
    (folder / "x.journal").write_bytes(mutant)
    for recovery in pending(folder):
        assert isinstance(recovery, Recovery)
        again, _ = recovered(path, recovery)
        assert numbers(again) in states
        recovery.discard()


@pytest.fixture(scope="module")
def damaged_journal(tmp_path_factory):
    folder = tmp_path_factory.mktemp("journal")
    document = opened(folder / "m.raw")
    journal = Journal.begin(document, folder / "state")
    story = Story(document)
    for value in range(6):
        story.act(("edit", ("dense/kernel", (value % 4, value % 3)), value + 1, False))
    story.act(("undo",))
    assert journal.flush()
    path = journal.path
    journal.close(keep=True)
    return folder / "m.raw", path.read_bytes(), story.states
