"""Which models of a run are asked through their provider's batches, and the open batches of a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mmdt.core.batch_api import Batchable, BatchApi, BatchState
from mmdt.core.cell import slug
from mmdt.core.output import FailureKind, Output
from mmdt.engine.batches.endpoint import BatchEndpoint
from mmdt.engine.batches.ledger import FOLDER, BatchRecord, read_records
from mmdt.engine.batches.tracker import Pace
from mmdt.engine.endpoint.endpoint import Endpoint
from mmdt.engine.endpoint.request_sender import RequestSender
from mmdt.errors import UsageError
from mmdt.models.settings import read_settings
from mmdt.plugins.facts import runtimes_with_batches
from mmdt.runs.settings import Settings
from mmdt.spelling import option, verb

MODEL = "model"


class Batching:
    """``where``: the folder of an existing run; its open batches are collected whatever the settings say.

    Raises UsageError on invalid options.
    """

    def __init__(self, settings: Settings, where: Path | None) -> None:
        self._pace = read_settings(Pace, settings.batch_options, option("batch_options"))
        self._settings = settings
        self._where = where
        self.endpoints: dict[str, BatchEndpoint] = {}
        """By the name of their folder."""

    def model(self, direct: Endpoint) -> RequestSender:
        """The way to the model under test. Raises UsageError if it should be asked in batches and has no batch
        endpoint."""
        return self._way(direct, MODEL, wanted=self._settings.batches_model)

    def judge(self, direct: Endpoint) -> RequestSender:
        """The way to a judge."""
        return self._way(direct, f"judge-{slug(direct.info.name)}", wanted=self._settings.batches_judges)

    async def start(self, folder: Path) -> None:
        """Start working in a run's folder. Raises StoreError."""
        for name, endpoint in self.endpoints.items():
            await endpoint.start(folder / FOLDER / name)

    def note(self) -> str:
        """The state of the batches, in words; empty if there are none."""
        return "; ".join(filter(None, (endpoint.note for endpoint in self.endpoints.values())))

    def _way(self, direct: Endpoint, name: str, *, wanted: bool) -> RequestSender:
        left = self._where is not None and any(read_records(self._where / FOLDER / name))
        if not wanted and not left:
            return direct
        api = api_of(direct)
        if api is None:
            known = (f"{runtime}/ ({which})" for runtime, which in runtimes_with_batches().items())
            hint = f"leave out {option('batch')}; these have one: {', '.join(known)}"
            raise UsageError(f"{direct.info.name} has no batch endpoint", where=option("batch"), hint=hint)
        self.endpoints[name] = BatchEndpoint(direct, api, self._pace, submit=wanted, wait=self._settings.wait)
        return self.endpoints[name]


def api_of(endpoint: RequestSender) -> BatchApi | None:
    """The model's batch endpoint, or None."""
    return endpoint.model.batches if isinstance(endpoint.model, Batchable) else None


@dataclass(frozen=True, slots=True)
class OpenBatch:
    """A batch that is with a provider, or whose answers are in the run's folder but not used yet. ``batch`` is the
    provider's name for it, ``who`` the model it is for: ``model``, or ``judge-...``."""

    who: str
    batch: str
    began: str
    requests: int
    done: int
    state: str


def has_batches(folder: Path) -> bool:
    """Whether a run has batches whose answers have not been used."""
    return any(True for _ in _entries(folder))


async def open_batches(
    folder: Path, endpoints: Mapping[str, RequestSender], *, cancel: bool = False
) -> list[OpenBatch]:
    """The batches of the run in ``folder``, with their state at the provider, after cancelling them if ``cancel``."""
    found = []
    for name, entry in _entries(folder):
        api = api_of(endpoints[name]) if name in endpoints else None
        state, done = await _state_of(entry, api, cancel=cancel)
        began = datetime.fromtimestamp(entry.began, UTC).isoformat(" ", "seconds")
        found.append(OpenBatch(name, entry.batch or "unknown", began, entry.count, done, state))
    return found


def _entries(folder: Path) -> Iterator[tuple[str, BatchRecord]]:
    top = folder / FOLDER
    for part in sorted(top.iterdir()) if top.is_dir() else ():
        yield from ((part.name, entry) for entry in sorted(read_records(part), key=lambda entry: entry.began))


async def _state_of(record: BatchRecord, api: BatchApi | None, *, cancel: bool) -> tuple[str, int]:
    """The state in words, and how many requests are done."""
    if record.landed:
        return f"fetched; {verb('resume')} will use it", record.count
    if api is None or not record.batch:
        return "submitted, not confirmed", 0
    failed = await api.cancel(record.batch) if cancel else None
    state = await api.look(record.batch)
    if isinstance(state, Output):
        return _trouble(state), 0
    if failed is not None and not state.ended:
        return f"could not be cancelled: {_trouble(failed)}", state.done
    return _state(state, cancel=cancel), state.done


def _state(state: BatchState, *, cancel: bool) -> str:
    if state.failure is not None:
        return state.failure.message
    if state.ended:
        return f"ended; {verb('resume')} will fetch it"
    return f"being cancelled; {verb('resume')} will fetch what is done" if cancel else "in progress"


def _trouble(output: Output) -> str:
    failure = output.failure
    if failure is None:
        return output.reason
    return "unknown to the provider" if failure.kind is FailureKind.NOT_FOUND else failure.message
