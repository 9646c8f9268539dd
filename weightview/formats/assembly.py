"""The last step of reading: drafts with their arrays become the model that a document shows."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import ml_dtypes
import numpy as np

from weightview.core.model import Generation, Layer, Model, Shape, Shapes, Weight
from weightview.formats.arrays import StoredArray
from weightview.formats.drafts import Draft
from weightview.formats.order import Slot, WeightOrder

OtherKind = Literal["state", "optimizer", "metric", "other"]


@dataclass(frozen=True)
class Origin:
    """What a file says about itself beside its layers.

    Attributes:
        format_name: how the format is called in a sentence.
        generation: the major version of Keras, None where nothing tells.
        keras_version: as stored.
        backend: as stored.
        compile_config: loss, optimizer, metrics as stored.
        has_config: whether a config told the layers and their order.
    """

    format_name: str
    generation: Generation | None = None
    keras_version: str = ""
    backend: str = ""
    compile_config: Mapping[str, Any] = field(default_factory=dict)
    has_config: bool = True


@dataclass(eq=False)
class Assembled:
    """A model and the arrays behind it.

    Attributes:
        model: the description.
        arrays: every array that a weight of the model names, by its name in the file.
        twins: for an array that the file holds twice, the second, by the first one's name.
    """

    model: Model
    arrays: dict[str, StoredArray] = field(default_factory=dict)
    twins: dict[str, StoredArray] = field(default_factory=dict)


def assemble(
    root: Draft, origin: Origin, others: Iterable[tuple[StoredArray, OtherKind]]
) -> Assembled:
    """Make the model of ``root`` and of the arrays that belong to none of its layers."""
    return _Assembler(root, origin).build(others)


class _Assembler:
    def __init__(self, root: Draft, origin: Origin) -> None:
        self._root = root
        self._origin = origin
        self._order = WeightOrder(origin.generation, origin.keras_version)
        self._loaded = WeightOrder(origin.generation, origin.keras_version, as_loaded=True)
        self._paths: dict[int, str] = {}
        self._layer_paths: dict[str, int] = {}
        self._weight_paths: dict[str, int] = {}
        self._weights: dict[tuple[int, str], Weight] = {}
        self._states: list[Weight] = []
        self._result_arrays: dict[str, StoredArray] = {}
        self._twins: dict[str, StoredArray] = {}

    def build(self, others: Iterable[tuple[StoredArray, OtherKind]]) -> Assembled:
        root, origin = self._root, self._origin
        self._name_layers()
        for draft in root.walk():
            self._make_weights(draft)
        ordered = self._index()
        layers = [self._layer(draft) for draft in root.inner]
        if root.bound or root.extra:
            own = [w for (draft, _), w in self._weights.items() if draft == id(root)]
            layers.append(Layer(root.name, self._root_path, root.class_name, {}, tuple(own)))
        rest = [self._other(array, kind) for array, kind in others]
        model = Model(
            name=root.name,
            class_name=root.class_name,
            layers=tuple(layers),
            weights=tuple(ordered),
            config=root.config,
            graph=root.graph,
            generation=origin.generation,
            keras_version=origin.keras_version,
            backend=origin.backend,
            compile_config=origin.compile_config,
            others=(*self._states, *rest),
            input_shape=input_shape(root),
            format_name=origin.format_name,
        )
        return Assembled(model, self._result_arrays, self._twins)

    def _name_layers(self) -> None:
        """Give each layer an address; of two equal ones the later gets a number."""
        self._paths[id(self._root)] = ""
        self._root_path = ""
        for draft in self._root.walk():
            outer = self._paths[id(draft)]
            for inner in draft.inner:
                path = f"{outer}/{inner.name}" if outer else inner.name
                self._paths[id(inner)] = unique(path, self._layer_paths)
        if self._root.bound or self._root.extra:
            self._root_path = unique(self._root.name, self._layer_paths)

    def _make_weights(self, draft: Draft) -> None:
        layer_path = self._paths[id(draft)] or self._root_path
        prefix = f"{self._paths[id(draft)]}/" if self._paths[id(draft)] else ""
        for key, bound in draft.bound.items():
            variable, array = bound.variable, self._readable(bound.array)
            name = bound.name
            if name == variable.name and self._origin.generation == 2 and variable.keras2:  # noqa: PLR2004
                name = variable.keras2
            weight = Weight(
                name=name,
                path=unique(f"{prefix}{name}", self._weight_paths),
                shape=array.shape,
                dtype=array.dtype,
                axes=variable.axes_for(draft.config, array.shape),
                keras_index=None,
                stored_name=array.name,
                role=variable.role or variable.name,
                layer_path=layer_path,
                trainable=draft.trainable and variable.trainable,
                kind=variable.kind,
                editable=array.editable,
                gates=variable.gates,
                scale=f"{layer_path}/{variable.scale}" if variable.scale in draft.bound else None,
            )
            if variable.kind == "state":
                self._states.append(weight)
            else:
                self._weights[id(draft), key] = weight
            twin = draft.twins.get(key)
            if twin is not None:
                self._twins[array.name] = twin
        for name, stored in draft.extra:
            array = self._readable(stored)
            shown = name.partition("~")[0]
            weight = _plain_weight(
                shown, layer_path, unique(f"{prefix}{shown}", self._weight_paths), array
            )
            self._weights[id(draft), name] = replace(weight, trainable=draft.trainable)
            if name in draft.twins:
                self._twins[array.name] = draft.twins[name]

    def _readable(self, array: StoredArray) -> StoredArray:
        """Return the array with its real dtype: two raw bytes can only be Keras' bfloat16."""
        if array.dtype == np.dtype("V2"):
            bfloat16 = np.dtype(ml_dtypes.bfloat16)
            array = replace(array, dtype=bfloat16, editable=array.offset is not None)
        self._result_arrays[array.name] = array
        return array

    def _index(self) -> list[Weight]:
        """Number the weights as Keras lists them and return them in this order."""
        slots = self._order.weights(self._root)
        certain = self._origin.has_config
        ordered: list[Weight] = []
        open_layers = self._open_layers()
        for number, slot in enumerate(slots):
            weight = self._weights.get((id(slot.draft), slot.key))
            if weight is None:
                continue
            index = number if certain and id(slot.draft) not in open_layers else None
            weight = replace(
                weight,
                keras_index=index,
                expression=self._expression(slot) if index is not None else "",
            )
            self._weights[id(slot.draft), slot.key] = weight
            ordered.append(weight)
        listed = {(id(slot.draft), slot.key) for slot in slots}
        ordered += [weight for key, weight in self._weights.items() if key not in listed]
        self._number_in_layers()
        paths = {weight.path: weight for weight in self._weights.values()}
        return [paths[weight.path] for weight in ordered]

    def _open_layers(self) -> set[int]:
        """Return the layers in which the file does not tell the order of the weights."""
        return {
            id(inner)
            for draft in self._root.walk()
            if draft.is_order_open
            for inner in draft.walk()
        }

    def _number_in_layers(self) -> None:
        for draft in self._root.walk():
            if not (draft.bound or draft.extra):
                continue
            for number, slot in enumerate(self._order.weights(draft)):
                weight = self._weights.get((id(slot.draft), slot.key))
                if slot.draft is draft and weight is not None and weight.keras_index is not None:
                    self._weights[id(draft), slot.key] = replace(weight, layer_index=number)

    def _expression(self, slot: Slot) -> str:
        """Return how Python fetches the weight from a loaded model."""
        chain = self._chain_to(slot.draft)
        text, holder = "model", self._root
        for draft in chain:
            text += f".get_layer({json.dumps(draft.name, ensure_ascii=False)})"
            holder = draft
            if not draft.is_model:
                break
        keys = [(id(s.draft), s.key) for s in self._loaded.weights(holder)]
        return f"{text}.get_weights()[{keys.index((id(slot.draft), slot.key))}]"

    def _chain_to(self, draft: Draft) -> list[Draft]:
        if not hasattr(self, "_outer"):
            self._outer = {id(i): d for d in self._root.walk() for i in d.inner}
        chain: list[Draft] = []
        current: Draft | None = draft
        while current is not None and current is not self._root:
            chain.append(current)
            current = self._outer.get(id(current))
        return chain[::-1]

    def _layer(self, draft: Draft) -> Layer:
        inner = tuple(self._layer(part) for part in draft.inner)
        own = [weight for (owner, _), weight in self._weights.items() if owner == id(draft)]
        own.sort(key=lambda w: (w.layer_index is None, w.layer_index or 0))
        return Layer(
            name=draft.name,
            path=self._paths[id(draft)],
            class_name=draft.class_name,
            config=draft.config,
            weights=tuple(own),
            layers=inner,
            graph=draft.graph,
            module=draft.module,
            registered_name=draft.registered_name,
            build_config=draft.build_config,
            role=draft.role,
            dtype=draft.dtype,
            words=draft.words,
        )

    def _other(self, stored: StoredArray, kind: OtherKind) -> Weight:
        array = self._readable(stored)
        folder, _, name = array.name.rpartition("/")
        path = unique(array.name, self._weight_paths)
        return replace(_plain_weight(name, folder, path, array), kind=kind, trainable=False)


def unique(path: str, taken: dict[str, int]) -> str:
    """Return ``path``, with a number behind it where it is taken already, and note it as taken.

    Args:
        path: what is wanted.
        taken: what was given before, each with the last number behind it.
    """
    number, found = taken.get(path, 1), path
    while found in taken:
        number += 1
        found = f"{path}~{number}"
    taken[path] = number
    taken[found] = 1
    return found


def _plain_weight(name: str, layer_path: str, path: str, array: StoredArray) -> Weight:
    return Weight(
        name=name,
        path=path,
        shape=array.shape,
        dtype=array.dtype,
        axes=tuple(f"axis {number}" for number in range(len(array.shape))),
        keras_index=None,
        stored_name=array.name,
        role=name,
        layer_path=layer_path,
        editable=array.editable,
    )


def input_shape(root: Draft) -> Shapes:
    """Return the model's input shape where its config tells it, with the batch axis."""
    if root.graph is not None:
        by_name = {draft.name: draft for draft in root.inner}
        shapes = [_declared(by_name.get(ref.layer)) for ref in root.graph.inputs]
        if shapes and all(shape is not None for shape in shapes):
            known = tuple(shape for shape in shapes if shape is not None)
            return known[0] if len(known) == 1 else known
    first = root.inner[0] if root.inner else None
    for candidate in (
        _declared(first),
        _shape(root.config.get("build_input_shape")),
        _shape(root.build_config.get("input_shape")),
        _shape(first.build_config.get("input_shape")) if first is not None else None,
    ):
        if candidate is not None:
            return candidate
    return None


def _declared(draft: Draft | None) -> Shape | None:
    if draft is None:
        return None
    for key in ("batch_shape", "batch_input_shape"):
        shape = _shape(draft.config.get(key))
        if shape is not None:
            return shape
    return input_shape(draft) if draft.is_model and draft.inner else None  # type: ignore[return-value]  # one input


def _shape(value: Any) -> Shape | None:
    if not isinstance(value, (list, tuple)) or not value:
        return None
    if not all(part is None or (isinstance(part, int) and part >= 0) for part in value):
        return None
    return tuple(value)
