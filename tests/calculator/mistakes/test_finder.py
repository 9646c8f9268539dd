"""Every mistake of the list is planted, and found by name; numbers of no mistake are left alone."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weightview.calculator import propagate
from weightview.calculator.mistakes.answer import Answer
from weightview.calculator.mistakes.case import Case, makers
from weightview.calculator.mistakes.finder import find_mistakes
from weightview.calculator.mistakes.given import scaled
from weightview.calculator.mistakes.typed import parse_typed
from weightview.calculator.trace import Trace
from weightview.core.errors import CancelledError, InputError, NumberError
from weightview.core.memory import MemoryStorage
from weightview.core.model import Graph, Layer, Model, Node, TensorRef, Weight
from weightview.core.values import Values

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


def square(n: int, filters: int) -> tuple[str, dict, dict]:
    entries = {"filters": filters, "kernel_size": [3, 3], "strides": [1, 1], "padding": "same",
               "activation": "relu", "use_bias": True}  # fmt: skip
    return ("Conv2D", entries, {"kernel": draw(3, 3, n, filters), "bias": draw(filters)})


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
    "square window": ((4, 4, 1), [square(1, 2), ("Flatten", {}, {}), dense(32, 2)]),
    "lstm": ((3, 2), [lstm(2, 3), dense(3, 1)]),
    "gru": ((3, 2), [gru(2, 3), dense(3, 1)]),
}

EXPECTED_KINDS = {
    "activation forgotten", "activation applied twice", "bias left out", "kernel transposed",
    "kernel reshaped wrongly", "wrong layer's bias", "gate order", "second GRU bias forgotten",
    "epsilon outside the root", "another epsilon", "batch statistics instead of moving ones",
    "gamma left out", "beta left out", "flatten order", "kernel flipped",
    "padding on the wrong side", "softmax over the wrong axis",
    "hard_sigmoid of the other generation", "low-precision rounding", "input scaled",
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
    assert answer.sentence.startswith("None of ")


@settings(max_examples=25, deadline=None)
@given(st.floats(min_value=-40, max_value=60))
def test_of_a_number_among_those_of_mistakes_only_what_gives_it_is_found(number: float) -> None:
    from weightview.formats import load

    model, values = _line(load)
    wanted = parse_typed(f"{number:.6f}")
    answer = find_mistakes(model, values, [10.0], wanted, pairs=False)
    own = propagate(model, values, [10.0])
    case = Case(model, values)
    gives = {
        m.sentence: float(m.apply(case).compute([10.0]).output[0])
        for maker in makers()
        for m in maker(case, own)
    }
    fitting = {sentence for sentence, n in gives.items() if wanted[0].agrees(n)}
    assert {f.sentence for f in answer.findings} <= fitting
    assert bool(answer.findings) or answer.is_models_own or not fitting


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
        ("17.3", "None of "),
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


def test_a_hit_by_chance_is_said_to_be_perhaps_one() -> None:
    from weightview.formats import load

    few = find_mistakes(*_line(load), [10.0], parse_typed("20"))
    assert few.findings[0].is_likely_chance
    assert "by chance: type more of them" in few.sentence
    many = find_mistakes(*_line(load), [10.0], parse_typed("20.4750"))
    assert not many.findings[0].is_likely_chance
    assert "chance" not in many.sentence


def test_the_search_is_cancelled_while_pairs_are_tried(sequential: Any) -> None:
    model, values = sequential((3,), dense(3, 4, "sigmoid"), dense(4, 1))
    shares: list[float] = []

    def stop(share: float) -> None:
        shares.append(share)
        if share > 0.5:
            raise CancelledError

    with pytest.raises(CancelledError):
        find_mistakes(model, values, [1, 2, 3], parse_typed("123.456789"), progress=stop)
    assert sum(share > 0.5 for share in shares) == 1
    assert shares == sorted(shares)


def test_no_pairs_are_tried_where_they_are_not_wanted(sequential: Any) -> None:
    model, values = sequential((3,), dense(3, 4, "sigmoid"), dense(4, 1))
    answer = find_mistakes(model, values, [1, 2, 3], parse_typed("123.456789"), pairs=False)
    assert not answer.with_pairs
    assert answer.sentence.startswith("None of ")


def test_what_comes_nearest_is_named_where_nothing_gives_the_number(sequential: Any) -> None:
    model, values = sequential((3,), dense(3, 4, "sigmoid"), dense(4, 1))
    own = float(propagate(model, values, [1, 2, 3]).output[0])
    bias = float(values.whole(model.weight("dense_1/bias"))[0])
    typed = own - bias + 0.01 * bias
    answer = find_mistakes(model, values, [1, 2, 3], parse_typed(f"{typed:.6f}"))
    assert answer.findings == ()
    assert answer.own == (own,)
    distances = [finding.distance for finding in answer.near]
    assert distances == sorted(distances)
    assert all(distance < answer.own_distance for distance in distances)
    assert answer.near[0].distance <= abs(0.01 * bias) + 1e-6
    assert f"The nearest: {answer.near[0].sentence}, " in answer.sentence
    assert any("scaled" in advice for advice in answer.advice)


def test_a_number_next_to_the_models_own_is_perhaps_rounding(sequential: Any) -> None:
    model, values = sequential((3,), batch_norm(3), dense(3, 1))
    own = float(propagate(model, values, [1, 2, 3]).output[0])
    typed = parse_typed(f"{own * 1.00004321:.9f}")
    answer = find_mistakes(model, values, [1, 2, 3], typed, pairs=False)
    assert "rounding" in answer.advice[0]
    assert any("training=False" in advice for advice in answer.advice)


def test_the_models_own_number_can_be_the_nearest() -> None:
    answer = Answer((), False, 3, False, (), (2.5,), 0.125)
    assert answer.sentence == (
        "None of 3 usual mistakes gives your number. The model's own is nearest, 2.5, off by 0.125."
    )


def test_of_several_numbers_the_farthest_off_is_told(sequential: Any) -> None:
    model, values = sequential((3,), dense(3, 4, "sigmoid"), dense(4, 2))
    answer = find_mistakes(model, values, [1, 2, 3], parse_typed("9.5, -77.125"), pairs=False)
    distance = max(abs(n - t) for n, t in zip(answer.near[0].numbers, (9.5, -77.125), strict=True))
    assert answer.sentence.endswith(f"{answer.near[0].sentence}, off by at most {distance:.3g}.")


def test_what_gives_nan_in_one_place_is_not_near(sequential: Any) -> None:
    kernel = np.array([[1.0, 1.0]], np.float32)
    arrays = {"kernel": kernel, "bias": np.array([0.0, np.nan], np.float32)}
    config = {"units": 2, "activation": "relu", "use_bias": True}
    model, values = sequential((1,), ("Dense", config, arrays))
    answer = find_mistakes(model, values, [1.0], parse_typed("0.75, 3.5"), pairs=False)
    assert all(np.isfinite(near.distance) for near in answer.near)
    assert np.isnan(answer.own_distance)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda x: x / 255, "with the input divided by 255"),
        (lambda x: 255 * x, "with the input multiplied by 255"),
        (lambda x: (x - x.mean()) / x.std(), "standardised by its own mean and deviation"),
        (lambda x: (x - x.min()) / (x.max() - x.min()), "brought to 0 … 1"),
    ],
)
def test_an_input_scaled_outside_the_model_is_found(
    change: Any, sentence: str, sequential: Any
) -> None:
    model, values = sequential((3,), dense(3, 4, "tanh"), dense(4, 2))
    x = np.array([30.0, 120.0, 200.0]) / 7
    number = propagate(model, values, change(x)).output
    answer = find_mistakes(model, values, x, parse_typed(typed(number, 6)))
    assert sentence in answer.findings[0].sentence


def test_a_number_of_the_weights_as_saved_is_found(sequential: Any) -> None:
    model, values = sequential((3,), dense(3, 1))
    saved = propagate(model, values, [1, 2, 3]).output
    edited = values.with_edit(model.weight("dense/kernel"), (1, 0), np.float32(4.25))
    answer = find_mistakes(model, edited, [1, 2, 3], parse_typed(typed(saved, 6)))
    assert answer.findings[0].sentence == "with the weights as saved, without the edits"
    assert answer.findings[0].parts_at == "dense"


def test_ids_are_never_scaled(sequential: Any) -> None:
    table = ("Embedding", {"input_dim": 5, "output_dim": 2}, {"embeddings": draw(5, 2)})
    model, values = sequential((2,), table)
    trace = propagate(model, values, [1, 2])
    own = Trace((np.array([1, 2], np.int32),), trace.steps, trace.outputs, is_batch=False)
    assert list(scaled(Case(model, values), own)) == []


def test_batch_statistics_of_a_batch_are_found(sequential: Any) -> None:
    norm = batch_norm(4)
    model, values = sequential((4,), norm)
    rows = np.random.default_rng(2).normal(0, 1, (6, 4)).astype(np.float32)
    scale = norm[2]["gamma"] / np.sqrt(rows.var(axis=0) + 1e-3)
    by_hand = (rows - rows.mean(axis=0)) * scale + norm[2]["beta"]
    answer = find_mistakes(model, values, rows, parse_typed(typed(by_hand, 5)))
    assert answer.findings[0].kinds == ("batch statistics instead of moving ones",)


def test_another_epsilon_in_layer_normalization_is_found(sequential: Any) -> None:
    arrays = {"gamma": draw(4) + 1, "beta": draw(4)}
    model, values = sequential((4,), ("LayerNormalization", {"axis": -1, "epsilon": 1e-3}, arrays))
    x = np.array([0.1, 0.2, -0.1, 0.05], np.float32)
    scale = arrays["gamma"] / np.sqrt(x.var() + 1e-5)
    by_hand = (x - x.mean()) * scale + arrays["beta"]
    answer = find_mistakes(model, values, x, parse_typed(typed(by_hand, 5)))
    assert answer.findings[0].sentence.startswith("epsilon 1e-05 instead of 0.001")


def two_and_two() -> tuple[Model, Values]:
    """Return a model with two inputs and two outputs: ``tanh(a @ k + b)`` of each."""
    store: dict[str, np.ndarray] = {}
    layers, nodes, inputs, outputs = [], [], [], []
    for name in ("left", "right"):
        arrays = {"kernel": draw(3, 2), "bias": draw(2)}
        weights = tuple(
            Weight(role, f"{name}/{role}", array.shape, array.dtype,
                   tuple(f"axis {i}" for i in range(array.ndim)), None, f"{name}/{role}",
                   role, name, k)
            for k, (role, array) in enumerate(arrays.items())
        )  # fmt: skip
        store |= {f"{name}/{role}": array for role, array in arrays.items()}
        config = {"units": 2, "activation": "tanh", "use_bias": True, "name": name}
        layers += [
            Layer(f"in_{name}", f"in_{name}", "InputLayer", {"batch_shape": [None, 3]}),
            Layer(name, name, "Dense", config, weights),
        ]
        nodes += [Node(f"in_{name}", 0, ()), Node(name, 0, (TensorRef(f"in_{name}"),))]
        inputs.append(TensorRef(f"in_{name}"))
        outputs.append(TensorRef(name))
    graph = Graph(tuple(nodes), tuple(inputs), tuple(outputs), ("a", "b"), ("left", "right"))
    weights = tuple(w for layer in layers for w in layer.weights)
    model = Model("two", "Functional", tuple(layers), weights, graph=graph, generation=3)
    return model, Values(MemoryStorage(store))


def test_a_mistake_in_the_second_of_two_outputs_is_found() -> None:
    model, values = two_and_two()
    x = [[0.4, -1.2, 0.9], [0.1, 0.7, -0.3]]
    wrong = propagate(model, values, x, without_bias=["right"]).outputs[1]
    answer = find_mistakes(model, values, x, parse_typed(typed(wrong, 6)), output=1)
    assert answer.findings[0].sentence == "without the bias of right"
    assert answer.findings[0].parts_at == "right"


def test_a_layer_computed_elsewhere_does_not_stand_in_the_way(sequential: Any) -> None:
    model, values = sequential((3,), dense(3, 4, "sigmoid"), ("Mine", {}, {}), dense(4, 1))

    def doubled(_: Any, arguments: Any, __: Any) -> tuple[np.ndarray, ...]:
        return (2 * np.asarray(arguments[0]),)

    x = [0.4, -1.2, 0.9]
    wrong = propagate(model, values, x, activations={"dense": "linear"}, elsewhere=doubled).output
    number = parse_typed(typed(wrong, 6))
    answer = find_mistakes(model, values, x, number, elsewhere=doubled)
    assert answer.findings[0].sentence == "without sigmoid in dense"


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
