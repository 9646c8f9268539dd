"""What TensorFlow's process knows of a model: whether it is built, which numbers it was sent."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from weightview.core.errors import WorkerError
from weightview.core.model import Weight
from weightview.core.values import Array, Values


@dataclass
class Known:
    """One model or layer in the process.

    Attributes:
        key: its number there.
        is_built: whether it was built.
        refusal: why it will never be, or None.
        versions: by weight path, the version of the numbers it has.
    """

    key: int
    is_built: bool = False
    refusal: str | None = None
    versions: dict[str, int] = field(default_factory=dict)

    def raise_refusal(self) -> None:
        """Say again why it cannot be built.

        Raises:
            WorkerError: it cannot.
        """
        if self.refusal is not None:
            raise WorkerError(self.refusal)

    def changes(
        self, weights: Sequence[Weight], values: Values, chunk_bytes: int
    ) -> Iterator[list[Weight]]:
        """Yield the weights whose numbers the process has not, in groups of bounded size."""
        chunk: list[Weight] = []
        size = 0
        for weight in weights:
            if self.versions.get(weight.path) == values.version(weight):
                continue
            if chunk and size + weight.nbytes > chunk_bytes:
                yield chunk
                chunk, size = [], 0
            chunk.append(weight)
            size += weight.nbytes
        if chunk:
            yield chunk

    def note(self, weights: Sequence[Weight], values: Values) -> None:
        """Remember that the process now has these numbers."""
        for weight in weights:
            self.versions[weight.path] = values.version(weight)


@dataclass(frozen=True)
class Calls:
    """What every call of every layer gave.

    Attributes:
        outputs: the arrays by (layer path, node), in the order of execution; an entry is None
            where they were too large to be handed over. The layer path counts nested models:
            ``outer/inner``; the node of an inner layer counts through all calls of the outer.
        model_outputs: the outputs of the model.
    """

    outputs: Mapping[tuple[str, int], tuple[Array, ...] | None]
    model_outputs: tuple[Array, ...] | None


def calls_of(told: Sequence[Mapping[str, Any]]) -> Calls:
    """Return the answer to an ``outputs`` request in our words."""
    outputs: dict[tuple[str, int], tuple[Array, ...] | None] = {}
    for entry in told:
        arrays = entry["outputs"]
        outputs[entry["path"], entry["node"]] = None if arrays is None else tuple(arrays)
    return Calls(outputs, outputs.pop(("", 0), None))
