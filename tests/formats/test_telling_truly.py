"""What goes wrong around a save is told as it is: saved or not."""

import pytest

from weightview.core.errors import FileChangedError, OpenError, SaveError
from weightview.formats.atomic import replacing, telling_truly


def test_what_fails_before_the_rename_is_told_as_not_saved(tmp_path):
    with pytest.raises(SaveError) as raised, telling_truly(tmp_path / "m"):
        raise OSError(5, "Input/output error")
    assert "was saved" not in str(raised.value)
    assert "m: the system refuses: Input/output error." in str(raised.value)


@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), OpenError("m", "torn.")])
def test_what_fails_after_the_rename_is_told_as_saved(error, tmp_path):
    target = tmp_path / "m"
    told = pytest.raises(SaveError, match="it was saved, but cannot be opened again")
    with told, telling_truly(target):
        with replacing(target) as file:
            file.write(b"new")
        raise error
    assert target.read_bytes() == b"new"


@pytest.mark.parametrize("error", [FileChangedError("m", "changed."), SaveError("m", "no.")])
def test_errors_of_a_save_stay_what_they_are(error, tmp_path):
    with pytest.raises(type(error)) as raised, telling_truly(tmp_path / "m"):
        raise error
    assert raised.value is error
