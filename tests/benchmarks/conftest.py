"""Large models in each container, written without Keras: their numbers are zeros, mostly holes."""

import json
import zipfile

import h5py
import pytest

SIDE = 1024
KERNEL_BYTES = SIDE * SIDE * 4
CONTAINERS = ("keras", "h5", "weights.h5")
MEGABYTES = (10, 100, 1000)


def _dense(name):
    config = {"name": name, "trainable": True, "dtype": "float32", "units": SIDE}
    return {
        "module": "keras.layers",
        "class_name": "Dense",
        "config": config | {"activation": "relu", "use_bias": True},
        "registered_name": None,
        "build_config": {"input_shape": [None, SIDE]},
    }


def _config(names):
    entry = {
        "module": "keras.layers",
        "class_name": "InputLayer",
        "config": {"batch_shape": [None, SIDE], "dtype": "float32", "name": "inputs"},
        "registered_name": None,
    }
    layers = [entry, *(_dense(name) for name in names)]
    return {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": "large", "trainable": True, "layers": layers},
        "registered_name": None,
    }


def _hole(group, name, shape):
    """Add a dataset whose place is there and whose numbers were never written."""
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    properties.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    properties.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
    space = h5py.h5s.create_simple(shape)
    kind = h5py.h5t.IEEE_F32LE
    h5py.h5d.create(group.id, name.encode(), kind, space, dcpl=properties)


def _write_weights(path, names):
    with h5py.File(path, "w") as file:
        file.create_group("vars")
        for name in names:
            group = file.create_group(f"layers/{name}/vars")
            group.attrs["name"] = name
            _hole(group, "0", (SIDE, SIDE))
            _hole(group, "1", (SIDE,))


def _write_whole(path, names):
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = "3.15.1"
        file.attrs["backend"] = "tensorflow"
        file.attrs["model_config"] = json.dumps(_config(names))
        weights = file.create_group("model_weights")
        weights.attrs["layer_names"] = names
        weights.attrs["keras_version"] = "3.15.1"
        weights.attrs["backend"] = "tensorflow"
        for name in names:
            group = weights.create_group(f"{name}/large/{name}")
            _hole(group, "kernel", (SIDE, SIDE))
            _hole(group, "bias", (SIDE,))
            weights[name].attrs["weight_names"] = [
                f"large/{name}/kernel",
                f"large/{name}/bias",
            ]


def _write_archive(path, names):
    inner = path.with_suffix(".inner.h5")
    _write_weights(inner, names)
    metadata = {"keras_version": "3.15.1", "date_saved": "2026-11-21@00:00:00"}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("metadata.json", json.dumps(metadata))
        archive.writestr("config.json", json.dumps(_config(names)))
        archive.write(inner, "model.weights.h5")
    inner.unlink()


@pytest.fixture(scope="session")
def large_model(tmp_path_factory):
    """Return a function that writes a model of so many megabytes, once, and returns its file."""
    folder = tmp_path_factory.mktemp("large")
    write = {"keras": _write_archive, "h5": _write_whole, "weights.h5": _write_weights}

    def make(container, megabytes):
        path = folder / f"{megabytes}_megabytes.{container}"
        if not path.exists():
            count = max(2, round(megabytes * 1e6 / KERNEL_BYTES))
            write[container](path, ["dense", *(f"dense_{i}" for i in range(1, count))])
        return path

    yield make
    for path in folder.iterdir():
        path.unlink()


@pytest.fixture(params=CONTAINERS)
def container(request):
    return request.param


@pytest.fixture(params=MEGABYTES, ids=lambda megabytes: f"{megabytes} MB")
def megabytes(request):
    return request.param
