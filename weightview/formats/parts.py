"""Numbers spread over several files that are one model: shards, or a folder with a config."""

from collections.abc import Mapping
from pathlib import Path

from weightview.core.errors import SaveError
from weightview.core.model import Weight
from weightview.core.regions import Region
from weightview.core.values import Array, Block, Storage
from weightview.formats.arrays import FileStorage
from weightview.formats.atomic import replacing
from weightview.formats.patching import copy_with_patches
from weightview.formats.source import SourceFile


class PartsStorage:
    """The numbers of a model whose weights lie in several files beside a leading one."""

    def __init__(self, path: Path, parts: Mapping[Path, FileStorage]) -> None:
        """Serve the model at ``path`` (what was opened); ``parts`` hold the arrays."""
        self._path = path
        self._parts = dict(parts)
        self._where = {
            name: place for place, storage in self._parts.items() for name in storage.arrays
        }

    @property
    def path(self) -> Path:
        """What was opened: the index file, or the folder."""
        return self._path

    @property
    def can_save(self) -> bool:
        """True: each part is saved by itself."""
        return True

    def read(self, weight: Weight, region: Region) -> Array:
        """Return the stored numbers of a normalised ``region`` as a new array.

        Raises:
            FileChangedError: a part is no longer the file that was opened.
            FileError: it cannot be read.
        """
        return self._parts[self._where[weight.stored_name]].read(weight, region)

    def save(self, target: Path, blocks: tuple[Block, ...]) -> Storage:
        """Write edited parts where they lie, or all of them to another place.

        Each file is replaced as a whole; where several were edited and one cannot be written, the
        sentence says so.

        Raises:
            SaveError: with the reason.
            FileChangedError: a part is no longer the file that was opened.
        """
        edited: dict[Path, list[Block]] = {}
        for block in blocks:
            edited.setdefault(self._where[block.weight.stored_name], []).append(block)
        places = {part: part for part in self._parts}
        if target.resolve() != self._path.resolve():
            places = self._copied_frame(target)
        else:
            self._check_all()
        written: dict[Path, FileStorage] = {}
        for part, storage in self._parts.items():
            if places[part] == part and part not in edited:
                written[part] = storage
                continue
            saved = storage.save(places[part], tuple(edited.get(part, ())))
            assert isinstance(saved, FileStorage)
            written[places[part]] = saved
        return PartsStorage(target, written)

    def _check_all(self) -> None:
        """Look at every part before the first is written, so that no half is saved in vain."""
        for storage in self._parts.values():
            storage.source.check()

    def _copied_frame(self, target: Path) -> dict[Path, Path]:
        """Copy what belongs to the model beside its parts; return where each part goes."""
        if self._path.is_dir():
            return self._copied_folder(target)
        same_folder = target.parent.resolve() == self._path.parent.resolve()
        places = {}
        text = self._path.read_text(encoding="utf-8")
        for number, part in enumerate(sorted(self._parts)):
            name = part.name
            if same_folder:
                name = f"{target.name.split('.')[0]}_{number:05d}.weights.h5"
                text = text.replace(f'"{part.name}"', f'"{name}"')
            places[part] = target.parent / name
            if places[part].exists():
                raise SaveError(places[part], "a file of this name is there and not replaced.")
        data = text.encode()
        with replacing(target, len(data)) as file:
            file.write(data)
        return places

    def _copied_folder(self, target: Path) -> dict[Path, Path]:
        if target.exists():
            raise SaveError(target, "something of this name is there and not replaced.")
        try:
            target.mkdir()
            for item in sorted(self._path.rglob("*")):
                place = target / item.relative_to(self._path)
                if item.is_dir():
                    place.mkdir()
                elif item not in self._parts:
                    copy_with_patches(SourceFile(item), place, ())
        except OSError as error:
            raise SaveError(target, f"the folder cannot be made: {error.strerror}.") from error
        return {part: target / part.relative_to(self._path) for part in self._parts}
