"""Without a screen the program says so in a sentence, where Qt would abort."""

import os
import socket
import subprocess
import sys

import pytest

from weightview.gui import display
from weightview.gui.display import obstacle

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="about Linux")


def test_without_a_display_it_says_what_can_be_done():
    sentence = obstacle({})
    assert "DISPLAY and WAYLAND_DISPLAY are not set" in sentence
    assert "ssh -X" in sentence


@pytest.mark.parametrize(
    "environment",
    [
        {"WAYLAND_DISPLAY": "wayland-0"},
        {"QT_QPA_PLATFORM": "offscreen"},
        {"QT_QPA_PLATFORM": "vnc:size=800x600"},
        {"DISPLAY": "localhost:10.0"},
    ],
)
def test_nothing_is_said_where_a_window_may_be_shown(environment):
    assert obstacle(environment) == ""


def test_a_display_that_listens_is_one_and_another_is_none(tmp_path, monkeypatch):
    monkeypatch.setattr(display, "_SOCKETS", str(tmp_path / "X"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(tmp_path / "X7"))
        server.listen()
        assert obstacle({"DISPLAY": ":7"}) == ""
        assert obstacle({"DISPLAY": ":7.0"}) == ""
    assert "display :7 does not answer" in obstacle({"DISPLAY": ":7"})
    assert "display :8 does not answer" in obstacle({"DISPLAY": ":8"})


def without_display(command):
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    return subprocess.run(
        [sys.executable, *command],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_command_ends_with_one_sentence_and_status_1():
    done = without_display(["-m", "weightview"])
    assert done.returncode == 1
    assert done.stderr.startswith("weightview: no display was found")
    assert done.stderr.count("\n") == 1


def test_a_window_from_python_is_an_error_not_the_end_of_the_process(examples):
    code = (
        "import sys, weightview\n"
        "try:\n"
        "    weightview.show(sys.argv[1])\n"
        "except weightview.WeightviewError as error:\n"
        "    print(error)\n"
    )
    done = without_display(["-c", code, str(examples / "line.keras")])
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("No window can be shown: no display was found")
