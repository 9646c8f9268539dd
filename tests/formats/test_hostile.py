"""Broken and hostile files: each read in a fresh process with limits, and what must not happen."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

_SET = Path(os.environ.get("WEIGHTVIEW_HOSTILE", "/srv/weightview-hostile"))

_CHILD = """
import json, os, resource, sys
opened = []
def watch(event, arguments):
    if event == "open" and arguments and isinstance(arguments[0], (str, bytes)):
        opened.append(os.fsdecode(arguments[0]))
    if event.startswith(("subprocess.", "os.system", "os.exec", "socket.connect")):
        opened.append(f"canary {event}")
sys.addaudithook(watch)
from pathlib import Path
from weightview.core.errors import WeightviewError
from weightview.core.values import Values
from weightview.formats import load
path = Path(os.fsdecode(bytes.fromhex(sys.argv[1])))
result = {}
try:
    found = load(path)
    texts = list(found.warnings)
    values = Values(found.storage)
    for weight in (*found.model.weights, *found.model.others):
        try:
            values.read(weight)
        except WeightviewError as error:
            texts.append(str(error))
    result = {"outcome": "warn" if texts else "open", "texts": texts}
except WeightviewError as error:
    named = path.name.encode("utf-8", "replace").decode()
    result = {"outcome": "refuse", "texts": [str(error)], "named": named in str(error)}
result["rss"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
result["outside"] = [name for name in opened if "canary" in name]
sys.stdout.buffer.write(json.dumps(result).encode())
"""


def cases() -> list[object]:
    manifest = _SET / "manifest.json"
    if not manifest.is_file():
        return [pytest.param({}, id="absent", marks=pytest.mark.skip("the hostile set is absent"))]
    found = json.loads(manifest.read_text())["cases"]
    return [pytest.param(case, id=case["id"]) for case in found if not case["action"]]


def changing_cases() -> list[object]:
    manifest = _SET / "manifest.json"
    if not manifest.is_file():
        return [pytest.param({}, id="absent", marks=pytest.mark.skip("the hostile set is absent"))]
    found = json.loads(manifest.read_text())["cases"]
    return [pytest.param(case, id=case["id"]) for case in found if case["action"]]


def path_of(case: dict) -> bytes:
    path = _SET / case["file"]
    if not os.path.lexists(path) and "bytes" in case["id"]:
        # A name that is not UTF-8 cannot stand in the manifest.
        path = next(_SET.glob("fs_bytes*"))
    return os.fsencode(path)


@pytest.mark.parametrize("case", cases())
def test_a_hostile_file_does_what_is_acceptable_and_nothing_else(case: dict) -> None:
    path = path_of(case)
    command = [sys.executable, "-c", _CHILD, path.hex()]
    # Starting Python and a busy machine take their part; the reading itself is measured in CPU.
    limit = 6 * case["limits"]["seconds"]
    begin = os.times()
    done = subprocess.run(command, capture_output=True, timeout=limit, check=False)
    end = os.times()
    seconds = end.children_user + end.children_system - begin.children_user - begin.children_system
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-1500:]
    result = json.loads(done.stdout)
    assert result["outcome"] in case["expect"], result["texts"]
    assert result["rss"] < case["limits"]["rss_mb"]
    assert seconds < case["limits"]["seconds"]
    assert result["outside"] == []
    if result["outcome"] == "refuse" and "bytes" not in case["id"]:
        assert result["named"], result["texts"]
    words = [word for word in case["cause_words"] if word]
    if words and result["outcome"] != "open" and case["category"] not in ("fuzz", "dtype"):
        said = " ".join(result["texts"]).lower()
        assert any(word in said for word in words), said
    canary = _SET / "canary"
    assert not [*canary.glob("executed*"), *canary.glob("written*")]


@pytest.mark.parametrize("case", changing_cases())
def test_a_file_that_changes_after_opening_is_noticed(case: dict, tmp_path: Path) -> None:
    from weightview.core.document import Document
    from weightview.core.errors import FileChangedError
    from weightview.formats import load

    path = tmp_path / case["file"]
    shutil.copy(_SET / case["file"], path)
    found = load(path)
    document = Document(found.model, found.storage, found.warnings)
    weight = document.model.weights[0]
    time.sleep(0.01)
    change(path, case["action"]["after_open"])
    for other in document.model.weights:
        with pytest.raises(FileChangedError):
            document.values.storage.read(other, tuple(slice(0, n, 1) for n in other.shape))
    after = path.read_bytes() if path.exists() else None
    with pytest.raises(FileChangedError):
        document.set_values(weight, None, 1.0)
        document.save()
    assert (path.read_bytes() if path.exists() else None) == after


def change(path: Path, action: str) -> None:
    """Do to ``path`` what another program does while it is open."""
    data = path.read_bytes()
    if action == "truncate":
        os.truncate(path, 100)
    elif action == "zero":
        os.truncate(path, 0)
    elif action == "delete":
        path.unlink()
    elif action == "replace":
        other = path.with_name("other")
        other.write_bytes(bytes(reversed(data)))
        other.replace(path)
    elif action == "overwrite":
        path.write_bytes(data[: len(data) // 2] + bytes(len(data) - len(data) // 2))
    elif action == "grow":
        with path.open("ab") as file:
            file.write(bytes(1 << 20))
    else:
        raise AssertionError(action)
