"""A ring around what the keys go to, where a person came there by keys.

Buttons and fields show the focus by their own border, see :mod:`weightview.gui.style`; tables,
images and what is painted by hand get this ring, so that it looks the same everywhere. A widget
that marks the focus in its own way says so by its property ``marks_focus``.
"""

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QMenuBar,
    QPlainTextEdit,
    QWidget,
)
from shiboken6 import isValid

from weightview.gui.theme import colors

_WIDTH = 2.0
_SHOW_IT_THEMSELVES = (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QMenu,
    QMenuBar,
    QPlainTextEdit,
)
_BY_KEYS = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
_BY_MOUSE = (QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin)


class _Ring(QWidget):
    """A frame inside ``widget``, above what it shows, that the mouse does not notice."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.setObjectName("focus_ring")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        widget.installEventFilter(self)
        self.setGeometry(widget.rect())
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as large as the widget."""
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ring."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colors().accent), _WIDTH))
        half = _WIDTH / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), 3, 3)


class FocusRings(QObject):
    """Shows the ring in whichever window has the focus; one for the application."""

    def __init__(self, application: QApplication) -> None:
        """Follow the focus."""
        super().__init__(application)
        self._ring: _Ring | None = None
        self._is_by_keys = False
        application.focusChanged.connect(self._move)

    def _move(self, before: QWidget | None, now: QWidget | None) -> None:
        self._take_away()
        if before is not None:
            before.removeEventFilter(self)
        if now is None:
            return
        now.installEventFilter(self)  # hears each key, also one that is a menu's
        handle = now.window().windowHandle()
        # It hears the mouse, wherever it is pressed; that of a closed dialog is gone already.
        if handle is not None and isValid(handle):
            handle.removeEventFilter(self)
            handle.installEventFilter(self)
        marks_it = isinstance(now, _SHOW_IT_THEMSELVES) or bool(now.property("marks_focus"))
        if self._is_by_keys and not marks_it:
            self._ring = _Ring(now)

    def _take_away(self) -> None:
        if self._ring is not None and isValid(self._ring):
            self._ring.hide()
            self._ring.deleteLater()
        self._ring = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note whether the person uses keys or the mouse."""
        kind = event.type()
        if kind in _BY_KEYS:
            self._is_by_keys = True
        elif kind in _BY_MOUSE:
            self._is_by_keys = False
            self._take_away()
        return super().eventFilter(watched, event)
