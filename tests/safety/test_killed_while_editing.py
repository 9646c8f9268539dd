"""A process with unsaved edits is killed at a random moment; the next one gets the edits back."""

import importlib.util
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from weightview.formats.journal import pending

KILLS, KILLS_IN_SHORT = 50, 4
PROMISED_SECONDS = 1.0
JOURNALS = Path("weightview", "recovery")


@pytest.fixture(scope="module")
def editing(programs):
    spec = importlib.util.spec_from_file_location("editing", programs / "editing.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def killed(programs, how, path, folder, seed, seconds):
    """Let the program edit ``path``, kill it; return when, and when each action was done."""
    command = [sys.executable, str(programs / "editing.py"), how, str(path)]
    own = {name: str(folder) for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
    with subprocess.Popen(
        [*command, str(folder / JOURNALS), str(seed), "40"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **own, "QT_QPA_PLATFORM": "offscreen"},
    ) as process:
        assert process.stdout.readline().startswith("ready")
        time.sleep(seconds)
        moment = time.monotonic()
        process.kill()
        lines = process.stdout.read().splitlines()
    done = [float(line.split()[1]) for line in lines if len(line.split()) == 2]
    return moment, done


@pytest.mark.slow
@pytest.mark.usefixtures("takes_minutes")
@pytest.mark.parametrize("how", ["document", "window"])
def test_all_edits_older_than_a_second_come_back(
    how, programs, editing, examples, tmp_path, figures, is_full
):
    import weightview

    if how == "window":
        pytest.importorskip("PySide6.QtWidgets")
        if sys.platform != "linux":
            pytest.skip("where the window keeps its state is chosen as on Linux")
    draw, lost, recovered, latest = random.Random(7), [], 0, []
    kills = KILLS if is_full else KILLS_IN_SHORT
    for number in range(kills):
        name = draw.choice(("four_layers.keras", "four_layers.h5", "four_layers.weights.h5"))
        folder = tmp_path / str(number)
        folder.mkdir()
        path = shutil.copy(examples / name, folder / name)
        seconds = draw.uniform(0.2, 3.0)
        moment, done = killed(programs, how, path, folder, number, seconds)
        must = sum(when < moment - PROMISED_SECONDS for when in done)
        states = states_of(editing, examples / name, number, len(done) + 2)
        document = weightview.open_document(path)
        for recovery in pending(folder / JOURNALS):
            assert recovery.apply(document).is_complete
            recovered += recovery.edits
            recovery.discard()
        now = editing.state_of(document)
        reached = max((n for n, state in enumerate(states) if state == now), default=-1)
        if reached < must:
            lost.append(f"kill {number}: reached {reached} of {must} in {name}")
        if reached < len(done):
            latest.append(moment - done[max(0, reached)])
    oldest = f" (the oldest lost was {1000 * max(latest):.0f} ms old)" if latest else ""
    figures.append(
        f"kill -9 of a {how} with unsaved edits: {kills} times, {recovered} edits came back,"
        f" {len(lost)} kills lost one older than {PROMISED_SECONDS:.0f} s{oldest}"
    )
    assert not lost
    assert recovered


def states_of(editing, path, seed, count):
    """Return the state after each of the first actions, done here without any kill."""
    import weightview

    document = weightview.open_document(path)
    states = [editing.state_of(document)]
    for number in range(1, count + 1):
        editing.act(document, seed, number)
        states.append(editing.state_of(document))
    return states
