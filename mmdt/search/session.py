"""Session: one part of a search. Opens targets, attacker and judges, carries out the hunts, and closes everything."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from mmdt import plugins
from mmdt.core.behaviour import Behaviour
from mmdt.core.cell import slug
from mmdt.core.modality import Modality, supports
from mmdt.core.protocols import Evaluator, Model
from mmdt.core.scenario import Scenario
from mmdt.engine.endpoint.budget import Budget, Spending
from mmdt.engine.endpoint.endpoint import Endpoint, Limits
from mmdt.engine.endpoint.request_sender import RequestSender
from mmdt.engine.errors import StopRun
from mmdt.engine.pipeline.context import EngineContext
from mmdt.engine.pipeline.interrupts import interrupts
from mmdt.engine.pipeline.observing import EvaluatorPanel
from mmdt.engine.pipeline.pictures import OutputPictures
from mmdt.engine.pipeline.progress import End
from mmdt.engine.pipeline.supervise import Supervisor
from mmdt.engine.store.store import Store
from mmdt.errors import UsageError
from mmdt.models.names import check_runtime
from mmdt.models.prices import check_budget
from mmdt.runs.manifest import UsedEvaluator
from mmdt.runs.selection import chat_models, choose_evaluators, open_evaluators
from mmdt.runs.settings import Settings
from mmdt.safe_text.logs import guard_logs
from mmdt.safe_text.redaction import know_environment
from mmdt.search.attackers.attacker import Attacker
from mmdt.search.attackers.chat import ChatAttacker
from mmdt.search.attackers.rules import RuleAttacker
from mmdt.search.behaviours import EMBEDDED, Wanted
from mmdt.search.desk import EngineDesk
from mmdt.search.hunt import Hunt, HuntId
from mmdt.search.journal import Journal
from mmdt.search.method import SearchMethod, methods_for
from mmdt.search.move import Space
from mmdt.search.places import TRANSFER, judged_at
from mmdt.search.rejudging import JUDGE
from mmdt.search.result import Search
from mmdt.search.running import carry_out
from mmdt.search.settings import RULES, SearchSettings
from mmdt.search.transfer import earlier, try_on
from mmdt.spelling import option

Groups = list[tuple[SearchMethod, list[Hunt]]]
"""The hunts of each method."""
TICK = 0.25
"""Seconds between two snapshots."""


@dataclass(frozen=True, slots=True)
class SearchProgress:
    """A snapshot: hunts in all and done, how many targets' defences ``fell`` or hunts ``broke``, queries so far, cost
    in US dollars (None where no price is known)."""

    hunts: int
    done: int
    fell: int
    broken: int
    queries: int
    requests: int
    cost: float | None
    elapsed: float


Watch = Callable[[SearchProgress], None]


@dataclass(frozen=True, slots=True)
class SearchOutcome:
    """How a part ended, and why where it is not complete."""

    end: End
    reason: str
    hunts: tuple[Hunt, ...]


class SearchSession:
    """Opens everything the settings name, before anything is spent. Raises MmdtError for what cannot be carried out."""

    def __init__(self, settings: SearchSettings, *, already: Mapping[str, Spending] | None = None) -> None:
        know_environment()
        guard_logs()
        self.settings, run = settings, settings.run
        self.budget = Budget(run.max_cost, run.max_requests, already=already)
        self.models = {name: self._open(name, settings.of_model(name)) for name in settings.models}
        self.modality = _modality(settings, list(self.models.values()))
        self.scenario = plugins.scenarios()[judged_at(self.modality)]
        self.methods = methods_for(settings.methods, self.modality, settings.method_options)
        limits = Limits(run.concurrency, run.rpm, run.tpm, run.timeout, run.attempts, run.patience)
        self.senders: dict[str, RequestSender] = {
            name: Endpoint(model, limits, self.budget) for name, model in self.models.items()
        }
        self.context, self.evaluators = self._judges(run)
        self.attacker = self._attacker()
        judges = [each.model for each in self.context.endpoints.values()]
        check_budget((*self.models.values(), *judges), run.max_cost)

    def _open(self, name: str, settings: Settings) -> Model:
        check_runtime(name, settings.endpoints)
        return plugins.open_model(name, settings.for_model())

    def _judges(self, run: Settings) -> tuple[EngineContext, dict[str, Evaluator]]:
        """Evaluators for the roles of the scenario; organisms have their usual ones."""
        info = next((each.info for each in self.models.values() if not each.info.organism), None)
        info = info or next(iter(self.models.values())).info
        names = choose_evaluators(run, info, {self.scenario.address: self.scenario})
        names = {role: name for role, name in names.items() if role in {probe.role for probe in self.scenario.probes}}
        settings = {judge: run.for_judge(judge) for judge in chat_models(names)}
        if self.settings.attacker != RULES:
            check_runtime(self.settings.attacker, run.endpoints)
            settings = {**settings, self.settings.attacker: self.settings.for_attacker()}
        for judge in chat_models(names):
            check_runtime(judge, run.endpoints)
        default = Limits(rpm=None, timeout=run.timeout, attempts=run.attempts, patience=run.patience)
        context = EngineContext(self.budget, settings=settings, default=default)
        return context, open_evaluators(names, context, info, allow_embedded=run.allow_embedded_judge)

    def _attacker(self) -> Attacker:
        if self.settings.attacker == RULES:
            return RuleAttacker()
        info = self.context.model_info(self.settings.attacker)
        if not supports(info.modalities, "t2t"):
            hint = "name a chat model, or leave the attacker to the rules"
            raise UsageError(f"the attacker {info.name} does not answer in words", where=option("attacker"), hint=hint)
        return ChatAttacker(self.settings.attacker, info)

    @property
    def narrowed(self) -> Scenario:
        """The scenario with the probes that have an evaluator."""
        probes = tuple(each for each in self.scenario.probes if not each.optional or each.role in self.evaluators)
        return replace(self.scenario, probes=probes)

    def used_evaluators(self) -> dict[str, UsedEvaluator]:
        """Role -> who judges."""
        return {
            role: UsedEvaluator(each.info.name, each.info.fingerprint, each.info.embedded, each.info.note)
            for role, each in self.evaluators.items()
        }

    def check_behaviours(self, behaviours: Sequence[Wanted]) -> None:
        """Raises UsageError where the embedded judge would be asked about what it does not know: no answer could be
        judged, and every query would be spent for nothing."""
        from mmdt.synthetic.mischief.category import categories

        judge = self.evaluators.get(JUDGE)
        if judge is None or (judge.info.name, judge.info.embedded) != (EMBEDDED, True):
            return
        unknown = [each for each in behaviours if slug(each.behaviour.category) not in categories()]
        if unknown:
            what = f"the embedded judge does not know the category {unknown[0].behaviour.category!r}"
            hint = f"name a judge: {option('judge', 'openai/gpt-4o')}; the embedded one knows {', '.join(categories())}"
            raise UsageError(what, where=f"{self.settings.behaviours}, behaviour {unknown[0].id}", hint=hint)

    def space(self, behaviours: Sequence[Wanted]) -> Space:
        """What moves may be made of."""
        return Space.of(self.modality, self.settings.moves, behaviours[0].behaviour)

    def hunts(self, behaviours: Sequence[Wanted], space: Space, desk: EngineDesk) -> Groups:
        """Every hunt by method: each behaviour on each target."""
        settings = self.settings

        def hunt(model: str, method: str, wanted: Wanted) -> Hunt:
            name = HuntId(model, method, wanted.id)
            common = (wanted.behaviour, self.modality, space, settings.queries, settings.run.seed, self.attacker, desk)
            return Hunt(name, *common, pictures=settings.pictures)

        return [
            (each, [hunt(model, each.name, wanted) for model in self.models for wanted in behaviours])
            for each in self.methods
        ]

    async def carry_out(self, store: Store, behaviours: Sequence[Wanted], watch: Watch | None) -> SearchOutcome:
        """Carry out all hunts as far as limits allow, and close everything. Raises StoreError on a disk error."""
        space = self.space(behaviours)
        scenario = self.narrowed
        panel = EvaluatorPanel({scenario.address: scenario}, self.evaluators)
        pictures = OutputPictures(store.artifacts)
        supervisor = self._supervisor = Supervisor(self._halt)
        try:
            with store.writer() as writer, self.budget.keeping(store.sent, writer.spent):
                journal = Journal(
                    store, writer, {role: each.info.fingerprint for role, each in self.evaluators.items()}
                )
                attacker = self.context.endpoints.get(self.settings.attacker)
                desk = EngineDesk(journal, self.senders, attacker, scenario, panel, pictures, self.settings.run.seed)
                hunts = self.hunts(behaviours, space, desk)
                every = [hunt for _, group in hunts for hunt in group]
                with interrupts(self._interrupt), self._watching(every, watch):
                    await supervisor.run(self._feed(hunts, supervisor))
                    writer.flush()
                    if supervisor.end is End.COMPLETE and (self.settings.transfer or self.settings.found):
                        supervisor = self._supervisor = Supervisor(self._halt)
                        await supervisor.run(self._transfer(store, space, desk, every, supervisor))
                writer.flush()
            return _outcome(every, supervisor)
        finally:
            pictures.close()
            await panel.close()
            await self.close()

    async def _feed(self, hunts: Groups, supervisor: Supervisor) -> None:
        """Start the hunts of each target, for all targets at once."""
        for model in self.models:
            theirs = [(method, [each for each in group if each.id.model == model]) for method, group in hunts]
            supervisor.start(self._feed_target(model, theirs, supervisor))

    async def _feed_target(self, model: str, hunts: Groups, supervisor: Supervisor) -> None:
        """Start the hunts of a target, enough at a time to keep target, attacker and judges busy."""
        places = self.senders[model].backlog + sum(each.backlog for each in self.context.endpoints.values())
        free = asyncio.Semaphore(max(2, places))
        for method, group in hunts:
            if method.together:
                supervisor.start(carry_out(method, group))
                continue
            for each in group:
                await free.acquire()
                supervisor.start(_freeing(free, method, each))
                await asyncio.sleep(0)

    async def _transfer(
        self, store: Store, space: Space, desk: EngineDesk, every: list[Hunt], supervisor: Supervisor
    ) -> None:
        """Try on each target what was found on the others, and in earlier searches."""
        settings = self.settings
        found = [*(Search(store.folder).found if settings.transfer else ()), *earlier(settings.found)]
        for model in self.models:
            theirs = [each for each in found if each.hunt.model != model]
            for number, query in enumerate(theirs, 1):
                name = HuntId(
                    model, TRANSFER, f"{query.hunt.model} {query.hunt.method} {query.hunt.behaviour} {number}"
                )
                about = Behaviour(str(query.case.target["category"]), str(query.case.target["behaviour"]))
                common = (about, self.modality, space, 1, settings.run.seed, self.attacker, desk)
                hunt = Hunt(name, *common)
                every.append(hunt)
                supervisor.start(try_on(hunt, [query], desk))
                await asyncio.sleep(0)

    def _interrupt(self) -> None:
        """Stop whatever is under way: the hunts, or trying on what they found."""
        self._supervisor.interrupt()

    def _halt(self, reason: StopRun) -> None:
        for sender in (*self.senders.values(), *self.context.endpoints.values()):
            sender.halt(reason)

    @contextmanager
    def _watching(self, hunts: Sequence[Hunt], watch: Watch | None) -> Iterator[None]:
        """Call ``watch`` four times a second, and at the end."""
        if watch is None:
            yield
            return
        began = time.monotonic()

        def snapshot() -> SearchProgress:
            states = [each.state for each in hunts]
            queries = sum(len(each.turns) for each in hunts)
            done, fell, broken = len(hunts) - states.count("open"), states.count("fell"), states.count("broken")
            spent = self.budget.requests, self.budget.cost, time.monotonic() - began
            return SearchProgress(len(hunts), done, fell, broken, queries, *spent)

        async def tick() -> None:
            while True:
                watch(snapshot())
                await asyncio.sleep(TICK)

        ticking = asyncio.create_task(tick())
        try:
            yield
        finally:
            ticking.cancel()
            watch(snapshot())

    async def close(self) -> None:
        """Close all that was opened."""
        for evaluator in self.evaluators.values():
            await evaluator.close()
        await self.context.close()
        for sender in self.senders.values():
            await sender.close()


async def _freeing(free: asyncio.Semaphore, method: SearchMethod, hunt: Hunt) -> None:
    try:
        await carry_out(method, [hunt])
    finally:
        free.release()


def _outcome(hunts: Sequence[Hunt], supervisor: Supervisor) -> SearchOutcome:
    unfinished = [each for each in hunts if each.state in ("open", "broken")]
    if not unfinished:
        return SearchOutcome(End.COMPLETE, "", tuple(hunts))
    if supervisor.end is not End.COMPLETE:
        return SearchOutcome(supervisor.end, supervisor.reason, tuple(hunts))
    why = next((each.reason for each in unfinished if each.reason), "not ended")
    return SearchOutcome(End.INCOMPLETE, f"{len(unfinished):,} of {len(hunts):,} hunts broke off: {why}", tuple(hunts))


def _modality(settings: SearchSettings, models: Sequence[Model]) -> Modality:
    """What every target can be asked. Raises UsageError where there is nothing, or not what the settings want."""
    wanted: tuple[Modality, ...] = (settings.modality,) if settings.modality else ("i2t", "t2i", "t2t")
    for each in wanted:
        if all(supports(model.info.modalities, each) for model in models):
            return each
    does = "; ".join(f"{model.info.name}: {', '.join(sorted(model.info.modalities))}" for model in models)
    what = f"not every target can be asked {' or '.join(wanted)}"
    raise UsageError(what, where=does, hint=f"attack models of one kind, and choose it with {option('modality')}")
