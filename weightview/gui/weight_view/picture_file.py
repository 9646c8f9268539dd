"""The image of a weight as a picture: a figure with its title and the key to its colours."""

from pathlib import Path

from weightview.gui.picture_file import KINDS, save
from weightview.gui.weight_view.color_bar import ColorBar
from weightview.gui.weight_view.figure import figure_of
from weightview.gui.weight_view.image_view import ImageView

__all__ = ["KINDS", "save_picture"]


def save_picture(image: ImageView, bar: ColorBar, path: Path) -> Path:
    """Write what ``image`` shows to ``path``, and return the file's path.

    Raises:
        SaveError: the suffix is neither ``.png`` nor ``.svg``, or the file cannot be written.
    """
    return save(figure_of(image, bar), path)
