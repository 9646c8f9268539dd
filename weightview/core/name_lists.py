"""The names in a text that a person gives: a CSV header, a column of a CSV file, or a list."""

import csv

from weightview.core.numbers import shorten

_LONGEST = 60


def names_for(text: str, count: int) -> tuple[str, ...]:
    """Return the names that a text has for ``count`` places.

    They are its first line, without what stands in the corner before a column of row names; else
    its first column, without what stands above it.

    Args:
        text: cells by tabs, semicolons or commas, quoted as CSV; or one name a line.
        count: how many names are wanted.

    Returns:
        So many names, or as many as were found where none of these has ``count``; none for an
        empty text.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    if not lines.strip():
        return ()
    first_line = lines.partition("\n")[0]
    separator = max("\t;,", key=first_line.count)  # a tab before a semicolon before a comma
    rows = [row for row in csv.reader(lines.split("\n"), delimiter=separator) if row]
    header, column = rows[0], [row[0] for row in rows]
    has_corner = not header[0].strip()
    for names in (header, header[1:], column, column[1:]):
        if len(names) == count and not (names is header and has_corner):
            return _cleaned(names)
    return _cleaned(header if len(header) > 1 else column)


def _cleaned(names: list[str]) -> tuple[str, ...]:
    return tuple(shorten(name.strip(), _LONGEST) for name in names)
