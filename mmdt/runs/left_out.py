"""What a run leaves out or does not use, said before it begins: nothing the user named is dropped in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from mmdt.core.cell import Selection
from mmdt.core.modality import supports
from mmdt.core.protocols import ModelInfo
from mmdt.core.scenario import Scenario
from mmdt.data.load import EMBEDDED, HUB, DataOptions, row_counts
from mmdt.evaluators.panel.panel import members_of
from mmdt.runs.selection import known_scenarios, selected_globs
from mmdt.runs.settings import Settings
from mmdt.spelling import option

MOST_NAMED = 5
"""Names in one note."""


def selection_notes(
    settings: Settings,
    info: ModelInfo,
    data: DataOptions,
    scenarios: Mapping[str, Scenario],
    evaluators: Mapping[str, str],
) -> tuple[str, ...]:
    """One sentence for everything that was named and has no effect. ``scenarios`` and ``evaluators``: what was
    chosen."""
    globs = selected_globs(settings)
    selection = Selection.of(globs)
    everything = known_scenarios(globs)
    matching = [each for address, each in everything.items() if selection.may_match(address, each.tasks)]
    unable = [each for each in matching if not supports(info.modalities, each.modality)]
    able = [each for each in matching if supports(info.modalities, each.modality) and each.address not in scenarios]
    rows = row_counts(data)
    notes = [*_of_modality(unable, info, rows), *_without_data(able, data.named)]
    return (*notes, *_unused(settings, data.places, evaluators))


def _of_modality(unable: Sequence[Scenario], info: ModelInfo, rows: Mapping[str, int] | None) -> Iterable[str]:
    """The scenarios, or the rows of the user's own files, that the model cannot be asked."""
    found: Counter[str] = Counter()
    for scenario in unable:
        found[scenario.modality] += 1 if rows is None else rows.get(scenario.address, 0)
    thing = "scenario" if rows is None else "row"
    for modality, count in sorted(found.items()):
        if count:
            what = f"{count:,} {thing}{'s are' if count > 1 else ' is'} left out: modality {modality}"
            yield f"{what}, and {info.name} supports {', '.join(sorted(info.modalities))}."


def _without_data(able: Sequence[Scenario], source: str) -> Iterable[str]:
    """Selected scenarios that this source has no cases for. A user's own files need not have all."""
    if able and source in (HUB, EMBEDDED):
        yield f"{_named([each.address for each in able], 'selected scenario')} no {source} data."


def _named(names: Sequence[str], what: str) -> str:
    shown = ", ".join(sorted(names)[:MOST_NAMED])
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    return f"{len(names):,} {what}{'s have' if len(names) > 1 else ' has'} ({shown}{more})"


def _unused(settings: Settings, places: Sequence[str], evaluators: Mapping[str, str]) -> Iterable[str]:
    for role, name in settings.evaluators.items():
        if role not in evaluators:
            yield f"{option('evaluators', {role: name})} is not used: no selected scenario asks the role {role}."
    chosen = evaluators.values()
    used = {member for name in chosen for member in members_of(name)}
    for judge in settings.judges:
        if not used & {judge, f"chat/{judge}"}:
            yield f"{option('judge', judge)} is not used: no selected scenario asks it."
    if settings.size is not None and EMBEDDED not in places:
        other = f"{option('limit')} takes a sample of other data"
        yield f"{option('size', settings.size)} is not used: it is for embedded data ({other})."
    if settings.revision and HUB not in places:
        yield f"{option('revision', settings.revision)} is not used: it is for the hub's data."
