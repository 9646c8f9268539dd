"""Saves a file again and again, each time with another system call failing, and says what is left.

Runs with the library made of ``faults.c`` preloaded. Arguments: a folder to work in, the kinds of
faults separated by commas (all where empty), and the files to save. Prints one JSON line for each
scenario (a file, saved over itself, to a new name, or over another file) with what went wrong.
"""

import ctypes
import errno
import itertools
import json
import os
import shutil
import sys
import traceback
from pathlib import Path

COUNT, ERROR, ERROR_FROM_HERE, SHORT, KILL_BEFORE, KILL_AFTER, KILL_HALFWAY = range(7)

KINDS = {
    "ENOSPC": (ERROR, errno.ENOSPC),
    "EIO": (ERROR, errno.EIO),
    "EINTR": (ERROR, errno.EINTR),
    "EACCES": (ERROR, errno.EACCES),
    "ENOSPC from here": (ERROR_FROM_HERE, errno.ENOSPC),
    "EIO from here": (ERROR_FROM_HERE, errno.EIO),
    "short": (SHORT, 0),
    "kill before": (KILL_BEFORE, 0),
    "kill after": (KILL_AFTER, 0),
    "kill halfway": (KILL_HALFWAY, 0),
}
_SAID = 1 << 16

library = ctypes.CDLL(None)
library.faults_hit.restype = ctypes.c_char_p
library.faults_disarm.restype = ctypes.c_long
library.faults_arm.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_long]


def saved(path, target, fault):
    """Edit and save under a fault; return (calls, name of the call hit, what the program said)."""
    import weightview
    from weightview.core.errors import WeightviewError

    document = weightview.open_document(path)
    for weight in document.all_weights:
        if weight.editable:
            document.set_values(weight, None, 3)
    mode, error, number = fault
    library.faults_arm(mode, error, number)
    try:
        document.save() if target == path else document.save_as(target)
        said = "saved"
    except WeightviewError as failure:
        said = f"refused: {failure}"
    except Exception as failure:  # noqa: BLE001 - any other is a finding
        last = traceback.extract_tb(failure.__traceback__)[-1]
        said = f"crashed: {failure!r} at {Path(last.filename).name}:{last.lineno}"
    calls = library.faults_disarm()
    return calls, library.faults_hit().decode(), said


def in_child(path, target, fault):
    """Do :func:`saved` in a child that may be killed; return what it told before."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reading)
        found = saved(path, target, fault)
        os.write(writing, json.dumps(found).encode())
        os._exit(0)
    os.close(writing)
    data = b"".join(iter(lambda: os.read(reading, _SAID), b""))
    os.close(reading)
    os.waitpid(process, 0)
    return json.loads(data) if data else (None, "", "killed")


class Scenario:
    """One file saved in one way."""

    def __init__(self, folder, file, way):
        self.folder, self.file, self.way = folder, Path(file), way
        self.old = self.file.read_bytes()
        self.found = {"file": self.file.name, "way": way, "faults": 0, "problems": [], "calls": {}}

    def laid(self):
        """Lay a fresh folder; return the file's path and the target's."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        path = Path(shutil.copy(self.file, self.folder / self.file.name))
        if self.way == "over itself":
            return path, path
        target = self.folder / f"target{self.file.suffix}"
        if self.way == "over another":
            target.write_bytes(b"somebody's only copy" * 1000)
        return path, target

    def run(self, kinds):
        path, target = self.laid()
        before = target.read_bytes() if target.exists() else None
        calls, _, said = in_child(path, target, (COUNT, 0, 0))
        if said != "saved":
            self.found["problems"].append(f"without a fault: {said}")
            return self.found
        new = target.read_bytes()
        if new == before:
            self.found["problems"].append("saving changed nothing")
        for kind, number in itertools.product(kinds, range(1, calls + 1)):
            self.one(kind, number, before, new)
        return self.found

    def one(self, kind, number, before, new):
        path, target = self.laid()
        mode, error = KINDS[kind]
        _, call, said = in_child(path, target, (mode, error, number))
        self.found["faults"] += 1
        where = f"{kind} at call {number} ({call or '?'}): {said}"
        now = target.read_bytes() if target.exists() else None
        tell = self.found["problems"].append
        if target != path and path.read_bytes() != self.old:
            tell(f"original changed; {where}")
        if now not in (before, new):
            tell(f"half-written file; {where}")
        if said == "saved" and now != new:
            tell(f"said saved, but was not; {where}")
        if said.startswith("refused") and now == new and "was saved" not in said:
            tell(f"said refused, but was saved; {where}")
        if said.startswith("crashed"):
            tell(where)
        if said.startswith("refused") and target.name not in said and path.name not in said:
            tell(f"the file is not named; {where}")
        self.found["calls"][call] = self.found["calls"].get(call, 0) + 1
        self.clean(where, {path.name, target.name})

    def clean(self, where, expected):
        """Start again, as far as files go, and look for what is left over."""
        from weightview.formats.leftovers import remove_leftovers

        remove_leftovers(self.folder)
        left = {entry.name for entry in self.folder.iterdir()} - expected
        if left:
            self.found["problems"].append(f"left over: {sorted(left)}; {where}")


def main(folder, kinds, files):
    import weightview

    for file in files:
        weightview.open_document(file)
    chosen = [kind for kind in KINDS if not kinds or kind in kinds.split(",")]
    for file, way in itertools.product(files, ("over itself", "to a new name", "over another")):
        found = Scenario(Path(folder) / "work", file, way).run(chosen)
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
