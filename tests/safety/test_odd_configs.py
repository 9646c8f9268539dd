"""A good file in which one thing of the config is odd: it opens, and the oddity is told."""

import json
import zipfile

import pytest

LAYERS = ("config", "layers")

ODD = {
    "a layer's config is null": ((*LAYERS, 1, "config"), None, "config"),
    "a layer's config is text": ((*LAYERS, 1, "config"), "x", "config"),
    "units is null": ((*LAYERS, 1, "config", "units"), None, "units"),
    "units is a list": ((*LAYERS, 1, "config", "units"), [3], "units"),
    "units is zero": ((*LAYERS, 1, "config", "units"), 0, "units"),
    "a name is a number": ((*LAYERS, 1, "config", "name"), 7, "name"),
    "the class is unknown": ((*LAYERS, 1, "class_name"), "Dnse", "Dnse"),
    "the class is a number": ((*LAYERS, 1, "class_name"), 7, "class_name"),
    "a layer is text": ((*LAYERS, 1), "Dense", "not a layer"),
    "layers is a number": (LAYERS, 7, "not a list"),
    "layers is text": (LAYERS, "Dense", "not a list"),
    "the shape is text": ((*LAYERS, 0, "config", "batch_shape"), "4", "no shape"),
    "the shape is negative": ((*LAYERS, 0, "config", "batch_shape"), [None, -4], "no shape"),
    "the shape is endless": ((*LAYERS, 0, "config", "batch_shape"), [1] * 999, "no shape"),
    "a lambda": ((*LAYERS, 1, "config", "kernel_regularizer"), {"class_name": "__lambda__"}, "λ"),
    "a foreign function": (
        (*LAYERS, 1, "config", "activation"),
        {"module": "builtins", "class_name": "function", "config": "my_act"},
        "my_act",
    ),
    "a foreign class": (
        (*LAYERS, 1, "config", "bias_constraint"),
        {"module": "os", "class_name": "system", "config": {}},
        "module “os”",
    ),
}


def put(root, way, value):
    for step in way[:-1]:
        root = root[step]
    root[way[-1]] = value


def rewritten(source, target, change):
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "config.json":
                config = json.loads(data)
                change(config)
                data = json.dumps(config).encode()
            new.writestr(name, data)
    return target


@pytest.mark.parametrize("what", ODD)
def test_an_odd_setting_is_told_and_the_weights_are_shown(what, examples, tmp_path):
    import weightview

    way, value, word = ODD[what]
    source = examples / "four_layers.keras"
    good = weightview.open_document(source)
    assert good.warnings == ()
    path = rewritten(source, tmp_path / "odd.keras", lambda config: put(config, way, value))
    document = weightview.open_document(path)
    told = " ".join(document.warnings)
    assert ("lambda" if word == "λ" else word) in told
    numbers = sorted(document.read(weight).tobytes() for weight in document.all_weights)
    assert numbers == sorted(good.read(weight).tobytes() for weight in good.all_weights)


@pytest.mark.parametrize("args", [7, True, None, "x", {}])
def test_a_node_whose_arguments_are_no_list_is_told(args, examples, tmp_path):
    import weightview

    def change(config):
        config["class_name"] = "Functional"
        config["config"]["layers"][1]["inbound_nodes"] = [{"args": args}]

    path = rewritten(examples / "four_layers.keras", tmp_path / "odd.keras", change)
    document = weightview.open_document(path)
    assert "the args of a node" in " ".join(document.warnings)
    assert document.model.weights


@pytest.mark.parametrize("place", ["layers", "layers/dense", "layers/dense/vars/0"])
def test_an_external_link_is_named_and_what_lies_beside_it_is_shown(place, examples, tmp_path):
    h5py = pytest.importorskip("h5py")
    import weightview

    path = tmp_path / "linked.weights.h5"
    path.write_bytes((examples / "four_layers.weights.h5").read_bytes())
    with h5py.File(path, "r+") as file:
        assert place in file
        del file[place]
        file[place] = h5py.ExternalLink("/etc/hostname", "/x")
    document = weightview.open_document(path)
    assert f"“{place}” is an external link to the file “/etc/hostname”" in document.warnings[0]
    assert bool(document.model.weights) == (place != "layers")
    for weight in document.all_weights:
        document.read(weight)


def test_members_at_the_same_place_are_refused(examples, tmp_path):
    import weightview
    from weightview.core.errors import OpenError

    path = tmp_path / "overlap.keras"
    data = (examples / "line.keras").read_bytes()
    start = data.rfind(b"PK\x01\x02")
    end = data.rfind(b"PK\x05\x06")
    entry = bytearray(data[start:end])
    entry[46] ^= 1  # another name for the same place
    record = bytearray(data[end:])
    count = int.from_bytes(record[8:10], "little") + 1
    size = int.from_bytes(record[12:16], "little") + len(entry)
    record[8:12] = count.to_bytes(2, "little") * 2
    record[12:16] = size.to_bytes(4, "little")
    path.write_bytes(data[:end] + entry + record)
    with pytest.raises(OpenError, match=r"overlap\.keras, .* overlaps another member"):
        weightview.open_document(path)


def test_a_tensor_that_is_described_twice_is_refused(tmp_path):
    import weightview
    from weightview.core.errors import OpenError

    entry = '"a":{"dtype":"%s","shape":[4],"data_offsets":[0,16]}'
    header = ("{" + entry % "F32" + "," + entry % "I32" + "}").encode()
    path = tmp_path / "twice.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(16))
    with pytest.raises(OpenError, match=r"twice\.safetensors, .*the key “a” is there twice"):
        weightview.open_document(path)
