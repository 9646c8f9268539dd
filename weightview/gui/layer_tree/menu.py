"""The menu of a row of the tree: where to go from it, and what can be copied of it."""

import json
from collections.abc import Callable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from weightview.core.model import Layer, Model, Weight


class RowMenu(QMenu):
    """What can be done with a layer or a weight.

    The actions ``show_weight``, ``show_in_graph``, ``expand_all`` and ``collapse_all`` are for the
    tree to connect.
    """

    def __init__(self, model: Model, item: Layer | Weight, parent: QWidget) -> None:
        """Offer what ``item`` allows."""
        super().__init__(parent)
        self.setObjectName("row_menu")
        self.show_weight = self._action("show_weight", "Show &Weight\tReturn")
        self.show_in_graph = self._action("show_in_graph", "Show in &Graph")
        if isinstance(item, Layer):
            self.show_weight.setEnabled(next(item.all_weights(), None) is not None)
        else:
            self.show_in_graph.setEnabled(bool(item.layer_path))
        self.addSeparator()
        self._copying("copy_name", "Copy &Name", item.name)
        self._copying("copy_path", "Copy &Path\tCtrl+C", item.path)
        self._copying("copy_expression", "Copy as P&ython", expression(model, item))
        self.addSeparator()
        self.expand_all = self._action("expand_all", "&Unfold All")
        self.collapse_all = self._action("collapse_all", "&Fold All")

    def _action(self, name: str, text: str, run: Callable[[], object] | None = None) -> QAction:
        action = QAction(text, self)
        action.setObjectName(name)
        if run is not None:
            action.triggered.connect(lambda _checked=False: run())
        self.addAction(action)
        return action

    def _copying(self, name: str, text: str, copied: str) -> None:
        action = self._action(name, text, lambda: QApplication.clipboard().setText(copied))
        action.setEnabled(bool(copied))


def expression(model: Model, item: Layer | Weight) -> str:
    """Return how Python fetches ``item`` from a loaded Keras model; ``""`` where it cannot."""
    if isinstance(item, Weight):
        return item.expression
    if not model.config:
        return ""
    pending = [("model", layer) for layer in model.layers]
    while pending:
        holder, layer = pending.pop()
        text = f"{holder}.get_layer({json.dumps(layer.name, ensure_ascii=False)})"
        if layer is item:
            return text
        if layer.graph is not None:  # layers inside a wrapper are not found by get_layer
            pending += [(text, inner) for inner in layer.layers]
    return ""
