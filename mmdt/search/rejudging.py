"""A second judge for what succeeded: a search against a judge finds the judge's errors too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mmdt.core.protocols import Evaluator, ModelInfo
from mmdt.engine.endpoint.budget import Budget
from mmdt.engine.endpoint.endpoint import Limits
from mmdt.engine.errors import StopRun
from mmdt.engine.pipeline.context import EngineContext
from mmdt.engine.pipeline.observing import EvaluatorPanel
from mmdt.engine.store.store import Store
from mmdt.errors import UsageError
from mmdt.models.names import check_runtime
from mmdt.runs.manifest import UsedEvaluator
from mmdt.runs.selection import chat_models, evaluator_names, open_evaluators
from mmdt.runs.settings import Settings
from mmdt.search.journal import Journal
from mmdt.search.manifest import SearchManifest
from mmdt.search.result import Search
from mmdt.spelling import option

JUDGE = "judge"


def second_judge(
    settings: Settings, name: str, budget: Budget, *, organisms: bool
) -> tuple[EngineContext, Mapping[str, Evaluator]]:
    """The evaluator of that name in the role of the judge. Raises UsageError where there is none."""
    names = evaluator_names(name, settings.endpoints)
    if JUDGE not in names:
        raise UsageError(f"{name} does not judge", where=option("rejudge"), hint="name a chat model or a guard")
    chosen = {JUDGE: names[JUDGE]}
    for model in chat_models(chosen):
        check_runtime(model, settings.endpoints)
    own = {model: settings.for_judge(model) for model in chat_models(chosen)}
    default = Limits(timeout=settings.timeout, attempts=settings.attempts, patience=settings.patience)
    context = EngineContext(budget, settings=own, default=default)
    info = ModelInfo("the targets", frozenset(), organism=organisms)
    allowed = settings.allow_embedded_judge
    return context, open_evaluators(chosen, context, info, allow_embedded=allowed)


async def rejudge(store: Store, manifest: SearchManifest, budget: Budget) -> SearchManifest:
    """Have the second judge look at every success; the record then names it. What it cannot see stays without a second
    verdict. Raises MmdtError where it cannot be opened."""
    settings = manifest.settings
    organisms = all(bool(each.get("organism")) for each in manifest.targets.values())
    context, evaluators = second_judge(settings.run, settings.rejudge, budget, organisms=organisms)
    search = Search(store.folder)
    probes = tuple(each for each in search.scenario.probes if each.role == JUDGE)
    scenario = replace(search.scenario, probes=probes)
    panel = EvaluatorPanel({scenario.address: scenario}, evaluators)
    used = {
        role: UsedEvaluator(each.info.name, each.info.fingerprint, each.info.embedded, each.info.note)
        for role, each in evaluators.items()
    }
    try:
        with store.writer() as writer, budget.keeping(store.sent, writer.spent):
            journal = Journal(store, writer, {role: each.fingerprint for role, each in used.items()})
            won = [*search.found, *(each for each in search.transfers if each.harmful)]
            for query in won:
                await journal.observe(journal.entry(query.case), panel)
    except StopRun as stopped:
        return replace(manifest, rejudges=used).ending("incomplete", f"the second judge was not done: {stopped}")
    finally:
        await panel.close()
        for evaluator in evaluators.values():
            await evaluator.close()
        await context.close()
    return replace(manifest, rejudges=used)
