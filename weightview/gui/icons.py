"""Icons: line drawings that take the colours of the theme in use."""

from functools import cache
from importlib import resources
from typing import Literal

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from weightview.gui.theme import colors

Name = Literal[
    "chevron_down",
    "chevron_right",
    "close",
    "copy",
    "error",
    "file",
    "info",
    "model",
    "open",
    "redo",
    "reload",
    "save",
    "search",
    "theme",
    "undo",
    "warning",
]

_SIDES = (16, 24, 32, 48, 64)
_PROGRAM_SIDES = (16, 24, 32, 48, 64, 128, 256)


def icon(name: Name, color: str = "") -> QIcon:
    """Return an icon in ``color`` (``#rrggbb``), or in the theme's colour for text."""
    c = colors()
    return _drawn(name, color or c.text, c.hairline)


@cache
def _drawn(name: str, color: str, disabled_color: str) -> QIcon:
    source = _source(name)
    result = QIcon()
    for side in _SIDES:
        result.addPixmap(_pixmap(source.replace("currentColor", color), side))
        faint = _pixmap(source.replace("currentColor", disabled_color), side)
        result.addPixmap(faint, QIcon.Mode.Disabled)
    return result


@cache
def program_icon() -> QIcon:
    """Return the icon of the program itself."""
    result = QIcon()
    for side in _PROGRAM_SIDES:
        result.addPixmap(_pixmap(_source("weightview"), side))
    return result


def _source(name: str) -> str:
    file = resources.files("weightview") / "resources" / "icons" / f"{name}.svg"
    return file.read_text(encoding="utf-8")


def _pixmap(source: str, side: int) -> QPixmap:
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(source.encode())).render(painter, QRectF(0, 0, side, side))
    painter.end()
    return pixmap
