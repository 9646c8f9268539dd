"""The client bears whatever its process does: it never hangs, and always says what happened."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from weightview.core.document import Document
from weightview.core.errors import CancelledError, WorkerError
from weightview.core.memory import MemoryStorage
from weightview.core.model import Graph, Layer, Model, Node, TensorRef, Weight
from weightview.worker import client, launching
from weightview.worker.client import Worker, shared_worker

WAIT = 30.0


def wait_for(worker, *states):
    """Wait until the worker is in one of ``states``."""
    deadline = time.monotonic() + WAIT
    while worker.state not in states:
        assert time.monotonic() < deadline, f"still {worker.state}: {worker.sentence}"
        time.sleep(0.01)
    return worker.state


def tiny_document():
    """Return a document of two dense layers in memory."""
    layers, arrays, weights = [], {}, []
    for name in ("a", "b"):
        kernel = Weight(
            "kernel", f"{name}/kernel", (2, 2), np.dtype("f4"), ("input", "unit"),
            len(weights), name, "kernel", name,
        )  # fmt: skip
        weights.append(kernel)
        arrays[kernel.path] = np.ones((2, 2), "f4")
        config = {"name": name, "units": 2}
        layers.append(Layer(name, name, "Dense", config, (kernel,)))
    first, last = TensorRef("a"), TensorRef("b")
    graph = Graph((Node("a", 0, (TensorRef("input"),)), Node("b", 0, (first,))), (), (last,))
    entries = [{"class_name": "Dense", "config": dict(layer.config)} for layer in layers]
    model = Model(
        "tiny", "Sequential", tuple(layers), tuple(weights), {"layers": entries}, graph, 3, "3.15.1"
    )
    return Document(model, MemoryStorage(arrays))


def test_it_starts_without_waiting_and_tells_when_it_is_ready(stand_in):
    worker = stand_in()
    states = []

    def listen():
        states.append(worker.state)

    worker.state_changed.connect(listen)
    assert worker.state == "absent"
    worker.start()
    assert wait_for(worker, "ready") == "ready"
    assert states == ["starting", "ready"]
    assert worker.versions == {"tensorflow": "9.9.9"}
    assert worker.sentence == "TensorFlow 9.9.9 is ready."


def test_the_first_request_starts_it_and_stray_prints_do_not_disturb(stand_in):
    worker = stand_in()
    array = np.arange(6, dtype="f4").reshape(2, 3)
    answer = worker.request("echo", x=[1, "a"], y=array)
    assert answer["x"] == [1, "a"]
    np.testing.assert_array_equal(answer["y"], array)
    assert worker.state == "ready"


def test_what_the_process_refuses_is_our_error_with_its_sentence(stand_in):
    worker = stand_in()
    with pytest.raises(WorkerError, match=r"^Keras says no\.$"):
        worker.request("refuse")
    assert worker.state == "ready"


def test_without_tensorflow_it_is_absent_quietly(monkeypatch):
    monkeypatch.setattr(launching, "is_installed", lambda: False)
    worker = Worker()
    worker.start()
    assert worker.state == "absent"
    assert worker.sentence == "TensorFlow is not installed."
    with pytest.raises(WorkerError, match="not installed"):
        worker.request("echo")


def test_a_process_that_cannot_import_tensorflow_is_absent_with_the_reason(stand_in):
    worker = stand_in("has no tensorflow")
    worker.start()
    wait_for(worker, "absent")
    assert "tensorflow: broken" in worker.sentence


def test_a_command_that_does_not_exist_is_told(tmp_path):
    worker = Worker([str(tmp_path / "nowhere")])
    worker.start()
    wait_for(worker, "dead")
    assert "cannot be started" in worker.sentence


@pytest.mark.parametrize("mode", ["dies at start", "speaks nonsense", "greets wrongly"])
def test_one_that_dies_twice_is_left_alone(stand_in, mode):
    worker = stand_in(mode)
    starts = []
    worker.state_changed.connect(lambda: starts.append(worker.state))
    worker.start()
    wait_for(worker, "dead")
    assert starts.count("starting") == 2
    assert "left alone" in worker.sentence
    with pytest.raises(WorkerError, match="left alone"):
        worker.request("echo")


def test_one_that_dies_once_is_started_anew(stand_in):
    worker = stand_in("dies at the first start")
    assert worker.request("echo", a=1) == {"a": 1}


@pytest.mark.parametrize(
    ("kind", "cause"),
    [("die", "code 7"), *([] if os.name == "nt" else [("kill", "signal 9")])],
)
def test_its_death_under_a_request_is_one_error_and_one_new_start(stand_in, kind, cause):
    worker = stand_in()
    with pytest.raises(WorkerError, match=cause):
        worker.request(kind)
    assert worker.request("echo", a=1) == {"a": 1}
    with pytest.raises(WorkerError, match=cause):
        worker.request(kind)
    assert worker.state == "dead"
    worker.start()
    assert worker.request("echo", a=2) == {"a": 2}


def test_a_request_that_takes_too_long_ends_the_process(stand_in):
    worker = stand_in()
    worker.request("echo")
    with pytest.raises(WorkerError, match="did not answer within"):
        worker.request("sleep", timeout=0.3)
    assert worker.request("echo", a=1) == {"a": 1}


def test_a_request_can_be_cancelled_from_another_thread(stand_in):
    worker = stand_in()
    worker.request("echo")

    def cancel_when_busy():
        wait_for(worker, "busy")
        worker.cancel()

    helper = threading.Thread(target=cancel_when_busy)
    helper.start()
    with pytest.raises(CancelledError):
        worker.request("sleep")
    helper.join()
    assert worker.request("echo", a=1) == {"a": 1}
    worker.cancel()
    assert worker.request("echo", a=2) == {"a": 2}


def test_close_under_a_request_raises_there_and_ends_the_process(stand_in):
    worker = stand_in()
    worker.request("echo")

    def close_when_busy():
        wait_for(worker, "busy")
        worker.close()

    helper = threading.Thread(target=close_when_busy)
    helper.start()
    with pytest.raises(WorkerError):
        worker.request("sleep")
    helper.join()
    assert worker.state == "absent"


def test_its_folder_is_empty_its_own_and_removed_at_the_end(stand_in):
    worker = stand_in()
    folder, content, keras_home, _ = worker.request("folder")
    assert content == []
    assert keras_home == folder
    assert Path(folder).is_dir()
    worker.close()
    assert not Path(folder).exists()


@pytest.mark.skipif(os.name == "nt", reason="asks for a process by signal 0")
def test_the_process_ends_when_its_parent_is_killed(tmp_path, stand_in):
    stand_in()
    parent = tmp_path / "parent.py"
    parent.write_text(
        textwrap.dedent(
            f"""
            import sys, time
            from weightview.worker.client import Worker
            worker = Worker([sys.executable, {str(tmp_path / "stand_in.py")!r}, "behaves"])
            print(worker.request("folder")[3], flush=True)
            time.sleep(60)
            """
        )
    )
    with subprocess.Popen([sys.executable, str(parent)], stdout=subprocess.PIPE) as running:
        child = int(running.stdout.readline())
        running.send_signal(signal.SIGKILL)
        running.wait()
    deadline = time.monotonic() + WAIT
    while time.monotonic() < deadline:
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        time.sleep(0.02)
    pytest.fail("the process outlived its parent")


def test_requests_from_many_threads_take_turns(stand_in):
    worker = stand_in()
    answers = {}

    def ask(number):
        answers[number] = worker.request("echo", number=number)["number"]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: number for number in range(8)}


def test_only_changed_weights_are_sent_again(stand_in):
    worker = stand_in()
    document = tiny_document()
    inputs = [np.zeros((1, 2), "f4")]

    def run():
        worker.layer_outputs(document.model, document.values, inputs)
        return worker.request("assigned")

    assert run() == [["a/kernel", "b/kernel"]]
    assert run() == [["a/kernel", "b/kernel"]]
    document.set_values("b/kernel", (0, 0), 5)
    assert run() == [["a/kernel", "b/kernel"], ["b/kernel"]]
    document.undo()
    assert run() == [["a/kernel", "b/kernel"], ["b/kernel"], ["b/kernel"]]


def test_after_a_death_everything_is_sent_again(stand_in):
    worker = stand_in()
    document = tiny_document()
    inputs = [np.zeros((1, 2), "f4")]
    worker.layer_outputs(document.model, document.values, inputs)
    with pytest.raises(WorkerError):
        worker.request("die")
    worker.layer_outputs(document.model, document.values, inputs)
    assert worker.request("assigned") == [["a/kernel", "b/kernel"]]


def test_a_worker_that_is_dropped_takes_its_process_along(stand_in, tmp_path):
    worker = Worker([sys.executable, str(tmp_path / "stand_in.py"), "behaves"])
    stand_in()
    folder = worker.request("folder")[0]
    del worker
    deadline = time.monotonic() + WAIT
    while Path(folder).exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_shared_worker_is_one_and_not_started_by_asking_for_it(monkeypatch):
    monkeypatch.setattr(client, "_shared", None)
    assert shared_worker() is shared_worker()
    assert shared_worker().state == "absent"


@pytest.mark.parametrize("frozen", [False, True])
def test_a_bundle_starts_itself(monkeypatch, frozen):
    monkeypatch.setattr(sys, "frozen", frozen, raising=False)
    command = launching.start_command()
    assert command[0] == sys.executable
    assert command[1:] == (["--worker"] if frozen else ["-m", "weightview.worker.process"])
