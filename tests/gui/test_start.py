"""Starting: what the first paint imports, in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import json, sys
from pathlib import Path
from weightview.gui.application import run
paths = [Path(name) for name in sys.argv[1:]]
status = run(paths, quit_after_paint=True)
print(json.dumps({"status": status, "modules": sorted(sys.modules)}))
"""

HEAVY = {"tensorflow", "keras", "tf_keras", "h5py"}


def start(*paths: Path) -> dict:
    command = [sys.executable, "-c", SCRIPT, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    *said, told = done.stdout.splitlines()
    return {"said": said, **json.loads(told)}


def test_the_welcome_page_needs_nothing_but_qt():
    modules = set(start()["modules"])
    assert not modules & {*HEAVY, "numpy", "pyqtgraph", "pyfive", "scipy", "ml_dtypes"}
    assert "PySide6.QtWidgets" in modules


def test_a_file_is_shown_without_tensorflow_keras_or_libhdf5(examples):
    result = start(examples / "four_layers.keras")
    assert result["status"] == 0
    assert result["said"] == ["painted"]
    assert "weightview.gui.workspace" in result["modules"]
    assert not set(result["modules"]) & HEAVY


@pytest.mark.parametrize("name", ["missing.keras", "text.keras"])
def test_a_file_that_cannot_be_opened_ends_the_measurement_with_an_error(tmp_path, name):
    (tmp_path / "text.keras").write_text("no model")
    assert start(tmp_path / name)["status"] == 1
