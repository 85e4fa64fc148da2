"""The pipeline: askings stream out of the store, through the model, into the store and on to the evaluators."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence

from mmdt.core.cell import Selection
from mmdt.core.observation import Observation
from mmdt.core.output import Output, Status
from mmdt.core.protocols import Evaluator
from mmdt.core.scenario import Scenario
from mmdt.engine.endpoint.askable import Askable
from mmdt.engine.endpoint.budget import Budget
from mmdt.engine.pipeline.asking import Pictures, request_for, unaskable
from mmdt.engine.pipeline.garbage import calm_collector
from mmdt.engine.pipeline.interrupts import interrupts
from mmdt.engine.pipeline.loading import Loading
from mmdt.engine.pipeline.meter import Meter
from mmdt.engine.pipeline.observing import Look, Panel
from mmdt.engine.pipeline.progress import Outcome, Progress, Tally
from mmdt.engine.pipeline.supervise import Supervisor
from mmdt.engine.store.codec import content_key
from mmdt.engine.store.store import State, Store
from mmdt.engine.store.writer import Writer

BREATH = 256
"""Askings read from the store before the loop gets a turn, where there is nothing to do for them."""


async def execute(
    store: Store,
    scenarios: Mapping[str, Scenario],
    endpoint: Askable | None,
    evaluators: Mapping[str, Evaluator],
    *,
    seed: int,
    progress: Callable[[Progress], None] | None = None,
    selection: Selection | None = None,
    ask: bool = True,
    budget: Budget | None = None,
    loading: Loading | None = None,
) -> Outcome:
    """Do what is left to do in a run: ask what has no answer, observe what was not observed, store both.

    ``scenarios`` by address, ``evaluators`` by role. With ``ask`` false, or no endpoint, nothing is asked and
    stored outputs are only observed; ``budget`` is then that of the judges. ``loading``: what brings the cases; the
    run has not ended before all of them are there. ``progress`` is called with a snapshot at most four times a
    second, and at the end. SIGINT and SIGTERM stop the run within two seconds.
    All that came back is in the store when this returns, whatever the end was. Raises StoreError when the disk
    refuses, UsageError when an evaluator or a scenario is lacking.
    """
    panel = Panel(scenarios, evaluators)
    counts = store.counts(selection)
    panel.check({cell.rpartition("/")[0] for cell in counts} | (set(scenarios) if loading else set()))
    tally = Tally(loading=loading is not None)
    for cell, count in counts.items():
        tally.more(cell, count.wanted)
    asked = endpoint if ask else None
    supervisor = Supervisor(lambda why: asked.halt(why) if asked else None)
    with calm_collector(), store.writer() as writer:
        meter = Meter(tally, asked, budget or (endpoint.budget if endpoint else None), writer, progress)
        pipeline = _Pipeline(store, asked, panel, writer, tally, supervisor, seed)
        try:
            with interrupts(supervisor.interrupt):
                async with meter.ticking(supervisor.fail):
                    if loading:
                        supervisor.start(pipeline.load(loading))
                    await supervisor.run(pipeline.feed(selection, loading))
        finally:
            await pipeline.close()
        writer.flush()
        return meter.outcome(supervisor.end, supervisor.reason)


class _Pipeline:
    """The way of one asking, in the order of the methods. Two gates bound what is under way: one for what waits for
    the model, one for what waits for the evaluators; while these are behind, asking waits for them."""

    def __init__(
        self,
        store: Store,
        endpoint: Askable | None,
        panel: Panel,
        writer: Writer,
        tally: Tally,
        supervisor: Supervisor,
        seed: int,
    ) -> None:
        self._store = store
        self._endpoint = endpoint
        self._panel = panel
        self._writer = writer
        self._tally = tally
        self._supervisor = supervisor
        self._seed = seed
        self._pictures = Pictures(store.artifacts)
        self._asking = asyncio.Semaphore(endpoint.backlog if endpoint else 1)
        self._observing = asyncio.Semaphore(panel.backlog)

    async def close(self) -> None:
        self._pictures.close()
        await self._panel.close()

    async def load(self, loading: Loading) -> None:
        """Count the cases as they come."""
        await loading.run(lambda new: self._tally.more(new.case.cell, new.repeats))
        self._tally.loading = False

    async def feed(self, selection: Selection | None, loading: Loading | None) -> None:
        """Start what is left to do, asking by asking, as fast as the gates let it through."""
        number = 0
        async for state in self._states(selection, loading):
            output = state.output
            if output is not None and output.status is not Status.FAILED:
                await self._feed_observing(state, output)
            elif self._endpoint is not None:
                await self._asking.acquire()
                self._supervisor.start(self._ask(state, self._endpoint))
            elif output is not None:
                self._tally.output(state.case.cell, output)
                self._tally.done(state.case.cell, worked=False)
            if number % BREATH == 0:
                await asyncio.sleep(0)
            number += 1

    async def _states(self, selection: Selection | None, loading: Loading | None) -> AsyncIterator[State]:
        """The run's askings in the order of their cases; waits for the cases that are still on their way."""
        after = -1
        if loading:
            await loading.begun()
        while True:
            last = loading is None or loading.whole
            for state in self._store.states(selection, after=after):
                yield state
                after = state.work.n
            if last or loading is None:
                return
            await loading.more()

    async def _feed_observing(self, state: State, output: Output) -> None:
        self._tally.output(state.case.cell, output)
        looks = self._looks(state, output)
        if looks:
            await self._observing.acquire()
            self._supervisor.start(self._observe(state, looks))
        else:
            self._tally.done(state.case.cell, worked=False)

    async def _ask(self, state: State, endpoint: Askable) -> None:
        try:
            looks = await self._asked(state, endpoint)
            if looks:
                await self._observing.acquire()
        finally:
            self._asking.release()
        if looks:
            await self._observe(state, looks)
        else:
            self._tally.done(state.case.cell, worked=True)

    async def _asked(self, state: State, endpoint: Askable) -> Sequence[Look]:
        case, work = state.case, state.work
        request = request_for(case, work.repeat, self._seed)
        output = unaskable(case, endpoint.info)
        if output is None:
            accept = self._pictures.accept if case.cell.modality == "t2i" else None
            output = await endpoint.ask(request, accept=accept)
        self._writer.output(work, content_key(endpoint.info, request), output)
        self._tally.output(case.cell, output)
        return self._looks(state, output)

    def _looks(self, state: State, output: Output) -> Sequence[Look]:
        if output.status is not Status.ANSWERED:
            return ()
        return tuple(self._panel.looks(state.case, output, state.observed))

    async def _observe(self, state: State, looks: Sequence[Look]) -> None:
        try:
            seen = await asyncio.gather(*(look.see() for look in looks), return_exceptions=True)
        finally:
            self._observing.release()
        for look, found in zip(looks, seen, strict=True):  # all that was seen is kept before anything is raised
            if isinstance(found, Observation):
                self._keep(state, look, found)
        for found in seen:
            if isinstance(found, BaseException):
                raise found
        self._tally.done(state.case.cell, worked=True)

    def _keep(self, state: State, look: Look, seen: Observation) -> None:
        try:
            self._writer.observation(state.work, look.asked, seen)
        except (TypeError, ValueError) as error:
            what = f"a mistake in {look.asked.evaluator}: what it saw is not JSON ({error})"
            seen = Observation.failed(what, usage=seen.usage)
            self._writer.observation(state.work, look.asked, seen)
        if seen.missing:
            self._tally.missing(state.case.cell)
