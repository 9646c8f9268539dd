"""The formats, in the order in which they are asked whether a file is theirs."""

from pathlib import Path
from typing import Protocol

from weightview.core.errors import UnknownFormatError
from weightview.formats import (
    keras_archive,
    model_folder,
    numpy_files,
    safetensors,
    sharded,
    tensorflow_files,
    weights_hdf5,
    whole_hdf5,
)
from weightview.formats.opened import Opened
from weightview.formats.probe import Probe


class Format(Protocol):
    """A module that knows one file format."""

    def recognises(self, probe: Probe) -> bool:
        """Return whether the file's content is of this format."""

    def load(self, probe: Probe, architecture: Path | None = None) -> Opened:
        """Open it; raise OpenError where it is damaged."""


FORMATS: tuple[Format, ...] = (
    keras_archive,
    whole_hdf5,
    weights_hdf5,
    sharded,
    model_folder,
    numpy_files,
    safetensors,
    tensorflow_files,
)


_OTHERS = {
    b"\x1f\x8b": " (it is compressed by gzip: unpack it first)",
    b"BZh": " (it is compressed by bzip2: unpack it first)",
    b"\xfd7zXZ": " (it is compressed by xz: unpack it first)",
    b"\x89PNG": " (it is a PNG picture)",
    b"%PDF": " (it is a PDF document)",
    b"{": " (it is JSON; an architecture is opened together with a file of weights)",
    b"model_checkpoint_path": " (it names a checkpoint; open the checkpoint's .index)",
    b"\x80\x02": " (it looks like a Python pickle, which could run code)",
    b"\x80\x04": " (it looks like a Python pickle, which could run code)",
}


def load(path: Path, *, architecture: Path | None = None) -> Opened:
    """Open a saved model, recognised by its content; no weight data is read.

    Args:
        path: the file or folder.
        architecture: for weights alone, a file that describes the model: JSON of
            ``model.to_json()`` or a whole model.

    Raises:
        UnknownFormatError: no format recognises it.
        OpenError: it is absent, damaged, or not a regular file; the sentence names the place.
    """
    probe = Probe(path)
    for form in FORMATS:
        if form.recognises(probe):
            return form.load(probe, architecture)
    if probe.is_folder:
        raise UnknownFormatError(path, "the folder holds no saved model.")
    if not probe.source.size:
        raise UnknownFormatError(path, "the file is empty.")
    what = next((kind for start, kind in _OTHERS.items() if probe.head.startswith(start)), "")
    if ".data-" in path.name and path.with_name(f"{path.name.split('.data-')[0]}.index").exists():
        what = " (it holds a checkpoint's numbers; open the .index beside it)"
    raise UnknownFormatError(
        path,
        f"its format is not recognised{what}; this is no saved Keras or TensorFlow model.",
    )
