"""From an output to its observations: which probes it needs, and the evaluators that carry them out."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mmdt.core.case import Case
from mmdt.core.observation import Observation
from mmdt.core.output import Output
from mmdt.core.protocols import Evaluator, Item
from mmdt.core.scenario import Probe, Scenario
from mmdt.engine.endpoint.batcher import Batcher
from mmdt.engine.endpoint.calls import describe
from mmdt.engine.errors import StopRun
from mmdt.engine.store.codec import question_hash
from mmdt.engine.store.writer import Asked
from mmdt.errors import DataError, MmdtError, UsageError


class Observer:
    """One evaluator, handed items one by one and asked in batches of its size, so many at a time as it allows."""

    def __init__(self, role: str, evaluator: Evaluator) -> None:
        self.role = role
        self.info = evaluator.info
        self._evaluator = evaluator
        self._free = asyncio.Semaphore(self.info.concurrency)
        self._batcher: Batcher[Item, Observation] | None = None
        if self.info.batch_size > 1:
            self._batcher = Batcher(self._observe, self.info.batch_size, self.info.concurrency)

    @property
    def backlog(self) -> int:
        """How many items are worth bringing at a time: a batch for every call under way and one to follow."""
        return 2 * self.info.batch_size * self.info.concurrency

    async def see(self, item: Item) -> Observation:
        """What the evaluator sees; a mistake in it is a failed observation. Raises StopRun, and MmdtError where
        the evaluator cannot work at all (a missing library)."""
        if self._batcher:
            return await self._batcher.submit(item)
        async with self._free:
            return (await self._observe((item,)))[0]

    async def close(self) -> None:
        """Stop working; the evaluator itself stays open, since who opened it closes it."""
        if self._batcher:
            await self._batcher.close()

    async def _observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        try:
            seen = await self._evaluator.observe(items)
        except StopRun:
            raise
        except Exception as error:
            if isinstance(error, MmdtError) and not isinstance(error, DataError):
                raise
            if len(items) > 1:  # the mistake belongs to one of them
                return [observation for item in items for observation in await self._observe((item,))]
            return [Observation.failed(f"a mistake in {self.info.name}: {describe(error)}")]
        if len(seen) != len(items):
            what = f"a mistake in {self.info.name}: {len(seen)} observations for {len(items)} items"
            return [Observation.failed(what) for _ in items]
        return seen


@dataclass(frozen=True, slots=True)
class Look:
    """One observation to make. ``item`` is None where the question itself failed: ``error`` says why."""

    asked: Asked
    observer: Observer
    item: Item | None
    error: str = ""

    async def see(self) -> Observation:
        if self.item is None:
            return Observation.failed(self.error)
        return await self.observer.see(self.item)


class Panel:
    """All evaluators of a run by role, and what each scenario wants of them."""

    def __init__(self, scenarios: Mapping[str, Scenario], evaluators: Mapping[str, Evaluator]) -> None:
        self.observers = {role: Observer(role, evaluator) for role, evaluator in evaluators.items()}
        self._probes = {address: self._used(scenario.probes) for address, scenario in scenarios.items()}

    @property
    def backlog(self) -> int:
        """How many outputs may wait for their observations."""
        return 64 + sum(observer.backlog for observer in self.observers.values())

    def check(self, addresses: set[str]) -> None:
        """Raises UsageError where one of these scenarios is unknown or needs an evaluator that is not there."""
        for address in sorted(addresses):
            if address not in self._probes:
                hint = "install the package that declares it, or select other cells"
                raise UsageError("the run has cases of a scenario that is unknown here", where=address, hint=hint)
            for probe in self._probes[address]:
                if probe.role not in self.observers:
                    hint = "name one for this role"
                    raise UsageError(f"no evaluator for the role {probe.role!r}", where=address, hint=hint)

    def looks(self, case: Case, output: Output, observed: frozenset[tuple[str, str, str]]) -> Iterator[Look]:
        """What is still to be observed in an answered output of the case."""
        for probe in self._probes[case.cell.parent]:
            look = self._look(probe, case, output)
            if look and (look.asked.probe, look.asked.fingerprint, look.asked.question) not in observed:
                yield look

    async def close(self) -> None:
        for observer in self.observers.values():
            await observer.close()

    def _used(self, probes: Sequence[Probe]) -> tuple[Probe, ...]:
        return tuple(probe for probe in probes if not probe.optional or probe.role in self.observers)

    def _look(self, probe: Probe, case: Case, output: Output) -> Look | None:
        observer = self.observers[probe.role]
        info = observer.info
        try:
            question = probe.question(case, output)
            if question is None:
                return None
            asked = Asked(probe.name, probe.role, info.name, info.fingerprint, question_hash(question))
        except Exception as error:  # a mistake in a declaration is missing data, and shown
            asked = Asked(probe.name, probe.role, info.name, info.fingerprint, "")
            return Look(asked, observer, None, f"a mistake in the probe {probe.name}: {describe(error)}")
        return Look(asked, observer, Item(case, output, question))
