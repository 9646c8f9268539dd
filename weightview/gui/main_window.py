"""One window: one file, its views around one selection, and the frame they stand in.

Nothing of a model is imported until a file is opened: the empty window is painted first.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QStackedWidget, QVBoxLayout, QWidget

from weightview.gui.columns import Columns
from weightview.gui.commands import Commands
from weightview.gui.dropping import accept_files, dropped_files
from weightview.gui.editing import Editing, labels
from weightview.gui.elided_label import ElidedLabel
from weightview.gui.file_actions import FileActions
from weightview.gui.file_reports import FileReports
from weightview.gui.file_watch import FileWatch
from weightview.gui.files import Files, Opened
from weightview.gui.message_bar import MessageBar
from weightview.gui.message_strip import MessageStrip
from weightview.gui.progress_line import ProgressLine
from weightview.gui.recovery import Keeping
from weightview.gui.search import Entry, SearchField
from weightview.gui.selection import Selection
from weightview.gui.status_line import StatusLine
from weightview.gui.toolbar import TopBar
from weightview.gui.view_actions import ViewActions
from weightview.gui.welcome import WelcomePage, is_example

if TYPE_CHECKING:
    from weightview.core.document import Document
    from weightview.gui.windows import Windows
    from weightview.gui.workspace import Workspace

_TITLE = "weightview"
_NEED_A_FILE = (
    "find",
    "copy",
    "paste",
    "clear",
    "select_all",
    "next_panel",
    "previous_panel",
    "overview",
    "graph",
    "history",
    "explore",
    "calculator_window",
    "reset_layout",
)


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
        self.columns = Columns(self, windows.settings)
        self.status_line = StatusLine(self.selection, self)
        self.setStatusBar(self.status_line)
        self.search = SearchField(self)
        self.file_actions = FileActions(self, windows)
        self.view_actions = ViewActions(self, windows)
        self.commands = Commands(self, windows.settings)
        self.top_bar = TopBar(self.commands, self)
        self.addToolBar(self.top_bar)
        self.message_strip = MessageStrip(self.messages, self)
        self.addToolBar(Qt.ToolBarArea.BottomToolBarArea, self.message_strip)
        self._connect()
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
    def file_name(self) -> str:
        """What the window is called after: the file, or the model in memory; ``""`` for none."""
        if self.path is not None:
            return self.path.name
        return "" if self._document is None else self._document.model.name

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
        column.addWidget(self._pages, 1)
        self.setCentralWidget(centre)

    def _connect(self) -> None:
        self.reports.listen(self.files, self.watch)
        self.files.opened.connect(self.show_opened)
        self.files.reloaded.connect(self._show_reloaded)
        self.files.saved.connect(self._after_save)
        self.files.began.connect(self._refresh)
        self.files.ended.connect(self._refresh)
        for column in self.columns.both:
            column.files_dropped.connect(self.open_files)
        self.welcome.open_requested.connect(self.file_actions.choose_files)
        self.welcome.file_chosen.connect(self.file_actions.open)
        self.search.chosen.connect(self._go_to_entry)
        self.selection.weight_changed.connect(self.reports.forget_refusal)
        self.commands.recent_menu.chosen.connect(self.file_actions.open)

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
        self._leave_document()
        self._document = document
        document.history_changed.connect(self._refresh)
        document.history_changed.connect(self.reports.forget_refusal)
        document.storage_changed.connect(self._refresh)
        workspace = self._show_in_views(document)
        self.setFocus()  # else it would go to the first button of the page that is shown
        self._pages.setCurrentWidget(workspace.pages)
        self.columns.show(self._windows.settings.layout)
        self.message_strip.show_if_filled()
        self._focus_tree()
        self.reports.show_warnings(document)
        self._refresh()

    def clear_document(self) -> None:
        """Show the welcome page again; nobody asks about edits here."""
        self._keep_layout()
        self._leave_document()
        self.files.cancel()
        self.keeping.end()
        self._document = None
        self._show_in_views(None).close_windows()
        self.columns.hide()
        self._refresh()

    def _leave_document(self) -> None:
        self.messages.clear()
        self.watch.follow(None)
        if self._document is not None:
            self._document.history_changed.disconnect(self._refresh)
            self._document.history_changed.disconnect(self.reports.forget_refusal)
            self._document.storage_changed.disconnect(self._refresh)

    def _keep_layout(self) -> None:
        if self._document is not None:
            self._windows.settings.layout = self.saveState()

    def _show_in_views(self, document: "Document | None") -> "Workspace":
        workspace = self.views()
        workspace.set_document(document)
        self.search.set_document(document)
        self.status_line.set_document(document)
        return workspace

    def views(self) -> "Workspace":
        """Return the views, made when they are first needed."""
        if self.workspace is None:
            self.workspace = self._make_workspace()
        return self.workspace

    def _make_workspace(self) -> "Workspace":
        from weightview.gui.workspace import Workspace

        workspace = Workspace(self.selection, self)
        workspace.refused.connect(self.reports.refuse)
        workspace.unreadable.connect(self.reports.tell_unreadable)
        workspace.status.connect(self.status_line.show_cell)
        workspace.agreement.connect(self.top_bar.pill.tell)
        self.commands.add_cells_menu(workspace.weight_view.cells_menu())
        # In this order Tab goes through the columns: from left to right.
        self.columns.left.setWidget(workspace.left)
        self._pages.addWidget(workspace.pages)
        self.columns.right.setWidget(workspace.right)
        return workspace

    def _refresh(self) -> None:
        """Bring title, commands and the welcome page up to date."""
        document, name = self._document, self.file_name
        self.setWindowTitle(f"{name}[*] - {_TITLE}" if name else _TITLE)
        self.setWindowModified(document is not None and document.is_modified)
        self.columns.right.tell_file(name)
        undo, redo = labels(document.history) if document is not None else ("", "")
        self.commands.set_history(undo, redo)
        actions = self.commands.actions
        for command in ("save", "save_as"):
            actions[command].setEnabled(document is not None and not self.files.is_saving)
        actions["revert"].setEnabled(document is not None and document.is_modified)
        actions["reload"].setEnabled(document is not None and document.path is not None)
        is_bare = document is not None and not document.model.config and document.path is not None
        actions["pair"].setEnabled(is_bare)
        for command in _NEED_A_FILE:
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
            self.setFocus()  # else the keys would fall to any button that is left
            self._pages.setCurrentWidget(self._opening)
            return
        self.welcome.set_recent(self._windows.settings.recent_files)
        if self._pages.currentWidget() is not self.welcome:
            self._pages.setCurrentWidget(self.welcome)
            self.welcome.setFocus(Qt.FocusReason.OtherFocusReason)

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
        elif self.workspace is not None:
            self.workspace.choose_layer(entry.layer_path)
        if entry.index is not None and self.workspace is not None:
            self.selection.select_cell(entry.weight_path, entry.index)
            self.workspace.enter_weight()
        else:
            self._focus_tree()

    def _focus_tree(self) -> None:
        if self.workspace is not None:
            self.workspace.tree.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_files(self, paths: Sequence[Path]) -> None:
        """Open files: the first one here if this window is empty, the others in their own."""
        self._windows.open_files(paths, self)

    # Qt overrides

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask where there are unsaved edits; wait for a file that is being written."""
        if not self.file_actions.may_leave(then=self.close):
            event.ignore()
            return
        self._windows.settings.geometry = self.saveGeometry()
        self._keep_layout()
        self.keeping.end()
        self._windows.forget(self)
        event.accept()

    def createPopupMenu(self) -> QMenu:
        """Offer nothing at a right click beside the views: the View menu has the panels.

        Qt's own menu would hide the toolbar with the search, and nothing would bring it back.
        """
        return None  # type: ignore[return-value]  # which Qt takes for no menu

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        accept_files(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the files that were dropped."""
        self.open_files(dropped_files(event))
        event.acceptProposedAction()
