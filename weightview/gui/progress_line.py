"""A thin line that tells what is under way, for work that takes longer than a blink."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from weightview.gui.elided_label import ElidedLabel
from weightview.gui.theme import UNIT, colors, theme

DELAY_MS = 300


class ProgressLine(QWidget):
    """Hidden until work has taken :data:`DELAY_MS`; then a moving bar, a sentence, Cancel.

    Signals:
        cancelled(): the person pressed Cancel.
    """

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start hidden."""
        super().__init__(parent)
        self.setObjectName("progress")
        self._bar = QProgressBar(self)
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(3)
        self._bar.setAccessibleName("Work under way")
        self._label = ElidedLabel(self)
        self._cancel = QPushButton("Cancel", self)
        self._cancel.setObjectName("cancel")
        self._cancel.setToolTip("Stop this and leave everything as it was")
        self._cancel.clicked.connect(self.cancelled)
        row = QHBoxLayout()
        row.setContentsMargins(2 * UNIT, UNIT // 2, UNIT, UNIT // 2)
        row.addWidget(self._label, 1)
        row.addWidget(self._cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addLayout(row)
        self._delay = QTimer(self, singleShot=True, interval=DELAY_MS)
        self._delay.timeout.connect(self.show)
        theme().changed.connect(self._restyle)
        self._restyle()
        self.hide()

    @property
    def text(self) -> str:
        """What is under way; ``""`` for nothing."""
        return self._label.text()

    def begin(self, text: str, *, can_cancel: bool) -> None:
        """Tell what began; it is shown if it does not end soon."""
        self._label.tell(text)
        self._bar.setRange(0, 0)
        self._cancel.setVisible(can_cancel)
        self._delay.start()

    def set_share(self, share: float) -> None:
        """Show how much is done, from 0 to 1; the bar stops moving to and fro."""
        self._bar.setRange(0, 1000)
        self._bar.setValue(int(1000 * share))

    def end(self) -> None:
        """Hide: the work ended or was cancelled."""
        self._delay.stop()
        self._label.clear()
        self.hide()

    def _restyle(self) -> None:
        c = colors()
        self.setStyleSheet(
            f"QProgressBar {{ background: {c.header}; border: none; }}"
            f"QProgressBar::chunk {{ background: {c.accent}; }}"
            "QPushButton { padding: 2px 10px; }"
        )
