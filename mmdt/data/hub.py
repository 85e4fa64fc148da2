"""Published datasets on the Hugging Face hub: files come through ``huggingface_hub`` and its cache, and are read as
those of a local copy are."""

from __future__ import annotations

import errno
import glob
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from mmdt.data.layout import README, read_layout
from mmdt.data.local import FolderFiles
from mmdt.data.repository import Repository
from mmdt.data.row import DataRow
from mmdt.errors import DataError, MmdtError
from mmdt.spelling import option

LIST_SECONDS = 30.0
_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS, errno.EPERM)
_UNKNOWN = ("RepositoryNotFoundError", "RevisionNotFoundError")
_AWAY = frozenset(
    (
        *("ConnectError", "ConnectTimeout", "ReadTimeout", "OfflineModeIsEnabled"),
        *("LocalEntryNotFoundError", "IncompleteSnapshotError", "CachedRepoTreeNotFoundError"),
    )
)
_BUSY = (429, 500, 502, 503, 504)

_T = TypeVar("_T")


class HubDataset:
    """One dataset on the hub. The files of a split are downloaded on first use and kept in the hub's cache.

    ``revision``: a branch, tag or commit; by default, the newest commit of the main branch. Everything is read at the
    commit that this is when the first file is read. Offline, what the cache holds of it is used.
    """

    def __init__(self, repo: str, revision: str | None = None) -> None:
        self.repo = repo
        self.revision = revision

    def rows(self, config: str, split: str) -> Iterator[DataRow]:
        """The rows of a split; pictures stay encoded. Raises DataError when the split cannot be loaded."""
        yield from self._at(config, split, lambda: self._repository.rows(config, split))

    def splits(self, config: str) -> tuple[str, ...]:
        """The splits of a configuration; empty if the dataset does not have it."""
        return self._at(config, "", lambda: self._repository.splits(config))

    def fingerprint(self, places: Iterable[tuple[str, str]]) -> str:
        """The commit that the data is read at."""
        return self._at("", "", lambda: self._repository.fingerprint(()))

    def find(self, file_names: Iterable[str]) -> Path | None:
        """The first file of the dataset with one of these names."""
        return self._at("", "", lambda: self._repository.find(file_names))

    @cached_property
    def _repository(self) -> Repository:
        files = HubFiles(self.repo, self.revision)
        return Repository(self.repo, files, read_layout(files.names(), files.readme(), files.where))

    def _at(self, config: str, split: str, read: Callable[[], _T]) -> _T:
        try:
            return read()
        except Exception as error:
            raise explained(error, self.repo, config, split, revision=self.revision) from error


class HubFiles:
    """The files of a dataset on the hub at one commit.

    The README is fetched first, which also settles the commit.
    """

    _away: Exception | None = None  # why the names are only those in the cache

    def __init__(self, repo: str, revision: str | None = None) -> None:
        self.repo = repo
        self.where = repo
        self.folder = self._snapshot([README], revision)
        self.commit = self.folder.name

    def names(self) -> Sequence[str]:
        return self._names

    @cached_property
    def _names(self) -> tuple[str, ...]:
        """Those of the commit; if the hub is away, those in the cache."""
        try:
            listed = _library().HfApi().dataset_info(self.repo, revision=self.commit, timeout=LIST_SECONDS).siblings
            return tuple(each.rfilename for each in listed or () if _is_below(each.rfilename))
        except Exception as error:
            cached = FolderFiles(self.folder).names() if self.folder.is_dir() else ()
            if not cached or not is_away(error):
                raise
            self._away = error
            return tuple(cached)

    def paths(self, names: Sequence[str], patterns: Sequence[str] = ()) -> Sequence[Path]:
        """Offline, a split of which the cache holds only a part is an error, as one that it does not hold is."""
        wanted = [glob.escape(name) for name in names]
        if self._away is not None:
            wanted += patterns
        try:
            self._snapshot(wanted, self.commit)
        except Exception as error:
            raise explained(error, self.repo, "", "", names[0] if names else "") from error
        found = [self.folder / name for name in names]
        missing = next((path for path in found if not path.is_file()), None)
        if missing is not None:
            raise _not_cached(self.repo, self.repo)
        return found

    def readme(self) -> str | None:
        return FolderFiles(self.folder).readme() if self.folder.is_dir() else None

    def unknown(self) -> DataError | None:
        return _not_cached(self.repo, self.repo) if self._away is not None else None

    def version(self, _names: Sequence[str]) -> str:
        return self.commit

    def _snapshot(self, names: Sequence[str], revision: str | None) -> Path:
        try:
            return Path(
                _library().snapshot_download(
                    self.repo, repo_type="dataset", revision=revision, allow_patterns=list(names)
                )
            )
        except Exception as error:
            if revision is not None and is_away(error):
                found = self._cached_commits()
                whole = [each for each in found if len(revision) >= 7 and each.startswith(revision)]
                if len(whole) == 1 and whole[0] != revision:  # the first digits of a commit
                    return self._snapshot(names, whole[0])
                if found and not whole:
                    what = f"revision {revision} was requested, but only {', '.join(found)[:200]} is cached"
                    raise DataError(what, where=self.repo, hint="go online, or drop the revision") from error
            raise

    def _cached_commits(self) -> list[str]:
        from huggingface_hub import constants

        folder = Path(constants.HF_HUB_CACHE) / f"datasets--{self.repo.replace('/', '--')}" / "snapshots"
        return sorted(each.name for each in folder.iterdir()) if folder.is_dir() else []


def is_away(error: BaseException) -> bool:
    """Whether the hub was not reached, or something is not in the cache while it cannot be."""
    return any(
        isinstance(each, ConnectionError | TimeoutError)
        or type(each).__name__ in _AWAY
        or getattr(getattr(each, "response", None), "status_code", 0) in _BUSY
        for each in _causes(error)
    )


def explained(
    error: Exception, repo: str, config: str, split: str, file: str = "", revision: str | None = None
) -> MmdtError:
    """Any exception of the library as one line with a hint."""
    if isinstance(error, MmdtError):
        return error
    chain = list(_causes(error))
    text = str(error).strip()
    first = text.splitlines()[0][:300] if text else type(error).__name__
    where = " ".join(part for part in (repo, f"{config}/{split}" if split else config, file) if part)
    disk = next((each for each in chain if isinstance(each, OSError) and each.errno in _DISK), None)
    if disk is not None:
        return DataError(
            f"the download cannot be stored: {disk.strerror}",
            where=where,
            hint="free some space, or move the cache with HF_HOME",
        )
    if any(_says_gated(each) for each in chain):
        hint = (
            f"accept its conditions at https://huggingface.co/datasets/{repo}, then log in (hf auth login, or HF_TOKEN)"
        )
        return DataError("the dataset is gated: it is given to those who accept its conditions", where=where, hint=hint)
    if is_away(error):
        return _not_cached(repo, where)
    if type(error).__name__ in _UNKNOWN:
        absent = f"no revision {revision!r}" if type(error).__name__ == "RevisionNotFoundError" else "no such dataset"
        what = f"the hub has {absent}, or does not show it to you"
        return DataError(what, where=where, hint="check the name and the revision, and log in if it is private")
    return DataError(f"the hub's data cannot be read: {first}", where=where, hint="try again, or use a local copy")


def _says_gated(error: BaseException) -> bool:
    """By its name; the text of an unknown dataset speaks of gated ones as well."""
    name = type(error).__name__
    return "Gated" in name or (name != "RepositoryNotFoundError" and "gated" in str(error).lower())


def _is_below(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name


def _not_cached(repo: str, where: str) -> DataError:
    what = "the hub cannot be reached, and the data is not in the cache"
    copying = f"hf download {repo} --repo-type dataset --local-dir FOLDER"
    hint = f"check the network, or point {option('data')} at a local copy ({copying})"
    return DataError(what, where=where, hint=hint)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _library() -> Any:
    import huggingface_hub

    if not sys.stderr.isatty():
        hide_bars()
    return huggingface_hub


def hide_bars() -> None:
    """Turn off the library's own progress bars, if the library is loaded."""
    if "huggingface_hub" in sys.modules:
        from huggingface_hub.utils import disable_progress_bars

        disable_progress_bars()
