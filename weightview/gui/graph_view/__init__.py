"""The layers of a model as a drawing: boxes from the inputs down to the outputs, and lines."""

from weightview.gui.graph_view.view import GraphView

__all__ = ["GraphView"]
