"""Session: one part of a run, with its model, scenarios and evaluators opened and checked before anything is spent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mmdt.background import aside, import_early
from mmdt.core.case import Case
from mmdt.core.protocols import EvaluatorInfo
from mmdt.core.scenario import Scenario
from mmdt.engine.endpoint.budget import Budget, Spent
from mmdt.engine.endpoint.endpoint import Endpoint, Limits
from mmdt.engine.pipeline.context import EngineContext
from mmdt.engine.pipeline.execute import execute
from mmdt.engine.pipeline.executor import Executor, Here
from mmdt.engine.pipeline.loading import AHEAD, Loading
from mmdt.engine.pipeline.progress import End, Outcome, Progress
from mmdt.engine.store.reuse import check_sources, take_over
from mmdt.engine.store.store import Store
from mmdt.evaluators.check_reports import last_report
from mmdt.models.prices import check_budget
from mmdt.runs.batches import Batching, OpenBatch, open_batches
from mmdt.runs.manifest import Manifest, UsedData, UsedEvaluator, now, versions
from mmdt.runs.result import scenarios_of
from mmdt.runs.selection import (
    case_selection,
    chat_models,
    choose_evaluators,
    choose_scenarios,
    data_options,
    open_evaluators,
)
from mmdt.runs.settings import Settings

if TYPE_CHECKING:
    from mmdt.data.load import BadRows

Watch = Callable[[Progress], None]
Loaded = Callable[[UsedData, Mapping[str, int]], None]
"""Told what the data was, and how many outputs were taken over from each earlier run."""


class Session:
    """Opening one raises MmdtError for whatever in the settings cannot be carried out."""

    def __init__(
        self,
        settings: Settings,
        addresses: Sequence[str] | None = None,
        *,
        where: Path | None = None,
        already: Mapping[str, Spent] | None = None,
    ) -> None:
        self.settings = settings
        check_sources(settings.reuse)
        self.executor = open_executor(settings)
        self.model = self.executor.model(settings.model, settings.for_model())
        info = self.model.info
        self.data = data_options(settings, info)
        self.scenarios: Mapping[str, Scenario] = (
            choose_scenarios(settings, info, self.data.source)
            if addresses is None
            else scenarios_of(addresses, str(where))
        )
        self.names = choose_evaluators(settings, info, self.scenarios)
        self.budget = Budget(settings.max_cost, settings.max_requests, already=already)
        self.batching = Batching(settings, where)
        limits = Limits(settings.concurrency, settings.rpm, settings.tpm, settings.timeout, settings.attempts)
        self.endpoint = self.batching.model(Endpoint(self.model, limits, self.budget))
        self.context = EngineContext(
            self.budget,
            settings={judge: settings.for_judge() for judge in chat_models(self.names)},
            default=Limits(timeout=settings.timeout, attempts=settings.attempts),
            open_model=self.executor.judge,
            way=self.batching.judge,
        )
        self.evaluators = open_evaluators(
            self.names,
            self.context,
            info,
            allow_embedded=settings.allow_embedded_judge,
            opener=self.executor.evaluator,
        )
        judges = (each.model for each in self.context.endpoints.values())
        check_budget((self.model, *judges), settings.max_cost)

    def manifest(self) -> Manifest:
        """The manifest of a new run of this session."""
        info = self.model.info
        return Manifest(
            self.settings,
            model={"name": info.name, "settings": dict(info.settings), "organism": info.organism},
            scenarios=tuple(self.scenarios),
            data=UsedData(self.data.source),
            evaluators=self.used_evaluators(),
            created=now(),
            versions=versions(),
        )

    def warm_up(self) -> None:
        """Import what the first requests will need."""
        models = (self.model, *(each.model for each in self.context.endpoints.values()))
        import_early(name for model in models for name in getattr(model, "imports", ()))

    def used_evaluators(self) -> dict[str, UsedEvaluator]:
        return {role: _used(role, each.info) for role, each in self.evaluators.items()}

    def loading(self, store: Store, loaded: Loaded) -> Loading:
        """What puts the selected cases into the store; ``loaded`` is called when all of them are there.

        With ``reuse`` what earlier runs have for them is taken over first, and before anything is asked. Where the
        model is asked in batches all are there first too, or batches would go out half full.
        """
        from mmdt.data.load import BadRows, data_fingerprint

        bad = BadRows()

        async def done(count: int) -> None:
            fingerprint = await aside(lambda: data_fingerprint(self.scenarios.values(), self.data))
            reused = await self.reuse(store)
            loaded(UsedData(self.data.source, fingerprint, count, bad.count, tuple(bad.messages)), reused)

        whole = self.settings.reuse or self.settings.batches_model
        ahead = None if whole else AHEAD
        return Loading(self._askings(bad), store, self.warm_up, done, ahead=ahead)

    def _askings(self, bad: BadRows) -> Iterator[tuple[Case, int]]:
        from mmdt.data.hub import hide_bars

        for number, case in enumerate(self.cases(bad)):
            if number == 0:
                hide_bars()  # the run's own progress begins
            yield case, self.settings.repeats or self.scenarios[case.cell.parent].repeats

    def cases(self, bad: BadRows | None = None) -> Iterator[Case]:
        """The selected cases, streamed from the data; ``bad`` counts the rows that are left out."""
        from mmdt.data.load import load_all

        selection = case_selection(self.settings, self.scenarios.values())
        return load_all(self.scenarios.values(), selection, self.data, bad=bad)

    async def reuse(self, store: Store) -> Mapping[str, int]:
        """Take over what earlier runs have for the cases of a new store; how many outputs each of them gave."""
        return await take_over(store, self.settings.reuse, self.model.info, self.settings.seed)

    async def carry_out(
        self, store: Store, watch: Watch | None, *, ask: bool, loading: Loading | None = None
    ) -> Outcome:
        """Ask (unless told otherwise) and observe what the store lacks; closes everything that was opened.

        Raises what is wrong with the data where ``loading`` finds that before anything was asked.
        """
        complete = False
        try:
            await self.executor.start(asking=ask)
            await self.batching.start(store.folder)
            outcome = await execute(
                store,
                self.scenarios,
                self.endpoint if ask else None,
                self.evaluators,
                seed=self.settings.seed,
                progress=self._noted(watch) if watch else None,
                budget=self.budget,
                loading=loading,
            )
            complete = outcome.end is End.COMPLETE
            if loading and loading.error and not store.asked:
                raise loading.error
            return outcome
        finally:
            for evaluator in self.evaluators.values():
                await evaluator.close()
            await self.context.close(complete=complete)
            await self.endpoint.close(complete=complete)
            await self.executor.close()

    async def open_batches(self, folder: Path, *, cancel: bool = False) -> list[OpenBatch]:
        """The batches of the run in ``folder``; closes everything that was opened."""
        try:
            return await open_batches(folder, self.batching.endpoints, cancel=cancel)
        finally:
            await self.context.close()
            await self.endpoint.close()

    def _noted(self, watch: Watch) -> Watch:
        return lambda progress: watch(replace(progress, note=self.batching.note()))


def open_executor(settings: Settings) -> Executor:
    """Where the settings want the work to be done. Raises MissingExtraError, UsageError."""
    if settings.executor == "local":
        return Here()
    from mmdt.engine.ray.executor import OnRay

    return OnRay(settings.ray_address, settings.ray_workers, settings.ray_options, timeout=settings.timeout)


def _used(role: str, info: EvaluatorInfo) -> UsedEvaluator:
    """With what the last check of this very evaluator found, where there was one."""
    checked = last_report(role, info.fingerprint)
    note = "; ".join(filter(None, (info.note, checked.summary() if checked else "")))
    return UsedEvaluator(info.name, info.fingerprint, info.embedded, note)
