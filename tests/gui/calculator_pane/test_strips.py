"""Strips of models of any length: made in pieces, whole in the end."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QPoint, Qt

from weightview.core.document import Document
from weightview.gui.calculator_pane import CalculatorPane
from weightview.gui.calculator_pane.content import Content
from weightview.gui.calculator_pane.number_rows import NumberRows
from weightview.gui.calculator_pane.pieces import PER_PIECE
from weightview.gui.calculator_pane.strips import Strips
from weightview.gui.calculator_pane.strips_area import StripsArea
from weightview.gui.selection import NumberAddress, Selection

PaneMaker = Callable[..., CalculatorPane]
DocumentMaker = Callable[..., Document]


def parts(pane: CalculatorPane) -> Content:
    """Return what the pane shows of its document."""
    assert pane.content is not None
    return pane.content


def test_no_turn_of_the_event_loop_makes_more_than_some_strips(
    make_dense_document: DocumentMaker, make_pane: PaneMaker, qtbot: Any, monkeypatch: Any
) -> None:
    counts: list[int] = []
    after = Strips._after_piece

    def counted(strips: Strips) -> None:
        after(strips)
        counts.append(len(strips.by_key))

    monkeypatch.setattr(Strips, "_after_piece", counted)
    pane = make_pane(make_dense_document((2,) * 301))
    qtbot.waitUntil(lambda: len(parts(pane).strips) == 300)
    assert counts[0] < 40, "those in sight, and the last"
    growth = [later - earlier for earlier, later in pairwise(counts)]
    assert max(growth) <= PER_PIECE


def test_a_number_of_a_strip_that_is_still_to_be_made_is_found_once_it_is(
    make_dense_document: DocumentMaker, make_pane: PaneMaker, qtbot: Any, selection: Selection
) -> None:
    pane = make_pane(make_dense_document((2,) * 401))
    assert len(parts(pane).strips) < 300
    selection.select_number(NumberAddress("dense_300", 0, "output", (1,)))
    qtbot.waitUntil(lambda: len(parts(pane).strips) == 400)
    strip = next(s for s in parts(pane).strips if s.layer.path == "dense_300")
    area = pane.findChild(StripsArea)

    def top() -> int:
        return strip.mapTo(area.viewport(), QPoint(0, 0)).y()

    qtbot.waitUntil(lambda: 0 <= top() < area.viewport().height())


def test_more_than_a_hundred_layers_start_folded(
    make_dense_document: DocumentMaker, make_pane: PaneMaker
) -> None:
    pane = make_pane(make_dense_document((2,) * 121))
    strips = parts(pane).strips
    assert len(strips) == 120
    assert all(strip.folded for strip in strips[:-1])
    assert not strips[-1].folded


def test_a_long_model_is_shown_in_pieces_and_is_whole_in_the_end(
    make_dense_document: DocumentMaker, make_pane: PaneMaker, qtbot: Any
) -> None:
    document = make_dense_document((2,) * 401)
    pane = make_pane(document)
    content = parts(pane)
    assert len(content.strips) < 400, "the first ones and the last"
    assert content.strips[-1].layer.path == "dense_400"
    first = content.strips[0].header
    qtbot.mouseClick(first, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: len(content.strips) == 400)
    names = [strip.layer.path for strip in content.strips]
    assert names == [f"dense_{place + 1}" for place in range(400)]
    qtbot.waitUntil(lambda: content.strips[-1].y() > content.strips[-2].y() > 0)
    tops = [strip.y() for strip in content.strips]
    assert tops == sorted(tops)
    assert not any(strip.folded for strip in content.strips)


def test_of_a_folded_layer_only_the_headline_is_made_until_it_is_needed(
    make_dense_document: DocumentMaker, make_pane: PaneMaker, qtbot: Any
) -> None:
    strips = parts(make_pane(make_dense_document((2,) * 121))).strips

    def with_numbers() -> list[str]:
        return [strip.layer.path for strip in strips if strip.findChild(NumberRows)]

    def with_boxes() -> int:
        return sum(strip.header.box is not None for strip in strips)

    qtbot.waitUntil(lambda: with_boxes() > 1)
    assert with_boxes() < 60, "those that are in sight"
    assert with_numbers() == ["dense_120"]
    qtbot.mouseClick(strips[40].header, Qt.MouseButton.LeftButton)
    assert with_numbers() == ["dense_41", "dense_120"]
    assert strips[40].header.box is not None
    assert len(strips[40].numbers.rows) == 3
