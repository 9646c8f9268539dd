"""Explaining a number that does not match the model's."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from weightview.api.calculation import elsewhere_of
from weightview.calculator.trace import Index
from weightview.core.document import Document, Snapshot

if TYPE_CHECKING:
    from weightview.calculator.mistakes.answer import Answer


def explain_number(
    document: Document | Snapshot,
    inputs: Any,
    number: str,
    *,
    index: Index | None = None,
    output: int = 0,
    progress: Callable[[float], None] | None = None,
) -> "Answer":
    """Say which usual mistake gives the number that a person worked out by hand.

    Args:
        document: the document, edits included, or a snapshot of it (from any thread).
        inputs: the input, as :func:`weightview.propagate` takes it.
        number: the number as text, with the digits that are to agree: ``"20.475"``. Several stand
            for that many numbers of the output in a row.
        index: for which number of the output (the first one given) it was; None for the first.
        output: which of the model's outputs.
        progress: called with the finished share; raising ``CancelledError`` in it ends the search.

    Returns:
        The answer; its ``sentence`` says it in one, its ``findings`` are the mistakes that give
        the number to the digits given, the nearest first.

    Raises:
        NumberError: ``number`` is not a number.
        InputError: the input does not fit the model, or there are more numbers than outputs.
        CalculationError: the model cannot be computed.
    """
    from weightview.calculator.mistakes.finder import find_mistakes
    from weightview.calculator.mistakes.typed import parse_typed

    snapshot = document.snapshot() if isinstance(document, Document) else document
    return find_mistakes(
        snapshot.model,
        snapshot.values,
        inputs,
        parse_typed(number),
        index=index,
        output=output,
        elsewhere=elsewhere_of(snapshot),
        progress=progress,
    )
