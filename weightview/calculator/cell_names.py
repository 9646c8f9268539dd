"""Words for single cells of a run's arrays: what the model itself calls them."""

import weakref
from collections.abc import Callable

from weightview.calculator.tensors import Home
from weightview.calculator.trace import Index
from weightview.core.axis_names import named_axis, output_names, own_names
from weightview.core.axis_names.naming import OwnNames
from weightview.core.model import Model


class CellNames:
    """The model's own names for cells: a vocabulary's word, a category, a named input.

    Found out when first asked for, and kept as long as the run that asks.
    """

    def __init__(self, model: Model) -> None:
        """Name cells of runs of ``model``, which may go before the runs do."""
        self._model = weakref.ref(model)
        self._kept: dict[tuple[str, str], tuple[int, OwnNames] | None] = {}

    def __call__(self, home: Home, cell: Index) -> str:
        """Return what the cell of an array at ``home`` is called, ``""`` for nothing."""
        if home.kind == "weight":
            found = self._found(home.name, self._of_weight)
        elif home.kind == "input":
            found = self._found(home.name, self._of_output)
        elif home.kind == "stage" and home.name == "output":
            found = self._found(home.layer_path, self._of_output)
        else:
            return ""
        if found is None or not cell:
            return ""
        axis, names = found
        return names.spoken(cell[axis]) if 0 <= cell[axis] < len(names) else ""

    def _found(
        self, path: str, find: Callable[[Model, str], tuple[int, OwnNames] | None]
    ) -> tuple[int, OwnNames] | None:
        key = find.__name__, path
        if key not in self._kept:
            model = self._model()
            self._kept[key] = None if model is None else find(model, path)
        return self._kept[key]

    @staticmethod
    def _of_weight(model: Model, path: str) -> tuple[int, OwnNames] | None:
        weight = model.weight(path)
        axis = named_axis(model, weight)
        names = None if axis is None else own_names(model, weight, axis)
        return None if names is None or axis is None else (axis, names)

    @staticmethod
    def _of_output(model: Model, path: str) -> tuple[int, OwnNames] | None:
        names = output_names(model, path)
        return None if names is None else (-1, names)
