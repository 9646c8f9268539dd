"""Models of Keras 3 and of the legacy Keras 2, saved, opened again and asked for names."""

import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from weightview import open_document
from weightview.core.document import Document


def _imported(name: str) -> Any:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip(name)


@pytest.fixture(scope="session")
def keras() -> Any:
    """Return Keras 3, whose lookups and layers are the measure."""
    return _imported("keras")


@pytest.fixture(scope="session", params=["keras", "tf_keras"])
def any_keras(request: pytest.FixtureRequest) -> Any:
    """Return Keras 3 and the legacy Keras 2 in turn."""
    return _imported(request.param)


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Document]:
    """Return what saves a Keras model and opens the file."""

    def save_and_open(model: Any, suffix: str = ".keras") -> Document:
        path: Path = tmp_path_factory.mktemp("saved") / f"model{suffix}"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.save(path)
        return open_document(path)

    return save_and_open
