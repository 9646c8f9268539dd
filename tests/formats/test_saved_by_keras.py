"""Keras opens every saved file whose original it opens, with the edited numbers in it.

Each array is fetched by the expression that its weight carries, which is so put to the proof.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from weightview.core.document import Document
from weightview.formats import load

pytestmark = [pytest.mark.slow, pytest.mark.referee]

_SET = Path(
    os.environ.get("WEIGHTVIEW_MODELS", Path(__file__).resolve().parents[3] / "shared" / "models")
)
_FOLDERS = ("k2.2.4_A", "k2.12_A", "tfk2.16_A", "k3.3.3_A", "k3.15.1_A")

_CHECK = """
import json, os, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
import numpy as np
if sys.argv[1] == "tf_keras":
    import tf_keras as keras
else:
    import keras
results = {}
for original, saved, expected, expressions in json.load(open(sys.argv[2])):
    try:
        keras.models.load_model(original, compile=False)
    except Exception:  # whatever Keras says: it cannot open its own file
        continue
    try:
        model = keras.models.load_model(saved, compile=False)
    except Exception as error:  # whatever Keras says is the finding
        results[original] = f"not opened: {error!r}"[:300]
        continue
    with np.load(expected) as arrays:
        wrong = [
            expression
            for number, expression in enumerate(expressions)
            if not np.array_equal(
                np.asarray(eval(expression), np.float64), arrays[f"arr_{number}"], equal_nan=True
            )
        ]
    results[original] = "same" if not wrong else f"other numbers: {wrong}"
    keras.backend.clear_session()
json.dump(results, open(sys.argv[3], "w"))
"""


def edited_copy(path: Path, target: Path) -> tuple[list[np.ndarray], list[str]]:
    """Save ``path`` with one number of each weight edited.

    Returns:
        Each array as it must be, and the Python expression that is said to fetch it.
    """
    found = load(path)
    document = Document(found.model, found.storage, found.warnings)
    weights = document.model.weights
    for number, weight in enumerate(weights):
        if weight.editable and weight.size:
            value = 1 if weight.dtype.kind in "biu" else 0.5 + number % 7
            document.set_values(weight, tuple(0 for _ in weight.shape), value)
    document.save_as(target)
    known = [weight for weight in weights if weight.expression]
    return [document.read(weight) for weight in known], [weight.expression for weight in known]


@pytest.mark.parametrize("folder", _FOLDERS)
def test_keras_opens_what_it_opened_before(
    shared_models: Path, tmp_path: Path, folder: str
) -> None:
    library = "keras" if folder.startswith("k3") else "tf_keras"
    jobs = []
    for path in sorted((shared_models / "generated" / folder).iterdir()):
        if path.suffix not in (".keras", ".h5") or "weights" in path.name:
            continue
        target = tmp_path / path.name
        arrays, expressions = edited_copy(path, target)
        if arrays:
            expected = tmp_path / f"{path.name}.npz"
            wide = [np.asarray(a, dtype=np.float64) for a in arrays]
            np.savez(expected, *wide)
            jobs.append((str(path), str(target), str(expected), expressions))
    listing, results = tmp_path / "jobs.json", tmp_path / "results.json"
    listing.write_text(json.dumps(jobs))
    command = [sys.executable, "-c", _CHECK, library, str(listing), str(results)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1500, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(results.read_text())
    # tf_keras does not open the early archives of 2.12, which are half of that folder.
    assert len(found) >= len(jobs) * 2 // 5
    assert {path: result for path, result in found.items() if result != "same"} == {}
