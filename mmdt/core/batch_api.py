"""Batches: what providers offer for requests that may wait a day, many in one file and each at half its price."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from mmdt.core.output import Failure, Output
from mmdt.core.protocols import Request


@dataclass(frozen=True, slots=True)
class BatchState:
    """Where a batch stands: ``done`` of its requests are through; once it has ``ended`` nothing more comes of it.

    ``failure``: the provider took none of it, and why; where that is retryable the same requests may be taken later.
    """

    ended: bool
    done: int = 0
    failure: Failure | None = None


class BatchApi(Protocol):
    """A model's batch endpoint. Like a model it never raises for what the provider did: that is an Output.

    A batch is a file of lines, a line a request, each under a key of ours (64 hexadecimal digits). ``most_requests``
    and ``most_bytes`` (of the file) bound one batch.
    """

    most_requests: int
    most_bytes: int

    def line(self, key: str, request: Request) -> bytes:
        """A request as it stands in the file, without the line's end. Raises DataError where its pictures cannot be
        read."""
        ...

    async def submit(self, file: Path, count: int, mark: str) -> str | Output:
        """Hand a file over; the provider's name for the batch. ``mark`` is our own name for it."""
        ...

    async def find(self, mark: str, count: int, since: float) -> str | Output:
        """The provider's name for a batch that was handed over without an answer; empty where it has none such.

        ``since``: seconds since 1970 before which it was not handed over.
        """
        ...

    async def look(self, batch: str) -> BatchState | Output: ...

    async def fetch(self, batch: str, file: Path) -> Output | None:
        """Write the results of a batch that has ended to ``file``, a line a request, in any order."""
        ...

    def key(self, line: bytes) -> str:
        """Whose result a line is; empty where it cannot be read."""
        ...

    async def read(self, line: bytes) -> Output:
        """The output that a line of results stands for, at the price of a batch. What the batch ended before is
        failed as ``expired``."""
        ...

    async def cancel(self, batch: str) -> Output | None: ...


@runtime_checkable
class Batchable(Protocol):
    """A model that may have a batch endpoint."""

    @property
    def batches(self) -> BatchApi | None: ...
