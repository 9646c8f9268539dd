"""The order in which each generation of Keras lists a model's weights.

Sources: ``Layer.weights`` and ``Model.weights`` of each generation, ``_legacy_weights`` of
``legacy_h5_format`` and ``hdf5_format``.
"""

from dataclasses import dataclass

from weightview.core.model import Generation
from weightview.formats.drafts import Draft
from weightview.formats.variables.table import Variable


@dataclass(frozen=True, eq=False)
class Slot:
    """One place in a list of weights.

    Attributes:
        draft: the layer.
        key: the variable's name, or for an array that nobody knows its name as stored.
        variable: the variable, None for an array that nobody knows.
        trainable: whether the layer and all around it let it be trained.
    """

    draft: Draft
    key: str
    variable: Variable | None
    trainable: bool


class WeightOrder:
    """Lists weights as one generation of Keras does."""

    def __init__(
        self, generation: Generation | None, version: str, *, as_loaded: bool = False
    ) -> None:
        """Follow a generation of Keras.

        Args:
            generation: its major version.
            version: its full version, which tells Keras 2 from that inside TensorFlow.
            as_loaded: list a model as it is after loading, where that differs from before saving.
        """
        self._as_loaded = as_loaded
        self.generation = generation
        self.is_keras3 = generation is None or generation == 3  # noqa: PLR2004 - a version
        self._standalone = not self.is_keras3 and _is_standalone(version)

    def weights(self, draft: Draft) -> list[Slot]:
        """Return what ``layer.weights`` (or ``model.weights``) lists, each variable once."""
        if draft.file_order:
            return _as_listed(draft)
        slots: list[Slot] = []
        if self.is_keras3:
            slots = self._own(draft)
            for inner in draft.inner:
                slots += self.weights(inner)
        elif draft.is_model:
            for inner in draft.inner:
                slots += self._of_model_layer(inner)
            slots += self._own(draft)
        else:
            slots = self.legacy(draft)
        return _once(slots)

    def _of_model_layer(self, inner: Draft) -> list[Slot]:
        """Return the weights of a model's layer; Keras before TensorFlow's sorts nested models."""
        if inner.is_model and self._standalone:
            return self.legacy(inner)
        return self.weights(inner)

    def legacy(self, draft: Draft) -> list[Slot]:
        """Return the order of a layer's weights in HDF5: what is trained comes first."""
        if self.is_keras3 or draft.file_order:
            slots = self.weights(draft)
        else:
            slots = self._own(draft)
            for inner in draft.inner:
                slots += self.legacy(inner) if not inner.is_model else self._split(inner)
        slots = _once(slots)
        trained = [slot for slot in slots if slot.trainable]
        return trained + [slot for slot in slots if not slot.trainable]

    def _split(self, model: Draft) -> list[Slot]:
        slots: list[Slot] = []
        for inner in model.inner:
            slots += self._split(inner) if inner.is_model else self.legacy(inner)
        slots += self._own(model)
        return slots

    def _own(self, draft: Draft) -> list[Slot]:
        slots = []
        for variable in draft.variables:
            if variable.kind == "state":
                continue
            if variable.alias:
                if self.is_keras3:
                    slots += _aliased(draft, variable)
                continue
            trained = draft.trainable and variable.trainable
            slots.append(Slot(draft, variable.name, variable, trained))
        slots += [Slot(draft, name, None, draft.trainable) for name, _ in draft.extra]
        loaded = draft.entry.loaded_order if draft.entry is not None else None
        if self._as_loaded and loaded is not None:
            order = loaded(draft.config)
            places = {name: number for number, name in enumerate(order)}
            slots.sort(key=lambda slot: places.get(slot.key, len(places)))
        return slots


def _aliased(draft: Draft, variable: Variable) -> list[Slot]:
    for inner in draft.inner:
        if inner.role == variable.alias and inner.variables:
            first = inner.variables[0]
            return [Slot(inner, first.name, first, inner.trainable and first.trainable)]
    return []


def _as_listed(draft: Draft) -> list[Slot]:
    slots = []
    for inner, key in draft.file_order:
        bound = inner.bound.get(key)
        variable = bound.variable if bound is not None else None
        trained = inner.trainable and (variable is None or variable.trainable)
        slots.append(Slot(inner, key, variable, trained))
    return slots


def _once(slots: list[Slot]) -> list[Slot]:
    seen: set[tuple[int, str]] = set()
    result = []
    for slot in slots:
        key = (id(slot.draft), slot.key)
        if key not in seen:
            seen.add(key)
            result.append(slot)
    return result


def _is_standalone(version: str) -> bool:
    """Return whether ``version`` is of Keras 1 or 2 before it became a part of TensorFlow."""
    if "tf" in version:
        return False
    numbers = [int(part) for part in version.split(".")[:2] if part.isdecimal()]
    return bool(numbers) and tuple(numbers) < (2, 4)
