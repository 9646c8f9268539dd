"""The drawing of a model's layers: a click selects one, a double-click shows its weight."""

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsItem,
    QGraphicsScene,
    QGraphicsView,
    QStyleOptionGraphicsItem,
    QWidget,
)

from weightview.core.document import Document
from weightview.core.model import Layer
from weightview.gui.graph_view.layout import Call, lay_out
from weightview.gui.selection import Selection
from weightview.gui.theme import UNIT, colors, small_font, theme, title_font

BOX = (26 * UNIT, 6 * UNIT)
_STEP = (BOX[0] + 3 * UNIT, BOX[1] + 4 * UNIT)
_ZOOM = 1.25
_LEAST, _MOST = 0.1, 3.0


class LayerBox(QGraphicsItem):
    """One call of a layer: its name and class."""

    def __init__(self, call: Call, layer: Layer | None) -> None:
        """Make the box of a call; ``layer`` is None for an operation that is no layer."""
        super().__init__()
        self.call, self.layer = call, layer
        self.is_current = False
        self.setToolTip("" if layer is None else f"{layer.path}, {layer.class_name}")

    def boundingRect(self) -> QRectF:
        """Return the box, and its line around it."""
        return QRectF(-BOX[0] / 2 - 1, -BOX[1] / 2 - 1, BOX[0] + 2, BOX[1] + 2)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        """Paint the box with two lines of text."""
        del option, widget
        c = colors()
        room = self.boundingRect().adjusted(1, 1, -1, -1)
        painter.setPen(QPen(QColor(c.accent if self.is_current else c.hairline), 1.5))
        painter.setBrush(QColor(c.accent_soft if self.is_current else c.panel))
        painter.drawRoundedRect(room, 4, 4)
        again = f" · call {self.call[1] + 1}" if self.call[1] else ""
        lines = (
            (self.call[0] + again, title_font(), c.text),
            ("" if self.layer is None else self.layer.class_name, small_font(), c.muted),
        )
        for place, (text, font, color) in enumerate(lines):
            line = QRectF(room.left(), room.top() + 4 + place * 20, room.width(), 20)
            line.adjust(UNIT, 0, -UNIT, 0)
            painter.setFont(font)
            painter.setPen(QColor(color))
            elided = QFontMetricsF(font).elidedText(
                text, Qt.TextElideMode.ElideMiddle, line.width()
            )
            painter.drawText(line, int(Qt.AlignmentFlag.AlignCenter), elided)


class GraphView(QGraphicsView):
    """The layers of the model, the inputs above.

    Signals:
        weight_chosen(): the person went to a layer's weight: now it wants to be seen.
    """

    weight_chosen = Signal()

    def __init__(self, selection: Selection, parent: QWidget | None = None) -> None:
        """Write to ``selection`` which layer the person chooses, and follow it."""
        super().__init__(parent)
        self.setObjectName("graph")
        self.setAccessibleName("Graph of the layers")
        self.setToolTip(
            "A click or an arrow key selects a layer, a double-click or Return shows its weight; "
            "Ctrl+wheel zooms (+, -, 0)"
        )
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self._selection = selection
        self._document: Document | None = None
        self._boxes: list[LayerBox] = []
        self.setScene(QGraphicsScene(self))
        selection.layer_changed.connect(self._mark)
        theme().changed.connect(self._draw)

    @property
    def boxes(self) -> tuple[LayerBox, ...]:
        """The boxes, in the order of the calls."""
        return tuple(self._boxes)

    def set_document(self, document: Document | None) -> None:
        """Draw another document's model, or none."""
        self._document = document
        self._draw()

    def _draw(self) -> None:
        scene = self.scene()
        scene.clear()
        self._boxes = []
        c = colors()
        scene.setBackgroundBrush(QColor(c.window))
        graph = self._document.model.graph if self._document is not None else None
        if self._document is None or graph is None or not graph.nodes:
            words = "The file does not tell how the layers are connected."
            text = scene.addSimpleText(words if self._document is not None else "", small_font())
            text.setBrush(QColor(c.muted))
            scene.setSceneRect(scene.itemsBoundingRect())
            return
        layers = {layer.name: layer for layer in self._document.model.layers}
        layout = lay_out(graph)
        for _, _, points in layout.lines:
            scene.addPath(_line([_point(*place) for place in points]), QPen(QColor(c.muted), 1.2))
        for call, place in layout.places.items():
            box = LayerBox(call, layers.get(call[0]))
            box.setPos(_point(*place))
            scene.addItem(box)
            self._boxes.append(box)
        around = 3 * UNIT
        scene.setSceneRect(scene.itemsBoundingRect().adjusted(-around, -around, around, around))
        self._mark(self._selection.layer_path)

    def _mark(self, path: str) -> None:
        shown: LayerBox | None = None
        for box in self._boxes:
            inner = box.layer is not None and (path + "/").startswith(box.layer.path + "/")
            if inner != box.is_current:
                box.is_current = inner
                box.update()
            if inner and shown is None:
                shown = box
        if shown is not None:
            self.ensureVisible(shown, 2 * UNIT, 2 * UNIT)

    # What the person does

    def _box_at(self, event: QMouseEvent) -> LayerBox | None:
        item = self.itemAt(event.position().toPoint())
        return item if isinstance(item, LayerBox) else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select the layer under the pointer, or begin to move the drawing."""
        box = self._box_at(event)
        if box is not None and box.layer is not None:
            self._selection.select_layer(box.layer.path)
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show the layer's first weight."""
        box = self._box_at(event)
        if box is not None and box.layer is not None:
            self._show_weight(box.layer)

    def _show_weight(self, layer: Layer) -> None:
        first = next(layer.all_weights(), None)
        if first is not None:
            self._selection.select_weight(first.path, first.layer_path)
            self.weight_chosen.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from layer to layer by the arrows, zoom by +, - and 0, show the weight by Return."""
        key = event.key()
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Left: -1}
        current = next((i for i, box in enumerate(self._boxes) if box.is_current), -1)
        if key in steps and self._boxes:
            place = min(max(0, current + steps[Qt.Key(key)]), len(self._boxes) - 1)
            layer = self._boxes[place].layer
            if layer is not None:
                self._selection.select_layer(layer.path)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and current >= 0:
            layer = self._boxes[current].layer
            if layer is not None:
                self._show_weight(layer)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._zoom(_ZOOM)
        elif key == Qt.Key.Key_Minus:
            self._zoom(1 / _ZOOM)
        elif key == Qt.Key.Key_0:
            self.resetTransform()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with Ctrl, else scroll."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._zoom(_ZOOM ** (event.angleDelta().y() / 120))
            event.accept()
        else:
            super().wheelEvent(event)

    def _zoom(self, factor: float) -> None:
        scale = self.transform().m11() * factor
        if _LEAST <= scale <= _MOST:
            self.scale(factor, factor)


def _point(column: float, row: int) -> QPointF:
    return QPointF(column * _STEP[0], row * _STEP[1])


def _line(points: list[QPointF]) -> QPainterPath:
    """Return a curve from the foot of one box to the head of another."""
    half = BOX[1] / 2
    path = QPainterPath(points[0] + QPointF(0, half))
    for place, point in enumerate(points[1:], start=1):
        is_last = place == len(points) - 1
        end = point - QPointF(0, half)
        start = path.currentPosition()
        middle = (start.y() + end.y()) / 2
        path.cubicTo(QPointF(start.x(), middle), QPointF(end.x(), middle), end)
        if not is_last:
            path.lineTo(point + QPointF(0, half))
    tip = path.currentPosition()
    for side in (-4, 4):
        path.moveTo(tip)
        path.lineTo(tip + QPointF(side, -6))
    return path
