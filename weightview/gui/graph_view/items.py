"""What the graph is painted from: boxes with name, class and shape, and the lines between them."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import (
    QGraphicsItem,
    QGraphicsPathItem,
    QGraphicsScene,
    QStyleOptionGraphicsItem,
    QWidget,
)

from weightview.core.model import Layer
from weightview.gui.graph_view.drawing import Box, Line
from weightview.gui.graph_view.layout import Call, Stop
from weightview.gui.plain_text import tip
from weightview.gui.theme import UNIT, colors, small_font
from weightview.gui.wording import layer_line, short_shape

_SIGN = 2.0 * UNIT
_TIP_SIZE = (4.0, 6.0)
_ROUND = 4.0


class LayerBox(QGraphicsItem):
    """One call of a layer; opened, the frame around what is inside it.

    Attributes:
        box: what is painted where.
        is_current: whether its layer is the selected one, or holds it unseen.
    """

    def __init__(self, box: Box) -> None:
        """Stand where ``box`` says."""
        super().__init__()
        self.box = box
        self.is_current = False
        self.setPos(box.left, box.top)
        self.setZValue(2 * len(box.chain))
        if box.layer is not None:
            hint = " · a double-click shows what is inside" if box.can_open else ""
            self.setToolTip(tip(layer_line(box.layer) + hint))

    @property
    def call(self) -> Call:
        """Which call of the layer this is."""
        return self.box.chain[-1]

    @property
    def layer(self) -> Layer | None:
        """The layer; None for an operation that is no layer."""
        return self.box.layer

    @property
    def name_room(self) -> QRectF:
        """Where its name stands, in the drawing."""
        box = self.box
        return QRectF(box.left, box.top, box.size[0], box.height_of_name)

    def sign_room(self) -> QRectF:
        """Return where the + or − stands that opens it, in the item."""
        top = (self.box.height_of_name - _SIGN) / 2
        return QRectF(self.box.size[0] - _SIGN - UNIT, top, _SIGN, _SIGN)

    def boundingRect(self) -> QRectF:
        """Return the box, and its line around it."""
        return QRectF(-1, -1, self.box.size[0] + 2, self.box.size[1] + 2)

    def shape(self) -> QPainterPath:
        """Return where it can be clicked: an opened one at its head only."""
        path = QPainterPath()
        path.addRect(0, 0, self.box.size[0], self.box.height_of_name)
        return path

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        """Paint the box, its two lines of text, and the sign that opens it."""
        del option, widget
        c = colors()
        painter.setPen(QPen(QColor(c.accent if self.is_current else c.hairline), 1.5))
        ground = c.header if self.box.is_open else c.panel
        is_filled = self.is_current and not self.box.is_open
        painter.setBrush(QColor(c.accent_soft if is_filled else ground))
        painter.drawRoundedRect(QRectF(0, 0, *self.box.size), _ROUND, _ROUND)
        self._paint_texts(painter)
        if self.box.can_open:
            self._paint_sign(painter)

    def _paint_texts(self, painter: QPainter) -> None:
        c, layer = colors(), self.layer
        again = f" · call {self.call[1] + 1}" if self.call[1] else ""
        bold = small_font()
        bold.setPointSizeF(bold.pointSizeF() * 1.1)
        bold.setWeight(QFont.Weight.DemiBold)
        details = "operation"
        if layer is not None:
            shape = "" if layer.output_shape is None else short_shape(layer.output_shape)
            details = " · ".join(part for part in (layer.class_name, shape) if part)
        sides = _SIGN + UNIT if self.box.can_open else UNIT
        room = QRectF(0, 0, self.box.size[0], self.box.height_of_name).adjusted(
            sides, 5, -sides, -5
        )
        half = room.height() / 2 if details else room.height()
        for top, text, font, color in (
            (room.top(), self.call[0] + again, bold, c.text),
            (room.top() + half, details, small_font(), c.muted),
        ):
            line = QRectF(room.left(), top, room.width(), half)
            painter.setFont(font)
            painter.setPen(QColor(color))
            elide = Qt.TextElideMode.ElideMiddle
            shown = QFontMetricsF(font).elidedText(text, elide, line.width())
            painter.drawText(line, int(Qt.AlignmentFlag.AlignCenter), shown)

    def _paint_sign(self, painter: QPainter) -> None:
        room = self.sign_room()
        painter.setPen(QPen(QColor(colors().accent), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(room.adjusted(1, 1, -1, -1), 3, 3)
        middle, reach = room.center(), _SIGN / 4
        painter.drawLine(middle - QPointF(reach, 0), middle + QPointF(reach, 0))
        if not self.box.is_open:
            painter.drawLine(middle - QPointF(0, reach), middle + QPointF(0, reach))


def add_line(scene: QGraphicsScene, line: Line) -> QGraphicsPathItem:
    """Paint a connection into ``scene``, above the box that it lies in."""
    item = scene.addPath(_path(line.stops), QPen(QColor(colors().muted), 1.2))
    item.setZValue(2 * line.depth + 1)
    return item


def _path(stops: tuple[Stop, ...]) -> QPainterPath:
    """Return a curve from the foot of one box, through the lanes, to the head of another."""
    path = QPainterPath(QPointF(*stops[0][:2]))
    for x, top, bottom in stops:
        start, end = path.currentPosition(), QPointF(x, top)
        middle = (start.y() + end.y()) / 2
        if abs(start.x() - end.x()) < 1:
            path.lineTo(end)
        else:
            path.cubicTo(QPointF(start.x(), middle), QPointF(end.x(), middle), end)
        path.lineTo(QPointF(x, bottom))
    end = path.currentPosition()
    for side in (-1, 1):
        path.moveTo(end)
        path.lineTo(end + QPointF(side * _TIP_SIZE[0], -_TIP_SIZE[1]))
    return path
