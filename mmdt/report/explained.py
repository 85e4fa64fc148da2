"""What explains the numbers of a run, as its report shows it."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from mmdt.report.export.rows import model_name
from mmdt.report.facts import completeness
from mmdt.report.html.inputs import ReportableRun
from mmdt.spelling import flag
from mmdt.stats.explain.explanation import RunExplained, explain_run
from mmdt.stats.scorecard import Scorecard
from mmdt.stats.served import Served

STOPPED = (
    "The run stopped by its results, and p and intervals here take the number of cases for fixed: a pattern that the "
    "run was stopped by looks surer than it is"
)

_AGAIN = (
    *("base_url", "api_key_env", "endpoints", "model_settings", "plugins"),
    *("judge", "vote", "careful", "evaluators", "allow_embedded_judge"),
    *("judge_base_url", "judge_api_key_env", "judge_settings"),
)
"""Settings that say who is asked, and who judges."""


def explained(run: ReportableRun, label: str = "", keys: tuple[str, ...] = ()) -> RunExplained:
    """The signatures, slices and planes of a run. ``label`` names it (by default the model's name); ``keys``: the
    entries of targets that slices are made by."""
    manifest = msgspec.to_builtins(run.manifest)
    perspectives = run.perspectives()
    scenarios = {each.address: each for perspective in perspectives for each in perspective.scenarios}
    settings = manifest.get("settings") or {}
    name = label or model_name(manifest) or str(settings.get("model") or "MODEL")
    card = run.scorecard()
    found = explain_run(name, _asked(settings), scenarios, perspectives, card, run.answers(), keys)
    said = [] if card.complete else [completeness(card, "").headline]
    said += [STOPPED] if manifest.get("stopped") else []
    return replace(found, note=with_notes("", [*said, *answered_by(card).changes(name)]))


def _asked(settings: Mapping[str, Any]) -> str:
    """The words of a command that ask the same model at the same place, with the same evaluators, as a shell reads
    them."""
    given = {name: settings[name] for name in _AGAIN if settings.get(name)}
    if given.get("vote") == "majority":
        del given["vote"]
    if endpoints := given.get("endpoints"):
        given["endpoints"] = {name: _endpoint(each) for name, each in endpoints.items()}
    model = shlex.quote(str(settings["model"])) if settings.get("model") else "MODEL"
    return " ".join([model, *(flag(name, value) for name, value in given.items())])


def _endpoint(given: str | Mapping[str, str]) -> str:
    """``URL,key=VARIABLE``."""
    if isinstance(given, str):
        return given
    url = given.get("url") or given.get("base_url", "")
    return ",".join([url, *(f"{name}={given[name]}" for name in ("key", "runtime") if given.get(name))])


def answered_by(card: Scorecard) -> Served:
    """Which versions of the model answered, over the whole run."""
    return Served.sum(each.tally.served for each in card.results if each.level == "scenario")


def with_notes(note: str, more: Iterable[str]) -> str:
    """A note, and sentences after it, without a full stop at the end."""
    return ". ".join(each[:1].upper() + each[1:] for each in (note, *more) if each)
