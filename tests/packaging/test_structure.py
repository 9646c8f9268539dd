"""What is imported when, and how the source is laid out."""

import ast
import json
import re

import pytest

HEAVY = {"tensorflow", "keras", "tf_keras", "h5py", "scipy", "PySide6", "pyqtgraph"}
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}


def modules_after(run_python, code):
    """Return the names of all modules that a fresh process holds after ``code``."""
    lines = run_python("-c", f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))")
    return set(json.loads(lines[-1]))


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import weightview", HEAVY | {"numpy", "pyfive", "weightview.api", "weightview.core"}),
        ("import weightview.core.document", HEAVY | {"pyfive", "zipfile"}),
        ("import weightview.api", HEAVY),
        ("import weightview; weightview.open_document", HEAVY),
        ("import weightview.cli.arguments", HEAVY | {"numpy", "pyfive"}),
        ("import weightview.calculator.propagation", HEAVY | {"pyfive"}),
    ],
)
def test_an_import_brings_nothing_that_it_does_not_need(run_python, code, absent):
    assert not modules_after(run_python, code) & absent


def test_opening_and_calculating_needs_neither_qt_nor_tensorflow(run_python, examples):
    code = f"""if True:
        import weightview
        document = weightview.open_document({str(examples / "line.keras")!r})
        weightview.propagate(document, [10.0]).output
    """
    heavy = HEAVY - {"scipy"}
    assert not modules_after(run_python, code) & heavy


def test_every_public_name_is_there(run_python):
    (names,) = run_python(
        "-c",
        "import weightview; print(*(n for n in weightview.__all__ if getattr(weightview, n)))",
    )
    assert {"open_document", "propagate", "derive", "show"} <= set(names.split())


@pytest.fixture(scope="module")
def sources(request):
    """Return the parsed text of every module by its path inside the package."""
    package = request.config.rootpath / "weightview"
    files = sorted(package.rglob("*.py"))
    assert len(files) > 50
    return {file.relative_to(package): ast.parse(file.read_text("utf-8")) for file in files}


def test_every_module_opens_with_a_sentence(sources):
    for path, tree in sources.items():
        first = (ast.get_docstring(tree) or "").partition("\n\n")[0]
        assert re.search(r"[.:;]$", first), path


def test_no_module_is_called_by_a_word_that_says_nothing(sources):
    names = {part.removesuffix(".py") for path in sources for part in path.parts}
    assert not names & FORBIDDEN_NAMES
