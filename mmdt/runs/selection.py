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
from mmdt.evaluators.guard.names import GUARD, guarded_model
from mmdt.evaluators.panel.panel import members_of, panel_name
from mmdt.runs.control import with_controls
from mmdt.runs.settings import AUTO, Settings
from mmdt.spelling import option, verb

CHAT = "chat/"
"""Evaluators of this kind ask a chat model: role judge, name ``chat/openai/gpt-4o``."""
CONTRAST_ROLE = "contrast"
"""Answers the second question about a picture, about a wrong attribute."""
PROTECTION = "guard_"
"""Roles of a guard: in front of the model (``guard_input``) and behind it (``guard_output``)."""
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
    """The selected scenarios that fit the model's modalities, with the baselines they are compared with and, where the
    settings ask for it, their control arms.

    Raises UsageError if the globs match nothing, or nothing that this model can be asked.
    """
    globs = selected_globs(settings)
    selection = Selection.of(globs)
    everything = known_scenarios(globs)
    matching = {
        address: scenario for address, scenario in everything.items() if selection.may_match(address, scenario.tasks)
    }
    _refuse_empty_globs(globs, everything)
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
    unable = [each for address, each in matching.items() if address in there and address not in able]
    if not chosen and unable:
        modalities = ", ".join(sorted({each.modality for each in unable}))
        raise UsageError(
            f"{info.name} supports {', '.join(sorted(info.modalities))}, but the selected data is {modalities}",
            where=source if isinstance(source, str) else " + ".join(source),
            hint="use data or a model of the other modality",
        )
    if not chosen:
        raise UsageError(
            f"no {source if isinstance(source, str) else ' + '.join(source)} data for {', '.join(able)}",
            hint=f"choose other data with {option('data')} (see {verb('list data')})",
        )
    for scenario in list(chosen.values()):
        baseline = everything.get(scenario.baseline)
        if baseline is not None and baseline.address in there:
            chosen.setdefault(baseline.address, baseline)
    return with_controls(chosen, settings.control)


def _refuse_empty_globs(globs: Sequence[str], everything: Mapping[str, Scenario]) -> None:
    """Raises UsageError for a glob that matches nothing: it was misspelt, whatever the others match."""
    for glob in globs:
        one = Selection.of(glob)
        if not any(one.may_match(address, scenario.tasks) for address, scenario in everything.items()):
            known = sorted({address.split("/")[0] for address in everything} | set(everything))
            near = get_close_matches(glob.strip("*/"), [*known, *benchmarks.names()], n=3, cutoff=0.4)
            guess = f"did you mean {', '.join(near)}? " if near else ""
            raise UsageError(f"nothing matches {glob}", hint=f"{guess}{verb('list cells')} shows the tree")


def roles() -> set[str]:
    """Every role that a scenario asks or an evaluator fills."""
    asked = {probe.role for scenario in plugins.scenarios().values() for probe in scenario.probes}
    return asked | {name.partition(".")[0] for name in plugins.names(plugins.EVALUATORS)}


def check_roles(named: Iterable[str]) -> None:
    """Raises UsageError for a role that nothing asks and nothing fills."""
    known = roles()
    for role in named:
        if role not in known:
            near = get_close_matches(role, known, n=2, cutoff=0.5)
            guess = f"did you mean {' or '.join(near)}? " if near else ""
            raise UsageError(
                f"there is no role {role!r}", where=option("evaluators"), hint=f"{guess}use: {', '.join(sorted(known))}"
            )


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
    source: str = "",
    needed: Callable[[Scenario, Probe], bool] = lambda scenario, probe: True,
) -> dict[str, str]:
    """Role -> evaluator name for every role the scenarios need.

    The user's choice comes first, then the perspective's default for organisms or for real models. The role
    ``contrast`` is that of ``vqa`` with ``careful``, and on embedded data. ``needed``: whether any case asks a probe,
    consulted where its role has no evaluator. Raises UsageError for a required role without one.
    """
    check_roles(settings.evaluators)
    named = _named(settings)
    by_name = {perspective.name: perspective for perspective in plugins.perspectives()}
    chosen: dict[str, str] = {}
    for scenario in scenarios.values():
        usual = _usual(by_name[scenario.perspective], info)
        for probe in scenario.probes:
            name = named.get(probe.role) or ("" if probe.optional else usual.get(probe.role, ""))
            if not name and probe.role == CONTRAST_ROLE and (settings.careful or source == EMBEDDED):
                name = named.get("vqa") or usual.get("vqa", "")
            if name:
                chosen.setdefault(probe.role, name)
            elif not probe.optional and needed(scenario, probe):
                judges = probe.role in JUDGING_ROLES
                way = option("judge", "openai/gpt-4o") if judges else option("evaluators", {probe.role: "NAME"})
                raise UsageError(
                    f"{scenario.address} needs an evaluator for the role {probe.role!r}",
                    hint=f"name one: {way} ({verb('list evaluators')} shows them)",
                )
    _refuse_idle_guard(settings, chosen)
    return chosen


def evaluator_names(judge: str, endpoints: Iterable[str] = ()) -> dict[str, str]:
    """What someone named as a judge is called in each role that it fills.

    An evaluator of the role ``judge`` (``guard/...``, ``embedded``) fills the roles for which it is registered; any
    other name is a chat model's, which fills all of them.
    """
    kind = judge.partition("/")[0]
    known = set(plugins.names(plugins.EVALUATORS))
    if f"judge.{kind}" in known and kind not in {*plugins.names(plugins.MODELS), *endpoints}:
        return {role: judge for role in JUDGING_ROLES if f"{role}.{kind}" in known}
    return dict.fromkeys(JUDGING_ROLES, f"{CHAT}{judge}")


def _judging(settings: Settings) -> dict[str, str]:
    """Role -> evaluator name for the judges of the settings: one, or a panel of those that fill the role."""
    by_judge = [evaluator_names(judge, settings.endpoints) for judge in settings.judges]
    found = {}
    for role in JUDGING_ROLES:
        able = [each[role] for each in by_judge if role in each]
        if able:
            found[role] = able[0] if len(able) == 1 else panel_name(settings.vote, able)
    return found


def _named(settings: Settings) -> dict[str, str]:
    """The evaluators that the user named, by role: for one role, or for all roles of a judge or a guard."""
    named = _judging(settings) | dict(settings.evaluators)
    if settings.guard:
        name = settings.guard if settings.guard == "embedded" else f"{CHAT}{settings.guard}"
        named = {f"{PROTECTION}{side}": name for side in settings.guard_on} | named
    return named


def _refuse_idle_guard(settings: Settings, chosen: Mapping[str, str]) -> None:
    """Raises UsageError for a guard that no selected scenario asks."""
    if settings.guard and not any(role.startswith(PROTECTION) for role in chosen):
        what = f"no selected scenario can be tried with the guard {settings.guard}"
        raise UsageError(what, hint="select scenarios of safety, or leave the guard out")


def chat_models(names: Mapping[str, str]) -> list[str]:
    """The models that the chosen evaluators ask, each once."""
    members = (member for name in names.values() for member in members_of(name))
    return list(dict.fromkeys(model for model in map(asked_model, members) if model))


def asked_model(name: str) -> str:
    """The model that an evaluator asks; empty if it asks none."""
    if name.startswith(CHAT):
        return name.removeprefix(CHAT)
    return guarded_model(name) if name.startswith(GUARD) else ""


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
    opened = {role: opener("vqa" if role == CONTRAST_ROLE else role, name, context) for role, name in names.items()}
    for role, evaluator in opened.items():
        if evaluator.info.embedded and not info.organism and not allow_embedded:
            raise UsageError(
                f"the {role} {evaluator.info.name!r} is only good enough for organisms and embedded data",
                where=f"model {info.name}",
                hint=f"choose another evaluator, or pass {option('allow_embedded_judge', True)} if you accept that",
            )
    return opened
