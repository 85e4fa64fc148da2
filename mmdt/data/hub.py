"""Published datasets on the Hugging Face hub, through the ``datasets`` library and its cache."""

from __future__ import annotations

import errno
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from mmdt.data.row import DataRow, SplitAddress
from mmdt.errors import DataError, MmdtError
from mmdt.spelling import option

_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS, errno.EPERM)
_UNKNOWN = ("DatasetNotFoundError", "RepositoryNotFoundError", "RevisionNotFoundError", "GatedRepoError")


class HubDataset:
    """One dataset on the hub. A configuration is downloaded on first use and kept in the library's cache.

    ``revision``: a branch, tag or commit; by default, the newest commit of the main branch. All configurations are read
    at the commit of the first one.
    """

    def __init__(self, repo: str, revision: str | None = None) -> None:
        self.repo = repo
        self.revision = revision
        self._commit: str | None = None
        self._builders: dict[str, Any] = {}

    def rows(self, config: str, split: str) -> Iterator[DataRow]:
        """The rows of a split; pictures stay encoded. Raises DataError when the split cannot be loaded."""
        builder = self._builder(config)
        place = SplitAddress(self.repo, config, split)
        try:
            builder.download_and_prepare()
            table = builder.as_dataset(split=split)
        except Exception as error:
            raise explained(error, self.repo, config, split) from error
        for number, values in enumerate(_undecoded(table)):
            yield DataRow(values, place, number)

    def splits(self, config: str) -> tuple[str, ...]:
        """The splits of a configuration. Raises DataError when the configuration does not exist."""
        builder = self._builder(config)
        return tuple(getattr(builder.config, "data_files", None) or builder.info.splits or ())

    def fingerprint(self, places: Iterable[tuple[str, str]]) -> str:
        """The commit that the data is read at."""
        commits = sorted({str(self._builder(config).hash) for config, _ in places})
        return "+".join(commits)

    def _builder(self, config: str) -> Any:
        if config not in self._builders:
            datasets = _library()
            try:
                # without the scheme, a folder of the same name in the working directory would be used
                builder = datasets.load_dataset_builder(
                    f"hf://datasets/{self.repo}", config, revision=self._commit or self.revision
                )
            except Exception as error:
                raise explained(error, self.repo, config, "") from error
            self._check_revision(str(builder.hash))
            self._commit = self._commit or str(builder.hash)
            self._builders[config] = builder
        return self._builders[config]

    def _check_revision(self, commit: str) -> None:
        """Offline, the library uses whatever is cached. Raises DataError when that is another commit."""
        wanted = self.revision or ""
        if re.fullmatch(r"[0-9a-f]{7,40}", wanted) and not commit.startswith(wanted):
            raise DataError(
                f"revision {wanted} was requested, but only {commit} is cached",
                where=self.repo,
                hint="go online, or drop the revision",
            )


def explained(error: Exception, repo: str, config: str, split: str) -> MmdtError:
    """Any exception of the libraries as one line with a hint."""
    if isinstance(error, MmdtError):
        return error
    chain = list(_causes(error))
    text = str(error).strip()
    first = text.splitlines()[0][:300] if text else type(error).__name__
    where = " ".join(part for part in (repo, f"{config}/{split}" if split else config) if part)
    disk = next((each for each in chain if isinstance(each, OSError) and each.errno in _DISK), None)
    if disk is not None:
        return DataError(
            f"the download cannot be stored: {disk.strerror}",
            where=where,
            hint="free some space, or move the cache with HF_HOME",
        )
    away = "offline" in text.lower() or "find cache" in text or "not cached" in text
    if away or any(isinstance(each, ConnectionError | TimeoutError) for each in chain):
        copying = f"hf download {repo} --repo-type dataset --local-dir FOLDER"
        hint = f"check the network, or point {option('data')} at a local copy ({copying})"
        return DataError("the hub cannot be reached, and the data is not in the cache", where=where, hint=hint)
    if isinstance(error, ValueError) and ("not found" in text or "Unknown split" in text):
        return DataError(first, where=where, hint="use one of the names in this message")
    if any("gated" in f"{type(each).__name__} {each}".lower() for each in chain):
        hint = (
            f"accept its conditions at https://huggingface.co/datasets/{repo}, then log in (hf auth login, or HF_TOKEN)"
        )
        return DataError("the dataset is gated: it is given to those who accept its conditions", where=where, hint=hint)
    if type(error).__name__ in _UNKNOWN:
        return DataError(first, where=where, hint="check the name and the revision, and log in if it is gated")
    return DataError(f"the hub's data cannot be read: {first}", where=where, hint="try again, or use a local copy")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _library() -> Any:
    import datasets

    if not sys.stderr.isatty():
        datasets.disable_progress_bars()
    return datasets


def hide_bars() -> None:
    """Turn off the library's own progress bars, if the library is loaded."""
    if "datasets" in sys.modules:
        sys.modules["datasets"].disable_progress_bars()


def _undecoded(table: Any) -> Iterator[dict[str, Any]]:
    """The rows with their pictures still encoded: decoding them here would mean encoding them again."""
    datasets = _library()
    for name, feature in list(table.features.items()):
        if isinstance(feature, datasets.Image):
            table = table.cast_column(name, datasets.Image(decode=False))
        inner = getattr(feature, "feature", None)
        if isinstance(inner, datasets.Image):
            table = table.cast_column(name, type(feature)(datasets.Image(decode=False)))
    yield from table
