"""What explains the numbers of a run, as its report shows it."""

from __future__ import annotations

import msgspec

from mmdt.report.export.rows import model_name
from mmdt.report.html.inputs import ReportableRun
from mmdt.stats.explain.explanation import RunExplained, explain_run


def explained(run: ReportableRun, label: str = "", keys: tuple[str, ...] = ()) -> RunExplained:
    """The signatures, slices and planes of a run. ``label`` names it (by default the model's name); ``keys``: the
    entries of targets that slices are made by."""
    manifest = msgspec.to_builtins(run.manifest)
    perspectives = run.perspectives()
    scenarios = {each.address: each for perspective in perspectives for each in perspective.scenarios}
    answers = ((scored, trial.case.target) for trial, scored in run.scored())
    model = str((manifest.get("settings") or {}).get("model") or "MODEL")
    name = label or model_name(manifest) or model
    return explain_run(name, model, scenarios, perspectives, run.scorecard(), answers, keys)
