"""Colours, fonts and spacings: the one place that decides how the window looks.

Few colours with a meaning: blue for selection and links, orange for edits, green for agreement,
red for errors. Weights use a zero-centred blue - white - red map that the colour-blind can read.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from shiboken6 import isValid

if TYPE_CHECKING:  # the first paint needs no numpy
    import numpy as np
    import numpy.typing as npt
    from PySide6.QtWidgets import QWidget

UNIT = 8
"""The grid: margins and gaps are this many pixels or a simple part of it."""

Choice = Literal["system", "light", "dark"]


@dataclass(frozen=True)
class Colors:
    """The colours of one theme, as ``#rrggbb``."""

    is_dark: bool
    window: str  # the ground between panels
    panel: str  # the ground of panels, tables, fields
    header: str  # table headers and bars
    text: str
    muted: str  # secondary text
    hairline: str
    accent: str  # selection and links
    accent_soft: str
    edit: str
    edit_soft: str
    agree: str
    agree_soft: str
    error: str
    error_soft: str
    positive: str  # the ends and the middle of the weights' colour map
    zero: str
    negative: str
    not_finite: str  # NaN and infinity in an image


LIGHT = Colors(
    is_dark=False,
    window="#f5f6f8",
    panel="#ffffff",
    header="#f1f3f5",
    text="#1b1f24",
    muted="#66707c",
    hairline="#dfe3e8",
    accent="#1d5fc4",
    accent_soft="#e4edfb",
    edit="#b8620b",
    edit_soft="#fdf0dd",
    agree="#177a3c",
    agree_soft="#e3f5e9",
    error="#b3261e",
    error_soft="#fce8e6",
    positive="#b2182b",
    zero="#f7f7f7",
    negative="#2166ac",
    not_finite="#9c27b0",
)

DARK = Colors(
    is_dark=True,
    window="#16181c",
    panel="#1e2126",
    header="#262a31",
    text="#e6e9ed",
    muted="#98a2ae",
    hairline="#343a43",
    accent="#7db1ff",
    accent_soft="#24364f",
    edit="#f0a850",
    edit_soft="#44341d",
    agree="#6fcf8e",
    agree_soft="#1d3a28",
    error="#ff8a80",
    error_soft="#4a2422",
    positive="#e0525f",
    zero="#2b2f36",
    negative="#4a94dd",
    not_finite="#ce7be0",
)

# Steps of the ColorBrewer RdBu map between its ends, zero in the middle, for either theme.
_LIGHT_STOPS = (
    "#2166ac",
    "#4393c3",
    "#92c5de",
    "#d1e5f0",
    "#f7f7f7",
    "#fddbc7",
    "#f4a582",
    "#d6604d",
    "#b2182b",
)
_DARK_STOPS = (
    "#6fb7ff",
    "#4a94dd",
    "#39719f",
    "#304e68",
    "#2b2f36",
    "#5c3b3c",
    "#944648",
    "#c94f58",
    "#ff7c80",
)
# One step further, for numbers beyond the limit: (below, above).
_LIGHT_BEYOND = ("#053061", "#67001f")
_DARK_BEYOND = ("#c9e3ff", "#ffcdcf")
_BEYOND = 1 + 1e-6  # a limit may be rounded to the numbers' dtype


class Theme(QObject):
    """The theme in use; tells when it changes.

    ``setColorScheme`` of Qt does nothing without a desktop's help, so the palette is our own.
    """

    changed = Signal()

    def __init__(self) -> None:
        """Start with the system's scheme."""
        super().__init__()
        self._choice: Choice = "system"
        self._fonts: WeakKeyDictionary[QWidget, Callable[[], QFont]] = WeakKeyDictionary()
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._follow_system)

    @property
    def choice(self) -> Choice:
        """What the person chose."""
        return self._choice

    @property
    def colors(self) -> Colors:
        """The colours in use."""
        return DARK if self._is_dark() else LIGHT

    def _is_dark(self) -> bool:
        if self._choice != "system":
            return self._choice == "dark"
        return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark

    def choose(self, choice: Choice) -> None:
        """Use this theme from now on."""
        self._choice = choice
        self.apply()

    def _follow_system(self) -> None:
        if self._choice == "system":
            self.apply()

    def apply(self) -> None:
        """Give the application the palette of the theme in use and tell the widgets."""
        QGuiApplication.setPalette(palette(self.colors))
        for widget, font in list(self._fonts.items()):
            if isValid(widget):
                widget.setFont(font())
        self.changed.emit()

    def follow(self, widget: "QWidget", font: Callable[[], QFont]) -> None:
        """Give ``widget`` a font, now and whenever the size of the text changes."""
        self._fonts[widget] = font
        widget.setFont(font())


@cache
def theme() -> Theme:
    """Return the application's theme; there must be a QGuiApplication."""
    return Theme()


def colors() -> Colors:
    """Return the colours in use."""
    return theme().colors


def palette(c: Colors) -> QPalette:
    """Return the Qt palette of a theme."""
    result = QPalette()
    role = QPalette.ColorRole
    for target, color in {
        role.Window: c.window,
        role.WindowText: c.text,
        role.Base: c.panel,
        role.AlternateBase: c.header,
        role.Text: c.text,
        role.PlaceholderText: c.muted,
        role.Button: c.header,
        role.ButtonText: c.text,
        role.BrightText: c.error,
        role.Highlight: c.accent_soft,
        role.HighlightedText: c.text,
        role.Link: c.accent,
        role.LinkVisited: c.accent,
        role.ToolTipBase: c.panel,
        role.ToolTipText: c.text,
        role.Light: c.panel,
        role.Midlight: c.header,
        role.Mid: c.hairline,
        role.Dark: c.muted,
        role.Shadow: c.hairline,
        role.Accent: c.accent,
    }.items():
        result.setColor(target, QColor(color))
    for target in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, target, QColor(c.muted))
    return result


@cache
def _ramp(is_dark: bool) -> "npt.NDArray[np.uint8]":
    """Return the diverging map as 511 colours, RGB, index 255 being zero."""
    import numpy as np

    stops = _DARK_STOPS if is_dark else _LIGHT_STOPS
    rgb = np.array([[int(stop[i : i + 2], 16) for i in (1, 3, 5)] for stop in stops], np.float64)
    places = np.linspace(0, len(stops) - 1, 511)
    columns = [np.interp(places, np.arange(len(stops)), rgb[:, k]) for k in range(3)]
    return np.stack(columns, axis=-1).round().astype(np.uint8)


def diverging(values: "npt.ArrayLike", limit: float) -> "npt.NDArray[np.uint8]":
    """Return colours for numbers: blue below zero, red above, white (or dark) at zero.

    Args:
        values: numbers of any shape.
        limit: the magnitude that gets the full colour; 0 shows all as zero.

    Returns:
        RGBA, shape ``values.shape + (4,)``; numbers beyond the limit, NaN and infinities in
        colours of their own.
    """
    import numpy as np

    given = np.asarray(values)
    is_wide = given.dtype.itemsize > np.dtype(np.float32).itemsize
    kind = np.float64 if is_wide else np.float32
    numbers = given.astype(kind, copy=False)
    c = colors()
    finite = np.isfinite(numbers)
    scaled = np.zeros(numbers.shape, kind)
    with np.errstate(all="ignore"):  # what lies far beyond the limit becomes infinite, and clipped
        scale = kind(limit)  # a float64 limit may be 0 or infinite in float32
        if 0 < scale < np.inf:
            np.divide(numbers, scale, out=scaled, where=finite)
    places = (np.clip(scaled, -1, 1) * 255 + 255).round().astype(np.intp)
    result = np.empty((*numbers.shape, 4), np.uint8)
    result[..., :3] = _ramp(c.is_dark)[places]
    result[..., 3] = 255
    below, above = beyond_colors()
    for clipped, mark in ((scaled < -_BEYOND, below), (scaled > _BEYOND, above)):
        if clipped.any():
            result[clipped, :3] = (mark.red(), mark.green(), mark.blue())
    if not finite.all():
        mark = QColor(c.not_finite)
        result[~finite] = (mark.red(), mark.green(), mark.blue(), 255)
    return result


def beyond_colors() -> tuple[QColor, QColor]:
    """Return the colours of numbers below and above what the map covers."""
    below, above = _DARK_BEYOND if colors().is_dark else _LIGHT_BEYOND
    return QColor(below), QColor(above)


def color_of(value: float, limit: float) -> QColor:
    """Return the colour of one number, as :func:`diverging` gives it."""
    red, green, blue, _ = (int(part) for part in diverging(value, limit))
    return QColor(red, green, blue)


def text_on(ground: QColor) -> QColor:
    """Return black or white, whichever reads better on ``ground`` (WCAG relative luminance)."""
    luminance = 0.2126 * ground.redF() + 0.7152 * ground.greenF() + 0.0722 * ground.blueF()
    middle = 0.5
    return QColor("#14171a") if luminance > middle else QColor("#ffffff")


def number_font(points: float | None = None) -> QFont:
    """Return the fixed-width font in which numbers stand, their decimals aligned."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPointSizeF(points or QGuiApplication.font().pointSizeF())
    return font


def title_font() -> QFont:
    """Return the font of a panel's title."""
    font = QGuiApplication.font()
    font.setPointSizeF(font.pointSizeF() * 1.2)
    font.setWeight(QFont.Weight.DemiBold)
    return font


def small_font() -> QFont:
    """Return the font of secondary lines."""
    font = QGuiApplication.font()
    font.setPointSizeF(font.pointSizeF() * 0.9)
    return font


def follow_font(widget: "QWidget", font: Callable[[], QFont]) -> None:
    """Give ``widget`` one of the theme's fonts, at each size that the person chooses.

    For widgets that take nothing else of the theme; others set their font where they restyle.
    """
    theme().follow(widget, font)


def css(**extra: Any) -> dict[str, Any]:
    """Return the theme's colours by name, for formatting a style sheet, with ``extra`` added."""
    from dataclasses import asdict

    return {**asdict(colors()), "unit": UNIT, **extra}
