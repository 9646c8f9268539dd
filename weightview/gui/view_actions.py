"""What the View and Help menus do in one window."""

from typing import TYPE_CHECKING

from weightview.gui import panel_focus
from weightview.gui.theme import Choice

if TYPE_CHECKING:
    from weightview.gui.main_window import MainWindow
    from weightview.gui.windows import Windows


class ViewActions:
    """The commands of one window that change what is seen, and nothing of the file.

    Those about a file do nothing while none is open.
    """

    def __init__(self, window: "MainWindow", windows: "Windows") -> None:
        """Act on the views of ``window``, and on all windows for text size and theme."""
        self._window = window
        self._windows = windows

    def zoom(self, step: int) -> None:
        """Make the text larger (1), smaller (-1) or as it was (0), in all windows."""
        self._windows.zoom(step)

    def choose_theme(self, choice: Choice) -> None:
        """Use this theme from now on, in all windows."""
        self._windows.choose_theme(choice)

    def move_focus(self, step: int) -> None:
        """Give the keys to the next panel (1) or the one before (-1)."""
        if self._window.document is not None and self._window.workspace is not None:
            panel_focus.move(self._window.workspace.panels, step)

    def explore(self) -> None:
        """Show the Explore window."""
        if self._window.document is not None and self._window.workspace is not None:
            self._window.workspace.explore()

    def toggle_overview(self) -> None:
        """Show all weights with their statistics, or the weight again."""
        if self._window.workspace is not None:
            self._window.workspace.pages.toggle_overview()

    def toggle_graph(self) -> None:
        """Show how the layers are connected, or the weight again."""
        if self._window.workspace is not None:
            self._window.workspace.pages.toggle_graph()

    def show_history(self) -> None:
        """Show the edits as a list to step through."""
        if self._window.document is not None and self._window.workspace is not None:
            self._window.workspace.show_history()

    def toggle_calculator_window(self) -> None:
        """Put the calculator into a window of its own, or back beside the weight."""
        column = self._window.columns.right
        if self._window.document is not None:
            column.show()
            column.setFloating(not column.isFloating())
            column.tell_file(self._window.file_name)

    def reset_layout(self) -> None:
        """Put every panel back to its place."""
        self._window.columns.reset()
        if self._window.workspace is not None:
            self._window.workspace.reset_sizes()

    def show_keys(self) -> None:
        """List every key and what it does."""
        from weightview.gui.keys_page import KeysPage

        KeysPage(self._window).show()

    def about(self) -> None:
        """Tell versions and where the log is."""
        from weightview.gui.about import AboutDialog

        AboutDialog(self._window).open()
