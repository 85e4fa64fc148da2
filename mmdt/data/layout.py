"""Which files of a dataset are in which split: from the header of its README, or from the names of the files.

Without ``configs`` in a README, these names are read: ``<config>/<split>-00000-of-00001.parquet``,
``<config>/<split>/0000.parquet``, and ``<split>.parquet`` (configuration ``default``); ``data/`` may stand before them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from mmdt.errors import DataError

SUFFIXES = (".parquet", ".json", ".jsonl")
README = "README.md"
DEFAULT = "default"
_SHARD = re.compile(r"(?P<split>.+?)(?:-(?P<number>\d+)-of-(?P<of>\d+))?\.(?:parquet|jsonl?)")
_PART = re.compile(r"(?:part-)?\d+")
_BRACES = re.compile(r"\{([^{}]*,[^{}]*)\}")
_MAX_PATTERNS = 1000


@dataclass(frozen=True, slots=True)
class SplitFiles:
    """The files of a split that are there, and the patterns that the README gives for them (none where it has none)."""

    names: tuple[str, ...]
    patterns: tuple[str, ...] = ()


Layout = Mapping[str, Mapping[str, SplitFiles]]
"""Configuration -> split -> its files, named from the top of the dataset."""


def read_layout(names: Sequence[str], readme: str | None, where: str) -> Layout:
    """The files of every split among ``names``. Raises DataError when the header of the README is malformed."""
    configs = read_configs(readme, where) if readme is not None else []
    if not configs:
        return _by_name(names)
    layout: dict[str, Mapping[str, SplitFiles]] = {}
    for config in configs:
        if not isinstance(config, dict) or not isinstance(config.get("config_name"), str):
            raise _bad_readme(where, "a configuration has no config_name")
        layout[config["config_name"]] = _splits(names, config, where)
    return layout


def read_configs(readme: str, where: str) -> list[Any]:
    """The ``configs`` in the header of a README; empty if there are none. Raises DataError for what is no YAML."""
    header = re.match(r"\ufeff?---\s*\n(.*?)\n---\s*(\n|$)", readme, re.DOTALL)
    if header is None or "configs" not in header[1]:
        return []
    import yaml

    try:
        values = yaml.safe_load(header[1])
    except (yaml.YAMLError, RecursionError) as error:
        raise _bad_readme(where, "its header is not YAML") from error
    configs = values.get("configs") if isinstance(values, dict) else None
    if not isinstance(configs, list):
        raise _bad_readme(where, "configs is not a list")
    return configs


def check_whole(names: Iterable[str], where: str) -> None:
    """Raises DataError where a file says that it is one of several, and others of them are not there."""
    there: dict[tuple[str, int], set[int]] = {}
    for name in names:
        mark = _SHARD.fullmatch(name)
        if mark is not None and mark["of"]:
            there.setdefault((mark["split"], int(mark["of"])), set()).add(int(mark["number"]))
    for (stem, total), numbers in there.items():
        if len(numbers) < total:
            what = f"only {len(numbers)} of the {total} files {stem}-*-of-{total:05d} are there"
            raise DataError(what, where=where, hint="download the others, so that the split is whole")


def _splits(names: Sequence[str], config: Mapping[str, Any], where: str) -> Mapping[str, SplitFiles]:
    base = PurePosixPath(str(config.get("data_dir") or ""))
    if config.get("data_files") is None and str(base) != ".":
        return _merged(_by_name([name for name in names if PurePosixPath(name).is_relative_to(base)], str(base)))
    return {
        split: SplitFiles(_matching(names, patterns, where), tuple(patterns))
        for split, patterns in _data_files(config, base, where).items()
    }


def _merged(layout: Layout) -> Mapping[str, SplitFiles]:
    return {split: files for splits in layout.values() for split, files in splits.items()}


def _by_name(names: Iterable[str], base: str = "") -> Layout:
    found: dict[str, dict[str, list[str]]] = {}
    for name in sorted(names):
        place = _place(PurePosixPath(name).relative_to(base).parts)
        if place is not None:
            found.setdefault(place[0], {}).setdefault(place[1], []).append(name)
    return {
        config: {split: SplitFiles(tuple(files)) for split, files in splits.items()} for config, splits in found.items()
    }


def _place(parts: Sequence[str]) -> tuple[str, str] | None:
    """The configuration and the split of a file, from the parts of its name."""
    if len(parts) > 1 and parts[0] == "data":
        parts = parts[1:]
    mark = _SHARD.fullmatch(parts[-1])
    if mark is None or any(part.startswith(".") for part in parts):
        return None
    folders = list(parts[:-1])
    split = folders.pop() if folders and _PART.fullmatch(mark["split"]) else mark["split"]
    if len(folders) > 1:
        return None
    return (folders[0] if folders else DEFAULT), split


def _data_files(config: Mapping[str, Any], base: PurePosixPath, where: str) -> dict[str, list[str]]:
    """Split -> glob patterns. The hub allows a pattern, a list of patterns, or a list with one entry per split."""
    given = config.get("data_files")
    entries = given if isinstance(given, list) else [given]
    found: dict[str, list[str]] = {}
    for entry in entries:
        split, paths = ("train", entry) if not isinstance(entry, dict) else (entry.get("split"), entry.get("path"))
        patterns = paths if isinstance(paths, list) else [paths]
        if not isinstance(split, str) or not all(isinstance(pattern, str) for pattern in patterns):
            raise _bad_readme(where, f"configuration {config['config_name']!r} has malformed data_files")
        found.setdefault(split, []).extend(_under(base, str(pattern), where) for pattern in patterns)
    return found


def _under(base: PurePosixPath, pattern: str, where: str) -> str:
    if base.is_absolute() or PurePosixPath(pattern).is_absolute() or "\\" in pattern:
        raise _bad_readme(where, f"the path {pattern!r} is outside the folder")
    joined = base / pattern
    if ".." in joined.parts:
        raise _bad_readme(where, f"the path {pattern!r} is outside the folder")
    return str(joined)


def _matching(names: Collection[str], patterns: Iterable[str], where: str) -> tuple[str, ...]:
    from fsspec.utils import glob_translate  # type: ignore[import-untyped]

    files: list[str] = []
    for pattern in patterns:
        for each in _alternatives(pattern, where):
            try:
                fits = re.compile(glob_translate(each)).fullmatch
            except (re.error, ValueError) as error:
                raise _bad_readme(where, f"{pattern!r} is not a pattern of file names") from error
            files += sorted(name for name in names if fits(name) and name.endswith(SUFFIXES) and name not in files)
    return tuple(files)


def _alternatives(pattern: str, where: str) -> list[str]:
    """A pattern with braces (``{a,b}.json``) as several without."""
    done: list[str] = []
    waiting = [pattern]
    while waiting:
        if len(done) + len(waiting) > _MAX_PATTERNS:
            raise _bad_readme(where, f"the pattern {pattern[:60]!r} has too many alternatives")
        each = waiting.pop(0)
        braces = _BRACES.search(each)
        if braces is None:
            done.append(each)
        else:
            waiting += [each[: braces.start()] + part + each[braces.end() :] for part in braces[1].split(",")]
    return done


def _bad_readme(where: str, what: str) -> DataError:
    return DataError(what, where=f"{where}/{README}", hint="download the dataset's README.md again")
