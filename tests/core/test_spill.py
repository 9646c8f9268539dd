"""Arrays on disk: each comes back as it was, and room that is free is used again."""

import itertools
import tempfile
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weightview.core.spill import Spill


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 200)), max_size=40), st.randoms())
def test_what_was_put_comes_back_whatever_was_freed(steps, random):
    spill = Spill()
    kept = []
    for put, size in steps:
        if put or not kept:
            array = np.frombuffer(random.randbytes(size), np.uint8)
            kept.append((spill.put(array), array))
        else:
            spill.free(kept.pop(size % len(kept))[0])
        for place, array in kept:
            assert spill.take(place).tobytes() == array.tobytes()
        occupied = sorted((p.offset, p.offset + p.nbytes) for p, a in kept if a.size)
        assert all(left[1] <= right[0] for left, right in itertools.pairwise(occupied))
    while kept:
        spill.free(kept.pop()[0])
    assert spill.nbytes == 0
    spill.clear()


@pytest.mark.parametrize("dtype", ["float32", "int8", "bool"])
@pytest.mark.parametrize("shape", [(), (3,), (2, 0), (2, 3, 4)])
def test_shape_and_dtype_come_back(dtype, shape):
    spill = Spill()
    array = np.ones(shape, dtype)
    taken = spill.take(spill.put(array))
    assert (taken.shape, taken.dtype) == (array.shape, array.dtype)
    spill.clear()


def test_replacing_one_array_again_and_again_takes_no_more_room():
    spill = Spill()
    first = spill.put(np.zeros(100, np.uint8))
    for i in range(50):
        place = spill.put(np.full(1000, i, np.uint8))
        spill.free(place)
    assert spill.nbytes == first.nbytes
    spill.clear()


def test_after_clear_nothing_can_be_taken():
    spill = Spill()
    place = spill.put(np.zeros(3))
    spill.clear()
    with pytest.raises(OSError, match="closed"):
        spill.take(place)


def test_clear_waits_for_what_another_thread_is_writing(monkeypatch):
    spill, real = Spill(), tempfile.TemporaryFile
    is_writing, is_cleared = threading.Event(), threading.Event()

    def slow_file(**options):
        file = real(**options)
        seek = file.seek

        def slow_seek(offset):
            is_writing.set()
            is_cleared.wait(20)
            return seek(offset)

        file.seek = slow_seek
        return file

    monkeypatch.setattr(tempfile, "TemporaryFile", slow_file)
    ends = []

    def put():
        try:
            ends.append(spill.put(np.ones(3)).nbytes)
        except ValueError as error:
            ends.append(error)

    writing = threading.Thread(target=put)
    writing.start()
    assert is_writing.wait(20)
    spill.clear()
    for thread in threading.enumerate():
        if thread.name == "weightview-undo-end":
            thread.join(0.2)
    is_cleared.set()
    writing.join(20)
    assert ends == [24]


def test_after_clear_nothing_is_put():
    spill = Spill()
    spill.put(np.zeros(3))
    spill.clear()
    with pytest.raises(OSError, match="closed"):
        spill.put(np.zeros(3))
