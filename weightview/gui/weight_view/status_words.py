"""What the status bar says about a cell or about a block of cells."""

from weightview.core.document import Document
from weightview.core.errors import WeightviewError
from weightview.core.statistics import describe
from weightview.gui.weight_view.names import Names
from weightview.gui.weight_view.sheet import Sheet
from weightview.gui.weight_view.slicing import Index
from weightview.gui.weight_view.wording import value_text

DESCRIBED_CELLS = 250_000


def cell_words(document: Document, names: Names, path: str, index: Index) -> str:
    """Return a cell's place, by number and name, its value, and what it was before an edit.

    Empty where the cell cannot be read: the views tell of that.
    """
    try:
        weight = document.weight(path)
        value = value_text(weight, document.read(weight, index))
        text = f"{names.cell_text(weight, index)}: {value}"
        if bool(document.values.edited_mask(weight, index)):
            before = document.saved_values.read(weight, index)
            text = f"{text} · edited, was {value_text(weight, before)}"
    except (WeightviewError, IndexError):
        return ""
    return text


def block_words(document: Document, sheet: Sheet, rows: range, columns: range) -> str:
    """Return count, sum, mean, spread and range of a block of the main weight.

    Empty for a single cell, for a block too large to be read at once, and for one that cannot be
    read.
    """
    piece = sheet.main_piece(rows, columns)
    if piece is None or not 1 < len(piece.rows) * len(piece.columns) <= DESCRIBED_CELLS:
        return ""
    try:
        s = describe(piece.read(document.values.read))
    except WeightviewError:
        return ""
    odd = s.nans + s.infinities
    text = (
        f"{s.count:,} cells: sum {s.total:.6g}, mean {s.mean:.6g}, std {s.std:.6g}, "
        f"{s.minimum:.6g} … {s.maximum:.6g}"
    )
    return f"{text}, {odd:,} NaN or infinite" if odd else text
