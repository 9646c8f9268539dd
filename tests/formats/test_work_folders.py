"""The folders in which saves are made ready: gone after a save, and after one that was killed."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from weightview.formats.work_folders import remove_abandoned, work_folder

HOLDING = """
import sys
from weightview.formats.work_folders import work_folder
with work_folder() as folder:
    (folder / "written.h5").write_bytes(b"half")
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def held() -> tuple[subprocess.Popen[str], Path]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_a_folder_is_gone_when_its_block_ends(temporary) -> None:
    with work_folder() as folder:
        (folder / "written.h5").write_bytes(b"whole")
    assert not list(temporary.iterdir())


def test_a_folder_in_use_by_another_process_stays() -> None:
    process, folder = held()
    assert remove_abandoned() == 0
    assert (folder / "written.h5").is_file()
    process.communicate("")
    assert not folder.exists()


def test_what_a_killed_process_left_is_removed_by_the_next(temporary) -> None:
    process, folder = held()
    process.kill()
    process.communicate()
    assert folder.is_dir()
    with work_folder() as other:
        assert not folder.exists()
        assert other.is_dir()
    assert not list(temporary.iterdir())


def test_what_is_not_certainly_ours_is_left_alone(temporary) -> None:
    other = temporary / "elsewhere"
    other.mkdir()
    (other / ".in-use").write_bytes(b"held")
    (temporary / "weightview-work-link").symlink_to(other)
    (temporary / "weightview-work-bare").mkdir()
    fresh = temporary / "weightview-work-fresh"
    fresh.mkdir()
    (fresh / ".in-use").touch()
    assert remove_abandoned() == 0
    assert len(list(temporary.iterdir())) == 4
