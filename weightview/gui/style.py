"""The style sheet of every window: hairlines instead of boxes, one grid, one accent.

Widgets that need more than this set a small sheet of their own.
"""

from importlib import resources

from PySide6.QtWidgets import QApplication, QWidget

from weightview.gui.focus_ring import FocusRings
from weightview.gui.theme import colors, css, theme

_INSTALLED = "weightview_style"

# Spin boxes are left to Qt: given a border by a sheet, those without buttons show no text.
# Doubled braces are braces; the single ones are filled from the theme's colours.
_SHEET = """
QMainWindow, QDialog {{ background: {window}; }}
QMainWindow::separator {{ background: {hairline}; width: 1px; height: 1px; }}
QMainWindow::separator:hover {{ background: {accent}; }}
QSplitter::handle {{ background: {hairline}; }}
QSplitter::handle:hover {{ background: {accent}; }}
QToolTip {{
    color: {text}; background: {panel}; border: 1px solid {hairline}; padding: 4px 6px;
}}

QMenuBar {{ background: {panel}; border: none; padding: 0 4px; }}
QMenuBar::item {{ padding: 4px 8px; border-radius: 4px; background: transparent; }}
QMenuBar::item:selected {{ background: {header}; }}
QMenu {{ background: {panel}; border: 1px solid {hairline}; padding: 4px; }}
QMenu::item {{ padding: 5px 28px 5px 24px; border-radius: 4px; }}
QMenu::item:selected {{ background: {accent_soft}; color: {text}; }}
QMenu::item:disabled {{ color: {muted}; }}
QMenu::separator {{ height: 1px; background: {hairline}; margin: 4px 8px; }}
QMenu::icon {{ padding-left: 6px; }}

QToolBar {{
    background: {panel}; border: none; border-bottom: 1px solid {hairline};
    padding: 6px 8px; spacing: 4px;
}}
QToolBar::separator {{ background: transparent; width: 8px; }}
QToolButton {{
    border: 1px solid transparent; border-radius: 5px; padding: 4px 6px; background: transparent;
}}
QToolButton:hover {{ background: {header}; }}
QToolButton:pressed, QToolButton:checked {{ background: {accent_soft}; }}
QToolButton:focus {{ border-color: {accent}; }}
QToolButton:disabled {{ color: {muted}; }}

QPushButton {{
    background: {panel}; color: {text}; border: 1px solid {hairline}; border-radius: 5px;
    padding: 5px 14px; min-height: 16px;
}}
QPushButton:hover {{ background: {header}; }}
QPushButton:pressed {{ background: {accent_soft}; }}
QPushButton:default {{ border-color: {accent}; }}
QPushButton:focus {{ border: 2px solid {accent}; padding: 4px 13px; }}
QPushButton:disabled {{ color: {muted}; }}

QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}

QLineEdit, QPlainTextEdit {{
    background: {panel}; color: {text}; border: 1px solid {hairline}; border-radius: 5px;
    padding: 4px 8px; selection-background-color: {accent}; selection-color: {panel};
}}
QLineEdit:focus, QPlainTextEdit:focus {{ border-color: {accent}; }}

QAbstractSpinBox QLineEdit, QComboBox QLineEdit {{
    background: transparent; border: none; border-radius: 0; padding: 0;
}}

QCheckBox::indicator {{
    width: 13px; height: 13px; border: 1px solid {muted}; border-radius: 3px; background: {panel};
}}
QCheckBox::indicator:checked {{
    background: {accent}; border-color: {accent}; image: url({check});
}}
QCheckBox::indicator:focus {{ border-color: {accent}; }}
QCheckBox::indicator:disabled {{ border-color: {hairline}; }}

QSlider::groove:horizontal {{ background: {hairline}; height: 3px; border-radius: 1px; }}
QSlider::sub-page:horizontal {{ background: {accent}; height: 3px; border-radius: 1px; }}
QSlider::handle:horizontal {{
    background: {panel}; border: 1px solid {muted}; width: 12px; margin: -6px 0;
    border-radius: 7px;
}}
QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus {{ border-color: {accent}; }}

QComboBox {{
    background: {panel}; color: {text}; border: 1px solid {hairline}; border-radius: 5px;
    padding: 3px 22px 3px 8px;
}}
QComboBox:hover {{ background: {header}; }}
QComboBox:focus {{ border-color: {accent}; }}
QComboBox::drop-down {{ border: none; width: 20px; }}
QComboBox::down-arrow {{ image: url({arrow}); width: 10px; height: 10px; }}
QComboBox QAbstractItemView {{
    background: {panel}; border: 1px solid {hairline}; outline: none;
    selection-background-color: {accent_soft}; selection-color: {text};
}}

QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
QScrollBar::handle {{ background: {hairline}; border-radius: 3px; margin: 2px; }}
QScrollBar::handle:vertical {{ min-height: 28px; }}
QScrollBar::handle:horizontal {{ min-width: 28px; }}
QScrollBar::handle:hover {{ background: {muted}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QAbstractScrollArea::corner {{ background: transparent; }}

QStatusBar {{ background: {panel}; border-top: 1px solid {hairline}; color: {muted}; }}
QStatusBar::item {{ border: none; }}
QStatusBar QLabel {{ color: {muted}; padding: 2px 8px; }}

QHeaderView {{ background: transparent; }}
QFileDialog QHeaderView::section {{
    background: {header}; color: {muted}; border: none; padding: 4px 8px;
}}
"""


def sheet() -> str:
    """Return the style sheet in the colours of the theme in use."""
    side = "dark" if colors().is_dark else "light"
    return _SHEET.format_map(css(arrow=_url(f"arrow_{side}"), check=_url(f"check_{side}")))


def _url(name: str) -> str:
    """Return an icon's place as a style sheet writes it."""
    file = resources.files("weightview") / "resources" / "icons" / f"{name}.svg"
    return str(file).replace("\\", "/")


def install(application: QApplication) -> None:
    """Let ``application`` look as the theme says, from now on and after each change."""
    application.setStyle("Fusion")
    application.setProperty(_INSTALLED, True)
    FocusRings(application)
    theme().changed.connect(_restyle)
    theme().apply()


def dress(window: QWidget) -> None:
    """Give a new window, and all that belongs to it, the style sheet, where it is installed.

    The sheet is each window's, not the application's: Qt styles every widget once for each widget
    around it where the application's sheet changes, and once where the window's does.
    """
    application = QApplication.instance()
    if application is not None and application.property(_INSTALLED):
        window.setStyleSheet(sheet())


def _restyle() -> None:
    for window in QApplication.topLevelWidgets():
        if window.parent() is None and window.styleSheet():
            window.setStyleSheet(sheet())
