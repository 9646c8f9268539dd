"""A picture as one row of inputs: its pixels from 0 to 255, in the order that Keras has them."""

from pathlib import Path

import numpy as np
from PySide6.QtGui import QImage, QImageReader

from weightview.core.errors import InputError, OpenError
from weightview.core.values import Array

PATTERNS = "*.png *.jpg *.jpeg *.bmp *.gif *.webp"
_CHANNELS = (1, 3, 4)
_MOST_PIXELS = 1 << 26


def is_image(path: Path) -> bool:
    """Return whether the content of a file is a picture that can be read."""
    return bool(QImageReader.imageFormat(str(path)).data())


def read_image(path: Path, shape: tuple[int, ...]) -> Array:
    """Return a picture as one row ``(1, *shape)`` of numbers from 0 to 255.

    Args:
        path: the picture's file.
        shape: the model's input without the batch axis: ``(height, width, channels)``,
            ``(height, width)``, or one axis of as many numbers as the picture has.

    Raises:
        OpenError: it cannot be read as a picture.
        InputError: its size is not that of the input; it is not stretched.
    """
    reader = QImageReader(str(path))
    size = reader.size()
    if size.isValid() and size.width() * size.height() > _MOST_PIXELS:
        raise OpenError(path, "it has more pixels than are read at once.")
    image = reader.read()
    if image.isNull():
        raise OpenError(path, f"it cannot be read as a picture ({reader.errorString()}).")
    width, height = image.width(), image.height()
    for channels in _CHANNELS:
        fitting = ((height, width, channels), (height * width * channels,))
        if shape in fitting or (channels == 1 and shape == (height, width)):
            pixels = _pixels(image, channels)
            return pixels.reshape(1, *shape)
    wanted = " x ".join(str(n) for n in shape)
    raise InputError(
        f"{path.name} is {height} x {width} pixels (height x width); the model takes {wanted}."
    )


def _pixels(image: QImage, channels: int) -> Array:
    with_alpha = image.convertToFormat(QImage.Format.Format_RGBA8888)
    lines = np.frombuffer(with_alpha.constBits(), np.uint8)
    pixels = lines.reshape(image.height(), image.width(), 4)
    if channels == 1:
        # The grey of keras.utils.load_img, which is Pillow's: ITU-R 601-2 in 16-bit integers.
        red, green, blue = (pixels[..., k].astype(np.int64) for k in range(3))
        return ((19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16).astype(np.float64)
    return pixels[..., :channels].astype(np.float64)
