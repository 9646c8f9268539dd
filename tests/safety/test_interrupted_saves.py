"""Saving while the system fails: at each system call of a save in turn, as SQLite tests itself.

A library is put before the C library (``programs/faults.c``). It lets a chosen call fail, fall
short, or be the last before ``kill -9``. After each fault the name holds the whole old file or the
whole new one, what the program says is true, and the next start leaves nothing beside it.
"""

import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

FAULTS_AT_LEAST = 1000
KINDS_IN_SHORT = "ENOSPC from here,kill halfway"


@pytest.fixture(scope="module")
def fault_library(programs, tmp_path_factory):
    compiler = shutil.which("cc") or shutil.which("gcc")
    if sys.platform != "linux" or compiler is None:
        pytest.skip("needs Linux and a C compiler, to put a library before the C library")
    library = tmp_path_factory.mktemp("faults") / "faults.so"
    command = [compiler, "-O1", "-shared", "-fPIC", "-o", library, programs / "faults.c", "-ldl"]
    subprocess.run(command, check=True)
    return library


@pytest.fixture(scope="module")
def files(examples, tmp_path_factory, is_full):
    """Return one small file of each format that is written by its own way."""
    made = tmp_path_factory.mktemp("files")
    np.savez(made / "arrays.npz", kernel=np.ones((4, 3), np.float32), bias=np.zeros(3))
    found = [examples / "four_layers.keras"]
    if is_full:
        found.append(made / "arrays.npz")
        np.save(made / "array.npy", np.ones((4, 3), np.float32))
        (made / "arrays.safetensors").write_bytes(safetensors())
        found += [made / "array.npy", made / "arrays.safetensors", examples / "four_layers.h5"]
        found += [examples / "four_layers.weights.h5"]
    return found


def safetensors():
    entry = {"dtype": "F32", "shape": [4, 3], "data_offsets": [0, 48]}
    header = json.dumps({"kernel": entry}).encode()
    return len(header).to_bytes(8, "little") + header + bytes(48)


@pytest.mark.slow
@pytest.mark.usefixtures("takes_minutes")
def test_no_fault_in_saving_loses_a_file(
    fault_library, programs, files, tmp_path, figures, is_full
):
    kinds = "" if is_full else KINDS_IN_SHORT
    done = subprocess.run(
        [sys.executable, programs / "saving.py", tmp_path, kinds, *files],
        env={**os.environ, "LD_PRELOAD": str(fault_library)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr, done.stderr[-2000:]
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == 3 * len(files)
    problems = [
        f"{scenario['file']} {scenario['way']}: {problem}"
        for scenario in found
        for problem in scenario["problems"]
    ]
    faults = sum(scenario["faults"] for scenario in found)

    def count(word):
        return sum(word in problem for problem in problems)

    figures.append(
        f"saving under faults: {faults} faults in {len(found)} ways of saving:"
        f" {count('original changed')} originals lost, {count('half-written')} half-written files,"
        f" {count('left over')} leftovers after the next start, {count('said')} untrue messages"
    )
    calls = {call for scenario in found for call in scenario["calls"]}
    assert {"write", "fsync", "rename"} <= calls
    assert not problems, "\n".join(problems[:40])
    assert faults >= (FAULTS_AT_LEAST if is_full else FAULTS_AT_LEAST // 10)
