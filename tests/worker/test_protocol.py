"""Frames carry messages there and back, and survive whatever else comes along the pipe."""

import io
import json
import struct

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from weightview.core.errors import WorkerError
from weightview.worker import protocol
from weightview.worker.protocol import ProtocolError, read_frame, write_frame

PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
ARRAYS = hnp.arrays(
    st.one_of(
        hnp.floating_dtypes(endianness="<"),
        hnp.integer_dtypes(endianness="<"),
        hnp.unsigned_integer_dtypes(endianness="<"),
        hnp.boolean_dtypes(),
    ),
    hnp.array_shapes(min_dims=0, max_dims=4, min_side=0),
)
SLICES = st.builds(slice, *[st.none() | st.integers(-9, 9)] * 3)
MESSAGES = st.recursive(
    PLAIN | ARRAYS | SLICES | st.just(...),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


def sent(message):
    stream = io.BytesIO()
    write_frame(stream, message)
    stream.seek(0)
    return read_frame(stream)


def equal(left, right):
    if isinstance(left, np.ndarray):
        return (
            left.dtype == right.dtype
            and left.shape == right.shape
            and left.tobytes() == right.tobytes()
        )
    if isinstance(left, list):
        return len(left) == len(right) and all(map(equal, left, right))
    if isinstance(left, dict):
        return list(left) == list(right) and all(equal(left[key], right[key]) for key in left)
    return type(left) is type(right) and left == right


@given(MESSAGES)
def test_a_message_arrives_as_it_was_sent(message):
    assert equal(message, sent(message))


@given(st.dictionaries(st.sampled_from(["__array__", "__dict__", "__slice__", "a"]), PLAIN))
def test_keys_that_look_like_our_marks_stay_plain_keys(message):
    assert sent(message) == message


@pytest.mark.parametrize(
    "name",
    ["bfloat16", "int4", "uint4", "float8_e4m3fn", "float8_e5m2", "float8_e4m3b11fnuz"],
)
def test_low_precision_arrays_arrive_bit_for_bit(name):
    dtype = np.dtype(getattr(ml_dtypes, name))
    array = np.arange(8).reshape(2, 4).astype(dtype)
    back = sent({"x": array})["x"]
    assert back.dtype == dtype
    assert back.tobytes() == array.tobytes()


def test_numbers_of_either_byte_order_arrive():
    back = sent(np.array([1.5, -2.0], ">f4"))
    np.testing.assert_array_equal(back, [1.5, -2.0])


@pytest.mark.parametrize(
    "texts",
    [np.array(["a", "ü"]), np.array([b"raw", b"x"]), np.array([["p"], ["q"]], dtype=object)],
)
def test_texts_arrive_as_str(texts):
    back = sent(texts)
    assert back.shape == texts.shape
    assert back.dtype == object
    wanted = [t.decode() if isinstance(t, bytes) else str(t) for t in texts.reshape(-1)]
    assert back.reshape(-1).tolist() == wanted


def test_arrays_that_arrive_can_be_written_into():
    back = sent(np.zeros(3))
    back[0] = 1
    assert back[0] == 1


@pytest.mark.parametrize(
    "message",
    [object(), {1: 2}, {"a": {None: 1}}, np.array([object()]), np.zeros(1, "M8[s]"), {"f": print}],
)
def test_what_cannot_be_sent_is_refused(message):
    with pytest.raises(ProtocolError):
        write_frame(io.BytesIO(), message)


def test_nothing_is_written_of_a_message_that_is_refused():
    stream = io.BytesIO()
    with pytest.raises(ProtocolError):
        write_frame(stream, [np.zeros(4), object()])
    assert stream.getvalue() == b""


def frame(body, arrays, blob=b"", size=None, magic=protocol.MAGIC):
    text = json.dumps({"body": body, "arrays": arrays}).encode()
    return struct.pack("<4sIQ", magic, len(text), len(blob) if size is None else size) + text + blob


FLOAT = {"dtype": "float32", "shape": [2], "bytes": 8}


@pytest.mark.parametrize(
    "data",
    [
        frame(1, [], magic=b"HTTP"),
        frame(1, [])[:-1],
        frame(1, [])[:5],
        frame(1, [], size=4) + b"abcd",
        frame({"__array__": 0}, [FLOAT], b"1234"),
        frame({"__array__": 0}, [FLOAT], b"1234" * 3),
        frame({"__array__": 3}, [FLOAT], b"12345678"),
        frame({"__array__": True}, [FLOAT], b"12345678"),
        frame({"__array__": 0}, [{**FLOAT, "shape": [-2]}], b"12345678"),
        frame({"__array__": 0}, [{**FLOAT, "shape": [1] * 40}], b"1234"),
        frame({"__array__": 0}, [{**FLOAT, "dtype": "object"}], b"12345678"),
        frame({"__array__": 0}, [{**FLOAT, "dtype": "string"}], b"[1, 2]  "),
        frame({"__slice__": [1]}, []),
        struct.pack("<4sIQ", protocol.MAGIC, 5, 0) + b"{bad}",
        struct.pack("<4sIQ", protocol.MAGIC, 200_000, 0) + b"[" * 200_000,
        struct.pack("<4sIQ", protocol.MAGIC, 2**32 - 1, 0),
        struct.pack("<4sIQ", protocol.MAGIC, 2, 2**63) + b"{}",
    ],
)
def test_a_damaged_frame_is_refused_with_our_error(data):
    with pytest.raises(WorkerError):
        read_frame(io.BytesIO(data))


@given(st.binary(max_size=80))
def test_random_bytes_never_raise_anything_but_our_error_or_the_end(noise):
    stream = io.BytesIO()
    write_frame(stream, {"a": [1, np.arange(3.0)]})
    whole = stream.getvalue()
    for data in (noise, whole[:16] + noise, protocol.MAGIC + noise):
        with pytest.raises((ProtocolError, EOFError)):
            read_frame(io.BytesIO(data))


def test_the_end_between_two_frames_is_told_from_one_inside():
    stream = io.BytesIO()
    write_frame(stream, 1)
    stream.seek(0)
    assert read_frame(stream) == 1
    with pytest.raises(EOFError):
        read_frame(stream)


def test_a_lie_about_the_size_allocates_no_more_than_was_sent():
    import tracemalloc

    head = struct.pack("<4sIQ", protocol.MAGIC, 60 << 20, 0)
    tracemalloc.start()
    with pytest.raises(ProtocolError, match="breaks off"):
        read_frame(io.BytesIO(head + b"x" * 1000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40 << 20
