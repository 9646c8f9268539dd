"""What the safety tests share: the hostile files, child programs, and the figures at the end."""

import faulthandler
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(__file__).resolve().parent / "programs"
FIGURES: list[str] = []


def pytest_terminal_summary(terminalreporter):
    if FIGURES:
        terminalreporter.section("what weightview promises, measured")
        for figure in FIGURES:
            terminalreporter.line(figure)


@pytest.fixture(scope="session")
def figures():
    """Return the list of sentences that the summary shows at the end."""
    return FIGURES


@pytest.fixture(scope="session")
def is_full() -> bool:
    """Return whether the long form is wanted: more mutants, more faults, more kills."""
    return bool(os.environ.get("WEIGHTVIEW_FULL"))


@pytest.fixture(scope="session")
def full_run(is_full):
    """Skip what belongs to the long form alone."""
    if not is_full:
        pytest.skip("belongs to the long form (set WEIGHTVIEW_FULL=1)")


@pytest.fixture
def takes_minutes():
    """Keep pytest from printing every thread's stack, as it does when a test seems to hang."""
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture(scope="session")
def programs() -> Path:
    """Return the folder of the programs that tests start as processes of their own."""
    return PROGRAMS


@pytest.fixture(scope="session")
def hostile_files() -> Path:
    """Return the folder of hostile files, laid there by the script that ships with them."""
    shared = Path(os.environ.get("WEIGHTVIEW_HOSTILE", PROJECT.parent / "shared" / "hostile"))
    script = shared / "unpack"
    if sys.platform != "linux":
        pytest.skip("the hostile files need Linux: pipes, sockets and names that are not UTF-8")
    if not script.is_file():
        pytest.skip(f"the hostile files are not at {shared} (set WEIGHTVIEW_HOSTILE)")
    folder = Path("/srv/weightview-hostile")  # parts of the files point there
    if not _is_intact(folder):
        done = subprocess.run(["sh", str(script)], capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"the hostile files cannot be unpacked: {done.stderr.strip()[-200:]}")
    lay_socket(folder / "fs_socket.keras")
    return folder


def lay_socket(place: Path) -> None:
    """Make the one file of the set that an archive cannot hold."""
    if not place.exists():
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(str(place))


def _is_intact(folder: Path) -> bool:
    try:
        cases = json.loads((folder / "manifest.json").read_text())["cases"]
        return not list((folder / "canary").glob("*ed_*")) and all(
            case.get("size") in (None, (folder / case["file"]).stat().st_size)
            for case in cases
            if "size" in case and not (folder / case["file"]).is_dir()
        )
    except (OSError, ValueError):
        return False
