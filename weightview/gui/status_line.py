"""The status bar: the cell in question, the last edit, and the file with its size and time."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStatusBar, QWidget

from weightview.gui.elided_label import ElidedLabel
from weightview.gui.selection import Selection
from weightview.gui.wording import file_size

if TYPE_CHECKING:
    from weightview.core.document import Document
    from weightview.core.history import Change


class StatusLine(QStatusBar):
    """Follows one document; the views tell about cells through :meth:`show_cell`."""

    def __init__(self, selection: Selection, parent: QWidget | None = None) -> None:
        """Start empty; of the cell in ``selection`` what was edited is told already."""
        super().__init__(parent)
        self._selection = selection
        self._edited: tuple[str, object] | None = None
        self._has_cell, self._has_edit = False, True
        self.setObjectName("status")
        self.setSizeGripEnabled(False)
        self._document: Document | None = None
        self._cell = self._label("status_cell", "The cell under the pointer or selected")
        self._edit = self._label("status_edit", "The last edit")
        self._file = self._label("status_file", "The file, its size, when it was saved")
        self.addWidget(self._cell)
        self.addWidget(self._edit, 1)
        self.addPermanentWidget(self._file)
        self.messageChanged.connect(self._arrange)
        selection.cell_changed.connect(self._show_edit)
        selection.weight_changed.connect(self._show_edit)

    def _label(self, name: str, accessible: str) -> ElidedLabel:
        label = ElidedLabel(self)
        label.setObjectName(name)
        label.setAccessibleName(accessible)
        return label

    def set_document(self, document: "Document | None") -> None:
        """Follow the edits and saves of ``document``."""
        if self._document is not None:
            self._document.values_changed.disconnect(self._tell_edit)
            self._document.storage_changed.disconnect(self._tell_file)
        self._document = document
        self.show_cell("")
        self._edit.clear()
        if document is not None:
            document.values_changed.connect(self._tell_edit)
            document.storage_changed.connect(self._tell_file)
        self._tell_file()

    def show_cell(self, text: str) -> None:
        """Tell about a cell: ``input 3, unit 2: 0.298946023``."""
        self._cell.tell(text)
        self._has_cell = bool(text)
        self._arrange()

    def _tell_edit(self, changes: "tuple[Change, ...]") -> None:
        if self._document is None:
            return
        self._edit.tell(edit_text(self._document, changes))
        first = changes[0] if len(changes) == 1 else None
        is_cell = first is not None and all(isinstance(part, int) for part in first.region)
        self._edited = (first.weight.path, first.region) if first and is_cell else None
        self._show_edit()

    def _show_edit(self, *_: object) -> None:
        """Show the last edit, unless the cell that was edited is the one told about."""
        here = self._selection.weight_path, self._selection.cell
        self._has_edit = self._edited is None or self._edited != here
        self._arrange()

    def _arrange(self, *_: object) -> None:
        """Show what there is to tell, but nothing under a message that passes."""
        is_free = not self.currentMessage()
        self._cell.setVisible(is_free and self._has_cell)
        self._edit.setVisible(is_free and self._has_edit)

    def _tell_file(self) -> None:
        document = self._document
        if document is None or document.path is None:
            self._file.tell("" if document is None else "in memory, no file")
            return
        self._file.tell(file_text(document.path), str(document.path))


def edit_text(document: "Document", changes: "tuple[Change, ...]") -> str:
    """Return what the last edit did: ``edited: dense/kernel[5, 1]: 0.6445 → 0.9``.

    A change tells both sides; which of them is in place now tells an edit from an undo.
    """
    from weightview.core.numbers import exact_text

    cells = sum(change.after.size for change in changes)
    if not changes:
        return ""
    first = changes[0]
    if cells != 1:
        where = first.weight.path if len({change.weight for change in changes}) == 1 else ""
        return f"edited: {cells:,} cells{f' of {where}' if where else ''}"
    now = document.read(first.weight, first.region).reshape(-1)[:1]
    before, after = first.before.reshape(-1)[:1], first.after.reshape(-1)[:1]
    is_undo = now.tobytes() == before.tobytes()
    place = ", ".join(str(part if isinstance(part, int) else part.start) for part in first.region)
    sides = (after, before) if is_undo else (before, after)
    texts = " → ".join(exact_text(side[0]) for side in sides)
    return f"{'undone' if is_undo else 'edited'}: {first.weight.path}[{place}]: {texts}"


def file_text(path: Path) -> str:
    """Return ``four_layers.keras · 26 kB · saved 10:42``; with the date where not today."""
    try:
        status = path.stat()
    except OSError:
        return path.name
    saved = datetime.fromtimestamp(status.st_mtime)
    is_today = saved.date() == datetime.now().date()
    when = f"{saved:%H:%M}" if is_today else f"{saved:%Y-%m-%d %H:%M}"
    size = "" if path.is_dir() else f" · {file_size(status.st_size)}"
    return f"{path.name}{size} · saved {when}"
