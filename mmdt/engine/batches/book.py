"""The batches that a run has with a provider, as small files in its folder: a killed process forgets none of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from mmdt.engine.errors import disk_error

FOLDER = "batches"
"""Within a run's folder; one folder for each model that is asked in batches."""


class Entry(msgspec.Struct, frozen=True):
    """One batch. ``batch`` is the provider's name for it, empty while it is not known that it took it; ``began`` the
    seconds since 1970 when it was handed over; ``landed``: its results are here, and some are still to be used."""

    mark: str
    model: str
    count: int
    began: float
    batch: str = ""
    landed: bool = False


class Book:
    """One model's batches. Every method raises StoreError where the disk refuses.

    Beside each entry: ``<mark>.keys``, whose requests it holds; ``<mark>.requests`` until the provider has them;
    ``<mark>.results`` from when they are fetched until they are used.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with self._disk():
            folder.mkdir(parents=True, exist_ok=True)

    def entries(self) -> list[Entry]:
        """All entries, the oldest first. One that cannot be read is passed over: its requests are then asked anew."""
        return sorted(read_entries(self.folder), key=lambda entry: entry.began)

    def write(self, entry: Entry) -> None:
        with self._disk():
            path = self.folder / f"{entry.mark}.json"
            part = path.with_suffix(".json.part")
            part.write_bytes(msgspec.json.encode(entry))
            part.replace(path)

    def write_keys(self, mark: str, keys: Iterable[str]) -> None:
        with self._disk():
            self._keys(mark).write_text("".join(f"{key}\n" for key in keys), encoding="ascii")

    def keys(self, mark: str) -> list[str]:
        with self._disk():
            path = self._keys(mark)
            return path.read_text(encoding="ascii").split() if path.exists() else []

    def requests(self, mark: str) -> Path:
        return self.folder / f"{mark}.requests"

    def results(self, mark: str) -> Path:
        return self.folder / f"{mark}.results"

    def request_lines(self, mark: str) -> Iterator[bytes]:
        """The requests of a batch as they were handed over, in the order of its keys."""
        with self._disk(), self.requests(mark).open("rb") as file:
            for line in file:
                yield line.rstrip(b"\n")

    def drop_entry(self, mark: str) -> None:
        """Forget that a batch was handed over, and keep its requests."""
        with self._disk():
            (self.folder / f"{mark}.json").unlink(missing_ok=True)

    def drop(self, mark: str) -> None:
        """Forget a batch: all that came of it is in the store, or nothing will."""
        with self._disk():
            for path in (self.folder / f"{mark}.json", self._keys(mark), self.requests(mark), self.results(mark)):
                path.unlink(missing_ok=True)

    def _keys(self, mark: str) -> Path:
        return self.folder / f"{mark}.keys"

    @contextmanager
    def _disk(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise disk_error(error, self.folder) from error


def read_entries(folder: Path) -> Iterator[Entry]:
    """The entries in a folder; none where there is no such folder."""
    for path in folder.glob("*.json"):
        try:
            yield msgspec.json.decode(path.read_bytes(), type=Entry)
        except (OSError, msgspec.MsgspecError):
            continue
