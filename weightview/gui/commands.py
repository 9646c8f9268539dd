"""The commands of a window: each an action with its words, key, icon and tip, laid out in menus."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu

from weightview.gui.icons import Name, icon
from weightview.gui.recent_menu import RecentMenu
from weightview.gui.settings import Settings
from weightview.gui.theme import Choice, theme
from weightview.gui.welcome import EXAMPLES, example_path

if TYPE_CHECKING:
    from weightview.gui.main_window import MainWindow

Key = QKeySequence.StandardKey


@dataclass(frozen=True)
class Command:
    """One command.

    Attributes:
        name: its object's name.
        text: what the menu says.
        tip: what the status bar says.
        run: what it does.
        keys: the keys, the first one shown.
        picture: the icon, or ``""``.
    """

    name: str
    text: str
    tip: str
    run: Callable[[], object]
    keys: tuple[str | Key, ...] = ()
    picture: Name | None = None


def _file_commands(window: "MainWindow") -> tuple[Command | None, ...]:
    do = window.file_actions
    return (
        Command("new_window", "&New Window", "Open an empty window", do.new_window, (Key.New,)),
        Command("open", "&Open …", "Open a saved model", do.choose_files, ("Ctrl+O",), "open"),
        Command(
            "open_folder",
            "Open &Folder …",
            "Open a model that is a folder, such as a SavedModel",
            do.choose_folder,
        ),
        Command(
            "open_link",
            "Open &Link …",
            "Open a file at the cell that a copied link leads to",
            do.choose_link,
            ("Ctrl+L",),
        ),
        None,
        Command("save", "&Save", "Save into the same file", do.save, ("Ctrl+S",), "save"),
        Command("save_as", "Save &As …", "Save under another name", do.save_as, ("Ctrl+Shift+S",)),
        Command(
            "pair",
            "Pair with &Architecture …",
            "Give a file of weights alone the config of its model",
            do.pair,
        ),
        Command("revert", "Re&vert", "Drop every edit since the file was saved", do.revert),
        None,
        Command(
            "close",
            "&Close",
            "Close the file and its window; the last window shows the welcome page",
            do.close,
            ("Ctrl+W",),
        ),
        Command("quit", "&Quit", "Close all windows", do.quit, ("Ctrl+Q",)),
    )


def _edit_commands(window: "MainWindow") -> tuple[Command | None, ...]:
    redo_keys = ("Ctrl+Shift+Z", "Ctrl+Y")
    return (
        Command(
            "undo", "&Undo", "Take the last edit back", window.editing.undo, ("Ctrl+Z",), "undo"
        ),
        Command(
            "redo", "&Redo", "Make the undone edit again", window.editing.redo, redo_keys, "redo"
        ),
        None,
        Command("copy", "&Copy", "Copy what is selected", window.editing.copy, ("Ctrl+C",), "copy"),
        Command(
            "paste",
            "&Paste",
            "Paste numbers at the selected cell",
            window.editing.paste,
            ("Ctrl+V",),
        ),
        Command(
            "clear", "C&lear", "Set the selected cells to 0", window.editing.clear_cells, ("Del",)
        ),
        Command(
            "select_all", "Select &All", "Select every cell", window.editing.select_all, ("Ctrl+A",)
        ),
        None,
        Command(
            "find",
            "&Find …",
            "Find a layer or a weight by name, class or shape, or a number in any weight",
            window.search.begin,
            ("Ctrl+F", "Ctrl+K"),
            "search",
        ),
    )


def _view_commands(window: "MainWindow") -> tuple[Command | None, ...]:
    do, move = window.view_actions, window.view_actions.move_focus
    return (
        Command("larger", "&Larger", "Larger text", lambda: do.zoom(1), ("Ctrl++", "Ctrl+=")),
        Command("smaller", "&Smaller", "Smaller text", lambda: do.zoom(-1), ("Ctrl+-",)),
        Command("normal", "&Normal Size", "Text as it was", lambda: do.zoom(0), ("Ctrl+0",)),
        None,
        Command("next_panel", "Next &Panel", "Keys go to the next panel", lambda: move(1), ("F6",)),
        Command(
            "previous_panel",
            "Pre&vious Panel",
            "Keys go to the panel before",
            lambda: move(-1),
            ("Shift+F6",),
        ),
        Command(
            "reload",
            "&Reload",
            "Read the file again from disk",
            window.file_actions.reload,
            ("F5",),
            "reload",
        ),
        Command(
            "overview",
            "&Overview",
            "All weights with their statistics, or the weight again",
            do.toggle_overview,
            ("Ctrl+Shift+O",),
        ),
        Command(
            "graph",
            "&Graph of the Layers",
            "How the layers are connected, or the weight again",
            do.toggle_graph,
            ("Ctrl+Shift+G",),
        ),
        Command(
            "history",
            "&History",
            "The edits as a list: a click undoes or redoes up to there",
            do.show_history,
            ("Ctrl+H",),
        ),
        Command(
            "explore",
            "E&xplore …",
            "Many inputs at once, sweeps, and what each weight does",
            do.explore,
            ("Ctrl+Shift+E",),
        ),
        None,
        Command(
            "calculator_window",
            "Calculator in Its Own &Window",
            "Pull the calculator out, to another screen for instance, or put it back",
            do.toggle_calculator_window,
        ),
        Command("reset_layout", "R&eset Layout", "Put every panel back", do.reset_layout),
    )


def _help_commands(window: "MainWindow") -> tuple[Command | None, ...]:
    do = window.view_actions
    return (
        Command(
            "keys",
            "&Keyboard Shortcuts",
            "Every key and what it does",
            do.show_keys,
            ("F1", "Ctrl+?"),
        ),
        Command("about", "&About weightview", "Versions, and where the log is", do.about),
    )


class Commands(QObject):
    """Every action of one window by name, and its menus."""

    def __init__(self, window: "MainWindow", settings: Settings) -> None:
        """Make the actions and fill the menu bar of ``window``."""
        super().__init__(window)  # with it goes what listens to the theme
        self._window = window
        self._pictures: dict[str, Name] = {}
        self.actions: dict[str, QAction] = {}
        file_menu = self._menu("&File", _file_commands(window))
        self._add_backup(file_menu, settings)
        self.recent_menu = RecentMenu(settings, window)
        first_separator = next(a for a in file_menu.actions() if a.isSeparator())
        file_menu.insertMenu(first_separator, self.recent_menu)
        file_menu.insertMenu(first_separator, self._examples_menu(window))
        self._edit_menu = self._menu("&Edit", _edit_commands(window))
        self.view_menu = self._menu("&View", _view_commands(window))
        self._add_columns(window)
        self._add_themes(window)
        self._menu("&Help", _help_commands(window))
        theme().changed.connect(self._restyle)
        self._restyle()

    def _menu(self, title: str, commands: tuple[Command | None, ...]) -> QMenu:
        menu = self._window.menuBar().addMenu(title)
        menu.setObjectName(f"{title.replace('&', '').lower()}_menu")
        for command in commands:
            if command is None:
                menu.addSeparator()
            else:
                menu.addAction(self._action(command))
        return menu

    def _action(self, command: Command) -> QAction:
        action = QAction(command.text, self._window)
        action.setObjectName(command.name)
        action.setShortcuts([QKeySequence(key) for key in command.keys])
        action.setStatusTip(command.tip)
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{command.tip} ({keys})" if keys else command.tip)
        action.triggered.connect(lambda _checked=False: command.run())
        if command.picture is not None:
            self._pictures[command.name] = command.picture
        self.actions[command.name] = action
        return action

    def _examples_menu(self, window: "MainWindow") -> QMenu:
        menu = QMenu("&Examples", window)
        menu.setObjectName("examples_menu")
        for place, example in enumerate(EXAMPLES, start=1):
            command = Command(
                f"example_{place}",
                f"&{place} {example.question}",
                f"{example.file}: {example.facts}",
                partial(window.file_actions.open, example_path(example)),
            )
            menu.addAction(self._action(command))
        return menu

    def add_cells_menu(self, menu: QMenu) -> None:
        """Put the commands on the cells of a weight into the Edit menu, before Find."""
        self._edit_menu.insertMenu(self.actions["find"], menu)
        self._edit_menu.insertSeparator(self.actions["find"])

    def _add_backup(self, menu: QMenu, settings: Settings) -> None:
        action = QAction("Keep a &Backup", self._window)
        action.setObjectName("keep_backup")
        action.setCheckable(True)
        action.setChecked(settings.keeps_backup)
        action.setStatusTip("Before a file is saved over, keep what it was beside it, as name.bak")
        action.toggled.connect(lambda keeps: setattr(settings, "keeps_backup", keeps))
        menu.insertAction(self.actions["revert"], action)
        self.actions["keep_backup"] = action

    def _add_columns(self, window: "MainWindow") -> None:
        for column in window.columns.both:
            action = column.toggleViewAction()
            action.setStatusTip(f"Show or hide the column “{column.windowTitle()}”")
            self.view_menu.insertAction(self.actions["calculator_window"], action)
            self.actions[column.objectName()] = action
        own = self.actions["calculator_window"]
        own.setCheckable(True)
        window.columns.right.topLevelChanged.connect(own.setChecked)

    def _add_themes(self, window: "MainWindow") -> None:
        self.view_menu.addSeparator()
        menu = self.view_menu.addMenu("&Theme")
        menu.setObjectName("theme_menu")
        group = QActionGroup(self._window)
        choices: tuple[Choice, ...] = ("system", "light", "dark")
        for choice in choices:
            action = menu.addAction(f"&{choice.capitalize()}")
            action.setObjectName(f"theme_{choice}")
            action.setCheckable(True)
            action.setStatusTip(
                "Follow the system" if choice == "system" else f"Always the {choice} theme"
            )
            action.triggered.connect(
                lambda _checked=False, c=choice: window.view_actions.choose_theme(c)
            )
            group.addAction(action)
            self.actions[f"theme_{choice}"] = action

    def set_history(self, undo_label: str, redo_label: str) -> None:
        """Tell what Undo and Redo would do; ``""`` where there is nothing."""
        for name, label in (("undo", undo_label), ("redo", redo_label)):
            word = name.capitalize()
            action = self.actions[name]
            action.setEnabled(bool(label))
            # A name from a file may hold an ampersand, which is no mnemonic.
            action.setText(f"&{word} {label}".rstrip().replace("&", "&&").replace("&&", "&", 1))
            action.setIconText(word)
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{word} {label} ({keys})".replace("  ", " "))

    def _restyle(self) -> None:
        for name, picture in self._pictures.items():
            self.actions[name].setIcon(icon(picture))
        self.actions[f"theme_{theme().choice}"].setChecked(True)
