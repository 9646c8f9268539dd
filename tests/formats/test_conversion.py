"""Converting: the same model in another format, which Keras itself opens with the same numbers."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from weightview.core.document import Document
from weightview.core.errors import SaveError
from weightview.formats.conversion.choices import convert, kind_of, obstacle

Opener = Callable[[Path], Document]

_DATA = Path(__file__).resolve().parents[1] / "data" / "generated"
_SET = Path(
    os.environ.get("WEIGHTVIEW_MODELS", Path(__file__).resolve().parents[3] / "shared" / "models")
)
_LONG = pytest.mark.skipif(
    not os.environ.get("WEIGHTVIEW_FULL"),
    reason="belongs to the long form (set WEIGHTVIEW_FULL=1)",
)

_CHECK = """
import json, os, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
import numpy as np
import keras
results = {}

def same(left, right):
    return len(left) == len(right) and all(
        np.asarray(a).astype("float64").tobytes() == np.asarray(b).astype("float64").tobytes()
        for a, b in zip(left, right)
    )

def state(path):
    # Keras does not compile its own .h5 of a model whose loss is a text such as "mse".
    compiled = path.endswith(".keras")
    model = keras.models.load_model(path, compile=compiled)
    optimizer = getattr(model, "optimizer", None) if compiled else None
    numbers = [v.numpy() for v in optimizer.variables] if optimizer is not None else None
    return model, model.get_weights(), numbers

for original, converted in json.load(open(sys.argv[1])):
    try:
        model, weights, numbers = state(original)
    except Exception:  # whatever Keras says: it cannot open its own file
        continue
    try:
        if converted.endswith(".weights.h5"):
            model.set_weights([w * 0 for w in weights])
            model.load_weights(converted)
            found, others = model.get_weights(), None
        else:
            other, found, others = state(converted)
    except Exception as error:  # whatever Keras says is the finding
        results[converted] = f"not opened: {error!r}"[:400]
        continue
    results[converted] = "same" if same(weights, found) else "other weights"
    if numbers is not None and others is not None and not same(numbers, others):
        results[converted] = f"other optimizer state: {len(numbers)} and {len(others)}"
    keras.backend.clear_session()
json.dump(results, open(sys.argv[2], "w"))
"""


def whole_models(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [
        path
        for path in sorted(folder.iterdir())
        if path.suffix in (".keras", ".h5") and "weights" not in path.name
    ]


@pytest.mark.parametrize("kind", [".npz", ".safetensors"])
@pytest.mark.parametrize("path", whole_models(_DATA / "k3.15.1_A"), ids=lambda path: path.name)
def test_weights_become_plain_arrays_and_open_again(
    open_document: Opener, tmp_path: Path, path: Path, kind: str
) -> None:
    document = open_document(path)
    target = tmp_path / f"converted{kind}"
    why = obstacle(document.model, kind)
    if why:
        with pytest.raises(SaveError, match="type"):
            convert(document.snapshot(), target, kind)
        assert not target.exists()
        return
    first = document.model.weights[0] if document.model.weights else None
    if first is not None:
        document.set_values(first, tuple(0 for _ in first.shape), 1)
    convert(document.snapshot(), target, kind)
    if first is None:
        return
    again = open_document(target)
    for weight in document.model.weights:
        assert again.read(weight.path).tobytes() == document.read(weight).tobytes()
        assert again.weight(weight.path).dtype == weight.dtype


def test_npz_is_read_by_numpy_itself(open_document: Opener, tmp_path: Path) -> None:
    document = open_document(_DATA / "k3.15.1_A" / "transformer_block.keras")
    convert(document.snapshot(), tmp_path / "a.npz", ".npz")
    with np.load(tmp_path / "a.npz") as arrays:
        assert list(arrays.files) == [weight.path for weight in document.model.weights]
        for weight in document.model.weights:
            np.testing.assert_array_equal(arrays[weight.path], document.read(weight))


@pytest.mark.referee
@pytest.mark.slow
@pytest.mark.parametrize("folder", ["data", pytest.param("k3.3.3_A", marks=_LONG), "k3.15.1_A"])
def test_keras_opens_what_was_converted_with_the_same_numbers(
    open_document: Opener, tmp_path: Path, folder: str
) -> None:
    models = whole_models(_SET / "generated" / folder)
    if folder == "data":
        models = [*whole_models(_DATA / "k3.3.3_A"), *whole_models(_DATA / "k3.15.1_A")]
    if not models:
        pytest.skip("the large set of models is absent (set WEIGHTVIEW_MODELS)")
    jobs = []
    for path in models:
        document = open_document(path)
        kinds = (".h5" if path.suffix == ".keras" else ".keras", ".weights.h5")
        for kind in kinds:
            if obstacle(document.model, kind):
                continue
            target = tmp_path / f"{path.parent.name}_{path.stem}_of_{path.suffix[1:]}{kind}"
            convert(document.snapshot(), target, kind)
            jobs.append((str(path), str(target)))
            if kind == ".h5":
                # And back again: the optimizer's state is to be the same.
                back = target.with_suffix(".back.keras")
                convert(open_document(target).snapshot(), back, ".keras")
                jobs.append((str(path), str(back)))
            if kind != ".weights.h5":
                again = open_document(target)
                paths = [weight.path for weight in document.model.weights]
                assert [weight.path for weight in again.model.weights] == paths
                for weight in document.model.weights:
                    assert again.read(weight.path).tobytes() == document.read(weight).tobytes()
    listing, results = tmp_path / "jobs.json", tmp_path / "results.json"
    listing.write_text(json.dumps(jobs))
    command = [sys.executable, "-c", _CHECK, str(listing), str(results)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1500, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(results.read_text())
    assert len(found) > len(jobs) // 2
    assert {name: result for name, result in found.items() if result != "same"} == {}


@pytest.mark.parametrize(
    ("name", "kind", "why"),
    [
        ("k3.15.1_A/custom_composite.keras", ".h5", "class whose code is not here"),
        ("k2.12_A/bidirectional.h5", ".keras", "Keras 3"),
        ("k1.2.2_A/lstm.h5", ".weights.h5", "Keras 3"),
    ],
)
def test_what_would_lose_something_is_refused(
    open_document: Opener, tmp_path: Path, name: str, kind: str, why: str
) -> None:
    document = open_document(_DATA / name)
    with pytest.raises(SaveError, match=why):
        convert(document.snapshot(), tmp_path / f"converted{kind}", kind)
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.weights.h5", ".weights.h5"),
        ("a.h5", ".h5"),
        ("A.KERAS", ".keras"),
        ("a.npz", ".npz"),
        ("a.safetensors", ".safetensors"),
        ("a.txt", None),
    ],
)
def test_a_name_tells_the_format_asked_for(name: str, kind: str | None) -> None:
    assert kind_of(Path(name)) == kind
