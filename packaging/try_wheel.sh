#!/bin/bash
# Build the wheel, install it alone in a fresh environment outside the clone, and open the examples
# from the wheel's own resources. Needs uv.
set -euo pipefail
project=$(cd "$(dirname "$0")/.." && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
export QT_QPA_PLATFORM="${QT_QPA_PLATFORM:-offscreen}"

uv build --quiet --wheel --out-dir "$place/wheel" "$project"
uv venv --quiet "$place/environment"
uv pip install --quiet --python "$place/environment/bin/python" "$place"/wheel/weightview-*.whl
cd /

"$place/environment/bin/python" - <<'PYTHON'
import sys
from importlib.resources import files
from pathlib import Path

import weightview

folder = Path(str(files("weightview") / "resources" / "examples"))
assert folder.is_relative_to(sys.prefix), f"{folder} is not the wheel's own"
opened = 0
for file in sorted(folder.iterdir()):
    document = weightview.open_document(file)
    assert document.model.weights, file
    for weight in document.model.weights:
        assert document.read(weight).shape == weight.shape, (file, weight.path)
    opened += 1
assert opened >= 7, f"only {opened} examples in {folder}"
output = weightview.propagate(weightview.open_document(folder / "line.keras"), [10.0]).output
assert f"{float(output[0]):.5f}" == "25.00466", output
print(f"{opened} examples opened from {folder}; 10 gives {output[0]}")
PYTHON

"$place/environment/bin/weightview" --version
example=$("$place/environment/bin/python" -c \
  'from importlib.resources import files; print(files("weightview") / "resources/examples/line.keras")')
timeout 60 "$place/environment/bin/weightview" --quit-after-paint "$example"
echo "the window showed $example"
