"""The bar at the top: the commands used most, the search field, TensorFlow's word, the theme."""

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolBar, QToolButton, QWidget

from weightview.gui.icons import icon
from weightview.gui.theme import UNIT, Choice, colors, small_font, theme

if TYPE_CHECKING:
    from weightview.gui.commands import Commands
    from weightview.gui.main_window import MainWindow

_LONGEST = 40
_ICON_SIDE = 16

Mood = Literal["agrees", "differs", "quiet"]


class Pill(QLabel):
    """A word in a rounded ground: green for agreement, red for none, grey for neither."""

    def __init__(self, parent: QWidget) -> None:
        """Start hidden."""
        super().__init__(parent)
        self.setObjectName("agreement")
        self.setAccessibleName("How far TensorFlow agrees")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._mood: Mood = "quiet"
        theme().changed.connect(self._restyle)
        self._restyle()

    def tell(self, mood: Mood, text: str) -> None:
        """Show ``text``; of a long sentence the beginning, the whole of it as tooltip."""
        self._mood = mood
        self.setText(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…")
        self.setToolTip(text)
        self._restyle()

    def _restyle(self) -> None:
        c = colors()
        ground, front = {
            "agrees": (c.agree_soft, c.agree),
            "differs": (c.error_soft, c.error),
            "quiet": (c.header, c.muted),
        }[self._mood]
        if not self.text():
            ground = "transparent"
        self.setFont(small_font())
        self.setStyleSheet(
            f"background: {ground}; color: {front}; border-radius: 9px;"
            "padding: 3px 10px; min-height: 13px;"
        )


class TopBar(QToolBar):
    """Open, Save, Undo, Redo; the search in the middle; agreement and theme at the right."""

    def __init__(self, commands: "Commands", window: "MainWindow") -> None:
        """Fill the bar."""
        super().__init__("Toolbar", window)
        self._window = window
        self.setObjectName("top_bar")
        self.setMovable(False)
        self.setFloatable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        for name, text in (("open", "Open"), ("save", "Save"), ("undo", "Undo"), ("redo", "Redo")):
            action = commands.actions[name]
            action.setIconText(text)
            self.addAction(action)
            button = self.widgetForAction(action)
            button.setObjectName(f"{name}_button")
            button.setAccessibleName(text)
        self.addWidget(_spring())
        window.search.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        window.search.setMinimumWidth(20 * UNIT)
        self.addWidget(window.search)
        self.addWidget(_spring())
        self.pill = Pill(self)
        self.addWidget(self.pill)
        self.addSeparator()
        self._theme_button = QToolButton(self)
        self._theme_button.setObjectName("theme_button")
        self._theme_button.setAccessibleName("Light or dark")
        self._theme_button.setToolTip("Change between light and dark")
        self._theme_button.clicked.connect(self._toggle_theme)
        self.addWidget(self._theme_button)
        theme().changed.connect(self._restyle)
        self._restyle()

    def _toggle_theme(self) -> None:
        choice: Choice = "light" if colors().is_dark else "dark"
        self._window.view_actions.choose_theme(choice)

    def _restyle(self) -> None:
        side = max(_ICON_SIDE, self.fontMetrics().height())
        self.setIconSize(QSize(side, side))
        self._theme_button.setIconSize(QSize(side, side))
        self._theme_button.setIcon(icon("theme"))


def _spring() -> QWidget:
    spring = QWidget()
    spring.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    spring.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    return spring
