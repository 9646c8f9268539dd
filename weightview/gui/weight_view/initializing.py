"""Drawing a weight's numbers anew by one of Keras' initializers, with a seed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QSpinBox,
    QWidget,
)

from weightview.core.document import Document
from weightview.core.errors import WeightviewError
from weightview.core.model import Layer, Weight
from weightview.core.numbers import is_integer
from weightview.core.regions import Region
from weightview.core.values import Array
from weightview.gui.background import run
from weightview.gui.weight_view.sheet import Sheet, layer_of

_LARGEST_SEED = 2**31 - 1
_NAMES = (
    "GlorotUniform",
    "GlorotNormal",
    "HeUniform",
    "HeNormal",
    "LecunUniform",
    "LecunNormal",
    "RandomUniform",
    "RandomNormal",
    "TruncatedNormal",
    "VarianceScaling",
    "Orthogonal",
    "Zeros",
    "Ones",
)


@dataclass(frozen=True)
class Initializer:
    """One of Keras' initializers.

    Attributes:
        class_name: its class in ``keras.initializers``.
        config: its settings without the seed; empty for Keras' defaults.
    """

    class_name: str
    config: Mapping[str, Any] = field(default_factory=dict)


def own_initializer(layer: Layer | None, weight: Weight) -> Initializer | None:
    """Return the initializer that the layer's config names for a weight; None where it does not."""
    stored = layer.config.get(f"{weight.role}_initializer") if layer is not None else None
    if not isinstance(stored, Mapping) or stored.get("class_name") not in _NAMES:
        return None
    config = stored.get("config")
    known = (
        {k: v for k, v in config.items() if k in _SETTINGS} if isinstance(config, Mapping) else {}
    )
    return Initializer(str(stored["class_name"]), known)


_SETTINGS = frozenset(
    ("mean", "stddev", "minval", "maxval", "scale", "mode", "distribution", "gain")
)


class InitializerDialog(QDialog):
    """Asks for initializer, seed and cells.

    Signals:
        asked(initializer, seed, is_whole): Return or the button was pressed.
    """

    asked = Signal(object, int, bool)

    def __init__(
        self, weight: Weight, own: Initializer | None, cells: tuple[int, int], parent: QWidget
    ) -> None:
        """Ask about ``weight``; ``cells`` is the size of the selected block."""
        super().__init__(parent)
        self.setObjectName("initializer_dialog")
        self.setWindowTitle(f"Re-initialise {weight.path}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._kinds = QComboBox(self)
        self._kinds.setObjectName("initializer_kind")
        self._kinds.setToolTip("Which of Keras' initializers draws the numbers")
        self._choices: list[Initializer] = []
        if own is not None:
            self._add(f"{own.class_name} (as the layer's config says)", own)
        for name in _NAMES:
            self._add(name, Initializer(name))
        self._seed = QSpinBox(self)
        self._seed.setObjectName("initializer_seed")
        self._seed.setRange(0, _LARGEST_SEED)
        self._seed.setToolTip("Equal seeds give equal numbers")
        self._cells = QComboBox(self)
        self._cells.setObjectName("initializer_cells")
        self._cells.addItem(f"the whole weight {weight.shape}", True)
        if cells[0] * cells[1] > 1:
            self._cells.addItem(f"the selected {cells[0]} × {cells[1]} cells", False)
        words = QLabel("Keras draws for the weight's whole shape; one step to undo.", self)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        draw = buttons.addButton("Re-initialise", QDialogButtonBox.ButtonRole.AcceptRole)
        draw.setObjectName("initializer_draw")
        draw.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form = QFormLayout(self)
        form.addRow("Initializer", self._kinds)
        form.addRow("Seed", self._seed)
        form.addRow("Numbers of", self._cells)
        form.addRow(words)
        form.addRow(buttons)
        self.accepted.connect(self._ask)

    def _add(self, text: str, initializer: Initializer) -> None:
        self._kinds.addItem(text)
        self._choices.append(initializer)

    def _ask(self) -> None:
        chosen = self._choices[self._kinds.currentIndex()]
        self.asked.emit(chosen, self._seed.value(), bool(self._cells.currentData()))


class Initializing(QObject):
    """Asks, draws in the background, and puts the numbers in as one undoable edit.

    Signals:
        refused(sentence): nothing was changed, and why.
        status(sentence): what is under way, and what was done.
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
        region, size = _selected(sheet, block)
        own = own_initializer(layer_of(document, weight), weight)
        dialog = InitializerDialog(weight, own, size, self._owner)

        def asked(initializer: Initializer, seed: int, is_whole: bool) -> None:
            self._draw(document, weight, initializer, seed, None if is_whole else region)

        dialog.asked.connect(asked)
        dialog.open()

    def _draw(
        self,
        document: Document,
        weight: Weight,
        initializer: Initializer,
        seed: int,
        region: Region | None,
    ) -> None:
        name = initializer.class_name

        def work() -> Array:
            from weightview.worker.client import shared_worker

            worker = shared_worker()
            drawn = worker.draw(name, initializer.config, weight.shape, seed)
            return drawn if region is None else drawn[region]

        def arrived(drawn: Array) -> None:
            if weight not in document.all_weights:
                self.refused.emit(f"“{weight.path}” was not re-initialised: it is gone meanwhile.")
                return
            label = f"Re-initialise {weight.path} by {name}, seed {seed}"
            try:
                document.set_values(weight, region, drawn, label=label)
            except WeightviewError as error:
                self.refused.emit(str(error))
            else:
                self.status.emit(f"{label}.")

        self.status.emit(f"{name} is drawing {weight.path} …")
        run(self, work, arrived, self._failed)

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, WeightviewError):
            raise error
        self.refused.emit(str(error))


def _selected(
    sheet: Sheet, block: tuple[range, range] | None
) -> tuple[Region | None, tuple[int, int]]:
    """Return the main weight's part of the selected block and its size; a bias is left out."""
    if block is None:
        return None, (0, 0)
    spans = (slice(block[0].start, block[0].stop), slice(block[1].start, block[1].stop))
    for part, rows, columns in sheet.blocks(*spans):
        if part is sheet.main:
            size = rows.stop - rows.start, columns.stop - columns.start
            return part.look.region(rows, columns), size
    return None, (0, 0)
