"""A model that lives in memory: the storage behind :func:`weightview.show` and many tests."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from weightview.core.errors import SaveError
from weightview.core.model import Weight
from weightview.core.regions import Region
from weightview.core.values import Array, Block


class MemoryStorage:
    """Arrays by weight path. Saving is refused: there is no file and no format."""

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        """Keep ``arrays`` by the path of their weight; they are copied when read."""
        self._arrays = dict(arrays)

    @property
    def path(self) -> Path | None:
        """None: there is no file."""
        return None

    @property
    def can_save(self) -> bool:
        """False: there is no format."""
        return False

    def read(self, weight: Weight, region: Region) -> Array:
        """Return a copy of the cells."""
        return np.array(self._arrays[weight.path][region], dtype=weight.dtype)

    def save(self, target: Path, blocks: tuple[Block, ...]) -> "MemoryStorage":
        """Refuse: see the class."""
        del blocks
        raise SaveError(target, "this model lives in memory and has no file format to be saved in.")
