"""A second start hands its files to the first, and waits for its word only so long."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from weightview.gui.single_instance import PATIENCE_MS, Listener, hand_over, server_name


@pytest.fixture
def name(tmp_path):
    return str(tmp_path / "s")


SECOND_START = """
import sys
from pathlib import Path
from weightview.gui.single_instance import hand_over
sys.exit(0 if hand_over([Path(name) for name in sys.argv[2:]], sys.argv[1]) else 3)
"""


@pytest.mark.parametrize("paths", [(), (Path("/a b/c.keras"), Path("/схема.h5"))])
def test_the_first_process_is_asked_for_the_files_and_acknowledges(qtbot, name, paths):
    listener = Listener(name=name)
    assert listener.is_listening
    command = [sys.executable, "-c", SECOND_START, name, *map(str, paths)]
    with qtbot.waitSignal(listener.asked) as asked:
        second = subprocess.Popen(command)
    qtbot.waitUntil(lambda: second.poll() is not None)
    assert asked.args == [paths]
    assert second.returncode == 0


def test_without_a_first_process_there_is_nobody_to_ask(name):
    assert not hand_over([Path("/a.keras")], name)


def test_what_a_crashed_process_left_behind_is_no_obstacle(qtbot, name):
    dead = socket.socket(socket.AF_UNIX)
    dead.bind(name)
    dead.close()
    assert not hand_over((), name)
    assert Listener(name=name).is_listening


def test_a_frozen_process_is_given_up(name):
    frozen = socket.socket(socket.AF_UNIX)
    frozen.bind(name)
    frozen.listen()
    assert not hand_over([Path("/a.keras")], name)
    frozen.close()
    assert PATIENCE_MS == 1500


@pytest.mark.parametrize(
    "request_line",
    [
        b"hello\n",
        b'{"paths": "/etc", "until": 1e12}\n',
        b'{"paths": [1], "until": 1e12}\n',
        b'{"paths": ["/late.keras"], "until": 1}\n',
        b'{"paths": ["/a.keras"]}\n',
        b"[]\n",
        b"\xff\n",
    ],
)
def test_what_is_no_request_is_not_obeyed(qtbot, name, request_line):
    listener = Listener(name=name)
    client = socket.socket(socket.AF_UNIX)
    client.connect(name)
    with qtbot.assertNotEmitted(listener.asked, wait=200):
        client.sendall(request_line)
    client.setblocking(False)
    assert client.recv(10) == b"", "the connection was closed without a word"
    client.close()


def test_the_place_is_in_the_persons_own_folder_for_such_things(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert Path(server_name()).parent == tmp_path


def test_two_desktop_sessions_do_not_hear_each_other(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":1")
    first = server_name()
    monkeypatch.setenv("DISPLAY", ":2")
    assert server_name() != first
