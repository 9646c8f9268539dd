"""Unsaved edits outlive a crash: kept while a file is open, offered at the next start."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from weightview.gui import background
from weightview.gui.message_bar import Answer, MessageBar

if TYPE_CHECKING:
    from pathlib import Path

    from weightview.core.document import Document
    from weightview.formats.journal import Journal, Recovery
    from weightview.formats.journal.owners import Owner
    from weightview.formats.journal.replay import Plan
    from weightview.gui.windows import Windows


class Keeping(QObject):
    """Keeps the unsaved edits of one window's document in a journal."""

    # Told by the journal's own thread, heard in the window's.
    _trouble = Signal(str)

    def __init__(self, messages: MessageBar, parent: QObject) -> None:
        """Tell in ``messages`` when edits cannot be written down."""
        super().__init__(parent)
        self._messages = messages
        self._journal: Journal | None = None
        self._trouble.connect(self._tell_trouble)

    def begin(self, document: "Document") -> None:
        """Keep the edits of ``document`` from now on, no longer those of another."""
        from weightview.formats.journal import Journal

        self.end()
        journal = self._journal = Journal.begin(document, on_trouble=self._trouble.emit)
        name = document.path.name if document.path is not None else document.model.name
        background.run(
            self,
            journal.opened_elsewhere,
            lambda owners: self._tell_owners(journal, name, owners),
            lambda _: None,  # what cannot be found out is no trouble of the person's
        )

    def end(self) -> None:
        """Forget the edits: they were saved, or the person dropped them."""
        if self._journal is not None:
            self._journal.close()
            self._journal = None

    def _tell_owners(self, journal: "Journal", name: str, owners: "tuple[Owner, ...]") -> None:
        if owners and journal is self._journal:
            places = {owner.host for owner in owners}
            self._messages.show_message(
                "warning",
                f"{name} is open in another weightview too (on {', '.join(sorted(places))}). "
                "Whichever saves last would drop the other's edits: save in one of them only.",
                key="opened elsewhere",
            )

    def _tell_trouble(self, sentence: str) -> None:
        if sentence:
            self._messages.show_message("warning", sentence, key="journal")
        else:
            self._messages.close_message("journal")


class Offers(QObject):
    """Offers, after the start, the edits that an earlier process left behind."""

    def __init__(self, windows: "Windows") -> None:
        """Look for them in the background."""
        super().__init__(windows)
        self._windows = windows

    def look(self) -> None:
        """Look for kept edits and offer each in the window in front."""
        from weightview.formats.journal import pending

        background.run(self, pending, self._offer, self._windows.report)

    def _offer(self, recoveries: "list[Recovery]") -> None:
        window = self._windows.active
        if window is None:
            return
        for recovery in recoveries:
            were = "was" if recovery.edits == 1 else "were"
            edits = f"{recovery.edits} unsaved edit{'' if recovery.edits == 1 else 's'}"
            window.messages.show_message(
                "warning",
                f"{edits} of {recovery.path.name} from {recovery.date:%Y-%m-%d %H:%M} {were} kept "
                "when the program ended.",
                key=f"recovery {id(recovery)}",
                answers=(
                    Answer("Restore", partial(self._find, recovery)),
                    Answer("Discard", recovery.discard),
                ),
                stays=True,
            )

    def _find(self, recovery: "Recovery") -> None:
        background.run(
            self, recovery.find, lambda path: self._restore(recovery, path), self._windows.report
        )

    def _restore(self, recovery: "Recovery", path: "Path | None") -> None:
        if path is None:
            self._offer([recovery])
            if (window := self._windows.active) is not None:
                text = f"{recovery.path} is gone. Put the file back to restore its edits."
                window.reports.refuse(text)
            return
        self._windows.open_then(path, lambda document: self._apply(recovery, document))

    def _apply(self, recovery: "Recovery", document: "Document") -> None:
        snapshot = document.snapshot()

        def make(plan: "Plan") -> None:
            window = self._windows.window_of(document)
            if window is None or document.revision != snapshot.revision:
                # Closed or edited meanwhile: the edits are kept, and offered again.
                self._offer([recovery])
                return
            applied = plan.apply(document)
            window.reports.show_lost_edits(applied.refused)
            recovery.discard()

        background.run(self, lambda: recovery.plan(snapshot), make, self._windows.report)
