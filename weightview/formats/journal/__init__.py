"""The recovery journal: unsaved edits outlive a crash, a kill and a power cut.

The window begins a :class:`Journal` for each document, and at its start offers what
:func:`pending` finds. Nothing here knows Qt.
"""

from weightview.formats.journal.folder import state_folder
from weightview.formats.journal.owners import Owner
from weightview.formats.journal.recording import Journal
from weightview.formats.journal.recovery import JournalError, Recovery, pending, pending_for
from weightview.formats.journal.replay import Applied, Plan

__all__ = [
    "Applied",
    "Journal",
    "JournalError",
    "Owner",
    "Plan",
    "Recovery",
    "pending",
    "pending_for",
    "state_folder",
]
