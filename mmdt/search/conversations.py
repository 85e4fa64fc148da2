"""Every conversation of a search as values for its page: with targets, and with the attacker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from mmdt.core.image import Image
from mmdt.core.output import Output, Status
from mmdt.report.html.thumbnails import PictureIndex
from mmdt.search.result import Call, HuntResult, Query, Search

MOST_HUNTS = 2000
"""Hunts whose conversations the page holds; those that succeeded come first."""
MOST_CALLS = 200
"""Questions to the attacker that the page holds, of each hunt."""
LONGEST = 20_000
"""Characters of one message."""
_SAID = {"fell": "a way was found", "held": "held", "ended": "no way was found", "broken": "broke off", "open": "open"}


@dataclass
class _Shown:
    """What the conversations share: pictures, and the attacker's instructions, by number (from 1)."""

    pictures: PictureIndex
    instructions: dict[str, int] = field(default_factory=dict)

    def message(self, role: str, text: str, images: Sequence[Image]) -> dict[str, Any]:
        return {"role": role, "text": text[:LONGEST], "pictures": [self.pictures.number(each) for each in images]}

    def instruction(self, text: str) -> int:
        return self.instructions.setdefault(text, len(self.instructions) + 1)


def conversations(search: Search, pictures: PictureIndex) -> dict[str, Any]:
    """The hunts with their queries and the questions to the attacker, what the attacker is instructed, and how many
    hunts are left out."""
    kept = sorted(search.hunts, key=lambda each: each.fell is None)[:MOST_HUNTS]
    shown, calls = _Shown(pictures), search.calls
    hunts = [_hunt(search, each, calls.get(each.id, ()), shown) for each in kept]
    return {"hunts": hunts, "instructions": list(shown.instructions), "left_out": len(search.hunts) - len(kept)}


def _hunt(search: Search, hunt: HuntResult, calls: Sequence[Call], shown: _Shown) -> dict[str, Any]:
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
        "queries": [_query(each, shown) for each in hunt.queries],
        "calls": [_call(each, shown) for each in calls[:MOST_CALLS]],
        "calls_left_out": max(0, len(calls) - MOST_CALLS),
    }


def _call(call: Call, shown: _Shown) -> dict[str, Any]:
    """A question to the attacker, word for word, and its answer."""
    messages = call.case.conversation
    system = [each.text[:LONGEST] for each in messages if each.role == "system"]
    return {
        "name": call.name,
        "instructions": shown.instruction("\n\n".join(system)) if system else 0,
        "messages": [
            *(shown.message(each.role, each.text, each.images) for each in messages if each.role != "system"),
            shown.message("the attacker", _text(call.output), call.output.images),
        ],
    }


def _query(query: Query, shown: _Shown) -> dict[str, Any]:
    said, kind = _verdict(query)
    asked = [shown.message(each.role, each.text, each.images) for each in query.case.conversation]
    reply = shown.message("the model", _text(query.output), query.output.images)
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
