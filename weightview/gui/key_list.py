"""Which keys do what: read from the window's actions, and told of what views do with single keys.

The list is the one source of the page Help > Keyboard Shortcuts; a test holds it to the views.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from weightview.gui.main_window import MainWindow


@dataclass(frozen=True)
class Line:
    """What some keys do.

    Attributes:
        keys: each of them does it, as a person reads them: ``Ctrl+S``.
        text: what they do.
        tip: the same at more length, ``""`` for no more to say.
        shown: how the keys are told where each of a kind does it, such as every arrow.
    """

    keys: tuple[str, ...]
    text: str
    tip: str = ""
    shown: str = ""


@dataclass(frozen=True)
class Section:
    """Keys that belong together.

    Attributes:
        title: where they work.
        lines: the keys.
    """

    title: str
    lines: tuple[Line, ...]


VIEW_KEYS: dict[str, Section] = {
    "layer_view": Section("Layers", (Line(("Return",), "Go on to the weight's numbers"),)),
    "weight_table": Section(
        "Table of numbers",
        (
            Line(("Return", "F2"), "Edit the cell; typing a digit does too"),
            Line(("Backspace",), "Set the selected cells to 0"),
            Line(("Shift+Right",), "Select more cells", shown="Shift+Arrows"),
            Line(("Ctrl+Right",), "Go to the last cell that way", shown="Ctrl+Arrows"),
        ),
    ),
    "weight_image": Section(
        "Image",
        (
            Line(("Left",), "Go from cell to cell", shown="Arrows"),
            Line(("+",), "Zoom in"),
            Line(("-",), "Zoom out"),
            Line(("0",), "Show the whole image"),
        ),
    ),
    "color_bar": Section(
        "Colours",
        (
            Line(("Up",), "Let larger numbers have full colour"),
            Line(("Down",), "Let smaller numbers have full colour"),
            Line(("0",), "Fit the colours to the numbers"),
        ),
    ),
    "derivation_terms": Section(
        "Derivation",
        (
            Line(("Return",), "Follow the term to its weight"),
            Line(("Ctrl+Return",), "Follow the term to the number it takes"),
            Line(("Left",), "Derive the unit before"),
            Line(("Right",), "Derive the next unit"),
            Line(("Backspace",), "Back to the number before"),
        ),
    ),
    "output_rows": Section(
        "Calculator",
        (
            Line(("Right",), "Go from number to number", shown="Arrows"),
            Line(("Return",), "Derive the number"),
            Line(("Space",), "Show the row whole"),
        ),
    ),
}
"""What the views do by single keys, by the name of the view."""


def sections_of(window: "MainWindow") -> tuple[Section, ...]:
    """Return the keys of ``window``: of its menus, of the selected cells, of its views."""
    views = window.views()
    of_cells = views.weight_view.actions()  # the Edit menu has them too
    menus = [
        Section(_words(action), tuple(_lines(a for a in _in_menu(menu) if a not in of_cells)))
        for action in window.menuBar().actions()
        if isinstance(menu := action.menu(), QMenu)
    ]
    cells = Section("Cells of a weight", tuple(_lines(of_cells)))
    pages = Section(
        "Pages of the model",
        tuple(
            Line((_shown(shortcut.key()),), shortcut.whatsThis())
            for shortcut in views.pages.findChildren(QShortcut)
        ),
    )
    found = (*menus, cells, pages, *VIEW_KEYS.values())
    return tuple(section for section in found if section.lines)


def _in_menu(menu: QMenu) -> Iterator[QAction]:
    for action in menu.actions():
        below = action.menu()
        if isinstance(below, QMenu):
            yield from _in_menu(below)
        else:
            yield action


def _lines(actions: Iterable[QAction]) -> Iterator[Line]:
    for action in actions:
        keys = tuple(_shown(key) for key in action.shortcuts())
        if keys:
            yield Line(keys, _words(action), action.statusTip() or action.toolTip())


def _shown(key: QKeySequence) -> str:
    return key.toString(QKeySequence.SequenceFormat.NativeText)


def _words(action: QAction) -> str:
    """Return the name of a command, without what Undo and Redo would undo and redo."""
    is_named_by_history = action.objectName() in ("undo", "redo")
    text = action.iconText() if is_named_by_history else action.text()
    return text.replace("&", "").removesuffix("…").strip()
