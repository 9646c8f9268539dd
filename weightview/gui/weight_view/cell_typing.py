"""Storing a number as it was typed into a cell, and what to say where it is not stored exactly."""

from typing import Any

import numpy as np

from weightview.core.document import Document
from weightview.core.model import Weight
from weightview.core.numbers import is_integer, parse_number
from weightview.gui.weight_view.slicing import Index
from weightview.gui.weight_view.wording import address_text, stored_text


def put_text(document: Document, weight: Weight, index: Index, text: str) -> str:
    """Store the number that was typed, where it is another one than before.

    Returns:
        What is stored instead, in words, where the weight cannot hold the number exactly.

    Raises:
        NumberError: the text is no number that the weight can hold; nothing was changed.
        EditError: the weight cannot be edited; nothing was changed.
    """
    value = parse_number(text, weight.dtype)
    before = document.read(weight, index)
    if np.asarray(before).tobytes() == np.asarray(value).tobytes():
        return ""
    document.set_values(weight, index, value, label=f"Set {address_text(weight, index)}")
    return _stored_instead(weight, value, text)


def is_stored_as(value: Any, number: float) -> bool:
    """Return whether ``number``, stored with the dtype of ``value``, has the very same bits."""
    stored = np.asarray(value)
    with np.errstate(all="ignore"):  # beyond the dtype it is another number in any case
        return stored.tobytes() == np.asarray(number).astype(stored.dtype).tobytes()


def _stored_instead(weight: Weight, value: Any, text: str) -> str:
    if is_integer(weight.dtype):
        return ""  # it is stored exactly or refused
    typed = parse_number(text, np.dtype(np.float64))
    if float(typed) == float(value) or weight.dtype.itemsize >= np.dtype(np.float64).itemsize:
        return ""
    return f"stored as {stored_text(value, weight.dtype.itemsize)} ({weight.dtype})"
