"""Formulas give what numpy gives, and nothing but formulas is taken."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weightview.core.errors import NumberError
from weightview.core.formulas import FUNCTIONS, evaluate

W = np.array([[1.0, -2.0, 0.5], [0.0, 4.0, -0.25]], np.float32)
ROW, COLUMN = np.arange(2)[:, np.newaxis], np.arange(3)[np.newaxis, :]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("w * 2", W * 2),
        ("3", np.full(W.shape, 3)),
        ("w + 0.1 * i - j", W + 0.1 * ROW - COLUMN),
        ("where(abs(w) < 0.3, 0, w)", np.where(np.abs(W) < 0.3, 0, W)),
        ("-w ** 2", -(W**2)),
        ("w / max(abs(w))", W / np.abs(W).max()),
        ("(w - mean(w)) / std(w)", (W - W.mean()) / W.std()),
        ("clip(w, -1, 1)", np.clip(W, -1, 1)),
        ("w > 0", W > 0),
        ("pi * w + e", np.pi * W + np.e),
    ],
)
def test_a_formula_gives_what_numpy_gives(text, expected):
    found = evaluate(text, W, ROW, COLUMN)
    assert found.dtype == np.float64
    assert found == pytest.approx(np.asarray(expected, np.float64), rel=1e-6)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_known(name):
    arguments = {"clip": "w, 0, 1", "where": "w > 0, w, 0", "maximum": "w, 0", "minimum": "w, 0"}
    assert evaluate(f"{name}({arguments.get(name, 'w')})", W, ROW, COLUMN).shape == W.shape


@pytest.mark.parametrize(
    "text",
    [
        "",
        "w +",
        "x",
        "w.tofile('x')",
        "__import__('os')",
        "open('x')",
        "().__class__",
        "[w for w in w]",
        "lambda: 0",
        "w[0]",
        "'text'",
        "w if w else 0",
        "abs",
        "w(1)",
        "f'{w}'",
        "max(w, axis=0)",
        "w << 2",
        "True",
        "w := 3",
        "1; 2",
        "9" * 500,
        "1" * 399,
        "-" * 200 + "w",
        "9.0 ** 9 ** 9 ** 9",
        "sum()",
        "w @ w",
    ],
)
def test_what_is_no_formula_is_refused_with_a_sentence(text):
    with pytest.raises(NumberError) as refused:
        evaluate(text, W, ROW, COLUMN)
    assert str(refused.value).endswith((".", "i"))


@given(st.text(max_size=60))
def test_any_text_gives_numbers_or_a_sentence(text):
    try:
        found = evaluate(text, W, ROW, COLUMN)
    except NumberError:
        return
    assert found.shape == W.shape
