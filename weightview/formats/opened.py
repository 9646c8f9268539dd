"""What opening a file gives: the model it describes, where its numbers lie, what was odd."""

from dataclasses import dataclass

from weightview.core.model import Model
from weightview.core.values import Storage


@dataclass(frozen=True, eq=False)
class Opened:
    """An opened file.

    Attributes:
        model: the description.
        storage: where the numbers lie.
        warnings: what was odd about the file, as sentences.
    """

    model: Model
    storage: Storage
    warnings: tuple[str, ...] = ()
