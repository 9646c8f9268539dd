"""Which file a journal belongs to: its place, a quick fingerprint, and a checksum of all of it.

The fingerprint samples a few places and so costs the same for a gigabyte as for a kilobyte; the
checksum of the whole content is computed in the background and settles the matter.
"""

import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_DIGEST_BYTES = 20
_SAMPLES = 8
_SAMPLE_BYTES = 4096
_CHUNK_BYTES = 4 << 20
_MOST_FILES = 20_000


@dataclass(frozen=True)
class FileState:
    """One state of a file or model folder.

    Attributes:
        size: bytes, of all files of a folder together.
        modified: the last change in nanoseconds, the latest of a folder's files.
        inode: the file system's number of it.
        device: the file system.
        fingerprint: the BLAKE2b of the size and of samples spread over the content.
    """

    size: int
    modified: int
    inode: int
    device: int
    fingerprint: str

    def as_fields(self) -> dict[str, Any]:
        """Return what :meth:`from_fields` reads."""
        return asdict(self)

    @classmethod
    def from_fields(cls, fields: object) -> "FileState | None":
        """Return the state that a journal's record tells, or None where it tells none."""
        if not isinstance(fields, Mapping):
            return None
        numbers = [fields.get(name) for name in ("size", "modified", "inode", "device")]
        fingerprint = fields.get("fingerprint")
        if not all(type(number) is int for number in numbers) or not isinstance(fingerprint, str):
            return None
        size, modified, inode, device = (number for number in numbers if type(number) is int)
        return cls(size, modified, inode, device, fingerprint)

    def is_same_moment(self, other: "FileState") -> bool:
        """Return whether both are one file that nobody wrote between the two looks."""
        mine = (self.size, self.modified, self.inode, self.device, self.fingerprint)
        return mine == (other.size, other.modified, other.inode, other.device, other.fingerprint)

    def may_be_same_content(self, other: "FileState") -> bool:
        """Return whether size and fingerprint agree, wherever the two lie."""
        return (self.size, self.fingerprint) == (other.size, other.fingerprint)


def look_at(path: Path) -> FileState | None:
    """Return the state of a file or folder, None where there is none that can be read."""
    try:
        status = path.stat()
        files = list(_files(path, status))
        fingerprint = hashlib.blake2b(digest_size=_DIGEST_BYTES)
        for name, file, size, _ in files:
            fingerprint.update(f"{len(name)} {size} ".encode() + name)
            for sample in _samples(file, size):
                fingerprint.update(sample)
    except (OSError, ValueError):
        return None
    if not files:
        return None
    total = sum(size for _, _, size, _ in files)
    modified = max(when for _, _, _, when in files)
    return FileState(total, modified, status.st_ino, status.st_dev, fingerprint.hexdigest())


def _files(path: Path, status: os.stat_result) -> Iterator[tuple[bytes, Path, int, int]]:
    """Yield name inside ``path``, place, size and time of its regular files, links left out."""
    if stat.S_ISREG(status.st_mode):
        yield b"", path, status.st_size, status.st_mtime_ns
        return
    if not stat.S_ISDIR(status.st_mode):
        return
    seen = 0
    for folder, inner, names in os.walk(path):
        inner.sort()
        for name in sorted(names):
            file = Path(folder, name)
            found = file.lstat()
            seen += 1
            if seen > _MOST_FILES:
                return
            if stat.S_ISREG(found.st_mode):
                relative = os.fsencode(file.relative_to(path))
                yield relative, file, found.st_size, found.st_mtime_ns


def _samples(file: Path, size: int) -> Iterator[bytes]:
    with file.open("rb", buffering=0) as opened:
        if size <= _SAMPLES * _SAMPLE_BYTES:
            yield opened.read(size)
            return
        for number in range(_SAMPLES):
            opened.seek(number * (size - _SAMPLE_BYTES) // (_SAMPLES - 1))
            yield opened.read(_SAMPLE_BYTES)


def content_hash(path: Path, cancelled: Callable[[], bool] = lambda: False) -> str | None:
    """Return the BLAKE2b of everything in a file or folder, in hexadecimal digits.

    Returns:
        None where it cannot be read or ``cancelled`` says so meanwhile.
    """
    checksum = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    try:
        for name, file, size, _ in _files(path, path.stat()):
            checksum.update(f"{len(name)} {size} ".encode() + name)
            with file.open("rb", buffering=0) as opened:
                while chunk := opened.read(_CHUNK_BYTES):
                    checksum.update(chunk)
                    if cancelled():
                        return None
    except (OSError, ValueError):
        return None
    return checksum.hexdigest()
