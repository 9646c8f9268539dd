"""Opens hostile files in processes of their own and prints what happened, one JSON line each.

Arguments: the folder with ``manifest.json``, ``fresh`` or ``forked``, and ids of cases (all where
none is given). ``fresh`` opens one case in this very process; ``forked`` opens each in a child of a
warm process, which takes milliseconds instead of a start of Python.
"""

import ctypes
import json
import os
import select
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from memory import megabytes

_INOTIFY_OPEN_ACCESS = 0x21
_WATCHED = ("socket.connect", "socket.getaddrinfo", "socket.bind", "os.system", "os.exec")


def watch(violations):
    """Note from inside what a file must never make the program do."""

    def hear(event, arguments):
        if event in ("open", "os.listdir", "os.scandir") and b"canary" in _bytes(arguments[0]):
            violations.append(f"read_outside: {arguments[0]}")
        elif event in _WATCHED:
            violations.append(f"{event}: {arguments!r}")
        elif event == "subprocess.Popen" and arguments[0] != sys.executable:
            violations.append(f"execute: {arguments[0]}")
        elif event == "import" and arguments[0] in ("antigravity", "canarymod"):
            violations.append(f"execute: import of {arguments[0]}")

    sys.addaudithook(hear)


def _bytes(name):
    return os.fsencode(name) if isinstance(name, (str, bytes, os.PathLike)) else b""


def open_and_read(path, action=None, others=None):
    """Open ``path`` and read every weight; return outcome and sentences."""
    import weightview
    from weightview.core.errors import FileChangedError, OpenError, WeightviewError

    try:
        document = weightview.open_document(path)
    except OpenError as error:
        return {"outcome": "refuse", "said": [str(error)]}
    except WeightviewError as error:
        return {"outcome": "refuse", "said": [str(error)], "unexpected": repr(error)}
    if action:
        others(action)
    said, changed = list(document.warnings), 0
    numbers = 0
    for weight in document.all_weights:
        try:
            numbers += document.read(weight).size
        except FileChangedError:
            changed += 1
        except WeightviewError as error:
            said.append(str(error))
    found = {"outcome": "warn" if said else "open", "said": said, "numbers": numbers}
    if action:
        found["unnoticed"] = len(document.all_weights) - changed
        found["saved"] = saves_over(document)
    return found


def saves_over(document):
    """Return whether saving goes through although the file is another one now."""
    from weightview.core.errors import FileChangedError, SaveError

    weight = next(w for w in document.all_weights if w.editable)
    try:
        document.set_values(weight, None, 1.0)
    except FileChangedError:
        return False
    try:
        document.save()
    except (FileChangedError, SaveError):
        return False
    return True


def change(path, action, other):
    """Do to ``path`` what another program may do while it is open."""
    size = path.stat().st_size
    if action == "truncate":
        os.truncate(path, 100)
    elif action == "zero":
        os.truncate(path, 0)
    elif action == "delete":
        path.unlink()
    elif action == "grow":
        with path.open("ab") as file:
            file.write(bytes(1 << 20))
    elif action == "replace":
        beside = path.with_name("beside")
        shutil.copy(other, beside)
        beside.replace(path)
    elif action == "overwrite":
        data = bytearray(path.read_bytes())
        middle = size // 2
        data[middle : middle + 64] = bytes(byte ^ 0x5A for byte in data[middle : middle + 64])
        path.write_bytes(data)
    else:
        raise ValueError(action)


def run(folder, case):
    """Open one case in this process and return what happened."""
    path = Path(folder, os.fsdecode(os.fsencode(case["file"])))
    started, violations = time.monotonic(), []
    watch(violations)
    action = (case["action"] or {}).get("after_open")
    with tempfile.TemporaryDirectory() as scratch:
        found = {"outcome": "crash", "said": []}
        try:
            if action:
                copy = Path(shutil.copy(path, Path(scratch, path.name)))
                good = {".keras": "ok_sequential.keras", ".h5": "ok_legacy.h5"}[case["format"]]
                good = "ok_weights.weights.h5" if path.name.endswith(".weights.h5") else good
                other = Path(folder, good)
                found = open_and_read(copy, action, lambda name: change(copy, name, other))
            else:
                found = open_and_read(path)
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is the finding
            import traceback

            last = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{Path(last.filename).name}:{last.lineno}"
            found = {"outcome": "crash", "said": [f"{type(error).__name__} {error} at {where}"]}
    found["said"] = [sentence[:1000] for sentence in found["said"]]
    found["violations"] = violations
    found["seconds"] = time.monotonic() - started
    # Not ru_maxrss: that keeps what the process which started this one had taken.
    found["rss_mb"] = megabytes(os.getpid())
    return found


def watched_canary(folder):
    """Return a descriptor that can be read once anything under the canary was opened."""
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = libc.inotify_init1(os.O_NONBLOCK)
    if descriptor < 0:
        raise OSError(ctypes.get_errno(), "inotify")
    for inner in Path(folder, "canary").rglob("*"):
        if inner.is_file():
            libc.inotify_add_watch(descriptor, os.fsencode(inner), _INOTIFY_OPEN_ACCESS)
    return descriptor


def touched_canary(folder, descriptor):
    marks = [p.name for p in Path(folder, "canary").glob("*ed_*")]
    try:
        events = os.read(descriptor, 1 << 16)
    except BlockingIOError:
        events = b""
    return [f"wrote {name}" for name in marks] + (["opened the canary"] if events else [])


def forked(folder, case):
    """Open one case in a child; end it beyond its limits."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reading)
        data = json.dumps(run(folder, case)).encode()
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(data)
        os._exit(0)
    os.close(writing)
    found = supervise(process, reading, case["limits"])
    os.close(reading)
    return found


def supervise(process, reading, limits):
    """Wait for a child's answer, within its seconds and megabytes."""
    deadline, data, ended = time.monotonic() + limits["seconds"], b"", None
    while ended is None:
        ready, _, _ = select.select([reading], [], [], 0.02)
        if ready:
            chunk = os.read(reading, 1 << 20)
            data += chunk
            if not chunk:
                break
        if time.monotonic() > deadline:
            ended = "hang"
        elif megabytes(process) > limits["rss_mb"]:
            ended = "allocate"
    if ended:
        os.kill(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    if ended or status or not data:
        said = ended or f"ended with status {status}"
        return {"outcome": ended or "crash", "said": [said], "violations": [], "rss_mb": 0}
    return json.loads(data)


def main(folder, mode, ids):
    cases = json.loads(Path(folder, "manifest.json").read_text())["cases"]
    cases = [case for case in cases if not ids or case["id"] in ids]
    if mode == "fresh":
        print(json.dumps({"id": cases[0]["id"], **run(folder, cases[0])}))
        return
    import weightview
    import weightview.calculator

    # The first opening imports what all others need.
    weightview.open_document(Path(folder, "ok_functional.keras"))
    descriptor = watched_canary(folder)
    for case in cases:
        found = forked(folder, case)
        found["violations"] += touched_canary(folder, descriptor)
        print(json.dumps({"id": case["id"], **found}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], set(sys.argv[3:]))
