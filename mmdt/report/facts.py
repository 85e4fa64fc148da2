"""The facts above the numbers: what was tested, how, by whom it was judged, and whether all of it is there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mmdt.report.answered import answered_note
from mmdt.report.view import totals
from mmdt.stats.scorecard import Scorecard

Entries = tuple[tuple[str, str], ...]

_ENDED = {
    "complete": "",
    "incomplete": "The run ended with something missing.",
    "budget": "The run stopped at its budget.",
    "interrupted": "The run was interrupted.",
    "awaiting": "Batches are still with the provider.",
    "failed": "The run ended with an error.",
    "loading": "The run was stopped while its cases were loaded.",
    "running": "The run is still going on, or its process was killed.",
}
ORGANISM = (
    "The model is an organism: a small program with planted failure rates, made to check the ruler. "
    "Its numbers say nothing about any real model."
)
EMBEDDED = "Embedded {role}: only good for organisms and synthetic data"


@dataclass(frozen=True, slots=True)
class UsedEvaluator:
    """Who observed in a role."""

    role: str
    name: str
    fingerprint: str
    embedded: bool
    note: str


@dataclass(frozen=True, slots=True)
class Facts:
    """A run's manifest as a reader needs it; empty texts where it does not say."""

    model: str
    created: str
    duration: str
    organism: bool
    data: Entries
    evaluators: tuple[UsedEvaluator, ...]
    model_settings: Entries
    settings: Entries
    versions: Entries
    ended: str
    reused: Entries = ()
    answered_by: Entries = ()

    @property
    def data_identity(self) -> str:
        """The same for two runs exactly when their cases came from the same data."""
        known = dict(self.data)
        return known.get("revision or fingerprint") or known.get("source", "")

    @property
    def notes(self) -> tuple[str, ...]:
        """What must be known before any number is read."""
        notes = [ORGANISM] if self.organism else []
        for each in self.evaluators:
            if each.embedded:
                notes.append(EMBEDDED.format(role=each.role) + (f" ({each.note})." if each.note else "."))
        notes += answered_note(self.model, self.answered_by, known=dict(self.model_settings).get("weights", ""))
        notes += [f"{count} outputs were taken over from the run in {run}." for run, count in self.reused]
        return tuple(notes)


@dataclass(frozen=True, slots=True)
class Completeness:
    """Whether every number rests on everything it should."""

    complete: bool
    headline: str
    ended: str
    missing: int
    reasons: Entries


def read_facts(manifest: Mapping[str, Any]) -> Facts:
    """The facts in a manifest's JSON values."""
    model = manifest.get("model") or {}
    settings = manifest.get("settings") or {}
    ended = manifest.get("ended") or {}
    return Facts(
        model=str(model.get("name") or settings.get("model") or "unnamed model"),
        created=str(manifest.get("created", "")).replace("T", " ").replace("+00:00", " UTC"),
        duration=duration_text(float(manifest.get("seconds") or 0.0)),
        organism=bool(model.get("organism")),
        data=_data(manifest.get("data") or {}),
        evaluators=tuple(_evaluator(role, each) for role, each in (manifest.get("evaluators") or {}).items()),
        model_settings=_entries(model.get("settings") or {}),
        settings=_entries(settings),
        versions=_entries(manifest.get("versions") or {}),
        ended=_ended(str(ended.get("how", "")), str(ended.get("reason", ""))),
        reused=tuple((run, f"{count:,}") for run, count in (manifest.get("reused") or {}).items() if count),
        answered_by=tuple((name, f"{count:,}") for name, count in (manifest.get("answered_by") or {}).items()),
    )


def completeness(scorecard: Scorecard, ended: str) -> Completeness:
    """How much is missing and why, in one sentence and a list."""
    total = totals(scorecard)
    if not total.total:
        headline = "Nothing was asked yet"
    elif scorecard.complete and not ended:
        headline = f"Complete: all {total.total:,} outputs were obtained, observed and scored"
    elif total.missing:
        headline = f"Incomplete: {total.missing:,} of {total.total:,} outputs are missing something"
    elif scorecard.complete:
        headline = "Everything that was asked is scored, but the run did not reach its end"
    else:
        headline = "Incomplete: some numbers rest on parts that are not there"
    reasons = tuple((why, f"{count:,}") for why, count in total.why_missing.items())
    return Completeness(scorecard.complete and not ended, headline, ended, total.missing, reasons)


def duration_text(seconds: float) -> str:
    """``3725`` as ``1 h 2 min``; empty for nothing."""
    if seconds <= 0:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{seconds:.1f} s"


def _ended(how: str, reason: str) -> str:
    said = _ENDED.get(how, "")
    return said if reason == how else " ".join(filter(None, (said, reason)))


def _data(data: Mapping[str, Any]) -> Entries:
    found = {
        "source": data.get("source"),
        "revision or fingerprint": data.get("fingerprint"),
        "cases": f"{data['cases']:,}" if data.get("cases") else "",
        "damaged rows left out": f"{data['bad_rows']:,}" if data.get("bad_rows") else "",
    }
    return tuple((key, str(value)) for key, value in found.items() if value)


def _evaluator(role: str, used: Mapping[str, Any]) -> UsedEvaluator:
    return UsedEvaluator(
        role,
        str(used.get("name", "")),
        str(used.get("fingerprint", "")),
        bool(used.get("embedded")),
        str(used.get("note", "")),
    )


def _entries(values: Mapping[str, Any]) -> Entries:
    """Each setting as text; those that are not set are left out."""
    return tuple((key, _as_text(value)) for key, value in values.items() if value not in (None, "", {}, [], ()))


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False)
