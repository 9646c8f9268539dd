"""Edits a file without end, with a journal, and tells after each action; it waits to be killed.

Arguments: ``document`` or ``window`` (the program's own, which then has the document), the file,
the journals' folder (a window has its own), a seed, and how often per second to act. What action
number ``n`` does depends on the seed and ``n`` alone, so a test can do the same again.
"""

import hashlib
import random
import sys
import time
from pathlib import Path


def act(document, seed, number, save=None):
    """Do the action with this number: an edit, undo, redo or, where ``save`` is given, a save."""
    draw = random.Random(f"{seed} {number}")
    kind = draw.choice(("edit",) * 6 + ("drag", "undo", "undo", "redo", "all", "save"))
    weight = draw.choice([w for w in document.model.weights if w.editable and w.size])
    if kind == "undo":
        document.undo()
    elif kind == "redo":
        document.redo()
    elif kind == "save":
        if save is not None:
            save()
    elif kind == "all":
        document.set_values(weight, None, draw.uniform(-1, 1))
    else:
        cell = tuple(draw.randrange(length) for length in weight.shape)
        key = weight.path if kind == "drag" else None
        document.set_values(weight, cell, draw.uniform(-1, 1), merge_key=key)


def state_of(document):
    """Return what stands for all the numbers of a document."""
    digest = hashlib.blake2b(digest_size=16)
    for weight in document.model.weights:
        digest.update(document.read(weight).tobytes())
    return digest.hexdigest()


def in_document(path, folder, seed, per_second):
    """Edit a document that has a journal."""
    import weightview
    from weightview.formats.journal import Journal

    document = weightview.open_document(path)
    journal = Journal.begin(document, Path(folder))
    print("ready", time.monotonic(), flush=True)
    number = 0
    while True:
        number += 1
        act(document, seed, number, document.save)
        print(number, time.monotonic(), flush=True)
        time.sleep(random.random() * 2 / float(per_second))
    journal.close()


def in_window(path, folder, seed, per_second):
    """Edit the document of the program's window, between whatever else the window does."""
    from itertools import count

    from PySide6.QtCore import QTimer

    from weightview.gui.application import make_application
    from weightview.gui.settings import Settings
    from weightview.gui.windows import Windows

    application = make_application()
    windows = Windows(Settings(), application)
    window = windows.new_window(Path(path))
    numbers, timer = count(1), QTimer()

    def act_once():
        number = next(numbers)
        act(window.document, seed, number, window.document.save)
        print(number, time.monotonic(), flush=True)
        timer.setInterval(int(random.random() * 2000 / float(per_second)))

    def begin(*_):
        print("ready", time.monotonic(), flush=True)
        timer.timeout.connect(act_once)
        timer.start(1)

    window.files.opened.connect(begin)
    windows.open_files([Path(path)], window)
    application.exec()


if __name__ == "__main__":
    {"document": in_document, "window": in_window}[sys.argv[1]](*sys.argv[2:])
