"""One dataset in the hub's layout, wherever its files are: on the hub or in a local copy. One reader for both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from mmdt.data import parquet
from mmdt.data.json_rows import json_rows
from mmdt.data.layout import SUFFIXES, Layout, SplitFiles, check_whole
from mmdt.data.named_pictures import NamedPictures
from mmdt.data.row import DataRow, SplitAddress
from mmdt.errors import DataError


class Files(Protocol):
    """The files of a dataset. ``where`` says to people where they are; names are relative, with ``/``."""

    where: str

    def names(self) -> Sequence[str]: ...

    def paths(self, names: Sequence[str], patterns: Sequence[str] = ()) -> Sequence[Path]:
        """These files on this machine, downloaded if they are on the hub; the patterns are those that named them.

        Raises DataError where they cannot be had.
        """
        ...

    def readme(self) -> str | None: ...

    def unknown(self) -> DataError | None:
        """Why files that are not among the names may exist all the same; None where the names are all there are."""
        ...

    def version(self, names: Sequence[str]) -> str:
        """What tells these files from others of the same names."""
        ...


class Repository:
    """One dataset: its splits, and their rows as a stream."""

    def __init__(self, name: str, files: Files, layout: Layout) -> None:
        self.name = name
        self.files = files
        self.layout = layout

    def splits(self, config: str) -> tuple[str, ...]:
        """The splits of a configuration; empty if the dataset does not have it."""
        return tuple(self.layout.get(config, ()))

    def rows(self, config: str, split: str) -> Iterator[DataRow]:
        """The rows of a split; pictures stay encoded. Raises DataError when the dataset does not have it."""
        place = SplitAddress(self.name, config, split)
        found = self.split_files(config, split)
        number = 0
        for name, path in zip(found.names, self.files.paths(found.names, found.patterns), strict=True):
            pictures = NamedPictures(self.files, PurePosixPath(name).parent)
            for values in stream([path]):
                yield DataRow(values, place, number, pictures)
                number += 1

    def fingerprint(self, places: Iterable[tuple[str, str]]) -> str:
        """The version of these splits: the commit on the hub, a hash of the content of local files."""
        return self.files.version(
            [name for config, split in sorted(set(places)) for name in self.split_files(config, split).names]
        )

    def find(self, file_names: Iterable[str]) -> Path | None:
        """The first file with one of these names, in any folder of the dataset."""
        there = self.files.names()
        for wanted in file_names:
            for name in sorted(there, key=lambda each: (each.count("/"), each)):
                if PurePosixPath(name).name == wanted:
                    return self.files.paths([name])[0]
        return None

    def split_files(self, config: str, split: str) -> SplitFiles:
        """The files of a split. Raises DataError when the dataset does not have them."""
        where = self.files.where
        splits = self.layout.get(config)
        found = None if splits is None else splits.get(split)
        self._check_known(found)
        if splits is None:
            known = ", ".join(sorted(self.layout)) or "none"
            raise DataError(f"no configuration {config!r}", where=where, hint=f"use one of: {known}")
        if found is None:
            known = ", ".join(sorted(splits)) or "none"
            what = f"no split {split!r} in configuration {config!r}"
            raise DataError(what, where=where, hint=f"use one of: {known}")
        if not found.names:
            what = f"the README names files for split {split!r} of configuration {config!r}, but none of them is there"
            named = ", ".join(found.patterns)[:200]
            hint = f"get {named} again; {', '.join(SUFFIXES)} are read"
            raise DataError(what, where=where, hint=hint)
        check_whole(found.names, where)
        return found

    def _check_known(self, found: SplitFiles | None) -> None:
        """Raises DataError for a split without files where its files may exist. A README names every split."""
        listed = any(files.patterns for splits in self.layout.values() for files in splits.values())
        problem = self.files.unknown() if (not listed if found is None else not found.names) else None
        if problem is not None:
            raise problem


def stream(files: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """The rows of the files, each read by its kind. Raises DataError on a damaged file."""
    for path in files:
        yield from parquet.stream_rows([path]) if path.suffix == ".parquet" else json_rows(path)
