"""Every mistake of the list is planted, and found by name; numbers of no mistake are left alone."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weightview.calculator import propagate
from weightview.calculator.mistakes.case import Case, makers
from weightview.calculator.mistakes.finder import find_mistakes
from weightview.calculator.mistakes.typed import parse_typed
from weightview.core.errors import InputError, NumberError

RANDOM = np.random.default_rng(7)


def draw(*shape: int) -> np.ndarray:
    return RANDOM.normal(0, 0.7, shape).astype(np.float32)


def dense(n: int, units: int, activation: str = "linear") -> tuple[str, dict, dict]:
    config = {"units": units, "activation": activation, "use_bias": True}
    return ("Dense", config, {"kernel": draw(n, units), "bias": draw(units)})


def conv(n: int, filters: int, **config: Any) -> tuple[str, dict, dict]:
    entries = {"filters": filters, "kernel_size": [3, 2], "strides": [2, 1], "padding": "same",
               "activation": "tanh", "use_bias": True, **config}  # fmt: skip
    return ("Conv2D", entries, {"kernel": draw(3, 2, n, filters), "bias": draw(filters)})


def batch_norm(n: int) -> tuple[str, dict, dict]:
    arrays = {
        "gamma": draw(n) + 1,
        "beta": draw(n),
        "moving_mean": draw(n),
        "moving_variance": np.abs(draw(n)) * 0.01 + 0.001,
    }
    return ("BatchNormalization", {"axis": -1, "epsilon": 1e-3}, arrays)


def lstm(n: int, units: int) -> tuple[str, dict, dict]:
    config = {"units": units, "activation": "tanh", "recurrent_activation": "sigmoid"}
    arrays = {
        "kernel": draw(n, 4 * units),
        "recurrent_kernel": draw(units, 4 * units),
        "bias": draw(4 * units),
    }
    return ("LSTM", config, arrays)


def gru(n: int, units: int) -> tuple[str, dict, dict]:
    config = {"units": units, "activation": "tanh", "recurrent_activation": "sigmoid",
              "reset_after": True}  # fmt: skip
    arrays = {
        "kernel": draw(n, 3 * units),
        "recurrent_kernel": draw(units, 3 * units),
        "bias": draw(2, 3 * units),
    }
    return ("GRU", config, arrays)


MODELS: dict[str, tuple[tuple[int, ...], list[tuple[str, dict, dict]]]] = {
    "dense": ((3,), [dense(3, 4, "sigmoid"), dense(4, 4, "tanh"), dense(4, 2, "softmax")]),
    "hard sigmoid": ((3,), [dense(3, 4, "hard_sigmoid"), dense(4, 2)]),
    "batch norm": ((3,), [dense(3, 4), batch_norm(4), dense(4, 2)]),
    "convolution": ((5, 4, 2), [conv(2, 3), batch_norm(3), ("Flatten", {}, {}), dense(36, 2)]),
    "lstm": ((3, 2), [lstm(2, 3), dense(3, 1)]),
    "gru": ((3, 2), [gru(2, 3), dense(3, 1)]),
}

EXPECTED_KINDS = {
    "activation forgotten", "activation applied twice", "bias left out", "kernel transposed",
    "kernel reshaped wrongly", "wrong layer's bias", "gate order", "second GRU bias forgotten",
    "epsilon outside the root", "another epsilon", "batch statistics instead of moving ones",
    "gamma left out", "beta left out", "flatten order", "kernel flipped",
    "padding on the wrong side", "softmax over the wrong axis",
    "hard_sigmoid of the other generation", "low-precision rounding",
}  # fmt: skip


def typed(numbers: np.ndarray, digits: int = 8) -> str:
    return "\n".join(f"{float(n):.{digits}f}" for n in numbers.reshape(-1))


@pytest.fixture(params=MODELS)
def planted(request: pytest.FixtureRequest, sequential: Any) -> tuple[Case, np.ndarray, set[str]]:
    shape, specs = MODELS[request.param]
    model, values = sequential(shape, *specs)
    x = np.random.default_rng(3).normal(0, 1, shape).astype(np.float32)
    return Case(model, values), x, set()


def test_each_mistake_is_found_by_name_first_or_beside_an_equal(planted: Any) -> None:
    case, x, _ = planted
    own = propagate(case.model, case.values, x)
    mistakes = [m for maker in makers() for m in maker(case, own)]
    assert mistakes
    for mistake in mistakes:
        made = mistake.apply(case).compute(x).output
        if np.abs(made - own.output).max() < 1e-7:
            continue  # for this input the mistake makes no difference
        answer = find_mistakes(case.model, case.values, x, parse_typed(typed(made)))
        nearest = answer.findings[0].distance
        best = [f for f in answer.findings if f.distance <= nearest + 2e-7]
        assert mistake.sentence in {f.sentence for f in best}, mistake.sentence
        found = next(f for f in best if f.sentence == mistake.sentence)
        assert found.kinds == (mistake.kind,)
        assert found.parts_at


def test_every_kind_of_the_list_can_be_made(sequential: Any) -> None:
    kinds = set()
    for shape, specs in MODELS.values():
        model, values = sequential(shape, *specs)
        case = Case(model, values)
        x = np.random.default_rng(3).normal(0, 1, shape).astype(np.float32)
        own = propagate(model, values, x)
        for maker in makers():
            kinds |= {mistake.kind for mistake in maker(case, own)}
    assert kinds >= EXPECTED_KINDS


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def test_mistakes_made_by_hand_in_numpy_are_found(sequential: Any) -> None:
    first, last = dense(3, 3, "sigmoid"), dense(3, 1)
    model, values = sequential((3,), first, last)
    x = np.array([0.4, -1.2, 0.9], np.float32)
    k, b, k2, b2 = (a.astype(float) for spec in (first, last) for a in spec[2].values())
    by_hand = {
        "without sigmoid in dense": (x @ k + b) @ k2 + b2,
        "sigmoid applied twice in dense": sigmoid(sigmoid(x @ k + b)) @ k2 + b2,
        "without the bias of dense": sigmoid(x @ k) @ k2 + b2,
        "without any bias": sigmoid(x @ k) @ k2,
        "the kernel transposed in dense": sigmoid(x @ k.T + b) @ k2 + b2,
    }
    for sentence, number in by_hand.items():
        answer = find_mistakes(model, values, x, parse_typed(typed(number, 5)))
        assert answer.findings[0].sentence == sentence


def test_gates_read_in_torch_order_are_found(sequential: Any) -> None:
    spec = lstm(2, 3)
    model, values = sequential((3, 2), spec)
    x = np.random.default_rng(5).normal(0, 1, (3, 2)).astype(np.float32)
    kernel, recurrent, bias = (a.astype(float) for a in spec[2].values())
    h, c = np.zeros(3), np.zeros(3)
    for step in x:
        # Columns taken for i, c, f, o where they are i, f, c, o.
        i, g, f, o = np.split(step @ kernel + h @ recurrent + bias, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
    answer = find_mistakes(model, values, x, parse_typed(typed(h, 6)))
    assert answer.findings[0].kinds == ("gate order",)
    assert "i, c, f, o instead of i, f, c, o" in answer.findings[0].sentence


def test_two_mistakes_at_once_are_found_where_no_single_one_fits(sequential: Any) -> None:
    model, values = sequential((3,), dense(3, 4, "sigmoid"), dense(4, 1))
    x = [0.4, -1.2, 0.9]
    both = propagate(
        model, values, x, activations={"dense": "linear"}, without_bias=["dense_1"]
    ).output
    answer = find_mistakes(model, values, x, parse_typed(typed(both, 6)))
    assert answer.with_pairs
    sentences = {f.sentence for f in answer.findings}
    assert "without sigmoid in dense and without the bias of dense_1" in sentences


def test_the_models_own_number_is_no_mistake(sequential: Any) -> None:
    model, values = sequential((3,), dense(3, 4, "sigmoid"), dense(4, 1))
    own = propagate(model, values, [0.4, -1.2, 0.9]).output
    answer = find_mistakes(model, values, [0.4, -1.2, 0.9], parse_typed(f"{own[0]:.4f}"))
    assert answer.is_models_own
    assert not answer.findings


@settings(max_examples=25, deadline=None)
@given(st.floats(min_value=50, max_value=5000))
def test_a_number_of_no_mistake_is_answered_by_none_of_these(number: float) -> None:
    from weightview.formats import load

    answer = find_mistakes(*_line(load), [10.0], parse_typed(f"{number:.6f}"))
    assert answer.findings == ()
    assert answer.sentence.startswith("None of these")


@settings(max_examples=25, deadline=None)
@given(st.floats(min_value=-40, max_value=60))
def test_what_is_found_agrees_to_the_digits_given(number: float) -> None:
    from weightview.formats import load

    wanted = parse_typed(f"{number:.2f}")
    answer = find_mistakes(*_line(load), [10.0], wanted)
    for finding in answer.findings:
        assert wanted[0].agrees(finding.numbers[0])
        assert 0 < finding.chance <= 1


def _line(load: Any) -> tuple[Any, Any]:
    from importlib.resources import files
    from pathlib import Path

    from weightview.core.values import Values

    path = Path(str(files("weightview") / "resources" / "examples" / "line.keras"))
    opened = load(path)
    return opened.model, Values(opened.storage)


@pytest.mark.parametrize(
    ("number", "beginning"),
    [
        ("20.475", "Your number comes out without relu in dense"),
        ("19.996", "Your number comes out without any bias"),
        ("17.3", "None of these"),
        ("25.0047", "Your number is the model's own"),
    ],
)
def test_the_question_about_the_line_is_answered(number: str, beginning: str) -> None:
    from weightview.formats import load

    answer = find_mistakes(*_line(load), [10.0], parse_typed(number))
    assert answer.sentence.startswith(beginning)


def test_few_digits_are_told_to_hit_by_chance() -> None:
    from weightview.formats import load

    few = find_mistakes(*_line(load), [10.0], parse_typed("20"))
    many = find_mistakes(*_line(load), [10.0], parse_typed("20.4750"))
    assert few.findings[0].chance > many.findings[0].chance


def test_more_numbers_than_the_output_has_are_refused(sequential: Any) -> None:
    model, values = sequential((3,), dense(3, 2))
    with pytest.raises(InputError, match="2 numbers"):
        find_mistakes(model, values, [1, 2, 3], parse_typed("1 2 3"))


@pytest.mark.parametrize("text", ["", "abc", "1, x", "nan"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(NumberError):
        parse_typed(text)


@pytest.mark.parametrize(
    ("text", "step"), [("20.475", 0.001), ("25", 1), ("1e-3", 1e-3), ("2.50", 0.01), ("−3.1", 0.1)]
)
def test_the_digits_given_are_counted(text: str, step: float) -> None:
    assert parse_typed(text)[0].step == pytest.approx(step)
