"""A line to go to a cell, or to find a number: the largest, one near another, the next edit."""

import re
from typing import cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QWidget

from weightview.core.document import Document
from weightview.core.errors import CancelledError, NumberError, WeightviewError
from weightview.core.finding import Kind, find
from weightview.core.model import Weight
from weightview.core.numbers import parse_number
from weightview.gui.background import Cancel, run
from weightview.gui.weight_view.line_bar import LineBar
from weightview.gui.weight_view.names import Names
from weightview.gui.weight_view.slicing import Index

GO_TO = "cell"
_CHOICES = (
    (GO_TO, "Go to cell"),
    ("equal", "Equal to"),
    ("near", "Nearest to"),
    ("largest", "Largest"),
    ("smallest", "Smallest"),
    ("zero", "Next zero"),
    ("nan", "Next NaN"),
    ("infinite", "Next infinite"),
    ("edited", "Next edited"),
)
_WITH_NUMBER = ("equal", "near")
_AT_ONCE_BYTES = 1 << 20


class FindBar(LineBar):
    """Hidden until asked for; Return finds the next, Escape closes.

    Signals:
        found(path, index): where the number stands.
        refused(sentence): the text is no cell or number, or nothing was found.
    """

    found = Signal(str, object)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start hidden."""
        super().__init__("find", "Find a number", parent)
        self._document: Document | None = None
        self._weight: Weight | None = None
        self._at: Index | None = None
        self.names: Names | None = None
        self._cancel = Cancel()
        self._kinds = QComboBox(self)
        self._kinds.setObjectName("find_kind")
        self._kinds.setAccessibleName("What to find")
        for key, text in _CHOICES:
            self._kinds.addItem(text, key)
        self._field = QLineEdit(self)
        self._field.setObjectName("find_field")
        self._field.setAccessibleName("Cell or number")
        self._field.setMaximumWidth(180)
        self._next = QPushButton(self)
        self._next.setText("Find")
        self._next.setObjectName("find_next")
        self._next.setToolTip("Find the next one (Return)")
        for widget in (self._kinds, self._field, self._next):
            self.add_field(widget)
        self._kinds.currentIndexChanged.connect(self._kind_chosen)
        self._field.returnPressed.connect(self.find_next)
        self._next.clicked.connect(self.find_next)
        self.closed.connect(self._stop)
        self._kind_chosen()

    def _stop(self) -> None:
        self._cancel.set()

    def show_weight(self, document: Document | None, weight: Weight | None) -> None:
        """Search in another weight."""
        self._document, self._weight, self._at = document, weight, None
        self._cancel.set()
        self.tell("")
        self._kind_chosen()

    def begin_at(self, index: Index | None) -> None:
        """Search on from a cell."""
        self._at = index

    def open(self, kind: str) -> None:
        """Show the line, ready for ``kind``."""
        self._kinds.setCurrentIndex(self._kinds.findData(kind))
        self.show_at(self._next if self._field.isHidden() else self._field)
        self._field.selectAll()

    @property
    def kind(self) -> str:
        """What is to be found."""
        return str(self._kinds.currentData())

    def _kind_chosen(self) -> None:
        is_cell = self.kind == GO_TO
        self._field.setVisible(is_cell or self.kind in _WITH_NUMBER)
        axes = ", ".join(self._weight.axes) if self._weight is not None else ""
        self._field.setPlaceholderText((axes or "0, 0") if is_cell else "0.5")
        self._next.setText("Go" if is_cell else "Find")
        self.tell("")

    def find_next(self) -> None:
        """Go to the cell, or to the next number of the kind."""
        if self._document is None or self._weight is None:
            return
        try:
            if self.kind == GO_TO:
                text = self._field.text()
                named = self.names.index_of(self._weight, text) if self.names else None
                self._arrived(index_of(text, self._weight) if named is None else named)
            else:
                self._search(self._document, self._weight)
        except NumberError as error:
            self.tell(str(error), is_refusal=True)
            self.refused.emit(str(error))

    def _search(self, document: Document, weight: Weight) -> None:
        kind, number = cast(Kind, self.kind), 0.0
        if kind in _WITH_NUMBER:
            number = float(parse_number(self._field.text(), weight.dtype))
        values, after = document.snapshot().values, self._at
        self._cancel.set()
        cancel = self._cancel = Cancel()

        def work() -> Index | None:
            return find(values, weight, kind, number, after=after, cancelled=cancel.is_set)

        def arrived(index: Index | None) -> None:
            if weight is self._weight and not cancel.is_set():
                self._arrived(index)

        if weight.nbytes > _AT_ONCE_BYTES:
            self.tell("Searching …")
            run(self, work, arrived, self._failed)
            return
        try:
            arrived(work())
        except WeightviewError as error:
            self._failed(error)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, CancelledError):
            return
        if not isinstance(error, WeightviewError):
            raise error
        self.tell(str(error), is_refusal=True)
        self.refused.emit(str(error))

    def _arrived(self, index: Index | None) -> None:
        if self._weight is None:
            return
        self.tell("" if index is not None else "There is none.")
        if index is not None:
            self._at = index
            self.found.emit(self._weight.path, index)


def index_of(text: str, weight: Weight) -> Index:
    """Return the index that ``text`` means: ``3, 2``, ``[3, 2]``, ``input 3 unit 2``.

    Negative places count from the end.

    Raises:
        NumberError: another count of numbers than the weight has axes, or one beyond its axis.
    """
    places = [int(number) for number in re.findall(r"-?\d{1,18}", text)]
    rank = len(weight.shape)
    if len(places) != rank:
        axes = ", ".join(weight.axes) if weight.axes else f"{rank} numbers"
        raise NumberError(text, f"A cell of {weight.name} {weight.shape} is written as: {axes}.")
    for axis, (place, length) in enumerate(zip(places, weight.shape, strict=True)):
        if not -length <= place < length:
            word = weight.axes[axis] if axis < len(weight.axes) else f"axis {axis}"
            raise NumberError(text, f"There is no {word} {place}: they go from 0 to {length - 1}.")
        places[axis] = place % length
    return tuple(places)
