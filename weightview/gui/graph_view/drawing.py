"""The drawing of a model: a box for each call of a layer, opened ones with what is inside them."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from weightview.core.model import Graph, Layer
from weightview.gui.graph_view.layout import GAP, Call, Size, Stop, lay_out

Chain = tuple[Call, ...]
"""A call inside a call inside … : the outermost first."""

BOX: Size = (208.0, 48.0)
HEAD = 48.0
"""How tall the head of an opened box is, in which its name stands."""
_PADDING = 16.0
_ABREAST = 2  # boxes beside one another where nothing tells how they are connected


@dataclass(frozen=True)
class Box:
    """One call of a layer.

    Attributes:
        chain: which call; its last part is the call itself.
        layer: the layer; None for an operation that is no layer.
        left: where it stands, in pixels.
        top: likewise.
        size: how wide and tall it is.
        is_open: whether what is inside it is drawn.
    """

    chain: Chain
    layer: Layer | None
    left: float
    top: float
    size: Size
    is_open: bool = False

    @property
    def can_open(self) -> bool:
        """Whether there are layers inside it."""
        return self.layer is not None and bool(self.layer.layers)

    @property
    def height_of_name(self) -> float:
        """How tall the part is in which its name stands."""
        return HEAD if self.is_open else self.size[1]


@dataclass(frozen=True)
class Line:
    """A connection: the rows that it passes, and how deep inside other boxes it lies."""

    stops: tuple[Stop, ...]
    depth: int


@dataclass(frozen=True)
class Drawing:
    """Boxes, outer ones before inner ones, and lines, in pixels from 0."""

    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    size: Size


def draw(
    layers: Sequence[Layer], graph: Graph | None, opened: Set[Chain], outer: Chain = ()
) -> Drawing:
    """Return the drawing of a model, or of what is inside the call ``outer``.

    Args:
        layers: the layers, outermost only.
        graph: how they are connected; None where nothing tells: then they stand side by side.
        opened: the calls whose inside is drawn too.
        outer: the call that holds these layers.
    """
    by_name = {layer.name: layer for layer in layers}
    inside: dict[Call, Drawing] = {}

    def size_of(call: Call) -> Size:
        layer, chain = by_name.get(call[0]), (*outer, call)
        if layer is None or not layer.layers or chain not in opened:
            return BOX
        inside[call] = draw(layer.layers, layer.graph, opened, chain)
        return _size_around(inside[call])

    if graph is not None and graph.nodes:
        layout = lay_out(graph, size_of)
        places, size = layout.places, layout.size
        lines = [Line(stops, len(outer)) for _, _, stops in layout.lines]
    else:
        places, size = _side_by_side({(name, 0): size_of((name, 0)) for name in by_name})
        lines = []
    boxes: list[Box] = []
    for call, (x, y) in places.items():
        width, height = _size_around(inside[call]) if call in inside else BOX
        left, top = x - width / 2, y - height / 2
        chain = (*outer, call)
        boxes.append(Box(chain, by_name.get(call[0]), left, top, (width, height), call in inside))
        if call in inside:
            part = _moved(inside[call], left + (width - inside[call].size[0]) / 2, top + HEAD)
            boxes += part.boxes
            lines += part.lines
    return Drawing(tuple(boxes), tuple(lines), size)


def all_chains(layers: Sequence[Layer], graph: Graph | None, most: int) -> set[Chain]:
    """Return every call that holds layers, those further out first, up to ``most``."""
    found: set[Chain] = set()
    pending: list[tuple[Chain, Sequence[Layer], Graph | None]] = [((), layers, graph)]
    for outer, inner, connected in pending:  # grows while it is gone through
        by_name = {layer.name: layer for layer in inner}
        nodes = connected.nodes if connected is not None else ()
        calls = [(node.layer, node.index) for node in nodes] or [(name, 0) for name in by_name]
        for call in calls:
            layer = by_name.get(call[0])
            if layer is None or not layer.layers:
                continue
            if len(found) >= most:
                return found
            found.add((*outer, call))
            pending.append(((*outer, call), layer.layers, layer.graph))
    return found


def _size_around(drawn: Drawing) -> Size:
    return max(BOX[0], drawn.size[0] + 2 * _PADDING), drawn.size[1] + HEAD + _PADDING


def _side_by_side(sizes: dict[Call, Size]) -> tuple[dict[Call, tuple[float, float]], Size]:
    """Return the middles of boxes in rows of a few, and how large that is."""
    places: dict[Call, tuple[float, float]] = {}
    calls = list(sizes)
    top = widest = 0.0
    for start in range(0, len(calls), _ABREAST):
        row = calls[start : start + _ABREAST]
        tall = max(sizes[call][1] for call in row)
        left = 0.0
        for call in row:
            width = sizes[call][0] + GAP[0]
            places[call] = (left + width / 2, top + tall / 2)
            left += width
        widest = max(widest, left)
        top += tall + GAP[1]
    return places, (widest, max(0.0, top - GAP[1]))


def _moved(drawing: Drawing, right: float, down: float) -> Drawing:
    boxes = (replace(box, left=box.left + right, top=box.top + down) for box in drawing.boxes)
    lines = (
        replace(line, stops=tuple((x + right, a + down, b + down) for x, a, b in line.stops))
        for line in drawing.lines
    )
    return Drawing(tuple(boxes), tuple(lines), drawing.size)
