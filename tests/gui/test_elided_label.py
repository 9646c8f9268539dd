"""A label that never widens its window."""

from PySide6.QtCore import Qt

from weightview.gui.elided_label import ElidedLabel


def test_a_long_text_asks_for_no_room_and_is_the_tooltip(qtbot):
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.tell("x" * 5000)
    assert label.minimumSizeHint().width() < 50
    assert label.toolTip() == "x" * 5000


def test_both_ends_of_a_long_text_are_painted(qtbot):
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.resize(120, 24)
    label.show()
    pictures = {}
    for text in ("a" * 60 + "b" * 60, "c" * 60 + "b" * 60, "a" * 60 + "c" * 60):
        label.tell(text)
        pictures[text] = label.grab().toImage()
    images = list(pictures.values())
    assert images[0] != images[1]
    assert images[0] != images[2]


def test_text_from_a_file_is_plain(qtbot):
    label = ElidedLabel()
    qtbot.addWidget(label)
    assert label.textFormat() == Qt.TextFormat.PlainText
