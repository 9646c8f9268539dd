"""A small file whose config describes very much opens in a moment, or says that it is too much."""

import json
import zipfile

import pytest

import weightview
from weightview.core.model import Node
from weightview.formats.assembly import unique
from weightview.formats.config import graphs
from weightview.formats.drafts import Draft


def rewritten(examples, target, config) -> None:
    """Write the example ``line`` with another config."""
    with zipfile.ZipFile(examples / "line.keras") as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, json.dumps(config) if name == "config.json" else old.read(name))


def test_layers_that_wrappers_double_are_counted(examples, tmp_path) -> None:
    layer = {"class_name": "LSTM", "config": {"name": "inner", "units": 1}}
    for number in range(30):
        layer = {
            "class_name": "Bidirectional",
            "config": {"name": f"twice_{number}", "layer": layer},
        }
    config = {"class_name": "Sequential", "config": {"name": "bomb", "layers": [layer]}}
    path = tmp_path / "doubling.keras"
    rewritten(examples, path, config)
    document = weightview.open_document(path)
    assert any("layers: left out" in warning for warning in document.warnings)
    assert sum(1 for _ in document.model.walk()) < 50_000


@pytest.mark.parametrize("names", ["aaab", "abab", ["a", "a~2", "a", "a", "a~2"]])
def test_equal_addresses_are_numbered_in_their_order(names) -> None:
    taken: dict[str, int] = {}
    found = [unique(name, taken) for name in names]
    assert len(set(found)) == len(found)
    assert all(
        path == name or path.startswith(f"{name}~") for name, path in zip(names, found, strict=True)
    )


def test_many_layers_of_one_name_are_numbered_in_linear_time() -> None:
    class Counting(dict):
        asked = 0

        def __contains__(self, key) -> bool:
            Counting.asked += 1
            return super().__contains__(key)

    taken = Counting()
    for _ in range(1000):
        unique("dense", taken)
    assert Counting.asked < 5000


def test_the_calls_of_many_nested_models_are_counted_in_one_walk() -> None:
    class Walked(dict):
        times = 0

        def __iter__(self):
            Walked.times += 1
            return super().__iter__()

    names = [f"model_{number}" for number in range(50)]
    drafts = [Draft(name, "Functional", {}, is_model=True) for name in names]
    graphs._shifts(Walked({(name, 0): Node(name, 0, ()) for name in names}), (), drafts)
    assert Walked.times <= 2


def test_more_layers_than_any_model_has_are_left_out(examples, tmp_path) -> None:
    layers = [{"class_name": "ReLU", "config": {"name": f"relu_{n}"}} for n in range(20_001)]
    config = {"class_name": "Sequential", "config": {"name": "long", "layers": layers}}
    path = tmp_path / "long.keras"
    rewritten(examples, path, config)
    document = weightview.open_document(path)
    assert len(document.model.layers) == 20_000
    # What a part of the model gives is not what the model gives.
    assert document.model.graph is None
    assert any("20,001 layers" in warning for warning in document.warnings)


def test_ends_of_the_graph_that_are_nested_very_deep_leave_it_unclear(examples, tmp_path) -> None:
    inputs = {"class_name": "InputLayer", "name": "x", "inbound_nodes": [], "config": {"name": "x"}}
    ends = ["x", 0, 0]
    for _ in range(600):
        ends = [ends]
    config = {"name": "deep", "layers": [inputs], "input_layers": [["x", 0, 0]]}
    path = tmp_path / "deep.keras"
    rewritten(
        examples,
        path,
        {"class_name": "Functional", "config": {**config, "output_layers": ends}},
    )
    document = weightview.open_document(path)
    assert document.model.graph is None
    assert any("nested more than" in warning for warning in document.warnings)
