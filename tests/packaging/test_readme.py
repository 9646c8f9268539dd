"""What the README tells a stranger is true."""

import re
import shutil
import subprocess
import textwrap

import pytest


@pytest.fixture(scope="module")
def readme(request):
    return (request.config.rootpath / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def ci_run(request):
    return (request.config.rootpath / ".ci" / "run").read_text(encoding="utf-8")


def commands(readme):
    """Return the lines that stand indented by four, as a person copies them."""
    return [line.strip() for line in readme.splitlines() if line.startswith("    ")]


def test_the_line_about_the_second_example_prints_its_number(readme, run_python):
    (line,) = [line for line in commands(readme) if line.startswith("python -c ")]
    (output,) = run_python("-c", line.partition('"')[2].rpartition('"')[0])
    assert f"prints `{output}`" in readme
    assert float(output.strip("[]")) == pytest.approx(25.00466, abs=5e-6)


def test_the_piece_of_python_runs_and_says_what_its_comments_say(readme, project, tmp_path):
    code = readme.partition("```python\n")[2].partition("```")[0]
    code = code.replace("weightview/resources", str(project / "weightview" / "resources"))
    code = code.replace("edited.keras", str(tmp_path / "edited.keras"))
    names = {}
    exec(code, names)
    document, weight, how = names["document"], names["weight"], names["how"]
    assert (weight.shape, str(weight.dtype), weight.axes) == ((1, 16), "float32", ("input", "unit"))
    assert (how.terms[0].value, how.terms[0].weight) == (10.0, 0.5)
    assert how.evaluate() == pytest.approx(how.value)
    assert (tmp_path / "edited.keras").is_file()
    assert not document.is_modified


def test_ci_runs_the_test_command_of_the_readme(readme, ci_run):
    (line,) = [line for line in commands(readme) if line.endswith("pytest")]
    assert line.startswith("pip install uv && ")
    assert f'stage "tests" {line.partition("&& ")[2]}\n' in ci_run


def test_ci_installs_the_system_packages_of_the_readme(readme, ci_run):
    (line,) = [line for line in commands(readme) if line.startswith("apt-get install")]
    told = {word for word in line.split()[2:] if not word.startswith("-")}
    lists = re.findall(r'^(?:SYSTEM|FULL)_PACKAGES="([^"]+)"', ci_run, re.MULTILINE)
    installed = {word for words in lists for word in words.split()}
    assert told <= installed
    tests_only = set(line.partition(" libxcb-cursor0")[0].split()[4:])
    assert {word for word in lists[0].split() if word.startswith("lib")} <= tests_only


def test_every_file_that_the_readme_names_is_there(readme, project):
    named = set(re.findall(r"[\w.]+/[\w./]+\.(?:keras|h5|py|sh|png|svg)\b", readme))
    assert "weightview/resources/examples/line.keras" in named
    missing = {name for name in named if not (project / name).exists()}
    assert not missing


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize(
    "script", [".ci/run", "packaging/try_wheel.sh", "packaging/try_double_click.sh"]
)
def test_the_scripts_are_executable_and_parse(project, script):
    path = project / script
    assert path.stat().st_mode & 0o111
    done = subprocess.run(["bash", "-n", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_ci_run_refuses_a_word_it_does_not_know(project):
    done = subprocess.run(
        ["bash", project / ".ci" / "run", "fast"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr == textwrap.dedent("usage: .ci/run [full]\n")
