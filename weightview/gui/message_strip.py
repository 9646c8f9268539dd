"""The place of the messages: across the whole window, where a sentence needs few lines.

It is at the bottom: what comes and goes there moves nothing away from under the pointer.
"""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow, QSizePolicy, QToolBar

from weightview.gui.message_bar import MessageBar


class MessageStrip(QToolBar):
    """A row of its own above the status line, gone while there is no message."""

    def __init__(self, messages: MessageBar, window: QMainWindow) -> None:
        """Hold ``messages`` in ``window``."""
        super().__init__("Messages", window)
        self._messages = messages
        self.setObjectName("messages_below")
        self.setMovable(False)
        self.setFloatable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.toggleViewAction().setVisible(False)
        messages.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.addWidget(messages)
        self.setStyleSheet("#messages_below { padding: 0; border: none; spacing: 0; }")
        messages.changed.connect(self.show_if_filled)
        self.show_if_filled()

    def show_if_filled(self) -> None:
        """Show the row if there is a message, whatever was restored of the last time."""
        self.setVisible(bool(self._messages.messages))
