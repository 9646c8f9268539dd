"""JSON from a file, parsed only when its size and depth are those of a model's config."""

import json
import re
from pathlib import Path
from typing import Any

from weightview.core.errors import OpenError
from weightview.core.numbers import shorten

MAXIMUM_BYTES = 128 << 20
_MAXIMUM_DEPTH = 700
_STRUCTURE = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]')


def parse_json(
    data: bytes | str, path: Path, place: str, *, unique: bool = False
) -> dict[str, Any]:
    """Return the object that ``data`` holds.

    Args:
        data: the text, UTF-8.
        path: the file it comes from, for a sentence.
        place: where in the file.
        unique: refuse a key that an object holds twice; else the last one counts, as in Keras.

    Raises:
        OpenError: it is too long, nested too deeply, not JSON, or not an object.
    """
    if len(data) > MAXIMUM_BYTES:
        raise OpenError(path, f"it has {len(data):,} bytes, too many for a config.", place=place)
    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
        _check_depth(text)
        found = json.loads(text, object_pairs_hook=_unique if unique else None)
    except (ValueError, RecursionError) as error:
        raise OpenError(path, f"it is not readable JSON ({error}).", place=place) from error
    if not isinstance(found, dict):
        raise OpenError(path, f"it is a JSON {type(found).__name__}, not an object.", place=place)
    return found


def _check_depth(text: str) -> None:
    depth = 0
    for match in _STRUCTURE.finditer(text):
        mark = match.group()
        if mark in "[{":
            depth += 1
            if depth > _MAXIMUM_DEPTH:
                raise ValueError(f"nested more than {_MAXIMUM_DEPTH} deep")
        elif mark in "]}":
            depth -= 1


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key “{shorten(key)}” is there twice")
        found[key] = value
    return found
