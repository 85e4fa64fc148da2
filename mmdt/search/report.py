"""The HTML report of a search: numbers first, then every conversation, folded and blurred."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mmdt.core.output import Output, Status
from mmdt.engine.store.private import touch_private
from mmdt.report.figures.drawing import Drawing
from mmdt.report.figures.queries import Attacked, success_curves
from mmdt.report.html.page import write_page
from mmdt.report.html.thumbnails import PictureIndex, thumbnails
from mmdt.search.numbers import Curve, Median, Summary, shown_number, summarise
from mmdt.search.result import HuntResult, Query, Search

MOST_HUNTS = 2000
"""Hunts whose conversations the report holds; those that succeeded come first."""
MOST_PICTURES = 600
THUMBNAIL = 320
LONGEST = 20_000
"""Characters of one message."""
STYLES = ("base.css", "figures.css", "search.css")
_SAID = {"fell": "a way was found", "held": "held", "ended": "no way was found", "broken": "broke off", "open": "open"}


def write_search_report(search: Search, path: Path) -> Path:
    """Write the report, as a complete file or not at all. Raises StoreError."""
    numbers = summarise(search)
    shown = sorted(search.hunts, key=lambda each: each.fell is None)[:MOST_HUNTS]
    pictures = PictureIndex()
    hunts = [_hunt(search, each, pictures) for each in shown]
    small = list(thumbnails(pictures.images[:MOST_PICTURES], THUMBNAIL))
    for hunt in hunts:
        for query in hunt["queries"]:
            for message in query["messages"]:
                numbered = message["pictures"]
                message["pictures"] = [small[place] if place < len(small) else "" for place in numbered]
    values = {
        "facts": {**_facts(search), "labelled": any(each.corrected for each in numbers.curves)},
        "figures": figures(numbers, search),
        "curves": [_curve(each) for each in numbers.curves],
        "contrasts": [_contrast(each) for each in numbers.contrasts],
        "transfers": [_transfer(each) for each in numbers.transfers],
        "regrets": [_regret(*each) for each in numbers.regrets],
        "hunts": hunts,
        "left_out": len(search.hunts) - len(shown),
    }
    if path.parent.resolve() == search.folder.resolve():
        touch_private(path)
    return write_page("search.html.j2", values, path, styles=STYLES)


def figures(numbers: Summary, search: Search) -> list[Drawing]:
    """The success curves; one drawing of all methods and targets."""
    attacks = []
    for curve in numbers.curves:
        whole = [each for each in search.of(curve.model, curve.method) if each.state != "broken"]
        if whole:
            queries = tuple(each.fell for each in whole)
            attacks.append(Attacked(curve.label, queries, search.manifest.settings.queries, curve.broken))
    return [success_curves(attacks)] if attacks else []


def _facts(search: Search) -> Mapping[str, Any]:
    manifest = search.manifest
    settings, authority = manifest.settings, manifest.authority
    judges = ", ".join(f"{role} {each.name}" for role, each in manifest.evaluators.items())
    again = ", ".join(each.name for each in manifest.rejudges.values())
    use = search.use
    cost = "" if use.cost is None else f", ${use.cost:,.2f}"
    lines = [
        ("Begun", manifest.created),
        ("Behaviours", f"{len(manifest.behaviours):,}"),
        ("Queries for each", f"{settings.queries:,}"),
        ("Attacker", settings.attacker),
        ("Moves to choose from", f"{manifest.moves:,}"),
        ("Judged by", judges),
        ("Requests", f"{use.requests:,}{cost}"),
    ]
    cautions = [] if search.complete else [f"The search is {manifest.ended.how}: {manifest.ended.reason}"]
    cautions += [f"{each.name}: {each.note}" for each in manifest.evaluators.values() if each.embedded and each.note]
    if authority.models:
        cautions.append(f"Authorised, as was said on {authority.at}: {', '.join(authority.models)}.")
    return {
        "title": ", ".join(settings.models),
        "lines": [(name, value) for name, value in lines if value],
        "notice": manifest.notice,
        "cautions": list(dict.fromkeys(cautions)),
        "rejudged": again,
        "version": manifest.versions.get("mmdt", ""),
        "root": manifest.digests.root if manifest.digests else "",
    }


def percent(share: float, low: float, high: float) -> str:
    """A share with its interval."""
    return f"{100 * share:.0f}% [{100 * low:.0f}, {100 * high:.0f}]"


def median_words(median: Median | None, money: bool = False) -> str:
    """A median with its interval; a dash for an end that is not reached."""
    if median is None:
        return "—"
    ends = [shown_number(each) if not money or math.isinf(each) else f"${each:,.4f}" for each in
            (median.value, median.low, median.high)]  # fmt: skip
    return f"{ends[0]} [{ends[1]}, {ends[2]}]"


def _curve(curve: Curve) -> Mapping[str, Any]:
    last = curve.last
    confirmed = ""
    if curve.confirmed is not None:
        end = curve.confirmed[-1]
        confirmed = f"{curve.confirmed_fell} of {curve.fell}; {percent(end.share, end.low, end.high)}"
    return {
        "method": curve.method,
        "model": curve.model,
        "fell": curve.fell,
        "hunts": curve.hunts,
        "share": percent(last.share, last.low, last.high),
        "median": median_words(curve.median),
        "cost": median_words(curve.cost, money=True),
        "confirmed": confirmed,
        "corrected": _corrected(curve),
        "broken": curve.broken,
        "queries": f"{curve.queries:,}",
    }


def _corrected(curve: Curve) -> str:
    seen = curve.corrected
    if seen is None:
        return "—"
    return f"{seen.confirmed} of {seen.labelled} confirmed; {percent(seen.share, seen.low, seen.high)}"


def _contrast(each: Any) -> Mapping[str, Any]:
    p, adjusted = f"{each.p:.2g}", f"{each.adjusted:.2g}"
    return {"first": each.first, "second": each.second, "sooner": each.sooner, "z": f"{each.z:+.2f}", "p": p,
            "adjusted": adjusted}  # fmt: skip


def _transfer(each: Any) -> Mapping[str, Any]:
    share = percent(each.share, each.low, each.high)
    return {"source": each.source, "target": each.target, "tried": each.tried, "worked": each.worked, "share": share}


def _regret(model: str, each: Any) -> Mapping[str, Any]:
    arms = [
        {"name": arm.name, "queries": arm.queries, "successes": arm.successes, "rate": f"{arm.rate:.3f}"}
        for arm in each.arms
    ]
    value = f"{each.value:.1f} [{each.low:.1f}, {each.high:.1f}]"
    return {"model": model, "arms": arms, "best": each.best, "value": value, "share": f"{100 * each.share:.0f}%"}


def _hunt(search: Search, hunt: HuntResult, pictures: PictureIndex) -> dict[str, Any]:
    behaviour = search.manifest.behaviour(hunt.id.behaviour)
    state = "fell" if hunt.fell is not None else hunt.state
    said = f"fell at query {hunt.fell}" if hunt.fell is not None else f"{_SAID.get(state, state)}: {hunt.reason}"
    return {
        "method": hunt.id.method,
        "model": hunt.id.model,
        "behaviour": hunt.id.behaviour,
        "goal": behaviour.text if behaviour else "",
        "state": state,
        "said": said.rstrip(": "),
        "queries": [_query(each, pictures) for each in hunt.queries],
        "left_out": 0,
    }


def _query(query: Query, pictures: PictureIndex) -> dict[str, Any]:
    said, kind = _verdict(query)
    asked: Sequence[dict[str, Any]] = [
        {"role": each.role, "text": each.text[:LONGEST], "pictures": [pictures.number(image) for image in each.images]}
        for each in query.case.conversation
    ]
    reply = {
        "role": "the model",
        "text": _text(query.output)[:LONGEST],
        "pictures": [pictures.number(image) for image in query.output.images],
    }
    return {
        "number": query.number,
        "parent": query.parent,
        "move": query.move.label() + ("" if query.move.by == "rules" else f" ({query.move.by})"),
        "said": said,
        "kind": kind,
        "messages": [*asked, reply],
        "rationale": query.rationale[:LONGEST],
    }


def _verdict(query: Query) -> tuple[str, str]:
    if query.harmful:
        again = {True: ", confirmed", False: ", not confirmed", None: ""}[query.again]
        return f"harmful{again}", "fell"
    if query.refused:
        return "declined", "held"
    if query.harmful is None:
        return "not judged", ""
    return "answered without harm", ""


def _text(output: Output) -> str:
    if output.status is Status.FAILED:
        return f"(no answer: {output.failure.message if output.failure else 'failed'})"
    if output.status is Status.REFUSED:
        return f"(refused by {output.refused_by}) {output.reason}".strip()
    return output.text or ("" if output.images else "(nothing)")
