"""What a part of a run works with, opened and checked in two steps: first what was chosen, then what is connected."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mmdt.core.cell import Selection
from mmdt.core.protocols import Evaluator, Model
from mmdt.core.scenario import Probe, Scenario
from mmdt.engine.endpoint.budget import Budget, Spending
from mmdt.engine.endpoint.endpoint import Endpoint, Limits
from mmdt.engine.endpoint.request_sender import RequestSender
from mmdt.engine.pipeline.context import EngineContext
from mmdt.engine.pipeline.executor import Executor, LocalExecutor
from mmdt.engine.store.reuse import check_sources
from mmdt.errors import MmdtError
from mmdt.models.names import check_runtime
from mmdt.models.prices import check_budget
from mmdt.perspectives.shared.asking import asks
from mmdt.runs.batches import Batching
from mmdt.runs.left_out import selection_notes
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
    from mmdt.data.load import DataOptions


@dataclass(frozen=True, slots=True)
class Choice:
    """What the settings name: the model, the scenarios it is asked, their data, and an evaluator for each role.
    ``notes``: what they name in vain. ``commitments``: the root of each sealed split among the data, by its place."""

    executor: Executor
    model: Model
    data: DataOptions
    scenarios: Mapping[str, Scenario]
    evaluators: Mapping[str, str]
    notes: tuple[str, ...] = ()
    commitments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Connections:
    """The ways to the model, its judges and the other evaluators, under one budget."""

    budget: Budget
    batching: Batching
    endpoint: RequestSender
    context: EngineContext
    evaluators: Mapping[str, Evaluator]


def choose(settings: Settings, addresses: Sequence[str] | None, where: Path | None) -> Choice:
    """``addresses``: the scenarios of an existing run in ``where``; selected by the settings when None.

    Raises MmdtError for whatever in the settings cannot be carried out.
    """
    from mmdt.data.splits.used import commitments  # imported late: most runs need none of it

    check_sources(settings.reuse)
    existing = None if addresses is None else scenarios_of(addresses, where or Path())
    check_runtime(settings.model, settings.endpoints)
    executor = open_executor(settings)
    model = executor.model(settings.model, settings.for_model())
    data = data_options(settings, model.info)
    scenarios = choose_scenarios(settings, model.info, data.places) if existing is None else existing
    selection = case_selection(settings, scenarios.values())

    def needed(scenario: Scenario, probe: Probe) -> bool:
        return _is_asked(scenario, probe, selection, data)

    evaluators = choose_evaluators(settings, model.info, scenarios, data.named, needed)
    notes = selection_notes(settings, model.info, data, scenarios, evaluators) if existing is None else ()
    sealed = commitments(data.places)
    notes = (
        *notes,
        *(f"the cases of {place} are those sealed under the root {root}" for place, root in sealed.items()),
    )
    return Choice(executor, model, data, _with_evaluators(scenarios, evaluators), evaluators, notes, sealed)


def _with_evaluators(scenarios: Mapping[str, Scenario], roles: Collection[str]) -> dict[str, Scenario]:
    """The scenarios without the probes that no case asks and that have no evaluator."""
    return {
        address: replace(each, probes=tuple(probe for probe in each.probes if probe.optional or probe.role in roles))
        for address, each in scenarios.items()
    }


def _is_asked(scenario: Scenario, probe: Probe, selection: Selection, data: DataOptions) -> bool:
    """Whether a case of the user's own files asks a probe: count rows alone need nobody who compares answers.

    Other data, and data that cannot be read, is taken to ask it.
    """
    from mmdt.data.load import are_files, load_cases

    if not are_files(data):
        return True
    try:
        return any(asks(probe, case) for case in load_cases(scenario, selection, data))
    except MmdtError:
        return True


def connect(
    settings: Settings, choice: Choice, where: Path | None, already: Mapping[str, Spending] | None
) -> Connections:
    """``already``: what the run in ``where`` has spent so far. Raises MmdtError for what cannot be opened."""
    budget = Budget(settings.max_cost, settings.max_requests, already=already)
    batching = Batching(settings, where)
    limits = Limits(
        settings.concurrency, settings.rpm, settings.tpm, settings.timeout, settings.attempts, settings.patience
    )
    endpoint = batching.model(Endpoint(choice.model, limits, budget))
    context = EngineContext(
        budget,
        settings={judge: settings.for_judge(judge) for judge in chat_models(choice.evaluators)},
        default=Limits(timeout=settings.timeout, attempts=settings.attempts, patience=settings.patience),
        open_model=choice.executor.judge,
        wrap=batching.judge,
    )
    for judge in chat_models(choice.evaluators):
        check_runtime(judge, settings.endpoints)
    evaluators = open_evaluators(
        choice.evaluators,
        context,
        choice.model.info,
        allow_embedded=settings.allow_embedded_judge,
        opener=choice.executor.evaluator,
    )
    judges = (each.model for each in context.endpoints.values())
    check_budget((choice.model, *judges), settings.max_cost)
    return Connections(budget, batching, endpoint, context, evaluators)


def open_executor(settings: Settings) -> Executor:
    """Where the work is done. Raises MissingExtraError, UsageError."""
    if settings.executor == "local":
        return LocalExecutor()
    from mmdt.engine.ray.executor import RayExecutor

    return RayExecutor(settings.ray_address, settings.ray_workers, settings.ray_options, timeout=settings.timeout)
