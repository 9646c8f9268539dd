"""A first look at a file: enough to recognise its format by content, never by name."""

from functools import cached_property
from pathlib import Path

from weightview.core.errors import FileError, OpenError
from weightview.formats.archive import Archive
from weightview.formats.source import SourceFile, reason_of

_HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"
_ZIP_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")
_FIRST_USER_BLOCK = 512
_JSON_HEAD = 64
_END_OF_ARCHIVE_BYTES = 22 + 0xFFFF


class Probe:
    """What a path is, found out once and only as far as somebody asks."""

    def __init__(self, path: Path) -> None:
        """Look at ``path``.

        Raises:
            OpenError: it is absent, may not be read, or is neither a file nor a folder.
        """
        self.path = path
        try:
            self.is_folder = path.is_dir()
        except OSError as error:  # such as a folder above that may not be entered
            raise OpenError(path, reason_of(error)) from error
        self._source = None if self.is_folder else SourceFile(path)
        self.kept: dict[str, object] = {}

    @property
    def source(self) -> SourceFile:
        """The file; only where the path is no folder."""
        assert self._source is not None
        return self._source

    @cached_property
    def head(self) -> bytes:
        """The first bytes of the file, none of a folder."""
        if self.is_folder:
            return b""
        return self.source.read(0, min(_JSON_HEAD, self.source.size))

    @cached_property
    def is_zip(self) -> bool:
        """Whether it begins as a ZIP archive does, or ends as one that has something before it."""
        if self.is_folder:
            return False
        if self.head.startswith(_ZIP_SIGNATURES):
            return True
        if self.is_hdf5:
            return False
        size = min(self.source.size, _END_OF_ARCHIVE_BYTES)
        return _ZIP_SIGNATURES[1] in self.source.read(self.source.size - size, size)

    @cached_property
    def archive(self) -> Archive:
        """The archive's members; only where it is a ZIP.

        Raises:
            OpenError: the archive is damaged.
        """
        return Archive(self.source)

    @cached_property
    def is_hdf5(self) -> bool:
        """Whether the HDF5 signature stands where the format allows it."""
        if self.is_folder:
            return False
        if self.head.startswith(_HDF5_SIGNATURE):
            return True
        place = _FIRST_USER_BLOCK
        while place + len(_HDF5_SIGNATURE) <= self.source.size:
            try:
                if self.source.read(place, len(_HDF5_SIGNATURE)) == _HDF5_SIGNATURE:
                    return True
            except FileError:
                return False
            place *= 2
        return False

    @cached_property
    def is_json_object(self) -> bool:
        """Whether it begins as a JSON object does."""
        return self.head.lstrip().startswith(b"{")
