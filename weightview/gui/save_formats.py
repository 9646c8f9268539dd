"""What Save As offers: the document's own format, and those into which nothing of it is lost."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from weightview.core.document import Document

_NAMES = {
    ".keras": "Keras 3 archive",
    ".h5": "Whole model in HDF5",
    ".weights.h5": "Weights in HDF5",
    ".npz": "NumPy arrays",
    ".safetensors": "safetensors",
}
_WEIGHTS = ".weights.h5"
_SAME_KIND = ({".h5", ".hdf5"},)


def offered(document: "Document") -> dict[str, str]:
    """Return the filters of the dialog, each with the suffix that a name without one gets."""
    path = document.path
    if path is None or not path.suffix:
        return {"All files (*)": ""}
    own = suffix_of(path)
    same = next((kinds for kinds in _SAME_KIND if own in kinds), {own})
    patterns = " ".join(f"*{suffix}" for suffix in (own, *sorted(same - {own})))
    name = document.model.format_name.partition(" (")[0] or "The same format"
    filters = {f"{name} ({patterns})": own}
    for suffix in _convertible(document):
        filters[f"{_NAMES[suffix]}, converted (*{suffix})"] = suffix
    return filters


def target_of(name: Path, wanted: str, document: "Document") -> Path:
    """Return the file that is meant by a name and the format chosen beside it.

    Args:
        name: what was typed, or left as it was proposed.
        wanted: the suffix of the chosen format.
        document: what is saved; a name in its own format gives way to another format chosen.
    """
    if not name.suffix:
        return name.with_name(name.name + wanted)
    is_own = document.path is not None and keeps_format(name, document.path)
    if is_own and wanted and not keeps_format(Path(f"a{wanted}"), document.path):
        return name.with_name(name.name[: -len(suffix_of(name))] + wanted)
    return name


def suffix_of(path: Path) -> str:
    """Return the end of a name that tells its format, ``.weights.h5`` as one."""
    is_weights = path.name.lower().endswith(_WEIGHTS)
    return _WEIGHTS if is_weights else path.suffix.lower()


def keeps_format(target: Path, source: Path | None) -> bool:
    """Return whether the name asks for the format that the document has."""
    if source is None or not source.suffix:
        return True
    have, want = suffix_of(target), suffix_of(source)
    return have == want or any({have, want} <= kinds for kinds in _SAME_KIND)


def objection(document: "Document", target: Path) -> str | None:
    """Return why the document cannot be written in the format of the name; None if it can."""
    from weightview.api import obstacle_to_conversion

    why = obstacle_to_conversion(document.model, target)
    if why is None:
        return None
    assert document.path is not None
    ends = [suffix_of(document.path), *_convertible(document)]
    choice = " or ".join(filter(None, (", ".join(ends[:-1]), ends[-1])))
    return (
        f"{document.path.name} cannot be saved as {target.name}: {why} "
        f"Choose a name that ends in {choice}."
    )


def _convertible(document: "Document") -> list[str]:
    from weightview.api import obstacle_to_conversion

    assert document.path is not None
    return [
        suffix
        for suffix in _NAMES
        if not keeps_format(Path(f"a{suffix}"), document.path)
        and obstacle_to_conversion(document.model, Path(f"a{suffix}")) is None
    ]
