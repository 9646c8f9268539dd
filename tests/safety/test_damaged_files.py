"""Mutation fuzzing: a damaged file is opened or refused by an error of ours, soon and in bounds."""

import importlib.util
import json
import os
import struct
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from weightview.formats.journal import Journal

READERS = (".keras", ".h5", ".weights.h5", ".npz", ".safetensors", "journal")
MUTANTS, MUTANTS_IN_SHORT = 6000, 250
_LARGEST_SEED = 60_000


@pytest.fixture(scope="module")
def fuzzing(programs):
    spec = importlib.util.spec_from_file_location("fuzzing", programs / "fuzzing.py")
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(programs)  # where the program finds its neighbours when it is run
        spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def good_files(tmp_path_factory, examples, is_full, request):
    """Return a function from the reader to good files of its kind, the same in every run."""
    folder = tmp_path_factory.mktemp("seeds")
    arrays = {
        "dense/kernel": np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3),
        "dense/bias": np.zeros(3, np.float32),
        "step": np.array(7),
        "mask": np.ones((2, 5), np.bool_),
    }
    np.savez(folder / "plain.npz", **arrays)
    np.savez_compressed(folder / "packed.npz", **arrays)
    (folder / "plain.safetensors").write_bytes(safetensors(arrays))

    def of(reader):
        if reader == "journal":
            model = examples / "four_layers.h5"
            return [model, recorded_journal(model, folder)]
        if reader in (".npz", ".safetensors"):
            return sorted(folder.glob(f"*{reader}"))
        found = sorted(examples.glob(f"*{reader}"))
        if is_full:
            found += more_files(request, reader)
        return [file for file in found if is_seed(file, reader)]

    return of


def more_files(request, reader):
    """Return files that many writers wrote, where the large set is at hand."""
    try:
        models = request.getfixturevalue("shared_models")
    except pytest.skip.Exception:
        return []
    return sorted((models / "generated").rglob(f"*{reader}"))[::4]


def is_seed(file, reader):
    is_weights = file.name.endswith(".weights.h5")
    return file.stat().st_size <= _LARGEST_SEED and is_weights == (reader == ".weights.h5")


def safetensors(arrays):
    names = {"float32": "F32", "int64": "I64", "bool": "BOOL"}
    header, data = {"__metadata__": {"format": "np"}}, b""
    for name, array in arrays.items():
        place = [len(data), len(data) + array.nbytes]
        dtype = names[str(array.dtype)]
        header[name] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": place}
        data += array.tobytes()
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def recorded_journal(model, folder):
    """Return a journal with every kind of record, as a killed process would leave it."""
    import weightview

    document = weightview.open_document(model)
    journal = Journal.begin(document, folder / "state")
    weight = document.model.weights[0]
    for number in range(5):
        key = "drag" if number > 2 else None
        document.set_values(weight, (0, number % weight.shape[1]), number, merge_key=key)
    document.undo()
    document.redo()
    document.undo()
    document.apply("several", [(weight, None, 2) for weight in document.model.weights])
    assert journal.flush()
    deadline = time.monotonic() + 30
    while b"content" not in journal.path.read_bytes() and time.monotonic() < deadline:
        time.sleep(0.01)
    path = journal.path
    journal.close(keep=True)
    return path


@pytest.mark.slow
@pytest.mark.parametrize("reader", READERS)
def test_mutants_are_opened_or_refused(reader, programs, good_files, tmp_path, figures, is_full):
    files = [str(file) for file in good_files(reader)]
    count = MUTANTS if is_full else MUTANTS_IN_SHORT
    command = [sys.executable, str(programs / "fuzzing.py"), reader, "0", str(count)]
    done = subprocess.run(
        [*command, str(tmp_path), *files], capture_output=True, text=True, check=False
    )
    assert not done.stderr, done.stderr[-2000:]
    found = json.loads(done.stdout)
    outcomes = found["outcomes"]
    assert sum(outcomes.values()) == count
    told = ", ".join(f"{number} {outcome}" for outcome, number in sorted(outcomes.items()))
    figures.append(f"fuzzing {reader}: {count} mutants of {len(files)} files: {told}")
    assert not found["findings"], "\n".join(found["findings"][:20])
    # Mutants that are all refused at once would find nothing.
    assert outcomes.get("opened", 0) > count / 50


def resident_megabytes():
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:")) // 1024


def crashes(path, number):
    raise KeyError("lost")


def hangs(path, number):
    time.sleep(60)


def grows(path, number):
    held = b"x" * (1500 << 20)
    time.sleep(60)
    del held


def dies(path, number):
    os.kill(os.getpid(), 9)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("reading", "finding"),
    [
        (crashes, "KeyError"),
        (hangs, "a hang"),
        (grows, "more than"),
        (dies, "ended with status"),
    ],
)
def test_the_fuzzing_notices_what_a_mutant_does(
    reading, finding, fuzzing, good_files, tmp_path, monkeypatch
):
    def read(path, number):
        return reading(path, number) if number == 1 else "opened"

    monkeypatch.setattr(fuzzing, "read_model", read)
    monkeypatch.setattr(fuzzing, "SECONDS", 0.5 if reading is hangs else 10)
    # The child begins with what this process has grown to by the tests before.
    monkeypatch.setattr(fuzzing, "MEGABYTES", resident_megabytes() + 400)
    seeds = [file.read_bytes() for file in good_files(".keras")]
    outcomes = dict(fuzzing.batch(".keras", range(4), seeds, tmp_path))
    assert outcomes[1].startswith("FOUND ")
    assert finding in outcomes[1]
    assert [outcomes[number] for number in (0, 2, 3)] == ["opened"] * 3


def test_a_mutant_is_made_from_its_number_alone(fuzzing, good_files):
    seeds = [file.read_bytes() for file in good_files(".keras")]
    mutants = [fuzzing.mutant(".keras", number, seeds) for number in range(30)]
    assert [fuzzing.mutant(".keras", number, seeds) for number in range(30)] == mutants
    assert len(set(mutants)) > 25
