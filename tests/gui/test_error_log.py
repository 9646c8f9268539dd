"""Unexpected errors: written down, and told to the person."""

import faulthandler
import sys
import threading

import pytest

from weightview.gui import error_log


@pytest.fixture
def log(monkeypatch, tmp_path):
    monkeypatch.setattr(error_log, "log_folder", lambda: tmp_path / "log")
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    opened = []
    monkeypatch.setattr(faulthandler, "enable", opened.append)
    yield tmp_path / "log"
    for handler in list(error_log.logger.handlers):
        error_log.logger.removeHandler(handler)
        handler.close()
    for file in opened:
        file.close()


def raise_and_catch(error):
    try:
        raise error
    except (ArithmeticError, ValueError, KeyboardInterrupt):
        sys.excepthook(*sys.exc_info())


def test_an_unexpected_error_is_logged_and_reported(log, capsys):
    reported = []
    error_log.start(reported.append)
    raise_and_catch(ZeroDivisionError("by zero"))
    assert [str(error) for error in reported] == ["by zero"]
    text = error_log.log_file().read_text()
    assert "ZeroDivisionError: by zero" in text
    assert "raise_and_catch" in text
    assert "by zero" in capsys.readouterr().err


def test_an_interruption_by_key_is_no_error(log, capsys):
    reported = []
    error_log.start(reported.append)
    raise_and_catch(KeyboardInterrupt())
    assert reported == []


def test_an_error_in_a_thread_is_logged(log, capsys):
    error_log.start(lambda error: None)

    def fail():
        raise ValueError("in a thread")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    assert "in a thread" in error_log.log_file().read_text()


def test_a_folder_that_cannot_be_written_is_no_obstacle(log, capsys):
    log.write_text("a file where the folder should be")
    reported = []
    error_log.start(reported.append)
    assert "no log can be kept" in capsys.readouterr().err
    raise_and_catch(ValueError("later"))
    assert len(reported) == 1
