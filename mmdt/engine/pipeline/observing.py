"""From an output to its observations: the probes it needs and the evaluators that answer them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mmdt.core.case import Case
from mmdt.core.observation import Observation
from mmdt.core.output import Output
from mmdt.core.protocols import Evaluator, Item, Panel
from mmdt.core.scenario import Probe, Scenario
from mmdt.engine.endpoint.batcher import Batcher
from mmdt.engine.endpoint.calls import describe
from mmdt.engine.errors import StopRun
from mmdt.engine.store.codec import question_hash
from mmdt.engine.store.writer import ObservationKey
from mmdt.errors import DataError, MmdtError, UsageError


class Observer:
    """One evaluator. It takes single items and calls the evaluator with batches, within its limits on batch size and
    concurrency."""

    def __init__(self, role: str, evaluator: Evaluator) -> None:
        self.role = role
        self.info = evaluator.info
        self._evaluator = evaluator
        self._free = asyncio.Semaphore(self.info.concurrency)
        self._batcher: Batcher[Item, Observation] | None = None
        panel = evaluator if isinstance(evaluator, Panel) else None
        self.panel = panel
        self.members = [Observer(role, each) for each in panel.members] if panel else []
        if self.info.batch_size > 1:
            self._batcher = Batcher(self._observe, self.info.batch_size, self.info.concurrency)

    @property
    def backlog(self) -> int:
        """How many items callers should offer at a time: for every possible call, one batch and one more to follow."""
        return 2 * self.info.batch_size * self.info.concurrency

    async def observe(self, item: Item) -> Observation:
        """The observation of one item; it is a failed one if the evaluator raises. Raises StopRun, and MmdtError if
        the evaluator cannot work at all (for example, a library is missing)."""
        if self._batcher:
            return await self._batcher.submit(item)
        async with self._free:
            return (await self._observe((item,)))[0]

    async def convene(self, item: Item, ask: Callable[[Observer], Awaitable[Observation]]) -> Observation:
        """The observation of a panel, whose members ``ask`` asks; a failed one if the panel raises."""
        if self.panel is None:
            return await self.observe(item)
        try:
            return self._usable(await self.panel.convene(item, lambda number: ask(self.members[number])))
        except StopRun:
            raise
        except Exception as error:
            if isinstance(error, MmdtError) and not isinstance(error, DataError):
                raise
            return Observation.failed(f"error in {self.info.name}: {describe(error)}")

    async def close(self) -> None:
        """Stop. The evaluator itself stays open: whoever opened it closes it."""
        if self._batcher:
            await self._batcher.close()
        for member in self.members:
            await member.close()

    async def _observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        try:
            observations = await self._evaluator.observe(items)
        except StopRun:
            raise
        except Exception as error:
            if isinstance(error, MmdtError) and not isinstance(error, DataError):
                raise
            if len(items) > 1:  # only some of the items may cause the error
                return [observation for item in items for observation in await self._observe((item,))]
            return [Observation.failed(f"error in {self.info.name}: {describe(error)}")]
        if len(observations) != len(items):
            what = f"error in {self.info.name}: {len(observations)} observations for {len(items)} items"
            return [Observation.failed(what) for _ in items]
        return [self._usable(each) for each in observations]

    def _usable(self, found: Any) -> Observation:
        """What the evaluator returned, or a failed observation where the store could not read it again."""
        if not isinstance(found, Observation):
            return Observation.failed(f"error in {self.info.name}: it returned {type(found).__name__}, no Observation")
        value: Any = found.value
        if not isinstance(value, Mapping):
            kind = type(value).__name__
            return Observation.failed(f"error in {self.info.name}: expected a mapping as its value, got {kind}")
        return found


@dataclass(frozen=True, slots=True)
class Ballots:
    """What the members of a panel have seen in one output: ``known`` looks it up, ``keep`` stores it."""

    known: Callable[[ObservationKey], Observation | None]
    keep: Callable[[ObservationKey, Observation], Observation]


@dataclass(frozen=True, slots=True)
class PendingObservation:
    """One observation to make. ``item`` is None if the probe's question raised: ``error`` says why."""

    key: ObservationKey
    observer: Observer
    item: Item | None
    error: str = ""

    async def observe(self, ballots: Ballots) -> Observation:
        if self.item is None:
            return Observation.failed(self.error)
        item, observer = self.item, self.observer
        if not observer.members:
            return await observer.observe(item)

        async def ask(member: Observer) -> Observation:
            key = replace(self.key, evaluator=member.info.name, fingerprint=member.info.fingerprint)
            found = ballots.known(key)
            if found is None:
                found = ballots.keep(key, await member.observe(item))
            return found

        return await observer.convene(item, ask)


class EvaluatorPanel:
    """All evaluators of a run, by role, and the probes of each scenario."""

    def __init__(self, scenarios: Mapping[str, Scenario], evaluators: Mapping[str, Evaluator]) -> None:
        self.observers = {role: Observer(role, evaluator) for role, evaluator in evaluators.items()}
        self._probes = {address: self._used(scenario.probes) for address, scenario in scenarios.items()}

    @property
    def fingerprints(self) -> dict[str, str]:
        """Role -> the fingerprint under which its observations are stored."""
        return {role: observer.info.fingerprint for role, observer in self.observers.items()}

    @property
    def backlog(self) -> int:
        """How many outputs may wait for observations."""
        return 64 + sum(observer.backlog for observer in self.observers.values())

    def check(self, addresses: set[str]) -> None:
        """Raises UsageError if one of these scenarios is unknown or needs an evaluator that the run does not have."""
        for address in sorted(addresses):
            if address not in self._probes:
                hint = "install the package that declares it, or select other cells"
                raise UsageError("the run has cases of an unknown scenario", where=address, hint=hint)
            for probe in self._probes[address]:
                if probe.role not in self.observers:
                    hint = "choose an evaluator for this role"
                    raise UsageError(f"no evaluator for the role {probe.role!r}", where=address, hint=hint)

    def pending(
        self, case: Case, output: Output, observed: frozenset[tuple[str, str, str]]
    ) -> Iterator[PendingObservation]:
        """The observations still to be made in an answered output of the case."""
        for probe in self._probes[case.cell.parent]:
            found = self._observation(probe, case, output)
            if found and (found.key.probe, found.key.fingerprint, found.key.question) not in observed:
                yield found

    async def close(self) -> None:
        for observer in self.observers.values():
            await observer.close()

    def _used(self, probes: Sequence[Probe]) -> tuple[Probe, ...]:
        return tuple(probe for probe in probes if not probe.optional or probe.role in self.observers)

    def _observation(self, probe: Probe, case: Case, output: Output) -> PendingObservation | None:
        observer = self.observers[probe.role]
        info = observer.info
        try:
            question = probe.question(case, output)
            if question is None:
                return None
            key = ObservationKey(probe.name, probe.role, info.name, info.fingerprint, question_hash(question))
        except Exception as error:  # a bug in the probe counts as a missing observation, with its message
            key = ObservationKey(probe.name, probe.role, info.name, info.fingerprint, "")
            return PendingObservation(key, observer, None, f"error in the probe {probe.name}: {describe(error)}")
        return PendingObservation(key, observer, Item(case, output, question))
