"""Drawing a weight's numbers anew by one of Keras' initializers, with a seed."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from weightview.core.document import Document
from weightview.core.errors import WeightviewError
from weightview.core.initializers import UNSEEDED, Initializer, own_initializer
from weightview.core.model import Weight
from weightview.core.numbers import is_integer
from weightview.core.preparing import Prepared, prepare
from weightview.core.values import Array, Values
from weightview.gui.background import Cancel, run
from weightview.gui.weight_view.initializer_dialog import InitializerDialog
from weightview.gui.weight_view.piece import Piece
from weightview.gui.weight_view.sheet import Sheet, layer_of

_DRAWN_DTYPES = ("float16", "bfloat16", "float32", "float64")


class Initializing(QObject):
    """Asks, draws in the background, and puts the numbers in as one undoable edit.

    Signals:
        refused(sentence): nothing can be asked, and why.
        status(sentence): what was done.
    """

    refused = Signal(str)
    status = Signal(str)

    def __init__(self, owner: QWidget) -> None:
        """Ask above ``owner``."""
        super().__init__(owner)
        self._owner = owner

    def ask(
        self, document: Document | None, sheet: Sheet | None, block: tuple[range, range] | None
    ) -> None:
        """Ask how the weight of ``sheet`` is to be drawn; ``block`` is what is selected."""
        if document is None or sheet is None:
            return
        weight = sheet.main.weight
        if is_integer(weight.dtype) or not weight.editable or not weight.shape:
            self.refused.emit(f"“{weight.path}” is nothing that an initializer of Keras draws.")
            return
        piece = sheet.main_piece(*block) if block is not None else None
        size = (len(piece.rows), len(piece.columns)) if piece is not None else (0, 0)
        own = own_initializer(layer_of(document, weight), weight)
        dialog = InitializerDialog(weight, own, size, self._owner)

        def asked(initializer: Initializer, seed: int, is_whole: bool) -> None:
            cells = None if is_whole else piece
            self._draw(dialog, document, weight, initializer, seed, cells)

        dialog.asked.connect(asked)
        dialog.open()

    def _draw(
        self,
        dialog: InitializerDialog,
        document: Document,
        weight: Weight,
        initializer: Initializer,
        seed: int,
        cells: Piece | None,
    ) -> None:
        from weightview.worker.client import shared_worker

        worker, is_stopped = shared_worker(), Cancel()
        values, label = document.values, _label(weight, initializer, seed)
        name = weight.dtype.name if weight.dtype.name in _DRAWN_DTYPES else "float32"

        def stop() -> None:
            is_stopped.set()
            worker.stop_drawing()

        def work() -> Prepared:
            kind, config = initializer.class_name, initializer.config
            drawn = worker.draw(kind, config, weight.shape, seed, dtype=name)
            return _prepared(values, label, weight, cells, drawn)

        def ended(prepared: Prepared | None, refusal: str) -> None:
            if is_stopped.is_set():
                return
            dialog.stopped.disconnect(stop)
            if prepared is not None:
                refusal = self._put(document, weight, prepared)
            dialog.end(refusal)
            if not refusal:
                dialog.accept()

        def failed(error: Exception) -> None:
            if not isinstance(error, WeightviewError):
                raise error
            ended(None, str(error))

        dialog.stopped.connect(stop)
        dialog.begin(f"{initializer.class_name} is drawing {weight.path} …")
        run(dialog, work, lambda prepared: ended(prepared, ""), failed)

    def _put(self, document: Document, weight: Weight, prepared: Prepared) -> str:
        """Put the numbers in, and return why that is refused, or ``""``."""
        if weight not in document.all_weights:
            return f"“{weight.path}” was not re-initialised: it is gone meanwhile."
        try:
            document.adopt(prepared)
        except WeightviewError as error:
            return str(error)
        self.status.emit(f"{prepared.edit.label}.")
        return ""


def _label(weight: Weight, initializer: Initializer, seed: int) -> str:
    by = initializer.class_name
    settings = ", ".join(f"{name} {value}" for name, value in initializer.config.items())
    by += f" ({settings})" if settings else ""
    by += "" if initializer.class_name in UNSEEDED else f", seed {seed}"
    return f"Re-initialise {weight.path} by {by}"


def _prepared(
    values: Values, label: str, weight: Weight, cells: Piece | None, drawn: Array
) -> Prepared:
    """Work out the edit that puts what was drawn into the weight, or into some of its cells."""
    if cells is None:
        return prepare(values, label, [(weight, None, drawn)])
    table = cells.read(lambda _weight, region: drawn[region])
    return prepare(values, label, list(cells.changes(table)))
