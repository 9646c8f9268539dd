"""Where table, image and colour bar stand: each as large as what it shows, and no larger."""

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from weightview.gui.theme import UNIT
from weightview.gui.weight_view.color_bar import ColorBar
from weightview.gui.weight_view.image import WeightImage
from weightview.gui.weight_view.table import WeightTable
from weightview.gui.weight_view.viewport import FITTED_CELL, LARGEST_CELL

_GAP = 2 * UNIT
_IMAGE_SHARE, _MOST_IMAGE_SHARE = 0.3, 0.5
_ROOM_OF_TABLE = 480
_LEAST_BAR = 72
_LEAST_IMAGE = 72
_LARGEST_BAR = 216
_LEAST_HEIGHT = 160
_SHORT_TABLE = 180
_TALL_BESIDE, _TALL_ALONE = 640, 4000
_WORTH_STACKING, _WORTH_A_CUT_TABLE = 1.15, 0.8


class Panes(QWidget):
    """Table and image side by side, or one of them."""

    def __init__(
        self, table: WeightTable, image: WeightImage, bar: ColorBar, parent: QWidget
    ) -> None:
        """Hold these three."""
        super().__init__(parent)
        self._table, self._image, self._bar = table, image, bar
        for widget in (table, image, bar):
            widget.setParent(self)
        image.bar = bar
        self._choice = "both"
        image.moved.connect(self._place_bar)

    def show_as(self, choice: str) -> None:
        """Show ``table``, ``image`` or ``both``."""
        self._choice = choice
        self._image.set_largest(LARGEST_CELL if choice == "image" else FITTED_CELL)
        self._table.setVisible(choice != "image")
        self._image.setVisible(choice != "table")
        self._bar.setVisible(choice != "table")
        self.place()

    def natural_height(self) -> int:
        """Return the height at which nothing is hidden, and numbers are as large as they get."""
        if self._choice == "image":
            return self._height_of_image(self._width_below, _TALL_ALONE)
        height = self._table_height
        if self._choice == "table":
            return height
        alone = self._table_height_alone
        if self._is_stacked(alone + _GAP + _TALL_BESIDE):
            return alone + _GAP + self._height_of_image(self._width_below, _TALL_BESIDE)
        return max(height, self._height_of_image(self._width_beside(_TALL_BESIDE), _TALL_BESIDE))

    def _height_of_image(self, width: int, height: int) -> int:
        return max(self._image.needed(width, height).height(), _LEAST_BAR)

    @property
    def _table_height(self) -> int:
        return self._table.content_size().height() + self._scroll_bar()

    @property
    def _table_height_alone(self) -> int:
        """How high a table is that has the whole width."""
        content = self._table.content_size()
        return content.height() + (self._scroll_bar() if content.width() > self.width() else 0)

    @property
    def _width_below(self) -> int:
        """How wide an image may be that has the whole width, with the bar beside it."""
        return max(1, self.width() - self._bar.sizeHint().width() - _GAP)

    def _width_beside(self, height: int) -> int:
        """Return how wide the image is beside the table."""
        room = max(1, self._width_below - _GAP)
        share = max(_IMAGE_SHARE * room, min(_MOST_IMAGE_SHARE * room, room - _ROOM_OF_TABLE))
        beside = room - self._table_width(height)
        # All of the table is worth a smaller image, as long as that still shows its cells.
        least = _LEAST_IMAGE + self._image.width_beside
        most = beside if beside >= least else max(beside, int(share))
        return min(most, self._image.needed(most, height).width())

    def _is_stacked(self, height: int) -> bool:
        """Return whether the image stands under the table: a short one, where both gain by it."""
        below = height - self._table_height_alone - _GAP
        if self._table.content_size().height() > _SHORT_TABLE or below < _LEAST_BAR:
            return False
        width = self._width_beside(height)
        beside = self._image.cell_side(width, height)
        stacked = self._image.cell_side(self._width_below, below)
        is_cut = self._table_width(height) > self._width_below - _GAP - width
        return stacked > (_WORTH_A_CUT_TABLE if is_cut else _WORTH_STACKING) * beside

    def _scroll_bar(self) -> int:
        return self._table.horizontalScrollBar().sizeHint().height() + 2

    def place(self) -> None:
        """Share the space."""
        if self._choice == "table":
            self._place_table(self.width())
        elif self._choice == "image":
            self._place_image(0, self._width_below)
        elif self._is_stacked(self.height()):
            self._place_table(self.width())
            self._place_image(0, self._width_below, self._table.height() + _GAP)
        else:
            image = self._width_beside(self.height())
            table = self._place_table(self._width_below - _GAP - image)
            self._place_image(table + _GAP, image)

    def _table_width(self, height: int) -> int:
        content = self._table.content_size()
        return content.width() + (self._scroll_bar() if content.height() > height else 0)

    def _place_table(self, width: int) -> int:
        content = self._table.content_size()
        used = max(1, min(width, self._table_width(self.height())))
        extra = self._scroll_bar() if content.width() > used else 0
        height = min(self.height(), content.height() + extra)
        self._table.setGeometry(QRect(0, 0, used, height))
        return used

    def _place_image(self, left: int, width: int, top: int = 0) -> None:
        room = max(1, self.height() - top)
        self._image.setGeometry(QRect(left, top, max(1, width), room))
        self._image.keep_fit()
        self._place_bar()

    def _place_bar(self) -> None:
        """Set the colour bar close to the picture, however much of its room that takes."""
        image, picture = self._image.geometry(), self._image.picture_rect()
        height = max(_LEAST_BAR, min(_LARGEST_BAR, int(picture.height())))
        right = image.left() + max(1, min(image.width(), self._image.used_width())) + _GAP
        inner = max(0, min(int(picture.top()), image.height() - height))
        size = QSize(self._bar.sizeHint().width(), height)
        self._bar.setGeometry(QRect(QPoint(right, image.top() + inner), size))

    def sizeHint(self) -> QSize:
        """Return the size at which nothing is hidden."""
        width = self._table.content_size().width() + self._image.sizeHint().width()
        return QSize(width + self._bar.sizeHint().width() + 2 * _GAP, self.natural_height())

    def minimumSizeHint(self) -> QSize:
        """Return room for some of it."""
        return QSize(240, min(_LEAST_HEIGHT, self.sizeHint().height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the space anew."""
        super().resizeEvent(event)
        self.place()
