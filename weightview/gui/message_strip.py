"""The place of the messages: across the whole window, where a sentence needs few lines."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow, QSizePolicy, QToolBar

from weightview.gui.message_bar import MessageBar


class MessageStrip(QToolBar):
    """A row of its own below the toolbar, gone while there is no message."""

    def __init__(self, messages: MessageBar, window: QMainWindow) -> None:
        """Hold ``messages`` in ``window``."""
        super().__init__("Messages", window)
        self._messages = messages
        self.setObjectName("message_strip")
        self.setMovable(False)
        self.setFloatable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.toggleViewAction().setVisible(False)
        messages.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.addWidget(messages)
        self.setStyleSheet("#message_strip { padding: 0; border: none; spacing: 0; }")
        messages.changed.connect(self.show_if_filled)
        self.show_if_filled()

    def show_if_filled(self) -> None:
        """Show the row if there is a message, whatever was restored of the last time."""
        self.setVisible(bool(self._messages.messages))
