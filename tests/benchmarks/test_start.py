"""From the start of the process to the painted window, and what of it is Python's and Qt's own.

The program says ``painted`` when the window shows the file, and ends. The time is taken at that
word, because a calculation that goes on in the background holds up the end; without the word, at
the end.
"""

import os
import subprocess
import sys

import pytest

ONLY_QT = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
application = QApplication(sys.argv)
widget = QWidget()
widget.show()
QTimer.singleShot(0, application.quit)
sys.exit(application.exec())
"""


@pytest.fixture
def started(tmp_path):
    """Run Python until it says ``painted`` or ends, with settings of its own."""
    environment = os.environ | {
        f"XDG_{name}_HOME": str(tmp_path / name) for name in ("CONFIG", "DATA", "STATE")
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program is compiled
    processes = []

    def start(*arguments):
        process = subprocess.Popen(
            [sys.executable, *arguments],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        processes.append(process)
        if "painted\n" not in iter(process.stdout.readline, ""):
            process.wait()

    def finish():
        while processes:
            process = processes.pop()
            with process.stdout:
                assert process.wait(timeout=120) == 0

    yield lambda benchmark, *arguments, rounds=5: benchmark.pedantic(
        start, arguments, rounds=rounds, warmup_rounds=1, teardown=lambda *_: finish()
    )
    finish()


def test_python_alone(benchmark, started):
    started(benchmark, "-c", "pass")


def test_an_empty_window_of_qt(benchmark, started):
    started(benchmark, "-c", ONLY_QT)


def test_the_command_line_help(benchmark, started):
    started(benchmark, "-m", "weightview", "--help")


@pytest.mark.parametrize("name", ["line.keras", "four_layers.h5", "two_thousand_inputs.keras"])
def test_process_start_to_painted_window_with_an_example(benchmark, started, examples, name):
    arguments = ("-m", "weightview", "--quit-after-paint", str(examples / name))
    started(benchmark, *arguments)


def test_process_start_to_painted_window_with_a_large_file(
    benchmark, started, large_model, container, megabytes
):
    path = large_model(container, megabytes)
    arguments = ("-m", "weightview", "--quit-after-paint", str(path))
    started(benchmark, *arguments, rounds=3)
