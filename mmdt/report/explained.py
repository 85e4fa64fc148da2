"""What explains the numbers of a run, as its report shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import msgspec

from mmdt.report.export.rows import model_name
from mmdt.report.html.inputs import ReportableRun
from mmdt.stats.explain.explanation import RunExplained, explain_run
from mmdt.stats.scorecard import Scorecard
from mmdt.stats.served import Served

STOPPED = (
    "The run stopped by its results, and p and intervals here take the number of cases for fixed: a pattern that the "
    "run was stopped by looks surer than it is"
)


def explained(run: ReportableRun, label: str = "", keys: tuple[str, ...] = ()) -> RunExplained:
    """The signatures, slices and planes of a run. ``label`` names it (by default the model's name); ``keys``: the
    entries of targets that slices are made by."""
    manifest = msgspec.to_builtins(run.manifest)
    perspectives = run.perspectives()
    scenarios = {each.address: each for perspective in perspectives for each in perspective.scenarios}
    model = str((manifest.get("settings") or {}).get("model") or "MODEL")
    name = label or model_name(manifest) or model
    card = run.scorecard()
    found = explain_run(name, model, scenarios, perspectives, card, run.answers(), keys)
    said = [STOPPED] if manifest.get("stopped") else []
    return replace(found, note=with_notes("", [*said, *answered_by(card).changes(name)]))


def answered_by(card: Scorecard) -> Served:
    """Which versions of the model answered, over the whole run."""
    return Served.sum(each.tally.served for each in card.results if each.level == "scenario")


def with_notes(note: str, more: Iterable[str]) -> str:
    """A note, and sentences after it, without a full stop at the end."""
    return ". ".join(each[:1].upper() + each[1:] for each in (note, *more) if each)
