"""Opening, saving and reloading for one window: the work in another thread, the questions here.

Only one of them runs at a time. To cancel is to drop the late answer, as nothing was changed by it;
a save is asked to end, which it does as long as the file has not its new content.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from weightview.gui import background, save_formats
from weightview.gui.file_watch import Stamp, stamp_of
from weightview.gui.questions import ask_to_replace
from weightview.gui.settings import Settings
from weightview.gui.welcome import is_example

if TYPE_CHECKING:
    from weightview.core.document import Document
    from weightview.core.values import Storage

_FILTERS = ";;".join(
    (
        "Saved models (*.keras *.h5 *.hdf5 *.safetensors *.npz *.npy *.index)",
        "Keras 3 archives (*.keras)",
        "HDF5 files (*.h5 *.hdf5)",
        "Arrays (*.safetensors *.npz *.npy)",
        "TensorFlow checkpoints (*.index)",
        "All files (*)",
    )
)
_ARCHITECTURES = "Architectures (*.json *.keras *.h5 *.hdf5);;All files (*)"


@dataclass(frozen=True, eq=False)
class Opened:
    """A file that was opened.

    Attributes:
        document: what it holds.
        path: where it lies.
        stamp: the state of the file just before it was read.
    """

    document: "Document"
    path: Path
    stamp: Stamp | None


def open_file(path: Path, architecture: Path | None = None) -> Opened:
    """Open ``path``; may run in another thread.

    Raises:
        OpenError: it is no saved model, or a damaged one.
    """
    from weightview.api import open_document

    stamp = stamp_of(path)
    return Opened(open_document(path, architecture=architecture), path, stamp)


class Files(QObject):
    """The file work of one window.

    Signals:
        began(text, can_cancel): work started.
        ended(): it ended, failed or was cancelled.
        opened(result): a file was opened, as :class:`Opened`.
        reloaded(result): the open file was read again, as :class:`Opened`.
        saved(path): the document was saved there.
        converted(path): it was written there in another format; the window keeps its own file.
        failed(error): what was raised.
        refused(sentence): why nothing was begun.
    """

    began = Signal(str, bool)
    ended = Signal()
    opened = Signal(object)
    reloaded = Signal(object)
    saved = Signal(object)
    converted = Signal(object)
    failed = Signal(object)
    refused = Signal(str)

    def __init__(self, window: QWidget, settings: Settings) -> None:
        """Ask questions above ``window``; remember folders in ``settings``."""
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._number = 0
        self._saving = False
        self._busy = False
        self._opening: Path | None = None
        self._watch = background.Watch()

    @property
    def opening(self) -> Path | None:
        """The file that is being opened; None for none."""
        return self._opening

    @property
    def is_busy(self) -> bool:
        """Whether a file is being opened or saved."""
        return self._busy

    @property
    def is_saving(self) -> bool:
        """Whether a file is being written."""
        return self._saving

    def _run(
        self, text: str, work: Callable[[], Any], done: Callable[[Any], None], *, can_cancel: bool
    ) -> None:
        self._number += 1
        number = self._number
        self._busy = True
        self.began.emit(text, can_cancel)

        def ended(deliver: Callable[[Any], None], value: Any) -> None:
            if number != self._number:
                return
            self._end()
            deliver(value)

        background.run(
            self, work, lambda result: ended(done, result), lambda e: ended(self.failed.emit, e)
        )

    def _end(self) -> None:
        self._busy = False
        self._saving = False
        self._opening = None
        self.ended.emit()

    def cancel(self) -> None:
        """Drop the answer of what is under way, or ask a save to end; its own answer follows."""
        if self._saving:
            self._watch.set()
        elif self._busy:
            self._number += 1
            self._end()

    def open(self, path: Path, architecture: Path | None = None) -> None:
        """Open ``path``; ``opened`` or ``failed`` follows."""
        if self._refuse_while_saving():
            return
        self._opening = path
        self._run(
            f"Opening {path.name} …",
            lambda: open_file(path, architecture),
            self.opened.emit,
            can_cancel=True,
        )

    def reload(self, path: Path) -> None:
        """Read ``path`` again; ``reloaded`` or ``failed`` follows."""
        if self._refuse_while_saving():
            return
        self._run(
            f"Reading {path.name} again …",
            lambda: open_file(path),
            self.reloaded.emit,
            can_cancel=True,
        )

    def _refuse_while_saving(self) -> bool:
        if self._saving:
            self.refused.emit("The file is still being written; wait for it to end.")
        return self._saving

    def save(self, document: "Document", then: Callable[[], object] | None = None) -> None:
        """Save into the document's own file; where that cannot be, ask for another name.

        Args:
            document: what to save.
            then: called after it has been saved.
        """
        if not document.can_save or document.path is None or is_example(document.path):
            self.save_as(document, then)
        else:
            self._write(document, document.path, then)

    def save_as(self, document: "Document", then: Callable[[], object] | None = None) -> None:
        """Ask for a name and save there; ``then`` as in :meth:`save`."""
        if not document.can_save:
            self.refused.emit(
                f"{document.model.format_name or 'This model'} cannot be saved: it can be looked "
                "at and calculated with, but its format cannot be written."
            )
            return
        filters = save_formats.offered(document)
        name, chosen = QFileDialog.getSaveFileName(
            self._window, "Save As", str(self._proposal(document)), ";;".join(filters)
        )
        if not name:
            return
        wanted = filters.get(chosen, next(iter(filters.values())))
        target = save_formats.target_of(Path(name), wanted, document)
        # The dialog asked about the name that it knew, not about the one that it became.
        is_new_name = target != Path(name)
        if is_new_name and target.exists() and not ask_to_replace(self._window, target.name):
            return
        if save_formats.keeps_format(target, document.path):
            self._settings.last_folder = str(target.parent)
            self._write(document, target, then)
        elif (objection := save_formats.objection(document, target)) is not None:
            self.refused.emit(objection)
        else:
            self._settings.last_folder = str(target.parent)
            self._convert(document, target)

    def _proposal(self, document: "Document") -> Path:
        """Return the name that the dialog proposes: an example goes to the person's folder."""
        path = document.path
        if path is not None and not is_example(path):
            return path
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        folder = self._settings.last_folder or QStandardPaths.writableLocation(documents)
        return Path(folder) / (path.name if path is not None else document.model.name)

    def _write(self, document: "Document", target: Path, then: Callable[[], object] | None) -> None:
        if self._refuse_while_saving():
            return
        from weightview.api import save

        keep_backup = self._settings.keeps_backup
        snapshot = document.snapshot()

        def done(storage: "Storage") -> None:
            document.saved_to(storage, snapshot)
            self.saved.emit(target)
            if then is not None:
                then()

        watch = self._begin_saving()
        self._run(
            f"Saving {target.name} …",
            lambda: save(snapshot, target, keep_backup=keep_backup, progress=watch),
            done,
            can_cancel=True,
        )

    def _begin_saving(self) -> background.Watch:
        self._saving = True
        self._watch = background.Watch()
        return self._watch

    def _convert(self, document: "Document", target: Path) -> None:
        """Write ``document`` to ``target`` in the format of its name; the window keeps its file."""
        if self._refuse_while_saving():
            return
        from weightview.api import convert

        snapshot = document.snapshot()
        watch = self._begin_saving()
        self._run(
            f"Converting to {target.name} …",
            lambda: convert(snapshot, target, progress=watch),
            lambda _: self.converted.emit(target),
            can_cancel=True,
        )

    def choose(self) -> tuple[Path, ...]:
        """Ask for files to open."""
        names, _ = QFileDialog.getOpenFileNames(
            self._window, "Open", self._settings.last_folder, _FILTERS
        )
        paths = tuple(Path(name) for name in names)
        if paths:
            self._settings.last_folder = str(paths[0].parent)
        return paths

    def choose_folder(self) -> Path | None:
        """Ask for a folder to open; None where none was chosen."""
        name = QFileDialog.getExistingDirectory(
            self._window, "Open Folder", self._settings.last_folder
        )
        return Path(name) if name else None

    def choose_architecture(self) -> Path | None:
        """Ask for a file that holds a model's config; None where none was chosen."""
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Pair with Architecture", self._settings.last_folder, _ARCHITECTURES
        )
        return Path(name) if name else None
