"""A backup is what the file was before it was saved over."""

import shutil
from pathlib import Path

import pytest

from weightview import api
from weightview.core.errors import SaveError
from weightview.formats.backup import keep_backup


@pytest.fixture
def copy(tmp_path: Path, examples: Path) -> Path:
    return Path(shutil.copy(examples / "line.keras", tmp_path / "line.keras"))


def test_a_save_with_backup_keeps_every_byte_of_the_original(copy: Path) -> None:
    before = copy.read_bytes()
    document = api.open_document(copy)
    document.set_values("dense/kernel", (0, 0), 0.5)
    api.save(document.snapshot(), copy, keep_backup=True)
    assert copy.with_name("line.keras.bak").read_bytes() == before
    assert copy.read_bytes() != before


def test_without_being_asked_no_backup_is_kept(copy: Path) -> None:
    document = api.open_document(copy)
    api.save(document.snapshot(), copy)
    assert [file.name for file in copy.parent.iterdir()] == ["line.keras"]


def test_a_new_file_has_nothing_to_be_kept(tmp_path: Path) -> None:
    assert keep_backup(tmp_path / "new.keras") is None


def test_where_no_backup_can_be_kept_nothing_is_saved(copy: Path) -> None:
    copy.with_name("line.keras.bak").mkdir()
    before = copy.read_bytes()
    document = api.open_document(copy)
    document.set_values("dense/kernel", (0, 0), 0.5)
    with pytest.raises(SaveError):
        api.save(document.snapshot(), copy, keep_backup=True)
    assert copy.read_bytes() == before
