"""One selection everywhere: what is selected in one view of a window is seen in all the others.

Views write here what the person selects, points at or follows, and listen to what others wrote.
None of them knows another view.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:  # a window without a model needs no numpy
    from weightview.calculator.trace import Source

Index = tuple[int, ...]


@dataclass(frozen=True)
class NumberAddress:
    """One number of a calculation: a cell of a stage of a step.

    Attributes:
        layer_path: the layer.
        node: which call of it.
        stage: the stage's name.
        index: the cell, without a batch axis.
    """

    layer_path: str
    node: int
    stage: str
    index: Index


class Selection(QObject):
    """What is selected in one window.

    Signals:
        layer_changed(path): a layer was selected (``""`` for none).
        weight_changed(path): a weight was selected (``""`` for none).
        cell_changed(path, index): a cell of a weight was selected; index None for none.
        hover_changed(path, index): the pointer is over a cell of a weight; None when it left.
        number_changed(address): a number of the calculation was selected; None for none.
        explanation_requested(): how the selected number came about is to be read.
        input_requested(place, index): a number of the model's input ``place`` is to be looked at.
    """

    layer_changed = Signal(str)
    weight_changed = Signal(str)
    cell_changed = Signal(str, object)
    hover_changed = Signal(str, object)
    number_changed = Signal(object)
    explanation_requested = Signal()
    input_requested = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        """Start with nothing selected."""
        super().__init__(parent)
        self.layer_path = ""
        self.weight_path = ""
        self.cell: Index | None = None
        self.number: NumberAddress | None = None

    def select_layer(self, path: str) -> None:
        """Select a layer (its config is shown); the weight stays."""
        if path != self.layer_path:
            self.layer_path = path
            self.layer_changed.emit(path)

    def select_weight(self, path: str, layer_path: str = "") -> None:
        """Select a weight and its layer; the cell is forgotten."""
        if layer_path:
            self.select_layer(layer_path)
        if path != self.weight_path:
            self.weight_path = path
            self.cell = None
            self.weight_changed.emit(path)

    def select_cell(self, path: str, index: Index | None) -> None:
        """Select a cell of a weight; another weight than the one shown is selected first."""
        if path != self.weight_path:
            self.select_weight(path, path.rpartition("/")[0])
        if index != self.cell:
            self.cell = index
            self.cell_changed.emit(path, index)

    def hover(self, path: str, index: Index | None) -> None:
        """Tell over which cell the pointer is; None when it left."""
        self.hover_changed.emit(path, index)

    def select_number(self, address: NumberAddress | None) -> None:
        """Select a number of the calculation: its derivation is shown."""
        if address != self.number:
            self.number = address
            self.number_changed.emit(address)

    def go_to(self, source: "Source") -> None:
        """Follow a term of a derivation to the weight's cell or the earlier number."""
        if source.kind == "weight":
            self.select_cell(source.name, source.index)
        elif source.kind == "stage":
            address = NumberAddress(source.layer_path, source.node, source.name, source.index)
            self.select_number(address)
        elif source.kind == "input":
            self.input_requested.emit(source.tensor, source.index)
