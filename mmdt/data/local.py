"""Local copies of hub datasets: parquet, JSON or JSON Lines in the hub's layout (see ``layout``), read directly.

No cache and no network. In a folder that has the name of no dataset, JSON is read only where a README names it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

from mmdt.data import parquet
from mmdt.data.layout import README, SUFFIXES, read_configs, read_layout
from mmdt.data.repository import Repository
from mmdt.errors import DataError, UsageError

_MAX_README = 2_000_000
MAX_FILES = 1_000_000


class FolderFiles:
    """The files of a dataset in a folder. ``json``: whether JSON is data where no README says so."""

    def __init__(self, folder: Path, json: bool = False) -> None:
        self.folder = folder
        self.where = str(folder)
        self.json = json

    def names(self) -> Sequence[str]:
        return self._names

    @cached_property
    def _names(self) -> tuple[str, ...]:
        found: list[str] = []
        for name in _walk(self.folder):
            if len(found) == MAX_FILES:
                raise DataError(f"more than {MAX_FILES:,} files", where=self.where, hint="name a folder of data alone")
            found.append(name)
        return tuple(sorted(found))

    def paths(self, names: Sequence[str], _patterns: Sequence[str] = ()) -> Sequence[Path]:
        return [self.folder / name for name in names]

    def readme(self) -> str | None:
        path = self.folder / README
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return file.read(_MAX_README).decode("utf-8", "replace")

    def unknown(self) -> DataError | None:
        return None

    def version(self, names: Sequence[str]) -> str:
        return f"sha256:{parquet.fingerprint(self.paths(names))}"


class LocalCopy(Repository):
    """One dataset in a folder. Raises DataError when the header of its README is malformed."""

    def __init__(self, folder: Path, name: str = "") -> None:
        self.folder = folder
        files = FolderFiles(folder)
        named = bool(name) and folder.name == name.rpartition("/")[2]
        readable = [each for each in files.names() if named or has_configs(folder) or each.endswith(".parquet")]
        super().__init__(name or str(folder), files, read_layout(readable, files.readme(), files.where))


def find_copy(root: Path, repo: str) -> LocalCopy:
    """The copy of ``repo`` in or below a folder: ``<root>/<owner>/<name>``, ``<root>/<name>`` or ``root`` itself.

    Raises UsageError when there is no copy.
    """
    owner, _, name = repo.partition("/")
    for folder in (root / owner / name, root / name):
        if is_copy(folder, named=True):
            return LocalCopy(folder, repo)
    if is_copy(root, named=root.name == name) and not _is_sibling(root.name, name):
        return LocalCopy(root, repo)
    advice = "use the folder that contains both copies" if is_copy(root) else f"download one to {root / name}"
    raise UsageError(f"no copy of {repo} here", where=str(root), hint=f"{advice}, or select other cells")


def is_copy(folder: Path, named: bool = False) -> bool:
    """Whether a folder contains a dataset in the hub's layout; ``named``: its name is that of a dataset."""
    if not folder.is_dir():
        return False
    kinds = SUFFIXES if named else (".parquet",)
    patterns = ("*", "*/*", "data/*/*") if named else ("*/*",)
    return has_configs(folder) or any(
        path.suffix in kinds and path.is_file() for pattern in patterns for path in folder.glob(pattern)
    )


def has_configs(folder: Path) -> bool:
    """Whether the header of a folder's README lists configurations of data."""
    readme = FolderFiles(folder).readme()
    return readme is not None and bool(read_configs(readme, str(folder)))


def _is_sibling(found: str, wanted: str) -> bool:
    """Whether a folder has the name of another dataset of the same family (``...-T2I`` instead of ``...-I2T``)."""
    stem = wanted.rpartition("-")[0].lower()
    return bool(stem) and found.lower().startswith(stem) and found.lower() != wanted.lower()


def _walk(folder: Path) -> Iterator[str]:
    """The files below a folder, hidden ones left out. A linked folder is followed once."""
    seen: set[str] = set()
    for place, folders, files in os.walk(folder, followlinks=True):
        real = os.path.realpath(place)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        base = Path(place).relative_to(folder)
        yield from ((base / each).as_posix() for each in files if not each.startswith("."))
