"""The command line, read before anything heavy is loaded."""

import subprocess
import sys
from pathlib import Path

import pytest

from weightview import __version__
from weightview.cli.arguments import parse


def test_without_arguments_the_welcome_page_is_meant():
    assert parse([]).files == ()


def test_files_become_absolute_paths(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert parse(["a.keras", "/b/c.h5"]).files == (tmp_path / "a.keras", Path("/b/c.h5"))


def test_a_url_of_a_file_manager_is_a_path():
    assert parse(["file:///tmp/my%20model.keras"]).files == (Path("/tmp/my model.keras"),)


def test_the_architecture_is_a_path_too(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    options = parse(["w.weights.h5", "--architecture", "model.json"])
    assert options.architecture == tmp_path / "model.json"


def test_an_unknown_option_is_refused(capsys):
    with pytest.raises(SystemExit) as stop:
        parse(["--colour"])
    assert stop.value.code == 2
    assert "--colour" in capsys.readouterr().err


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "weightview", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_version_is_told():
    done = run("--version")
    assert (done.returncode, done.stdout.strip()) == (0, f"weightview {__version__}")


def test_help_names_the_formats_and_hides_what_is_for_measuring():
    done = run("--help")
    assert done.returncode == 0
    assert ".weights.h5" in done.stdout
    assert "--quit-after-paint" not in done.stdout
    assert "--worker" not in done.stdout


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_load_neither_qt_nor_numpy(option):
    script = (
        "import sys\nfrom weightview.__main__ import main\n"
        "try:\n    main([sys.argv[1]])\nexcept SystemExit:\n    pass\n"
        "loaded = {'numpy', 'PySide6', 'weightview.gui'} & set(sys.modules)\n"
        "sys.exit(f'loaded: {loaded}' if loaded else 0)"
    )
    command = [sys.executable, "-c", script, option]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_worker_hands_over_to_tensorflows_process(monkeypatch):
    from types import SimpleNamespace

    from weightview.__main__ import main

    called = []
    worker = SimpleNamespace(main=lambda: called.append("worker"))
    monkeypatch.setitem(sys.modules, "weightview.worker.process", worker)
    assert main(["--worker"]) == 0
    assert called == ["worker"]
