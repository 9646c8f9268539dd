"""Opening: what a file is follows from its content, and its weights have their names."""

from pathlib import Path

import numpy as np
import pytest

from weightview.core.errors import OpenError, UnknownFormatError
from weightview.core.values import Values
from weightview.formats import load


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_dense_model_is_named_as_keras_names_it(shared_models: Path, suffix: str) -> None:
    model = load(shared_models / f"seed/seed3_8-5-5-5-32{suffix}").model
    assert [weight.name for weight in model.weights] == ["kernel", "bias"] * 4
    assert [weight.shape for weight in model.weights] == [
        *[(8, 5), (5,), (5, 5), (5,), (5, 5), (5,), (5, 32), (32,)]
    ]
    assert model.parameter_count == 297
    assert [weight.keras_index for weight in model.weights] == list(range(8))
    assert model.weights[0].axes == ("input", "unit")
    assert model.input_shape == (None, 8)
    assert model.generation == 3
    first = model.weights[0]
    assert first.expression == f'model.get_layer("{first.layer_path}").get_weights()[0]'


def test_weights_without_config_are_named_by_the_file(shared_models: Path) -> None:
    opened = load(shared_models / "seed/seed2_1-16-1.weights.h5")
    whole = load(shared_models / "seed/seed2_1-16-1.keras")
    assert [weight.path for weight in opened.model.weights] == [
        weight.path for weight in whole.model.weights
    ]
    assert {weight.keras_index for weight in opened.model.weights} == {None}
    assert not opened.model.config
    assert opened.warnings == ()
    for weight in opened.model.weights:
        here = Values(opened.storage).read(weight)
        there = Values(whole.storage).read(whole.model.weight(weight.path))
        np.testing.assert_array_equal(here, there)


def test_the_name_of_a_file_does_not_matter(shared_models: Path, tmp_path: Path) -> None:
    for suffix in (".keras", ".h5", ".weights.h5"):
        odd = tmp_path / "model.txt"
        odd.write_bytes((shared_models / f"seed/seed2_1-16-1{suffix}").read_bytes())
        assert len(load(odd).model.weights) == 4


@pytest.mark.parametrize("content", [b"", b"hello", b"\x89HDF\r\n\x1a\n", b"PK\x03\x04"])
def test_what_is_no_model_is_refused_with_its_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "some.keras"
    path.write_bytes(content)
    with pytest.raises(OpenError, match=r"^some\.keras"):
        load(path)


def test_an_absent_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OpenError, match="no such file"):
        load(tmp_path / "absent.keras")
    with pytest.raises(UnknownFormatError, match="no saved model"):
        load(tmp_path)


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_chain_and_a_graph_are_read(shared_models: Path, suffix: str) -> None:
    chain = load(shared_models / f"seed/seed2_1-16-1{suffix}").model
    assert chain.graph is not None
    assert [node.layer for node in chain.graph.nodes][-1] == chain.layers[-1].name
    graph = load(shared_models / f"generated/k3.15.1_A/multi_io{suffix}").model.graph
    assert graph is not None
    assert len(graph.inputs) > 1
    made = {(node.layer, node.index) for node in graph.nodes}
    assert all((ref.layer, ref.node) in made for node in graph.nodes for ref in node.inputs)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("k1.2.2_A/lstm.arch.json", "together with a file of weights"),
        ("k2.12_A/mlp_relu_ckpt/checkpoint", "open the checkpoint"),
        ("k2.12_A/mlp_relu_ckpt/ckpt.data-00000-of-00001", "open the .index"),
    ],
)
def test_a_part_of_a_model_says_what_to_open_instead(name: str, hint: str) -> None:
    data = Path(__file__).resolve().parents[1] / "data" / "generated"
    with pytest.raises(UnknownFormatError, match=hint):
        load(data / name)
