"""One window: one file, its views around one selection, and the frame they stand in.

Nothing of a model is imported until a file is opened: the empty window is painted first.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QMainWindow,
    QMessageBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from weightview.gui import panel_focus
from weightview.gui.commands import Commands
from weightview.gui.editing import Editing, labels
from weightview.gui.elided_label import ElidedLabel
from weightview.gui.file_reports import FileReports
from weightview.gui.file_watch import FileWatch
from weightview.gui.files import Files, Opened
from weightview.gui.message_bar import MessageBar
from weightview.gui.progress_line import ProgressLine
from weightview.gui.recovery import Keeping
from weightview.gui.search import Entry, SearchField
from weightview.gui.selection import Selection
from weightview.gui.status_line import StatusLine
from weightview.gui.theme import Choice
from weightview.gui.toolbar import TopBar
from weightview.gui.welcome import WelcomePage, is_example

if TYPE_CHECKING:
    from weightview.core.document import Document
    from weightview.gui.windows import Windows
    from weightview.gui.workspace import Workspace

_SIZE = QSize(1280, 800)
_LEFT_WIDTH, _RIGHT_WIDTH = 304, 376
_LEAST_LEFT = 184  # below this no layer's name can be read
_TITLE = "weightview"


class MainWindow(QMainWindow):
    """The window of one file; :class:`~weightview.gui.windows.Windows` holds them all."""

    def __init__(self, windows: "Windows") -> None:
        """Show the welcome page."""
        super().__init__()
        self._windows = windows
        self._document: Document | None = None
        self.workspace: Workspace | None = None
        self.setObjectName("main_window")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAcceptDrops(True)
        self.selection = Selection(self)
        self.editing = Editing(self)
        self.files = Files(self, windows.settings)
        self.watch = FileWatch(self)
        self.messages = MessageBar()
        self.progress = ProgressLine()
        self.reports = FileReports(self, self.messages, self.progress)
        self.keeping = Keeping(self.messages, self)
        self.welcome = WelcomePage()
        self._opening = ElidedLabel()
        self._opening.setObjectName("opening")
        self._opening.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages = QStackedWidget()
        self._fill_centre()
        self.left_dock = self._dock("left_dock", "Layers")
        self.right_dock = self._dock("right_dock", "Calculator")
        self.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self.left_dock)
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.right_dock)
        self.status_line = StatusLine(self)
        self.setStatusBar(self.status_line)
        self.search = SearchField(self)
        self.commands = Commands(self, windows.settings)
        self.top_bar = TopBar(self.commands, self)
        self.addToolBar(self.top_bar)
        self._connect()
        self.resize(_SIZE.boundedTo(self.screen().availableGeometry().size()))
        self.restoreGeometry(windows.settings.geometry)
        self._refresh()

    @property
    def document(self) -> "Document | None":
        """The open document; None on the welcome page."""
        return self._document

    @property
    def path(self) -> Path | None:
        """The open file, or the one that is being opened."""
        return self.files.opening or (None if self._document is None else self._document.path)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in this window, nor on its way into it."""
        return self._document is None and not self.files.is_busy

    def _fill_centre(self) -> None:
        self._pages.addWidget(self.welcome)
        self._pages.addWidget(self._opening)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.progress)
        column.addWidget(self.messages)
        column.addWidget(self._pages, 1)
        self.setCentralWidget(centre)

    def _dock(self, name: str, title: str) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(name)
        dock.setAccessibleName(title)
        dock.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetClosable)
        # A hairline parts the columns, no title bar; the View menu hides and shows them.
        dock.setTitleBarWidget(QWidget(dock))
        dock.hide()
        return dock

    def _connect(self) -> None:
        self.reports.listen(self.files, self.watch)
        self.files.opened.connect(self.show_opened)
        self.files.reloaded.connect(self._show_reloaded)
        self.files.saved.connect(self._after_save)
        self.files.began.connect(self._refresh)
        self.files.ended.connect(self._refresh)
        self.welcome.open_requested.connect(self.choose_files)
        self.welcome.file_chosen.connect(lambda path: self.open_files([path]))
        self.search.chosen.connect(self._go_to_entry)
        self.commands.recent_menu.chosen.connect(lambda path: self.open_files([path]))

    # The document

    def show_opened(self, opened: Opened) -> None:
        """Show a document that was opened from a file."""
        self.set_document(opened.document)
        self.watch.follow(opened.path, opened.stamp)
        self.keeping.begin(opened.document)
        if not is_example(opened.path):
            self._windows.settings.add_recent_file(opened.path)

    def set_document(self, document: "Document") -> None:
        """Show ``document``, also one in memory, in place of what was there."""
        self.messages.clear()
        if self._document is not None:
            self._document.history_changed.disconnect(self._refresh)
            self._document.storage_changed.disconnect(self._refresh)
        self.watch.follow(None)
        self._document = document
        document.history_changed.connect(self._refresh)
        document.storage_changed.connect(self._refresh)
        self._show_in_views(document)
        self._focus_tree()
        self.reports.show_warnings(document)
        self._refresh()

    def _show_in_views(self, document: "Document | None") -> None:
        workspace = self.workspace or self._make_workspace()
        workspace.set_document(document)
        self.search.set_document(document)
        self.status_line.set_document(document)

    def _make_workspace(self) -> "Workspace":
        from weightview.gui.workspace import Workspace

        workspace = Workspace(self.selection, self)
        workspace.refused.connect(self.reports.refuse)
        workspace.status.connect(self.status_line.show_cell)
        workspace.agreement.connect(self.top_bar.pill.tell)
        self.commands.view_menu.addSeparator()
        # In this order Tab goes through the columns: from left to right.
        self._fill_dock(self.left_dock, workspace.left)
        self._pages.addWidget(workspace.pages)
        self._pages.setCurrentWidget(workspace.pages)
        self._fill_dock(self.right_dock, workspace.right)
        self.workspace = workspace
        self._size_docks()
        if not self._windows.settings.layout.isEmpty():
            self.restoreState(self._windows.settings.layout)
        return workspace

    def _fill_dock(self, dock: QDockWidget, column: QWidget) -> None:
        dock.setWidget(column)
        if dock is self.left_dock:
            column.setMinimumWidth(_LEAST_LEFT)
        dock.show()
        self.commands.view_menu.addAction(dock.toggleViewAction())

    def _size_docks(self) -> None:
        docks = [self.left_dock, self.right_dock]
        self.resizeDocks(docks, [_LEFT_WIDTH, _RIGHT_WIDTH], Qt.Orientation.Horizontal)

    def _refresh(self) -> None:
        """Bring title, commands and the welcome page up to date."""
        document = self._document
        name = self.path.name if self.path is not None else ""
        if document is not None and not name:
            name = document.model.name
        self.setWindowTitle(f"{name}[*] - {_TITLE}" if name else _TITLE)
        self.setWindowModified(document is not None and document.is_modified)
        undo, redo = labels(document.history) if document is not None else ("", "")
        self.commands.set_history(undo, redo)
        actions = self.commands.actions
        for command in ("save", "save_as"):
            actions[command].setEnabled(document is not None and not self.files.is_saving)
        actions["revert"].setEnabled(document is not None and document.is_modified)
        actions["reload"].setEnabled(document is not None and document.path is not None)
        is_bare = document is not None and not document.model.config and document.path is not None
        actions["pair"].setEnabled(is_bare)
        for command in ("find", "copy", "paste", "clear", "select_all"):
            actions[command].setEnabled(document is not None)
        if document is None:
            self._show_waiting_page(self.files.opening)

    def announce(self, path: Path) -> None:
        """Tell that ``path`` is about to be opened here, before the first paint."""
        self._show_waiting_page(path)

    def _show_waiting_page(self, path: Path | None) -> None:
        """Show the welcome page, or which file is on its way."""
        if path is not None:
            self._opening.tell(f"Opening {path.name} …", str(path))
            self._pages.setCurrentWidget(self._opening)
            return
        self.welcome.set_recent(self._windows.settings.recent_files)
        self._pages.setCurrentWidget(self.welcome)

    def _show_reloaded(self, opened: Opened) -> None:
        document = self._document
        if document is None:
            return
        weight_path, cell = self.selection.weight_path, self.selection.cell
        # Views must not ask the new file for the numbers of the old model.
        self._show_in_views(None)
        new = opened.document
        lost = document.reload(new.model, new.values.storage, new.warnings, keep_edits=True)
        self.set_document(document)
        self.watch.follow(opened.path, opened.stamp)
        self.reports.show_lost_edits(lost)
        if any(weight.path == weight_path for weight in document.all_weights):
            self.selection.select_weight(weight_path)
            self.selection.select_cell(weight_path, cell)

    def _after_save(self, path: Path) -> None:
        self.watch.follow(path)
        self._windows.settings.add_recent_file(path)
        for key in ("failure", "changed", "refused"):
            self.messages.close_message(key)
        self.statusBar().showMessage(f"Saved {path.name}", 4000)

    def _go_to_entry(self, entry: Entry) -> None:
        if entry.weight_path:
            self.selection.select_weight(entry.weight_path, entry.layer_path)
        else:
            self.selection.select_layer(entry.layer_path)
        self._focus_tree()

    def _focus_tree(self) -> None:
        if self.workspace is not None:
            self.workspace.tree.view.setFocus(Qt.FocusReason.OtherFocusReason)

    # What the menus call

    def new_window(self) -> None:
        """Open another window."""
        self._windows.new_window()

    def choose_files(self) -> None:
        """Ask for files and open them."""
        self.open_files(self.files.choose())

    def choose_link(self) -> None:
        """Ask for a link to a cell and open its file there."""
        from weightview.gui.link_following import ask_for_link

        ask_for_link(self)

    def choose_folder(self) -> None:
        """Ask for a folder, such as a SavedModel, and open it."""
        if (folder := self.files.choose_folder()) is not None:
            self.open_files([folder])

    def open_files(self, paths: Sequence[Path]) -> None:
        """Open files: the first one here if this window is empty, the others in their own."""
        self._windows.open_files(paths, self)

    def save(self) -> None:
        """Save into the file that was opened."""
        if self._document is not None:
            self.files.save(self._document)

    def save_as(self) -> None:
        """Ask for a name and save there."""
        if self._document is not None:
            self.files.save_as(self._document)

    def pair(self) -> None:
        """Open the weights again together with a file that tells their architecture."""
        if self._document is None or self._document.path is None:
            return
        if self._document.is_modified:
            self.reports.refuse("Save or revert your edits before pairing the weights.")
        elif (architecture := self.files.choose_architecture()) is not None:
            self.files.open(self._document.path, architecture)

    def revert(self) -> None:
        """Drop every edit, after asking: it cannot be undone."""
        if self._document is None or not self._document.is_modified:
            return
        box = self._question("Revert every edit?", "Edits that were not saved are lost.")
        drop = box.addButton("Revert", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.exec()
        if box.clickedButton() is drop:
            self._document.revert()

    def reload(self) -> None:
        """Read the file again; unsaved edits are made again in what it holds now."""
        if self._document is not None and self._document.path is not None:
            self.files.reload(self._document.path)

    def _question(self, text: str, explanation: str) -> QMessageBox:
        box = QMessageBox(self)
        box.setObjectName("question")
        box.setWindowTitle(_TITLE)
        box.setIcon(QMessageBox.Icon.Question)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(text)
        box.setInformativeText(explanation)
        return box

    def quit(self) -> None:
        """Close all windows; each may ask."""
        self._windows.quit()

    def zoom(self, step: int) -> None:
        """Make the text larger (1), smaller (-1) or as it was (0), in all windows."""
        self._windows.zoom(step)

    def choose_theme(self, choice: Choice) -> None:
        """Use this theme from now on, in all windows."""
        self._windows.choose_theme(choice)

    def move_focus(self, step: int) -> None:
        """Give the keys to the next panel (1) or the one before (-1)."""
        if self.workspace is not None:
            panel_focus.move(self.workspace.panels, step)

    def explore(self) -> None:
        """Show the Explore window; nothing happens while no file is open."""
        if self._document is not None and self.workspace is not None:
            self.workspace.explore()

    def toggle_overview(self) -> None:
        """Show all weights with their statistics, or the weight again."""
        if self.workspace is not None:
            self.workspace.pages.toggle_overview()

    def toggle_graph(self) -> None:
        """Show how the layers are connected, or the weight again."""
        if self.workspace is not None:
            self.workspace.pages.toggle_graph()

    def show_history(self) -> None:
        """Show the edits as a list to step through."""
        if self.workspace is not None:
            self.workspace.show_history()

    def reset_layout(self) -> None:
        """Put every panel back to its place."""
        for dock in (self.left_dock, self.right_dock):
            dock.setVisible(dock.widget() is not None)
        self._size_docks()
        if self.workspace is not None:
            self.workspace.reset_sizes()

    def about(self) -> None:
        """Tell versions and where the log is."""
        from weightview.gui.about import AboutDialog

        AboutDialog(self).open()

    # Qt overrides

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask where there are unsaved edits; wait for a file that is being written."""
        if self.files.is_saving:
            self.files.ended.connect(self.close, Qt.ConnectionType.SingleShotConnection)
        if self.files.is_saving or not self._may_close():
            event.ignore()
            return
        self._windows.settings.geometry = self.saveGeometry()
        if self.workspace is not None:
            self._windows.settings.layout = self.saveState()
        self.keeping.end()
        self._windows.forget(self)
        event.accept()

    def _may_close(self) -> bool:
        document = self._document
        if document is None or not document.is_modified:
            return True
        name = self.path.name if self.path is not None else document.model.name
        box = self._question(f"Save the edits to {name}?", "If you do not save, they are lost.")
        kinds = QMessageBox.StandardButton
        box.setStandardButtons(kinds.Save | kinds.Discard | kinds.Cancel)
        box.setDefaultButton(kinds.Save)
        answer = box.exec()
        if answer == kinds.Save:
            self.files.save(document, then=self.close)
        return answer == kinds.Discard

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the files that were dropped."""
        urls = event.mimeData().urls()
        self.open_files([Path(url.toLocalFile()) for url in urls if url.isLocalFile()])
        event.acceptProposedAction()
