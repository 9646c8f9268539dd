"""A tiny strip of colours per weight: some of its numbers, read in the background.

A strip tells weights apart and shows that an edit arrived; it is no picture of the whole array.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from weightview.core.document import Document
from weightview.core.errors import WeightviewError
from weightview.core.model import Weight
from weightview.core.numbers import holds_real_numbers
from weightview.core.regions import Region
from weightview.core.sampling import as_float32
from weightview.core.values import Values
from weightview.gui.background import Latest
from weightview.gui.theme import diverging, theme

CELLS = 12
_WHOLE_BYTES = 1 << 16

Numbers = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class _Asked:
    weight: Weight
    values: Values


def sample(weight: Weight, values: Values, cells: int = CELLS) -> Numbers:
    """Return up to ``cells`` numbers of ``weight``, evenly spaced.

    They come from the whole array where it is small, else from a run in its middle, so that one
    short read serves for an array of any size.

    Raises:
        TypeError: it holds no real numbers.
    """
    if not holds_real_numbers(weight.dtype):
        raise TypeError(weight.dtype)
    if weight.nbytes <= _WHOLE_BYTES:
        numbers = values.read(weight)
    else:
        numbers = values.read(weight, _middle_run(weight.shape, cells))
    flat = as_float32(numbers.reshape(-1))
    places = np.linspace(0, flat.size - 1, min(cells, flat.size)).round().astype(np.intp)
    return flat[places]


def _middle_run(shape: tuple[int, ...], cells: int) -> Region:
    """Return a contiguous region in the middle of an array, of at least ``cells`` numbers."""
    axis = len(shape) - 1
    size = shape[axis]
    while axis > 0 and size < cells:
        axis -= 1
        size *= shape[axis]
    rows = -(-cells * shape[axis] // size)
    start = (shape[axis] - rows) // 2
    return (*(length // 2 for length in shape[:axis]), slice(start, start + rows))


class Strips(QObject):
    """The strips of one document's weights, each made when it is first asked for.

    Signals:
        ready(weight): the strip of this weight can be had.
    """

    ready = Signal(object)

    def __init__(self, parent: QObject) -> None:
        """Start without a document."""
        super().__init__(parent)
        self._document: Document | None = None
        self._samples: dict[Weight, Numbers | None] = {}
        self._images: dict[Weight, QImage] = {}
        self._wanted: dict[Weight, None] = {}
        self._task = Latest(self)
        # The rows of one paint ask one after another; they are read in one go.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._read)
        theme().changed.connect(self._restyle)

    def set_document(self, document: Document | None) -> None:
        """Make strips of ``document`` from now on."""
        self._document = document
        self.forget_all()

    def forget(self, weight: Weight) -> None:
        """The numbers of ``weight`` changed: its strip stays until the new one is there."""
        self._samples.pop(weight, None)

    def forget_all(self) -> None:
        """All numbers may have changed."""
        self._samples.clear()
        self._images.clear()
        self._wanted.clear()

    def image(self, weight: Weight) -> QImage | None:
        """Return the strip, or None until it has been read; ``ready`` tells when."""
        if weight not in self._samples:
            self._wanted[weight] = None
            self._soon.start()
            return self._images.get(weight)
        numbers = self._samples[weight]
        if numbers is None or not numbers.size:
            return None
        if weight not in self._images:
            self._images[weight] = _image(numbers)
        return self._images[weight]

    def _restyle(self) -> None:
        self._images.clear()

    def _read(self) -> None:
        if self._document is None or self._task.is_running or not self._wanted:
            return
        values = self._document.values
        asked = [_Asked(weight, values) for weight in self._wanted]
        self._wanted.clear()
        self._task.request(lambda: _samples(asked), self._arrived, self._failed)

    def _arrived(self, samples: list[tuple[_Asked, Numbers | None]]) -> None:
        for asked, numbers in samples:
            weight = asked.weight
            if self._is_current(asked):
                self._samples[weight] = numbers
                self._images.pop(weight, None)
            # Where it was edited meanwhile, the view asks for it again.
            self.ready.emit(weight)
        self._soon.start()

    def _is_current(self, asked: _Asked) -> bool:
        if self._document is None:
            return False
        now = self._document.values
        return now.version(asked.weight) == asked.values.version(asked.weight)

    def _failed(self, error: Exception) -> None:
        # A strip is an ornament: what fails here fails visibly where the numbers are shown.
        del error
        self._soon.start()


def _samples(asked: list[_Asked]) -> list[tuple[_Asked, Numbers | None]]:
    return [(item, _sample_or_none(item)) for item in asked]


def _sample_or_none(item: _Asked) -> Numbers | None:
    try:
        return sample(item.weight, item.values)
    except (WeightviewError, OSError, ValueError, TypeError):
        return None


def _image(numbers: Numbers) -> QImage:
    finite = np.abs(numbers[np.isfinite(numbers)])
    pixels = np.ascontiguousarray(diverging(numbers, float(finite.max(initial=0.0))))
    image = QImage(pixels.data, numbers.size, 1, 4 * numbers.size, QImage.Format.Format_RGBA8888)
    return image.copy()  # its own memory: the array goes
