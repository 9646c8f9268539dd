"""How TensorFlow's process is started: its command, its environment, its empty folder, its end."""

import contextlib
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from weightview.worker import protocol

_GIGABYTE = 1 << 30
_ADDRESS_SPACE = 6 * _GIGABYTE
"""What TensorFlow needs before it holds a model: 1.6 GB after the imports, more with each thread's
stack and arena; the memory really used is about a tenth."""


class EndedError(Exception):
    """The process is gone; the client decides what that means."""


def is_installed() -> bool:
    """Return whether TensorFlow and Keras are there, without importing them."""
    from importlib.util import find_spec

    return find_spec("tensorflow") is not None and find_spec("keras") is not None


def start_command() -> list[str]:
    """Return the command that runs :mod:`weightview.worker.process`.

    In a bundle ``sys.executable`` is weightview itself, which knows ``--worker``.
    """
    if getattr(sys, "frozen", False):
        return [sys.executable, "--worker"]
    return [sys.executable, "-m", "weightview.worker.process"]


def _environment(folder: Path) -> dict[str, str]:
    """Return the environment: silent, on the processor, without a person's own Keras settings."""
    package_parent = str(Path(__file__).resolve().parents[2])
    search = os.environ.get("PYTHONPATH")
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([package_parent, *([search] if search else [])]),
        "PYTHONSAFEPATH": "1",
        "PYTHONUNBUFFERED": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
        "KERAS_BACKEND": "tensorflow",
        "KERAS_HOME": str(folder),
        "TF_USE_LEGACY_KERAS": "0",
        "WEIGHTVIEW_WORKER_MEMORY": str(_memory_limit()),
    }


def _memory_limit() -> int:
    """Return how many bytes of address space the process may take."""
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0
    return _ADDRESS_SPACE + memory * 3 // 4


class Process:
    """One run of TensorFlow's process and the pipes to it."""

    def __init__(self, command: Sequence[str]) -> None:
        """Start it; it needs seconds until it greets.

        Raises:
            OSError: it cannot be started.
        """
        folder = Path(tempfile.mkdtemp(prefix="weightview-worker-"))
        log = os.environ.get("WEIGHTVIEW_WORKER_LOG")
        try:
            with Path(log).open("ab") if log else contextlib.nullcontext() as errors:
                self._popen = subprocess.Popen(  # noqa: S603 - our own program
                    list(command),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors if errors is not None else subprocess.DEVNULL,
                    cwd=folder,
                    env=_environment(folder),
                    creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                )
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self._inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        reader = threading.Thread(
            target=_read, args=(self._popen, self._inbox), name="weightview-worker", daemon=True
        )
        reader.start()
        self._finalizer = weakref.finalize(self, _finish, self._popen, reader, folder)

    def send(self, message: Any) -> None:
        """Send a message.

        Raises:
            ProtocolError: it cannot be sent.
            EndedError: the process is gone.
        """
        try:
            protocol.write_frame(cast(Any, self._popen.stdin), message)
        except (OSError, ValueError) as error:
            raise EndedError from error

    def receive(self, timeout: float) -> Any:
        """Return the next message.

        Args:
            timeout: in seconds.

        Raises:
            TimeoutError: none came.
            EndedError: the process is gone.
        """
        try:
            message = self._inbox.get(timeout=max(0.0, timeout))
        except queue.Empty:
            raise TimeoutError from None
        if message is None:
            self._inbox.put(None)
            raise EndedError
        return message

    def kill(self) -> None:
        """End it at once; what waits for it hears :class:`EndedError`."""
        self._popen.kill()

    def end(self) -> None:
        """End it and remove its folder."""
        self._finalizer()

    @property
    def is_running(self) -> bool:
        """Whether it lives."""
        return self._popen.poll() is None

    def cause_of_end(self) -> str:
        """Return in a few words how it ended: ``signal 9`` or ``code 1``."""
        try:
            code = self._popen.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return "it closed its pipe"
        return f"signal {-code}" if code < 0 else f"code {code}"


def _read(popen: "subprocess.Popen[bytes]", inbox: "queue.SimpleQueue[Any]") -> None:
    """Pass on what the process says, at last None when nothing more can come."""
    stream = cast(Any, popen.stdout)
    while True:
        try:
            inbox.put(protocol.read_frame(stream))
        except (EOFError, OSError, ValueError):
            break
        except protocol.ProtocolError:
            popen.kill()
            break
    inbox.put(None)


def _finish(popen: "subprocess.Popen[bytes]", reader: threading.Thread, folder: Path) -> None:
    # It keeps nothing that could be lost, and while it imports it does not hear that we are gone.
    popen.kill()
    with contextlib.suppress(OSError, ValueError):
        cast(Any, popen.stdin).close()
    popen.wait(timeout=10)
    reader.join(timeout=5)
    with contextlib.suppress(OSError, ValueError):
        cast(Any, popen.stdout).close()
    shutil.rmtree(folder, ignore_errors=True)
