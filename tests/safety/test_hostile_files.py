"""Hostile and broken files: each is opened, opened with a warning or refused, as its manifest says.

The manifest tells for each of the files what is wrong with it, which outcomes are right, and words
of which one belongs into the cause. Nothing may be executed, read or written outside, no network
be used, nothing crash, hang or fill the memory.
"""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

# Cases in which the manifest asks for something that is not right, each with the reason.
DISPUTED: dict[str, str] = {}

LEAST_SHARE = 0.98


def faults_of(case, found):
    """Return what is wrong with an outcome; empty where it is what the manifest demands."""
    faults = list(found["violations"])
    outcome, said = found["outcome"], found["said"]
    if outcome not in case["expect"]:
        faults.append(f"{outcome} instead of {' or '.join(case['expect'])}")
    if outcome == "refuse" and not names_file(said[0], case["file"]):
        faults.append("the refusal does not name the file")
    # The file's own name often says what is wrong; the program has to say it, too.
    text = " ".join(said).replace(Path(case["file"]).name, "").lower()
    if outcome in ("warn", "refuse") and not has_cause(case, text):
        faults.append(f"no cause: none of {case['cause_words']}")
    if found["rss_mb"] > case["limits"]["rss_mb"]:
        faults.append(f"{found['rss_mb']:.0f} MB")
    if found.get("seconds", 0) > case["limits"]["seconds"]:
        faults.append(f"{found['seconds']:.1f} s")
    if found.get("unnoticed"):
        faults.append(f"{found['unnoticed']} weights shown although the file changed")
    if found.get("saved"):
        faults.append("saved over a file that another program changed")
    if any("\n" in sentence or "\u202e" in sentence for sentence in said):
        faults.append("control characters reach the screen")
    return faults


def has_cause(case, text):
    # A changed file is told by its own error, a good file without words needs none.
    return not case["cause_words"] or any(word.lower() in text for word in case["cause_words"])


def names_file(sentence, file):
    """Return whether a sentence names the file; characters that do not print may look otherwise."""
    name = Path(file).name
    return name in sentence or name.encode(errors="replace").decode()[:10] in sentence


def judged(cases, results):
    failed = {}
    for case in cases:
        faults = faults_of(case, results[case["id"]])
        if faults:
            failed[case["id"]] = (case["wrong"], faults, results[case["id"]]["said"][:2])
    return failed


def assert_share(cases, results, figures, how):
    assert set(results) == {case["id"] for case in cases}
    failed = judged(cases, results)
    for name in DISPUTED:
        assert name in failed, f"{name} is disputed and yet right"
    refused = [r for r in results.values() if r["outcome"] == "refuse"]
    figures.append(
        f"hostile files, {how}: {len(cases) - len(failed)} of {len(cases)} as the manifest demands"
        f" ({len(DISPUTED)} disputed); {len(refused)} refused, each naming the file"
    )
    told = "\n".join(
        f"{name} ({wrong}): {faults}; said {said}" for name, (wrong, faults, said) in failed.items()
    )
    print(told)
    for case in cases:
        found = results[case["id"]]
        assert not found["violations"], f"{case['id']}: {found['violations']}"
        assert found["outcome"] in ("open", "warn", "refuse"), f"{case['id']}: {found}"
        assert found["outcome"] != "refuse" or names_file(found["said"][0], case["file"]), found
    assert len(failed) <= (1 - LEAST_SHARE) * len(cases), told


@pytest.fixture(scope="module")
def cases(hostile_files):
    return json.loads((hostile_files / "manifest.json").read_text())["cases"]


def started(programs, hostile_files, *arguments, seconds):
    command = [sys.executable, str(programs / "opening.py"), str(hostile_files), *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            out, error = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            return [], "hang"
    return [json.loads(line) for line in out.splitlines()], error


@pytest.mark.slow
def test_hostile_files_meet_the_manifest(programs, hostile_files, cases, figures):
    found, error = started(programs, hostile_files, "forked", seconds=600)
    assert not error
    results = {result["id"]: result for result in found}
    assert_share(cases, results, figures, "each in a child of one process")


@pytest.mark.slow
@pytest.mark.usefixtures("full_run", "takes_minutes")
def test_hostile_files_meet_the_manifest_in_fresh_processes(
    programs, hostile_files, cases, figures
):
    def one(case):
        found, error = started(
            programs, hostile_files, "fresh", case["id"], seconds=case["limits"]["seconds"]
        )
        if found:
            return found[0]
        return {"outcome": error if error == "hang" else "crash", "said": [error], "violations": []}

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = dict(zip((c["id"] for c in cases), pool.map(one, cases), strict=True))
    assert_share(cases, results, figures, "each in a fresh process")
