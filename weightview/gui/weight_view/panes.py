"""Where table, image and colour bar stand: each as large as what it shows, and no larger."""

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from weightview.gui.theme import UNIT
from weightview.gui.weight_view.color_bar import ColorBar
from weightview.gui.weight_view.image import WeightImage
from weightview.gui.weight_view.table import WeightTable

_GAP = 2 * UNIT
_IMAGE_SHARE = 0.3
_LEAST_BAR = 72
_LARGEST_BAR = 216
_LEAST_HEIGHT = 160
_SHORT_TABLE = 180


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
        self._choice = "both"

    def show_as(self, choice: str) -> None:
        """Show ``table``, ``image`` or ``both``."""
        self._choice = choice
        self._table.setVisible(choice != "image")
        self._image.setVisible(choice != "table")
        self._bar.setVisible(choice != "table")
        self.place()

    def natural_height(self) -> int | None:
        """Return the height at which nothing is hidden; None where more is always welcome."""
        if self._choice == "image":
            return None
        height = self._table.content_size().height() + self._scroll_bar()
        if self._is_stacked():
            return height + _GAP + max(self._image.sizeHint().height(), _LEAST_BAR)
        if self._choice == "both":
            height = max(height, self._image.sizeHint().height(), _LEAST_BAR)
        return height

    def _is_stacked(self) -> bool:
        """Return whether the image stands under the table: a short one too wide to share."""
        if self._choice != "both":
            return False
        content = self._table.content_size()
        both = content.width() + self._image.sizeHint().width() + self._bar.sizeHint().width()
        return content.height() <= _SHORT_TABLE and both + 2 * _GAP > self.width()

    def _scroll_bar(self) -> int:
        return self._table.horizontalScrollBar().sizeHint().height() + 2

    def place(self) -> None:
        """Share the space."""
        if self._choice == "table":
            self._place_table(self.width())
        elif self._is_stacked():
            self._place_table(self.width())
            top = self._table.height() + _GAP
            self._place_image(0, self.width() - self._bar.sizeHint().width() - _GAP, top)
        elif self._choice == "both":
            bar = self._bar.sizeHint().width()
            room = self.width() - bar - 2 * _GAP
            wanted = self._image.sizeHint().width()
            image = max(room - self._table_width(), int(room * _IMAGE_SHARE))
            table = self._place_table(room - min(wanted, image))
            self._place_image(table + _GAP, min(wanted, room - table))
        else:
            self._place_image(0, self.width() - self._bar.sizeHint().width() - _GAP)

    def _table_width(self) -> int:
        content = self._table.content_size()
        return content.width() + (self._scroll_bar() if content.height() > self.height() else 0)

    def _place_table(self, width: int) -> int:
        content = self._table.content_size()
        used = max(1, min(width, self._table_width()))
        extra = self._scroll_bar() if content.width() > used else 0
        height = min(self.height(), content.height() + extra)
        self._table.setGeometry(QRect(0, 0, used, height))
        return used

    def _place_image(self, left: int, width: int, top: int = 0) -> None:
        room = max(1, self.height() - top)
        self._image.setGeometry(QRect(left, top, max(1, width), room))
        self._image.keep_fit()
        picture = self._image.picture_rect()
        height = max(_LEAST_BAR, min(_LARGEST_BAR, int(picture.height())))
        right = left + max(1, min(width, self._image.used_width())) + _GAP
        bar = self._bar.sizeHint().width()
        inner = max(0, min(int(picture.top()), room - height))
        self._bar.setGeometry(QRect(right, top + inner, bar, height))

    def sizeHint(self) -> QSize:
        """Return the size at which nothing is hidden."""
        width = self._table.content_size().width() + self._image.sizeHint().width()
        height = self.natural_height() or self._image.sizeHint().height()
        return QSize(width + self._bar.sizeHint().width() + 2 * _GAP, height)

    def minimumSizeHint(self) -> QSize:
        """Return room for some of it."""
        return QSize(240, min(_LEAST_HEIGHT, self.sizeHint().height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the space anew."""
        super().resizeEvent(event)
        self.place()
