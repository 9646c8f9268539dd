"""TensorFlow's process cannot reach the network, start programs, or grow without bound."""

import subprocess
import sys
import textwrap
import zipfile

import pytest

import weightview
from weightview.core.errors import WorkerError

FORBIDDEN = {
    "connect": "socket.create_connection(('127.0.0.1', 9))",
    "resolve": "socket.getaddrinfo('localhost', 80)",
    "listen": "socket.socket().bind(('127.0.0.1', 0))",
    "download": "urllib.request.urlopen('http://127.0.0.1:9/x')",
    "run": "subprocess.run(['true'])",
    "shell": "os.system('true')",
    "exec": "os.execv('/bin/true', ['true'])",
    "spawn": "os.posix_spawn('/bin/true', ['true'], {})",
}


def run(code):
    script = "import os, socket, subprocess, urllib.request\n" + textwrap.dedent(code)
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.skipif(sys.platform == "win32", reason="names programs of Unix")
@pytest.mark.parametrize("attempt", FORBIDDEN)
def test_the_network_and_programs_are_out_of_reach(attempt):
    told = run(
        f"""
        from weightview.worker.process.confinement import forbid_network_and_programs
        forbid_network_and_programs()
        try:
            {FORBIDDEN[attempt]}
        except PermissionError as error:
            print("refused:", error)
        """
    )
    assert told.stdout.startswith("refused: TensorFlow's process may not do this"), told.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="namespaces are Linux' own")
def test_the_process_still_reads_and_writes_files_of_its_own(tmp_path):
    (tmp_path / "a").write_text("content")
    (tmp_path / "a").chmod(0o600)
    told = run(
        f"""
        from pathlib import Path
        from weightview.worker.process.confinement import confine
        confine(0)
        folder = Path({str(tmp_path)!r})
        (folder / "b").write_text((folder / "a").read_text())
        """
    )
    assert told.returncode == 0, told.stderr
    assert (tmp_path / "b").read_text() == "content"
    assert (tmp_path / "b").stat().st_uid == (tmp_path / "a").stat().st_uid


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is bounded on Linux alone")
def test_memory_is_bounded_for_a_while_and_then_free_again():
    told = run(
        """
        import numpy as np
        from weightview.worker.process.confinement import at_most
        with at_most(64 << 20):
            try:
                np.ones(1 << 30, np.uint8)
            except MemoryError:
                print("refused")
            np.ones(16 << 20, np.uint8)
        print(np.ones(256 << 20, np.uint8).size)
        """
    )
    assert told.stdout.split() == ["refused", str(256 << 20)], told.stderr


def changed_config(source, target, old, new):
    """Write a copy of a ``.keras`` file with ``old`` replaced in its config."""
    with zipfile.ZipFile(source) as given, zipfile.ZipFile(target, "w") as made:
        for name in given.namelist():
            data = given.read(name)
            if name == "config.json":
                assert old in data
                data = data.replace(old, new)
            made.writestr(name, data)


@pytest.mark.referee
@pytest.mark.parametrize("units", [17, 30_000_000, 3_000_000_000, -1, 10**30])
def test_a_config_that_is_not_the_files_is_refused_and_the_process_lives(
    referee, examples, tmp_path, units
):
    path = tmp_path / "odd.keras"
    changed_config(examples / "line.keras", path, b'"units": 16', b'"units": %d' % units)
    document = weightview.open_document(path)
    with pytest.raises(WorkerError):
        referee.prepare(document.model, document.values)
    assert referee.state == "ready"
    good = weightview.open_document(examples / "line.keras")
    referee.prepare(good.model, good.values)
    assert referee._deaths == 0
