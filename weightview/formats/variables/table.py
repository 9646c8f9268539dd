"""What a table of variables is made of, and how a layer's entry is looked up.

A table maps a Keras class name to its :class:`Variables`: in the order of
``layer.get_weights()`` (Keras puts what is trained first), with a condition on the layer's config
where a variable is not always there. Source: ``build`` of each class in Keras 3.15 and the
``save_own_variables`` beside it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Config = Mapping[str, Any]
Shape = tuple[int, ...]
Axes = tuple[str, ...]
Condition = Callable[[Config], bool]


def always(config: Config) -> bool:
    """Return True: the variable is there whatever the config says."""
    del config
    return True


@dataclass(frozen=True)
class Variable:
    """One variable of a layer class.

    Attributes:
        name: its name in today's Keras.
        axes: a word per axis, or a function of config and shape where the config decides.
        when: whether the layer has it, by its config.
        trainable: whether training changes it.
        role: how calculations look it up; ``name`` where empty.
        gates: the gates stacked along the last axis, in order.
        scale: the name of the variable of the same layer that holds its scale when quantised.
        kind: ``state`` for what ``get_weights()`` leaves out (random seeds).
        stored: False where ``get_weights()`` has it but the file does not (LoRA matrices).
        keras2: its name in Keras 2 where that was another.
        keras1: what Keras 1 appended to the layer's name for it, such as ``W``.
        alias: for a wrapper that holds the wrapped layer's variable as its own, the role of that
            layer: Keras 3 counts and stores the variable at both places.
    """

    name: str
    axes: Axes | Callable[[Config, Shape], Axes]
    when: Condition = always
    trainable: bool = True
    role: str = ""
    gates: tuple[str, ...] = ()
    scale: str | None = None
    kind: Literal["weight", "state"] = "weight"
    stored: bool = True
    keras2: str = ""
    keras1: str = ""
    alias: str = ""

    def axes_for(self, config: Config, shape: Shape) -> Axes:
        """Return one word per axis of ``shape``."""
        axes = self.axes(config, shape) if callable(self.axes) else self.axes
        if len(axes) == len(shape):
            return axes
        return tuple(f"axis {number}" for number in range(len(shape)))

    def called(self, name: str) -> bool:
        """Return whether Keras of any generation calls it ``name`` (without scope and ``:0``)."""
        plain = re.sub(r"_\d+$", "", name)
        known = {self.name, self.keras2} - {""}
        return bool(known & {name, plain}) or bool(self.keras1 and name.endswith(f"_{self.keras1}"))

    def fits(self, shape: Shape) -> bool:
        """Return whether an array of ``shape`` could be this variable."""
        return callable(self.axes) or len(self.axes) == len(shape)


@dataclass(frozen=True)
class Inner:
    """A layer inside another whose config does not describe it (the dense layers of attention).

    Attributes:
        role: the attribute by which Keras stores it: ``query_dense``.
        name: the layer's name.
        variables: its variables.
        class_name: its class.
        when: whether it is there, by the outer layer's config.
    """

    role: str
    name: str
    variables: tuple[Variable, ...]
    class_name: str = "EinsumDense"
    when: Condition = always


@dataclass(frozen=True)
class Variables:
    """What one layer class holds.

    Attributes:
        own: its variables, or a function of the config, in ``get_weights()`` order.
        inner: layers inside it that its config does not describe.
        folder: where its variables lie below its own place in a Keras 3 file: ``cell``.
        stored_order: their names in the order in which Keras 3 writes them, where it is another;
            a function of the config.
        loaded_order: their names in ``get_weights()`` order of a model loaded from a file, where
            that is another than of the model that was saved.
        stored_class: the class by which Keras 3 files call it, where the config uses another name.
    """

    own: tuple[Variable, ...] | Callable[[Config], tuple[Variable, ...]] = ()
    inner: tuple[Inner, ...] = ()
    folder: str = ""
    stored_order: Callable[[Config], tuple[str, ...]] | None = None
    stored_class: str = ""
    loaded_order: Callable[[Config], tuple[str, ...]] | None = None

    def of(self, config: Config) -> tuple[Variable, ...]:
        """Return the variables that a layer with ``config`` has."""
        own = self.own(config) if callable(self.own) else self.own
        return tuple(variable for variable in own if variable.when(config))

    def stored(self, config: Config) -> tuple[Variable, ...]:
        """Return those that a Keras 3 file holds, in its order."""
        there = [variable for variable in self.of(config) if variable.stored]
        if self.stored_order is None:
            return tuple(there)
        order = self.stored_order(config)
        return tuple(sorted(there, key=lambda variable: order.index(variable.name)))


Table = dict[str, Variables]


def flag(name: str, default: bool = True) -> Condition:
    """Return a condition: the config's ``name`` is true; ``default`` where it is absent."""
    return lambda config: bool(config.get(name, default))


def quantization_mode(config: Config) -> str | None:
    """Return ``int8``, ``int4``, ``float8``, ``gptq``, ``awq``, or None for a plain layer.

    Keras writes it in the dtype policy: a ``QuantizedDTypePolicy`` whose config has the mode.
    """
    policy = config.get("dtype")
    if not isinstance(policy, Mapping):
        name = policy if isinstance(policy, str) else ""
        return name.split("_from_")[0] if "_from_" in name else None
    inner = policy.get("config")
    mode = inner.get("mode") if isinstance(inner, Mapping) else None
    return mode.split("/")[0] if isinstance(mode, str) else None


def bias(*axes: str, when: Condition | None = None) -> Variable:
    """Return the variable ``bias``, there unless the config says ``use_bias`` false."""
    return Variable("bias", axes, when or flag("use_bias"), keras1="b")
