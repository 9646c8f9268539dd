"""The example models that ship with the program."""

import io
import json
import zipfile

import h5py
import numpy as np
import pytest

LAYERS = {
    "two_thousand_inputs": ("dense_1", "dense_2"),
    "line": ("dense", "dense_1"),
    "four_layers": ("dense_1", "dense_2", "dense_3", "dense_4"),
}
SEEDS = {"line": "seed2_1-16-1", "four_layers": "seed3_8-5-5-5-32"}


def stored_arrays(path):
    """Return kernels and biases in the order of the file's layers, read by libhdf5 alone."""
    if path.suffix == ".keras":
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            file = h5py.File(io.BytesIO(archive.read("model.weights.h5")))
    else:
        file = h5py.File(path)
    with file:
        if "model_weights" in file:
            group = file["model_weights"]
            return [
                np.asarray(group[layer][name])
                for layer in group.attrs["layer_names"]
                for name in group[layer].attrs["weight_names"]
            ]
        layers = sorted(file["layers"], key=lambda name: (len(name), name))
        return [np.asarray(file[f"layers/{name}/vars/{i}"]) for name in layers for i in (0, 1)]


@pytest.mark.parametrize("suffix", [".keras", ".h5", ".weights.h5"])
@pytest.mark.parametrize("name", SEEDS)
def test_every_container_holds_the_printed_numbers(examples, shared_models, name, suffix):
    expected = np.load(shared_models / "seed" / f"{SEEDS[name]}.expect.npz")
    arrays = stored_arrays(examples / f"{name}{suffix}")
    assert len(arrays) == len([key for key in expected if key.startswith("w")])
    for i, array in enumerate(arrays):
        assert array.dtype == np.float32
        np.testing.assert_array_equal(array, expected[f"w{i}"])


def test_two_rows_of_the_large_kernel_are_the_printed_ones(examples, shared_models):
    expected = np.load(shared_models / "seed" / "seed1_2000-32-1.expect.npz")
    kernel, bias, last_kernel, last_bias = stored_arrays(examples / "two_thousand_inputs.keras")
    np.testing.assert_array_equal(kernel[:2], expected["w0"][:2])
    assert kernel.shape == (2000, 32) and last_kernel.shape == (32, 1)
    assert not bias.any() and not last_bias.any()
    limit = np.sqrt(6 / 2032)
    assert np.abs(kernel).max() <= limit
    # A uniform draw over ±limit has this deviation; 64,000 numbers are within 2 % of it.
    assert kernel.std() == pytest.approx(limit / np.sqrt(3), rel=0.02)


@pytest.mark.parametrize("name", LAYERS)
def test_the_layers_are_named_as_in_the_question(examples, name):
    with zipfile.ZipFile(examples / f"{name}.keras") as archive:
        config = json.loads(archive.read("config.json"))
    layers = [entry["config"]["name"] for entry in config["config"]["layers"][1:]]
    assert tuple(layers) == LAYERS[name]


def test_the_examples_stay_small(examples):
    assert sum(file.stat().st_size for file in examples.iterdir()) < 1_200_000


@pytest.mark.referee
@pytest.mark.slow
def test_keras_gives_the_numbers_of_the_question(examples, run_code):
    outputs = run_code(
        f"""
        import keras, numpy as np
        for suffix in (".keras", ".h5"):
            model = keras.saving.load_model({str(examples)!r} + "/line" + suffix)
            print(*model(np.array([[10.0], [0.0], [20.0]])).numpy()[:, 0])
        """
    )
    assert len(outputs) == 2
    for line in outputs:
        numbers = [float(number) for number in line.split()]
        assert numbers == pytest.approx([25.004662, 4.884887, 45.01665], rel=2e-7)


@pytest.mark.referee
@pytest.mark.slow
def test_a_second_run_writes_the_same_arrays(examples, tmp_path, run_python):
    run_python("packaging/write_examples.py", str(tmp_path))
    names = sorted(file.name for file in examples.iterdir())
    assert sorted(file.name for file in tmp_path.iterdir()) == names
    for name in names:
        before, after = stored_arrays(examples / name), stored_arrays(tmp_path / name)
        for old, new in zip(before, after, strict=True):
            assert old.tobytes() == new.tobytes(), name
