"""Segmented buttons: a few choices side by side, of which one holds."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from weightview.gui.theme import colors, small_font, theme

_SHEET = """
QToolButton {{
    background: {panel}; color: {text}; border: 1px solid {hairline}; border-right: none;
    border-radius: 0; padding: 3px 6px;
}}
QToolButton:hover {{ background: {header}; }}
QToolButton:checked {{ background: {accent_soft}; color: {accent}; }}
QToolButton:focus {{ border: 1px solid {accent}; }}
QToolButton:disabled {{ color: {muted}; }}
QToolButton[place="first"] {{ border-top-left-radius: 5px; border-bottom-left-radius: 5px; }}
QToolButton[place="last"] {{
    border-top-right-radius: 5px; border-bottom-right-radius: 5px;
    border-right: 1px solid {hairline};
}}
"""


class Segments(QWidget):
    """One choice of a few.

    Signals:
        chosen(key): the person chose; not sent by :meth:`set_choice`.
    """

    chosen = Signal(str)

    def __init__(
        self, name: str, choices: Sequence[tuple[str, str, str]], parent: QWidget | None = None
    ) -> None:
        """Offer ``choices`` (key, text, tooltip), the first of which holds.

        Args:
            name: what is chosen, for those who listen instead of look.
            choices: the choices.
            parent: the parent widget.
        """
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setObjectName(name.lower().replace(" ", "_"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[str, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for place, (key, text, tip) in enumerate(choices):
            button = QToolButton(self)
            button.setText(text)
            button.setToolTip(tip)
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setAccessibleName(f"{name}: {text}")
            button.setObjectName(f"{self.objectName()}_{key}")
            edge = "first" if place == 0 else "last" if place == len(choices) - 1 else "middle"
            button.setProperty("place", edge)
            button.clicked.connect(lambda _checked=False, key=key: self.chosen.emit(key))
            self._group.addButton(button)
            self._buttons[key] = button
            row.addWidget(button)
        self.set_choice(choices[0][0])
        self.restyle()
        theme().changed.connect(self.restyle)

    @property
    def choice(self) -> str:
        """The key of the choice that holds."""
        return next(key for key, button in self._buttons.items() if button.isChecked())

    def set_choice(self, key: str) -> None:
        """Let another choice hold."""
        self._buttons[key].setChecked(True)

    def button(self, key: str) -> QToolButton:
        """Return the button of a choice."""
        return self._buttons[key]

    def restyle(self) -> None:
        """Take on the theme's colours and the size of its text."""
        c = colors()
        for button in self._buttons.values():
            button.setFont(small_font())
        self.setStyleSheet(
            _SHEET.format(
                panel=c.panel,
                text=c.text,
                hairline=c.hairline,
                header=c.header,
                accent=c.accent,
                accent_soft=c.accent_soft,
                muted=c.muted,
            )
        )
