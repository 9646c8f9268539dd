"""A stand-in for TensorFlow's process, and a worker of the real one."""

import sys
import textwrap

import pytest

from weightview.worker.client import Worker

STAND_IN = textwrap.dedent(
    '''
    """Speaks the protocol like TensorFlow's process, and misbehaves as its arguments say."""

    import os
    import sys
    import time
    from pathlib import Path

    from weightview.worker import protocol
    from weightview.worker.process.serving import _take_streams

    mode = sys.argv[1]
    incoming, outgoing = _take_streams()
    print("a stray line")
    os.write(1, b"stray bytes")
    if mode == "dies at start":
        os._exit(3)
    if mode == "dies at the first start" and not Path(sys.argv[2]).exists():
        Path(sys.argv[2]).touch()
        os._exit(3)
    if mode == "speaks nonsense":
        outgoing.write(b"HTTP/1.1 200 OK" * 9)
        outgoing.flush()
        time.sleep(60)
    if mode == "greets wrongly":
        protocol.write_frame(outgoing, ["hello"])
    versions = {} if mode == "has no tensorflow" else {"tensorflow": "9.9.9"}
    protocol.write_frame(outgoing, {"versions": versions, "problems": ["tensorflow: broken"]})
    assigned = []
    while True:
        try:
            request = protocol.read_frame(incoming)
        except EOFError:
            break
        kind, arguments = request["kind"], request["arguments"]
        result = arguments
        if kind == "die":
            os._exit(7)
        if kind == "kill":
            os.kill(os.getpid(), 9)
        if kind == "sleep":
            time.sleep(60)
        if kind == "folder":
            result = [os.getcwd(), os.listdir(), os.environ["KERAS_HOME"], os.getpid()]
        if kind == "refuse":
            protocol.write_frame(outgoing, {"id": request["id"], "error": "Keras says no."})
            continue
        if kind == "build":
            result = {"problems": {}}
        if kind == "assign":
            assigned.append(sorted(arguments["arrays"]))
        if kind == "outputs":
            result = [{"path": "", "node": 0, "outputs": arguments["inputs"]}]
        if kind == "assigned":
            result = assigned
        protocol.write_frame(outgoing, {"id": request["id"] - 1, "result": "of an earlier request"})
        protocol.write_frame(outgoing, {"id": request["id"], "result": result})
    '''
)


@pytest.fixture
def stand_in(tmp_path):
    """Return a function that makes a worker with a stand-in of a given behaviour."""
    script = tmp_path / "stand_in.py"
    script.write_text(STAND_IN)
    workers = []

    def make(mode="behaves"):
        command = [sys.executable, str(script), mode, str(tmp_path / "flag")]
        workers.append(Worker(command))
        return workers[-1]

    yield make
    for worker in workers:
        worker.close()


@pytest.fixture(scope="module")
def referee():
    """Return a worker with the real TensorFlow."""
    pytest.importorskip("weightview.worker.client")
    from weightview.worker.launching import is_installed

    if not is_installed():
        pytest.skip("TensorFlow is not installed")
    worker = Worker()
    worker.start()
    yield worker
    worker.close()
