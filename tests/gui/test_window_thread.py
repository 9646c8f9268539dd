"""The thread that paints reads no large piece of a file and never waits for TensorFlow."""

import shutil
import threading

import numpy as np
import pytest

from weightview.core.model import Weight
from weightview.core.values import Values
from weightview.formats import source
from weightview.worker.client import Worker

LARGE = 1 << 20


@pytest.fixture
def noted(monkeypatch):
    """Note what the main thread reads, in bytes, and which questions it asks the worker."""
    read, asked = [], []
    real_read, real_whole = source._read_at, Values.whole
    main = threading.main_thread()

    def noting_read(file, offset, size):
        if threading.current_thread() is main:
            read.append(size)
        return real_read(file, offset, size)

    def noting_whole(self, weight: Weight):
        if threading.current_thread() is main:
            read.append(weight.nbytes)
        return real_whole(self, weight)

    def noting_request(self, *arguments, **keywords):
        if threading.current_thread() is main:
            asked.append(arguments)
        raise AssertionError("no worker in this test")

    monkeypatch.setattr(source, "_read_at", noting_read)
    monkeypatch.setattr(Values, "whole", noting_whole)
    monkeypatch.setattr(Worker, "request", noting_request)
    return read, asked


@pytest.fixture
def large_file(tmp_path, examples):
    """Return a file whose one array takes 16 MB."""
    path = tmp_path / "large.npy"
    np.save(path, np.random.default_rng(0).normal(size=(4096, 1024)).astype(np.float32))
    return path


def test_a_large_array_is_opened_shown_and_edited_by_small_reads(window, large_file, qtbot, noted):
    read, asked = noted
    window.open_files([large_file])
    qtbot.waitUntil(lambda: window.document is not None, timeout=20_000)
    qtbot.wait(300)
    weight = window.document.all_weights[0]
    window.selection.select_cell(weight.path, (4000, 1000))
    qtbot.wait(200)
    window.document.set_values(weight, (4000, 1000), 0.5)
    qtbot.wait(300)
    assert max(read, default=0) <= LARGE
    assert not asked


def test_a_model_is_calculated_and_saved_away_from_the_thread_that_paints(
    window, tmp_path, examples, qtbot, noted
):
    read, asked = noted
    copy = shutil.copy(examples / "two_thousand_inputs.keras", tmp_path / "copy.keras")
    window.open_files([copy])
    qtbot.waitUntil(lambda: window.document is not None, timeout=20_000)
    calculator = window.workspace.calculator
    qtbot.waitUntil(lambda: calculator.trace is not None, timeout=20_000)
    window.document.set_values("dense_1/kernel", (0, 0), 0.5)
    qtbot.wait(300)
    with qtbot.waitSignal(window.files.saved, timeout=20_000):
        window.commands.actions["save"].trigger()
    assert max(read, default=0) <= LARGE
    assert not asked
