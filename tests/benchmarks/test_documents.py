"""How long it takes to open, to see the output of an edit, and to save; and in how much memory.

Nothing here is an assertion on time: the figures are for people, and for comparing with later ones.
"""

import shutil
import subprocess
import sys
import textwrap

import pytest

import weightview

EXAMPLES = ("line.keras", "four_layers.h5", "two_thousand_inputs.keras")

MEASURE_MEMORY = """
    import resource, sys
    import weightview

    def peak():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    weightview.open_document(sys.argv[1])  # what opening imports is not the large file's memory
    before = peak()
    document = weightview.open_document(sys.argv[2])
    print(len(document.model.weights), (peak() - before) // 1024)
"""


@pytest.mark.parametrize("name", EXAMPLES)
def test_open_an_example(benchmark, examples, name):
    document = benchmark(weightview.open_document, examples / name)
    assert document.model.weights


def test_open_a_large_file(benchmark, large_model, examples, container, megabytes):
    path = large_model(container, megabytes)
    document = benchmark(weightview.open_document, path)
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(MEASURE_MEMORY), examples / "line.keras", path],
        capture_output=True,
        text=True,
        check=True,
    )
    weights, peak_megabytes = map(int, done.stdout.split())
    assert weights == len(document.model.weights)
    benchmark.extra_info["peak MB"] = peak_megabytes
    # Names and offsets, not numbers: a file of a gigabyte must not cost a tenth of it.
    assert peak_megabytes < 64


@pytest.mark.parametrize("name", ["line.keras", "two_thousand_inputs.keras"])
def test_edit_to_new_output(benchmark, examples, name):
    document = weightview.open_document(examples / name)
    weight = document.model.weights[0]
    inputs = [1.0] * weight.shape[0]
    values = iter(range(1 << 40))

    def edit():
        document.set_values(weight, (0, 0), next(values) % 7, merge_key="drag")
        return weightview.propagate(document, inputs).output

    before = edit()
    assert benchmark(edit).shape == before.shape


@pytest.mark.parametrize("name", EXAMPLES)
def test_save_an_example(benchmark, examples, tmp_path, name):
    path = tmp_path / name
    shutil.copyfile(examples / name, path)
    document = weightview.open_document(path)
    weight = document.model.weights[0]
    values = iter(range(1 << 40))

    def edit_and_save():
        document.set_values(weight, (0, 0), next(values) % 7 + 0.5)
        document.save()

    benchmark(edit_and_save)
    assert weightview.open_document(path).read(weight.path)[0, 0] % 1 == 0.5


def test_save_one_cell_of_a_large_file(benchmark, large_model, tmp_path, container, megabytes):
    path = tmp_path / f"model.{container}"
    shutil.copyfile(large_model(container, megabytes), path)
    document = weightview.open_document(path)
    weight = document.model.weights[0]
    values = iter(range(1 << 40))

    def edit_and_save():
        document.set_values(weight, (3, 5), next(values) % 7 + 0.5)
        document.save()

    benchmark.pedantic(edit_and_save, rounds=3, warmup_rounds=0)
    assert weightview.open_document(path).read(weight.path, (3, 5)) % 1 == 0.5
    path.unlink()
