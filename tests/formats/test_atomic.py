"""Writing atomically: the name holds the old file or the new one, and nothing is left behind."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from weightview.core.errors import SaveError
from weightview.formats.atomic import replacing


def write(target: Path, data: bytes = b"new") -> None:
    with replacing(target, len(data)) as file:
        file.write(data)


def test_a_new_file_is_written_with_the_usual_mode(tmp_path: Path) -> None:
    mask = os.umask(0o027)
    try:
        write(tmp_path / "a")
    finally:
        os.umask(mask)
    assert (tmp_path / "a").read_bytes() == b"new"
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("call", ["fsync", "fchown", "listxattr"])
def test_what_only_some_systems_permit_or_the_disk_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    target = tmp_path / "a"
    target.write_bytes(b"old")

    def refuse(*arguments: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, call, refuse)
    if call == "fsync":
        with pytest.raises(SaveError, match="Input/output"):
            write(target)
        assert target.read_bytes() == b"old"
    else:
        write(target)
        assert target.read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_an_exception_inside_the_block_leaves_everything_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "a"
    target.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt), replacing(target) as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize(
    ("prepare", "why"),
    [
        (lambda folder: folder / "absent" / "a", "is not there"),
        (lambda folder: (folder / "a").mkdir() or folder / "a", "not a regular file"),
        (lambda folder: folder / ("n" * 300), "too long"),
    ],
    ids=["no folder", "a folder", "a long name"],
)
def test_what_cannot_be_written_is_said(
    tmp_path: Path, prepare: Callable[[Path], Path], why: str
) -> None:
    target = prepare(tmp_path)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(SaveError, match=why):
        write(target)
    assert sorted(tmp_path.iterdir()) == before


def test_a_name_of_the_greatest_length_is_written(tmp_path: Path) -> None:
    target = tmp_path / ("ñ" * 127)
    write(target)
    write(target, b"again")
    assert target.read_bytes() == b"again"


def test_a_full_disk_is_told_before_anything_is_written(tmp_path: Path) -> None:
    target = tmp_path / "a"
    target.write_bytes(b"old")
    with pytest.raises(SaveError, match=r"MB free"), replacing(target, 1 << 60):
        raise AssertionError("the block must not be entered")
    assert target.read_bytes() == b"old"


def test_a_loop_of_links_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(SaveError):
        write(tmp_path / "a")
    assert (tmp_path / "a").is_symlink()
