"""The loop of TensorFlow's process: read a request, have it handled, answer."""

import os
import queue
import re
import sys
import threading
from importlib import import_module
from typing import Any, BinaryIO

from weightview.core.errors import WorkerError
from weightview.worker import protocol
from weightview.worker.process import confinement
from weightview.worker.process.models import Models

HANDLERS = {
    "build": "building",
    "assign": "assigning",
    "forget": "forgetting",
    "outputs": "outputs",
    "build_layer": "layer_calls",
    "call_layer": "layer_calls",
    "shapes": "shapes",
    "draw": "initializers",
    "gradients": "gradients",
    "list_checkpoint": "checkpoints",
    "read_checkpoint_tensor": "checkpoints",
    "checkpoint_names": "checkpoint_writing",
    "write_checkpoint": "checkpoint_writing",
    "write_datasets": "hdf5_writing",
    "write_hdf5": "hdf5_writing",
}
"""The module of each request; it has a function of the request's name."""

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_PROCESSOR_SECONDS = 3600.0


def serve() -> int:
    """Answer requests until standard input ends."""
    incoming, outgoing = _take_streams()
    confinement.confine(int(os.environ.get("WEIGHTVIEW_WORKER_MEMORY", "0")))
    requests: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(incoming, requests), daemon=True).start()
    protocol.write_frame(outgoing, _greeting())
    confinement.forbid_network_and_programs()
    models = Models()
    while True:
        request = requests.get()
        confinement.limit_processor_time(_PROCESSOR_SECONDS)
        answer = {"id": request["id"], **_answer(models, request)}
        try:
            protocol.write_frame(outgoing, answer)
        except protocol.ProtocolError as error:
            protocol.write_frame(outgoing, {"id": request["id"], "error": str(error)})


def _take_streams() -> tuple[BinaryIO, BinaryIO]:
    """Keep the pipes for us alone: whatever else prints or reads meets an empty device."""
    incoming = os.fdopen(os.dup(0), "rb")
    outgoing = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    # Standard error is a log where the client asked for one, else nothing.
    os.dup2(2 if os.environ.get("WEIGHTVIEW_WORKER_LOG") else nothing, 1)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(incoming.fileno(), os.O_BINARY)
        msvcrt.setmode(outgoing.fileno(), os.O_BINARY)
    return incoming, outgoing


def _read(incoming: BinaryIO, requests: "queue.SimpleQueue[Any]") -> None:
    """Pass requests on; when the client is gone, end at once, whatever is being computed."""
    while True:
        try:
            requests.put(protocol.read_frame(incoming))
        except (EOFError, protocol.ProtocolError, OSError):
            os._exit(0)


def _greeting() -> dict[str, Any]:
    """Import TensorFlow and Keras and return what was found."""
    versions = {}
    problems = []
    for name in ("tensorflow", "keras", "tf_keras"):
        try:
            versions[name] = str(import_module(name).__version__)
        except (ImportError, AttributeError, OSError, RuntimeError, ValueError) as error:
            problems.append(f"{name}: {error}")
    return {"versions": versions, "problems": problems}


def _answer(models: Models, request: Any) -> dict[str, Any]:
    kind = str(request["kind"])
    try:
        module = import_module(f"weightview.worker.process.{HANDLERS[kind]}")
        return {"result": getattr(module, kind)(models, **request["arguments"])}
    except WorkerError as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": "TensorFlow's process has not enough memory for this."}
    except Exception as error:  # noqa: BLE001 - whatever Keras raises becomes the answer
        return {"error": f"TensorFlow: {_first_lines(error)}"}


def _first_lines(error: Exception) -> str:
    """Return the part of Keras' message that a person can read: its first lines, in one."""
    plain = _COLOUR.sub("", str(error))
    lines = [line.strip() for line in plain.splitlines() if line.strip()]
    text = " ".join(lines[:3]) or type(error).__name__
    return text if len(text) <= 400 else f"{text[:400]}…"  # noqa: PLR2004 - a pane's width or two
