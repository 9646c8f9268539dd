"""What every test may use: the sets of model files, an offscreen Qt where there is no screen."""

import os
from pathlib import Path

import pytest

if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

PROJECT = Path(__file__).resolve().parent.parent


def models_folder() -> Path:
    """Return where the large set of model files is, whether or not it is there."""
    return Path(os.environ.get("WEIGHTVIEW_MODELS", PROJECT.parent / "shared" / "models"))


@pytest.fixture(scope="session")
def shared_models() -> Path:
    folder = models_folder()
    if not (folder / "INDEX.json").is_file():
        pytest.skip(f"the set of model files is not at {folder} (set WEIGHTVIEW_MODELS)")
    return folder


@pytest.fixture(scope="session")
def examples() -> Path:
    """Return the folder of the example models that ship with the program."""
    return PROJECT / "weightview" / "resources" / "examples"
