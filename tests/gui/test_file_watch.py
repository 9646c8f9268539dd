"""Noticing what other programs do to the open file."""

import pytest

from weightview.gui.file_watch import FileWatch, stamp_of


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "model.keras"
    path.write_bytes(b"first")
    return path


@pytest.fixture
def watch(qapp):
    return FileWatch()


def test_a_write_in_place_is_noticed(qtbot, watch, file):
    watch.follow(file)
    with qtbot.waitSignal(watch.changed):
        file.write_bytes(b"second")


def test_a_replaced_file_is_noticed_each_time(qtbot, watch, file, tmp_path):
    watch.follow(file)
    for content in (b"second", b"third!"):
        other = tmp_path / "other"
        other.write_bytes(content)
        with qtbot.waitSignal(watch.changed):
            other.replace(file)


def test_a_deleted_file_is_noticed(qtbot, watch, file):
    watch.follow(file)
    with qtbot.waitSignal(watch.vanished):
        file.unlink()


def test_what_happened_before_it_was_followed_is_noticed(qtbot, watch, file):
    stamp = stamp_of(file)
    file.write_bytes(b"meanwhile")
    watch.follow(file, stamp)
    with qtbot.waitSignal(watch.changed):
        (file.parent / "neighbour").touch()


def test_a_neighbour_is_no_change(qtbot, watch, file):
    watch.follow(file)
    with qtbot.assertNotEmitted(watch.changed, wait=500):
        (file.parent / "neighbour").touch()


def test_after_it_is_followed_anew_the_new_state_is_the_known_one(qtbot, watch, file):
    watch.follow(file)
    file.write_bytes(b"our own save")
    watch.follow(file)
    with qtbot.assertNotEmitted(watch.changed, wait=500):
        (file.parent / "neighbour").touch()


def test_nothing_is_watched_after_the_file_is_closed(qtbot, watch, file):
    watch.follow(file)
    watch.follow(None)
    with qtbot.assertNotEmitted(watch.changed, wait=500):
        file.write_bytes(b"second")


def test_a_missing_file_has_no_stamp(tmp_path):
    assert stamp_of(tmp_path / "nowhere") is None
