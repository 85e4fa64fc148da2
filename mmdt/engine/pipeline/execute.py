"""The pipeline: trials stream from the store through the model back into the store, and on to the evaluators."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence

from mmdt.core.cell import Selection
from mmdt.core.observation import Observation
from mmdt.core.output import Output, Status
from mmdt.core.protocols import Evaluator
from mmdt.core.scenario import Scenario
from mmdt.engine.endpoint.budget import Budget
from mmdt.engine.endpoint.request_sender import RequestSender
from mmdt.engine.pipeline.build_request import request_for, unsupported_case
from mmdt.engine.pipeline.collector import calm_collector
from mmdt.engine.pipeline.interrupts import interrupts
from mmdt.engine.pipeline.loading import CaseLoader
from mmdt.engine.pipeline.meter import Meter
from mmdt.engine.pipeline.observing import Ballots, EvaluatorPanel, PendingObservation
from mmdt.engine.pipeline.pictures import OutputPictures
from mmdt.engine.pipeline.progress import Outcome, Progress, ProgressCounter
from mmdt.engine.pipeline.stopping import Stopping, StoredCase
from mmdt.engine.pipeline.supervise import Supervisor
from mmdt.engine.store.codec import content_key
from mmdt.engine.store.store import Store, Trial, TrialState
from mmdt.engine.store.writer import ObservationKey, Writer

REFUSAL = "refusal"
"""The role that reads whether an answer in words, or a blank picture, declines."""
YIELD_EVERY = 256
"""Trials read from the store before the event loop gets a turn, when there is nothing to do for them."""


async def execute(
    store: Store,
    scenarios: Mapping[str, Scenario],
    endpoint: RequestSender | None,
    evaluators: Mapping[str, Evaluator],
    *,
    seed: int,
    progress: Callable[[Progress], None] | None = None,
    selection: Selection | None = None,
    ask: bool = True,
    budget: Budget | None = None,
    loading: CaseLoader | None = None,
    only: Callable[[TrialState], bool] | None = None,
    stopping: Stopping | None = None,
    spared: Collection[str] = (),
    first: Callable[[], Awaitable[None]] | None = None,
) -> Outcome:
    """Do what is left to do in a run: send requests that have no answer, make the missing observations, store both.

    ``scenarios`` by address, ``evaluators`` by role. With ``ask`` false, or without an endpoint, no requests are sent
    and only stored outputs are observed; ``budget`` is then the budget of the judges. ``loading``: loads the cases
    meanwhile; the run does not end before all of them are loaded. ``only``: trials to work on. ``stopping``: says in
    which order cases are asked, and which no longer need to be. ``first`` is awaited once requests may start, before
    the first of them: data that is bad has stopped the run by then. ``progress`` is called with a snapshot at most four
    times a second, and at the end. SIGINT and SIGTERM stop the run within two seconds.

    However the run ends, everything that came back is in the store when this returns. Raises StoreError on a disk
    error, UsageError if an evaluator or a scenario is missing."""
    panel = EvaluatorPanel(scenarios, evaluators)
    counts = store.counts(selection)
    panel.check({cell.rpartition("/")[0] for cell in counts} | (set(scenarios) if loading else set()))
    counter = ProgressCounter(loading=loading is not None)
    for cell, count in counts.items():
        counter.add_trials(cell, count.asked if cell in spared and not stopping else count.wanted)
    asked = endpoint if ask else None
    supervisor = Supervisor(lambda why: asked.halt(why) if asked else None)
    budget = budget or (endpoint.budget if endpoint else Budget())
    with calm_collector(), store.writer() as writer, budget.keeping(store.sent, writer.spent):
        meter = Meter(counter, asked, budget, progress)
        pipeline = _Pipeline(store, asked, panel, writer, counter, supervisor, seed, only, stopping)
        try:
            with interrupts(supervisor.interrupt):
                async with meter.ticking(supervisor.fail):
                    if loading:
                        supervisor.start(pipeline.load(loading))
                    await supervisor.run(pipeline.feed(selection, loading, first))
        finally:
            await pipeline.close()
        writer.flush()
        return meter.outcome(supervisor.end, supervisor.reason)


class _Pipeline:
    """The steps of one trial, in the order of the methods. Two semaphores bound the trials in progress: one for those
    at the model, one for those at the evaluators. While the evaluators are behind, no new requests are sent."""

    def __init__(
        self,
        store: Store,
        endpoint: RequestSender | None,
        panel: EvaluatorPanel,
        writer: Writer,
        counter: ProgressCounter,
        supervisor: Supervisor,
        seed: int,
        only: Callable[[TrialState], bool] | None = None,
        stopping: Stopping | None = None,
    ) -> None:
        self._only = only
        self._stopping = stopping
        self._at_work = 0
        """Trials that are being asked or observed."""
        self._news = asyncio.Event()
        self._store = store
        self._endpoint = endpoint
        self._panel = panel
        self._writer = writer
        self._counter = counter
        self._supervisor = supervisor
        self._seed = seed
        self._pictures = OutputPictures(store.artifacts)
        self._asking = asyncio.Semaphore(endpoint.backlog if endpoint else 1)
        self._observing = asyncio.Semaphore(panel.backlog)

    async def close(self) -> None:
        self._pictures.close()
        await self._panel.close()

    async def load(self, loading: CaseLoader) -> None:
        """Load the cases and count them as they arrive."""
        await loading.run(lambda new: self._counter.add_trials(new.case.cell, new.repeats))
        self._counter.loading = False

    async def feed(
        self,
        selection: Selection | None,
        loading: CaseLoader | None,
        first: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Start what is left to do, trial by trial, as fast as the semaphores allow."""
        if loading:
            await loading.begun()
        if first:
            await first()
        number = 0
        states = self._ordered_states(self._stopping) if self._stopping else self._states(selection, loading)
        async for state in states:
            output = state.output
            if output is not None and output.status is not Status.FAILED:
                await self._feed_observing(state, output)
            elif self._endpoint is not None:
                await self._asking.acquire()
                self._at_work += 1
                self._supervisor.start(self._ask(state, self._endpoint))
            elif output is not None:
                self._counter.add_output(state.case.cell, output)
                self._done(state, output, (), (), worked=False)
            if number % YIELD_EVERY == 0:
                await asyncio.sleep(0)
            number += 1

    async def _states(self, selection: Selection | None, loading: CaseLoader | None) -> AsyncIterator[TrialState]:
        """The trials of the run in the order of their cases; waits for cases that are still being loaded."""
        after = -1
        while True:
            last = loading is None or loading.whole
            for state in self._store.states(selection, after=after):
                if self._only is None or self._only(state):
                    yield state
                after = state.key.n
            if last or loading is None:
                return
            await loading.more()

    async def _ordered_states(self, stopping: Stopping) -> AsyncIterator[TrialState]:
        """The trials that ``stopping`` wants, in its order.

        A trial is asked only when it could be sent at once: those that wait would be asked although the ones before
        them may show that they need not be. What an earlier part of the run has is looked at before anything more is
        asked, for the same reason.
        """
        cells = await self._add_cases(stopping)
        order = stopping.begin()
        there = self._store.asked_cases()
        last = max((place for place, n in enumerate(order) if n in there), default=-1)
        for place, n in enumerate(order):
            cell, repeats = cells[n]
            if place % YIELD_EVERY == 0:
                await asyncio.sleep(0)
            if place > last:
                await self._room(1 if place == last + 1 else None)
            if n not in there and not stopping.wanted(cell):
                self._counter.spare(cell, repeats)
                continue
            for state in self._store.states_at(n):
                if state.output is None and place > last:
                    await self._room()
                if state.output is not None or stopping.wanted(cell):
                    yield state
                else:
                    self._counter.spare(cell)

    async def _add_cases(self, stopping: Stopping) -> dict[int, tuple[str, int]]:
        """Show all cases to ``stopping``; returns the cell and the repeats of each."""
        cells: dict[int, tuple[str, int]] = {}
        for n, case, repeats in self._store.cases():
            cells[n] = str(case.cell), repeats
            stopping.add(StoredCase(n, case, repeats))
            if len(cells) % YIELD_EVERY == 0:
                await asyncio.sleep(0)
        return cells

    async def _room(self, most: int | None = None) -> None:
        """Wait until fewer trials are at work than may be in flight, or than ``most``."""
        endpoint = self._endpoint
        while endpoint is not None and self._at_work >= (most or endpoint.limit):
            self._news.clear()
            await self._news.wait()

    async def _feed_observing(self, state: TrialState, output: Output) -> None:
        self._counter.add_output(state.case.cell, output)
        pending = self._pending(state, output)
        if pending:
            await self._observing.acquire()
            self._at_work += 1
            self._supervisor.start(self._observe(state, output, pending))
        else:
            self._done(state, output, (), (), worked=False)

    async def _ask(self, state: TrialState, endpoint: RequestSender) -> None:
        try:
            output, pending = await self._send(state, endpoint)
            if pending:
                await self._observing.acquire()
        finally:
            self._asking.release()
        if pending:
            await self._observe(state, output, pending)
        else:
            self._at_work -= 1
            self._done(state, output, (), (), worked=True)

    async def _send(self, state: TrialState, endpoint: RequestSender) -> tuple[Output, Sequence[PendingObservation]]:
        """Get and store the output of one trial; returns it with the observations to make in it."""
        case = state.case
        request = request_for(case, state.key.repeat, self._seed)
        output = unsupported_case(case, endpoint.info)
        if output is None:
            accept = self._pictures.accept if request.wants == "image" else None
            output = await endpoint.ask(request, accept=accept)
        self._writer.output(state.key, content_key(endpoint.info, request), output)
        self._counter.add_output(case.cell, output)
        return output, self._pending(state, output)

    def _pending(self, state: TrialState, output: Output) -> Sequence[PendingObservation]:
        if output.status is not Status.ANSWERED or output.empty:
            return ()
        return tuple(self._panel.pending(state.case, output, state.observed))

    async def _observe(self, state: TrialState, output: Output, pending: Sequence[PendingObservation]) -> None:
        try:
            results = await asyncio.gather(
                *(each.observe(self._ballots(state)) for each in pending), return_exceptions=True
            )
        finally:
            self._observing.release()
        kept_all: list[Observation] = []
        for each, result in zip(pending, results, strict=True):  # store every observation before raising anything
            if isinstance(result, Observation):
                kept = self._store_observation(state, each.key, result)
                kept_all.append(kept)
                if kept.missing:
                    self._counter.add_missing(state.case.cell)
                elif each.key.role == REFUSAL and kept.value.get("refused"):
                    self._counter.add_refusal(state.case.cell)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        self._at_work -= 1
        self._done(state, output, pending, kept_all, worked=True)

    def _done(
        self,
        state: TrialState,
        output: Output,
        observed: Sequence[PendingObservation],
        seen: Sequence[Observation],
        *,
        worked: bool,
    ) -> None:
        """A trial is finished. What decides whether to go on looks at it, with what was observed before and now."""
        self._counter.add_done(state.case.cell, worked=worked)
        if self._stopping is None:
            return
        new = {each.key.probe: found for each, found in zip(observed, seen, strict=True)}
        before = self._store.trial_at(state.key, self._panel.fingerprints) if state.observed else None
        observations = {**(before.observations if before else {}), **new}
        self._stopping.settled(Trial(state.case, state.key.repeat, output, observations))
        self._news.set()

    def _ballots(self, state: TrialState) -> Ballots:
        def known(key: ObservationKey) -> Observation | None:
            there = (key.probe, key.fingerprint, key.question) in state.observed
            return self._store.observation(state.key, key) if there else None

        return Ballots(known, lambda key, found: self._store_observation(state, key, found))

    def _store_observation(self, state: TrialState, key: ObservationKey, observation: Observation) -> Observation:
        """Returns what is stored: a failed observation where the value is not JSON."""
        try:
            self._writer.observation(state.key, key, observation)
        except (TypeError, ValueError) as error:
            what = f"error in {key.evaluator}: its observation is not JSON ({error})"
            observation = Observation.failed(what, usage=observation.usage)
            self._writer.observation(state.key, key, observation)
        return observation
