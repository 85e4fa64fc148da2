"""Journal: everything that a search asked, and the answers, in the store of its folder.

A hunt is a function of its seed and of the answers. So a search that was killed is carried out again from its start,
and every question that the journal knows is answered from it: nothing is asked twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mmdt.core.case import Case
from mmdt.core.observation import Observation
from mmdt.core.output import FailureKind, Output, Status, Usage
from mmdt.core.protocols import ModelInfo, Request
from mmdt.engine.pipeline.observing import Ballots, EvaluatorPanel
from mmdt.engine.store.codec import content_key
from mmdt.engine.store.insert import CaseInserter, new_case
from mmdt.engine.store.store import Store
from mmdt.engine.store.writer import ObservationKey, TrialKey, Writer

LASTING = frozenset({FailureKind.CASE, FailureKind.BAD_REQUEST, FailureKind.EMPTY, FailureKind.UNSUPPORTED})
"""Failures that are about the question: the model gives no answer to it, and would not give one tomorrow."""
Ask = Callable[[Request], Awaitable[Output]]


@dataclass
class Entry:
    """A case in the store with what is known about it."""

    key: TrialKey
    case: Case
    output: Output | None = None
    observations: dict[str, Observation] = field(default_factory=dict)
    observed: set[tuple[str, str, str]] = field(default_factory=set)


def lasting(output: Output) -> bool:
    """Whether an output is final: an answer, a refusal, or a failure that is about the question itself."""
    return output.status is not Status.FAILED or (output.failure is not None and output.failure.kind in LASTING)


class Journal:
    """Asks through the engine what the store does not know, and stores what came back before anybody sees it."""

    def __init__(self, store: Store, writer: Writer, evaluators: Mapping[str, str]) -> None:
        """``evaluators``: role -> fingerprint of those whose observations count."""
        self._store, self._writer = store, writer
        self._entries: dict[str, Entry] = {}
        self._answers: dict[str, Output] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self.asked = 0
        """Questions that were sent by this process."""
        with store.changing() as db:
            self._inserter = CaseInserter(db)
        self._load(evaluators)

    def _load(self, evaluators: Mapping[str, str]) -> None:
        numbers = dict(self._store.db.execute("SELECT id, n FROM cases").fetchall())
        keys = dict(self._store.db.execute("SELECT n, key FROM outputs").fetchall())
        for trial in self._store.trials(evaluators=evaluators):
            key = TrialKey(numbers[trial.case.id], 0)
            entry = Entry(key, trial.case, trial.output, dict(trial.observations))
            self._entries[trial.case.id] = entry
            if trial.output is not None and lasting(trial.output) and key.n in keys:
                self._answers.setdefault(keys[key.n], trial.output)
        for state in self._store.states():
            self._entries[state.case.id].observed = set(state.observed)

    def known(self, case: Case) -> bool:
        """Whether the answer to a case is stored."""
        entry = self._entries.get(case.id)
        return entry is not None and entry.output is not None and lasting(entry.output)

    async def ask(self, case: Case, request: Request, info: ModelInfo, ask: Ask) -> Entry:
        """The case with its output: from the store, from the same request to the same model elsewhere in the search, or
        asked now. Raises StopRun where it cannot be asked any more."""
        entry = self.entry(case)
        if entry.output is not None and lasting(entry.output):
            return entry
        content = content_key(info, request)
        async with self._locks.setdefault(content, asyncio.Lock()):
            found = self._answers.get(content)
            if found is None:
                output = await ask(request)
                self.asked += 1
            else:
                output = replace(found, usage=Usage(), latency=0.0)
            self._writer.output(entry.key, content, output)
            entry.output = output
            if lasting(output):
                self._answers.setdefault(content, output)
        return entry

    async def observe(self, entry: Entry, panel: EvaluatorPanel) -> None:
        """Have the evaluators look at the output, as far as they have not."""
        output = entry.output
        if output is None or output.status is not Status.ANSWERED or output.empty:
            return
        ballots = Ballots(lambda key: self._vote(entry, key), lambda key, seen: self._keep(entry, key, seen))
        pending = list(panel.pending(entry.case, output, frozenset(entry.observed)))
        results = await asyncio.gather(*(each.observe(ballots) for each in pending), return_exceptions=True)
        for each, found in zip(pending, results, strict=True):
            if isinstance(found, Observation):
                entry.observations[each.key.probe] = self._keep(entry, each.key, found)
        for found in results:
            if isinstance(found, BaseException):
                raise found

    def _vote(self, entry: Entry, key: ObservationKey) -> Observation | None:
        there = (key.probe, key.fingerprint, key.question) in entry.observed
        return self._store.observation(entry.key, key) if there else None

    def _keep(self, entry: Entry, key: ObservationKey, found: Observation) -> Observation:
        try:
            self._writer.observation(entry.key, key, found)
        except (TypeError, ValueError) as error:
            what = f"error in {key.evaluator}: its observation is not JSON ({error})"
            found = Observation.failed(what, usage=found.usage)
            self._writer.observation(entry.key, key, found)
        if not found.missing:
            entry.observed.add((key.probe, key.fingerprint, key.question))
        return found

    def entry(self, case: Case) -> Entry:
        """The case in the store; put there if it is new."""
        if case.id not in self._entries:
            with self._store.changing() as db:
                (new,) = self._inserter.add([new_case(case, 1, self._store.artifacts)])
                (number,) = db.execute("SELECT n FROM cases WHERE id = ?", (new.case.id,)).fetchone()
            self._entries[case.id] = Entry(TrialKey(number, 0), new.case)
        return self._entries[case.id]


def stored_values(target: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a case says about its place in the search; empty for any other case."""
    found = target.get("search")
    return found if isinstance(found, Mapping) else {}
