"""Working out an undo or a redo without making it: a large one would hold a window for long."""

from collections.abc import Callable
from dataclasses import dataclass

from weightview.core.errors import EditError
from weightview.core.history import Edit
from weightview.core.preparing import Prepared
from weightview.core.values import BLOCK_BYTES, Values


@dataclass(frozen=True, eq=False)
class Step:
    """An edit that is to be undone or redone; see :meth:`Document.take_step`.

    Attributes:
        values: the numbers before.
        load: returns the edit, perhaps from disk.
        nbytes: how many bytes its numbers take.
        backwards: whether it is to be undone.
        place: where in the history the document was.
    """

    values: Values
    load: Callable[[], Edit]
    nbytes: int
    backwards: bool
    place: object

    def work(self) -> Prepared:
        """Work it out; may run in another thread.

        Raises:
            EditError: the disk no longer gives the numbers.
        """
        try:
            edit = self.load()
        except OSError as error:
            word = "undone" if self.backwards else "redone"
            message = f"The edit cannot be {word}: its numbers were laid down on disk ({error})."
            raise EditError("", message) from error
        new = self.values
        for change in reversed(edit.changes) if self.backwards else edit.changes:
            numbers = change.before if self.backwards else change.after
            new = new.with_edit(change.weight, change.region, numbers)
        if self.nbytes > BLOCK_BYTES:
            for weight in {change.weight.path: change.weight for change in edit.changes}.values():
                new = new.without_unedited(weight)
        return Prepared(edit, self.values, new)
