"""Saving where it is not easy: links, permissions, full disks, long names, folders that vanish."""

import contextlib
import errno
import os
import resource
import shutil
import stat
import subprocess
import sys

import pytest

from weightview.core.errors import SaveError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX file systems")

NAME = "four_layers.keras"


@pytest.fixture
def edited(examples, tmp_path):
    """Return a function from a path to an edited document of the example copied there."""
    import weightview

    def make(path=tmp_path / NAME):
        if not path.exists():
            shutil.copy(examples / NAME, path)
        document = weightview.open_document(path)
        document.set_values(document.model.weights[0], None, 0.5)
        return document

    return make


def is_saved(path):
    import weightview

    document = weightview.open_document(path)
    return bool((document.read(document.model.weights[0]) == 0.5).all())


def names(folder):
    return sorted(entry.name for entry in folder.iterdir())


def test_a_symbolic_link_stays_one_and_its_file_is_saved(edited, examples, tmp_path):
    (tmp_path / "real").mkdir()
    shutil.copy(examples / NAME, tmp_path / "real" / "model.keras")
    link = tmp_path / "link.keras"
    link.symlink_to(tmp_path / "real" / "model.keras")
    edited(link).save()
    assert link.is_symlink()
    assert is_saved(tmp_path / "real" / "model.keras")
    assert names(tmp_path / "real") == ["model.keras"]


def test_the_other_name_of_a_hard_link_keeps_a_whole_file(edited, tmp_path):
    document = edited()
    other = tmp_path / "other.keras"
    other.hardlink_to(tmp_path / NAME)
    before = other.read_bytes()
    document = edited()
    document.save()
    assert is_saved(tmp_path / NAME)
    assert other.read_bytes() == before


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o755])
def test_permissions_are_kept(mode, edited, tmp_path):
    document = edited()
    (tmp_path / NAME).chmod(mode)
    document = edited()
    document.save()
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == mode


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="needs extended attributes")
def test_extended_attributes_are_kept(edited, tmp_path):
    edited()
    try:
        os.setxattr(tmp_path / NAME, "user.comment", b"mine")
    except OSError as error:
        pytest.skip(f"this file system has no extended attributes: {error}")
    edited().save()
    assert os.getxattr(tmp_path / NAME, "user.comment") == b"mine"


@pytest.mark.skipif(shutil.which("setfacl") is None, reason="needs setfacl")
def test_access_lists_are_kept(edited, tmp_path):
    edited()
    subprocess.run(["setfacl", "-m", "u:12345:r", str(tmp_path / NAME)], check=True)
    edited().save()
    listed = subprocess.run(["getfacl", "-n", tmp_path / NAME], capture_output=True, check=True)
    assert b"user:12345:r" in listed.stdout


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root gives files away")
def test_the_owner_is_kept(edited, tmp_path):
    edited()
    os.chown(tmp_path / NAME, 12345, 23456)
    edited().save()
    status = (tmp_path / NAME).stat()
    assert (status.st_uid, status.st_gid) == (12345, 23456)


@pytest.mark.parametrize("length", [200, 255])
def test_the_longest_names_are_saved(length, edited, tmp_path):
    path = tmp_path / f"{'n' * (length - 6)}.keras"
    edited(path).save()
    assert is_saved(path)
    assert names(tmp_path) == [path.name]


@pytest.mark.parametrize("length", [100, 127])
def test_long_names_of_several_bytes_a_letter_are_saved(length, edited, tmp_path):
    path = tmp_path / f"{'ü' * (length - 6)}.keras"
    edited(path).save()
    assert is_saved(path)
    assert names(tmp_path) == [path.name]


def test_a_name_that_is_too_long_is_refused(edited, tmp_path):
    document = edited()
    with pytest.raises(SaveError, match="too long"):
        document.save_as(tmp_path / f"{'n' * 300}.keras")
    assert names(tmp_path) == [NAME]


def test_a_vanished_folder_is_told(edited, tmp_path):
    document = edited()
    with pytest.raises(SaveError, match="is not there"):
        document.save_as(tmp_path / "gone" / "model.keras")


@pytest.mark.parametrize("kind", ["folder", "pipe", "device"])
def test_what_is_no_file_is_not_replaced(kind, edited, tmp_path):
    document = edited()
    target = tmp_path / "target.keras"
    if kind == "folder":
        target.mkdir()
    elif kind == "pipe":
        os.mkfifo(target)
    else:
        target.symlink_to("/dev/null")
    with pytest.raises(SaveError, match=r"target\.keras"):
        document.save_as(target)
    assert not target.is_file()


def test_a_link_that_leads_in_a_circle_is_refused(edited, tmp_path):
    document = edited()
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(SaveError):
        document.save_as(tmp_path / "a")
    assert names(tmp_path) == ["a", "b", NAME]


@contextlib.contextmanager
def as_nobody():
    """Give up root's privileges, which no permission stops."""
    if os.geteuid() == 0:
        os.setresgid(65534, 65534, 0)
        os.setresuid(65534, 65534, 0)
        try:
            yield
        finally:
            os.setresuid(0, 0, 0)
            os.setresgid(0, 0, 0)
    else:
        yield


@pytest.fixture
def place_of_nobody(tmp_path):
    folder = tmp_path / "place"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    for outer in (tmp_path, *tmp_path.parents):
        if not outer.stat().st_mode & stat.S_IXOTH:
            if os.geteuid() != 0:
                break
            if outer in tmp_path.parents and "pytest" not in str(outer):
                pytest.skip(f"{outer} may not be entered by others")
            outer.chmod(outer.stat().st_mode | stat.S_IXOTH)
    return folder


@pytest.mark.parametrize("readonly", ["file", "folder"])
def test_read_only_places_are_told_and_left_alone(readonly, edited, examples, place_of_nobody):
    path = place_of_nobody / NAME
    shutil.copy(examples / NAME, path)
    if os.geteuid() == 0:
        os.chown(path, 65534, 65534)
    before = path.read_bytes()
    if readonly == "file":
        path.chmod(0o444)
    else:
        path.chmod(0o666)
        place_of_nobody.chmod(0o555)
    with as_nobody():
        document = edited(path)
        with pytest.raises(SaveError, match=r"read-only|may not be written"):
            document.save()
        assert document.is_modified
    assert path.read_bytes() == before
    assert names(place_of_nobody) == [NAME]


def test_a_file_size_limit_is_told_and_loses_nothing(edited, tmp_path):
    document = edited()
    before = (tmp_path / NAME).read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(SaveError) as raised:
            document.save()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert isinstance(raised.value.__cause__, OSError)
    assert raised.value.__cause__.errno == errno.EFBIG
    assert (tmp_path / NAME).read_bytes() == before
    assert names(tmp_path) == [NAME]


@pytest.fixture
def small_disk(tmp_path):
    """Return a folder on a disk of its own, with hardly more room than one example needs."""
    folder = tmp_path / "disk"
    folder.mkdir()
    size = "size=40k"
    command = ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)]
    if shutil.which("mount") is None:
        pytest.skip("there is no mount here")
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no disk of its own can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_told_before_and_loses_nothing(edited, small_disk):
    document = edited(small_disk / NAME)
    before = (small_disk / NAME).read_bytes()
    with pytest.raises(SaveError, match=r"the disk has .* free and the file needs"):
        document.save()
    assert (small_disk / NAME).read_bytes() == before
    assert names(small_disk) == [NAME]
    assert document.is_modified


def test_a_disk_that_fills_while_saving_is_told_and_loses_nothing(edited, small_disk, monkeypatch):
    document = edited(small_disk / NAME)
    before = (small_disk / NAME).read_bytes()
    monkeypatch.setattr(shutil, "disk_usage", refuse)
    with pytest.raises(SaveError, match="the disk is full"):
        document.save()
    assert (small_disk / NAME).read_bytes() == before
    assert names(small_disk) == [NAME]


def refuse(path):
    raise OSError(errno.ENOSYS, "this file system does not tell")
