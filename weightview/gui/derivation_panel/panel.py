"""The panel that says how one number of the calculation came about, term by term."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QLabel, QSizePolicy, QVBoxLayout, QWidget
from shiboken6 import isValid

from weightview.calculator.trace import Source, Trace
from weightview.core.document import Document
from weightview.core.errors import WeightviewError
from weightview.gui.background import Latest
from weightview.gui.derivation_panel.account import Account, account_of
from weightview.gui.derivation_panel.closing import ClosingLines
from weightview.gui.derivation_panel.terms import INSET, TermsView
from weightview.gui.derivation_panel.trail import Trail
from weightview.gui.selection import NumberAddress, Selection
from weightview.gui.theme import UNIT, colors, small_font, theme, title_font

_INVITATION = "Click a number in the calculator to see how it came about."


class DerivationPanel(QWidget):
    """Follows the number that is selected, and the trace that is shown."""

    def __init__(self, selection: Selection, parent: QWidget | None = None) -> None:
        """Listen to ``selection``; the numbers come with :meth:`set_trace`."""
        super().__init__(parent)
        self._selection = selection
        self._trace: Trace | None = None
        self._account: Account | None = None
        self._trail: list[NumberAddress] = []
        self._expected: NumberAddress | None = None
        self._latest = Latest(self)
        self._asked_from: QWidget | None = None
        self.setObjectName("derivation_panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("How the number came about")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._build()
        selection.number_changed.connect(self._follow_selection)
        selection.explanation_requested.connect(self._take_keys)
        theme().changed.connect(self._restyle)
        self._show_account(None)
        self._restyle()

    def _build(self) -> None:
        self.trail = Trail(self)
        self.trail.chosen.connect(self._back_to)
        self.title = self._label(word_wrap=True)
        self.title.setObjectName("derivation_title")
        self.title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.subtitle = self._label(word_wrap=True)
        self.subtitle.setObjectName("derivation_subtitle")
        self.terms = TermsView(self)
        self.terms.followed.connect(self.follow)
        self.terms.stepped.connect(self.step_unit)
        self.closing = ClosingLines(self.terms, self)
        self.closing.followed.connect(self.follow)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * UNIT - INSET, UNIT, 2 * UNIT - INSET, UNIT)
        self.trail.setContentsMargins(INSET, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.trail)
        column.addWidget(self.title)
        column.addWidget(self.subtitle)
        column.addSpacing(UNIT // 2)
        column.addWidget(self.terms, 1)
        column.addWidget(self.closing)
        column.addStretch(0)

    def _label(self, *, word_wrap: bool) -> QLabel:
        label = QLabel(self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(word_wrap)
        label.setContentsMargins(INSET, 0, 0, 0)
        return label

    @property
    def account(self) -> Account | None:
        """What is shown, or None."""
        return self._account

    def set_document(self, document: Document | None) -> None:
        """Forget what was shown: another model is looked at."""
        del document
        self._trail.clear()
        self.set_trace(None)

    def set_trace(self, trace: Trace | None) -> None:
        """Derive from ``trace`` from now on; the same number is looked up in it again."""
        self._trace = trace
        self._request()

    # Following

    def follow(self, source: Source) -> None:
        """Go to where a term came from; the present number joins the trail."""
        present = self._selection.number
        if source.kind == "stage" and present is not None:
            self._trail.append(present)
            self._expected = NumberAddress(
                source.layer_path, source.node, source.name, source.index
            )
        self._selection.go_to(source)

    def step_unit(self, by: int) -> None:
        """Select the number ``by`` places further along the last axis, where there is one."""
        present = self._selection.number
        if present is None or not present.index or self._account is None:
            return
        unit = present.index[-1] + by
        if 0 <= unit < self._account.length:
            self._expected = NumberAddress(
                present.layer_path, present.node, present.stage, (*present.index[:-1], unit)
            )
            self._selection.select_number(self._expected)

    def back(self) -> None:
        """Return to the number from which the present one was reached."""
        if self._trail:
            self._back_to(len(self._trail) - 1)

    def _back_to(self, place: int) -> None:
        address = self._trail[place]
        del self._trail[place:]
        self._expected = address
        self._selection.select_number(address)

    def _follow_selection(self, address: NumberAddress | None) -> None:
        if address != self._expected:
            self._trail.clear()
        self._expected = None
        self._request()

    # Deriving

    def _request(self) -> None:
        trace, address = self._trace, self._selection.number
        if trace is None or address is None:
            self._latest.drop_waiting()
            self._show_account(None)
            return
        self._latest.request(lambda: account_of(trace, address), self._show_account, self._refuse)

    def _show_account(self, account: Account | None) -> None:
        if account is not None and account.address != self._selection.number:
            return
        self._account = account
        self.trail.set_addresses(tuple(self._trail) if account is not None else ())
        self.title.setVisible(account is not None)
        self.terms.set_account(account)
        self.closing.set_account(account)
        self.closing.setVisible(account is not None)
        self.terms.setVisible(account is not None and bool(account.terms))
        if account is None:
            self.subtitle.setText(_INVITATION)
            return
        self.title.setText(account.title)
        hint = "click a term to go to its weight; sorted by size"
        if not any(term.weight_source is not None for term in account.terms):
            hint = "click a term to go where it came from" if account.terms else ""
        self.subtitle.setText("   ·   ".join(part for part in (account.formula, hint) if part))
        self._fit_terms()

    def _refuse(self, error: Exception) -> None:
        self._show_account(None)
        if isinstance(error, WeightviewError):
            self.subtitle.setText(str(error))
        elif not isinstance(error, (KeyError, IndexError)):
            raise error

    def _take_keys(self) -> None:
        """Let the keys go through the terms; Escape gives them back."""
        self._asked_from = QApplication.focusWidget()
        self.terms.setFocus(Qt.FocusReason.OtherFocusReason)

    def _give_keys_back(self) -> bool:
        """Return to where the number was followed from; False where that is gone."""
        asker, self._asked_from = self._asked_from, None
        if asker is None or not isValid(asker) or not asker.isVisible():
            return False
        asker.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _fit_terms(self) -> None:
        """Let the list be no taller than its terms, so that the sum follows them closely."""
        self.terms.setMaximumHeight(max(self.terms.content_height(), 1))

    def _restyle(self) -> None:
        self.title.setFont(title_font())
        self.subtitle.setFont(small_font())
        self.subtitle.setStyleSheet(f"color: {colors().muted}")
        self.setStyleSheet(f"#derivation_panel {{ background: {colors().panel} }}")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go back along the trail by Backspace or Alt+Left, to the calculator by Escape."""
        if event.key() == Qt.Key.Key_Escape and self._give_keys_back():
            return
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if event.key() == Qt.Key.Key_Backspace or (alt and event.key() == Qt.Key.Key_Left):
            self.back()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the list no taller than its terms."""
        self._fit_terms()
        super().resizeEvent(event)
