"""A picture that is sampled shows what the whole one would, at its rows and runs of columns."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weightview.core.errors import CancelledError
from weightview.core.sampling import extremes
from weightview.gui.weight_view import sampled_mosaic as module
from weightview.gui.weight_view.mosaic import plans
from weightview.gui.weight_view.sampled_mosaic import sampled_mosaic

CASES = [
    ((3, 4, 7), ("kernel step", "channel", "filter")),
    ((3, 2, 4, 7), ("kernel height", "kernel width", "channel", "filter")),
    ((3, 2, 7, 4), ("kernel height", "kernel width", "filter", "channel")),
    ((5, 4, 3, 2), ("filter", "channel", "kernel height", "kernel width")),
    ((3, 3, 6, 1), ("kernel height", "kernel width", "channel", "multiplier")),
    ((2, 3, 2, 2, 5), ("kernel depth", "kernel height", "kernel width", "channel", "filter")),
    ((1, 1, 9, 5), ("kernel height", "kernel width", "channel", "filter")),
    ((1, 1, 9, 5), ("kernel height", "kernel width", "filter", "channel")),
    ((6, 5, 3), ("input", "head", "key dimension")),
    ((5, 3, 6), ("head", "value dimension", "output")),
    ((70,), ("unit",)),
]
LAWS = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def document_of(make_document, shape, axes):
    rng = np.random.default_rng(7)
    array = rng.normal(size=shape).astype(np.float32)
    array.flat[3], array.flat[5] = np.nan, -np.inf
    return make_document("Any", {"w": array}, {"w": axes}), array


@pytest.mark.parametrize(("shape", "axes"), CASES, ids=lambda value: str(value)[:30])
@pytest.mark.parametrize("most", [1, 9, 1 << 20])
@LAWS
@given(data=st.data())
def test_it_is_the_whole_picture_made_smaller(make_document, monkeypatch, shape, axes, most, data):
    document, array = document_of(make_document, shape, axes)
    monkeypatch.setattr(module, "_MOST_AT_ONCE", most)
    monkeypatch.setattr(module, "_MOST_HELD", most)
    weight = document.weight("layer/w")
    mosaic = plans(weight)[0]
    if mosaic.wraps:
        mosaic = mosaic.in_lines(data.draw(st.integers(1, 4)))

    def cells(count):
        step = data.draw(st.integers(1, 5))
        start = data.draw(st.integers(0, (count - 1) // step)) * step
        return range(start, data.draw(st.integers(start + 1, count)), step)

    rows, columns = cells(mosaic.height), cells(mosaic.width)
    found = sampled_mosaic(document.values, weight, mosaic, rows, columns)
    whole = mosaic.arrange(array)[:, columns.start : columns.stop]
    expected = extremes(whole[np.asarray(rows)], columns.step, axis=1)
    in_gap = np.asarray(rows) % (mosaic.tile_height + mosaic.gap) >= mosaic.tile_height
    np.testing.assert_array_equal(found[~in_gap], expected[~in_gap])


def test_it_stops_when_it_is_cancelled(make_document):
    document, _ = document_of(make_document, *CASES[1])
    weight = document.weight("layer/w")
    mosaic = plans(weight)[0]
    rows, columns = range(mosaic.height), range(mosaic.width)
    with pytest.raises(CancelledError):
        sampled_mosaic(document.values, weight, mosaic, rows, columns, lambda: True)


@pytest.mark.parametrize(("shape", "axes"), CASES[:-1], ids=lambda value: str(value)[:30])
def test_no_number_is_read_twice(make_document, shape, axes, monkeypatch):
    shape = tuple(length * 8 if length > 3 else length for length in shape)
    document, _ = document_of(make_document, shape, axes)
    monkeypatch.setattr(module, "_MOST_AT_ONCE", 64)
    weight = document.weight("layer/w")
    mosaic = plans(weight)[0]
    counts = []
    read = type(document.values).read

    def counted(values, weight, region=None):
        found = read(values, weight, region)
        counts.append(np.size(found))
        return found

    monkeypatch.setattr(type(document.values), "read", counted)
    rows = range(0, mosaic.height, 8)
    sampled_mosaic(document.values, weight, mosaic, rows, range(mosaic.width))
    assert sum(counts) <= weight.size
