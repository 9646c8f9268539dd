"""The errors of weightview: one family, each a sentence that a person can act on.

Every error says what happened, names the file or the layer, tells what was found and what can be
done, and carries the same facts as attributes, so that a caller need not parse the sentence.
"""

from pathlib import Path


class WeightviewError(Exception):
    """Parent of every error that weightview raises on purpose."""


class FileError(WeightviewError):
    """Something about a file: its path and the cause.

    Attributes:
        path: the file concerned.
        cause: the sentence without the file's name.
        place: where in the file (a member, a dataset, a field), or ``""``.
    """

    def __init__(self, path: Path | str, cause: str, *, place: str = "") -> None:
        """Compose the sentence from the file's name, the place in it and the cause."""
        self.path = Path(path)
        self.cause = cause
        self.place = place
        where = f"{self.path.name}, {place}" if place else self.path.name
        super().__init__(f"{where}: {cause}")


class OpenError(FileError):
    """The file cannot be opened as a saved model or as arrays."""


class UnknownFormatError(OpenError):
    """No format of weightview recognises the file's content."""


class FileChangedError(FileError):
    """The file on disk is no longer the one that was opened."""


class SaveError(FileError):
    """The file could not be saved; what was there before is still whole."""


class WeightNotFoundError(WeightviewError, KeyError):
    """No weight or layer has this address.

    Attributes:
        address: what was asked for.
    """

    def __init__(self, address: str, message: str) -> None:
        """Keep the address beside the sentence."""
        self.address = address
        super().__init__(message)

    def __str__(self) -> str:
        """Return the sentence itself: ``KeyError`` would quote it."""
        return str(self.args[0])


class EditError(WeightviewError, ValueError):
    """An edit was refused and nothing was changed.

    Attributes:
        weight_path: the weight that was to be edited.
    """

    def __init__(self, weight_path: str, message: str) -> None:
        """Keep the weight's address beside the sentence."""
        self.weight_path = weight_path
        super().__init__(message)


class NumberError(WeightviewError, ValueError):
    """A text is not a number, or not one that the dtype can hold.

    Attributes:
        text: what was typed.
    """

    def __init__(self, text: str, message: str) -> None:
        """Keep the text beside the sentence."""
        self.text = text
        super().__init__(message)


class InputError(WeightviewError, ValueError):
    """The numbers given to the calculator do not fit the model's input."""


class CalculationError(WeightviewError):
    """A layer could not be computed.

    Attributes:
        layer_path: the layer concerned.
    """

    def __init__(self, layer_path: str, message: str) -> None:
        """Keep the layer's address beside the sentence."""
        self.layer_path = layer_path
        super().__init__(message)


class WorkerError(WeightviewError):
    """TensorFlow's process is absent, refused the work, or ended."""


class CancelledError(WeightviewError):
    """The person cancelled; nothing was changed."""
