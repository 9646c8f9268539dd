"""The arguments of the command ``weightview``, read without Qt and without numpy."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from weightview import __version__


@dataclass(frozen=True)
class Options:
    """What the command line asks for.

    Attributes:
        files: the files to open, one window each, as absolute paths, or links to a cell in one
            (``file::layer/weight[i,j]``); empty for the welcome page.
        architecture: a file that holds the config of a model of which ``files`` hold the weights.
        quit_after_paint: end as soon as the first file has been shown (for measurements).
    """

    files: tuple[Path, ...] = ()
    architecture: Path | None = None
    quit_after_paint: bool = False


def parse(arguments: Sequence[str]) -> Options:
    """Return the options in ``arguments`` (without the program's name).

    Raises:
        SystemExit: for ``--help`` and ``--version``, and with status 2 for what is not understood.
    """
    given = _parser().parse_args(list(arguments))
    return Options(
        files=tuple(_absolute(file) for file in given.files),
        architecture=_absolute(given.architecture) if given.architecture else None,
        quit_after_paint=given.quit_after_paint,
    )


def _absolute(name: str) -> Path:
    """Return the path that ``name`` means here; a file manager may hand over a ``file://`` URL."""
    if name.startswith("file://"):
        from urllib.parse import unquote, urlsplit

        name = unquote(urlsplit(name).path)
    return Path(name).expanduser().absolute()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="weightview",
        description="Open saved Keras models: see every weight, edit it, and follow the numbers "
        "from an input to the output.",
        epilog="Each file opens in a window of its own. Without a file the welcome page offers "
        "examples and what was opened last.",
    )
    parser.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help="a saved model: .keras, .h5, .hdf5 or .weights.h5; FILE::layer/weight[i,j] shows "
        "that cell",
    )
    parser.add_argument(
        "--architecture",
        metavar="FILE",
        help="where FILE holds weights only: a file with the model's config",
    )
    parser.add_argument("--version", action="version", version=f"weightview {__version__}")
    parser.add_argument("--quit-after-paint", action="store_true", help=argparse.SUPPRESS)
    return parser
