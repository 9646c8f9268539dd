"""What can be told of a layer without its config: its class by its name, its switches by arrays.

Nothing is guessed that another reading would contradict: where two fit, neither is taken.
"""

from collections.abc import Sequence

from weightview.formats.arrays import StoredArray
from weightview.formats.drafts import Draft
from weightview.formats.variables.lookup import classes_by_snake_case, variables_of
from weightview.formats.variables.table import Variables


def class_part(name: str) -> str:
    """Return a group's name without its count: ``dense`` of ``dense_12``."""
    head, _, tail = name.rpartition("_")
    return head if head and tail.isdecimal() else name


def class_by_name(name: str) -> str:
    """Return the class whose default name ``name`` is, ``""`` where it is none."""
    return classes_by_snake_case().get(class_part(name), "")


def inferred_config(class_name: str, arrays: Sequence[StoredArray]) -> dict[str, object]:
    """Return the switches that make a class have just these arrays, where one choice does.

    Without a config only the arrays tell whether there is a bias, a gamma or a beta.
    """
    entry = variables_of(class_name)
    if entry is None:
        return {}
    fits: list[dict[str, object]] = []
    for config in _choices(class_name):
        expected = entry.stored(config)
        if len(expected) == len(arrays) and all(
            variable.fits(array.shape) for variable, array in zip(expected, arrays, strict=True)
        ):
            fits.append(config)
    if not fits:
        return {}
    first = [variable.name for variable in entry.stored(fits[0])]
    same = all([v.name for v in entry.stored(config)] == first for config in fits)
    return fits[0] if same else {}


def _choices(class_name: str) -> list[dict[str, object]]:
    switches = {
        "BatchNormalization": ("scale", "center", "renorm"),
        "LayerNormalization": ("scale", "center"),
        "GroupNormalization": ("scale", "center"),
        "Attention": ("use_scale",),
        "AdditiveAttention": ("use_scale",),
    }.get(class_name, ("use_bias",))
    choices: list[dict[str, object]] = [{}]
    for switch in switches:
        choices = [{**choice, switch: value} for choice in choices for value in (True, False)]
    if class_name == "EinsumDense":
        return [{"bias_axes": "?"}, {"bias_axes": None}]
    return choices


def config_by_names(
    entry: Variables, class_name: str, names: Sequence[str]
) -> dict[str, object] | None:
    """Return the switches by which a class has just the variables called ``names``, else None."""
    for config in _choices(class_name):
        variables = [variable for variable in entry.of(config) if variable.stored]
        if len(variables) == len(names) and all(
            any(variable.called(name) for variable in variables) for name in names
        ):
            return config
    return None


def guessed_layer(name: str, names: Sequence[str], generation: int | None = None) -> Draft:
    """Return a draft of the layer ``name`` whose weights are called ``names``.

    It has the class that its name says, where that class has just such weights; else none.
    """
    class_name = class_by_name(name.rpartition("/")[2])
    entry = variables_of(class_name, generation) if class_name else None
    config = config_by_names(entry, class_name, names) if entry is not None else None
    if entry is None or config is None:
        return Draft(name, class_name if not names else "")
    return Draft(name, class_name, config, entry.of(config), entry)
