"""A local copy of a hub dataset: parquet, JSON or JSON Lines in the hub's layout, read directly (no cache, no network).

Two layouts are supported: a ``README.md`` whose header lists ``configs``, and ``<config>/<split>-*.parquet``.
JSON is read where a README names it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from mmdt.data import parquet
from mmdt.data.json_rows import json_rows
from mmdt.data.row import DataRow, SplitAddress
from mmdt.errors import DataError, UsageError

_MAX_README = 2_000_000
_SHARD = re.compile(r"(?P<split>.+?)(-\d+-of-\d+)?\.(?:parquet|jsonl?)")
SUFFIXES = (".parquet", ".json", ".jsonl")

Layout = Mapping[str, Mapping[str, tuple[Path, ...]]]
"""Configuration -> split -> its files."""


class LocalCopy:
    """One dataset in a folder."""

    def __init__(self, folder: Path, name: str = "") -> None:
        self.folder = folder
        self.name = name or str(folder)
        self.layout = read_layout(folder)

    def rows(self, config: str, split: str) -> Iterator[DataRow]:
        """The rows of a split, streamed. Raises DataError when the copy does not have it."""
        place = SplitAddress(self.name, config, split)
        for number, values in enumerate(stream(self._files(config, split))):
            yield DataRow(values, place, number)

    def splits(self, config: str) -> tuple[str, ...]:
        """The splits of a configuration; empty if the copy does not have it."""
        return tuple(self.layout.get(config, ()))

    def fingerprint(self, places: Iterable[tuple[str, str]]) -> str:
        """A hash of the content of these splits."""
        files = [path for config, split in sorted(set(places)) for path in self._files(config, split)]
        return f"sha256:{parquet.fingerprint(files)}"

    def _files(self, config: str, split: str) -> tuple[Path, ...]:
        found = self.layout.get(config)
        if found is None:
            known = ", ".join(sorted(self.layout)) or "none"
            raise DataError(f"no configuration {config!r}", where=str(self.folder), hint=f"use one of: {known}")
        files = found.get(split)
        if found.get(split) == ():
            raise DataError(
                f"the README names files for split {split!r} of configuration {config!r}, but none of them is there",
                where=str(self.folder),
                hint=f"download them again; {', '.join(SUFFIXES)} are read",
            )
        if not files:
            known = ", ".join(sorted(found)) or "none"
            raise DataError(
                f"no split {split!r} in configuration {config!r}",
                where=str(self.folder),
                hint=f"use one of: {known}",
            )
        return files


def find_copy(root: Path, repo: str) -> LocalCopy:
    """The copy of ``repo`` in or below a folder: ``<root>/<owner>/<name>``, ``<root>/<name>`` or ``root`` itself.

    Raises UsageError when there is no copy.
    """
    owner, _, name = repo.partition("/")
    for folder in (root / owner / name, root / name):
        if is_copy(folder):
            return LocalCopy(folder, repo)
    if is_copy(root) and not _is_sibling(root.name, name):
        return LocalCopy(root, repo)
    advice = "use the folder that contains both copies" if is_copy(root) else f"download one to {root / name}"
    raise UsageError(f"no copy of {repo} here", where=str(root), hint=f"{advice}, or select other cells")


def is_copy(folder: Path) -> bool:
    """Whether a folder contains a dataset in the hub's layout."""
    if not folder.is_dir():
        return False
    return bool(_configs(folder)) or any(True for _ in _plain_files(folder))


def _is_sibling(found: str, wanted: str) -> bool:
    """Whether a folder has the name of another dataset of the same family (``...-T2I`` instead of ``...-I2T``)."""
    stem = wanted.rpartition("-")[0].lower()
    return bool(stem) and found.lower().startswith(stem) and found.lower() != wanted.lower()


def read_layout(folder: Path) -> Layout:
    """The files of every split. Raises DataError when the header of the README is malformed."""
    configs = _configs(folder)
    if not configs:
        return _plain_layout(folder)
    layout: dict[str, dict[str, tuple[Path, ...]]] = {}
    for config in configs:
        if not isinstance(config, dict) or not isinstance(config.get("config_name"), str):
            raise _bad_readme(folder, "a configuration has no config_name")
        layout[config["config_name"]] = {
            split: _matching(folder, patterns) for split, patterns in _data_files(folder, config).items()
        }
    return layout


def _plain_files(folder: Path) -> Iterator[Path]:
    """Without a README only parquet is taken for a copy: JSON in a folder may be a user's own."""
    return (path for path in folder.glob("*/*.parquet") if path.is_file())


def stream(files: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """The rows of the files, each read by its kind. Raises DataError on a damaged file."""
    for path in files:
        yield from parquet.stream_rows([path]) if path.suffix == ".parquet" else json_rows(path)


def _plain_layout(folder: Path) -> Layout:
    layout: dict[str, dict[str, tuple[Path, ...]]] = {}
    for path in sorted(_plain_files(folder)):
        mark = _SHARD.fullmatch(path.name)
        if mark is not None:
            splits = layout.setdefault(path.parent.name, {})
            splits[mark["split"]] = (*splits.get(mark["split"], ()), path)
    return layout


def _configs(folder: Path) -> list[Any]:
    """The ``configs`` in the header of the README; empty if there are none."""
    readme = folder / "README.md"
    if not readme.is_file():
        return []
    with readme.open("rb") as file:
        text = file.read(_MAX_README).decode("utf-8", "replace")
    header = re.match(r"\ufeff?---\s*\n(.*?)\n---\s*(\n|$)", text, re.DOTALL)
    if header is None or "configs" not in header[1]:
        return []
    import yaml

    try:
        values = yaml.safe_load(header[1])
    except (yaml.YAMLError, RecursionError) as error:
        raise _bad_readme(folder, "its header is not YAML") from error
    configs = values.get("configs") if isinstance(values, dict) else None
    if not isinstance(configs, list):
        raise _bad_readme(folder, "configs is not a list")
    return configs


def _data_files(folder: Path, config: Mapping[str, Any]) -> dict[str, list[str]]:
    """Split -> glob patterns. The hub allows a pattern, a list of patterns, or a list with one entry per split."""
    given = config.get("data_files")
    entries = given if isinstance(given, list) else [given]
    found: dict[str, list[str]] = {}
    for entry in entries:
        split, paths = ("train", entry) if not isinstance(entry, dict) else (entry.get("split"), entry.get("path"))
        patterns = paths if isinstance(paths, list) else [paths]
        if not isinstance(split, str) or not all(isinstance(pattern, str) for pattern in patterns):
            raise _bad_readme(folder, f"configuration {config['config_name']!r} has malformed data_files")
        base = PurePosixPath(str(config.get("data_dir") or ""))
        found.setdefault(split, []).extend(str(base / str(pattern)) for pattern in patterns)
    return found


def _matching(folder: Path, patterns: Iterable[str]) -> tuple[Path, ...]:
    files: list[Path] = []
    for pattern in patterns:
        parts = PurePosixPath(pattern)
        if parts.is_absolute() or ".." in parts.parts or "\\" in pattern:
            raise _bad_readme(folder, f"the path {pattern!r} is outside the folder")
        files += sorted(path for path in folder.glob(pattern) if path.suffix in SUFFIXES and path not in files)
    return tuple(files)


def _bad_readme(folder: Path, what: str) -> DataError:
    return DataError(what, where=str(folder / "README.md"), hint="download the dataset's README.md again")
