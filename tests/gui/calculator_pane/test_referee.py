"""TensorFlow beside the calculator: what its verdicts say, and each of its quiet states."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import weightview
from weightview.api import Verdict
from weightview.core.document import Document
from weightview.gui.calculator_pane import CalculatorPane, referee
from weightview.gui.calculator_pane.referee import agreements_of, summary_of
from weightview.worker import client

PaneMaker = Callable[..., CalculatorPane]

AGREES = Verdict("a", 0, 3e-8, 2e-7, True)
EXACT = Verdict("b", 0, 0.0, 0.0, True)
DIFFERS = Verdict("c", 1, 0.5, 0.25, False)
UNCHECKED = Verdict("d", 0, reason="TensorFlow refuses Lambda")


@pytest.mark.parametrize(
    ("verdicts", "kind", "sentence"),
    [
        ((AGREES, EXACT), "agrees", "TensorFlow agrees to 2e-7"),
        ((EXACT,), "agrees", "TensorFlow agrees exactly"),
        ((AGREES, UNCHECKED), "agrees", "TensorFlow agrees to 2e-7; 1 layer not compared"),
        ((AGREES, DIFFERS), "differs", "TensorFlow differs in c"),
        ((UNCHECKED,), "quiet", "Not compared with TensorFlow: TensorFlow refuses Lambda"),
        ((), "quiet", "Not compared with TensorFlow: the model has no layers"),
    ],
)
def test_all_verdicts_make_one_sentence(
    verdicts: tuple[Verdict, ...], kind: str, sentence: str
) -> None:
    assert summary_of(verdicts) == (kind, sentence)


def test_each_strip_gets_its_own_verdict() -> None:
    found = agreements_of((AGREES, EXACT, DIFFERS, UNCHECKED))
    assert found["a", 0].text == "✓ 2e-7"
    assert found["b", 0].text == "✓ exact"
    assert "add up in another order" in found["a", 0].sentence
    assert (found["c", 1].kind, found["c", 1].sentence) == ("differs", "TensorFlow differs by 0.5.")
    assert (found["d", 0].kind, found["d", 0].text) == ("quiet", "")


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the referee wait for nothing."""
    monkeypatch.setattr(referee, "START_MS", 0)
    monkeypatch.setattr(referee, "QUIET_MS", 0)


def with_worker(monkeypatch: pytest.MonkeyPatch, command: list[str]) -> client.Worker:
    worker = client.Worker(command)
    monkeypatch.setattr(client, "shared_worker", lambda: worker)
    return worker


def heard_by(pane: CalculatorPane) -> list[tuple[str, str]]:
    heard: list[tuple[str, str]] = []
    pane.agreement_changed.connect(lambda kind, sentence: heard.append((kind, sentence)))
    return heard


def test_without_tensorflow_the_pane_calculates_and_says_so_quietly(
    make_dense_document: Callable[..., Document], make_pane: PaneMaker, at_once: None, qtbot: Any
) -> None:
    pane = make_pane(make_dense_document((3, 2)))
    heard = heard_by(pane)
    pane.set_document(make_dense_document())
    qtbot.waitUntil(lambda: ("quiet", "TensorFlow is not installed.") in heard)
    qtbot.waitUntil(lambda: pane.trace is not None)


def test_a_tensorflow_that_dies_at_start_is_a_quiet_sentence(
    make_dense_document: Callable[..., Document],
    make_pane: PaneMaker,
    at_once: None,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: Any,
) -> None:
    worker = with_worker(monkeypatch, [sys.executable, "-c", "raise SystemExit(3)"])
    pane = make_pane(make_dense_document((3, 2)))
    heard = heard_by(pane)
    pane.set_document(make_dense_document())
    qtbot.waitUntil(lambda: worker.state == "dead", timeout=20_000)
    qtbot.waitUntil(lambda: bool(heard) and "left alone" in heard[-1][1])
    assert all(kind == "quiet" for kind, _ in heard)
    worker.close()


def test_a_verdict_that_differs_stands_in_words_under_the_layer(
    make_dense_document: Callable[..., Document], make_pane: PaneMaker
) -> None:
    pane = make_pane(make_dense_document())
    assert pane.content is not None
    wrong = Verdict("dense_2", 0, 0.5, 0.25, False)
    pane.content.referee.judged.emit(agreements_of((wrong,)))
    strips = {strip.layer.path: strip for strip in pane.content.strips}
    assert strips["dense_2"].remark == "TensorFlow differs by 0.5."
    assert strips["dense_1"].remark == ""
    pane.content.referee.judged.emit({})
    assert strips["dense_2"].remark == ""


@pytest.mark.referee
@pytest.mark.slow
def test_tensorflow_ticks_every_layer_and_again_after_an_edit(
    examples: Path,
    make_pane: PaneMaker,
    at_once: None,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: Any,
) -> None:
    from weightview.worker import launching

    worker = with_worker(monkeypatch, launching.start_command())
    document = weightview.open_document(examples / "four_layers.keras")
    pane = make_pane(document)
    heard = heard_by(pane)
    qtbot.waitUntil(lambda: bool(heard) and heard[-1][0] == "agrees", timeout=120_000)
    assert pane.content is not None
    assert all(strip.agreement.kind == "agrees" for strip in pane.content.strips)
    heard.clear()
    document.set_values("dense_1/kernel", (5, 1), 0.9)
    qtbot.waitUntil(lambda: bool(heard) and heard[-1][0] == "agrees", timeout=60_000)
    worker.close()
