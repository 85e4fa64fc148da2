"""Which scenarios and evaluators a run uses, from its settings and its model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches

from mmdt import plugins
from mmdt.benchmarks import catalog as benchmarks
from mmdt.core.cell import Selection
from mmdt.core.modality import supports
from mmdt.core.protocols import Evaluator, EvaluatorContext, ModelInfo
from mmdt.core.scenario import Perspective, Probe, Scenario
from mmdt.data.load import EMBEDDED, HUB, DataOptions, offered
from mmdt.errors import UsageError
from mmdt.runs.settings import AUTO, Settings

CHAT = "chat/"
"""Evaluators of this kind ask a chat model: role judge, name ``chat/openai/gpt-4o``."""
JUDGING_ROLES = ("judge", "vqa", "matcher", "counter", "reader", "refusal")
"""Roles that the chat model named as judge takes: it judges harm, answers yes/no questions about pictures, compares a
reply with the reference, extracts numbers and choices, and reads refusals."""


def data_options(settings: Settings, info: ModelInfo) -> DataOptions:
    """Where the cases come from; ``auto`` means embedded data for organisms and the hub for other models."""
    auto = EMBEDDED if info.organism else HUB
    return DataOptions(
        auto if settings.data == AUTO else settings.data,
        images=settings.images,
        seed=settings.seed,
        limit=settings.limit,
        size=settings.size,
        revision=settings.revision or None,
        skip_bad=settings.skip_bad,
    )


def selected_globs(settings: Settings) -> tuple[str, ...]:
    """The globs of the settings, with those of the benchmarks that they name; these become known to the process.

    ``**`` stands for everything only where no benchmark is named. A glob that names a benchmark narrows it.
    """
    named = [benchmarks.use(name) for name in settings.benchmark]
    benchmarks.use_named(settings.select)
    if not named:
        return settings.select
    globs = () if settings.select == ("**",) else settings.select
    narrowed = {_first(glob) for glob in globs}
    return (*globs, *(f"{name}/**" for name in dict.fromkeys(named) if name not in narrowed))


def _first(glob: str) -> str:
    return glob.strip("/").split("/")[0]


def known_scenarios(globs: Iterable[str]) -> dict[str, Scenario]:
    """Every scenario that globs may select: a benchmark must be named, ``**`` does not mean it."""
    named = {_first(glob) for glob in globs}
    return {
        each.address: each
        for perspective in plugins.perspectives()
        if not perspective.benchmark or perspective.name in named
        for each in perspective.scenarios
    }


def choose_scenarios(settings: Settings, info: ModelInfo, source: str | Sequence[str]) -> dict[str, Scenario]:
    """The selected scenarios that fit the model's modalities, with the baselines they are compared with.

    Raises UsageError if the globs match nothing, or nothing that this model can be asked.
    """
    globs = selected_globs(settings)
    selection = Selection.of(globs)
    everything = known_scenarios(globs)
    matching = {
        address: scenario for address, scenario in everything.items() if selection.may_match(address, scenario.tasks)
    }
    if not matching:
        known = sorted({address.split("/")[0] for address in everything} | set(everything))
        near = get_close_matches(globs[0].strip("*/"), [*known, *benchmarks.names()], n=3, cutoff=0.4)
        guess = f"did you mean {', '.join(near)}? " if near else ""
        raise UsageError(f"nothing matches {' '.join(globs)}", hint=f"{guess}`mmdt list cells` shows the tree")
    able = {address: each for address, each in matching.items() if supports(info.modalities, each.modality)}
    if not able:
        does = ", ".join(sorted(info.modalities)) or "nothing"
        example = min(info.modalities, default="i2t")
        raise UsageError(
            f"{info.name} supports {does}, but the selected scenarios need {next(iter(matching.values())).modality}",
            hint=f"select scenarios of the model's modality, such as '*/{example}/**'",
        )
    there = offered(source, [each for each in everything.values() if each.origin is None or each.address in able])
    chosen = {address: each for address, each in able.items() if address in there}
    if not chosen:
        raise UsageError(
            f"no {source if isinstance(source, str) else ' + '.join(source)} data for {', '.join(able)}",
            hint="choose other data with --data (see `mmdt list data`)",
        )
    for scenario in list(chosen.values()):
        baseline = everything.get(scenario.baseline)
        if baseline is not None and baseline.address in there:
            chosen.setdefault(baseline.address, baseline)
    return chosen


def case_selection(settings: Settings, scenarios: Iterable[Scenario]) -> Selection:
    """The globs of the settings, and the baseline cells that the selected cells are paired with."""
    chosen = selected_globs(settings)
    asked = Selection.of(chosen)
    globs = list(chosen)
    for scenario in scenarios:
        if scenario.baseline:
            globs += [
                f"{scenario.baseline}/{cell.task}" for cell in scenario.cells if cell.task == "*" or asked.matches(cell)
            ]
    return Selection.of(dict.fromkeys(globs))


def choose_evaluators(
    settings: Settings,
    info: ModelInfo,
    scenarios: Mapping[str, Scenario],
    needed: Callable[[Scenario, Probe], bool] = lambda scenario, probe: True,
) -> dict[str, str]:
    """Role -> evaluator name for every role the scenarios need.

    The user's choice comes first, then the perspective's default for organisms or for real models. ``needed``: whether
    any case asks a probe, consulted where its role has no evaluator. Raises UsageError for a required role without one.
    """
    named = dict(settings.evaluators)
    if settings.judge == "embedded":
        named.setdefault("judge", "embedded")
    elif settings.judge:
        named = dict.fromkeys(JUDGING_ROLES, f"{CHAT}{settings.judge}") | named
    by_name = {perspective.name: perspective for perspective in plugins.perspectives()}
    chosen: dict[str, str] = {}
    for scenario in scenarios.values():
        usual = _usual(by_name[scenario.perspective], info)
        for probe in scenario.probes:
            name = named.get(probe.role) or ("" if probe.optional else usual.get(probe.role, ""))
            if name:
                chosen.setdefault(probe.role, name)
            elif not probe.optional and needed(scenario, probe):
                option = "--judge openai/gpt-4o" if probe.role in JUDGING_ROLES else f"--evaluator {probe.role}=NAME"
                raise UsageError(
                    f"{scenario.address} needs an evaluator for the role {probe.role!r}",
                    hint=f"name one: {option} (`mmdt list evaluators` shows them)",
                )
    return chosen


def chat_models(names: Mapping[str, str]) -> list[str]:
    """The chat models among the chosen evaluators, each once."""
    return list(dict.fromkeys(name.removeprefix(CHAT) for name in names.values() if name.startswith(CHAT)))


def _usual(perspective: Perspective, info: ModelInfo) -> dict[str, str]:
    return {**perspective.roles, **(perspective.organism_roles if info.organism else {})}


def open_evaluators(
    names: Mapping[str, str],
    context: EvaluatorContext,
    info: ModelInfo,
    *,
    allow_embedded: bool,
    opener: Callable[[str, str, EvaluatorContext], Evaluator] = plugins.open_evaluator,
) -> dict[str, Evaluator]:
    """Role -> evaluator. Raises UsageError for an embedded one that would judge a real model without permission."""
    opened = {role: opener(role, name, context) for role, name in names.items()}
    for role, evaluator in opened.items():
        if evaluator.info.embedded and not info.organism and not allow_embedded:
            raise UsageError(
                f"the {role} {evaluator.info.name!r} is only good enough for organisms and embedded data",
                where=f"model {info.name}",
                hint="choose another evaluator, or pass --allow-embedded-judge if you accept that",
            )
    return opened
