"""Session: one part of a run, from loading its cases to its last observation."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mmdt.background import import_all, run_in_thread
from mmdt.benchmarks.catalog import own_texts
from mmdt.core.case import Case
from mmdt.core.cell import Selection
from mmdt.core.output import Usage
from mmdt.core.protocols import Evaluator, Panel
from mmdt.data.load import EMBEDDED
from mmdt.engine.endpoint.budget import Spending
from mmdt.engine.errors import StopRun
from mmdt.engine.pipeline.execute import execute
from mmdt.engine.pipeline.loading import AHEAD, CaseLoader
from mmdt.engine.pipeline.progress import End, Outcome, Progress
from mmdt.engine.store.reuse import reuse_outputs
from mmdt.engine.store.store import Store, TrialState
from mmdt.evaluators.check_reports import last_report
from mmdt.evaluators.known.answers import KnownAnswers, known_answers
from mmdt.evaluators.panel.panel import members_of
from mmdt.models.prices import Priced
from mmdt.runs.asked_of_evaluators import refusing_unfit
from mmdt.runs.batches import OpenBatch, open_batches
from mmdt.runs.control import asked, with_twins
from mmdt.runs.manifest import Manifest, UsedData, UsedEvaluator, UsedMember, now, versions
from mmdt.runs.opening import choose, connect
from mmdt.runs.preflight import preflight
from mmdt.runs.selection import CHAT, case_selection
from mmdt.runs.settings import Settings
from mmdt.runs.shown_pictures import ShownPictures
from mmdt.runs.until.outcome import is_finite
from mmdt.runs.until.rules import check_rules, parse_rules
from mmdt.runs.until.tracker import Tracker
from mmdt.safe_text.logs import guard_logs
from mmdt.safe_text.redaction import know_environment

if TYPE_CHECKING:
    from mmdt.data.load import BadRows

Watch = Callable[[Progress], None]
Loaded = Callable[[UsedData, Mapping[str, int]], None]
"""Called with the data that was loaded, and how many outputs were taken over from each earlier run."""


class Session:
    """Opens everything the settings name before anything is spent. Raises MmdtError for what cannot be carried out."""

    def __init__(
        self,
        settings: Settings,
        addresses: Sequence[str] | None = None,
        *,
        where: Path | None = None,
        already: Mapping[str, Spending] | None = None,
    ) -> None:
        know_environment()
        guard_logs()
        self.settings = settings
        self.choice = choose(settings, addresses, where)
        self.connections = connect(settings, self.choice, where, already)
        self.known: Mapping[str, KnownAnswers] = {}
        self.judges: frozenset[str] = frozenset()
        self.tracker = self._tracker()

    def _tracker(self) -> Tracker | None:
        """What stops the run by its results. Raises UsageError for rules about nothing that is selected."""
        settings, scenarios = self.settings, self.choice.scenarios
        if not settings.until:
            return None
        rules = parse_rules(settings.until)
        check_rules(rules, scenarios)
        finite, keep = is_finite(settings, self.choice.data.named), settings.cut_off == "keep"
        return Tracker(rules, scenarios, seed=settings.seed, finite=finite, keep_cut_off=keep)

    def manifest(self) -> Manifest:
        """The manifest of a new run of this session."""
        info = self.choice.model.info
        return Manifest(
            self.settings,
            model={"name": info.name, "settings": dict(info.settings), "organism": info.organism},
            scenarios=tuple(self.choice.scenarios),
            data=UsedData(self.choice.data.named, notes=self.choice.notes, commitments=self.choice.commitments),
            evaluators=self.used_evaluators(),
            created=now(),
            versions=versions(),
            benchmarks=own_texts({address.partition("/")[0] for address in self.choice.scenarios}),
            prices=self.prices(),
        )

    async def preflight(self) -> dict[str, Usage]:
        """Whether every model that is asked can answer; what finding out used, by model. Raises EndpointError.

        Nothing is asked where the answers may come from an earlier run, or where models are opened on other machines.
        """
        if self.settings.reuse or self.settings.executor != "local":
            return {}
        ways = {self.settings.model: (self.connections.endpoint, self.settings.for_model())}
        judges = self.connections.context.endpoints
        ways |= {name: (sender, self.settings.for_judge(name)) for name, sender in judges.items() if name not in ways}
        used = await preflight(ways)
        budget = self.connections.budget
        for name, usage in used.items():
            budget.count(name)
            budget.settle(name, usage)
        return used

    def judges_left_out(self, spent: Mapping[str, Spending]) -> dict[str, tuple[str, ...]]:
        """Judge -> the request fields that its server does not take, by what each has consumed."""
        return {name: each.left_out for name, each in spent.items() if each.left_out and name in self.judges}

    @property
    def priced(self) -> bool:
        """Whether a model that is asked, or a judge, has a price."""
        judges = (each.model for each in self.connections.context.endpoints.values())
        return any(isinstance(each, Priced) and each.priced for each in (self.choice.model, *judges))

    def prices(self) -> dict[str, str]:
        """What the model and its judges cost, and who says so; models without a price are left out."""
        judges = (each.model for each in self.connections.context.endpoints.values())
        tariffs = {model.info.name: getattr(model, "tariff", None) for model in (self.choice.model, *judges)}
        return {name: str(tariff) for name, tariff in tariffs.items() if tariff is not None}

    def warm_up(self) -> None:
        """Import what the first requests will need."""
        judges = (each.model for each in self.connections.context.endpoints.values())
        models = (self.choice.model, *judges)
        import_all(name for model in models for name in getattr(model, "imports", ()))

    def used_evaluators(self) -> dict[str, UsedEvaluator]:
        return {role: _used(role, each) for role, each in self.connections.evaluators.items()}

    def loading(self, store: Store, loaded: Loaded) -> CaseLoader:
        """What puts the selected cases into the store; ``loaded`` is called when all of them are there.

        With ``until``, whose order is one of all cases, and with ``reuse``, what earlier runs have for them is taken
        over first, before anything is asked. A model that is asked in batches also waits for all cases, or its batches
        would go out half full."""
        from mmdt.data.load import BadRows, data_fingerprint

        bad, sizes = BadRows(), dict[str, int]()
        data, scenarios = self.choice.data, self.choice.scenarios

        async def done(count: int) -> None:
            fingerprint = await run_in_thread(lambda: data_fingerprint(asked(scenarios).values(), data))
            reused = await self.reuse(store)
            repeats = await run_in_thread(self.repeats)
            notes = (*self.choice.notes, *seen.notes(), *repeats)
            cells = sizes if data.limit is not None and max(sizes.values(), default=0) > data.limit else {}
            sealed = self.choice.commitments
            used = UsedData(data.named, fingerprint, count, bad.count, tuple(bad.messages), notes, cells, sealed)
            loaded(used, reused)

        seen = ShownPictures()
        wait = bool(self.settings.reuse or self.settings.batches_model or self.tracker)
        ahead = None if wait or self._may_be_unfit else AHEAD
        return CaseLoader(self._trials(bad, seen, sizes), store, self.warm_up, done, ahead=ahead, wait=wait)

    def repeats(self) -> tuple[str, ...]:
        """What is said of embedded prompts that another seed asks too."""
        from mmdt.data.embedded import EmbeddedSource, repeats_note
        from mmdt.data.load import open_source

        data = self.choice.data
        source = open_source(EMBEDDED, data) if EMBEDDED in data.places else None
        if not isinstance(source, EmbeddedSource):
            return ()
        return repeats_note(asked(self.choice.scenarios).values(), source.seed, source.size)

    @property
    def _may_be_unfit(self) -> bool:
        """Whether an evaluator may not know what the cases ask: all of them are read before anything is spent."""
        embedded = any(each.info.embedded for each in self._named_evaluators.values())
        return embedded and self.choice.data.source != EMBEDDED

    @property
    def _named_evaluators(self) -> dict[str, Evaluator]:
        """The evaluators that the user named, by role; an organism's usual ones cost nothing where they see nothing."""
        evaluators, named = self.connections.evaluators, self.settings.evaluators
        judges = {*self.settings.judges, *(f"{CHAT}{judge}" for judge in self.settings.judges)}
        return {
            role: each
            for role, each in evaluators.items()
            if role in named or judges & {*members_of(self.choice.evaluators.get(role, ""))}
        }

    def _trials(self, bad: BadRows, seen: ShownPictures, sizes: dict[str, int]) -> Iterator[tuple[Case, int]]:
        """Every case with how often it is asked."""
        from mmdt.data.hub import hide_bars

        for number, case in enumerate(self.cases(bad, sizes)):
            if number == 0:
                hide_bars()  # the run's own progress begins
            seen.add(case)
            yield case, self.settings.repeats or self.choice.scenarios[case.cell.parent].repeats

    def cases(self, bad: BadRows | None = None, sizes: dict[str, int] | None = None) -> Iterator[Case]:
        """The selected cases, streamed from the data, each followed by its control; ``bad`` counts the rows that are
        left out, ``sizes`` takes the number of all cases by cell where there is a limit.

        Raises UsageError at a case that an evaluator says it cannot observe.
        """
        from mmdt.data.load import load_all

        scenarios = asked(self.choice.scenarios)
        selection = case_selection(self.settings, scenarios.values())
        cases = load_all(scenarios.values(), selection, self.choice.data, bad=bad, sizes=sizes)
        fit = refusing_unfit(cases, self.choice.scenarios, self._named_evaluators)
        return with_twins(fit, self.choice.scenarios, self.choice.model.info)

    async def reuse(self, store: Store) -> Mapping[str, int]:
        """Take over what earlier runs have for the cases of a new store; the number of outputs from each."""
        if not self.settings.reuse:
            return {}
        return await reuse_outputs(store, self.settings.reuse, self.choice.model.info, self.settings.seed)

    async def carry_out(
        self,
        store: Store,
        watch: Watch | None,
        *,
        ask: bool,
        loading: CaseLoader | None = None,
        spared: Collection[str] = (),
    ) -> Outcome:
        """Ask (where ``ask``) and observe what the store lacks; closes everything that was opened. ``spared``: where
        nothing is asked, the cells of which some cases need not be.

        Raises what is wrong with the data where ``loading`` finds that before anything was asked.
        """
        complete = False
        links = self.connections
        try:
            await self.choice.executor.start(asking=ask)
            await links.batching.start(store.folder)
            outcome = await execute(
                store,
                self.choice.scenarios,
                links.endpoint if ask else None,
                links.evaluators,
                seed=self.settings.seed,
                progress=self._with_note(watch) if watch else None,
                budget=links.budget,
                loading=loading,
                stopping=self.tracker if ask else None,
                spared=spared,
                first=self._ask_known if loading is not None else None,
            )
            complete = outcome.end is End.COMPLETE
            if loading and loading.error and not store.asked:
                raise loading.error
            return outcome
        finally:
            await self._close(complete=complete)

    async def _ask_known(self) -> None:
        """Ask the judges what is known, before the run's first request. A judge out of reach, or a spent budget, ends
        it, and the run itself then says so."""
        if self.settings.known_answers and not self.settings.batches_judges:
            with suppress(StopRun):
                self.known = await known_answers(self.connections.evaluators, self.settings.known_answers, now())

    async def observe(
        self,
        store: Store,
        evaluators: Mapping[str, Evaluator],
        watch: Watch | None,
        selection: Selection | None = None,
        only: Callable[[TrialState], bool] | None = None,
    ) -> Outcome:
        """Have ``evaluators`` look at the stored outputs, in the roles that they fill and in no other; then close all
        that was opened. ``only``: the outputs to look at."""
        links = self.connections
        narrowed = {
            address: replace(each, probes=tuple(probe for probe in each.probes if probe.role in evaluators))
            for address, each in self.choice.scenarios.items()
        }
        try:
            await self.choice.executor.start(asking=False)
            await links.batching.start(store.folder)
            return await execute(
                store,
                narrowed,
                None,
                evaluators,
                seed=self.settings.seed,
                progress=watch,
                selection=selection,
                only=only,
                budget=links.budget,
            )
        finally:
            await self._close(complete=False)

    async def _close(self, *, complete: bool) -> None:
        links = self.connections
        self.judges = frozenset(links.context.endpoints)
        for evaluator in links.evaluators.values():
            await evaluator.close()
        await links.context.close(complete=complete)
        await links.endpoint.close(complete=complete)
        await self.choice.executor.close()

    async def open_batches(self, folder: Path, *, cancel: bool = False) -> list[OpenBatch]:
        """The batches of the run in ``folder``; closes everything that was opened."""
        links = self.connections
        try:
            return await open_batches(folder, links.batching.endpoints, cancel=cancel)
        finally:
            await links.context.close()
            await links.endpoint.close()

    def _with_note(self, watch: Watch) -> Watch:
        def noted(progress: Progress) -> None:
            notes = (self.connections.batching.note(), self.tracker.note() if self.tracker else "")
            watch(replace(progress, note="; ".join(filter(None, notes))))

        return noted


def _used(role: str, evaluator: Evaluator) -> UsedEvaluator:
    """The evaluator, with what the last check of this very evaluator found, where there was one."""
    info = evaluator.info
    checked = last_report(role, info.fingerprint)
    note = "; ".join(filter(None, (info.note, checked.summary() if checked else "")))
    members = [each.info for each in evaluator.members] if isinstance(evaluator, Panel) else []
    used = tuple(UsedMember(each.name, each.fingerprint) for each in members)
    return UsedEvaluator(info.name, info.fingerprint, info.embedded, note, used)
