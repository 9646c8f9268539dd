"""Where unexpected errors are written: a log file, for a person who reports a problem."""

import faulthandler
import logging
import logging.handlers
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

logger = logging.getLogger("weightview")

_LOG_BYTES = 1 << 20


def log_folder() -> Path:
    """Return the folder of the logs, where the platform keeps logs."""
    from platformdirs import user_log_path

    return user_log_path("weightview", appauthor=False)


def log_file() -> Path:
    """Return the file of unexpected errors."""
    return log_folder() / "weightview.log"


def crash_file() -> Path:
    """Return the file into which a crash of the interpreter itself writes its last words."""
    return log_folder() / "crash.log"


def start(report: Callable[[BaseException], object]) -> None:
    """Write unexpected errors into the log from now on, and ``report`` them to the person.

    A folder that cannot be written is no reason not to start: the errors then go to stderr alone.
    """
    try:
        log_folder().mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            log_file(), maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8", delay=True
        )
        # It stays open: a crash can no longer open a file.
        faulthandler.enable(crash_file().open("a", encoding="utf-8"))
    except OSError as error:
        print(f"weightview: no log can be kept: {error}", file=sys.stderr)
    else:
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        logger.addHandler(handler)
    _catch(report)


def _catch(report: Callable[[BaseException], object]) -> None:
    def caught(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        logger.error("unexpected", exc_info=(kind, error, trace))
        sys.__excepthook__(kind, error, trace)
        report(error)

    sys.excepthook = caught
    threading.excepthook = _log_thread


def _log_thread(arguments: threading.ExceptHookArgs) -> None:
    """Log an error of another thread; widgets must not be touched from there."""
    logger.error("in a thread: %s: %s", arguments.exc_type.__name__, arguments.exc_value)
    threading.__excepthook__(arguments)
