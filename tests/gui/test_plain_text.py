"""Names from a file are shown as they are written."""

from typing import Any

import pytest
from PySide6.QtGui import QTextDocument

from weightview.gui.plain_text import tip


@pytest.mark.parametrize(
    "text", ["dense_1", "<b>dense</b>", '<img src="file:///x.png">\nsecond', "a < b & c > d"]
)
def test_a_tooltip_shows_the_text_literally(qapp: Any, text: str) -> None:
    shown = QTextDocument()
    if tip(text) == text:
        shown.setPlainText(text)
    else:
        shown.setHtml(tip(text))
    assert shown.toPlainText() == text
