"""What TensorFlow's process may not do: use the network, start programs, grow without bound.

The config it builds from is vetted before it is sent (:mod:`weightview.worker.vetting`); this is
the second fence, for what nobody thought of.
"""

import contextlib
import ctypes
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000

_FORBIDDEN_EVENTS = (
    "socket.connect",
    "socket.bind",
    "socket.getaddrinfo",
    "socket.sendto",
    "urllib.Request",
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.startfile",
    "pty.spawn",
)


def confine(memory_bytes: int) -> None:
    """Give up the network, core dumps and memory beyond ``memory_bytes``, where it can be done.

    Must run before any other thread exists: a namespace is left only by a single thread.
    """
    _leave_the_network()
    _limit_memory(memory_bytes)
    if hasattr(os, "nice"):
        # The window comes first: a person types while this process computes.
        os.nice(5)


def _leave_the_network() -> None:
    """Move into an empty network namespace (Linux, where unprivileged ones are allowed)."""
    if not sys.platform.startswith("linux"):
        return
    # Root needs no user namespace, and would lose the right to read other people's files in one.
    flags = _CLONE_NEWNET if os.geteuid() == 0 else _CLONE_NEWUSER | _CLONE_NEWNET
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None, use_errno=True).unshare(flags)


def _limit_memory(memory_bytes: int) -> None:
    try:
        import resource
    except ImportError:
        return
    if sys.platform == "win32":
        return
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory_bytes > 0:
        # Measured: TensorFlow 2.21 with both Keras takes 1.6 GB of address space, 0.6 GB of memory.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


@contextlib.contextmanager
def at_most(more_bytes: int) -> Iterator[None]:
    """Let the process grow by no more than ``more_bytes`` for a while (Linux; elsewhere: freely).

    A config may ask for more than the file holds: a layer of a billion units is a line of text.
    """
    if not sys.platform.startswith("linux"):
        yield
        return
    import resource

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    wanted = pages * os.sysconf("SC_PAGE_SIZE") + more_bytes
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if soft != resource.RLIM_INFINITY:
        wanted = min(wanted, soft)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def forbid_network_and_programs() -> None:
    """Refuse from now on, in Python itself, to open connections or to start programs.

    Called after the imports: some of them ask the platform for its name by a program.
    """

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        del arguments
        if event in _FORBIDDEN_EVENTS:
            raise PermissionError(f"TensorFlow's process may not do this: {event}")

    sys.addaudithook(refuse)


def limit_processor_time(seconds: float) -> None:
    """End the process when the work begun now takes more than ``seconds`` of processor time."""
    try:
        import resource
    except ImportError:
        return
    if sys.platform == "win32":
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    allowed = int(used.ru_utime + used.ru_stime + seconds) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (allowed, hard))
