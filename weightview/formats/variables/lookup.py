"""Finds the variables of a layer by its class and config."""

import re
from functools import cache
from typing import Any

from weightview.formats.variables import (
    attention,
    convolutional,
    core,
    keras1,
    normalization,
    preprocessing,
    recurrent,
    wrappers,
)
from weightview.formats.variables.table import Table, Variables

_FAMILIES = (attention, convolutional, core, normalization, preprocessing, recurrent, wrappers)


@cache
def table() -> Table:
    """Return the tables of all families as one."""
    return {name: entry for family in _FAMILIES for name, entry in family.TABLE.items()}


def variables_of(class_name: str, generation: int | None = None) -> Variables | None:
    """Return what a class holds, None for a class without weights or one nobody knows.

    Args:
        class_name: the Keras class.
        generation: 1 for Keras 1, where some classes held other arrays.
    """
    if generation == 1 and class_name in keras1.TABLE:
        return keras1.TABLE[class_name]
    return table().get(class_name) or keras1.TABLE.get(class_name)


@cache
def classes_by_snake_case() -> dict[str, str]:
    """Return the known classes by the name that Keras 3 gives them in a file: ``conv2d``."""
    return {snake_case(name): name for name in (*keras1.TABLE, *table())}


def snake_case(class_name: str) -> str:
    """Return the name by which Keras 3 files store a class; as ``keras.utils.naming``."""
    name = re.sub(r"\W+", "", class_name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def mapping(value: Any) -> dict[str, Any]:
    """Return ``value`` where it is a dict, else an empty one: configs are not to be trusted."""
    return value if isinstance(value, dict) else {}
