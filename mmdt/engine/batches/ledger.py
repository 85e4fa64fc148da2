"""The batches of a run, recorded as small files in its folder, so that a killed process forgets none of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from mmdt.disk.private import private_folder, write_private
from mmdt.disk.whole import write_whole
from mmdt.engine.errors import disk_error

FOLDER = "batches"
"""Name of the subfolder of a run. It has one folder for each model that is asked in batches."""


class BatchRecord(msgspec.Struct, frozen=True):
    """One batch. ``mark``: our id for it. ``batch``: the provider's id, empty until the provider confirms the batch.
    ``began``: when it was submitted, in seconds since 1970. ``landed``: its results have been downloaded, and some of
    them are not used yet. ``left_out``: the request fields that its requests lack, because the server does not take
    them."""

    mark: str
    model: str
    count: int
    began: float
    batch: str = ""
    landed: bool = False
    left_out: tuple[str, ...] = ()


class BatchLedger:
    """The records of one model's batches. Every method raises StoreError on a disk error.

    Each record has other files beside it: ``<mark>.keys``, the keys of its requests; ``<mark>.requests``, the requests;
    ``<mark>.results``, the results, from the download until they are used.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with self._disk():
            private_folder(folder)
            private_folder(folder.parent)
            self._remove_leftovers()

    def records(self) -> list[BatchRecord]:
        """All records, oldest first. Unreadable ones are skipped: their requests are sent again."""
        return sorted(read_records(self.folder), key=lambda record: record.began)

    def write(self, record: BatchRecord) -> None:
        with self._disk():
            path = self.folder / f"{record.mark}.json"
            write_whole(path, msgspec.json.encode(record))

    def write_keys(self, mark: str, keys: Iterable[str]) -> None:
        with self._disk():
            write_private(self._keys(mark), "".join(f"{key}\n" for key in keys).encode("ascii"))

    def keys(self, mark: str) -> list[str]:
        with self._disk():
            path = self._keys(mark)
            return path.read_text(encoding="ascii").split() if path.exists() else []

    def requests(self, mark: str) -> Path:
        return self.folder / f"{mark}.requests"

    def results(self, mark: str) -> Path:
        return self.folder / f"{mark}.results"

    def request_lines(self, mark: str) -> Iterator[bytes]:
        """The requests of a batch as they were submitted, in the order of its keys."""
        with self._disk(), self.requests(mark).open("rb") as file:
            for line in file:
                yield line.rstrip(b"\n")

    def drop_record(self, mark: str) -> None:
        """Forget that a batch was submitted, but keep its requests."""
        with self._disk():
            (self.folder / f"{mark}.json").unlink(missing_ok=True)

    def drop(self, mark: str) -> None:
        """Delete all files of a batch, once its answers are stored or will never come."""
        with self._disk():
            for path in (self.folder / f"{mark}.json", self._keys(mark), self.requests(mark), self.results(mark)):
                path.unlink(missing_ok=True)

    def _remove_leftovers(self) -> None:
        """Files that a killed process left without a record: what they hold was never submitted, or is used up."""
        for path in list(self.folder.iterdir()):
            beside = path.suffix in (".requests", ".keys", ".results")
            if path.suffix == ".part" or (beside and not path.with_suffix(".json").exists()):
                path.unlink(missing_ok=True)

    def _keys(self, mark: str) -> Path:
        return self.folder / f"{mark}.keys"

    @contextmanager
    def _disk(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise disk_error(error, self.folder) from error


def read_records(folder: Path) -> Iterator[BatchRecord]:
    """The records in a folder; none if the folder does not exist."""
    for path in folder.glob("*.json"):
        try:
            yield msgspec.json.decode(path.read_bytes(), type=BatchRecord)
        except (OSError, msgspec.MsgspecError, UnicodeError, RecursionError):
            continue
