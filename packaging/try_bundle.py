"""Ask the TensorFlow inside a bundle for the numbers of some models, the examples by default.

::

    uv run python packaging/try_bundle.py [build/bundle/weightview/weightview [FILE...]]

It fails unless the bundle, built with TensorFlow, agrees with the calculator on each layer.
"""

import sys
from pathlib import Path

import weightview
from weightview.worker.client import Worker

PROJECT = Path(__file__).resolve().parent.parent
PROGRAM = PROJECT / "build" / "bundle" / "weightview" / "weightview"
EXAMPLES = PROJECT / "weightview" / "resources" / "examples"


def check(file: Path, worker: Worker) -> None:
    """Compare each layer of the model in ``file``, for an input of 0.5 throughout."""
    document = weightview.open_document(file)
    if not document.model.config:
        return
    width = document.model.weights[0].shape[0]
    verdicts = weightview.check_with_tensorflow(document, [0.5] * width, worker=worker)
    for verdict in verdicts:
        if not verdict.agrees:
            raise SystemExit(f"{file.name}: {verdict}")
    generation = document.model.generation
    print(f"{file.name}: Keras {generation} agrees in {len(verdicts)} layers")


def main() -> None:
    """Check what the command line names."""
    program, *files = sys.argv[1:] or [str(PROGRAM)]
    worker = Worker([str(Path(program).resolve()), "--worker"])
    try:
        for file in map(Path, files) if files else sorted(EXAMPLES.iterdir()):
            check(file, worker)
    finally:
        worker.close()


if __name__ == "__main__":
    main()
