"""Work in other threads: answers arrive in this one, late ones are dropped, nothing crashes."""

import threading
import time
from typing import Any

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget
from shiboken6 import delete

from weightview.gui.background import Latest, run


def refuse(error: Exception) -> None:
    raise error


def test_the_result_arrives_in_the_thread_that_asked(qtbot: Any) -> None:
    owner, heard = QObject(), []
    run(
        owner,
        threading.get_ident,
        lambda worker: heard.append((worker, threading.get_ident())),
        refuse,
    )
    qtbot.waitUntil(lambda: bool(heard))
    worker, here = heard[0]
    assert here == threading.get_ident()
    assert worker != here


def test_an_exception_is_handed_to_failed(qtbot: Any) -> None:
    owner, heard = QObject(), []

    def fail() -> None:
        raise ValueError("no")

    run(owner, fail, lambda _: None, heard.append)
    qtbot.waitUntil(lambda: bool(heard))
    assert isinstance(heard[0], ValueError)


def test_the_answer_to_a_closed_owner_is_dropped(qtbot: Any) -> None:
    owner, other, heard = QObject(), QObject(), []
    gate = threading.Event()
    run(owner, gate.wait, lambda _: heard.append("late"), refuse)
    delete(owner)
    gate.set()
    run(other, lambda: None, lambda _: heard.append("other"), refuse)
    qtbot.waitUntil(lambda: "other" in heard)
    qtbot.wait(20)
    assert heard == ["other"]


def test_of_many_requests_the_first_and_the_last_are_run(qtbot: Any) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    latest, heard = Latest(owner), []
    gate = threading.Event()
    latest.request(lambda: gate.wait() and "first", heard.append, refuse)
    for number in range(10):
        latest.request(lambda number=number: number, heard.append, refuse)
    assert latest.is_running
    assert latest.is_waiting
    gate.set()
    qtbot.waitUntil(lambda: not latest.is_running)
    assert heard == ["first", 9]


@pytest.mark.parametrize("round_number", range(3))
def test_widgets_that_go_while_their_work_is_under_way_do_no_harm(
    qtbot: Any, round_number: int
) -> None:
    heard: list[int] = []

    class Asker(QWidget):
        def ask(self) -> None:
            Latest(self).request(lambda: time.sleep(0.001), self.hear, refuse)

        def hear(self, _: Any) -> None:
            heard.append(1)

    for _ in range(100):
        asker = Asker()
        asker.ask()
        del asker
    done: list[bool] = []
    owner = QObject()
    run(owner, lambda: True, done.append, refuse)
    qtbot.waitUntil(lambda: bool(done))
