"""What the status bar says about a cell or about a block of cells."""

from weightview.core.document import Document
from weightview.core.errors import WeightviewError
from weightview.core.statistics import describe
from weightview.gui.weight_view.sheet import Sheet
from weightview.gui.weight_view.slicing import Index
from weightview.gui.weight_view.wording import cell_text, value_text

DESCRIBED_CELLS = 250_000


def cell_words(document: Document, path: str, index: Index) -> str:
    """Return a cell's place and value, and what it was before it was edited.

    Empty where the cell cannot be read: the views tell of that.
    """
    try:
        weight = document.weight(path)
        text = f"{cell_text(weight, index)}: {value_text(weight, document.read(weight, index))}"
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
    look = sheet.main.look
    inner_rows = slice(rows.start, min(rows.stop, look.rows))
    inner_columns = slice(columns.start, min(columns.stop, look.columns))
    count = (inner_rows.stop - inner_rows.start) * (inner_columns.stop - inner_columns.start)
    if not 1 < count <= DESCRIBED_CELLS:
        return ""
    try:
        s = describe(document.read(sheet.main.weight, look.region(inner_rows, inner_columns)))
    except WeightviewError:
        return ""
    odd = s.nans + s.infinities
    text = (
        f"{s.count:,} cells: sum {s.total:.6g}, mean {s.mean:.6g}, std {s.std:.6g}, "
        f"{s.minimum:.6g} … {s.maximum:.6g}"
    )
    return f"{text}, {odd:,} NaN or infinite" if odd else text
