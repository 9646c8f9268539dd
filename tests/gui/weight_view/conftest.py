"""Documents of one layer of any class, and a shown weight view, for the tests of this package."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtWidgets import QLineEdit

from weightview.core.document import Document
from weightview.core.memory import MemoryStorage
from weightview.core.model import Layer, Model, Weight
from weightview.gui.selection import Selection
from weightview.gui.weight_view import WeightView
from weightview.gui.weight_view.image import WeightImage
from weightview.gui.weight_view.table import WeightTable


def one_layer_document(
    class_name: str,
    arrays: Mapping[str, Any],
    axes: Mapping[str, tuple[str, ...]],
    gates: tuple[str, ...] = (),
) -> Document:
    weights = tuple(
        Weight(
            name=name,
            path=f"layer/{name}",
            shape=array.shape,
            dtype=array.dtype,
            axes=axes[name],
            keras_index=index,
            stored_name=name,
            role=name,
            layer_path="layer",
            layer_index=index,
            expression=f"model.get_weights()[{index}]",
            gates=gates,
        )
        for index, (name, array) in enumerate(arrays.items())
    )
    layer = Layer("layer", "layer", class_name, {"name": "layer"}, weights)
    model = Model("m", "Sequential", (layer,), weights)
    return Document(model, MemoryStorage({w.path: arrays[w.name] for w in weights}))


@pytest.fixture
def make_document() -> Callable[..., Document]:
    return one_layer_document


@pytest.fixture
def conv_document() -> Document:
    rng = np.random.default_rng(2)
    arrays = {
        "kernel": rng.normal(size=(3, 2, 4, 6)).astype(np.float32),
        "bias": rng.normal(size=6).astype(np.float32),
    }
    axes = {"kernel": ("height", "width", "input", "filter"), "bias": ("filter",)}
    return one_layer_document("Conv2D", arrays, axes)


@pytest.fixture
def lstm_document() -> Document:
    rng = np.random.default_rng(4)
    arrays = {
        "kernel": rng.normal(size=(5, 12)).astype(np.float32),
        "recurrent_kernel": rng.normal(size=(3, 12)).astype(np.float32),
        "bias": rng.normal(size=12).astype(np.float32),
    }
    axes = {"kernel": ("input", "unit"), "recurrent_kernel": ("state", "unit"), "bias": ("unit",)}
    return one_layer_document("LSTM", arrays, axes, gates=("i", "f", "c", "o"))


class Hand:
    """What a person does to the weight view: clicks, types, reads."""

    def __init__(self, qtbot: Any, view: WeightView, selection: Selection) -> None:
        self.qtbot = qtbot
        self.view = view
        self.selection = selection
        self.refusals: list[str] = []
        self.words: list[str] = []
        view.refused.connect(self.refusals.append)
        view.status.connect(self.words.append)

    @property
    def table(self) -> WeightTable:
        found = self.view.findChild(WeightTable, "weight_table")
        assert isinstance(found, WeightTable)
        return found

    @property
    def image(self) -> WeightImage:
        found = self.view.findChild(WeightImage, "weight_image")
        assert isinstance(found, WeightImage)
        return found

    def text(self, name: str) -> str:
        return self.view.findChild(object, name).text()

    def press(self, name: str) -> None:
        self.qtbot.mouseClick(self.view.findChild(object, name), Qt.MouseButton.LeftButton)

    def cell_text(self, row: int, column: int) -> str:
        """The number in full, as the editor opens with it."""
        return self.table.model().index(row, column).data(Qt.ItemDataRole.EditRole)

    def shown(self, row: int, column: int) -> str:
        """The number as it is written in the table."""
        return self.table.model().index(row, column).data()

    def header(self, section: int, orientation: Qt.Orientation) -> str:
        return self.table.model().headerData(section, orientation)

    def cell_rect(self, row: int, column: int) -> QRect:
        index = self.table.model().index(row, column)
        self.table.scrollTo(index)
        return self.table.visualRect(index)

    def click_cell(self, row: int, column: int, modifier: Any = None) -> None:
        place = self.cell_rect(row, column).center()
        keys = modifier or Qt.KeyboardModifier.NoModifier
        self.qtbot.mouseClick(self.table.viewport(), Qt.MouseButton.LeftButton, keys, place)

    def type_into(self, row: int, column: int, text: str) -> None:
        self.click_cell(row, column)
        self.qtbot.keyClicks(self.table, text[0])
        editors = self.table.findChildren(QLineEdit, "cell_editor")
        editor = next(found for found in editors if found.isVisible())
        self.qtbot.keyClicks(editor, text[1:])
        self.qtbot.keyClick(editor, Qt.Key.Key_Return)
        self.qtbot.waitUntil(lambda: not editor_open(self.table))

    def click_image(self, path: str, index: tuple[int, ...]) -> None:
        rect = self.image.cell_rect(path, index)
        assert rect is not None
        self.qtbot.mouseClick(
            self.image, Qt.MouseButton.LeftButton, pos=QPoint(*map(int, (rect.center().toTuple())))
        )

    def turn_wheel(self, place: QPoint, steps: int) -> None:
        event = QWheelEvent(
            QPointF(place),
            QPointF(self.image.mapToGlobal(place)),
            QPoint(),
            QPoint(0, 120 * steps),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,  # not inverted
        )
        QGuiApplication.sendEvent(self.image, event)

    def key(self, key: Any, modifier: Any = None) -> None:
        self.qtbot.keyClick(self.table, key, modifier or Qt.KeyboardModifier.NoModifier)


def editor_open(table: WeightTable) -> bool:
    return any(editor.isVisible() for editor in table.findChildren(QLineEdit, "cell_editor"))


@pytest.fixture
def open_view(qtbot: Any, selection: Selection) -> Iterator[Callable[..., Hand]]:
    """Return an opener: a document and a weight's path, shown in a view of a usual size."""
    views = []

    def open_it(document: Document, path: str, size: tuple[int, int] = (900, 620)) -> Hand:
        view = WeightView(selection)
        qtbot.addWidget(view)
        view.resize(*size)
        view.set_document(document)
        with qtbot.waitActive(view):
            view.show()
            view.activateWindow()
        hand = Hand(qtbot, view, selection)
        selection.select_weight(path)
        views.append(view)
        return hand

    yield open_it
    for view in views:
        view.set_document(None)
