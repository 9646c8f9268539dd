"""F6 takes the keys from panel to panel, also out of a table, where Tab goes from cell to cell."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

_FIRST = ("layer_view", "weight_table", "weight_image", "derivation_terms")
"""What a panel is there for, by name: the keys go there first, past the switches above it."""


def move(panels: Sequence[QWidget], step: int) -> None:
    """Give the focus to the next panel that can take it (``step`` 1) or the one before (-1).

    Within a panel it goes to what had it last there, else to what the panel is there for.
    """
    here = QApplication.focusWidget()
    place = next((i for i, panel in enumerate(panels) if _holds(panel, here)), None)
    start = place if place is not None else (-1 if step > 0 else 0)
    for count in range(1, len(panels) + 1):
        reason = Qt.FocusReason.TabFocusReason if step > 0 else Qt.FocusReason.BacktabFocusReason
        if enter(panels[(start + step * count) % len(panels)], reason):
            return


def enter(panel: QWidget, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> bool:
    """Give the focus to a panel; tell whether anything in it can take it."""
    target = _target(panel)
    if target is None:
        return False
    target.activateWindow()  # the calculator may stand in a window of its own
    target.setFocus(reason)
    return True


def _holds(panel: QWidget, widget: QWidget | None) -> bool:
    return widget is not None and (widget is panel or panel.isAncestorOf(widget))


def _target(panel: QWidget) -> QWidget | None:
    last = panel.focusWidget()
    if last is not None and _takes_keys(last):
        return last
    inside = list(filter(_takes_keys, (panel, *panel.findChildren(QWidget))))
    first = (widget for name in _FIRST for widget in inside if widget.objectName() == name)
    return next(first, inside[0] if inside else None)


def _takes_keys(widget: QWidget) -> bool:
    takes_tab = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return takes_tab and widget.isVisible() and widget.isEnabled()
