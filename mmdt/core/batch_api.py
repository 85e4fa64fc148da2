"""Batches: many requests in one file, answered within a day at half the price."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from mmdt.core.output import Failure, Output
from mmdt.core.protocols import Request


@dataclass(frozen=True, slots=True)
class BatchState:
    """The state of a batch: ``done`` requests are finished; once it has ``ended`` there will be no more results.

    ``failure``: why the provider rejected the whole batch; if it is retryable, the same requests may be accepted later.
    """

    ended: bool
    done: int = 0
    failure: Failure | None = None


class BatchApi(Protocol):
    """A model's batch endpoint. Like a model, it never raises for what the provider did: it returns an Output.

    A batch is a file with one request a line, each under our own key (64 hexadecimal digits). ``most_requests`` and
    ``most_bytes`` (of the file) limit one batch.
    """

    most_requests: int
    most_bytes: int

    @property
    def left_out(self) -> tuple[str, ...]:
        """The request fields that lines lack from now on, because the server does not take them."""
        ...

    def line(self, key: str, request: Request) -> bytes:
        """A request as one line of the file, without the line break. Raises DataError if its pictures cannot be
        read."""
        ...

    async def submit(self, file: Path, count: int, mark: str) -> str | Output:
        """Submit a file; returns the provider's name for the batch. ``mark`` is our own name for it."""
        ...

    async def find(self, mark: str, count: int, since: float) -> str | Output:
        """The provider's name for a batch whose submission got no reply; empty if the provider does not have it.

        ``since``: a time (seconds since 1970) before the submission.
        """
        ...

    async def look(self, batch: str) -> BatchState | Output: ...

    async def fetch(self, batch: str, file: Path) -> Output | None:
        """Write the results of an ended batch to ``file``, one request a line, in any order."""
        ...

    def key(self, line: bytes) -> str:
        """The key of the request that a result line belongs to; empty if it cannot be read."""
        ...

    async def read(self, line: bytes) -> Output:
        """The output in a result line, at batch prices. A request that the batch did not reach is failed as
        ``expired``."""
        ...

    async def cancel(self, batch: str) -> Output | None: ...


@runtime_checkable
class Batchable(Protocol):
    """A model that may have a batch endpoint."""

    @property
    def batches(self) -> BatchApi | None: ...
