"""The verdicts: how far both differ, what counts as agreement, and what was not checked."""

import math

import numpy as np
import pytest

import weightview
from weightview.api.referee import TOLERANCE, Verdict, compare
from weightview.calculator.trace import Step
from weightview.core.errors import WorkerError
from weightview.worker.known import Calls
from weightview.worker.vetting import RefusedError


class FakeWorker:
    """Answers with fixed outputs, or an error."""

    state = "ready"
    sentence = "TensorFlow is ready."

    def __init__(self, outputs=None, error=None, layer=None):
        self.outputs, self.error, self.layer = outputs, error, layer
        self.called = []

    def layer_outputs(self, model, values, inputs):
        if self.error is not None:
            raise self.error
        return Calls(self.outputs, None)

    def call_layer(self, model, values, layer, arguments, keywords):
        self.called.append((layer.path, arguments, keywords))
        if self.layer is None:
            raise WorkerError("not this one")
        return self.layer


@pytest.fixture
def line(examples):
    return weightview.open_document(examples / "line.keras")


def outputs_of(trace, *, batch):
    return {
        (step.layer_path, step.node): tuple(o if batch else o[np.newaxis] for o in step.outputs)
        for step in trace.steps
    }


def step_of(*outputs):
    return Step("layer", "Dense", 0, (), tuple(np.asarray(o) for o in outputs))


@pytest.mark.parametrize("inputs", [[10.0], [[10.0], [3.0]]])
def test_equal_numbers_agree_exactly_for_samples_and_batches(line, inputs):
    trace = weightview.propagate(line, inputs)
    worker = FakeWorker(outputs_of(trace, batch=trace.is_batch))
    verdicts = weightview.check_with_tensorflow(line, inputs, worker=worker)
    assert [(v.layer_path, v.node) for v in verdicts] == [
        (s.layer_path, s.node) for s in trace.steps
    ]
    assert {v.sentence for v in verdicts} == {"agrees exactly"}


def test_the_layer_that_differs_is_named_with_its_difference(line):
    trace = weightview.propagate(line, [10.0])
    outputs = outputs_of(trace, batch=False)
    outputs["dense_1", 0] = (outputs["dense_1", 0][0] + 0.5,)
    verdicts = weightview.check_with_tensorflow(
        line, [10.0], trace=trace, worker=FakeWorker(outputs)
    )
    by_path = {verdict.layer_path: verdict for verdict in verdicts}
    assert by_path["dense"].agrees is True
    assert by_path["dense_1"].agrees is False
    assert by_path["dense_1"].absolute == pytest.approx(0.5, abs=1e-5)
    assert by_path["dense_1"].relative == pytest.approx(0.5 / 25.5, rel=1e-3)
    assert by_path["dense_1"].sentence == "differs by 0.5"


def test_what_tensorflow_refuses_is_not_checked_anywhere_with_its_reason(line):
    worker = FakeWorker(error=RefusedError("It holds a Lambda layer."))
    verdicts = weightview.check_with_tensorflow(line, [10.0], worker=worker)
    assert {v.agrees for v in verdicts} == {None}
    assert {v.sentence for v in verdicts} == {"not checked: It holds a Lambda layer."}
    assert worker.called == []


def test_a_dead_tensorflow_is_a_reason_and_no_error(line):
    worker = FakeWorker(error=WorkerError("It ended."))
    worker.state = "dead"
    verdicts = weightview.check_with_tensorflow(line, [10.0], worker=worker)
    assert {v.reason for v in verdicts} == {"It ended."}


def test_layers_are_checked_alone_where_the_model_cannot_be_built(line):
    trace = weightview.propagate(line, [10.0])
    hidden = trace["dense"].outputs[0][np.newaxis]
    worker = FakeWorker(error=WorkerError("Keras cannot."), layer=(hidden,))
    verdicts = weightview.check_with_tensorflow(line, [10.0], trace=trace, worker=worker)
    by_path = {verdict.layer_path: verdict for verdict in verdicts}
    assert by_path["dense"].agrees is True
    assert by_path["dense_1"].agrees is False
    (path, (argument,), keywords) = worker.called[0]
    assert (path, keywords) == ("dense", {})
    np.testing.assert_array_equal(argument, [[10.0]])


@pytest.mark.parametrize(
    ("ours", "theirs", "agrees"),
    [
        ([1.0, 2.0], [1.0, 2.0], True),
        ([1.0, 2.0], [1.0, 2.0 + 1.5 * TOLERANCE], True),
        ([1.0, 2.0], [1.0, 2.0 + 4 * TOLERANCE], False),
        ([0.0], [1e-9], True),
        ([1e-6], [2e-6], False),
        ([math.nan, 1.0], [math.nan, 1.0], True),
        ([math.nan, 1.0], [0.0, 1.0], False),
        ([0.0, 1.0], [math.nan, 1.0], False),
        ([math.inf], [math.inf], True),
        ([math.inf], [-math.inf], False),
        ([1.0], [math.inf], False),
        ([], [], True),
    ],
)
def test_what_counts_as_agreement(ours, theirs, agrees):
    verdict = compare(step_of(np.array(ours, "f4")), (np.array([theirs], "f4"),), is_batch=False)
    assert verdict.agrees is agrees


def test_another_shape_or_number_of_outputs_differs():
    one = compare(step_of(np.zeros(3)), (np.zeros((1, 4)),), is_batch=False)
    two = compare(step_of(np.zeros(3)), (np.zeros((1, 3)), np.zeros((1, 3))), is_batch=False)
    assert one.agrees is False
    assert "shape (3,) here, (1, 4) from TensorFlow" in one.sentence
    assert two.agrees is False
    assert "1 outputs here, 2 from TensorFlow" in two.sentence


def test_texts_are_compared_as_texts():
    ours = step_of(np.array([["a", "b"]]))
    same = compare(ours, (np.array([["a", "b"]], dtype=object),), is_batch=True)
    other = compare(ours, (np.array([["a", "c"]], dtype=object),), is_batch=True)
    assert (same.agrees, other.agrees) == (True, False)


def test_the_sentence_has_one_digit():
    assert Verdict("a", 0, 1e-7, 1.9e-7, True).sentence == "agrees to 2e-7"
    assert Verdict("a", 0, 1e-12, 3.2e-11, True).sentence == "agrees to 3e-11"


@pytest.mark.referee
def test_tensorflow_agrees_with_the_examples(examples):
    from weightview.worker.client import Worker

    worker = Worker()
    try:
        for path in sorted(examples.glob("*.keras")):
            document = weightview.open_document(path)
            shape = document.model.input_shape[1:]
            rows = np.random.default_rng(3).normal(size=(4, *shape)).astype("f4")
            verdicts = weightview.check_with_tensorflow(document, rows, worker=worker)
            assert {verdict.agrees for verdict in verdicts} == {True}, path
            assert max(verdict.relative for verdict in verdicts) < 1e-5
    finally:
        worker.close()


@pytest.mark.referee
def test_a_layer_that_the_calculator_lacks_comes_from_tensorflow_and_says_so(shared_models):
    from weightview.worker.client import Worker

    document = weightview.open_document(shared_models / "generated/tfk2.16_A/ops_in_graph.keras")
    arrays = np.load(shared_models / "generated/tfk2.16_A/ops_in_graph.expect.npz")
    worker = Worker()
    try:
        alone = weightview.propagate(document, arrays["in__0"], elsewhere=False)
        trace = weightview.propagate(document, arrays["in__0"], worker=worker)
        np.testing.assert_allclose(trace.output, arrays["out__0"], rtol=1e-4, atol=1e-6)
        absent = {s.layer_path for s in alone.steps if s.computed_by is None}
        from_there = {s.layer_path for s in trace.steps if s.computed_by == "tensorflow"}
        assert from_there <= absent
        verdicts = weightview.check_with_tensorflow(
            document, arrays["in__0"], trace=trace, worker=worker
        )
        for verdict in verdicts:
            expected = None if verdict.layer_path in from_there else True
            assert verdict.agrees is expected, verdict
    finally:
        worker.close()
