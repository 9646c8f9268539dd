"""Vocabularies that Keras keeps beside a model's config, one word to a line; read when asked for.

A lookup layer that learned its words (``adapt``) has none in its config. Its file holds them as
``assets/<group of the layer>/vocabulary.txt`` (``IndexLookup.save_assets``).
"""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Protocol

from weightview.core.axis_names.vocabularies import LOOKUPS
from weightview.core.errors import FileError
from weightview.formats.archive import Archive
from weightview.formats.drafts import Draft
from weightview.formats.probe import Probe
from weightview.formats.source import SourceFile

_FOLDER, _FILE = "assets", "vocabulary.txt"
_INNER = ("", "_lookup_layer/")
_LARGEST = 32 << 20
_MOST_WORDS = 1 << 21
_OTHER_BREAKS = re.compile(r"[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")

Reader = Callable[[], bytes]


class Assets(Protocol):
    """The files beside a model's config."""

    def reader(self, name: str) -> Reader | None:
        """Return what reads the file called ``name``, or None where there is none."""
        ...


class ArchiveAssets:
    """The members of a ``.keras`` archive."""

    def __init__(self, archive: Archive) -> None:
        """Find members of ``archive``."""
        self._archive = archive

    def reader(self, name: str) -> Reader | None:
        """Return what reads a member; after a save too, as long as it is the same one."""
        member = self._archive.members.get(name)
        if member is None:
            return None
        path = self._archive.source.path

        def read() -> bytes:
            archive = Archive(SourceFile(path))
            found = archive.members.get(name)
            if found is None or (found.size, found.crc) != (member.size, member.crc):
                raise FileError(path, "another program changed the file.", place=name)
            return archive.read(name, _LARGEST)

        return read


class FolderAssets:
    """The files in an unzipped model's folder."""

    def __init__(self, folder: Path) -> None:
        """Find files below ``folder``."""
        self._folder = folder

    def reader(self, name: str) -> Reader | None:
        """Return what reads a file that lies in the folder itself, not behind a link."""
        path = self._folder / name
        if not path.is_file() or path.resolve() != self._folder.resolve() / name:
            return None
        source = SourceFile(path)
        if source.size > _LARGEST:
            return None
        return lambda: source.read(0, source.size)


def assets_of(path: Path) -> Assets:
    """Return the files beside the config of a model that is an archive or a folder."""
    probe = Probe(path)
    return ArchiveAssets(probe.archive) if probe.is_zip else FolderAssets(path)


def attach_words(root: Draft, assets: Assets) -> None:
    """Give each lookup layer of ``root`` what reads its words."""
    for draft in root.walk():
        if draft.class_name not in LOOKUPS or not draft.group:
            continue
        names = (f"{_FOLDER}/{draft.group}/{inner}{_FILE}" for inner in _INNER)
        readers = [reader for name in names if (reader := assets.reader(name)) is not None]
        if readers:
            draft.words = _words_of(readers)


def _words_of(readers: list[Reader]) -> Callable[[], tuple[str, ...] | None]:
    @cache
    def read() -> tuple[str, ...] | None:
        texts = {reader() for reader in readers}
        return lines_of(texts.pop()) if len(texts) == 1 else None

    def words() -> tuple[str, ...] | None:
        """Return the words; None where they cannot be read now, or are not one word a line."""
        try:
            return read()
        except FileError:
            return None  # whoever reads numbers is told of the file; a name is left out

    return words


def lines_of(data: bytes) -> tuple[str, ...] | None:
    r"""Return the words of a vocabulary's file; None where it is not clear where each one ends.

    Keras 3 parts the text at every character that Python takes for the end of a line and drops
    empty lines at its end; Keras 2 parts it at ``\n`` alone.
    """
    if data.count(b"\n") >= _MOST_WORDS:
        return None
    try:
        text = data.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return None
    if _OTHER_BREAKS.search(text):
        return None
    return tuple(text.rstrip("\n").split("\n"))
