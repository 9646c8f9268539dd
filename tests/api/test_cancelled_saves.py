"""A save that is cancelled leaves what was there; one that is past its first file goes on."""

import shutil
from pathlib import Path

import numpy as np
import pytest

import weightview
from weightview.api.documents import convert, save
from weightview.core.errors import CancelledError


class Stop:
    """Hears how much is written, and cancels at a given call."""

    def __init__(self, at: int) -> None:
        self.at, self.shares = at, []

    def __call__(self, share: float) -> None:
        self.shares.append(share)
        if len(self.shares) == self.at:
            raise CancelledError("It was cancelled; nothing was changed.")


@pytest.fixture
def edited(examples, tmp_path):
    path = tmp_path / "line.keras"
    shutil.copy(examples / "line.keras", path)
    document = weightview.open_document(path)
    document.set_values("dense/kernel", (0, 3), 0.5)
    return document, path


def everything(folder: Path) -> dict[str, bytes]:
    return {item.name: item.read_bytes() for item in folder.iterdir()}


@pytest.mark.parametrize("at", [1, 2])
def test_a_cancelled_save_leaves_the_file_and_nothing_beside_it(edited, tmp_path, at) -> None:
    document, path = edited
    before = everything(tmp_path)
    with pytest.raises(CancelledError):
        save(document.snapshot(), path, progress=Stop(at))
    assert everything(tmp_path) == before
    assert document.is_modified
    document.save()
    assert weightview.open_document(path).read("dense/kernel", (0, 3)) == np.float32(0.5)


@pytest.mark.parametrize("name", ["other.keras", "line.npz", "line.safetensors"])
def test_what_was_to_be_written_over_is_still_there(edited, tmp_path, name) -> None:
    document, _ = edited
    target = tmp_path / "there" / name
    target.parent.mkdir()
    target.write_bytes(b"what was there")
    with pytest.raises(CancelledError):
        if name.endswith(".keras"):
            save(document.snapshot(), target, progress=Stop(1))
        else:
            convert(document, target, progress=Stop(1))
    assert everything(target.parent) == {name: b"what was there"}


def test_the_share_grows_to_the_whole(edited) -> None:
    document, path = edited
    hears = Stop(0)
    save(document.snapshot(), path, progress=hears)
    assert hears.shares
    assert 0 < hears.shares[0] <= 1
    assert max(hears.shares) == 1


def test_a_save_of_several_files_is_not_cancelled_between_two_of_them(tmp_path) -> None:
    data = Path(__file__).parents[1] / "data" / "generated" / "extras_k3.15.1_A"
    for item in data.glob("sharded*.weights.*"):
        shutil.copy(item, tmp_path)
    document = weightview.open_document(tmp_path / "sharded.weights.json")
    first, *_, last = document.model.weights
    calls: list[float] = []
    for weight in document.model.weights:
        document.set_values(weight, None, 1)
    written = save(document.snapshot(), document.path, progress=calls.append)
    assert written.path == document.path
    # Only the first file's writing is told: after it there is no way back.
    again = weightview.open_document(document.path)
    assert np.all(again.read(first.path) == 1)
    assert np.all(again.read(last.path) == 1)
    assert calls.count(1.0) <= 3
