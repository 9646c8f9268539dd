"""What is imported when: asked of ``sys.modules`` in fresh processes."""

import os
import subprocess
import sys
import textwrap

import pytest

HEAVY = ("tensorflow", "keras", "tf_keras", "h5py")
QT = ("PySide6", "shiboken6", "pyqtgraph")


def modules_after(code, *arguments, home=None):
    """Return the top-level and dotted names of every module that ``code`` has imported."""
    script = f"{textwrap.dedent(code)}\nimport sys\nprint('\\n'.join(['', *sys.modules]))"
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, *map(str, arguments)],
        capture_output=True,
        check=True,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **_at_home(home)},
    )
    return set(told.stdout.split())


def _at_home(home):
    """Return what makes ``home`` the place of settings, state and sockets."""
    names = ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR")
    return {name: str(home) for name in (*names, "TMPDIR")} if home is not None else {}


def loaded(modules, *packages):
    return sorted(
        name
        for name in modules
        if name in packages or name.startswith(tuple(f"{p}." for p in packages))
    )


def test_importing_weightview_imports_nothing_else():
    modules = modules_after("import weightview")
    assert loaded(modules, *HEAVY, *QT, "numpy", "pyfive") == []
    assert loaded(modules, "weightview") == ["weightview"]


@pytest.mark.parametrize(
    "module", ["document", "model", "values", "history", "errors", "events", "numbers", "regions"]
)
def test_the_core_imports_neither_qt_nor_a_file_format(module):
    modules = modules_after(f"import weightview.core.{module}")
    assert loaded(modules, *HEAVY, *QT, "pyfive", "zipfile", "scipy", "openpyxl") == []
    ours = loaded(modules, "weightview")
    assert [name for name in ours if not name.startswith("weightview.core")] == ["weightview"]


def test_the_core_leaves_the_low_precision_types_for_when_they_are_met():
    modules = modules_after("import weightview.core.document")
    assert loaded(modules, "ml_dtypes") == []


@pytest.mark.parametrize("name", ["line.keras", "line.h5", "line.weights.h5"])
def test_opening_and_calculating_import_no_tensorflow_and_no_qt(examples, name):
    code = """
        import sys, weightview
        document = weightview.open_document(sys.argv[1])
        document.read(document.model.weights[0])
        if document.model.graph is not None:
            trace = weightview.propagate(document, [10.0])
            weightview.derive(trace, "dense_1", 0)
    """
    modules = modules_after(code, examples / name)
    assert loaded(modules, *HEAVY, *QT, "scipy", "openpyxl") == []


def test_asking_for_the_worker_imports_no_tensorflow():
    code = """
        from weightview.worker.client import shared_worker
        from weightview.worker.launching import is_installed
        is_installed()
        shared_worker()
    """
    assert loaded(modules_after(code), *HEAVY, *QT) == []


@pytest.mark.slow
def test_the_window_with_a_file_imports_no_tensorflow(examples, tmp_path):
    code = """
        import sys
        from pathlib import Path
        from PySide6.QtCore import QCoreApplication, QTimer
        from weightview.gui import application
        # Long enough for the file, the table, the image, and TensorFlow's process to be started.
        application.make_application()
        QTimer.singleShot(3000, QCoreApplication.exit)
        application.run([Path(sys.argv[1])])
        from weightview.worker import client
        assert client._shared is None or client._shared.state != "dead", client._shared.sentence
    """
    tmp_path.chmod(0o700)
    modules = modules_after(code, examples / "line.keras", home=tmp_path)
    assert loaded(modules, *HEAVY) == []
    assert "weightview.formats.keras_archive" in modules
