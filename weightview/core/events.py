"""Signals without Qt: a document tells what changed, whoever listens hears it.

Listeners that are bound methods are held weakly, so a closed window does not keep hearing, and
does not have to remember to stop.
"""

import inspect
import weakref
from collections.abc import Callable
from contextlib import ExitStack
from typing import Generic, ParamSpec

P = ParamSpec("P")


class Signal(Generic[P]):
    """A list of listeners, called in the order in which they were connected."""

    def __init__(self) -> None:
        """Start without listeners."""
        self._listeners: list[Callable[[], Callable[P, object] | None]] = []

    def connect(self, listener: Callable[P, object]) -> None:
        """Call ``listener`` at each :meth:`emit`; a bound method is held weakly."""
        if inspect.ismethod(listener):
            self._listeners.append(weakref.WeakMethod(listener))
        else:
            self._listeners.append(lambda: listener)

    def disconnect(self, listener: Callable[P, object]) -> None:
        """Stop calling ``listener``; one that was never connected is no error."""
        self._listeners = [ref for ref in self._listeners if ref() not in (None, listener)]

    def emit(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call every living listener; one that was connected meanwhile waits for the next time.

        Raises:
            Exception: what a listener raised, after all of them were called: one that fails must
                not leave the others with what was true before.
        """
        alive = [(ref, ref()) for ref in self._listeners]
        self._listeners = [ref for ref, listener in alive if listener is not None]
        with ExitStack() as calls:
            for _, listener in reversed(alive):
                if listener is not None:
                    calls.callback(listener, *args, **kwargs)
