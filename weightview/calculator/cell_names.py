"""Words for single cells of a run's arrays: what the model itself calls them."""

import weakref
from typing import NamedTuple

from weightview.calculator.tensors import Home
from weightview.calculator.trace import Index
from weightview.core.axis_names import named_axis, number_names, output_names, own_names
from weightview.core.axis_names.naming import OwnNames
from weightview.core.model import Model


class CellNames:
    """The model's own names for cells: a vocabulary's word, a category, a named input.

    Found out when first asked for, and kept as long as the run that asks.
    """

    def __init__(self, model: Model) -> None:
        """Name cells of runs of ``model``, which may go before the runs do."""
        self._model = weakref.ref(model)
        self._kept: dict[tuple[str, str], _Known] = {}

    def __call__(self, home: Home, cell: Index, number: float) -> str:
        """Return what the cell of an array at ``home`` is called, ``""`` for nothing.

        Args:
            home: where the array is found.
            cell: which cell of it.
            number: what stands there.
        """
        is_output = home.kind == "stage" and home.name == "output"
        if not cell or not (is_output or home.kind in ("input", "weight")):
            return ""
        path = home.layer_path if is_output else home.name
        key = home.kind, path
        if key not in self._kept:
            model = self._model()
            find = _known_weight if home.kind == "weight" else _known_output
            self._kept[key] = _Known() if model is None else find(model, path)
        known = self._kept[key]
        if known.numbers is not None:
            is_known = float(number).is_integer() and 0 <= number < len(known.numbers)
            return known.numbers.spoken(int(number)) if is_known else ""
        place, names = cell[known.axis], known.places
        return names.spoken(place) if names is not None and 0 <= place < len(names) else ""


class _Known(NamedTuple):
    """The names that belong to one array.

    Attributes:
        axis: along which axis the places are named.
        places: their names.
        numbers: what the whole numbers in it stand for.
    """

    axis: int = -1
    places: OwnNames | None = None
    numbers: OwnNames | None = None


def _known_weight(model: Model, path: str) -> _Known:
    weight = model.weight(path)
    axis = named_axis(model, weight)
    return _Known() if axis is None else _Known(axis, own_names(model, weight, axis))


def _known_output(model: Model, path: str) -> _Known:
    return _Known(-1, output_names(model, path), number_names(model, path))
