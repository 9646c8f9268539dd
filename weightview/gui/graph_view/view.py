"""The drawing of a model's layers: to select one, to look inside it, to go to its weight."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QFrame,
    QGraphicsScene,
    QGraphicsView,
    QMenu,
    QWidget,
)

from weightview.core.document import Document
from weightview.core.errors import WeightviewError
from weightview.core.model import Layer
from weightview.gui.graph_view.drawing import Chain, all_chains, draw
from weightview.gui.graph_view.items import LayerBox, add_line
from weightview.gui.graph_view.neighbours import is_arrow, nearest
from weightview.gui.graph_view.picture import image_of, picture_of
from weightview.gui.picture_file import KINDS, save
from weightview.gui.selection import Selection
from weightview.gui.theme import UNIT, colors, small_font, theme
from weightview.gui.wording import layer_line

_ZOOM = 1.25
_LEAST, _MOST = 0.02, 4.0
_AROUND = 3 * UNIT
_NOTE_ROOM = 5 * UNIT
_MOST_OPENED = 500
_UNCONNECTED = "The file does not tell how the layers are connected."


class GraphView(QGraphicsView):
    """The layers of the model, the inputs above; what holds layers can be opened in its place.

    Signals:
        weight_chosen(): the person went to a layer's weight: now it wants to be seen.
        refused(sentence): the picture could not be saved.
        status(sentence): what was done.
    """

    weight_chosen = Signal()
    refused = Signal(str)
    status = Signal(str)

    def __init__(self, selection: Selection, parent: QWidget | None = None) -> None:
        """Write to ``selection`` which layer the person chooses, and follow it."""
        super().__init__(parent)
        self.setObjectName("graph")
        self.setAccessibleName("Graph of the layers")
        self.setToolTip(
            "A click or an arrow key selects a layer; a double-click or Return shows its weight, "
            "or what is inside it. Ctrl+wheel, + and - zoom, F fits all, 0 is the original size"
        )
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self._selection = selection
        self._document: Document | None = None
        self._boxes: dict[Chain, LayerBox] = {}
        self._opened: set[Chain] = set()
        self._chain: Chain = ()
        self._is_new = True
        self._keys: dict[int, Callable[[], object]] = {
            Qt.Key.Key_Plus: lambda: self._zoom(_ZOOM),
            Qt.Key.Key_Equal: lambda: self._zoom(_ZOOM),
            Qt.Key.Key_Minus: lambda: self._zoom(1 / _ZOOM),
            Qt.Key.Key_0: self._show_original_size,
            Qt.Key.Key_F: self._fit,
            Qt.Key.Key_Home: lambda: self._go_to(0),
            Qt.Key.Key_End: lambda: self._go_to(-1),
        }
        self.setScene(QGraphicsScene(self))
        selection.layer_changed.connect(self._mark)
        theme().changed.connect(self._draw)

    @property
    def boxes(self) -> tuple[LayerBox, ...]:
        """The boxes, in the order of the calls, outer ones before what is inside them."""
        return tuple(self._boxes.values())

    def set_document(self, document: Document | None) -> None:
        """Draw another document's model, or none."""
        if self._document is not None:
            self._document.shapes_changed.disconnect(self._repaint)
            self._document.storage_changed.disconnect(self._draw)
        self._document = document
        if document is not None:
            document.shapes_changed.connect(self._repaint)
            document.storage_changed.connect(self._draw)
        self._opened, self._chain, self._is_new = set(), (), True
        self.resetTransform()
        self._draw()
        if self.isVisible():
            self._show_beginning()

    # Drawing

    def _repaint(self) -> None:
        """Paint the shapes that were learned."""
        self.scene().update()

    def _draw(self) -> None:
        scene = self.scene()
        scene.clear()
        self._boxes = {}
        scene.setBackgroundBrush(QColor(colors().window))
        if self._document is None:
            return
        model = self._document.model
        drawing = draw(model.layers, model.graph, self._opened)
        if model.graph is None or not model.graph.nodes:
            note = scene.addSimpleText(_UNCONNECTED, small_font())
            note.setBrush(QColor(colors().muted))
            note.setPos(0, -_NOTE_ROOM)
        for line in drawing.lines:
            add_line(scene, line)
        for box in drawing.boxes:
            item = self._boxes[box.chain] = LayerBox(box)
            scene.addItem(item)
        room = scene.itemsBoundingRect()
        scene.setSceneRect(room.adjusted(-_AROUND, -_AROUND, _AROUND, _AROUND))
        self._mark(self._selection.layer_path)

    def _mark(self, path: str) -> None:
        """Outline the selected layer; where it is not drawn, what holds it."""
        layers = [(item, item.layer.path) for item in self.boxes if item.layer is not None]
        holding = {drawn for _, drawn in layers if (path + "/").startswith(drawn + "/")}
        shown = max(holding, key=len, default=None)
        current = [item for item, drawn in layers if drawn == shown]
        for item in self.boxes:
            is_current = item in current
            if is_current != item.is_current:
                item.is_current = is_current
                item.update()
        if current:
            chosen = self._boxes.get(self._chain)
            item = chosen if chosen in current else current[0]
            self._chain = item.box.chain
            self.setAccessibleDescription(layer_line(item.layer) if item.layer is not None else "")
            self.ensureVisible(item.name_room, 5 * UNIT, 5 * UNIT)

    def _show_beginning(self) -> None:
        """Show the inputs, and the selected layer if it is further down."""
        self._is_new = False
        item = self._boxes.get(self._chain) or next(iter(self.boxes), None)
        if item is not None:
            self.centerOn(item.name_room.center().x(), 0)
        self.verticalScrollBar().setValue(self.verticalScrollBar().minimum())
        self._mark(self._selection.layer_path)

    # Opening

    def reveal(self, path: str) -> None:
        """Open whatever holds the layer at ``path``, and show it."""
        while True:
            self._mark(path)
            item = self._boxes.get(self._chain)
            if item is None or item.layer is None or item.layer.path == path:
                return
            if item.box.is_open or not item.box.can_open:
                return
            self._open(item.box.chain)

    def _open(self, chain: Chain) -> None:
        """Open a box, or close it; it stays where it is on the screen."""
        before = self.mapFromScene(self._boxes[chain].pos())
        if chain in self._opened:
            self._opened = {other for other in self._opened if other[: len(chain)] != chain}
        else:
            self._opened = {*self._opened, chain}
        self._chain = chain
        self._draw()
        moved = self.mapFromScene(self._boxes[chain].pos()) - before
        for bar, distance in (
            (self.horizontalScrollBar(), moved.x()),
            (self.verticalScrollBar(), moved.y()),
        ):
            bar.setValue(bar.value() + distance)

    def _open_all(self) -> None:
        """Open every box, whatever holds it; of very many those further out."""
        if self._document is not None:
            model = self._document.model
            self._opened = all_chains(model.layers, model.graph, _MOST_OPENED)
            self._draw()

    def _close_all(self) -> None:
        self._opened = set()
        self._draw()

    # What the person does

    def _item_at(self, place: QPoint) -> LayerBox | None:
        item = self.itemAt(place)
        return item if isinstance(item, LayerBox) else None

    def _select(self, item: LayerBox) -> None:
        self._chain = item.box.chain
        if item.layer is not None and item.layer.path != self._selection.layer_path:
            self._selection.select_layer(item.layer.path)
        elif item.layer is not None:  # another call of the same layer
            self._mark(item.layer.path)

    def _go_into(self, item: LayerBox) -> None:
        """Open or close what holds layers; of any other layer show the first weight."""
        if item.box.can_open:
            self._open(item.box.chain)
        elif item.layer is not None:
            self._show_weight(item.layer)

    def _show_weight(self, layer: Layer) -> None:
        first = next(layer.all_weights(), None)
        if first is not None:
            self._selection.select_weight(first.path, first.layer_path)
            self.weight_chosen.emit()

    def _step(self, key: int) -> None:
        items = self.boxes
        here = self._boxes.get(self._chain)
        if here is None:
            place = 0 if items else -1
        else:
            place = nearest(here.name_room, [item.name_room for item in items], key)
        if place >= 0:
            self._go_to(place)

    def _go_to(self, place: int) -> None:
        if self._boxes:
            item = self.boxes[place]
            self._select(item)
            self.ensureVisible(item.name_room, 5 * UNIT, 5 * UNIT)

    # Zooming

    def _zoom(self, factor: float) -> None:
        now = self.transform().m11()
        factor = min(max(now * factor, _LEAST), _MOST) / now
        self.scale(factor, factor)

    def _show_original_size(self) -> None:
        self.resetTransform()
        self._keep_current_in_sight()

    def _fit(self) -> None:
        self.fitInView(self.sceneRect(), Qt.AspectRatioMode.KeepAspectRatio)
        if self.transform().m11() > 1:
            self.resetTransform()

    def _keep_current_in_sight(self) -> None:
        item = self._boxes.get(self._chain)
        if item is not None:
            self.centerOn(item.name_room.center())

    # Pictures and the menu

    def copy(self) -> None:
        """Copy the whole drawing as a picture."""
        QApplication.clipboard().setImage(image_of(self.scene()))
        self.status.emit("Copied the graph as a picture.")

    def _save(self) -> None:
        name = self._document.model.name if self._document is not None else "graph"
        chosen, _ = QFileDialog.getSaveFileName(self, "Save picture", f"{name}.png", KINDS)
        if not chosen:
            return
        drawn = picture_of(self.scene(), f"The layers of {name}")
        try:
            path = save(drawn, Path(chosen))
        except WeightviewError as error:
            self.refused.emit(str(error))
        else:
            self.status.emit(f"Saved {path.name}.")

    def _menu(self, item: LayerBox | None) -> QMenu:
        menu = QMenu(self)
        menu.setObjectName("graph_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if item is not None and item.layer is not None:
            layer = item.layer
            weight = menu.addAction("Show &Weight", lambda: self._show_weight(layer))
            weight.setEnabled(next(layer.all_weights(), None) is not None)
            if item.box.can_open:
                words = "&Close\tReturn" if item.box.is_open else "&Open\tReturn"
                menu.addAction(words, lambda: self._open(item.box.chain))
            menu.addAction("Copy &Name", lambda: QApplication.clipboard().setText(layer.name))
            menu.addSeparator()
        if any(item.box.can_open for item in self.boxes):
            menu.addAction("Open &All", self._open_all)
            menu.addAction("Close A&ll", self._close_all)
            menu.addSeparator()
        menu.addAction("&Fit\tF", self._fit)
        menu.addAction("Original &Size\t0", self._show_original_size)
        menu.addSeparator()
        menu.addAction("Copy &Picture\tCtrl+C", self.copy)
        menu.addAction("Sa&ve Picture …", self._save)
        return menu

    # Qt overrides

    def showEvent(self, event: QShowEvent) -> None:
        """Begin at the inputs."""
        super().showEvent(event)
        if self._is_new:
            self._show_beginning()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with a layer, and with the drawing."""
        item = self._item_at(event.pos())
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            item = self._boxes.get(self._chain)
        elif item is not None:
            self._select(item)
        self._menu(item).popup(event.globalPos())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select the layer under the pointer, open it by its sign, or begin to move the drawing."""
        place = event.position().toPoint()
        item = self._item_at(place)
        if item is not None and event.button() == Qt.MouseButton.LeftButton:
            self._select(item)
            spot: QPointF = item.mapFromScene(self.mapToScene(place))
            if item.box.can_open and QRectF(item.sign_room()).contains(spot):
                self._open(item.box.chain)
                return
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End moving the drawing; what is behind it hears nothing of this."""
        super().mouseReleaseEvent(event)
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show the layer's first weight, or what is inside it."""
        place = event.position().toPoint()
        item = self._item_at(place)
        if item is None:
            return
        spot = item.mapFromScene(self.mapToScene(place))
        if not QRectF(item.sign_room()).contains(spot) or not item.box.can_open:
            self._go_into(item)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from layer to layer by the arrows, into one by Return; zoom by +, -, 0 and F."""
        key = event.key()
        is_plain = not event.modifiers() & ~(
            Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
        )
        if is_plain and is_arrow(key):
            self._step(key)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._chain in self._boxes:
            self._go_into(self._boxes[self._chain])
        elif is_plain and key in self._keys:
            self._keys[key]()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer with Ctrl, else scroll."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._zoom(_ZOOM ** (event.angleDelta().y() / 120))
            event.accept()
        else:
            super().wheelEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Zoom by two fingers."""
        if (
            isinstance(event, QNativeGestureEvent)
            and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture
        ):
            self._zoom(1 + event.value())
            return True
        return bool(super().viewportEvent(event))
