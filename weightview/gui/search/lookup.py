"""Looking for a number in all weights while a person types: in the background, piece by piece."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from weightview.gui.background import Cancel, run
from weightview.gui.search.entries import Entry
from weightview.gui.wording import file_size

if TYPE_CHECKING:  # a window without a model needs no numpy
    from weightview.core.document import Document
    from weightview.core.searching import Found, Hit, Piece, Query
    from weightview.core.values import Values

_PAUSE_MS = 120


class Lookup(QObject):
    """One search at a time; what the person types next ends the one before.

    Signals:
        changed(): more was found, or the search ended.
    """

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        """Start without a document."""
        super().__init__(parent)
        self._document: Document | None = None
        self._query: Query | None = None
        self._found: Found | None = None
        self._trouble = ""
        self._is_running = False
        self._done = self._total = 0
        self._cancel = Cancel()
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._begin)

    @property
    def is_running(self) -> bool:
        """Whether more may be found."""
        return self._is_running

    @property
    def is_for_number(self) -> bool:
        """Whether a number is looked for at all."""
        return self._query is not None

    @property
    def entries(self) -> list[Entry]:
        """The cells found so far, the best first."""
        return [] if self._found is None else [_entry(hit) for hit in self._found.hits]

    @property
    def heading(self) -> str:
        """What was found, in words."""
        if self._query is None:
            return ""
        if self._trouble:
            return self._trouble
        if self._found is None and not self._total:
            return "Looking …"
        words = _words(self._query, self._found) if self._found is not None else ""
        if self._is_running:
            size = file_size(self._total)
            share = f"{100 * self._done // max(1, self._total)} % of {size} read · Esc stops"
            return f"{words} · {share}" if words else share
        if self._done < self._total:
            return f"{words} · stopped before the end" if words else "Stopped"
        return words

    def set_document(self, document: "Document | None") -> None:
        """Search in ``document`` from now on."""
        self.begin("")
        self._document = document

    def begin(self, typed: str) -> None:
        """Look for the number that ``typed`` is; for none where it is no number."""
        self.stop()
        self._query = None
        if self._document is not None and typed.strip():
            from weightview.core.searching import query_of

            self._query = query_of(typed)
        self._found, self._trouble, self._done, self._total = None, "", 0, 0
        self._is_running = self._query is not None
        if self._is_running:
            self._pause.start()

    def stop(self) -> None:
        """End the search; what was found stays."""
        self._pause.stop()
        self._cancel.set()
        self._is_running = False

    def _begin(self) -> None:
        """Start with the first piece: the person has paused."""
        from weightview.core.searching import Found, pieces

        document, query = self._document, self._query
        if document is None or query is None:
            return
        self._cancel = Cancel()
        # An optimizer's moments are no weights; a file of nothing else is searched all the same.
        weights = document.model.weights or document.all_weights
        self._total = sum(piece.nbytes for piece in pieces(weights))
        self._step(document.snapshot().values, pieces(weights), query, Found())

    def _step(
        self, values: "Values", rest: "Iterator[Piece]", query: "Query", found: "Found"
    ) -> None:
        from weightview.core.searching import search

        piece, cancel = next(rest, None), self._cancel
        if piece is not None and not self._done and piece.nbytes < self._total:
            self.changed.emit()  # it takes more than a moment
        if piece is None:
            self._is_running, self._found = False, found
            self.changed.emit()
            return

        def arrived(more: "Found") -> None:
            if not cancel.is_set():
                self._done += piece.nbytes
                self._found = more
                self._step(values, rest, query, more)
                self.changed.emit()

        def failed(error: Exception) -> None:
            if not cancel.is_set():
                self._fail(error)

        def work() -> "Found":
            return search(values, piece, query, found, cancelled=cancel.is_set)

        run(self, work, arrived, failed)

    def _fail(self, error: Exception) -> None:
        from weightview.core.errors import WeightviewError

        self.stop()
        if not isinstance(error, WeightviewError):
            raise error
        self._trouble = str(error)
        self.changed.emit()


def _entry(hit: "Hit") -> Entry:
    from weightview.core.numbers import exact_text

    weight = hit.weight
    name = f"{weight.path}[{', '.join(map(str, hit.index))}]" if hit.index else weight.path
    return Entry(name, exact_text(hit.value), weight.path, weight.layer_path, hit.index)


def _words(query: "Query", found: "Found") -> str:
    """Return ``12,304 cells > 5, the largest first``."""
    from weightview.core.numbers import exact_text

    number = exact_text(query.number)
    if query.kind == "near":
        return f"Nearest to {number}" + (f" · {found.count:,} equal it" if found.count else "")
    what = {
        "equal": number,
        "above": f"> {number}",
        "at least": f"≥ {number}",
        "below": f"< {number}",
        "at most": f"≤ {number}",
        "nan": "NaN",
        "infinite": "infinite",
    }[query.kind]
    if not found.count:
        return f"No cell is {what}"
    order = {
        "above": ", the largest first",
        "at least": ", the largest first",
        "below": ", the smallest first",
        "at most": ", the smallest first",
    }.get(query.kind, "")
    shown = f", the first {len(found.hits)}" if not order and found.count > len(found.hits) else ""
    verb = "cell is" if found.count == 1 else "cells are"
    return f"{found.count:,} {verb} {what}{order}{shown}"
