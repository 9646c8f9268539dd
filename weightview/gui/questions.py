"""What is asked before edits, or a file, are lost."""

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget


def ask_to_save(window: QWidget, name: str) -> Literal["save", "discard", "cancel"]:
    """Ask what becomes of the unsaved edits to the file ``name``."""
    box = _question(window, f"Save the edits to {name}?", "If you do not save, they are lost.")
    kinds = QMessageBox.StandardButton
    box.setStandardButtons(kinds.Save | kinds.Discard | kinds.Cancel)
    box.setDefaultButton(kinds.Save)
    answer = box.exec()
    if answer == kinds.Save:
        return "save"
    return "discard" if answer == kinds.Discard else "cancel"


def ask_to_revert(window: QWidget) -> bool:
    """Ask whether every edit is to be dropped: it cannot be undone."""
    box = _question(window, "Revert every edit?", "Edits that were not saved are lost.")
    drop = box.addButton("Revert", QMessageBox.ButtonRole.DestructiveRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.exec()
    return box.clickedButton() is drop


def ask_to_replace(window: QWidget, name: str) -> bool:
    """Ask whether the file ``name``, which is there already, is to be written over."""
    box = _question(window, f"Replace {name}?", "It is there already; what it holds is lost.")
    replace = box.addButton("Replace", QMessageBox.ButtonRole.DestructiveRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.exec()
    return box.clickedButton() is replace


def _question(window: QWidget, text: str, explanation: str) -> QMessageBox:
    box = QMessageBox(window)
    box.setObjectName("question")
    box.setWindowTitle("weightview")
    box.setIcon(QMessageBox.Icon.Question)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text)
    box.setInformativeText(explanation)
    return box
