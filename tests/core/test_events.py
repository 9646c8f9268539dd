"""Signals: who hears what, and for how long."""

import gc

import pytest

from weightview.core.events import Signal


class Listener:
    def __init__(self):
        self.heard = []

    def hear(self, *args):
        self.heard.append(args)


@pytest.fixture
def signal():
    return Signal()


def test_listeners_are_called_in_the_order_of_connecting(signal):
    heard = []
    for name in "abc":
        signal.connect(lambda value, name=name: heard.append((name, value)))
    signal.emit(1)
    assert heard == [("a", 1), ("b", 1), ("c", 1)]


def test_arguments_arrive_by_position_and_by_name(signal):
    heard = []
    signal.connect(lambda *args, **kwargs: heard.append((args, kwargs)))
    signal.emit(1, 2, word="x")
    assert heard == [((1, 2), {"word": "x"})]


def test_a_bound_method_does_not_keep_its_object_alive(signal):
    listener = Listener()
    heard = listener.heard
    signal.connect(listener.hear)
    signal.emit(1)
    del listener
    gc.collect()
    signal.emit(2)
    assert heard == [(1,)]
    assert signal._listeners == []


def test_a_function_and_a_method_of_a_builtin_are_kept(signal):
    heard = []
    signal.connect(heard.append)
    signal.connect(lambda value: heard.append(-value))
    gc.collect()
    signal.emit(3)
    assert heard == [3, -3]


def test_who_disconnected_hears_no_more(signal):
    listener, other = Listener(), Listener()
    signal.connect(listener.hear)
    signal.connect(other.hear)
    signal.disconnect(listener.hear)
    signal.disconnect(listener.hear)
    signal.emit(1)
    assert (listener.heard, other.heard) == ([], [(1,)])


def test_who_connects_while_a_signal_is_told_hears_the_next_one(signal):
    heard = []

    def first(value):
        heard.append(("first", value))
        if value == 1:
            signal.connect(lambda value: heard.append(("later", value)))

    signal.connect(first)
    signal.emit(1)
    signal.emit(2)
    assert heard == [("first", 1), ("first", 2), ("later", 2)]


def test_a_listener_that_fails_is_told_and_the_others_hear_all_the_same(signal):
    heard = []

    def fail(_):
        raise RuntimeError("no")

    signal.connect(fail)
    signal.connect(heard.append)
    with pytest.raises(RuntimeError, match="no"):
        signal.emit(1)
    assert heard == [1]
