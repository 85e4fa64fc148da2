"""The facts shown above the numbers: what was tested, how, who judged it, and whether the results are complete."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mmdt.report.answered import answered_note
from mmdt.report.judging import judging_notes
from mmdt.report.sent import sent, sent_notes
from mmdt.report.stopped import stopped_note
from mmdt.report.view import totals
from mmdt.spelling import option, verb
from mmdt.stats.scorecard import Scorecard, Tally

Pairs = tuple[tuple[str, str], ...]

_ENDED = {
    "complete": "",
    "incomplete": "The run ended with missing results.",
    "budget": "The run stopped.",
    "interrupted": "The run was interrupted.",
    "awaiting": "The provider is still processing batches.",
    "failed": "The run failed with an error.",
    "loading": "The run was stopped while it was loading cases.",
    "damaged": "The run's folder is damaged ({verify} says more).",
    "running": "The run is still in progress, or its process was killed.",
}
_UNFINISHED = ("loading", "running")
ORGANISM = (
    "The model is an organism: a small program with planted failure rates, used to validate mmdt itself. "
    "Its numbers say nothing about any real model."
)
UNVERIFIABLE = (
    "This run was made by an early mmdt, which kept no digests: whether anything in it has changed cannot be verified."
)
EMBEDDED = "Embedded {role}: suitable only for organisms and synthetic data"


@dataclass(frozen=True, slots=True)
class EvaluatorFacts:
    """The evaluator that filled a role."""

    role: str
    name: str
    fingerprint: str
    embedded: bool
    note: str


@dataclass(frozen=True, slots=True)
class RunFacts:
    """A run's manifest prepared for display; empty strings where the manifest has no value. ``prompts``: the judge's,
    verbatim, by id and edition; ``sent``: the settings as they reached the model; ``root``: the digest of all digests,
    as `mmdt verify` prints it; ``judgings``: when the outputs were judged and by whom, once they were scored again."""

    model: str
    created: str
    duration: str
    organism: bool
    data: Pairs
    evaluators: tuple[EvaluatorFacts, ...]
    model_settings: Pairs
    settings: Pairs
    versions: Pairs
    ended: str
    reused: Pairs = ()
    answered_by: Pairs = ()
    prompts: Pairs = ()
    root: str = ""
    judgings: Pairs = ()
    sent: Pairs = ()
    sent_notes: tuple[str, ...] = ()
    unverifiable: bool = False
    data_notes: tuple[str, ...] = ()
    judging_notes: tuple[str, ...] = ()
    sampled: str = ""
    stopped: str = ""

    @property
    def data_identity(self) -> str:
        """Equal for two runs exactly when their cases came from the same data."""
        known = dict(self.data)
        return known.get("revision or fingerprint") or known.get("source", "")

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know before reading any number."""
        notes = [ORGANISM] if self.organism else []
        for each in self.evaluators:
            if each.embedded:
                notes.append(EMBEDDED.format(role=each.role) + (f" ({each.note})." if each.note else "."))
        notes += answered_note(self.model, self.answered_by, known=dict(self.model_settings).get("weights", ""))
        notes += self.sent_notes
        notes += self.judging_notes
        notes += self.data_notes
        notes += [UNVERIFIABLE] if self.unverifiable else []
        notes += [each for each in (self.sampled, self.stopped) if each]
        notes += [f"{count} outputs were reused from the run in {run}." for run, count in self.reused]
        return tuple(notes)


@dataclass(frozen=True, slots=True)
class Completeness:
    """Whether every number is based on all the outputs it should be based on."""

    complete: bool
    headline: str
    ended: str
    missing: int
    reasons: Pairs
    unclear: Pairs = ()
    cut_off: int = 0
    cut_off_share: str = ""


def read_facts(manifest: Mapping[str, Any]) -> RunFacts:
    """Read the facts from a manifest's JSON values."""
    model = manifest.get("model") or {}
    settings = manifest.get("settings") or {}
    ended = manifest.get("ended") or {}
    return RunFacts(
        model=str(model.get("name") or settings.get("model") or "unnamed model"),
        created=shown_time(manifest.get("created")),
        duration=duration_text(float(manifest.get("seconds") or 0.0)),
        organism=bool(model.get("organism")),
        data=_data(manifest.get("data") or {}),
        evaluators=tuple(_evaluator(role, each) for role, each in (manifest.get("evaluators") or {}).items()),
        model_settings=_pairs(model.get("settings") or {}),
        settings=_pairs(settings),
        versions=_pairs(manifest.get("versions") or {}),
        ended=_ended(str(ended.get("how", "")), str(ended.get("reason", ""))),
        reused=tuple((run, f"{count:,}") for run, count in (manifest.get("reused") or {}).items() if count),
        answered_by=tuple((name, f"{count:,}") for name, count in (manifest.get("answered_by") or {}).items()),
        prompts=tuple((name, str(text)) for name, text in (manifest.get("prompts") or {}).items()),
        judgings=tuple((shown_time(each.get("at")), _judges(each)) for each in manifest.get("judgings") or ()),
        root=str((manifest.get("digests") or {}).get("root", "")),
        sent=sent(manifest),
        sent_notes=tuple(sent_notes(manifest)),
        sampled=_sampled(manifest.get("data") or {}),
        stopped=stopped_note(manifest),
        unverifiable="format" in manifest and not manifest.get("digests") and ended.get("how") not in _UNFINISHED,
        judging_notes=tuple(judging_notes(manifest)),
        data_notes=tuple(map(str, (manifest.get("data") or {}).get("notes") or ())),
    )


def completeness(scorecard: Scorecard, ended: str) -> Completeness:
    """How much is missing and why: one sentence and a list of reasons."""
    total = totals(scorecard)
    if not total.total:
        headline = "No requests have been sent yet"
    elif scorecard.complete and not ended:
        headline = f"Complete: all {total.total:,} outputs were collected, evaluated and scored" + _but(total)
    elif total.missing:
        headline = f"Incomplete: {total.missing:,} of {total.total:,} outputs have missing results" + _but(total)
    elif scorecard.complete:
        headline = "All outputs so far are scored, but the run did not finish"
    else:
        headline = "Incomplete: some numbers depend on parts without results"
    whole = scorecard.complete and not ended
    why_missing, why_unclear = _counted(total.why_missing), _counted(total.why_unclear)
    share = _cut_off_share(total)
    return Completeness(whole, headline, ended, total.missing, why_missing, why_unclear, total.cut_off, share)


def _cut_off_share(total: Tally) -> str:
    """`` (12%)``, of the answers."""
    return f" ({total.cut_off / total.answered:.0%})" if total.answered and total.cut_off else ""


def _counted(reasons: Mapping[str, int]) -> Pairs:
    return tuple((why, f"{count:,}") for why, count in reasons.items())


def _but(total: Tally) -> str:
    """``; 3 cut off at the token limit, 2 unclear``: what a reader of the line must know beside."""
    parts = [f"{total.cut_off:,}{_cut_off_share(total)} cut off at the token limit"] if total.cut_off else []
    parts += [f"{total.unclear:,} unclear"] if total.unclear else []
    return f"; {', '.join(parts)}" if parts else ""


def duration_text(seconds: float) -> str:
    """``3725`` as ``1 h 2 min``; empty for zero or less."""
    if seconds <= 0:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{seconds:.1f} s"


def _ended(how: str, reason: str) -> str:
    sentence = _ENDED.get(how, "").replace("{verify}", verb("verify"))
    if reason in ("", how) or not sentence:
        return sentence or reason
    return f"{sentence.rstrip('.:')}: {reason}"


def shown_time(moment: Any) -> str:
    """A time of a manifest, as pages show it."""
    return str(moment or "").replace("T", " ").replace("+00:00", " UTC")


def _judges(judging: Mapping[str, Any]) -> str:
    """The evaluators of one judging, each with its roles."""
    roles: dict[str, list[str]] = {}
    for role, used in (judging.get("evaluators") or {}).items():
        roles.setdefault(str(used.get("name", "")), []).append(role)
    return "; ".join(f"{name} ({', '.join(found)})" for name, found in roles.items())


def _data(data: Mapping[str, Any]) -> Pairs:
    found = {
        "source": data.get("source"),
        "revision or fingerprint": data.get("fingerprint"),
        "cases": f"{data['cases']:,}" if data.get("cases") else "",
        "invalid rows skipped": f"{data['bad_rows']:,}" if data.get("bad_rows") else "",
    }
    return tuple((key, str(value)) for key, value in found.items() if value)


def _sampled(data: Mapping[str, Any]) -> str:
    """What ``--limit`` left out, and what is made of it."""
    whole = sum((data.get("cells") or {}).values())
    if not whole:
        return ""
    return (
        f"A sample of {data['cases']:,} of {whole:,} cases was asked ({option('limit')}). A number over several cells "
        f"is weighted to the cases that each of them has in the data, {whole:,} in all."
    )


def _evaluator(role: str, used: Mapping[str, Any]) -> EvaluatorFacts:
    return EvaluatorFacts(
        role,
        str(used.get("name", "")),
        str(used.get("fingerprint", "")),
        bool(used.get("embedded")),
        str(used.get("note", "")),
    )


def _pairs(values: Mapping[str, Any]) -> Pairs:
    """Each setting as text, without those that are not set."""
    return tuple((key, _as_text(value)) for key, value in values.items() if value not in (None, "", {}, [], ()))


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False)
