"""What a killed save leaves behind is removed; what a living one writes is not."""

import os
import subprocess
import sys

import pytest

from weightview.formats import locks
from weightview.formats.atomic import TEMPORARY_SUFFIX, replacing
from weightview.formats.leftovers import remove_leftovers

LEFT = f".model.keras.0123abcd{TEMPORARY_SUFFIX}"

KILLED_SAVE = """
import os, sys
from pathlib import Path
from weightview.formats.atomic import replacing
with replacing(Path(sys.argv[1])) as file:
    file.write(b"half")
    file.flush()
    os._exit(9)
"""


def names(folder):
    return sorted(entry.name for entry in folder.iterdir())


def test_the_file_of_a_killed_save_is_removed(tmp_path):
    target = tmp_path / "model.keras"
    target.write_bytes(b"whole")
    command = [sys.executable, "-c", KILLED_SAVE, str(target)]
    assert subprocess.run(command, check=False).returncode == 9
    assert len(names(tmp_path)) == 2
    assert remove_leftovers(tmp_path) == 1
    assert names(tmp_path) == ["model.keras"]
    assert target.read_bytes() == b"whole"


def test_the_file_of_a_living_save_is_left_alone(tmp_path):
    target = tmp_path / "model.keras"
    with replacing(target) as file:
        file.write(b"new")
        assert remove_leftovers(tmp_path) == 0
    assert names(tmp_path) == ["model.keras"]
    assert target.read_bytes() == b"new"


def test_a_save_removes_what_an_earlier_one_left(tmp_path):
    (tmp_path / LEFT).write_bytes(b"half")
    with replacing(tmp_path / "model.keras") as file:
        file.write(b"new")
    assert names(tmp_path) == ["model.keras"]


def test_nothing_else_is_removed(tmp_path):
    kept = ["model.keras", f"mine{TEMPORARY_SUFFIX}", ".hidden", f".folder{TEMPORARY_SUFFIX}"]
    for name in kept[:3]:
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / kept[3]).mkdir()
    link = tmp_path / f".link{TEMPORARY_SUFFIX}"
    if os.name != "nt":
        link.symlink_to(tmp_path / "model.keras")
        kept.append(link.name)
    assert remove_leftovers(tmp_path) == 0
    assert names(tmp_path) == sorted(kept)


def test_nothing_is_removed_where_there_are_no_locks(tmp_path, monkeypatch):
    (tmp_path / LEFT).write_bytes(b"half")
    monkeypatch.setattr(locks, "lock", lambda file: None)
    assert remove_leftovers(tmp_path) == 0
    assert names(tmp_path) == [LEFT]


@pytest.mark.parametrize("folder", ["absent", "file"])
def test_a_folder_that_cannot_be_read_is_no_error(folder, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    assert remove_leftovers(tmp_path / folder) == 0
