"""A layer while its weights are being found: what its config expects, what the file gave.

Reading goes in three steps. The config becomes drafts (:mod:`weightview.formats.config`), a
layout binds the file's arrays to their variables (:mod:`weightview.formats.layouts`), and
:mod:`weightview.formats.assembly` turns the result into the model that the document shows.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from weightview.core.model import Graph
from weightview.formats.arrays import StoredArray
from weightview.formats.variables.table import Variable, Variables


@dataclass(eq=False)
class Bound:
    """An array of the file that was recognised as one of a layer's variables.

    Attributes:
        variable: which one.
        array: where it lies.
        name: what the Keras that wrote the file called it.
    """

    variable: Variable
    array: StoredArray
    name: str


@dataclass(eq=False)
class Draft:
    """A layer whose weights are being found.

    Attributes:
        name: the layer's own name.
        class_name: its class.
        config: its config.
        variables: the variables it is expected to have, in ``get_weights()`` order.
        entry: the table's entry of its class, None where there is none.
        inner: the layers inside it.
        role: what it is to the layer around it: the attribute by which Keras stores it.
        is_model: whether it is a nested model.
        trainable: whether it and all around it are trained.
        bound: the arrays found, by the variable's name.
        extra: arrays that lie with the layer but are none of its known variables, by name.
        twins: places that hold a variable a second time, by the variable's name.
        is_order_open: whether the file does not tell in which order Keras lists its weights.
        group: the address of its group in a file that numbers variables; ``""`` elsewhere.
        words: what reads a lookup layer's vocabulary where it lies apart from the config.
        file_order: of a class nobody knows: its arrays as the file lists them, with their layers.
    """

    name: str
    class_name: str
    config: Mapping[str, Any] = field(default_factory=dict)
    variables: tuple[Variable, ...] = ()
    entry: Variables | None = None
    inner: list["Draft"] = field(default_factory=list)
    role: str = ""
    is_model: bool = False
    trainable: bool = True
    module: str = ""
    registered_name: str | None = None
    build_config: Mapping[str, Any] = field(default_factory=dict)
    graph: Graph | None = None
    dtype: str = "float32"
    shared_id: int | None = None
    bound: dict[str, Bound] = field(default_factory=dict)
    extra: list[tuple[str, StoredArray]] = field(default_factory=list)
    twins: dict[str, StoredArray] = field(default_factory=dict)
    is_order_open: bool = False
    group: str = ""
    words: Callable[[], tuple[str, ...] | None] | None = None
    file_order: list[tuple["Draft", str]] = field(default_factory=list)

    def walk(self) -> Iterator["Draft"]:
        """Yield this layer and every one inside it, outer before inner."""
        pending = [self]
        while pending:
            draft = pending.pop()
            yield draft
            pending.extend(reversed(draft.inner))

    def bind(self, variable: Variable, array: StoredArray, name: str = "") -> None:
        """Remember that ``array`` is ``variable``, called ``name`` in the file's Keras."""
        self.bound[variable.name] = Bound(variable, array, name or variable.name)

    def keep(self, name: str, array: StoredArray) -> str:
        """Remember an array called ``name``: as the free variable of this name, else as extra.

        Returns:
            The key under which it is kept, which no other array of the layer has.
        """
        for variable in self.variables:
            is_free = variable.name not in self.bound and variable.called(name)
            if is_free and variable.fits(array.shape):
                self.bind(variable, array, name)
                return variable.name
        taken = {known for known, _ in self.extra} | set(self.bound)
        key, number = name, 1
        while key in taken:
            number += 1
            key = f"{name}~{number}"
        self.extra.append((key, array))
        return key

    @property
    def has_weights(self) -> bool:
        """Whether this layer or one inside it is expected to hold variables."""
        return any(draft.variables for draft in self.walk())
