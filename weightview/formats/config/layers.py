"""Layers as a config describes them, of every generation of Keras."""

from collections.abc import Mapping
from typing import Any

from weightview.core.model import Generation
from weightview.core.numbers import shorten
from weightview.formats.config.checks import odd_entries, odd_settings
from weightview.formats.config.graphs import chain, functional_graph
from weightview.formats.drafts import Draft
from weightview.formats.variables.lookup import mapping, variables_of
from weightview.formats.variables.table import Inner

FUNCTIONAL = ("Functional", "Model", "Network", "Container", "Graph")
_MOST_LAYERS = 10_000
"""So many layers, those that wrappers double among them, are made of a config's wrappers."""

_MOST_LISTED = 20_000
"""So many layers of one model are made; the largest known has some thousand."""

_SINGLE_INNER = ("layer", "cell")


class ConfigReader:
    """Makes drafts of a config; what was odd is collected as sentences."""

    def __init__(self, generation: Generation | None) -> None:
        """Read configs of this generation of Keras, None where it is not known."""
        self.generation = generation
        self.warnings: list[str] = []

    def model(self, entry: Mapping[str, Any]) -> Draft:
        """Return the draft of a whole model from its entry: class name and config."""
        root = self._layer(entry, trainable=True)
        pending, count = [root], 1
        # A list of what is pending, not recursion: models may lie hundreds deep in each other.
        while pending:
            draft = pending.pop()
            self._fill(draft)
            count += len(draft.inner)
            if draft.class_name == "Bidirectional" and count > _MOST_LAYERS:
                # Each doubles what is inside: a few kilobytes can describe millions of layers.
                draft.inner = []
                self.warnings.append(
                    f"“{draft.name}” describes more than {_MOST_LAYERS:,} layers: left out."
                )
                break
            pending += draft.inner
        self.warnings += [*odd_settings(root), *_stored_twice(root)]
        return root

    def _layer(self, entry: Mapping[str, Any], *, trainable: bool, role: str = "") -> Draft:
        """Return the draft of one layer, without those inside it.

        Args:
            entry: the layer's dict in the config: ``class_name``, ``config`` and more.
            trainable: whether everything around it is trained.
            role: what it is to the layer around it.
        """
        class_name = _text(entry.get("class_name"))
        # Keras 2 writes a registered class as ``package>Name``.
        plain_class = class_name.rpartition(">")[2]
        registered = class_name if ">" in class_name else None
        raw = entry.get("config")
        config = dict(raw) if isinstance(raw, Mapping) else {}
        if isinstance(raw, list):
            # Sequential of Keras 2.2.0 and earlier: the config is the list of layers.
            config = {"layers": raw}
        shared = entry.get("shared_object_id")
        known = variables_of(plain_class, self.generation)
        name = _text(entry.get("name")) or _text(config.get("name")) or plain_class or "layer"
        return Draft(
            name=name,
            class_name=plain_class,
            config=config,
            variables=known.of(config) if known else (),
            entry=known,
            role=role,
            is_model="layers" in config and plain_class in (*FUNCTIONAL, "Sequential"),
            trainable=trainable and config.get("trainable", True) is not False,
            module=_text(entry.get("module")),
            registered_name=_text(entry.get("registered_name")) or registered,
            build_config=mapping(entry.get("build_config")),
            dtype=dtype_name(config.get("dtype")),
            shared_id=shared if isinstance(shared, int) else None,
        )

    def _fill(self, draft: Draft) -> None:
        """Add the layers inside ``draft``."""
        if draft.class_name == "Bidirectional":
            draft.inner = self._bidirectional(draft)
            return
        if draft.class_name != "StackedRNNCells" and "layers" in draft.config:
            self._nested_model(draft)
            return
        for key in _SINGLE_INNER:
            entry = draft.config.get(key)
            if isinstance(entry, Mapping) and "class_name" in entry:
                draft.inner.append(self._layer(entry, trainable=draft.trainable, role=key))
        cells = draft.config.get("cells")
        if isinstance(cells, list):
            draft.inner += [
                self._layer(cell, trainable=draft.trainable, role="cells")
                for cell in cells
                if isinstance(cell, Mapping)
            ]
        if draft.entry is not None:
            draft.inner += [
                _undescribed(draft, inner)
                for inner in draft.entry.inner
                if inner.when(draft.config)
            ]

    def _nested_model(self, draft: Draft) -> None:
        listed = draft.config.get("layers")
        self.warnings += odd_entries(draft.config, draft.name)
        found = listed if isinstance(listed, list) else []
        if len(found) > _MOST_LISTED:
            self.warnings.append(
                f"“{shorten(draft.name)}” lists {len(found):,} layers; those after the first "
                f"{_MOST_LISTED:,} are left out."
            )
            found = found[:_MOST_LISTED]
        is_whole = not isinstance(listed, list) or len(found) == len(listed)
        entries = [entry for entry in found if isinstance(entry, Mapping)]
        if not isinstance(listed, list) and draft.class_name not in (*FUNCTIONAL, "Sequential"):
            return
        draft.is_model = True
        draft.inner = [self._layer(entry, trainable=draft.trainable) for entry in entries]
        if "output_layers" in draft.config or draft.class_name in FUNCTIONAL:
            graph, problem = functional_graph(draft.config, entries, draft.inner)
            draft.graph = graph
            if problem:
                self.warnings.append(f"The graph of “{draft.name}” is unclear: {problem}")
        elif draft.class_name == "Sequential" and is_whole:
            draft.graph = chain(draft.inner)

    def _bidirectional(self, draft: Draft) -> list[Draft]:
        entry = draft.config.get("layer")
        if not isinstance(entry, Mapping):
            return []
        forward = self._layer(entry, trainable=draft.trainable, role="forward_layer")
        given = draft.config.get("backward_layer")
        if isinstance(given, Mapping):
            backward = self._layer(given, trainable=draft.trainable, role="backward_layer")
        else:
            backward = self._layer(entry, trainable=draft.trainable, role="backward_layer")
            # Keras makes the second layer from the first by turning its direction round.
            turned = not backward.config.get("go_backwards")
            backward.config = {**backward.config, "go_backwards": turned}
            backward.name = f"backward_{backward.name}"
        if not forward.name.startswith("forward_"):
            forward.name = f"forward_{forward.name}"
        return [forward, backward]


def _stored_twice(root: Draft) -> list[str]:
    """Return a sentence for each layer that is one in Keras and stands in several models.

    Keras 2 marks it by ``shared_object_id``, stores its numbers in each of them, and takes those
    that it reads last.
    """
    places: dict[int, list[str]] = {}
    pending = [(root, "")]
    while pending:
        draft, outer = pending.pop()
        for inner in reversed(draft.inner):
            path = f"{outer}/{inner.name}" if outer else inner.name
            pending.append((inner, path))
        if draft.shared_id is not None and draft.has_weights:
            places.setdefault(draft.shared_id, []).append(shorten(outer))
    return [
        f"{' and '.join(f'“{path}”' for path in paths)} are one layer in Keras, stored more than "
        "once: an edit must be made in each."
        for paths in places.values()
        if len(paths) > 1
    ]


def _undescribed(outer: Draft, inner: Inner) -> Draft:
    """Return the draft of a layer that the outer layer's config does not describe."""
    config = {"name": inner.name, "dtype": outer.config.get("dtype", "float32")}
    return Draft(
        name=inner.name,
        class_name=inner.class_name,
        config=config,
        variables=tuple(v for v in inner.variables if v.when(outer.config)),
        role=inner.role,
        trainable=outer.trainable,
        dtype=outer.dtype,
    )


def dtype_name(policy: Any) -> str:
    """Return the name of a dtype policy as a config holds it: a text or a described object."""
    if isinstance(policy, Mapping):
        inner = policy.get("config")
        inner = inner if isinstance(inner, Mapping) else {}
        return _text(inner.get("name") or inner.get("source_name")) or "float32"
    return _text(policy) or "float32"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
