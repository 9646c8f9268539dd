"""A number's derivation as it is shown: its terms, its closing lines, its words."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import weightview
from weightview.calculator.trace import Trace
from weightview.core.document import Document
from weightview.gui.derivation_panel.account import Account, account_of, name_of
from weightview.gui.selection import NumberAddress

DocumentMaker = Callable[..., Document]


@pytest.mark.parametrize("stage", ["weighted_sum", "pre_activation", "output"])
def test_the_last_line_is_the_number_in_the_trace(
    make_dense_document: DocumentMaker, stage: str
) -> None:
    document = make_dense_document((8, 5))
    trace = weightview.propagate(document, np.linspace(0, 1, 8))
    account = account_of(trace, NumberAddress("dense_1", 0, stage, (2,)))
    number = float(trace["dense_1"].stage(stage).value[2])
    assert account.value == number
    assert account.closing[-1].value == number
    assert account.closing[-1].is_result
    assert len(account.terms) == 8
    assert account.length == 5


def test_terms_sum_and_bias_lead_to_the_activation(make_dense_document: DocumentMaker) -> None:
    document = make_dense_document((8, 5))
    x = np.linspace(0, 1, 8)
    trace = weightview.propagate(document, x)
    account = account_of(trace, NumberAddress("dense_1", 0, "output", (2,)))
    z = x @ document.read("dense_1/kernel")[:, 2]
    total, bias, result = account.closing
    assert total.value == pytest.approx(z, rel=1e-5)
    assert bias.value == pytest.approx(float(document.read("dense_1/bias")[2]))
    assert bias.source is not None
    assert (bias.source.kind, bias.source.name, bias.source.index) == (
        "weight",
        "dense_1/bias",
        (2,),
    )
    assert result.text.startswith("sigmoid(")
    sizes = [abs(term.product) for term in account.terms]
    assert sizes == sorted(sizes, reverse=True)


def test_columns_have_aligned_decimals(make_dense_document: DocumentMaker) -> None:
    trace = weightview.propagate(make_dense_document((8, 5)), np.linspace(0, 100, 8))
    account = account_of(trace, NumberAddress("dense_1", 0, "output", (0,)))
    for column in (*account.columns[:2], [*account.columns[2], *account.closing_texts]):
        assert len({len(text.partition(".")[2]) for text in column}) == 1


def small_output(make: DocumentMaker) -> Account:
    """Return the account of sigmoid(-6), beside terms of a hundred."""
    document = make((2, 1), "sigmoid")
    document.set_values("dense_1/kernel", None, [[100.25], [-106.25]])
    document.set_values("dense_1/bias", None, [-0.0001234567])
    trace = weightview.propagate(document, [1.0, 1.0])
    return account_of(trace, NumberAddress("dense_1", 0, "output", (0,)))


def test_a_number_reads_the_same_in_the_title_the_lines_and_the_words(
    make_dense_document: DocumentMaker,
) -> None:
    account = small_output(make_dense_document)
    total, bias, result = (text.strip() for text in account.closing_texts)
    assert (total, bias, result) == ("-6.0000", "-0.000123457", "0.00247232")
    assert account.title == "How dense_1 unit 0 came to 0.00247232"


def test_points_stand_under_points_though_a_small_number_has_more_decimals(
    make_dense_document: DocumentMaker,
) -> None:
    account = small_output(make_dense_document)
    texts = [*account.columns[2], *account.closing_texts]
    assert [text.strip() for text in texts[:2]] == ["-106.2500", "100.2500"]
    assert len({len(text.partition(".")[2]) for text in texts}) == 1


def test_the_words_of_a_line_repeat_the_numbers_above_it(
    make_dense_document: DocumentMaker,
) -> None:
    document = make_dense_document((1, 1), "linear")
    document.set_values("dense_1/kernel", None, [[0.1]])
    document.set_values("dense_1/bias", None, [0.25])
    trace = weightview.propagate(document, [[3.0]])
    account = account_of(trace, NumberAddress("dense_1", 0, "pre_activation", (0, 0)))
    assert account.closing_words[-1] == "0.300000 + 0.250000"


def test_the_title_says_what_the_model_itself_calls_the_number(
    make_dense_document: DocumentMaker,
) -> None:
    trace = weightview.propagate(make_dense_document((2, 3)), [1.0, 2.0])
    step = trace["dense_1"]
    *before, last = step.stages
    named = replace(last, namer=lambda index: ("cat", "dog", "hen")[index[0]])
    own = Trace(trace.inputs, (replace(step, stages=(*before, named)),), trace.outputs, False)
    account = account_of(own, NumberAddress("dense_1", 0, "output", (1,)))
    assert account.title.startswith("How dense_1 unit 1 dog came to ")


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (NumberAddress("dense", 0, "output", (3,)), "dense unit 3"),
        (NumberAddress("dense", 0, "pre_activation", (3,)), "dense unit 3, pre activation"),
        (NumberAddress("conv", 1, "output", (1, 2, 3)), "conv (call 2) [1, 2, 3]"),
    ],
)
def test_a_number_is_named_in_words(address: NumberAddress, name: str) -> None:
    assert name_of(address) == name


@pytest.mark.parametrize(
    ("address", "error"),
    [
        (NumberAddress("none", 0, "output", (0,)), KeyError),
        (NumberAddress("dense_1", 0, "none", (0,)), KeyError),
        (NumberAddress("dense_1", 0, "output", (9,)), IndexError),
    ],
)
def test_what_is_not_there_raises(
    make_dense_document: DocumentMaker, address: NumberAddress, error: Any
) -> None:
    trace = weightview.propagate(make_dense_document((8, 5)), np.zeros(8))
    with pytest.raises(error):
        account_of(trace, address)
