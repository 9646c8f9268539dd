"""The tree of layers and weights at the left of the window."""

from weightview.gui.layer_tree.view import LayerTree

__all__ = ["LayerTree"]
